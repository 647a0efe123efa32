"""Contents: from a unit down to all material in it, set-wise.

The walk mirrors `storage.genealogy.genealogy` exactly: what where-used reaches from a lot, contents
reaches from the unit; a property test compares the two.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Basis, Certainty, Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.items import EARLIEST
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.removals import pieces_at
from aas_registry.storage.column_types import without_zeros
from aas_registry.storage.genealogy.ahead import StatementsAhead, in_time
from aas_registry.storage.genealogy.anomalies import count_touching, things_in_doubt
from aas_registry.storage.genealogy.set_up_uses import stood_at
from aas_registry.storage.genealogy.stays import overlaps, shared
from aas_registry.storage.genealogy.units import climb, customer_items, customer_of
from aas_registry.storage.genealogy.unknown import AskedUnits, Unknown, unknown
from aas_registry.storage.genealogy.uses import held, is_of_boards, on_panel, taken_out, taken_out_at, within
from aas_registry.storage.moments import in_effect, recorded
from aas_registry.storage.paging import beyond
from aas_registry.storage.rows import in_chunks, in_order, is_among
from aas_registry.storage.tables.genealogy import containment, feed, feed_void, filling, run_unit
from aas_registry.storage.tables.lots import lot, part_type
from aas_registry.storage.tables.passes import set_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Material of one package in one unit, and one lot that the package holds.

    Attributes:
        unit: The innermost unit that holds it.
        feed: The use.
        lot: None where nobody said what lot the package holds.
        designators: Where it sits, without what rework took out.
        quantity: How much is left. Where it is fewer pieces than designators, nobody knows which is empty.
        panel_quantity: How much was used on the whole panel that carried the unit; None for the unit's own.
        installed_at: When its unit passed, or it was put in.
        removed_at: When the last of it was taken out, where that is later than was asked for.
    """

    unit: int
    feed: int
    package: int
    lot: int | None
    manufacturer: str | None
    mpn: str | None
    lot_code: str | None
    certainty: Certainty
    basis: str
    slot: str | None
    feeder: str | None
    run: int
    designators: tuple[str, ...]
    quantity: Decimal | None
    panel_quantity: Decimal | None
    unit_of_measure: str | None
    alternative_group: str | None
    installed_at: datetime
    removed_at: datetime | None


class Contents:
    """The question: what material is in a unit, seen at a moment."""

    def __init__(self, scope: Scope, number: UnitId, moment: Moment, *, ever: bool = False) -> None:
        """Ask for a scope; ``ever`` also for what was taken out, and for what is in the unit no more."""
        self._scope = scope
        self._number = number
        self._moment = moment
        self._ever = ever
        self._inside = _inside(scope, number, moment, ever=ever)

    def rows(self, connection: Connection, page: PageRequest) -> list[Content]:
        """Return the material by unit, use and lot; one more than asked tells of a next page."""
        site, scope, moment = self._scope.site, self._scope, self._moment
        found = uses_in(site, self._inside, moment, ever=self._ever)
        uses = _with_lots(self._scope, found, self._number, moment)
        key = (uses.c.unit, uses.c.feed, func.coalesce(uses.c.lot, 0))
        query = _columns(site, uses).order_by(*key).limit(page.limit + 1)
        if page.after is not None:
            query = query.where(beyond(key, page.after))
        rows = connection.execute(query).all()
        voids: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
        for part in in_chunks(sorted({row.feed for row in rows})):
            of_part = (feed_void.c.site == site) & feed_void.c.feed.in_(part)
            for void in connection.execute(select(feed_void).where(of_part, recorded(feed_void, moment))):
                voids[void.feed, void.unit].append(void)
        told = [_content(row, voids, moment, ever=self._ever) for row in rows]
        if scope.customer is None:
            return told
        # Other boards of a panel may be another customer's: how many there are does not follow.
        return [replace(each, panel_quantity=None) for each in told]

    def unknown(self, connection: Connection) -> Unknown:
        """Return what could change the answer."""
        units = select(self._inside.c.unit).distinct()
        return unknown(connection, self._scope, AskedUnits(units=units, moment=self._moment))

    def anomalies(self, connection: Connection) -> dict[AnomalyKind, int]:
        """Return how many open anomalies touch the answer: units, packages, and what the unit is part of."""
        site = self._scope.site
        doubted = things_in_doubt(connection, self._scope, self._moment)
        if doubted is None:
            return {}
        only = is_among(feed.c.package, doubted)
        uses = uses_in(site, self._inside, self._moment, only, ever=self._ever)
        start = select(literal(self._number, BigInteger).label("unit"))
        above = climb(site, start, [Relation.PART_OF], self._moment)
        things = union(select(self._inside.c.unit), select(uses.c.package), select(above.c.node))
        return count_touching(connection, self._scope, things, self._moment)

    def left_out(self, connection: Connection) -> int:
        """Return how many statements that would touch the answer are dated ahead."""
        inside = self._inside

        def meets(units: Collection[int]) -> set[int]:
            met: set[int] = set()
            for part in in_chunks(sorted(units)):
                met.update(connection.execute(select(inside.c.unit).where(inside.c.unit.in_(part))).scalars())
            return met

        return StatementsAhead(connection, self._scope, self._moment).of_contents(meets)


