"""Contents: from a unit down to all material in it, set-wise.

The walk mirrors `storage.genealogy.genealogy` exactly: what where-used reaches from a lot, contents
reaches from the unit; a property test compares the two.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.genealogy import flows, on_panel, taken_out
from aas_registry.storage.genealogy.units import customer_items
from aas_registry.storage.moments import begun, in_effect, recorded
from aas_registry.storage.paging import beyond
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.genealogy import containment, feed, feed_void, lot_link, run_unit, unit
from aas_registry.storage.tables.lots import lot, part_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Material of one package in one unit, and one lot that the package holds.

    Attributes:
        unit: The innermost unit that holds it.
        feed: The use.
        lot: None where nobody said what lot the package holds.
        designators: Where it sits, without what rework took out.
        installed_at: When.
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
    unit_of_measure: str | None
    alternative_group: str | None
    installed_at: datetime
    removed_at: datetime | None


def contents(
    connection: Connection, scope: Scope, number: UnitId, moment: Moment, page: PageRequest
) -> list[Content]:
    """Return the material in a unit, by unit, use and lot; one more than asked tells of a next page."""
    uses = _uses(scope, number, moment)
    held = _lots(scope.site, uses, moment)
    key = (uses.c.unit, uses.c.feed, func.coalesce(held.c.lot, 0))
    query = _columns(scope.site, uses, held).order_by(*key).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(beyond(key, page.after))
    rows = connection.execute(query).all()
    voids: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for part in in_chunks(sorted({row.feed for row in rows})):
        of_part = (feed_void.c.site == scope.site) & feed_void.c.feed.in_(part)
        for void in connection.execute(select(feed_void).where(of_part, recorded(feed_void, moment))):
            voids[void.feed, void.unit].append(void)
    return [_content(row, voids[row.feed, row.unit], moment) for row in rows]


def _inside(scope: Scope, number: UnitId, moment: Moment) -> CTE:
    down = select(literal(number, BigInteger).label("unit")).cte("inside", recursive=True)
    held = and_(
        containment.c.site == scope.site,
        containment.c.parent == down.c.unit,
        in_effect(containment, moment),
    )
    inside = down.union(select(containment.c.child).select_from(in_order(down, containment, held)))
    if scope.customer is None:
        return inside
    # What is built for another customer stays out, even inside a unit of this one.
    theirs = or_(unit.c.customer.is_(None), unit.c.customer.in_(customer_items(scope)))
    known = and_(unit.c.site == scope.site, unit.c.id == inside.c.unit)
    return select(inside).select_from(in_order(inside, unit, known)).where(theirs).cte()


def _uses(scope: Scope, number: UnitId, moment: Moment) -> CTE:
    site = scope.site
    passes = _passes(site, _inside(scope, number, moment), moment)
    covers = and_(
        feed.c.site == site,
        feed.c.run == passes.c.run,
        feed.c.seq_from <= passes.c.seq,
        feed.c.seq_to >= passes.c.seq,
        recorded(feed, moment),
        begun(feed, moment),
    )
    every = (
        select(
            passes.c.unit,
            passes.c.carrier,
            passes.c.passed_at,
            feed.c.id.label("feed"),
            feed.c.package,
        )
        .select_from(in_order(passes, feed, covers))
        .where(or_(passes.c.cut_at.is_(None), passes.c.cut_at > feed.c.valid_from))
        .cte("every_use")
    )
    use = (every.c.unit, every.c.feed, every.c.package)
    return (
        select(*use, func.min(every.c.passed_at).label("passed_at"))
        .where(~taken_out(site, every, moment))
        .group_by(*use)
        .cte("uses")
    )


def _passes(site: Site, inside: CTE, moment: Moment) -> CTE:
    itself = select(inside, inside.c.unit.label("carrier"), null().label("cut_at"))
    cut = and_(containment.c.site == site, containment.c.child == inside.c.unit, on_panel(moment))
    panels = select(inside, containment.c.parent, containment.c.valid_to)
    carriers = union_all(itself, panels.select_from(in_order(inside, containment, cut))).cte("carriers")
    passed = and_(
        run_unit.c.site == site,
        run_unit.c.unit == carriers.c.carrier,
        recorded(run_unit, moment),
        begun(run_unit, moment, "passed_at"),
    )
    return (
        select(carriers, run_unit.c.run, run_unit.c.seq, run_unit.c.passed_at)
        .select_from(in_order(carriers, run_unit, passed))
        .cte("passes")
    )


def _lots(site: Site, uses: CTE, moment: Moment) -> CTE:
    itself = (uses.c.package.label("item"), literal(0).label("certainty"))
    flow = select(uses.c.package, *itself).distinct().cte("flow", recursive=True)
    larger = case((flow.c.certainty > lot_link.c.certainty, flow.c.certainty), else_=lot_link.c.certainty)
    link = and_(lot_link.c.site == site, lot_link.c.child == flow.c.item, flows(moment))
    step = select(flow.c.package, lot_link.c.parent, larger).select_from(in_order(flow, lot_link, link))
    flow = flow.union(step)
    return (
        select(flow.c.package, flow.c.item.label("lot"), func.min(flow.c.certainty).label("certainty"))
        .select_from(in_order(flow, lot, and_(lot.c.site == site, lot.c.id == flow.c.item)))
        .group_by(flow.c.package, flow.c.item)
        .cte("held")
    )


def _columns(site: Site, uses: CTE, held: CTE) -> Select[Any]:
    link = func.coalesce(held.c.certainty, 0)
    fed = in_order(uses, feed, and_(feed.c.site == site, feed.c.id == uses.c.feed)).join(
        held, held.c.package == uses.c.package, isouter=True
    )
    known = and_(lot.c.site == site, lot.c.id == held.c.lot)
    of_type = and_(part_type.c.site == site, part_type.c.id == lot.c.part_type)
    return select(
        uses.c.unit,
        uses.c.feed,
        uses.c.package,
        held.c.lot,
        part_type.c.manufacturer,
        part_type.c.mpn,
        lot.c.code.label("lot_code"),
        case((link > feed.c.certainty, link), else_=feed.c.certainty).label("certainty"),
        feed.c.basis,
        feed.c.slot,
        feed.c.feeder,
        func.coalesce(feed.c.context_run, feed.c.run).label("run"),
        feed.c.designators,
        feed.c.quantity_per_unit.label("quantity"),
        feed.c.unit_of_measure,
        feed.c.alternative_group,
        feed.c.valid_from,
        uses.c.passed_at,
    ).select_from(in_order(in_order(fed, lot, known, isouter=True), part_type, of_type, isouter=True))


def _content(row: Row[Any], voids: Sequence[Row[Any]], moment: Moment) -> Content:
    values = dict(row._mapping)  # noqa: SLF001 the public name of it
    gone = {
        place
        for void in voids
        if moment.as_of is None or void.valid_to <= moment.as_of
        for place in (void.designators or "").split("\n")
    }
    places = () if row.designators is None else tuple(row.designators.split("\n"))
    passed_at, fed_at = values.pop("passed_at"), values.pop("valid_from")
    return Content(
        **{
            **values,
            "certainty": Certainty(row.certainty),
            "designators": tuple(place for place in places if place not in gone),
            "installed_at": fed_at if passed_at is None else max(fed_at, passed_at),
            "removed_at": min((void.valid_to for void in voids if void.closes), default=None),
        }
    )
