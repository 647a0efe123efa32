"""Reel, lot and certificate lists, taken whole or not at all.

A list becomes what an upload of packages would have become: a shell with lot nameplate and lot
data for each lot, and certificates for the files that were sent with it; and statements about
reels. The ids of the shells follow from who sends and what the lot is called, so that a list
that is sent again changes what it changed and leaves the rest as it was.
"""

import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, BinaryIO

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.identifiers import LotId, Site, matching_key, uuid_of
from aas_registry.domain.limits import Limits
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.domain.spreadsheet import LotList, StatedLot, read_lot_list, refuse_date_codes
from aas_registry.domain.spreadsheet_certificates import CoveredLots, assign_certificates
from aas_registry.formats.lists.marked import MarkedList
from aas_registry.formats.lists.marked import mark_spreadsheet as mark
from aas_registry.formats.lists.spreadsheet import locate, read_spreadsheet
from aas_registry.formats.package.prepared_lot_package import PreparedIdentifiable, lot_identifiables
from aas_registry.services.intake import identifiables as intake
from aas_registry.services.intake import receipts, spreadsheet_certificates
from aas_registry.services.intake.receipts import Outcome, Receipt, receipt_of
from aas_registry.services.intake.spreadsheet_certificates import Attachment, PreparedDocument
from aas_registry.services.parties import party_for
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.documents.versions import NewContent
from aas_registry.storage.genealogy import package_statements as statement_table
from aas_registry.storage.genealogy.package_statements import PackageStatement, Sayer
from aas_registry.storage.uploads.submissions import UPLOAD_CHANNEL, Submission

_LOTS_AT_ONCE = 1000
_IN_MEMORY_BYTES = 1024 * 1024
_SHELL_KEY = b"aas-registry spreadsheet shells v1"


@dataclass(frozen=True, slots=True)
class _Read:
    """A list without errors, before the transaction."""

    lots: LotList
    findings: Sequence[Finding]
    documents: Sequence[PreparedDocument]
    attachments: Sequence[Attachment]


