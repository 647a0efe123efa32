"""Trace reports: one frozen question and its whole answer.

A report says what was asked (subject, direction, as of when, as recorded when, whose
units), what the answer is (exact, possible and assumed apart), what is missing from it,
and which certificates it speaks of. It is never cut: too many rows are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from aas_registry.domain.certificates import CertificateState, reason_without_lots
from aas_registry.domain.clock import ClockReading
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.verdicts import Check, time_text

REPORT_VERSION = "1.0"

Cell = str | int | bool | None


class Direction(StrEnum):
    """Which way the question goes."""

    WHERE_USED = "where-used"
    CONTENTS = "contents"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSubject:
    """What the question is about.

    Attributes:
        kind: ``lot`` or ``unit``.
        name: Its code or serial number, as people say it.
        details: Further facts, such as manufacturer and part number, in the order to show.
    """

    kind: str
    name: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """How many things of one kind the answer names; the three are never added up.

    Attributes:
        label: What is counted, such as ``boards``.
        exact: Reported by a machine or person.
        possible: One of several lots, or within a splice.
        assumed: From setup or back-flush, without a report.
    """

    label: str
    exact: int
    possible: int = 0
    assumed: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the counts as the report spells them."""
        return {
            "label": self.label,
            "exact": self.exact,
            "possible": self.possible,
            "assumed": self.assumed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How whole an answer is.

    Attributes:
        told: In words, for people: how many, how much was reported and by whom, whether that is all.
        members: The same as the API answers it: coverage, what is unknown, whether it is complete.
    """

    told: Sequence[str]
    members: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportColumn:
    """A column of the rows: its key in ``report.json`` and its title for people."""

    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCertificate:
    """A certificate that the report speaks of, with its checks as they stood.

    Attributes:
        sha256: Digest of the original, which also names it in the bundle.
        file_name: The name it was submitted under.
        document_type: What kind of document it is.
        document_number: The number that it carries.
        state: The state of the certificate.
        lots: Codes of the lots it was submitted for.
        submitted_by: Who sent it.
        checks: Every check with its result, reason and time.
        statements: Digests of the countersigned statements about it, or of excerpts of them.
        is_withheld: Whether the original does not travel with the report: it speaks of more than
            the report's customer may know.
    """

    sha256: str
    file_name: str
    document_type: str
    document_number: str | None
    state: CertificateState
    lots: Sequence[str]
    submitted_by: str | None
    checks: Sequence[Check]
    statements: Sequence[str] = ()
    is_withheld: bool = False

    def without_original(self, lots: Sequence[str], *, statements: Sequence[str]) -> "ReportCertificate":
        """Return what is told of it where the original is withheld: nothing of other lots."""
        checks = [
            replace(check, reason=reason_without_lots(check.name, check.reason)) for check in self.checks
        ]
        return replace(
            self,
            file_name=f"{self.sha256}.pdf",
            lots=lots,
            checks=checks,
            statements=statements,
            is_withheld=True,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the certificate as the report spells it."""
        return {
            "sha256": self.sha256,
            "fileName": self.file_name,
            "documentType": self.document_type,
            "documentNumber": self.document_number,
            "state": self.state.value,
            "lots": list(self.lots),
            "submittedBy": self.submitted_by,
            "checks": [check.as_json() for check in self.checks],
            "statements": list(self.statements),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceEntry:
    """A file of the bundle's ``evidence`` folder.

    Attributes:
        file: Its path in the bundle.
        sha256: Digest of its bytes.
        kind: ``certificate`` or ``statement``.
    """

    file: str
    sha256: str
    kind: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as the report spells it."""
        return {"file": self.file, "sha256": self.sha256, "kind": self.kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceReport:
    """A question and its whole answer.

    Attributes:
        id: The report's public id.
        scope: The site whose record was asked.
        subject: What the question is about.
        direction: Which way it goes.
        as_of: The time of happening up to which facts count.
        recorded_as_of: The time of recording up to which facts count.
        customer: Code of the customer to whose units it is limited; None for all.
        generated_at: When the report was made.
        clock: How the registry's clock stood then.
        generator: Program and version that made it.
        address: The address of the registry; for people, not for proof.
        headlines: The counts.
        columns: The columns of the rows, always the same for one direction.
        rows: One flat mapping per row, with exactly the keys of the columns.
        gaps: What is known to be missing or uncertain, one sentence each.
        completeness: How whole the answer is; None in a report that was made before that was told.
        certificates: The certificates that it speaks of.
        evidence: The evidence that travels with it.
    """

    id: str
    scope: str
    subject: ReportSubject
    direction: Direction
    as_of: datetime
    recorded_as_of: datetime
    customer: str | None
    generated_at: datetime
    clock: ClockReading
    generator: str
    address: str
    headlines: Sequence[Headline]
    columns: Sequence[ReportColumn]
    rows: Sequence[Mapping[str, Cell]]
    gaps: Sequence[str] = ()
    completeness: Completeness | None = None
    certificates: Sequence[ReportCertificate] = ()
    evidence: Sequence[EvidenceEntry] = ()

    def with_evidence(self, evidence: Sequence[EvidenceEntry]) -> "TraceReport":
        """Return the report with the list of the evidence that travels with it."""
        return replace(self, evidence=tuple(evidence))

    @property
    def withheld(self) -> list[str]:
        """Return the digests of the originals that are withheld, each once, in their order."""
        return sorted({each.sha256 for each in self.certificates if each.is_withheld})

    def as_json(self) -> dict[str, Any]:
        """Return the report as ``schemas/report-1.0.json`` describes it."""
        return {
            "reportVersion": REPORT_VERSION,
            "id": self.id,
            "question": {
                "scope": self.scope,
                "subject": {
                    "kind": self.subject.kind,
                    "name": self.subject.name,
                    "details": dict(self.subject.details),
                },
                "direction": self.direction.value,
                "asOf": time_text(self.as_of),
                "recordedAsOf": time_text(self.recorded_as_of),
                "customer": self.customer,
            },
            "generatedAt": time_text(self.generated_at),
            "clock": self.clock.as_json(),
            "generator": self.generator,
            "address": self.address,
            "truncation": "none",
            "headlines": [headline.as_json() for headline in self.headlines],
            "columns": [{"key": column.key, "title": column.title} for column in self.columns],
            "rows": [{column.key: row[column.key] for column in self.columns} for row in self.rows],
            "gaps": list(self.gaps),
            **({} if self.completeness is None else {"completeness": dict(self.completeness.members)}),
            "certificates": [certificate.as_json() for certificate in self.certificates],
            "evidence": [entry.as_json() for entry in self.evidence],
            "standsOn": {"checkpoint": None, "timeStamp": None, "independence": STANDS_ALONE},
            # The last member in canonical JSON, which `verify.sh` reads.
            **({"withheld": self.withheld} if self.withheld else {}),
        }


STANDS_ALONE = (
    "No independent witness or time-stamping authority has confirmed this report: it is"
    " tamper-evident to those only who trust the pinned root or kept earlier reports."
)


def answered_as(asked: datetime, known: datetime) -> str:
    """Say that a later time of recording was asked for than the last on record."""
    return f"As recorded on {time_text(asked)} was asked; nothing was recorded after {time_text(known)}."


def answered_as_named(changed: datetime, how: Literal["merged", "parted"]) -> str:
    """Say that names were merged or parted after the time of recording that is answered."""
    return (
        f"Names were {how} on {time_text(changed)}; answers up to earlier times of recording, such as this"
        f" one, follow the names as they are {how} now, and may differ from what was answered before."
    )


def refuse_too_many_rows(count: int, *, most: int) -> None:
    """Refuse an answer that is larger than a report may be; it is never cut instead.

    Raises:
        TooLargeError: There are more than ``most`` rows (code ``REPORT-TOO-LARGE``).
    """
    if count > most:
        raise TooLargeError(
            f"The answer has {count} rows; a report may hold {most}. Narrow the question.",
            code=Code.REPORT_TOO_LARGE,
        )
