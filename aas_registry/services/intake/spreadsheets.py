"""Reel, lot and certificate lists, taken whole or not at all.

A list becomes what an upload of packages would have become: a shell with lot nameplate and lot
data for each lot, and certificates for the files that were sent with it; and statements about
reels. A list that is sent again changes what it changed and leaves the rest as it was.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.identifiers import LotId
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.lot_list import ListedLot, LotList
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.domain.spreadsheet import read_lot_list, refuse_date_codes
from aas_registry.domain.spreadsheet_certificates import CoveredLots, assign_certificates
from aas_registry.domain.submitter import Submitter
from aas_registry.formats.container.content_kind import RecognisedFile, recognise
from aas_registry.formats.lists import marked
from aas_registry.formats.lists.marked import MarkedList
from aas_registry.formats.lists.spreadsheet import Spreadsheet, locate, read_spreadsheet
from aas_registry.formats.package.prepared_lot_package import PreparedIdentifiable, lot_identifiables
from aas_registry.services.genealogy.events import relist
from aas_registry.services.intake import identifiables, papers, receipts, spreadsheet_certificates
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.identifiables import StoredPart
from aas_registry.services.intake.listed_shells import listed_shells
from aas_registry.services.intake.receipts import Received, UploadOutcome, UploadReceipt
from aas_registry.services.intake.spreadsheet_certificates import Attachment, PreparedDocument
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.documents.versions import NewContent
from aas_registry.storage.genealogy import package_claims as claim_table
from aas_registry.storage.genealogy.package_claims import NewPackageClaim
from aas_registry.storage.uploads.standing import Brought, Spans
from aas_registry.storage.uploads.submissions import UPLOAD_CHANNEL, Submission

_LOTS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _ReadList:
    """A list as it was read and checked, before the transaction."""

    opened: Spreadsheet
    lots: LotList
    findings: Sequence[Finding]
    attachments: Sequence[Attachment]
    attached: Sequence[tuple[Attachment, CoveredLots]]


def take_spreadsheet(
    registry: Registry, principal: Principal, arrival: Arrival, *, progress: Progress = no_progress
) -> UploadReceipt:
    """Read a list and take all of it; a list with an error is not taken.

    Args:
        registry: The running parts.
        principal: Who sends it.
        arrival: The list (.xlsx or CSV) and its certificates, and how they are to be taken.
        progress: Is called with each phase; ``reading`` is in rows.

    Raises:
        RefusedError: The file cannot be read, or has errors; findings name row and column.
        ForbiddenError: A supplier named another party.
    """
    progress = registry.watching(progress)
    sent = _attachments(registry, arrival)
    channel = UPLOAD_CHANNEL
    if sent:  # the same list with other certificates is another submission
        told = sorted([each.name, each.sha256] for each in sent)
        channel = f"{UPLOAD_CHANNEL} {digest_of(canonical_bytes(told))}"
    received = receipts.receive(registry, principal, arrival, channel=channel, progress=progress)
    known = receipts.find_standing(registry, principal, received)
    if known is not None:
        return known
    file = recognise(arrival.stream, arrival.file_name, limits=registry.limits)
    return take_received(registry, principal, received, file, sent, progress=progress)


def take_received(
    registry: Registry,
    principal: Principal,
    received: Received,
    file: RecognisedFile,
    sent: Sequence[Attachment] = (),
    *,
    progress: Progress,
) -> UploadReceipt:
    """Take a list that was received and is not known yet, with the certificates that were sent with it.

    Raises:
        RefusedError: The file cannot be read, or has errors; findings name row and column.
    """
    read = _checked(registry, file, sent, progress)
    if any(each.severity is Severity.ERROR for each in read.findings):
        raise RefusedError(*read.findings)
    documents = spreadsheet_certificates.prepare(
        registry, principal.site, read.lots, read.attached, party=received.submission.party, progress=progress
    )
    with registry.files.staging() as staging:
        for content in (file.stream, *(each.stream for each in sent)):
            content.seek(0)
            staging.add(content)
        taking = _ListIntake(registry, principal, read, documents, progress)
        return receipts.commit(registry, principal, received, staging, taking.take)


def mark_spreadsheet(
    registry: Registry, _principal: Principal, arrival: Arrival, *, progress: Progress = no_progress
) -> MarkedList:
    """Return the list itself, with one more column that says what is wrong in each row; keeps nothing.

    Raises:
        RefusedError: The file cannot be read as a list at all, or another part of it is hostile.
        TooLargeError: It is too large to be given back.
    """
    file = recognise(arrival.stream, arrival.file_name, limits=registry.limits)
    read = _checked(registry, file, _attachments(registry, arrival), registry.watching(progress))
    with ExitStack() as stack:
        target = stack.enter_context(registry.scratch())
        returned = marked.mark_spreadsheet(
            read.opened,
            target,
            limits=registry.limits,
            findings=read.findings,
            column=read.lots.errors_column,
        )
        stack.pop_all()  # the caller closes it
    return returned


def _attachments(registry: Registry, arrival: Arrival) -> list[Attachment]:
    return [spreadsheet_certificates.receive(registry, *each) for each in arrival.attachments]


def _checked(
    registry: Registry, file: RecognisedFile, sent: Sequence[Attachment], progress: Progress
) -> _ReadList:
    file_name, limits = file.file_name, registry.limits
    try:
        opened = read_spreadsheet(file, limits=limits)
        listed = read_lot_list(
            opened.rows,
            most_rows=limits.spreadsheet_rows,
            most_findings=limits.listed_findings,
            progress=progress,
        )
    except RefusedError as cause:
        raise RefusedError(*(locate(each, file_name) for each in cause.findings)) from cause
    # The shell and the lot data state each; other facts are stated at most 14 times.
    refuse_date_codes(listed, most=min(limits.lot_date_codes, max(0, limits.lot_texts - 14) // 2))
    names = [each.name for each in sent]
    covered = assign_certificates(listed, names, most_lots=limits.certificate_lots)
    attached = [(sent[each.file], each) for each in covered]
    found = [*listed.findings.all(), *opened.findings, *spreadsheet_certificates.check_attachments(sent)]
    found.sort(key=lambda each: each.severity is not Severity.ERROR)  # stable: else in their order
    return _ReadList(opened, listed, [locate(each, file_name) for each in found], sent, attached)


@dataclass(slots=True)
class _ListIntake:
    """A list on its way into the database, and what became of it; of the changes, the first."""

    registry: Registry
    principal: Principal
    read: _ReadList
    documents: Sequence[PreparedDocument]
    progress: Progress
    lots: list[tuple[LotId, LotFacts]] = field(default_factory=list)
    changes: dict[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    objects: Counter[IdentifiableKind] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=lambda: {"added": 0, "changed": 0, "unchanged": 0})
    findings: list[Finding] = field(default_factory=list)
    packages: int = 0
    new_packages: int = 0
    ended_packages: int = 0
    brought: Brought = field(default_factory=lambda: Brought(documents=Spans(), claims=Spans()))

    def take(self, connection: Connection, stored: Submission) -> UploadOutcome:
        """Store what the list says: the lots, some at once, and then their certificates."""
        submitter, lots = stored.submitter(self.principal.site), self.read.lots.lots
        for start in range(0, len(lots), _LOTS_AT_ONCE):
            part = lots[start : start + _LOTS_AT_ONCE]
            self._take_lots(connection, submitter, part, _from(self.progress, start, len(lots)))
            self.progress("packages", self.packages, None)
        put = papers.open_papers(self.registry, connection, self.principal, stored)
        certificates = spreadsheet_certificates.take(put, submitter, self.lots, self.documents)
        changed = self.counts["added"] + self.counts["changed"] + self.new_packages + self.ended_packages
        return UploadOutcome(
            brought=self.brought,
            changes_more=bool(changed),
            changes=self.changes,
            lots=self.lots,
            certificates=certificates,
            files=[
                StoredPart(each.name, each.sha256, "application/pdf", each.size)
                for each in self.read.attachments
            ],
            findings=[*self.read.findings, *self.findings],
            counts={
                "shells": self.objects[IdentifiableKind.SHELL],
                "submodels": self.objects[IdentifiableKind.SUBMODEL],
            },
            further={
                "thumbnail": None,
                "metamodel": "3.1",
                "spreadsheet": {
                    "rows": self.read.lots.rows,
                    "lots": len(self.lots),
                    "packages": self.packages,
                    "newPackages": self.new_packages,
                    "endedPackages": self.ended_packages,
                    **{f"{change}Lots": count for change, count in self.counts.items()},
                },
            },
        )

    def _take_lots(
        self, connection: Connection, submitter: Submitter, lots: Sequence[ListedLot], progress: Progress
    ) -> None:
        key = self.registry.naming_keys.listed_shells
        shells, parted = listed_shells(connection, submitter, key, lots)
        facts = [_facts(shell, each) for shell, each in zip(shells, lots, strict=True)]
        objects = list(lot_identifiables(facts))
        taken = identifiables.take_stated(
            self.registry,
            connection,
            submitter,
            map(_content_of, chain.from_iterable(objects)),
            stated={each.shell: each for each in facts},
            progress=progress,
        )
        self.findings += taken.findings
        if self.objects[IdentifiableKind.SHELL] < self.registry.limits.receipt_entries:
            self.changes |= taken.changes
        self.objects.update(kind for kind, _ in taken.changes)
        numbers = {each.shell: lot for lot, each in taken.lots}
        self.lots += [(numbers[each.shell], each) for each in facts]
        said, notes = [], []
        for lot, each, its_objects in zip(lots, facts, objects, strict=True):
            changes = [taken.changes[made.kind, made.identifier] for made in its_objects]
            self.counts[next((change for change in changes if change != "unchanged"), "unchanged")] += 1
            number = numbers[each.shell]
            shell = IdentifiableKind.SHELL, each.shell
            if taken.changes[shell] != "added" or shell in taken.returned or each.shell in parted:
                notes.append((number, each.delivery_note))
            said += _package_claims(number, lot)
        self.packages += len(said)
        claims = claim_table.replace_claims(connection, self.registry.allocator, submitter, said, notes=notes)
        self.new_packages += len(claims.added)
        self.ended_packages += claims.ended
        relist(self.registry, connection, submitter.site, submitter.at, claims.labels)
        assert self.brought.claims is not None
        self.brought.claims.add([*claims.added, *claims.kept])
        self.brought.documents.add(taken.documents.values())


def _from(progress: Progress, start: int, lots: int) -> Progress:
    # Each lot has three objects; deriving counts shells alone.
    def told(phase: str, done: int, _total: int | None) -> None:
        per_lot = 1 if phase == "deriving" else 3
        progress(phase, per_lot * start + done, per_lot * lots)

    return told


def _content_of(made: PreparedIdentifiable) -> NewContent:
    return NewContent(
        kind=made.kind,
        identifier=made.identifier,
        id_short=made.id_short,
        semantic_id=made.semantic_id,
        digest=digest_of(made.canonical),
        body=made.canonical,
        asset_ids=made.asset_ids,
        submodel_refs=made.submodel_refs,
    )


def _package_claims(lot: LotId, stated: ListedLot) -> list[NewPackageClaim]:
    unit, note = stated.facts.get("unit_of_measure"), stated.facts.get("delivery_note")
    return [
        NewPackageClaim(
            lot=lot, package=each.id, quantity=each.quantity, unit_of_measure=unit, delivery_note=note
        )
        for each in stated.packages.values()
    ]


def _facts(shell: str, stated: ListedLot) -> LotFacts:
    return LotFacts(
        manufacturer=stated.manufacturer,
        mpn=stated.mpn,
        lot_code=stated.lot_code,
        shell=shell,
        date_codes=tuple(stated.date_codes),
        **stated.facts,
    )
