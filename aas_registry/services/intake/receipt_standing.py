"""What a receipt lists as it stands now, where that may have changed since it was written."""

from collections.abc import Mapping, Sequence

from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.certificates import Certificate
from aas_registry.storage.database import Connection
from aas_registry.storage.lot_names import find_lots_named


def certificate_standing(certificate: Certificate) -> dict[str, str]:
    """Return how far a certificate has come."""
    return {
        "state": certificate.state.value,
        "authentic": certificate.authentic.value,
        "matches": certificate.matches.value,
        "accepted": certificate.accepted.value,
    }


def lot_ids_now(
    registry: Registry, connection: Connection, site: Site, lots: Sequence[Mapping[str, str]]
) -> list[str]:
    """Return the opaque ids of the lots that the names on a receipt stand for now.

    A lot that was parted since, by a person, has another id than the one that the receipt was written with.
    """
    names = [(each["manufacturer"], each["mpn"], each["code"]) for each in lots]
    found = find_lots_named(connection, Scope(site), names) if names else {}
    return [
        to_public(registry, site, Noun.LOT, found[name]) if name in found else each["id"]
        for name, each in zip(names, lots, strict=True)
    ]
