"""The papers (certificates) of one upload: submitted once, however often its bytes are taken.

Bytes that are taken again bring the papers again that they brought before. One that is on record
as the upload says it, of the same lots and with the same facts, is found there: it keeps its
checks, its countersignature and what a person decided.
"""

from collections import defaultdict
from dataclasses import dataclass

from aas_registry.domain.file_names import display_name
from aas_registry.domain.identifiers import Sha256
from aas_registry.domain.principals import Principal
from aas_registry.services.certificates import certificates
from aas_registry.services.certificates.countersigning import DocumentFacts, Examined, Submitted
from aas_registry.services.intake.receipts import TakenCertificate
from aas_registry.services.registry import Registry
from aas_registry.storage.certificates import Certificate
from aas_registry.storage.database import Connection
from aas_registry.storage.uploads import submission_certificates
from aas_registry.storage.uploads.submissions import Submission


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What an upload says of a document: equal where it is said again."""

    sha256: Sha256
    file_name: str
    facts: tuple[str | None, ...]
    lots: frozenset[int | None]


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the papers of an upload are put on record, inside its transaction."""

    registry: Registry
    connection: Connection
    principal: Principal
    on_record: dict[_Spoken, list[Certificate]]

    def put(
        self, examined: Examined, said: Submitted, *, part: str, lots: int | None = None
    ) -> TakenCertificate:
        """Submit a document, unless it is on record as it is said here.

        Args:
            examined: The document.
            said: What the upload says of it.
            part: Which part of the upload it is.
            lots: How many lots of a list it covers.
        """
        facts = _told(said.facts)
        spoken = _Spoken(
            examined.sha256, display_name(said.file_name), facts, frozenset(lot.id for lot in said.lots)
        )
        if known := self.on_record.get(spoken):
            return TakenCertificate(part, known.pop(0), lots, is_new=False)
        stored = certificates.submit(self.registry, self.connection, self.principal, examined, said)
        return TakenCertificate(part, stored, lots)


def open_papers(
    registry: Registry, connection: Connection, principal: Principal, stored: Submission
) -> Papers:
    """Return where the papers of an upload are put, with those that the same bytes brought before."""
    on_record = defaultdict(list)
    if stored.taking > 1:
        found = submission_certificates.certificates_of_content(connection, principal.site, stored)
        for each, lots in found:
            facts = (each.document_type, each.number, each.issuer, each.issued_on, each.expires_on)
            on_record[_Spoken(each.sha256, each.file_name, facts, lots)].append(each)
    return Papers(registry, connection, principal, on_record)


def _told(said: DocumentFacts) -> tuple[str | None, ...]:
    days = (None if day is None else day.isoformat() for day in (said.issued_on, said.expires_on))
    return said.document_type, said.number, said.issuer, *days
