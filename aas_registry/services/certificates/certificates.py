"""Certificates: submitted, examined, decided, countersigned; read and decided by a person.

What costs time or reads hostile bytes (`examine`) happens before any transaction; what
is written (`submit`) happens in the caller's. A certificate that fails is evidence: it is
kept, shown as failed, and never countersigned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.certificate_content import DocumentText, match_content
from aas_registry.domain.certificates import (
    REGISTRY,
    CertificateState,
    CheckName,
    PersonDecision,
    Transition,
    decide,
    first_steps,
)
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, TooLargeError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import error
from aas_registry.domain.identifiers import CertificateId, LotId, PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.verdicts import Check, Status
from aas_registry.formats.container.content_kind import is_pdf
from aas_registry.services import audit
from aas_registry.services.certificates import countersigning
from aas_registry.services.certificates.countersigning import CheckedDocument, Examined, Submitted
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage import statements as statement_table
from aas_registry.storage.certificates import (
    Certificate,
    CertificateFacts,
    CertificateFilter,
    NewCertificate,
    ScopeTerm,
    Step,
)
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot
from aas_registry.storage.statements import StoredStatement
from aas_registry.trust.pdf_reading import OpenedPdf
from aas_registry.trust.pdf_signature import TrustAnchor, verify_pdf
from aas_registry.trust.pdf_text import pdf_text
from aas_registry.trust.pdf_wall import refuse_hostile_pdf

PDF = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """A certificate as it is shown.

    Attributes:
        id: The opaque id.
        lots: Opaque id and lot of every lot that it speaks of.
    """

    id: str
    certificate: Certificate
    party_code: str | None
    signing_party_code: str | None
    terms: Sequence[ScopeTerm]
    lots: Sequence[tuple[str, Lot]]
    checks: Sequence[Check]
    steps: Sequence[Step]
    statements: Sequence[StoredStatement]

    @property
    def key(self) -> tuple[str, int]:
        """Return the place in the list, newest first."""
        return self.certificate.recorded_at.isoformat(), self.certificate.id

    @property
    def is_altered(self) -> bool:
        """Return whether the document is not, or not only, what was signed."""
        failed = {check.name for check in self.checks if check.status is Status.FAILED}
        return not failed.isdisjoint({CheckName.SIGNATURE, CheckName.WHOLE_DOCUMENT})

    @property
    def countersignature(self) -> str | None:
        """Return what the registry countersigned: verified, or received unsigned; None for nothing."""
        state = CertificateState.COUNTERSIGNED
        return next((step.reason for step in self.steps if step.state is state), None)


def examine(
    registry: Registry,
    site: Site,
    content: bytes,
    *,
    signing_parties: Sequence[PartyId],
    file: str | None = None,
    part: str | None = None,
) -> Examined:
    """Look at a document before it is submitted.

    Args:
        registry: The running parts.
        site: Whose anchors count.
        content: The very bytes.
        signing_parties: Who may have signed it: the manufacturer, the uploader.
        file: Name of the uploaded file, for findings.
        part: Name of its part of a package, for findings.

    Raises:
        RefusedError: It is hostile: nobody is handed it, not even as evidence.
    """
    refuse_hostile_pdf(document := OpenedPdf(content), limits=registry.limits, file=file, part=part)
    sha256, pinned = Sha256(digest_of(content)), _pinned_anchors(registry, site)
    owners = {each.sha256: each.party for each in pinned if each.party in signing_parties}
    finding = verify_pdf(
        document,
        sha256=sha256,
        anchors=[_as_anchor(each) for each in pinned if each.sha256 in owners and each.purpose == "signer"],
        time_stamp_anchors=[each.certificate for each in pinned if each.purpose == "timestamp"],
        limits=registry.limits,
        now=registry.clock(),
    )
    return Examined(
        sha256=sha256,
        size=len(content),
        finding=finding,
        signing_party=owners.get(finding.anchor_sha256 or ""),
        text=DocumentText(pdf_text(content, limits=registry.limits)),
    )


def _pinned_anchors(registry: Registry, site: Site) -> list[party_table.Anchor]:
    with registry.read() as connection:
        return [each for each in party_table.list_anchors(connection, site) if each.withdrawn_at is None]


def _as_anchor(anchor: party_table.Anchor) -> TrustAnchor:
    lists = () if anchor.revocation_list is None else (anchor.revocation_list,)
    return TrustAnchor(
        certificate=anchor.certificate, subject_rule=anchor.subject_rule, revocation_lists=lists
    )


def read_document(registry: Registry, stream: BinaryIO, *, file: str) -> bytes:
    """Return the whole of a document that was sent; ``file`` is its name, for the finding.

    Raises:
        TooLargeError: It is over the limit of certificates.
    """
    most_bytes = registry.limits.certificate_bytes
    content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        message = f"The document holds more than {most_bytes} bytes."
        found = error(Code.CERTIFICATE_TOO_LARGE, message, file=display_name(file))
        raise TooLargeError(message, code=found.code, findings=[found])
    return content


def require_pdf(content: bytes, *, file: str | None = None) -> None:
    """Return if a document is of a kind that is taken.

    Raises:
        InvalidRequestError: It is no PDF.
    """
    if not is_pdf(content):
        found = error(Code.CERTIFICATE_TYPE_UNKNOWN, Code.CERTIFICATE_TYPE_UNKNOWN.meaning, file=file)
        raise InvalidRequestError(found.message, code=found.code, findings=[found])


def submit(
    registry: Registry, connection: Connection, principal: Principal, examined: Examined, said: Submitted
) -> Certificate:
    """Store a certificate with every check, and countersign it where the checks allow that.

    The document's bytes are in the file store, and its row is written, already.
    """
    submitter = said.submitter
    content = match_content(examined.text, said.subjects, at=submitter.at)
    checks = [*examined.finding.checks, content]
    checked = CheckedDocument(examined, checks, decide(checks, signed=examined.finding.signed))
    received, *following = first_steps(checked.decision, checks, who=principal.label, at=submitter.at)
    added = NewCertificate(facts=_facts(said, checked), received=received, terms=said.terms, checks=checks)
    stored = certificate_table.add_certificate(connection, registry.allocator, submitter.site, added)
    word = countersigning.countersign(registry, connection, stored, said, checked)
    if word is not None:
        following.append(
            Transition(
                before=checked.decision.state,
                after=CertificateState.COUNTERSIGNED,
                who=REGISTRY,
                reason=word.value,
                at=submitter.at,
            )
        )
    for step in following:
        certificate_table.add_transition(connection, submitter.site, stored.id, step)
    return replace(stored, state=following[-1].after)


def list_certificates(
    registry: Registry,
    principal: Principal,
    page: PageRequest,
    *,
    lot: str | None = None,
    state: str | None = None,
    number: str | None = None,
) -> list[CertificateRow]:
    """Return certificates that the principal may see, newest first, one more than asked.

    A ``state`` that is the word of none finds nothing.

    Raises:
        NotFoundError: ``lot`` names none that the principal may see.
    """
    with registry.read() as connection:
        wanted_lot = None if lot is None else find_lot(registry, connection, principal, lot).id
        if state is not None and state not in set(CertificateState):
            return []
        wanted = CertificateFilter(
            lot=wanted_lot, state=None if state is None else CertificateState(state), number=number
        )
        found = certificate_table.list_certificates(connection, principal.scope, wanted, page)
        return [_shown(registry, connection, principal, each) for each in found]


def get_certificate(registry: Registry, principal: Principal, certificate: str) -> CertificateRow:
    """Return one certificate with every check, step and statement.

    Raises:
        NotFoundError: No such certificate, or not the principal's.
    """
    with registry.read() as connection:
        found = _find(registry, connection, principal, certificate)
        return _shown(registry, connection, principal, found)


def get_submitted(registry: Registry, principal: Principal, submission: SubmissionId) -> CertificateRow:
    """Return the certificate that a submission of the principal's brought.

    Raises:
        NotFoundError: The submission brought none.
    """
    with registry.read() as connection:
        found = certificate_table.find_by_submission(connection, principal.scope, submission)
        if found is None:
            raise not_found(Noun.CERTIFICATE)
        return _shown(registry, connection, principal, found)


def open_original(registry: Registry, principal: Principal, certificate: str) -> tuple[Certificate, BinaryIO]:
    """Return a certificate and its very bytes.

    Raises:
        NotFoundError: No such certificate, or not the principal's.
    """
    with registry.read() as connection:
        found = _find(registry, connection, principal, certificate)
    return found, registry.files.open(found.sha256)


def decide_acceptance(
    registry: Registry, principal: Principal, certificate: str, *, accepted: bool, reason: str
) -> CertificateRow:
    """Write down a named person's decision: the third verdict, apart from the other two.

    Raises:
        NotFoundError: No such certificate, or not the principal's.
        ConflictError: The certificate was rejected or revoked; nobody can accept it.
    """
    with registry.write(principal.site) as connection:
        found = _find(registry, connection, principal, certificate)
        decision = PersonDecision(
            state=found.state,
            accepted=accepted,
            who=principal.label,
            reason=reason,
            at=recording_time(connection),
        )
        certificate_table.add_decision(connection, principal.site, found.id, decision)
        audit.record(registry, connection, principal, f"certificate {decision.word}", certificate, reason)
        current = _find(registry, connection, principal, certificate)
        return _shown(registry, connection, principal, current)


def find_lot(registry: Registry, connection: Connection, principal: Principal, lot: str) -> Lot:
    """Return a lot by its opaque id, inside a transaction.

    Raises:
        NotFoundError: None that the principal may see.
    """
    number = LotId(to_internal(registry, principal.site, Noun.LOT, lot))
    found = lot_table.find_lot(connection, principal.scope, number)
    if found is None:
        raise not_found(Noun.LOT)
    return found


def signing_parties(
    connection: Connection, site: Site, names: Iterable[str | None], *, party: PartyId | None
) -> list[PartyId]:
    """Return who may have signed a document: those of some companies that are on record, and who sends it."""
    found = party_table.find_parties(connection, site, [each for each in names if each])
    return [each.id for each in found] + ([] if party is None else [party])


def _facts(said: Submitted, checked: CheckedDocument) -> CertificateFacts:
    assert said.submitter.submission is not None  # a single write of the AAS API brings no document
    examined = checked.examined
    return CertificateFacts(
        submission=said.submitter.submission,
        party=said.submitter.party,
        signing_party=examined.signing_party,
        sha256=examined.sha256,
        file_name=display_name(said.file_name),
        media_type=PDF,
        document_type=said.facts.document_type,
        number=said.facts.number,
        issuer=said.facts.issuer,
        issued_on=None if said.facts.issued_on is None else said.facts.issued_on.isoformat(),
        expires_on=None if said.facts.expires_on is None else said.facts.expires_on.isoformat(),
        signer=examined.finding.signer,
        signed_at=examined.finding.proven_at or examined.finding.claimed_at,
        authentic=checked.decision.authentic,
        matches=checked.decision.matches,
        accepted=Status.UNKNOWN,
        recorded_at=said.submitter.at,
    )


def _find(registry: Registry, connection: Connection, principal: Principal, certificate: str) -> Certificate:
    number = CertificateId(to_internal(registry, principal.site, Noun.CERTIFICATE, certificate))
    found = certificate_table.find_certificate(connection, principal.scope, number)
    if found is None:
        raise not_found(Noun.CERTIFICATE)
    return found


def _shown(
    registry: Registry, connection: Connection, principal: Principal, found: Certificate
) -> CertificateRow:
    site = principal.site
    terms = certificate_table.scope_of(connection, site, found.id)
    lots = [
        (to_public(registry, site, Noun.LOT, lot.id), lot)
        for term in terms
        if term.item is not None
        and (lot := lot_table.find_lot(connection, principal.scope, LotId(term.item))) is not None
    ]
    named = [each for each in (found.party, found.signing_party) if each is not None]
    codes = {
        number: party.code for number, party in party_table.parties_by_id(connection, site, named).items()
    }
    return CertificateRow(
        id=to_public(registry, site, Noun.CERTIFICATE, found.id),
        certificate=found,
        party_code=codes.get(found.party) if found.party else None,
        signing_party_code=codes.get(found.signing_party) if found.signing_party else None,
        terms=[replace(term, item=None) for term in terms],
        lots=lots,
        checks=certificate_table.checks_of(connection, site, found.id),
        steps=certificate_table.steps_of(connection, site, found.id),
        statements=statement_table.statements_of(connection, site, [found.id]),
    )
