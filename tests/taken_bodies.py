"""Bodies taken as an upload would take them, for tests of what is stored."""

from typing import Any

from aas_registry.domain.identifiers import PartyId, Site, SubmissionId
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.domain.submitter import Submitter
from aas_registry.services.intake import identifiables
from aas_registry.services.registry import Registry

PLANT = Site("plant")
KINDS = {kind.model_type: kind for kind in IdentifiableKind}


def take(registry: Registry, *bodies: dict[str, Any], party: int | None = 1) -> identifiables.Taken:
    """Store bodies under one submission of a party; None is the plant."""
    submitter = Submitter(
        site=PLANT,
        party=None if party is None else PartyId(party),
        submission=SubmissionId(1),
        at=registry.clock(),
    )
    entries = [
        Identifiable(kind=KINDS[each["modelType"]], identifier=each["id"], id_short=None, body=each)
        for each in bodies
    ]
    with registry.write(PLANT) as connection:
        return identifiables.take(registry, connection, submitter, entries)
