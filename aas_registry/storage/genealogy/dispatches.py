"""Dispatches: with which shipment units left and have not come back.

Of a unit's own shipment and those of what it is in, it is the latest.

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

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import (
    INTO_SHIPMENTS,
    built_for,
    is_part_of_any,
    roots_seen,
    told_of_shipment,
)
from aas_registry.storage.genealogy.ways_out import way_out
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
    seen = roots_seen(scope, start, moment)
    packed = way_out(scope, select(seen.c.unit), moment)
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
        .where(packed.c.is_told == 1)
        .order_by(*_latest())
        .limit(1)
    )


def shipments_of(scope: Scope, starts: Select[Any], moment: Moment) -> Select[tuple[int]]:
    """Return the shipments with which some units left, which are the first column; each may come often."""
    packed = way_out(scope, starts, moment)
    place = func.row_number().over(partition_by=packed.c[0], order_by=_latest()).label("place")
    ways = in_order(packed, shipped, and_(_left(scope.site, packed.c.node, moment), packed.c.is_told == 1))
    ranked = select(shipped.c.shipment, place).select_from(ways).cte("dispatched")
    return select(ranked.c.shipment).where(ranked.c.place == 1)


def units_left_with(scope: Scope, number: int, moment: Moment) -> Select[tuple[int]]:
    """Return the units that left with a shipment, with all that is packed in them, at any depth.

    What is part of a product is in that; to a customer's auditor, what is part of a module of nobody's left
    with that.
    """
    site = scope.site
    mine = (shipped.c.site == site, shipped.c.shipment == number, in_effect(shipped, moment))
    sent = select(shipped.c.unit, shipped.c.valid_from.label("left_at")).where(*mine).cte("sent")
    own = shipped.alias("own")
    down = (
        select(sent.c.unit, sent.c.left_at)
        .where(~is_among(sent.c.unit, _left_again(scope, sent, number, moment)))
        .cte("left_with", recursive=True)
    )
    later = and_(_is_later(own, down, number), _left(site, containment.c.child, moment, own))
    packed = and_(
        containment.c.site == site,
        containment.c.parent == down.c.unit,
        or_(
            *(containment.c.relation == each.value for each in INTO_SHIPMENTS),
            *_is_in_nobodys(scope, sent, moment),
        ),
        in_effect(containment, moment),
        ~is_found(select(own.c.unit).where(later)),
    )
    step = select(containment.c.child, down.c.left_at).select_from(in_order(down, containment, packed))
    return select(down.union(step).c.unit).distinct()


def _left_again(scope: Scope, sent: CTE, number: int, moment: Moment) -> Select[tuple[int]]:
    """Return what left later with what it is in; what it is part of left with it only if it was in that."""
    above, own = way_out(scope, select(sent), moment), shipped.alias("own")
    with_it = or_(own.c.valid_from >= above.c.since, ~is_part_of_any(scope.site, above.c.unit, moment))
    is_above = and_(
        _is_later(own, above, number),
        _left(scope.site, above.c.node, moment, own),
        above.c.depth > 0,
        above.c.is_told == 1,
        with_it,
    )
    return select(above.c.unit).select_from(in_order(above, own, is_above))


def _is_in_nobodys(scope: Scope, sent: CTE, moment: Moment) -> list[ColumnElement[bool]]:
    """Return, for a customer's auditor, whether what a unit is part of is built for nobody."""
    if scope.customer is None:
        return []
    below = select(sent.c.unit).cte("below_sent", recursive=True)
    inside = and_(
        containment.c.site == scope.site, containment.c.parent == below.c.unit, in_effect(containment, moment)
    )
    step = select(containment.c.child).select_from(in_order(below, containment, inside))
    built = built_for(scope.site, select(below.union(step).c.unit), moment)
    nobodys = select(built.c.unit).where(built.c.customer.is_(None))
    is_part = containment.c.relation == Relation.PART_OF.value
    return [and_(is_part, containment.c.parent.in_(nobodys))]


def _left(
    site: Site, unit: ColumnElement[int], moment: Moment, table: FromClause = shipped
) -> ColumnElement[bool]:
    return and_(table.c.site == site, table.c.unit == unit, in_effect(table, moment))


def _latest() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return shipped.c.valid_from.desc(), shipped.c.shipment.desc()


def _is_later(own: FromClause, than: CTE, number: int) -> ColumnElement[bool]:
    """Return whether one left later than others with a shipment; of one time, the ids decide."""
    same_time = and_(own.c.valid_from == than.c.left_at, own.c.shipment > number)
    return or_(own.c.valid_from > than.c.left_at, same_time)
