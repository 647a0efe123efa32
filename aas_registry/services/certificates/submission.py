"""One certificate submitted by itself, with what it speaks of."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.certificate_content import ClaimedSubject
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import error
from aas_registry.domain.identifiers import SubmissionId
from aas_registry.domain.limits import Limits
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.certificates import certificates
from aas_registry.services.certificates.certificates import PDF, CertificateRow
from aas_registry.services.certificates.countersigning import DocumentFacts, Examined, Submitted
from aas_registry.services.parties import party_for
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage.certificates import ScopeTerm
from aas_registry.storage.database import Connection
from aas_registry.storage.files import Staging
from aas_registry.storage.lots import Lot, LotFilter
from aas_registry.storage.uploads import submissions as submission_table
from aas_registry.storage.uploads.submissions import Submission, holder_of


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


def submit_certificate(
    registry: Registry,
    principal: Principal,
    content: bytes,
    *,
    file_name: str,
    subject: Subject,
    facts: DocumentFacts,
    on_behalf_of: str | None = None,
) -> tuple[CertificateRow, bool]:
    """Take a document with what it speaks of; return it, and whether it is new.

    Raises:
        InvalidRequestError: It is no PDF, or nothing says what it speaks of.
        NotFoundError: It speaks of a lot or delivery note that the principal does not see.
    """
    shown = display_name(file_name)
    certificates.require_pdf(content, file=shown)
    party = None if (sender := party_for(registry, principal, on_behalf_of)) is None else sender.id
    with registry.read() as connection:
        lots, terms = _resolve(registry, connection, principal, subject)
        names = {*(lot.manufacturer for lot in lots), subject.manufacturer, facts.issuer}
        signers = certificates.signing_parties(connection, principal.site, names, party=party)
    examined = certificates.examine(registry, principal.site, content, signing_parties=signers, file=shown)
    said = Submitted(
        site=principal.site,
        submission=SubmissionId(0),
        party=party,
        holder=holder_of(party),
        file_name=shown,
        lots=lots,
        terms=terms,
        subjects=_subjects(lots, subject),
        facts=facts,
        at=registry.clock(),
    )
    with registry.files.staging() as staging:
        staging.add(io.BytesIO(content))
        public, is_new = _commit(registry, principal, examined, said, staging)
    return certificates.get_certificate(registry, principal, public), is_new


def _commit(
    registry: Registry, principal: Principal, examined: Examined, said: Submitted, staging: Staging
) -> tuple[str, bool]:
    site = principal.site
    submission = Submission(
        party=said.party,
        channel=f"certificate {_digest(said.terms)}",
        sha256=examined.sha256,
        file_name=said.file_name,
        media_type=PDF,
        size=examined.size,
        submitted_by=principal.name,
        received_at=said.at,
    )
    with registry.write(site) as connection:
        known = submission_table.find_same_content(
            connection, site, holder=submission.holder, channel=submission.channel, sha256=submission.sha256
        )
        if known is not None:
            found = certificate_table.find_by_submission(connection, principal.scope, known.id)
            assert found is not None
            return to_public(registry, site, Noun.CERTIFICATE, found.id), False
        submission_table.add_file(
            connection, site, submission.sha256, size=submission.size, now=submission.received_at
        )
        stored = submission_table.with_id(connection, registry.allocator, site, submission)
        submission_table.add_submission(connection, site, stored)
        said = replace(said, submission=stored.id)
        certificate = certificates.submit(registry, connection, principal, examined, said)
        public = to_public(registry, site, Noun.CERTIFICATE, certificate.id)
        audit.record(registry, connection, principal, "certificate submitted", public, submission.file_name)
        staging.keep()  # last: whatever refuses it has done so by now
    return public, True


def _resolve(
    registry: Registry, connection: Connection, principal: Principal, subject: Subject
) -> tuple[list[Lot], list[ScopeTerm]]:
    _refuse_too_many(len(subject.lots), "lot", registry.limits)
    found = {
        lot.id: lot
        for lot in (certificates.find_lot(registry, connection, principal, each) for each in subject.lots)
    }
    others = []
    if subject.delivery_note is not None:
        delivered = _delivered(registry, connection, principal, subject.delivery_note)
        found.update({lot.id: lot for lot in delivered})
        others.append(ScopeTerm("delivery_note", subject.delivery_note))
    if (subject.manufacturer is None) != (subject.mpn is None):
        raise InvalidRequestError("A part is named by manufacturer and mpn together.")
    if subject.mpn is not None:
        others.append(ScopeTerm("part", f"{subject.manufacturer} {subject.mpn}"))
    if not found and not others:
        raise InvalidRequestError(
            Code.CERTIFICATE_SUBJECT_MISSING.meaning, code=Code.CERTIFICATE_SUBJECT_MISSING
        )
    return list(found.values()), [*certificates.terms_of(found.values()), *others]


def _delivered(
    registry: Registry, connection: Connection, principal: Principal, delivery_note: str
) -> list[Lot]:
    wanted = LotFilter(delivery_note=delivery_note)
    page = PageRequest(registry.limits.certificate_lots)
    found = lot_table.list_lots(connection, principal.scope, wanted, page)
    if not found:
        code = Code.CERTIFICATE_SUBJECT_UNKNOWN
        raise NotFoundError(code.meaning, code=code)
    _refuse_too_many(len(found), "deliveryNote", registry.limits)
    return found


def _refuse_too_many(lots: int, field: str, limits: Limits) -> None:
    if lots > limits.certificate_lots:
        message = f"One certificate covers at most {limits.certificate_lots} lots."
        found = error(Code.REQUEST_INVALID, message, path=field)
        raise InvalidRequestError(message, findings=[found])


def _subjects(lots: Sequence[Lot], subject: Subject) -> list[ClaimedSubject]:
    subjects = [certificates.subject_of(lot) for lot in lots]
    if subject.manufacturer is not None and subject.mpn is not None:
        subjects.append(ClaimedSubject(manufacturer=subject.manufacturer, mpn=subject.mpn))
    return subjects


def _digest(terms: Sequence[ScopeTerm]) -> str:
    return digest_of(canonical_bytes(sorted([each.kind, each.value] for each in terms)))
