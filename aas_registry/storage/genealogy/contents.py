"""Contents: from a unit down to all material in it, set-wise.

The walk mirrors `storage.genealogy.genealogy` exactly: what where-used reaches from a lot, contents
reaches from the unit; a property test compares the two.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union,
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
from aas_registry.storage.genealogy.ahead import StatementsAhead
from aas_registry.storage.genealogy.anomalies import count_touching, has_anomalies, things_in_doubt
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.stays import overlaps, shared
from aas_registry.storage.genealogy.taken_out import is_found_then
from aas_registry.storage.genealogy.unit_uses import sureness_of_lots, uses_in
from aas_registry.storage.genealogy.units import climb, customer_items, customer_of, units_seen
from aas_registry.storage.genealogy.unknown import Unknown, lines_of_units, unknown
from aas_registry.storage.genealogy.uses import held, is_of_boards, within
from aas_registry.storage.moments import in_effect
from aas_registry.storage.paging import beyond
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_chunks, in_order, is_among
from aas_registry.storage.tables.genealogy import containment, feed, feed_void, filling
from aas_registry.storage.tables.lots import lot, part_type
from aas_registry.storage.tables.passes import set_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Material of one package in one unit, and one lot that the package holds.

    Attributes:
        unit: The innermost unit that holds it, as far as the scope sees it.
        holder: The innermost unit that holds it, whoever sees that.
        feed: The use.
        lot: None where nobody said what lot the package holds.
        designators: Where it sits, without what rework took out.
        quantity: How much is left. Where it is fewer pieces than designators, nobody knows which is empty.
        panel_quantity: How much was used on the whole panel that carried the unit; None for the unit's own.
        installed_at: When its unit passed, or it was put in.
        removed_at: When the last of it was taken out; None where that is later than was asked for.
    """

    unit: int
    holder: int
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

    def __init__(
        self,
        scope: Scope,
        number: UnitId,
        moment: Moment,
        *,
        ever: bool = False,
        there: Present | None = None,
    ) -> None:
        """Ask for a scope.

        Args:
            scope: As whom.
            number: The unit.
            moment: The two times.
            ever: Also for what was taken out, and for what is in the unit no more.
            there: What the site has at all; None: that is not asked.
        """
        self._scope = scope
        self._number = number
        self._moment = moment
        self._ever = ever
        self._asked = _statements(scope, number, moment, ever=ever, there=there or Present())

    def rows(self, connection: Connection, page: PageRequest) -> list[Content]:
        """Return the material by unit, use and lot; one more than asked tells of a next page."""
        statements = self._asked.built
        query = statements.first_page if page.after is None else statements.next_page
        last = dict(zip(_LAST, page.after or (), strict=False))
        rows = self._asked.ask(connection, query, most=page.limit + 1, **last).all()
        voids: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
        for part in in_chunks(sorted({row.feed for row in rows})):
            for void in _voids(self._scope.site, list(part), self._moment).ask(connection):
                voids[void.feed, void.unit].append(void)
        told = [_content(row, voids, self._moment, ever=self._ever) for row in rows]
        if self._scope.customer is None:
            return told
        # Other boards of a panel may be another customer's: how many there are does not follow.
        return [replace(each, panel_quantity=None) for each in told]

    def unknown(self, connection: Connection) -> Unknown:
        """Return what could change the answer."""
        bare = self._asked.ask(connection, self._asked.built.bare).scalar_one()
        lines = _open_lines(self._scope, self._number, self._moment, ever=self._ever)
        return unknown(connection, self._scope, self._moment, lambda: lines.ask(connection), packages=bare)

    def anomalies(self, connection: Connection) -> dict[AnomalyKind, int]:
        """Return how many open anomalies touch the answer: units, packages, and what the unit is part of.

        Packages are those by whose labels something was used, and those that it had come from by then.
        """
        site, moment = self._scope.site, self._moment
        if not has_anomalies(connection, site, moment):
            return {}
        doubted = things_in_doubt(self._scope, moment).cte("in_doubt")
        came = (filling.c.site == site, filling.c.is_package, held(filling, moment))
        of_it = and_(*came, filling.c.source == doubted.c.thing)
        filled = select(filling.c.package).select_from(in_order(doubted, filling, of_it))
        only = is_among(feed.c.package, select(union(select(doubted.c.thing), filled).subquery()))
        uses = self._uses(only)
        of_use = and_(*came, filling.c.package == uses.c.package, within(filling, uses.c.used_at))
        sources = select(filling.c.source).select_from(in_order(uses, filling, of_use))
        start = select(type_coerce(self._number, BigInteger).label("unit"))
        above = climb(site, start, [Relation.PART_OF], moment)
        things = union(select(_told(self._inside)), select(uses.c.package), sources, select(above.c.node))
        return count_touching(connection, self._scope, things, moment)

    def left_out(self, connection: Connection) -> int:
        """Return how many statements that would touch the answer are dated ahead."""
        ahead = StatementsAhead(connection, self._scope, self._moment)
        if ahead.are_none:
            return 0
        return ahead.of_contents(select(_told(self._inside)).distinct().cte("told"), self._uses())

    def _uses(self, only: ColumnElement[bool] | None = None) -> CTE:
        uses = uses_in(self._scope.site, self._inside, self._moment, only, ever=self._ever)
        return select(uses).where(_is_told(self._scope, uses, self._number, self._moment)).cte("told_uses")

    @cached_property
    def _inside(self) -> CTE:
        return _inside(self._scope, self._number, self._moment, ever=self._ever)


