"""Bodies taken as an upload would take them, for tests of what is stored."""

from typing import Any

from aas_registry.domain.identifiers import Site, SubmissionId
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.services.intake import identifiables as intake
from aas_registry.services.intake.submitter import Submitter
from aas_registry.services.registry import Registry

PLANT = Site("plant")
KINDS = {kind.model_type: kind for kind in IdentifiableKind}


def take(registry: Registry, *bodies: dict[str, Any], holder: int = 1) -> intake.Taken:
    """Store bodies under one submission of a party; 0 is the plant."""
    submitter = Submitter(site=PLANT, holder=holder, submission=SubmissionId(1), at=registry.clock())
    entries = [
        Identifiable(kind=KINDS[each["modelType"]], identifier=each["id"], id_short=None, body=each)
        for each in bodies
    ]
    with registry.write(PLANT) as connection:
        return intake.take(registry, connection, submitter, entries)
