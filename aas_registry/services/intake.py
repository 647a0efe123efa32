"""The one way in for AAS content: an upload and every write of the AAS API end here.

`take` works inside the caller's transaction: it stores what is new or changed, keeps what
others hold, and derives lot facts. Nothing here opens a transaction or reads a request.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import (
    asset_ids_of,
    file_values_of,
    semantic_id_of,
    submodel_refs_of,
)
from aas_registry.domain.errors import ConflictError, RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.identifiers import DocumentId, LotId, PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.lot_facts import LotFacts, extract_lot_facts
from aas_registry.domain.lot_statements import states_lot_facts
from aas_registry.domain.package import Identifiable, IdentifiableKind, part_key, part_named_by
from aas_registry.domain.principals import Scope
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.services.registry import Registry
from aas_registry.storage import document_files, document_versions
from aas_registry.storage import documents as document_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import submissions as submission_table
from aas_registry.storage.database import Connection
from aas_registry.storage.document_versions import Key, NewContent
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.rows import plan_afresh

# What is gathered before it is written: bounds the memory of one batch, and its statements.
_BATCH = 500
_BATCH_BYTES = 8 * 1024 * 1024
# Canonical JSON has no white space, and quotation marks within a text are escaped.
_FILE_MARKS = (b'"modelType":"File"', b'"defaultThumbnail":')


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Whose content is taken, and under which submission.

    Attributes:
        site: The plant.
        holder: The submitting party; 0 for the plant.
        submission: The upload that brings it; None for a single write of the AAS API.
        at: Recording time.
    """

    site: Site
    holder: int
    submission: SubmissionId | None
    at: datetime

    @property
    def scope(self) -> Scope:
        """Return what the submitter sees of the record."""
        return Scope(self.site, party=PartyId(self.holder) if self.holder else None)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A file that File elements may name; its bytes are in the file store already.

    Attributes:
        name: The part of the package, or the value of the File element.
        size: Bytes.
    """

    name: str
    sha256: Sha256
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class _Entry:
    # An identifiable, its canonical JSON and the digest of that: both cost time, so once.
    of: Identifiable
    body: bytes
    digest: str


@dataclass(slots=True)
class Taken:
    """What became of the content.

    Attributes:
        documents: Id of each object's row, by kind and identifier.
        changes: ``added``, ``changed`` or ``unchanged``, by kind and identifier.
        digests: SHA-256 of each submodel's canonical JSON, by identifier.
        lots: Lot and facts, for every shell that states them.
        submodels_of_shell: Ids of the submodels that those shells name.
        findings: What was noticed on the way.
    """

    documents: dict[tuple[IdentifiableKind, str], DocumentId] = field(default_factory=dict)
    changes: dict[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    lots: list[tuple[LotId, LotFacts]] = field(default_factory=list)
    submodels_of_shell: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def take(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    identifiables: Iterable[Identifiable],
    files: Sequence[StoredPart] = (),
    *,
    progress: Progress = no_progress,
) -> Taken:
    """Store identifiables and what follows from them, in batches.

    Args:
        registry: The running parts; ``connection``: a writing transaction.
        connection: See ``registry``.
        submitter: Whose content it is.
        identifiables: Each becomes a new object, a new version, or nothing where its digest
            is the stored one. Of two with one id the later one counts.
        files: Parts that File elements may name.
        progress: Told in identifiables, phase ``recording``, then in shells, phase ``deriving``.

    Raises:
        ConflictError: Another party holds an id; the error does not say which party.
        RefusedError: A number of a body cannot be kept exactly, or an id holds U+0000.

    After an error nothing may be committed: a batch may be stored in part.
    """
    plan_afresh(connection)
    taken, done = Taken(), 0
    total = len(identifiables) if isinstance(identifiables, Sized) else None
    parts = {part_key(each.name): each for each in files}
    sizes = {each.sha256: each.size for each in files}
    submission_table.add_files(connection, submitter.site, sizes, now=submitter.at)
    for batch in _batches(identifiables):
        progress("recording", done, total)
        _take_batch(registry, connection, submitter, batch, parts, taken)
        done += len(batch)
    progress("recording", done, total)
    shells = _shells_to_read(connection, submitter, taken)
    _take_lot_facts(registry, connection, submitter, shells, taken, progress=progress)
    return taken


def forget_submodel(
    registry: Registry, connection: Connection, submitter: Submitter, identifier: str
) -> None:
    """Read the lot facts of the shells that name a submodel again: it was deleted."""
    shells = document_table.shells_naming(connection, submitter.site, [identifier])
    _take_lot_facts(registry, connection, submitter, shells, Taken())


def named_submodels(
    shell: Mapping[str, Any], submodels: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return those of some submodels that a shell names, in the shell's order."""
    return {each: submodels[each] for each in submodel_refs_of(shell) if each in submodels}


