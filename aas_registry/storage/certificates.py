"""Queries about certificates, their checks and steps; a supplier sees what it submitted.

A customer's scope sees none: papers reach a customer by reports alone, as far as they may.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, insert, select, update

from aas_registry.domain.certificates import CertificateState, PersonDecision, Transition
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.identifiers import (
    CertificateId,
    LotId,
    PartyId,
    Sha256,
    Site,
    SubmissionId,
)
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.verdicts import Check, Status
from aas_registry.storage.holders import holder_of
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.prefixes import fits
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.certificates import (
    certificate,
    certificate_check,
    certificate_scope,
    certificate_step,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What is on record of a quality document that was submitted, its three verdicts included."""

    submission: SubmissionId
    party: PartyId | None
    signing_party: PartyId | None
    sha256: Sha256
    file_name: str
    media_type: str
    document_type: str | None
    number: str | None
    issuer: str | None
    issued_on: str | None
    expires_on: str | None
    signer: str | None
    signed_at: datetime | None
    authentic: Status
    matches: Status
    accepted: Status
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(CertificateFacts):
    """One submission of a quality document, and where it stands."""

    id: CertificateId
    state: CertificateState


@dataclass(frozen=True, slots=True)
class ScopeTerm:
    """One thing that a certificate speaks of: a kind, a value, and the lot where it is one."""

    kind: str
    value: str
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a certificate: a change of its state, or a person's decision at that state."""

    state: CertificateState
    who: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCertificate:
    """A certificate that is to be stored.

    Attributes:
        facts: What is on record of it.
        received: The first step of its life, which says its state.
        terms: What it speaks of.
        checks: Every check.
    """

    facts: CertificateFacts
    received: Transition
    terms: Sequence[ScopeTerm]
    checks: Sequence[Check]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFilter:
    """What a list is narrowed to; None does not narrow. With `by_prefix` the number begins so."""

    lot: LotId | None = None
    state: CertificateState | None = None
    number: str | None = None
    by_prefix: bool = False


_FIELDS = tuple(Certificate.__dataclass_fields__)


def add_certificate(
    connection: Connection, allocator: IdAllocator, site: Site, added: NewCertificate
) -> Certificate:
    """Store a certificate with what it speaks of, every check and its first step; its ``id`` is given here.

    Raises:
        ConflictError: What is said to be its first step is a later one.
    """
    _require(added.received.before is None)
    number = CertificateId(allocator.one(connection, site, "certificate"))
    facts = {name: getattr(added.facts, name) for name in CertificateFacts.__dataclass_fields__}
    stored = Certificate(id=number, state=added.received.after, **facts)
    keys = {"site": site, "id": number, "holder": holder_of(stored.party)}
    connection.execute(insert(certificate).values(**keys, state=stored.state, **facts))
    terms = {(term.kind, term.value): term.item for term in added.terms}
    key = {"site": site, "certificate": number}
    if terms:
        rows = [{**key, "kind": kind, "value": value, "item": item} for (kind, value), item in terms.items()]
        connection.execute(insert(certificate_scope), rows)
    add_checks(connection, site, number, added.checks)
    _append(connection, site, number, _step_of(added.received))
    return stored


def add_checks(connection: Connection, site: Site, number: CertificateId, checks: Sequence[Check]) -> None:
    """Append checks; the newest of a name is the one that counts."""
    start = _count(connection, certificate_check, site, number)
    rows = [
        {"site": site, "certificate": number, "position": position, "name": check.name}
        | {"status": check.status, "reason": check.reason, "checked_at": check.at}
        for position, check in enumerate(checks, start=start)
    ]
    if rows:
        connection.execute(insert(certificate_check), rows)


def add_transition(connection: Connection, site: Site, number: CertificateId, transition: Transition) -> None:
    """Change the state of a certificate, and append that step to its life.

    Raises:
        ConflictError: The certificate no longer stands where the transition starts.
    """
    row = _standing_at(site, number, transition.before)
    changed = connection.execute(update(certificate).where(row).values(state=transition.after))
    _require(changed.rowcount == 1)
    _append(connection, site, number, _step_of(transition))


def add_decision(connection: Connection, site: Site, number: CertificateId, decision: PersonDecision) -> None:
    """Write down a person's verdict, and append it to the certificate's life; its state stays.

    Raises:
        ConflictError: The certificate no longer stands where the person decided.
    """
    row = _standing_at(site, number, decision.state)
    changed = connection.execute(update(certificate).where(row).values(accepted=decision.status))
    _require(changed.rowcount == 1)
    step = Step(decision.state, decision.who, f"{decision.word}: {decision.reason}", decision.at)
    _append(connection, site, number, step)


def find_certificate(connection: Connection, scope: Scope, number: CertificateId) -> Certificate | None:
    """Return a certificate that the scope sees."""
    return find_certificates(connection, scope, [number]).get(number)


def find_by_submission(connection: Connection, scope: Scope, submission: SubmissionId) -> Certificate | None:
    """Return the certificate that a submission brought."""
    row = connection.execute(_visible(scope).where(certificate.c.submission == submission)).first()
    return None if row is None else _certificate(row)


def find_certificates(
    connection: Connection, scope: Scope, numbers: Sequence[CertificateId]
) -> dict[CertificateId, Certificate]:
    """Return those of some certificates that the scope sees."""
    found: dict[CertificateId, Certificate] = {}
    for part in in_chunks(numbers):
        rows = connection.execute(_visible(scope).where(certificate.c.id.in_(part)))
        found.update((each.id, each) for each in map(_certificate, rows))
    return found


