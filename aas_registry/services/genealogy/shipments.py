"""Shipments and the parties that they go to: what the search leads to."""

from collections.abc import Sequence
from dataclasses import dataclass

from aas_registry.domain.identifiers import PartyId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission, Principal, Scope
from aas_registry.services.genealogy.moments import moment_now
from aas_registry.services.genealogy.units import UnitRow, shown_names, unit_rows
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import shipments as shipment_table
from aas_registry.storage.genealogy.shipments import KnownShipment
from aas_registry.storage.lots import Lot, LotFilter

_MOST = PageRequest(50)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentRow:
    """A shipment; the customer's name is None where it is not known."""

    id: str
    name: str
    order: str | None
    customer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyView:
    """A supplier, manufacturer or customer, as far as the asker may see it.

    Attributes:
        code: None of a party that only events name.
        lots: Opaque id and lot of what it delivered or spoke of, at most `most`, and one more
            where there are more.
        shipments: The newest that went to it, bounded likewise.
        most: How many are shown.
    """

    code: str | None
    name: str
    lots: Sequence[tuple[str, Lot]]
    shipments: Sequence[ShipmentRow]
    most: int = _MOST.limit


def find_shipment(
    registry: Registry, principal: Principal, shipment: str, page: PageRequest
) -> tuple[ShipmentRow, list[UnitRow]]:
    """Return a shipment and a page of the units that left with it, one more where there is a next page.

    Raises:
        NotFoundError: No such shipment, or none that the principal may see.
    """
    number = to_internal(registry, principal.site, Noun.SHIPMENT, shipment)
    with registry.read() as connection:
        moment = moment_now(registry, connection, principal.site)
        found = shipment_table.shipment_by_id(connection, principal.scope, number, moment)
        if found is None:
            raise not_found(Noun.SHIPMENT)
        units = shipment_table.units_of_shipment(connection, principal.scope, number, page, moment)
        rows = unit_rows(registry, connection, principal, [each.id for each in units], moment)
        (shown,) = _shown(registry, connection, principal, [found])
    return shown, [rows[each.id] for each in units]


def view_party(registry: Registry, principal: Principal, party: str) -> PartyView:
    """Return a party with its lots and the shipments to it, each where the principal may read them.

    Raises:
        NotFoundError: No such party, or none that the principal may see.
    """
    site, scope = principal.site, principal.scope
    number = PartyId(to_internal(registry, site, Noun.PARTY, party))
    own = {scope.party, scope.customer} - {None}
    if own and number not in own:
        raise not_found(Noun.PARTY)
    with registry.read() as connection:
        known = party_table.parties_by_id(connection, site, [number]).get(number)
        names = shown_names(connection, site, [number])
        if known is None and number not in names:
            raise not_found(Noun.PARTY)
        lots, shipments = [], []
        if principal.may(Permission.READ_LOTS):
            lots = lot_table.list_lots(connection, Scope(site, party=number), LotFilter(), _MOST)
        if principal.may(Permission.READ_GENEALOGY):
            moment = moment_now(registry, connection, site)
            found = shipment_table.shipments_to(connection, scope, number, moment, limit=_MOST.limit + 1)
            shipments = _shown(registry, connection, principal, found)
    return PartyView(
        code=None if known is None else known.code,
        name=names[number] if known is None else known.name,
        lots=[(to_public(registry, site, Noun.LOT, lot.id), lot) for lot in lots],
        shipments=shipments,
    )


def _shown(
    registry: Registry, connection: Connection, principal: Principal, shipments: Sequence[KnownShipment]
) -> list[ShipmentRow]:
    customers = shown_names(
        connection, principal.site, [each.customer for each in shipments if each.customer is not None]
    )
    return [
        ShipmentRow(
            id=to_public(registry, principal.site, Noun.SHIPMENT, each.id),
            name=each.name,
            order=each.order,
            customer=None if each.customer is None else customers[each.customer],
        )
        for each in shipments
    ]