def _batches(identifiables: Iterable[Identifiable]) -> Iterator[dict[Key, _Entry]]:
    """Yield what is written together; an id stands once in a batch, so that its versions follow."""
    batch: dict[Key, _Entry] = {}
    total = 0
    for each in identifiables:
        if "\x00" in each.identifier:
            message = "The id holds U+0000, which no text of XML and of the database can hold."
            raise RefusedError(error(Code.AAS_CONSTRAINT, message, part=each.part, path=each.path or None))
        body = each.canonical()
        key = document_versions.key_of(each.kind, each.identifier)
        if batch and (key in batch or len(batch) == _BATCH or total + len(body) > _BATCH_BYTES):
            yield batch
            batch, total = {}, 0
        batch[key] = _Entry(each, body, digest_of(body))
        total += len(body)
    if batch:
        yield batch


def _take_batch(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    batch: Mapping[Key, _Entry],
    parts: Mapping[str, StoredPart],
    taken: Taken,
) -> None:
    site, now, submission = submitter.site, submitter.at, submitter.submission
    numbers = document_versions.add_documents(
        connection,
        registry.allocator,
        site,
        [_content_of(each, parts) for each in batch.values()],
        holder=submitter.holder,
        submission=submission,
        now=now,
    )
    known = [key for key, number in zip(batch, numbers, strict=True) if number is None]
    held = document_versions.find_all_held(connection, site, known, holder=submitter.holder)
    _refuse_held_by_others([batch[key].of for key in known if held[key].holder != submitter.holder])
    changed = [key for key in known if held[key].is_deleted or held[key].digest != batch[key].digest]
    same = {held[key].id: batch[key] for key in known if key not in set(changed)}
    refiled = _with_other_files(connection, submitter, same, parts)
    # An upload tells all files of a body that it changed; what else keeps those that it had.
    keeping = refiled if submission is not None else [held[key].id for key in changed]
    changed += [key for key in known if held[key].id in refiled]
    carried = _carried_over(connection, submitter, keeping)
    changes = [
        (held[key], _content_of(batch[key], {**carried.get(held[key].id, {}), **parts})) for key in changed
    ]
    document_versions.change_documents(connection, site, changes, submission=submission, now=now)
    for (key, entry), number in zip(batch.items(), numbers, strict=True):
        name = entry.of.kind, entry.of.identifier
        taken.documents[name] = held[key].id if number is None else number
        taken.changes[name] = "added" if number is not None else "unchanged"
        if entry.of.kind is IdentifiableKind.SUBMODEL:
            taken.digests[entry.of.identifier] = entry.digest
    taken.changes.update({(batch[key].of.kind, batch[key].of.identifier): "changed" for key in changed})


def _with_other_files(
    connection: Connection,
    submitter: Submitter,
    entries: Mapping[DocumentId, _Entry],
    parts: Mapping[str, StoredPart],
) -> list[DocumentId]:
    """Return which stored objects come again unchanged, but with a file that they lack or had otherwise."""
    if not parts:
        return []
    brought = {number: _content_of(each, parts).files for number, each in entries.items()}
    naming = [number for number, files in brought.items() if files]
    stored = document_files.list_current_files(connection, submitter.site, naming)
    return [
        number
        for number in naming
        if any(
            stored.get(number, {}).get(index_key(name)) != (sha256, media_type)
            for name, sha256, media_type in brought[number]
        )
    ]


def _carried_over(
    connection: Connection, submitter: Submitter, numbers: Sequence[DocumentId]
) -> dict[DocumentId, dict[str, StoredPart]]:
    # A write of the AAS API brings no files: the new version names those of the old one. A name
    # that is too long for an index is known by its digest only, and matches the same name only.
    files = document_files.list_current_files(connection, submitter.site, numbers)
    return {
        number: {
            key: StoredPart(name, digest, media_type, 0)
            for name, (digest, media_type) in named.items()
            for key in (name, part_key(name))
        }
        for number, named in files.items()
    }


