"""The certificates of an answer with their evidence, as whoever asks may have them.

A customer's auditor learns of no lot that none of the customer's units holds. A paper that names
such a lot is withheld: its digest is told, and of what the registry countersigned about it an
excerpt over the lots of the answer alone, signed anew. What a paper names is what it was submitted
for, what came with the delivery note that it speaks of, and what its text calls a lot; of a picture
the registry knows no more than what it was submitted for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aas_registry.domain import sentences
from aas_registry.domain.canonical_json import digest_of, loads_strict
from aas_registry.domain.certificate_content import DocumentText, other_lots
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.identifiers import CertificateId, LotId, Sha256, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Scope
from aas_registry.domain.reports import ReportCertificate
from aas_registry.domain.statements import StatedLot, excerpt_of
from aas_registry.domain.verdicts import Status
from aas_registry.services.certificates.countersigning import subject_of
from aas_registry.services.registry import Registry
from aas_registry.services.reports.bundle import Evidence
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage import statements as statement_table
from aas_registry.storage.certificates import Certificate
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy.genealogy import WhereUsed
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.lots import Lot, LotFilter
from aas_registry.storage.statements import StoredStatement
from aas_registry.trust.dsse import STATEMENT_TYPE, read_envelope, sign_envelope
from aas_registry.trust.pdf_text import pdf_text

_DEPTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPapers:
    """The certificates of an answer, the evidence of them, and what is missing, one sentence each."""

    certificates: Sequence[ReportCertificate]
    evidence: Evidence
    missing: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """The certificates that speak of some lots, what was countersigned about them, and their originals."""

    certificates: Mapping[CertificateId, ReportCertificate]
    covered: Collection[LotId]
    failed: int
    statements: Sequence[StoredStatement]
    originals: Mapping[Sha256, bytes]


def papers_of(registry: Registry, asker: Principal, lots: Sequence[LotId], *, moment: Moment) -> ToldPapers:
    """Return the certificates of the lots of an answer as they were on record.

    Args:
        registry: The running parts, keys among them.
        asker: With whose eyes it is answered.
        lots: The lots of the answer; units of the customer hold them, where it is a customer's.
        moment: The two times of the question.
    """
    signers = registry.signers
    assert signers is not None  # without keys no report is made
    with registry.read() as connection:
        record = told = _record(registry, connection, asker.site, lots, moment.recorded_as_of)
        if asker.scope.customer is not None:
            told = _told_to_customer(registry, _HeldLots(connection, asker.scope, moment, lots), record)
    evidence = Evidence(
        originals=[told.originals[digest] for digest in sorted(told.originals)],
        statements=[each.envelope for each in told.statements],
        chains=[signers.countersign.chain_pem],
    )
    without, withheld = len(set(lots) - set(record.covered)), len(record.originals) - len(told.originals)
    told_of = (
        (sentences.CERTIFICATES_MISSING, without),
        (sentences.CERTIFICATES_FAILED, record.failed),
        (sentences.CERTIFICATES_WITHHELD, withheld),
    )
    missing = [str(text.of(count)) for text, count in told_of if count]
    return ToldPapers(certificates=list(told.certificates.values()), evidence=evidence, missing=missing)


def _record(
    registry: Registry, connection: Connection, site: Site, lots: Sequence[LotId], at: datetime | None
) -> _Record:
    assert at is not None  # a report says both of its times
    speaking = certificate_table.certificates_of(connection, Scope(site), lots)
    pairs = [pair for pair in speaking if pair[1].recorded_at <= at]
    found = {certificate.id: certificate for _, certificate in pairs}
    submitters = sorted({each.party for each in found.values() if each.party is not None})
    parties = party_table.parties_by_id(connection, site, submitters)
    said = statement_table.statements_of(connection, site, list(found))
    stored = [each for each in said if each.recorded_at <= at]
    names = {each.id: parties[each.party].name for each in found.values() if each.party in parties}
    return _Record(
        certificates={
            each.id: _reported(connection, site, each, stored, submitted_by=names.get(each.id), at=at)
            for each in found.values()
        },
        covered={lot for lot, _ in pairs},
        failed=sum(1 for each in found.values() if Status.FAILED in {each.authentic, each.matches}),
        statements=stored,
        originals={each.sha256: _original(registry, each.sha256) for each in found.values()},
    )


def _reported(
    connection: Connection,
    site: Site,
    found: Certificate,
    said: Sequence[StoredStatement],
    *,
    submitted_by: str | None,
    at: datetime,
) -> ReportCertificate:
    return ReportCertificate(
        sha256=found.sha256,
        file_name=found.file_name,
        document_type=found.document_type or "certificate",
        document_number=found.number,
        state=[
            each.state for each in certificate_table.steps_of(connection, site, found.id) if each.at <= at
        ][-1],
        lots=[
            term.value
            for term in certificate_table.scope_of(connection, site, found.id)
            if term.kind == "lot"
        ],
        submitted_by=submitted_by,
        checks=certificate_table.checks_of(connection, site, found.id),
        statements=[each.digest for each in said if each.certificate == found.id],
    )


def _original(registry: Registry, digest: Sha256) -> bytes:
    registry.check_time()
    return registry.files.read(digest)


class _HeldLots:
    """Which lots units of a customer hold: at the time of a question, or by all that was on record."""

    def __init__(self, connection: Connection, scope: Scope, moment: Moment, lots: Sequence[LotId]) -> None:
        """Ask for the customer of a scope; units hold ``lots``, which the answer names."""
        self.connection = connection
        self.site = scope.site
        self.answered = tuple(lots)
        self._scope = scope
        self._moments = (
            moment,
            replace(moment, as_of=max(moment.as_of, moment.recorded_as_of or moment.as_of)),
        )
        self._known = dict.fromkeys(lots, True)

    def holds(self, lots: Iterable[LotId]) -> bool:
        """Return whether units of the customer hold each of some lots."""
        return all(self._holds(lot) for lot in lots)

    def _holds(self, lot: LotId) -> bool:
        if lot not in self._known:
            self._known[lot] = any(self._held_at(lot, moment) for moment in self._moments)
        return self._known[lot]

    def _held_at(self, lot: LotId, moment: Moment) -> bool:
        held = where_held(self.connection, self.site, Sought(lots=[lot]), moment)
        asked = WhereUsed(self._scope, held, moment, Level.BOARD)
        return bool(asked.rows(self.connection, PageRequest(1)))


def _told_to_customer(registry: Registry, held: _HeldLots, record: _Record) -> _Record:
    spoken_of = _spoken_of(registry, held, list(record.originals))
    told = {
        digest: content
        for digest, content in record.originals.items()
        if held.holds(spoken_of[digest]) and not _calls_others(registry, held, content, spoken_of[digest])
    }
    lots = lot_table.find_lots(held.connection, Scope(held.site), held.answered)
    statements = _excerpted(registry, held, record, whole=told.keys(), lots=lots)
    named = _digests_by_certificate(statements)
    return replace(
        record,
        certificates={
            number: replace(each, statements=named[number])
            if each.sha256 in told
            else each.without_original(
                [lots[lot].label for lot in sorted(spoken_of[Sha256(each.sha256)] & lots.keys())],
                statements=named[number],
            )
            for number, each in record.certificates.items()
        },
        statements=statements,
        originals=told,
    )


def _digests_by_certificate(said: Sequence[StoredStatement]) -> Mapping[CertificateId, list[str]]:
    found: defaultdict[CertificateId, list[str]] = defaultdict(list)
    for each in said:
        found[each.certificate].append(each.digest)
    return found


def _spoken_of(registry: Registry, held: _HeldLots, digests: Sequence[Sha256]) -> Mapping[Sha256, set[LotId]]:
    """Return the lots that some papers were ever submitted for, and that came with their delivery notes."""
    found: defaultdict[Sha256, set[LotId]] = defaultdict(set)
    page = PageRequest(registry.limits.certificate_lots)
    for digest, party, term in certificate_table.terms_of_documents(held.connection, held.site, digests):
        if term.item is not None:
            found[digest].add(LotId(term.item))
        elif term.kind == "delivery_note":
            wanted, scope = LotFilter(delivery_note=term.value), Scope(held.site, party=party)
            delivered = lot_table.list_lots(held.connection, scope, wanted, page)
            found[digest] |= {lot.id for lot in delivered}
    return found


def _calls_others(registry: Registry, held: _HeldLots, content: bytes, lots: Collection[LotId]) -> bool:
    """Return whether the text of a paper calls something a lot that no unit of the customer holds."""
    registry.check_time()
    own = lot_table.find_lots(held.connection, Scope(held.site), list(lots))
    text = DocumentText(pdf_text(content, limits=registry.limits))
    most = registry.limits.certificate_lots
    for code in other_lots(text, [subject_of(lot) for lot in own.values()]):
        meant = lot_table.lots_labelled(held.connection, Scope(held.site), codes=[code], most=most)
        if not meant or not held.holds(lot.id for lot in meant):
            return True
    return False


def _excerpted(
    registry: Registry,
    held: _HeldLots,
    record: _Record,
    *,
    whole: Collection[Sha256],
    lots: Mapping[LotId, Lot],
) -> list[StoredStatement]:
    """Return the statements, and of those that tell of what is withheld excerpts over some lots.

    A statement names the digest of the one before it, by which a guess at that could be confirmed.
    """
    told: list[StoredStatement] = []
    numbers = [each.id for each in record.statements]
    places = statement_table.lots_of_statements(held.connection, held.site, numbers)
    for each in record.statements:
        statement = loads_strict(read_envelope(each.envelope).payload, max_depth=_DEPTH)
        before = {lot["previousStatement"] for lot in statement["predicate"]["lots"]}
        digest = record.certificates[each.certificate].sha256
        if digest in whole and before <= {None, *(earlier.digest for earlier in told)}:
            told.append(each)
            continue
        stated = [
            StatedLot(
                manufacturer=lots[lot].manufacturer,
                mpn=lots[lot].mpn,
                lot_code=lots[lot].code,
                sequence=sequence,
                previous=None,
            )
            for lot, sequence in places.get(each.id, ())
            if lot in lots
        ]
        if stated:
            told.append(_excerpt(registry, each, statement, stated))
    return told


def _excerpt(
    registry: Registry, of: StoredStatement, statement: Mapping[str, Any], lots: Sequence[StatedLot]
) -> StoredStatement:
    signers = registry.signers
    assert signers is not None
    payload = excerpt_of(statement, lots, at=registry.clock())
    envelope = sign_envelope(payload, payload_type=STATEMENT_TYPE, signer=signers.countersign)
    return replace(of, digest=digest_of(payload), envelope=envelope)
