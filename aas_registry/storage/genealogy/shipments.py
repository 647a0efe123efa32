"""Queries about shipments: by their names and order numbers, to whom they went, what left with them.

A customer's auditor sees a shipment that went to the customer, or that holds a unit built for it; its
order number and its receiver only where it went to the customer.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import PartyId, Site, matching_key
from aas_registry.domain.items import ItemKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import (
    INTO_SHIPMENTS,
    Unit,
    customer_items,
    customer_of,
    told_of_shipment,
    units_among,
)
from aas_registry.storage.moments import in_effect
from aas_registry.storage.prefixes import fits
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import containment, shipment, shipped, unit
from aas_registry.storage.tables.items import alias


@dataclass(frozen=True, slots=True)
class KnownShipment:
    """A shipment; ``name`` as it is spelled, ``customer`` the item of a party, None where not known."""

    id: int
    name: str
    order: str | None
    customer: int | None


def find_shipments(
    connection: Connection, scope: Scope, text: str, moment: Moment, *, by_prefix: bool, limit: int
) -> list[KnownShipment]:
    """Return the shipments with a name or order number, or with one that begins so, in their order."""
    key = matching_key(text)
    named = _shipments(scope, moment).where(fits(alias.c.value_key, key, by_prefix=by_prefix))
    order_key = told_of_shipment(scope, shipment.c.order_key)
    ordered = _shipments(scope, moment).where(fits(shipment.c.order_key, key, by_prefix=by_prefix))
    ordered = ordered.where(order_key.is_not(None))
    found: dict[int, KnownShipment] = {}
    for query in (named.order_by(alias.c.value_key), ordered.order_by(shipment.c.order_key)):
        rows = connection.execute(query.order_by(alias.c.item).limit(limit))
        found |= {row.item: KnownShipment(*row) for row in rows}
    return list(found.values())[:limit]


def shipment_by_id(connection: Connection, scope: Scope, number: int, moment: Moment) -> KnownShipment | None:
    """Return a shipment that the scope sees."""
    row = connection.execute(_shipments(scope, moment).where(alias.c.item == number)).first()
    return None if row is None else KnownShipment(*row)


def shipments_to(
    connection: Connection, scope: Scope, customer: PartyId, moment: Moment, *, limit: int
) -> list[KnownShipment]:
    """Return the newest shipments to a customer, by whichever of its names events call it."""
    customers = customer_items(Scope(scope.site, customer=customer))
    query = _shipments(scope, moment).where(
        or_(shipment.c.customer == customer, shipment.c.customer.in_(customers))
    )
    rows = connection.execute(query.order_by(alias.c.item.desc()).limit(limit))
    return [KnownShipment(*row) for row in rows]


def units_of_shipment(
    connection: Connection, scope: Scope, number: int, page: PageRequest, moment: Moment
) -> list[Unit]:
    """Return what left with a shipment and did not come back, and what was packed in that, at any depth.

    What left with a later one than that in which it is packed is with the later. One more than asked tells
    of a next page.
    """
    wanted = _all_with(scope.site, number, moment)
    query = units_among(scope, wanted, moment).order_by(unit.c.id).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(unit.c.id > page.after[0])
    return [Unit(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 the public name of it


def _shipments(scope: Scope, moment: Moment) -> Select[Any]:
    known = and_(shipment.c.site == scope.site, shipment.c.id == alias.c.item, in_effect(shipment, moment))
    query = (
        select(
            alias.c.item,
            alias.c.value,
            told_of_shipment(scope, shipment.c.order_number),
            told_of_shipment(scope, shipment.c.customer),
        )
        .join_from(alias, shipment, known, isouter=True)
        .where(
            alias.c.site == scope.site,
            alias.c.kind == ItemKind.SHIPMENT.value,
            alias.c.recorded_at.is_not(None),
        )
    )
    return query if scope.customer is None else query.where(_concerns(scope, moment))


def _concerns(scope: Scope, moment: Moment) -> ColumnElement[bool]:
    """Return whether a shipment went to the customer of a scope, or holds a unit built for it."""

    def is_theirs(number: ColumnElement[int]) -> ColumnElement[bool]:
        return customer_of(scope.site, number, moment).in_(customer_items(scope))

    left = _left_with(scope.site, alias.c.item, moment).where(is_theirs(shipped.c.unit)).correlate(alias)
    packed = (
        _packed_with(scope.site, alias.c.item, moment).where(is_theirs(containment.c.child)).correlate(alias)
    )
    return or_(shipment.c.customer.in_(customer_items(scope)), left.exists(), packed.exists())


def _all_with(site: Site, number: int, moment: Moment) -> Select[Any]:
    left = (shipped.c.site == site, shipped.c.shipment == number, in_effect(shipped, moment))
    down = (
        select(shipped.c.unit, shipped.c.valid_from.label("since")).where(*left).cte("sent", recursive=True)
    )
    own = shipped.alias("own")
    later = (own.c.site == site, own.c.unit == containment.c.child, own.c.valid_from > down.c.since)
    packed = and_(
        containment.c.site == site,
        containment.c.parent == down.c.unit,
        or_(*(containment.c.relation == each.value for each in INTO_SHIPMENTS)),
        in_effect(containment, moment),
        ~is_found(select(own.c.unit).where(*later, in_effect(own, moment))),
    )
    step = select(containment.c.child, down.c.since).select_from(in_order(down, containment, packed))
    return select(down.union(step).c.unit).distinct()


def _left_with(site: Site, number: int | ColumnElement[int], moment: Moment) -> Select[tuple[int]]:
    return select(shipped.c.unit).where(
        shipped.c.site == site, shipped.c.shipment == number, in_effect(shipped, moment)
    )


def _packed_with(site: Site, number: int | ColumnElement[int], moment: Moment) -> Select[tuple[int]]:
    inside = and_(
        containment.c.site == site,
        containment.c.parent == shipped.c.unit,
        containment.c.relation == Relation.PACKED_IN.value,
        in_effect(containment, moment),
    )
    return (
        select(containment.c.child)
        .select_from(in_order(shipped, containment, inside))
        .where(shipped.c.site == site, shipped.c.shipment == number, in_effect(shipped, moment))
    )
