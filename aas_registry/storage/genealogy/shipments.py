"""Queries about shipments: by their names and order numbers, to whom they went, what left with them.

A customer's auditor sees a shipment that went to the customer, or that holds a unit built for it; its
order number and its receiver only where it went to the customer.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, or_, select

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import PartyId, matching_key
from aas_registry.domain.items import ItemKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.dispatches import shipments_of, units_left_with
from aas_registry.storage.genealogy.own_units import own_units
from aas_registry.storage.genealogy.units import Unit, customer_items, told_of_shipment, units_among
from aas_registry.storage.moments import in_effect
from aas_registry.storage.prefixes import fits
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_order, unindexed
from aas_registry.storage.tables.genealogy import shipment, unit
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
    found: dict[int, KnownShipment] = {}
    for query in (_named, _ordered):
        rows = query(scope, key, moment, limit, by_prefix=by_prefix).ask(connection)
        found |= {row[0]: KnownShipment(*row) for row in rows}
    return list(found.values())[:limit]


@prepared
def _named(scope: Scope, key: str, moment: Moment, most: int, *, by_prefix: bool) -> Select[Any]:
    seen = _seen(scope, moment)
    name = alias.c.value_key if seen is None else unindexed(alias.c.value_key)
    query = _shipments(scope, moment, seen).where(fits(name, key, by_prefix=by_prefix))
    return query.order_by(name, alias.c.item).limit(most)


@prepared
def _ordered(scope: Scope, key: str, moment: Moment, most: int, *, by_prefix: bool) -> Select[Any]:
    order = shipment.c.order_key
    query = _shipments(scope, moment, _seen(scope, moment)).where(fits(order, key, by_prefix=by_prefix))
    query = query.where(told_of_shipment(scope, order).is_not(None))
    return query.order_by(order, alias.c.item).limit(most)


def shipment_by_id(connection: Connection, scope: Scope, number: int, moment: Moment) -> KnownShipment | None:
    """Return a shipment that the scope sees."""
    row = connection.execute(_shipments(scope, moment).where(alias.c.item == number)).first()
    found = None if row is None else KnownShipment(*row)
    if found is None or scope.customer is None or found.customer is not None:
        return found
    theirs = units_among(scope, units_left_with(scope, number, moment), moment).limit(1)
    return found if connection.execute(theirs).first() is not None else None


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
    wanted = units_left_with(scope, number, moment)
    query = units_among(scope, wanted, moment).order_by(unit.c.id).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(unit.c.id > page.after[0])
    return [Unit(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 the public name of it


def _shipments(scope: Scope, moment: Moment, seen: FromClause | None = None) -> Select[Any]:
    known = and_(shipment.c.site == scope.site, shipment.c.id == alias.c.item, in_effect(shipment, moment))
    query = select(
        alias.c.item,
        alias.c.value,
        told_of_shipment(scope, shipment.c.order_number),
        told_of_shipment(scope, shipment.c.customer),
    )
    if seen is None:
        return query.join_from(alias, shipment, known, isouter=True).where(*_is_shipment(scope, alias.c.kind))
    return query.select_from(in_order(seen, shipment, known, isouter=True))


def _is_shipment(scope: Scope, kind: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    is_kind = kind == ItemKind.SHIPMENT.value
    return alias.c.site == scope.site, is_kind, alias.c.recorded_at.is_not(None)


def _seen(scope: Scope, moment: Moment) -> FromClause | None:
    """Return the names of the shipments that a customer's auditor sees: found from what is theirs."""
    if scope.customer is None:
        return None
    whose = customer_items(scope).cte("receivers")
    to_them = and_(
        shipment.c.site == scope.site, shipment.c.customer == whose.c[0], in_effect(shipment, moment)
    )
    own = select(own_units(scope, moment).c.unit)
    received = select(shipment.c.id).select_from(in_order(whose, shipment, to_them))
    concerns = received.union(shipments_of(scope, own, moment)).cte("concerns")
    itself = and_(*_is_shipment(scope, unindexed(alias.c.kind)), alias.c.item == concerns.c[0])
    return in_order(concerns, alias, itself)
