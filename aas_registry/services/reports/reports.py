"""Signed trace reports: a question is frozen, answered whole, signed, and kept.

The answer is read as recorded at one moment, so that what arrives meanwhile does not
change it. A report that would be cut is refused instead.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

import orjson

from aas_registry import __version__
from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.clock import ClockReading
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, ForbiddenError, NotFoundError
from aas_registry.domain.identifiers import PartyId, ReportId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.reports import Direction, TraceReport
from aas_registry.services import audit
from aas_registry.services.parties import known_party
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.services.reports import answers as report_answers
from aas_registry.services.reports.answers import Answer, Question
from aas_registry.services.reports.bundle import build_bundle
from aas_registry.storage import parties as party_table
from aas_registry.storage import reports as report_table
from aas_registry.storage.clock import as_recorded, read_clock, recording_time
from aas_registry.storage.reports import StoredReport
from aas_registry.storage.uploads import submissions as submission_table
from aas_registry.trust.pki import certificate_digest
from aas_registry.trust.signer import Signer

_GENERATOR = f"aas-registry {__version__}"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as it is shown: its opaque id, and what is stored of it."""

    id: str
    report: StoredReport

    @property
    def key(self) -> tuple[str, int]:
        """Return the place in the list, newest first."""
        return self.report.made_at.isoformat(), self.report.id

    @property
    def question(self) -> dict[str, Any]:
        """Return the frozen question as JSON."""
        loaded: dict[str, Any] = orjson.loads(self.report.question)
        return loaded


@dataclass(frozen=True, slots=True)
class _Made:
    number: ReportId
    at: datetime  # by a clock that is behind, its own time: the signatures state it, too
    clock: ClockReading


def make_report(
    registry: Registry,
    principal: Principal,
    *,
    direction: Direction,
    subject: str,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
    customer: str | None = None,
) -> ReportRow:
    """Answer a question of a principal, sign the answer and keep the bundle.

    Args:
        registry: The running parts.
        principal: Who asks.
        direction: The kind of question: where a lot went, or what is in a unit.
        subject: Opaque id of the lot or unit.
        as_of: The time of happening up to which facts count; None for now.
        recorded_as_of: The time of recording up to which facts count; None for now.
        customer: Code of the customer to whose units the answer is limited; None for all.

    Raises:
        NotFoundError: No such lot, unit or customer, or none that the principal may see.
        TooLargeError: The answer has more rows than the setting ``report_rows``.
        ConfigurationError: The registry holds no signing key.
    """
    if (signers := registry.signers) is None:
        raise ConfigurationError(Code.NO_SIGNING_KEY.meaning, code=Code.NO_SIGNING_KEY)
    with registry.read() as connection:
        recorded = as_recorded(connection, principal.site, recorded_as_of)
    now = registry.clock()
    known = recorded.at or now
    asker, code = _narrowed(registry, principal, customer)
    at = as_of or max(now, recorded.last or now)
    question = Question(direction=direction, subject=subject, as_of=at, recorded_as_of=known, customer=code)
    answer = report_answers.answer(registry, asker, question, recorded=recorded)
    return _sign(registry, principal, question, answer, asker.scope.customer, signers.report)


def list_reports(registry: Registry, principal: Principal, page: PageRequest) -> list[ReportRow]:
    """Return reports that the principal may see, newest first, one more than asked."""
    with registry.read() as connection:
        found = report_table.list_reports(connection, principal.scope, page)
    return [ReportRow(to_public(registry, principal.site, Noun.REPORT, each.id), each) for each in found]


def open_bundle(registry: Registry, principal: Principal, report: str) -> tuple[ReportRow, BinaryIO]:
    """Return a report and its bundle.

    Raises:
        NotFoundError: No such report, or none that the principal may see.
    """
    number = ReportId(to_internal(registry, principal.site, Noun.REPORT, report))
    with registry.read() as connection:
        found = report_table.find_report(connection, principal.scope, number)
    if found is None:
        raise not_found(Noun.REPORT)
    return ReportRow(report, found), registry.files.open(found.sha256)


def root_certificate(registry: Registry) -> bytes:
    """Return the certificate (PEM) that whoever verifies a report pins.

    Raises:
        NotFoundError: There are no keys yet (``NO-SIGNING-KEY``).
    """
    if registry.signers is None:
        raise NotFoundError(Code.NO_SIGNING_KEY.meaning, code=Code.NO_SIGNING_KEY)
    return registry.signers.root_pem


def root_fingerprint(registry: Registry) -> str | None:
    """Return the SHA-256 of that certificate, to be compared by telephone; None without keys."""
    return None if registry.signers is None else certificate_digest(registry.signers.root_pem)


def _sign(
    registry: Registry,
    principal: Principal,
    question: Question,
    answer: Answer,
    limited_to: PartyId | None,
    signer: Signer,
) -> ReportRow:
    site = principal.site
    with registry.write(site, even_after_jump=True) as connection:
        number = ReportId(registry.allocator.one(connection, site, "report"))
        recorded_at = recording_time(connection)
        clock = read_clock(connection, site, registry.watched_clock)
    made = _Made(number, min(recorded_at, clock.now), clock)
    report = _report(registry, principal, question, answer, made)
    bundle = build_bundle(report, answer.evidence, signer=signer, now=report.generated_at)
    sha256 = registry.files.put(bundle)
    with registry.write(site, even_after_jump=True) as connection:
        stored = StoredReport(
            id=number,
            direction=report.direction.value,
            subject=answer.subject_number,
            customer=limited_to,
            question=canonical_bytes(report.as_json()["question"]),
            sha256=sha256,
            size=len(bundle),
            made_by=principal.label,
            made_at=recording_time(connection),
        )
        submission_table.add_file(connection, site, stored.sha256, size=stored.size, now=stored.made_at)
        report_table.add_report(connection, site, stored)
        audit.record(registry, connection, principal, "report made", report.id, stored.direction)
    return ReportRow(report.id, stored)


def _narrowed(registry: Registry, principal: Principal, customer: str | None) -> tuple[Principal, str | None]:
    """Return the principal whose eyes the question is answered with, and the customer's code."""
    with registry.read() as connection:
        if principal.role is Role.CUSTOMER_AUDITOR:
            asked = [] if principal.party is None else [principal.party]
            own = party_table.parties_by_id(connection, principal.site, asked)
            code = next((party.code for party in own.values()), None)
            if customer is not None and customer != code:
                raise ForbiddenError("A customer's auditor asks about that customer's units only.")
            return principal, code
        if customer is None:
            return principal, None
        found = known_party(connection, principal.site, customer)
    return replace(principal, role=Role.CUSTOMER_AUDITOR, party=found.id), found.code


def _report(
    registry: Registry,
    principal: Principal,
    question: Question,
    answer: Answer,
    made: _Made,
) -> TraceReport:
    return TraceReport(
        id=to_public(registry, principal.site, Noun.REPORT, made.number),
        scope=principal.site,
        subject=answer.subject,
        direction=question.direction,
        as_of=question.as_of,
        recorded_as_of=question.recorded_as_of,
        customer=question.customer,
        generated_at=made.at,
        clock=made.clock,
        generator=_GENERATOR,
        address=registry.settings.base_url,
        headlines=answer.headlines,
        columns=answer.columns,
        rows=answer.rows,
        gaps=answer.gaps,
        completeness=answer.completeness,
        certificates=answer.certificates,
    )
