"""Material lots: the list, and one lot with what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aas_registry.domain.identifiers import LotId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot, LotFilter, LotSubmission

__all__ = ["LotFilter", "LotRow", "find_lot", "list_lots"]


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot, and what the principal may see that was said about it.

    Attributes:
        id: The opaque id.
        lot: The manufacturer's lot.
        submissions: What each submission says, and the code of the party that made it; None for the plant.
    """

    id: str
    lot: Lot
    submissions: Sequence[tuple[LotSubmission, str | None]]


def list_lots(registry: Registry, principal: Principal, wanted: LotFilter, page: PageRequest) -> list[LotRow]:
    """Return lots that the principal may see, one more than asked where there is a next page."""
    with registry.read() as connection:
        found = lot_table.list_lots(connection, principal.scope, wanted, page)
        return _rows(registry, connection, principal, found)


def find_lot(registry: Registry, principal: Principal, lot: str) -> LotRow:
    """Return one lot.

    Raises:
        NotFoundError: No such lot, or none that the principal may see.
    """
    number = LotId(to_internal(registry, principal.site, Noun.LOT, lot))
    with registry.read() as connection:
        found = lot_table.find_lot(connection, principal.scope, number)
        if found is None:
            raise not_found(Noun.LOT)
        return _rows(registry, connection, principal, [found])[0]


def _rows(
    registry: Registry, connection: Connection, principal: Principal, lots: Sequence[Lot]
) -> list[LotRow]:
    said = lot_table.lot_submissions_about(connection, principal.scope, [each.id for each in lots])
    parties = {each.party for submissions in said.values() for each in submissions if each.party is not None}
    known = party_table.parties_by_id(connection, principal.site, sorted(parties))
    return [
        LotRow(
            to_public(registry, principal.site, Noun.LOT, lot.id),
            lot,
            [(each, None if each.party is None else known[each.party].code) for each in said.get(lot.id, [])],
        )
        for lot in lots
    ]