@dataclass(slots=True)
class _Stored:
    """What became of the lots of a list; of the changes of its objects, the first."""

    lots: list[tuple[LotId, LotFacts]] = field(default_factory=list)
    changes: dict[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    objects: Counter[IdentifiableKind] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    packages: int = 0
    new_packages: int = 0

    def add(self, taken: intake.Taken, *, most: int) -> None:
        self.findings += taken.findings
        if self.objects[IdentifiableKind.SHELL] < most:
            self.changes |= taken.changes
        self.objects.update(kind for kind, _ in taken.changes)


def take_spreadsheet(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    *,
    file_name: str,
    media_type: str,
    attachments: Sequence[tuple[str, BinaryIO]] = (),
    on_behalf_of: str | None = None,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Receipt:
    """Read a list and take all of it; a list with an error is not taken.

    Args:
        registry: The running parts.
        principal: Who sends it.
        stream: The list (.xlsx or CSV), seekable.
        file_name: As the sender calls it; so is ``media_type``.
        media_type: As the sender says.
        attachments: Names and contents of its certificates (PDF), seekable.
        on_behalf_of: Code or name of the party it counts for; for other roles than suppliers.
        dry_run: Do everything but keep nothing.
        progress: Told of the phases; ``reading`` is in rows.

    Raises:
        RefusedError: The file cannot be read, or has errors; findings name row and column.
        ForbiddenError: A supplier named another party.
    """
    party = party_for(registry, principal, on_behalf_of)
    sent = [spreadsheet_certificates.receive(registry, *each) for each in attachments]
    told = {"file_name": file_name, "media_type": media_type, "channel": _channel(sent)}
    submission = receipts.receive(registry, principal, stream, party, progress=progress, **told)
    stored, is_new = receipts.find_known(registry, principal.site, submission), False
    if stored is None:
        read = _read(registry, principal.site, submission, stream, file_name, sent, progress)
        stored, is_new = _store(registry, principal, stream, submission, read, dry_run, progress)
    receipt = receipt_of(registry, principal.site, stored, party, is_new=is_new)
    return replace(receipt, id=None) if dry_run and is_new else receipt


def mark_spreadsheet(
    registry: Registry,
    _principal: Principal,
    stream: BinaryIO,
    *,
    file_name: str,
    attachments: Sequence[tuple[str, BinaryIO]] = (),
    progress: Progress = no_progress,
) -> MarkedList:
    """Return the list itself, with one more column that says what is wrong in each row; keeps nothing.

    Raises:
        RefusedError: The file cannot be read as a list at all, or another part of it is hostile.
        TooLargeError: It is too large to be given back.
    """
    sent = [spreadsheet_certificates.receive(registry, *each) for each in attachments]
    listed, findings, _ = _checked(registry, stream, file_name, sent, progress)
    with ExitStack() as stack:
        target = stack.enter_context(registry.files.scratch(in_memory_bytes=_IN_MEMORY_BYTES))
        marked = mark(
            stream,
            target,
            file_name=file_name,
            limits=registry.limits,
            findings=findings,
            column=listed.errors_column,
        )
        stack.pop_all()  # the caller closes it
    return marked


def _read(
    registry: Registry,
    site: Site,
    submission: Submission,
    stream: BinaryIO,
    file_name: str,
    sent: Sequence[Attachment],
    progress: Progress,
) -> _Read:
    listed, findings, covered = _checked(registry, stream, file_name, sent, progress)
    if any(each.severity is Severity.ERROR for each in findings):
        raise RefusedError(*findings)
    documents = spreadsheet_certificates.prepare(
        registry, site, listed, covered, sent, party=submission.party, progress=progress
    )
    return _Read(listed, findings, documents, sent)


def _store(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    submission: Submission,
    read: _Read,
    dry_run: bool,  # noqa: FBT001 - private, and named where it is given
    progress: Progress,
) -> tuple[Submission, bool]:
    with registry.files.staging() as staging:
        for content in (stream, *(each.stream for each in read.attachments)):
            content.seek(0)
            staging.add(content)
        return receipts.commit(
            registry,
            principal,
            submission,
            staging,
            lambda connection, stored: _take(registry, connection, principal, stored, read, progress),
            sizes={
                submission.sha256: submission.size,
                **{each.sha256: each.size for each in read.attachments},
            },
            dry_run=dry_run,
        )


def _checked(
    registry: Registry,
    stream: BinaryIO,
    file_name: str,
    sent: Sequence[Attachment],
    progress: Progress,
) -> tuple[LotList, list[Finding], Sequence[CoveredLots]]:
    try:
        opened = read_spreadsheet(stream, file_name=file_name, limits=registry.limits)
        listed = read_lot_list(
            opened.rows,
            most_rows=registry.limits.spreadsheet_rows,
            most_findings=registry.limits.listed_findings,
            progress=progress,
        )
    except RefusedError as cause:
        raise RefusedError(*(locate(each, file_name) for each in cause.findings)) from cause
    refuse_date_codes(listed, most=_most_date_codes(registry.limits))
    names = [each.name for each in sent]
    covered = assign_certificates(listed, names, most_lots=registry.limits.certificate_lots)
    found = [*listed.findings.all(), *opened.findings, *spreadsheet_certificates.check_attachments(sent)]
    found.sort(key=lambda each: each.severity is not Severity.ERROR)  # stable: else in their order
    return listed, [locate(each, file_name) for each in found], covered


def _channel(sent: Sequence[Attachment]) -> str:
    if not sent:
        return UPLOAD_CHANNEL
    told = sorted([each.name, each.sha256] for each in sent)
    return f"{UPLOAD_CHANNEL} {digest_of(canonical_bytes(told))}"


def _take(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    submission: Submission,
    read: _Read,
    progress: Progress,
) -> Outcome:
    submitter = intake.Submitter(
        site=principal.site, holder=submission.holder, submission=submission.id, at=submission.received_at
    )
    stored = _Stored(counts={"added": 0, "changed": 0, "unchanged": 0})
    lots = read.lots.lots
    for start in range(0, len(lots), _LOTS_AT_ONCE):
        part = lots[start : start + _LOTS_AT_ONCE]
        _take_lots(registry, connection, submitter, part, stored, _from(progress, start, len(lots)))
        progress("packages", stored.packages, None)
    certificates = spreadsheet_certificates.take(
        registry, connection, principal, submitter, stored.lots, read.documents
    )
    return _outcome(read, stored, certificates)


def _from(progress: Progress, start: int, lots: int) -> Progress:
    # Each lot has three objects; deriving counts shells alone.
    def told(phase: str, done: int, _total: int | None) -> None:
        per_lot = 1 if phase == "deriving" else 3
        progress(phase, per_lot * start + done, per_lot * lots)

    return told


def _take_lots(
    registry: Registry,
    connection: Connection,
    submitter: intake.Submitter,
    lots: Sequence[StatedLot],
    stored: _Stored,
    progress: Progress,
) -> None:
    key = hmac.digest(registry.cookie_secret, _SHELL_KEY, "sha256")
    facts = [_facts(key, submitter, each) for each in lots]
    objects = list(lot_identifiables(facts))
    taken = intake.take_stated(
        registry,
        connection,
        submitter,
        map(_content_of, chain.from_iterable(objects)),
        stated={each.shell: each for each in facts},
        progress=progress,
    )
    numbers = {each.shell: lot for lot, each in taken.lots}
    stored.add(taken, most=registry.limits.receipt_entries)
    stored.lots += [(numbers[each.shell], each) for each in facts]
    notes = []
    for each, its_objects in zip(facts, objects, strict=True):
        stored.counts[_change_of(taken, its_objects)] += 1
        if taken.changes[IdentifiableKind.SHELL, each.shell] != "added":
            notes.append((numbers[each.shell], each.delivery_note))
    said = [
        package
        for lot, each in zip(lots, facts, strict=True)
        for package in _packages(numbers[each.shell], lot)
    ]
    sayer = Sayer(
        site=submitter.site, holder=submitter.holder, submission=submitter.submission, at=submitter.at
    )
    stored.packages += len(said)
    stored.new_packages += statement_table.replace_statements(
        connection, registry.allocator, sayer, said, notes=notes
    )


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


def _most_date_codes(limits: Limits) -> int:
    # The shell and the lot data state each; other facts are stated at most 14 times.
    return min(limits.lot_date_codes, max(0, limits.lot_statements - 14) // 2)


def _change_of(taken: intake.Taken, objects: Sequence[PreparedIdentifiable]) -> str:
    changes = [taken.changes[each.kind, each.identifier] for each in objects]
    return next((each for each in changes if each != "unchanged"), "unchanged")


def _packages(lot: LotId, stated: StatedLot) -> Iterator[PackageStatement]:
    for each in stated.packages.values():
        yield PackageStatement(
            lot=lot,
            package=each.id,
            quantity=each.quantity,
            unit_of_measure=stated.facts.get("unit_of_measure"),
            delivery_note=stated.facts.get("delivery_note"),
        )


def _facts(key: bytes, submitter: intake.Submitter, stated: StatedLot) -> LotFacts:
    named = (stated.manufacturer, stated.mpn, stated.lot_code)
    # Keyed, so that nobody can take the ids of another's lots before that other sends its list.
    told = canonical_bytes([submitter.site, str(submitter.holder), *map(matching_key, named)])
    return LotFacts(
        manufacturer=stated.manufacturer,
        mpn=stated.mpn,
        lot_code=stated.lot_code,
        shell=uuid_of(hmac.digest(key, told, "sha256")).urn,
        date_codes=tuple(stated.date_codes),
        **stated.facts,
    )


def _outcome(read: _Read, stored: _Stored, certificates: Sequence[dict[str, Any]]) -> Outcome:
    return Outcome(
        changes=stored.changes,
        lots=stored.lots,
        certificates=certificates,
        files=[
            {"part": each.name, "mediaType": "application/pdf", "sha256": each.sha256, "size": each.size}
            for each in read.attachments
        ],
        findings=[*read.findings, *stored.findings],
        counts={
            "shells": stored.objects[IdentifiableKind.SHELL],
            "submodels": stored.objects[IdentifiableKind.SUBMODEL],
        },
        further={
            "thumbnail": None,
            "metamodel": "3.1",
            "spreadsheet": {
                "rows": read.lots.rows,
                "lots": len(stored.lots),
                "packages": stored.packages,
                "newPackages": stored.new_packages,
                **{f"{change}Lots": count for change, count in stored.counts.items()},
            },
        },
    )