class _ContentStatements:
    """What is asked of every unit in one way, put together once."""

    def __init__(self, scope: Scope, number: UnitId, moment: Moment, *, ever: bool, there: Present) -> None:
        self._site = scope.site
        inside = _inside(scope, number, moment, ever=ever)
        uses = uses_in(scope.site, inside, moment, ever=ever, there=there)
        self._with_lots = _with_lots(scope, uses, number, moment)

    @cached_property
    def bare(self) -> Select[Any]:
        found = self._with_lots
        return select(func.count(distinct(found.c.package))).where(found.c.lot.is_(None))

    @cached_property
    def first_page(self) -> Select[Any]:
        query = _columns(self._site, self._with_lots).order_by(*self._key)
        return query.limit(bindparam("most", type_=BigInteger))

    @cached_property
    def next_page(self) -> Select[Any]:
        last = [bindparam(name, type_=BigInteger) for name in _LAST]
        return self.first_page.where(beyond(self._key, last))

    @property
    def _key(self) -> tuple[ColumnElement[Any], ...]:
        found = self._with_lots
        return found.c.holder, found.c.feed, func.coalesce(found.c.lot, 0), found.c.unit


_statements = prepared(_ContentStatements)
_LAST = ("last_holder", "last_feed", "last_lot", "last_unit")


@prepared
def _open_lines(scope: Scope, number: UnitId, moment: Moment, *, ever: bool) -> Select[Any]:
    inside = _inside(scope, number, moment, ever=ever)
    return lines_of_units(scope, select(_told(inside)).distinct(), moment)


@prepared
def _voids(site: Site, feeds: list[int], moment: Moment) -> Select[Any]:
    some = (feed_void.c.site == site, feed_void.c.feed.in_(feeds), is_found_then(moment))
    return select(feed_void).where(*some)


def _inside(scope: Scope, number: UnitId, moment: Moment, *, ever: bool) -> CTE:
    """Return the unit and what is in it; of what ever was, each with when: ``since``, ``until``.

    What was in it and is not the customer's any longer who asks is passed over: ``told`` is the nearest of
    theirs that it was in.
    """
    every = _walk_down(scope, number, moment, ever=ever)
    if ever and scope.customer is not None:
        held = select(every.c.unit).where(every.c.seen == 1).distinct()
        theirs = units_seen(scope, held, moment)
        every = _walk_down(scope, number, moment, ever=ever, theirs=select(theirs.c.unit))
    told: list[ColumnElement[Any]] = [column for column in every.c if column.name != "seen"]
    if "told" in every.c:
        told.append(every.c.until.label("out_at"))
    return select(*told).where(every.c.seen == 1).distinct().cte("seen_inside")


def _walk_down(
    scope: Scope,
    number: UnitId,
    moment: Moment,
    *,
    ever: bool,
    theirs: Select[tuple[int]] | None = None,
) -> CTE:
    itself = type_coerce(number, BigInteger)
    start = [itself.label("unit"), literal(1).label("seen")]
    when = containment.c.valid_to.type
    if ever:
        start += [cast(literal(EARLIEST, when), when).label("since"), cast(null(), when).label("until")]
    if theirs is not None:
        start.append(itself.label("told"))
    down = select(*start).cte("inside" if theirs is None else "told_inside", recursive=True)
    lasts = overlaps(containment, down, moment) if ever else in_effect(containment, moment)
    held = and_(containment.c.site == scope.site, containment.c.parent == down.c.unit, lasts)
    seen: ColumnElement[int] = down.c.seen
    if scope.customer is not None:
        # What is built for another customer stays out, and what is part of that; the walk goes on
        # through it, to what is this customer's again.
        customer = customer_of(scope.site, containment.c.child, moment)
        part = containment.c.relation == Relation.PART_OF.value
        seen = case((customer.in_(customer_items(scope)), 1), (and_(customer.is_(None), part), seen), else_=0)
    more: list[ColumnElement[Any]] = [*shared(containment, down, moment)] if ever else []
    if theirs is not None:
        more.append(case((containment.c.child.in_(theirs), containment.c.child), else_=down.c.told))
    return down.union(select(containment.c.child, seen, *more).select_from(in_order(down, containment, held)))


