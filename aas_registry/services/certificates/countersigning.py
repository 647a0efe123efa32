"""Countersigning: the registry's word that it received and checked a certificate.

Each lot has a chain of statements: a sequence number and the digest of the one before, so
that an auditor sees a statement that was taken out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.certificate_content import ClaimedSubject, DocumentText
from aas_registry.domain.certificates import Countersignature, Decision
from aas_registry.domain.identifiers import PartyId, Sha256
from aas_registry.domain.statements import StatedLot, StatedSigner, Statement
from aas_registry.domain.submitter import Submitter
from aas_registry.domain.verdicts import Check
from aas_registry.services.registry import Registry
from aas_registry.storage import statements as statement_table
from aas_registry.storage.certificates import Certificate, ScopeTerm
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot
from aas_registry.storage.statements import NewStatement
from aas_registry.trust.dsse import STATEMENT_TYPE, sign_envelope
from aas_registry.trust.pdf_signature import SignatureFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A document that was looked at: its signature, its signer, its text.

    Attributes:
        sha256: Digest of the very bytes.
        size: Bytes.
        finding: Every check of the signature.
        signing_party: The party whose pinned anchor the signer leads to.
        text: What the document says; blank where it cannot be read.
    """

    sha256: Sha256
    size: int
    finding: SignatureFinding
    signing_party: PartyId | None
    text: DocumentText


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """A document that was examined, every check of it, its content's included, and what they allow."""

    examined: Examined
    checks: Sequence[Check]
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a submitter says a document is; None where nothing is said."""

    document_type: str | None = None
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a submitter says about a document.

    Attributes:
        submitter: Who submits it, and under which submission.
        lots: The lots it was submitted for.
        terms: Everything it is said to speak of.
        subjects: What its content must name.
        submodel_sha256: Digest of the submodel that describes it.
    """

    submitter: Submitter
    file_name: str
    lots: Sequence[Lot]
    terms: Sequence[ScopeTerm]
    subjects: Sequence[ClaimedSubject]
    facts: DocumentFacts
    submodel_sha256: str | None = None


def terms_of(lots: Iterable[Lot]) -> list[ScopeTerm]:
    """Return what says that a certificate speaks of some lots: one term for each, none like another."""
    terms: dict[str, ScopeTerm] = {}
    for lot in {each.id: each for each in lots}.values():
        value, number = lot.label, 1
        while value in terms:  # manufacturer "A B" with part "C", and "A" with "B C"
            number += 1
            value = f"{lot.label} ({number})"
        terms[value] = ScopeTerm("lot", value, lot.id)
    return list(terms.values())


def said_of_lots(
    submitter: Submitter,
    lots: Sequence[Lot],
    *,
    file_name: str,
    facts: DocumentFacts,
    submodel_sha256: str | None = None,
) -> Submitted:
    """Return what an upload says about a document that covers some of its lots."""
    return Submitted(
        submitter=submitter,
        file_name=file_name,
        lots=lots,
        terms=terms_of(lots),
        subjects=[subject_of(lot) for lot in lots],
        facts=facts,
        submodel_sha256=submodel_sha256,
    )


def subject_of(lot: Lot) -> ClaimedSubject:
    """Return what a document must name to cover a lot."""
    return ClaimedSubject(manufacturer=lot.manufacturer, mpn=lot.mpn, lot_code=lot.code)


def countersign(
    registry: Registry,
    connection: Connection,
    certificate: Certificate,
    said: Submitted,
    checked: CheckedDocument,
) -> Countersignature | None:
    """Sign a statement about a certificate and append it to the rows of its lots.

    Returns:
        What was signed: None where the decision allows no countersignature, or the registry
        holds no keys.
    """
    word, submitter, signers = checked.decision.countersignature, said.submitter, registry.signers
    if signers is None or word is None:
        return None
    places = statement_table.last_statements(connection, submitter.site, [lot.id for lot in said.lots])
    lots = [
        StatedLot(
            manufacturer=lot.manufacturer,
            mpn=lot.mpn,
            lot_code=lot.code,
            sequence=places[lot.id][0] + 1,
            previous=places[lot.id][1],
        )
        for lot in said.lots
    ]
    payload = _statement(certificate, said, checked, word, lots).canonical()
    envelope = sign_envelope(payload, payload_type=STATEMENT_TYPE, signer=signers.countersign)
    added = NewStatement(
        certificate=certificate.id, digest=digest_of(payload), envelope=envelope, recorded_at=submitter.at
    )
    sequences = [(lot.id, stated.sequence) for lot, stated in zip(said.lots, lots, strict=True)]
    statement_table.add_statement(connection, registry.allocator, submitter.site, added, lots=sequences)
    return word


def _statement(
    certificate: Certificate,
    said: Submitted,
    checked: CheckedDocument,
    word: Countersignature,
    lots: Sequence[StatedLot],
) -> Statement:
    finding, signer = checked.examined.finding, None
    if finding.signer is not None and finding.signer_sha256 is not None:
        signer = StatedSigner(
            subject=finding.signer,
            certificate_sha256=finding.signer_sha256,
            anchor_sha256=finding.anchor_sha256,
            signed_at=finding.proven_at,
        )
    return Statement(
        name=certificate.file_name,
        sha256=certificate.sha256,
        document_type=certificate.document_type or "certificate",
        document_number=certificate.number,
        lots=lots,
        parts=[(each.manufacturer, each.mpn) for each in said.subjects if each.lot_code is None],
        submodel_sha256=said.submodel_sha256,
        signer=signer,
        checks=checked.checks,
        decision=word,
        stated_at=said.submitter.at,
    )