def list_certificates(
    connection: Connection, scope: Scope, wanted: CertificateFilter, page: PageRequest
) -> list[Certificate]:
    """Return certificates, newest first; one more than asked tells of a next page."""
    query = newest_first(_visible(scope), page, at=certificate.c.recorded_at, number=certificate.c.id)
    if wanted.state is not None:
        query = query.where(certificate.c.state == wanted.state)
    if wanted.number is not None:
        query = query.where(fits(certificate.c.number, wanted.number, by_prefix=wanted.by_prefix))
    if wanted.lot is not None:
        spoken_of = (
            certificate_scope.c.site == scope.site,
            certificate_scope.c.certificate == certificate.c.id,
            certificate_scope.c.item == wanted.lot,
        )
        query = query.where(select(certificate_scope.c.certificate).where(*spoken_of).exists())
    return [_certificate(row) for row in connection.execute(query)]


def certificates_of(
    connection: Connection, scope: Scope, lots: Sequence[LotId], *, most: int | None = None
) -> list[tuple[LotId, Certificate]]:
    """Return (lot, certificate) for every certificate that speaks of one of the lots, or for the first."""
    joined = and_(
        certificate_scope.c.site == certificate.c.site,
        certificate_scope.c.certificate == certificate.c.id,
        certificate_scope.c.item.in_(lots),
    )
    query = (
        _visible(scope)
        .join(certificate_scope, joined)
        .add_columns(certificate_scope.c.item)
        .order_by(certificate_scope.c.item, certificate.c.id)
        .limit(most)
    )
    return [(LotId(row[-1]), _certificate(row[:-1])) for row in connection.execute(query)]


def scope_of(connection: Connection, site: Site, number: CertificateId) -> list[ScopeTerm]:
    """Return what a certificate speaks of."""
    rows = connection.execute(
        select(certificate_scope.c.kind, certificate_scope.c.value, certificate_scope.c.item)
        .filter_by(site=site, certificate=number)
        .order_by(certificate_scope.c.kind, certificate_scope.c.value)
    )
    return [ScopeTerm(row.kind, row.value, row.item) for row in rows]


def terms_of_documents(
    connection: Connection, site: Site, digests: Sequence[Sha256]
) -> list[tuple[Sha256, PartyId | None, ScopeTerm]]:
    """Return everything that some documents were ever submitted for: digest, who submitted it, and term."""
    spoken = and_(
        certificate_scope.c.site == certificate.c.site, certificate_scope.c.certificate == certificate.c.id
    )
    term = (certificate_scope.c.kind, certificate_scope.c.value, certificate_scope.c.item)
    query = select(certificate.c.sha256, certificate.c.party, *term).join(certificate_scope, spoken)
    query = query.where(certificate.c.site == site, certificate_scope.c.site == site)
    return [
        (Sha256(row.sha256), row.party, ScopeTerm(row.kind, row.value, row.item))
        for part in in_chunks(digests)
        for row in connection.execute(query.where(certificate.c.sha256.in_(part)))
    ]


def checks_of(connection: Connection, site: Site, number: CertificateId) -> list[Check]:
    """Return every check, oldest first."""
    rows = connection.execute(
        select(certificate_check)
        .filter_by(site=site, certificate=number)
        .order_by(certificate_check.c.position)
    )
    return [Check(name=row.name, status=row.status, reason=row.reason, at=row.checked_at) for row in rows]


def steps_of(connection: Connection, site: Site, number: CertificateId) -> list[Step]:
    """Return every step, oldest first."""
    rows = connection.execute(
        select(certificate_step)
        .filter_by(site=site, certificate=number)
        .order_by(certificate_step.c.position)
    )
    return [Step(row.state, row.who, row.reason, row.at) for row in rows]


def _standing_at(site: Site, number: CertificateId, state: CertificateState | None) -> ColumnElement[bool]:
    return and_(certificate.c.site == site, certificate.c.id == number, certificate.c.state == state)


def _require(stands_there: bool) -> None:  # noqa: FBT001
    if not stands_there:
        raise ConflictError(
            "The certificate no longer stands where it stood when this was decided.",
            code=Code.CERTIFICATE_STATE,
        )


def _step_of(transition: Transition) -> Step:
    return Step(transition.after, transition.who, transition.reason, transition.at)


def _append(connection: Connection, site: Site, number: CertificateId, step: Step) -> None:
    connection.execute(
        insert(certificate_step).values(
            site=site,
            certificate=number,
            position=_count(connection, certificate_step, site, number),
            state=step.state,
            who=step.who,
            reason=step.reason,
            at=step.at,
        )
    )


def _count(connection: Connection, table: Any, site: Site, number: CertificateId) -> int:
    found: int = connection.execute(
        select(func.count()).select_from(table).filter_by(site=site, certificate=number)
    ).scalar_one()
    return found


def _visible(scope: Scope) -> Select[Any]:
    query = select(*(certificate.c[name] for name in _FIELDS)).where(certificate.c.site == scope.site)
    if scope.customer is not None:
        return query.where(false())
    return query if scope.party is None else query.where(certificate.c.party == scope.party)


def _certificate(row: Sequence[Any]) -> Certificate:
    return Certificate(**dict(zip(_FIELDS, row, strict=True)))
