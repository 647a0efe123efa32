"""The certificates that an AAS package carries, on their way through the upload service.

Signatures are verified before the transaction (`prepare`), rows are written inside it
(`take`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aas_registry.domain.identifiers import Site
from aas_registry.domain.package import AasPackage
from aas_registry.domain.principals import Principal
from aas_registry.services.intake import Submitter, Taken
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection


@dataclass(frozen=True, slots=True)
class PreparedCertificate:
    """A certificate of a package with its verified signature."""

    part: str


def prepare(registry: Registry, site: Site, package: AasPackage) -> Sequence[PreparedCertificate]:
    """Verify the certificates of a package."""
    return ()


def take(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    submitter: Submitter,
    taken: Taken,
    prepared: Sequence[PreparedCertificate],
) -> list[dict[str, Any]]:
    """Store the certificates of a package."""
    return []
