"""One certificate submitted by itself, with what it speaks of."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.certificate_content import ClaimedSubject
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import submissions
from aas_registry.services.certificates import certificates, countersigning
from aas_registry.services.certificates.certificates import PDF, CertificateRow
from aas_registry.services.certificates.countersigning import DocumentFacts, Examined, Submitted
from aas_registry.services.parties import party_for
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.services.submissions import Recorded
from aas_registry.storage import lots as lot_table
from aas_registry.storage.certificates import ScopeTerm
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot, LotFilter
from aas_registry.storage.uploads.submissions import NewSubmission, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a document is said to speak of; at least one must be given.

    Attributes:
        lots: Opaque ids of lots.
        delivery_note: Every lot that came with it.
        manufacturer: With ``mpn``, a part.
        mpn: Manufacturer part number.
    """

    lots: Sequence[str] = ()
    delivery_note: str | None = None
    manufacturer: str | None = None
    mpn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDocument:
    """A document that was sent by itself and is not taken yet.

    Attributes:
        stream: Its content, at its beginning.
        file_name: The name its sender gave it.
        subject: What it is said to speak of.
        facts: What its sender says of it.
        on_behalf_of: Code or name of the party it counts for; for other roles than suppliers.
    """

    stream: BinaryIO
    file_name: str
    subject: Subject
    facts: DocumentFacts
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that was examined, and what it is said to speak of, before the transaction."""

    examined: Examined
    lots: Sequence[Lot]
    terms: Sequence[ScopeTerm]
    subjects: Sequence[ClaimedSubject]
    facts: DocumentFacts


def submit_certificate(
    registry: Registry, principal: Principal, sent: SentDocument
) -> tuple[CertificateRow, bool]:
    """Take a document with what it speaks of; return it, and whether it is new.

    Raises:
        TooLargeError: It is over the limit of certificates.
        InvalidRequestError: It is no PDF, or nothing says what it speaks of.
        NotFoundError: It speaks of a lot or delivery note that the principal does not see.
        ForbiddenError: A supplier named another party.
    """
    content = certificates.read_document(registry, sent.stream, file=sent.file_name)
    shown, subject = display_name(sent.file_name), sent.subject
    certificates.require_pdf(content, file=shown)
    sender = party_for(registry, principal, sent.on_behalf_of)
    party = None if sender is None else sender.id
    with registry.read() as connection:
        lots, terms = _resolve(registry, connection, principal, subject)
        names = {*(lot.manufacturer for lot in lots), subject.manufacturer, sent.facts.issuer}
        signers = certificates.signing_parties(connection, principal.site, names, party=party)
    examined = certificates.examine(registry, principal.site, content, signing_parties=signers, file=shown)
    subjects = [countersigning.subject_of(lot) for lot in lots]
    if subject.manufacturer is not None and subject.mpn is not None:
        subjects.append(ClaimedSubject(manufacturer=subject.manufacturer, mpn=subject.mpn))
    spoken_of = digest_of(canonical_bytes(sorted([each.kind, each.value] for each in terms)))
    submission = NewSubmission(
        party=party,
        channel=f"certificate {spoken_of}",
        sha256=examined.sha256,
        file_name=shown,
        media_type=PDF,
        size=examined.size,
        submitted_by=principal.label,
    )
    take = partial(_take, registry, principal, _Document(examined, lots, terms, subjects, sent.facts))
    with registry.files.staging() as staging:
        staging.add(io.BytesIO(content))
        stored, is_new = submissions.commit(registry, principal, submission, staging, take)
    return certificates.get_submitted(registry, principal, stored.id), is_new


def _take(
    registry: Registry, principal: Principal, document: _Document, connection: Connection, stored: Submission
) -> Recorded:
    said = Submitted(
        submitter=stored.submitter(principal.site),
        file_name=stored.file_name,
        lots=document.lots,
        terms=document.terms,
        subjects=document.subjects,
        facts=document.facts,
    )
    certificate = certificates.submit(registry, connection, principal, document.examined, said)
    public = to_public(registry, principal.site, Noun.CERTIFICATE, certificate.id)
    return Recorded(event="certificate submitted", subject=public)


def _resolve(
    registry: Registry, connection: Connection, principal: Principal, subject: Subject
) -> tuple[list[Lot], list[ScopeTerm]]:
    """Return the lots that a document speaks of, and everything that it speaks of."""
    limits, others = registry.limits, []
    _refuse_too_many(len(subject.lots), "lot", limits)
    found = [_lot_of(registry, connection, principal, each) for each in subject.lots]
    if subject.delivery_note is not None:
        wanted = LotFilter(delivery_note=subject.delivery_note)
        page = PageRequest(limits.certificate_lots)
        delivered = lot_table.list_lots(connection, principal.scope, wanted, page)
        if not delivered:
            code = Code.CERTIFICATE_SUBJECT_UNKNOWN
            told = error(code, code.meaning, path="deliveryNote", value=subject.delivery_note[:200])
            raise NotFoundError(code.meaning, code=code, findings=[told])
        _refuse_too_many(len(delivered), "deliveryNote", limits)
        found += delivered
        others.append(ScopeTerm("delivery_note", subject.delivery_note))
    if (subject.manufacturer is None) != (subject.mpn is None):
        raise InvalidRequestError("A part is named by manufacturer and mpn together.")
    if subject.mpn is not None:
        others.append(ScopeTerm("part", f"{subject.manufacturer} {subject.mpn}"))
    if not found and not others:
        code = Code.CERTIFICATE_SUBJECT_MISSING
        raise InvalidRequestError(code.meaning, code=code)
    lots = list({lot.id: lot for lot in found}.values())
    return lots, [*countersigning.terms_of(lots), *others]


def _lot_of(registry: Registry, connection: Connection, principal: Principal, lot: str) -> Lot:
    """Return a lot of which a document is said to speak; of several, the error names which is not there."""
    try:
        return certificates.find_lot(registry, connection, principal, lot)
    except NotFoundError as cause:
        told = error(cause.code, str(cause), path="lot", value=lot[:200])
        raise NotFoundError(str(cause), code=cause.code, findings=[told]) from cause


def _refuse_too_many(lots: int, field: str, limits: Limits) -> None:
    if lots > limits.certificate_lots:
        message = f"One certificate covers at most {limits.certificate_lots} lots."
        found = error(Code.REQUEST_INVALID, message, path=field)
        raise InvalidRequestError(message, findings=[found])
