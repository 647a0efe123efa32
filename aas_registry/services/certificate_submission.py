"""One certificate submitted by itself, with what it speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.certificate_content import ClaimedSubject
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.identifiers import PartyId, SubmissionId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit, certificates
from aas_registry.services.certificates import PDF, CertificateRow
from aas_registry.services.countersigning import DocumentFacts, Examined, Submitted
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.services.uploads import party_for
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage import submissions as submission_table
from aas_registry.storage.certificates import ScopeTerm
from aas_registry.storage.database import Connection
from aas_registry.storage.lots import Lot, LotFilter
from aas_registry.storage.submissions import Submission, holder_of

_MOST_LOTS = 1000


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
    party, _ = party_for(registry, principal, on_behalf_of)
    with registry.read() as connection:
        lots, terms = _resolve(registry, connection, principal, subject)
        signing_parties = _signing_parties(connection, principal, lots, subject, facts.issuer, party)
    site = principal.site
    examined = certificates.examine(registry, site, content, signing_parties=signing_parties, file=shown)
    registry.files.put(content)
    said = Submitted(
        site=site,
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
    public, is_new = _commit(registry, principal, examined, said)
    return certificates.get_certificate(registry, principal, public), is_new


def _commit(
    registry: Registry, principal: Principal, examined: Examined, said: Submitted
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
        stored = submission_table.add_submission(connection, registry.allocator, site, submission)
        said = replace(said, submission=stored.id)
        certificate = certificates.submit(registry, connection, principal, examined, said)
        public = to_public(registry, site, Noun.CERTIFICATE, certificate.id)
        audit.record(registry, connection, principal, "certificate submitted", public, submission.file_name)
    return public, True


def _resolve(
    registry: Registry, connection: Connection, principal: Principal, subject: Subject
) -> tuple[list[Lot], list[ScopeTerm]]:
    found = {
        lot.id: lot
        for lot in (certificates.find_lot(registry, connection, principal, each) for each in subject.lots)
    }
    terms = [ScopeTerm("lot", lot.label, lot.id) for lot in found.values()]
    if subject.delivery_note is not None:
        delivered = _delivered(connection, principal, subject.delivery_note)
        found.update({lot.id: lot for lot in delivered})
        terms.append(ScopeTerm("delivery_note", subject.delivery_note))
        terms += [ScopeTerm("lot", lot.label, lot.id) for lot in delivered]
    if (subject.manufacturer is None) != (subject.mpn is None):
        raise InvalidRequestError("A part is named by manufacturer and mpn together.")
    if subject.mpn is not None:
        terms.append(ScopeTerm("part", f"{subject.manufacturer} {subject.mpn}"))
    if not terms:
        raise InvalidRequestError(
            Code.CERTIFICATE_SUBJECT_MISSING.meaning, code=Code.CERTIFICATE_SUBJECT_MISSING
        )
    return list(found.values()), terms


def _delivered(connection: Connection, principal: Principal, delivery_note: str) -> list[Lot]:
    wanted = LotFilter(delivery_note=delivery_note)
    found = lot_table.list_lots(connection, principal.scope, wanted, PageRequest(_MOST_LOTS))
    if not found:
        code = Code.CERTIFICATE_SUBJECT_UNKNOWN
        raise NotFoundError(code.meaning, code=code)
    if len(found) > _MOST_LOTS:
        raise InvalidRequestError(f"The delivery note holds more than {_MOST_LOTS} lots; name them.")
    return found


def _signing_parties(
    connection: Connection,
    principal: Principal,
    lots: Sequence[Lot],
    subject: Subject,
    issuer: str | None,
    party: PartyId | None,
) -> list[PartyId]:
    names = {lot.manufacturer for lot in lots} | {each for each in (subject.manufacturer, issuer) if each}
    found = [party_table.find_party(connection, principal.site, name) for name in sorted(names)]
    parties = [each.id for each in found if each is not None]
    return parties if party is None else [*parties, party]


def _subjects(lots: Sequence[Lot], subject: Subject) -> list[ClaimedSubject]:
    subjects = [certificates.subject_of(lot) for lot in lots]
    if subject.manufacturer is not None and subject.mpn is not None:
        subjects.append(ClaimedSubject(manufacturer=subject.manufacturer, mpn=subject.mpn))
    return subjects


def _digest(terms: Sequence[ScopeTerm]) -> str:
    return digest_of(canonical_bytes(sorted([each.kind, each.value] for each in terms)))