_OF_USE = {"used_at", "cut_at", "since", "until"}


def _inside(scope: Scope, number: UnitId, moment: Moment, *, ever: bool) -> CTE:
    """Return the unit and what is in it; of what ever was, each with when: ``since``, ``until``."""
    start = [literal(number, BigInteger).label("unit"), literal(1).label("seen")]
    when = containment.c.valid_to.type
    if ever:
        start += [cast(literal(EARLIEST, when), when).label("since"), cast(null(), when).label("until")]
    down = select(*start).cte("inside", recursive=True)
    lasts = overlaps(containment, down, moment) if ever else in_effect(containment, moment)
    held = and_(containment.c.site == scope.site, containment.c.parent == down.c.unit, lasts)
    seen: ColumnElement[int] = down.c.seen
    if scope.customer is not None:
        # What is built for another customer stays out, and what is part of that; the walk goes on
        # through it, to what is this customer's again.
        customer = customer_of(scope.site, containment.c.child, moment)
        part = containment.c.relation == Relation.PART_OF.value
        seen = case((customer.in_(customer_items(scope)), 1), (and_(customer.is_(None), part), seen), else_=0)
    span = shared(containment, down, moment) if ever else ()
    step = select(containment.c.child, seen, *span).select_from(in_order(down, containment, held))
    every = down.union(step)
    told = [column for column in every.c if column.name != "seen"]
    return select(*told).where(every.c.seen == 1).distinct().cte("seen_inside")


def uses_in(
    site: Site, units: CTE, moment: Moment, only: ColumnElement[bool] | None = None, *, ever: bool = False
) -> CTE:
    """Return one row for each pass in which a unit, or the panel that carried it, was fed something.

    Args:
        site: The plant.
        units: The units, in the column ``unit``.
        moment: When is asked for.
        only: What the feeds must meet.
        ever: Also what was taken out, as far as it was held in the span that ``units`` say.
    """
    passes = _passes(site, units, moment)
    covers = and_(
        true() if only is None else only,
        feed.c.site == site,
        feed.c.run == passes.c.run,
        feed.c.seq_from <= passes.c.seq,
        feed.c.seq_to >= passes.c.seq,
        recorded(feed, moment),
        in_time(feed, moment),
    )
    passed = [column for column in passes.c if column.name not in {"cut_at", "passed_at"}]
    used_at = func.coalesce(passes.c.passed_at, feed.c.valid_from).label("used_at")
    fed = select(*passed, passes.c.cut_at, used_at, feed.c.id.label("feed"), feed.c.package)
    stood = stood_at(site, passes, moment)
    from_set_ups = select(*(stood.c[column.name] for column in fed.selected_columns))
    every = fed.select_from(in_order(passes, feed, covers)).union_all(from_set_ups).cte("every_use")
    use = [column for column in every.c if column.name not in _OF_USE]
    query = select(
        *use, func.min(every.c.used_at).label("used_at"), func.max(every.c.cut_at).label("cut_at")
    ).where(
        every.c.used_at <= moment.as_of,
        or_(every.c.cut_at.is_(None), every.c.cut_at > every.c.used_at),
        _was_held(site, every, moment) if ever else ~taken_out(site, every, moment),
    )
    return query.group_by(*use).cte("uses")


