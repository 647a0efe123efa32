"""Dispatches: with which shipment units left and have not come back.

Of a unit's own shipment and that of what it is packed in, it is the later; of what is part of a product,
that of the product.

Source:
    docs/semantics.md, section 9.2.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    func,
    or_,
    select,
    type_coerce,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import INTO_SHIPMENTS, climb, roots_seen, told_of_shipment
from aas_registry.storage.moments import in_effect
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_order, is_among, is_found
from aas_registry.storage.tables.genealogy import containment, shipment, shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """That a unit left with a shipment."""

    shipment: int
    order: str | None
    customer: int | None
    shipped_at: datetime


def dispatches_of(connection: Connection, scope: Scope, number: UnitId, moment: Moment) -> list[Dispatch]:
    """Return the shipment with which a unit left, or what it is part of: one at most."""
    return [
        Dispatch(shipment=row[0], order=row[1], customer=row[2], shipped_at=row[3])
        for row in _dispatches(scope, number, moment).ask(connection)
    ]


@prepared
def _dispatches(scope: Scope, number: int, moment: Moment) -> Select[Any]:
    start = select(type_coerce(number, BigInteger).label("unit"))
    root = roots_seen(scope, start, moment)
    packed = climb(scope.site, select(root.c.root.label("unit")), INTO_SHIPMENTS, moment)
    known = and_(
        shipment.c.site == scope.site, shipment.c.id == shipped.c.shipment, in_effect(shipment, moment)
    )
    order, customer = (
        told_of_shipment(scope, column) for column in (shipment.c.order_number, shipment.c.customer)
    )
    ways = in_order(packed, shipped, _left(scope.site, packed.c.node, moment))
    return (
        select(shipped.c.shipment, order, customer, shipped.c.valid_from)
        .select_from(in_order(ways, shipment, known, isouter=True))
        .order_by(*_latest())
        .limit(1)
    )


def shipments_of(site: Site, starts: Select[Any], moment: Moment) -> Select[tuple[int]]:
    """Return the shipments with which some units left, which are the first column; each may come often."""
    packed = climb(site, starts, INTO_SHIPMENTS, moment)
    place = func.row_number().over(partition_by=packed.c[0], order_by=_latest()).label("place")
    ways = in_order(packed, shipped, _left(site, packed.c.node, moment))
    ranked = select(shipped.c.shipment, place).select_from(ways).cte("dispatched")
    return select(ranked.c.shipment).where(ranked.c.place == 1)


def units_left_with(site: Site, number: int, moment: Moment) -> Select[tuple[int]]:
    """Return the units that left with a shipment, with all that is in them, at any depth."""
    mine = (shipped.c.site == site, shipped.c.shipment == number, in_effect(shipped, moment))
    sent = select(shipped.c.unit, shipped.c.valid_from.label("since")).where(*mine).cte("sent")
    above = climb(site, select(sent), INTO_SHIPMENTS, moment)
    own = shipped.alias("own")
    is_above = and_(_is_later(own, above, number), _left(site, above.c.node, moment, own), above.c.depth > 0)
    outdone = select(above.c.unit).select_from(in_order(above, own, is_above))
    down = (
        select(sent.c.unit, sent.c.since)
        .where(~is_among(sent.c.unit, outdone))
        .cte("left_with", recursive=True)
    )
    later = and_(_is_later(own, down, number), _left(site, containment.c.child, moment, own))
    packed = and_(
        containment.c.site == site,
        containment.c.parent == down.c.unit,
        or_(*(containment.c.relation == each.value for each in INTO_SHIPMENTS)),
        in_effect(containment, moment),
        ~is_found(select(own.c.unit).where(later)),
    )
    step = select(containment.c.child, down.c.since).select_from(in_order(down, containment, packed))
    return select(down.union(step).c.unit).distinct()


def _left(
    site: Site, unit: ColumnElement[int], moment: Moment, table: FromClause = shipped
) -> ColumnElement[bool]:
    return and_(table.c.site == site, table.c.unit == unit, in_effect(table, moment))


def _latest() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return shipped.c.valid_from.desc(), shipped.c.shipment.desc()


def _is_later(own: FromClause, than: CTE, number: int) -> ColumnElement[bool]:
    """Return whether one left later than others with a shipment; of one time, the ids decide."""
    same_time = and_(own.c.valid_from == than.c.since, own.c.shipment > number)
    return or_(own.c.valid_from > than.c.since, same_time)