def _content_of(entry: _Entry, parts: Mapping[str, StoredPart]) -> NewContent:
    body = entry.of.body
    named: dict[str, StoredPart | None] = {}
    if parts and any(mark in entry.body for mark in _FILE_MARKS):
        named = {value: _part_of(value, parts) for value in file_values_of(body)}
    return NewContent(
        kind=entry.of.kind,
        identifier=entry.of.identifier,
        id_short=_searchable(entry.of.id_short),
        semantic_id=_searchable(semantic_id_of(body)),
        digest=entry.digest,
        body=entry.body,
        asset_ids=[each for each in asset_ids_of(body) if all(map(_searchable, each))],
        submodel_refs=[each for each in submodel_refs_of(body) if _searchable(each)],
        files=[(value, part.sha256, part.media_type) for value, part in named.items() if part is not None],
    )


def _part_of(value: str, parts: Mapping[str, StoredPart]) -> StoredPart | None:
    part = part_named_by(value)
    return None if part is None else parts.get(part_key(part)) or parts.get(index_key(value))


def _searchable(value: object) -> str | None:
    # Content that was stored with findings may hold anything; no text column of PostgreSQL
    # takes U+0000, and nobody can ask for it. The body keeps all of it.
    return value if isinstance(value, str) and "\x00" not in value else None


def _refuse_held_by_others(entries: Sequence[Identifiable]) -> None:
    if entries:
        code = Code.IDENTIFIER_UNAVAILABLE
        raise ConflictError(
            f"The id {entries[0].identifier[:200]!r} cannot be used.",
            code=code,
            findings=[error(code, code.meaning, path=each.path or None) for each in entries],
        )


def _shells_to_read(connection: Connection, submitter: Submitter, taken: Taken) -> list[DocumentId]:
    """Return the stored shells whose lot facts the content may have changed."""
    shells = [number for (kind, _), number in taken.documents.items() if kind is IdentifiableKind.SHELL]
    submodels = [identifier for kind, identifier in taken.documents if kind is IdentifiableKind.SUBMODEL]
    naming = document_table.shells_naming(connection, submitter.site, submodels)
    return list(dict.fromkeys([*shells, *naming]))


def _take_lot_facts(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    shells: Sequence[DocumentId],
    taken: Taken,
    *,
    progress: Progress = no_progress,
) -> None:
    done = 0
    for batch in document_table.read_shells(connection, submitter.site, shells, holder=submitter.holder):
        progress("deriving", done, len(shells))
        bodies = {number: orjson.loads(body) for number, body in batch}
        _take_lots(registry, connection, submitter, bodies, taken)
        done += len(batch)
    progress("deriving", done, len(shells))


def _take_lots(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    shells: Mapping[DocumentId, Mapping[str, Any]],
    taken: Taken,
) -> None:
    site, now = submitter.site, submitter.at
    submodels = _stating_submodels(connection, submitter.scope, shells.values(), taken)
    stated: list[tuple[DocumentId, LotFacts]] = []
    for number, shell in shells.items():
        facts, findings = extract_lot_facts(shell, named_submodels(shell, submodels))
        taken.findings.extend(findings)
        if facts is not None:
            stated.append((number, facts))
            taken.submodels_of_shell[facts.shell] = submodel_refs_of(shell)
    lot_table.end_statements(connection, site, list(shells), now=now)
    names = [(facts.manufacturer, facts.mpn, facts.lot_code) for _, facts in stated]
    lots = lot_table.find_or_create_lots(connection, registry.allocator, site, names, now=now)
    said = [(lot, number, facts) for lot, (number, facts) in zip(lots, stated, strict=True)]
    lot_table.add_statements(
        connection,
        registry.allocator,
        site,
        said,
        submission=submitter.submission,
        holder=submitter.holder,
        now=now,
    )
    taken.lots.extend((lot, facts) for lot, _, facts in said)


def _stating_submodels(
    connection: Connection, scope: Scope, shells: Iterable[Mapping[str, Any]], taken: Taken
) -> dict[str, Mapping[str, Any]]:
    """Return the submodels that some shells name and that state facts about lots, by id."""
    named = dict.fromkeys(identifier for shell in shells for identifier in submodel_refs_of(shell))
    known = {each: taken.documents.get((IdentifiableKind.SUBMODEL, each)) for each in named}
    numbers = [number for number in known.values() if number is not None]
    others = [each for each, number in known.items() if number is None]
    numbers += document_table.find_numbers(connection, scope.site, IdentifiableKind.SUBMODEL, others).values()
    bodies = map(orjson.loads, document_table.read_submodels(connection, scope, numbers))
    return {body["id"]: body for body in bodies if states_lot_facts(body)}