def _was_held(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    gone = taken_out_at(site, use, moment)
    return and_(
        or_(use.c.until.is_(None), use.c.used_at < use.c.until), or_(gone.is_(None), gone > use.c.since)
    )


def _passes(site: Site, within_unit: CTE, moment: Moment) -> CTE:
    itself = select(
        within_unit,
        within_unit.c.unit.label("carrier"),
        cast(null(), containment.c.valid_to.type).label("cut_at"),
    )
    cut = and_(containment.c.site == site, containment.c.child == within_unit.c.unit, on_panel(moment))
    panels = select(within_unit, containment.c.parent, containment.c.valid_to)
    carriers = union_all(itself, panels.select_from(in_order(within_unit, containment, cut))).cte("carriers")
    passed = and_(
        run_unit.c.site == site,
        run_unit.c.unit == carriers.c.carrier,
        recorded(run_unit, moment),
    )
    return (
        select(carriers, run_unit.c.run, run_unit.c.seq, run_unit.c.station, run_unit.c.passed_at)
        .select_from(in_order(carriers, run_unit, passed))
        .cte("passes")
    )


def _with_lots(scope: Scope, uses: CTE, number: UnitId, moment: Moment) -> CTE:
    """Return each use with each lot that its package held then; ``panel`` is 0 for the unit's own uses."""
    then = and_(
        filling.c.site == scope.site,
        filling.c.package == uses.c.package,
        filling.c.is_package.is_(False),
        held(filling, moment),
        within(filling, uses.c.used_at),
    )
    key = (uses.c.unit, uses.c.feed, uses.c.package, filling.c.source)
    # What its boards have is not told of a panel, unless that is asked for.
    told = or_(uses.c.unit == number, ~is_of_boards(scope, uses, moment))
    return (
        select(
            *key[:3],
            filling.c.source.label("lot"),
            func.coalesce(func.min(filling.c.certainty), 0).label("certainty"),
            func.min(uses.c.used_at).label("used_at"),
            func.max(uses.c.cut_at).label("cut_at"),
            func.min(uses.c.run).label("run"),
            func.min(case((uses.c.carrier == uses.c.unit, 0), else_=uses.c.carrier)).label("panel"),
        )
        .select_from(uses.outerjoin(filling, then))
        .where(told)
        .group_by(*key)
        .cte("held")
    )


def _columns(site: Site, uses: CTE) -> Select[Any]:
    fed = in_order(uses, feed, and_(feed.c.site == site, feed.c.id == uses.c.feed), isouter=True)
    stood = in_order(fed, set_up, and_(set_up.c.site == site, set_up.c.id == uses.c.feed), isouter=True)
    known = and_(lot.c.site == site, lot.c.id == uses.c.lot)
    of_type = and_(part_type.c.site == site, part_type.c.id == lot.c.part_type)
    sure = func.coalesce(feed.c.certainty, int(Certainty.ASSUMED))
    both = [func.coalesce(feed.c[name], set_up.c[name]).label(name) for name in _OF_BOTH]
    return select(
        *(uses.c[name] for name in ("unit", "feed", "package", "lot", "used_at", "cut_at", "panel")),
        part_type.c.manufacturer,
        part_type.c.mpn,
        lot.c.code.label("lot_code"),
        case((uses.c.certainty > sure, uses.c.certainty), else_=sure).label("certainty"),
        func.coalesce(feed.c.context_run, feed.c.run, uses.c.run).label("run"),
        func.coalesce(feed.c.quantity_per_unit, set_up.c.quantity_per_unit).label("quantity"),
        func.coalesce(feed.c.basis, Basis.SETUP.value).label("basis"),
        *both,
        feed.c.feeder,
        feed.c.alternative_group,
    ).select_from(in_order(in_order(stood, lot, known, isouter=True), part_type, of_type, isouter=True))


_OF_BOTH = ("slot", "designators", "unit_of_measure")


def _content(
    row: Row[Any], voids: Mapping[tuple[int, int], Sequence[Row[Any]]], moment: Moment, *, ever: bool
) -> Content:
    values = dict(row._mapping)  # noqa: SLF001 the public name of it
    panel, quantity = values.pop("panel"), values.pop("quantity")
    used_at, cut_at = values.pop("used_at"), values.pop("cut_at")
    ended = voids[row.feed, row.unit]
    panel_ended = [void for void in voids[row.feed, panel] if cut_at is None or void.valid_to < cut_at]
    # Of what ever was in it, all that was put in is told, and when the last of that was taken out.
    taken, of_panel = ((), ()) if ever else (_so_far(ended, moment), _so_far(panel_ended, moment))
    places = () if row.designators is None else tuple(row.designators.split("\n"))
    gone = {place for void in (*taken, *of_panel) for place in (void.designators or "").split("\n")}
    left = tuple(place for place in places if place not in gone)
    ends = [void.valid_to for void in (*ended, *panel_ended) if void.closes]
    return Content(
        **{
            **values,
            "certainty": Certainty(row.certainty),
            "designators": left,
            # Of what is on a panel no board has a number, but for what was taken from that very board.
            "quantity": None
            if panel and not taken
            else _left_of(places, None if panel else quantity, taken, left=left),
            "panel_quantity": _less(quantity, of_panel) if panel else None,
            "installed_at": used_at,
            "removed_at": min(ends, default=None),
        }
    )


def _so_far(voids: Sequence[Row[Any]], moment: Moment) -> Sequence[Row[Any]]:
    return [void for void in voids if void.valid_to <= moment.as_of]


def _left_of(
    places: Sequence[str], quantity: Decimal | None, taken: Sequence[Row[Any]], *, left: Sequence[str]
) -> Decimal | None:
    """Return how much is left; of a quantity that nobody said only where the places do not tell it."""
    rest = _less(pieces_at(places, quantity), taken)
    return rest if quantity is not None or rest != len(left) else None


def _less(quantity: Decimal | None, taken: Sequence[Row[Any]]) -> Decimal | None:
    return None if quantity is None else without_zeros(quantity - sum(void.quantity or 0 for void in taken))