def _told(units: CTE) -> ColumnElement[int]:
    """Return the unit as which something is told: itself, where nothing is passed over."""
    return (units.c.told if "told" in units.c else units.c.unit).label("unit")


def _with_lots(scope: Scope, uses: CTE, number: UnitId, moment: Moment) -> CTE:
    """Return each use with each lot that its package held then; ``panel`` is 0 for the unit's own uses.

    What is told as in another unit was in that no longer than its holder was: ``out_at``.
    """
    then = and_(
        filling.c.site == scope.site,
        filling.c.package == uses.c.package,
        filling.c.is_package.is_(False),
        held(filling, moment),
        within(filling, uses.c.used_at),
    )
    unit = _told(uses)
    out_at: ColumnElement[Any] = null()
    if "told" in uses.c:
        passed_over = case((unit.element != uses.c.unit, uses.c.out_at))
        out_at = case((func.count() == func.count(passed_over), func.max(passed_over)))
    key = (uses.c.unit, uses.c.feed, uses.c.package, filling.c.source, unit.element)
    return (
        select(
            uses.c.unit.label("holder"),
            *key[1:3],
            filling.c.source.label("lot"),
            unit,
            cast(out_at, containment.c.valid_to.type).label("out_at"),
            func.min(sureness_of_lots(scope.site, uses, moment)).label("certainty"),
            func.min(uses.c.used_at).label("used_at"),
            func.max(uses.c.cut_at).label("cut_at"),
            func.min(uses.c.run).label("run"),
            func.min(case((uses.c.carrier == uses.c.unit, 0), else_=uses.c.carrier)).label("panel"),
        )
        .select_from(uses.outerjoin(filling, then))
        .where(_is_told(scope, uses, number, moment))
        .group_by(*key)
        .cte("held")
    )


def _is_told(scope: Scope, uses: CTE, number: UnitId, moment: Moment) -> ColumnElement[bool]:
    """Return whether a use is told: what its boards have is not told of a panel, unless that is asked for."""
    return or_(uses.c.unit == number, ~is_of_boards(scope, uses, moment))


def _columns(site: Site, uses: CTE) -> Select[Any]:
    fed = in_order(uses, feed, and_(feed.c.site == site, feed.c.id == uses.c.feed), isouter=True)
    stood = in_order(fed, set_up, and_(set_up.c.site == site, set_up.c.id == uses.c.feed), isouter=True)
    known = and_(lot.c.site == site, lot.c.id == uses.c.lot)
    of_type = and_(part_type.c.site == site, part_type.c.id == lot.c.part_type)
    sure = func.coalesce(feed.c.certainty, int(Certainty.ASSUMED))
    both = [func.coalesce(feed.c[name], set_up.c[name]).label(name) for name in _OF_BOTH]
    return select(
        *(uses.c[name] for name in _OF_HELD),
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


_OF_HELD = ("unit", "holder", "feed", "package", "lot", "used_at", "cut_at", "panel", "out_at")
_OF_BOTH = ("slot", "designators", "unit_of_measure")


def _content(
    row: Row[Any], voids: Mapping[tuple[int, int], Sequence[Row[Any]]], moment: Moment, *, ever: bool
) -> Content:
    values = dict(row._mapping)  # noqa: SLF001 the public name of it
    panel, quantity = values.pop("panel"), values.pop("quantity")
    used_at, cut_at = values.pop("used_at"), values.pop("cut_at")
    out_at = values.pop("out_at")
    ended = voids[row.feed, row.holder]
    panel_ended = [void for void in voids[row.feed, panel] if cut_at is None or void.valid_to < cut_at]
    # Of what ever was in it, all that was put in is told, and when the last of that was taken out.
    taken, of_panel = ((), ()) if ever else (_so_far(ended, moment), _so_far(panel_ended, moment))
    places = () if row.designators is None else tuple(row.designators.split("\n"))
    gone = {place for void in (*taken, *of_panel) for place in (void.designators or "").split("\n")}
    left = tuple(place for place in places if place not in gone)
    ends = [void.valid_to for void in _so_far([*ended, *panel_ended], moment) if void.closes]
    ends += [] if out_at is None else [out_at]
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
