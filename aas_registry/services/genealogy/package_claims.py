"""What parties say about the packages (reels, trays, bags) of a lot."""

from collections.abc import Sequence

from aas_registry.domain.identifiers import LotId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services.public_ids import Noun, not_found, to_internal
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage.genealogy import package_claims as claim_table
from aas_registry.storage.genealogy.package_claims import PackageClaim

__all__ = ["PackageClaim", "list_packages"]


def list_packages(
    registry: Registry, principal: Principal, lot: str, page: PageRequest
) -> Sequence[tuple[PackageClaim, str | None]]:
    """Return what the principal may see of a lot's packages, one more than asked.

    Returns:
        Claim, and code of the party that made it; None for the plant.

    Raises:
        NotFoundError: No such lot, or none that the principal may see.
    """
    number = LotId(to_internal(registry, principal.site, Noun.LOT, lot))
    with registry.read() as connection:
        known_lot = lot_table.find_lot(connection, principal.scope, number)
        if known_lot is None:
            raise not_found(Noun.LOT)
        found = claim_table.list_claims(connection, principal.scope, known_lot.id, page)
        parties = sorted({each.party for each in found if each.party is not None})
        known = party_table.parties_by_id(connection, principal.site, parties)
    return [(each, None if each.party is None else known[each.party].code) for each in found]
