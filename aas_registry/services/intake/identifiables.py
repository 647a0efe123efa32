"""The one way in for AAS content: an upload and every write of the AAS API end here.

`take` works inside the caller's transaction: it stores what is new or changed of the
submitter's own, whoever else holds the same ids, and derives lot facts. Nothing here opens a
transaction or reads a request.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import (
    asset_ids_of,
    file_values_of,
    semantic_id_of,
    submodel_refs_of,
)
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info
from aas_registry.domain.identifiers import DocumentId, LotId, Sha256
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import Identifiable, IdentifiableKind, PartIndex, part_key, parts_named_by
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.domain.submitter import Submitter
from aas_registry.services.intake.lot_facts import Stored, derive
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import files as document_files
from aas_registry.storage.documents import versions
from aas_registry.storage.documents.served_ids import Key, key_of
from aas_registry.storage.documents.versions import Held, NewContent
from aas_registry.storage.index_keys import index_key

# What is gathered before it is written: bounds the memory of one batch, and its statements.
_BATCH = 500
_BATCH_BYTES = 8 * 1024 * 1024
# Canonical JSON has no white space, and quotation marks within a text are escaped.
_FILE_MARKS = (b'"modelType":"File"', b'"defaultThumbnail":')


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
    # Content without the files that it names: which these are depends on what else is at hand.
    content: NewContent
    of: Identifiable | None


@dataclass(slots=True)
class Taken:
    """What became of the content.

    Attributes:
        documents: Id of each object's row, by kind and identifier.
        changes: ``added`` (also where it was deleted before), ``changed`` or ``unchanged``, by kind
            and identifier.
        returned: Those of the added ones that were on record before, and deleted since.
        digests: SHA-256 of each submodel's canonical JSON, by identifier.
        lots: Lot and facts, for every shell that states them.
        submodels_of_shell: Ids of the submodels that those shells name, where they were read.
        findings: What was noticed on the way.
    """

    documents: dict[tuple[IdentifiableKind, str], DocumentId] = field(default_factory=dict)
    changes: dict[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    returned: set[tuple[IdentifiableKind, str]] = field(default_factory=set)
    digests: dict[str, str] = field(default_factory=dict)
    lots: list[tuple[LotId, LotFacts]] = field(default_factory=list)
    submodels_of_shell: dict[str, list[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


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
        registry: The running parts.
        connection: A writing transaction.
        submitter: Whose content it is.
        identifiables: Each becomes a new object, a new version, or nothing where its digest
            is the stored one. Of two with one id the later one counts.
        files: Parts that File elements may name; the caller puts them on record.
        progress: Told in identifiables, phase ``recording``, then in shells, phase ``deriving``.

    Raises:
        RefusedError: A number of a body cannot be kept exactly, or an id holds U+0000.

    After an error nothing may be committed: a batch may be stored in part.
    """
    total = len(identifiables) if isinstance(identifiables, Sized) else None
    parts = PartIndex({part_key(each.name): each for each in files})
    # Of a sequence all bodies are in memory anyway.
    stored = Stored(room=None if isinstance(identifiables, Sequence) else _BATCH_BYTES)
    taking = _Taking(registry, connection, submitter, parts, stored)
    return taking.take(map(_entry_of, identifiables), total=total, stated={}, progress=progress)


def take_stated(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    contents: Iterable[NewContent],
    *,
    stated: Mapping[str, LotFacts],
    progress: Progress = no_progress,
) -> Taken:
    """Store content of which the caller knows what it says, as `take` would.

    Args:
        registry: As for `take`.
        connection: As for `take`.
        submitter: As for `take`.
        contents: Canonical JSON, and what is searched of it; it names no files.
        stated: Lot facts by id of the shell that says them; those of other shells are read.
        progress: As for `take`.
    """
    taking = _Taking(registry, connection, submitter, PartIndex({}), Stored())
    entries = (_Entry(each, None) for each in contents)
    return taking.take(entries, total=None, stated=stated, progress=progress)


@dataclass(slots=True)
class _Taking:
    registry: Registry
    connection: Connection
    submitter: Submitter
    parts: PartIndex[StoredPart]
    stored: Stored
    taken: Taken = field(default_factory=Taken)

    def take(
        self,
        entries: Iterable[_Entry],
        *,
        total: int | None,
        stated: Mapping[str, LotFacts],
        progress: Progress,
    ) -> Taken:
        done, taken = 0, self.taken
        for batch in _batches(entries):
            progress("recording", done, total)
            self._take_batch(batch)
            done += len(batch)
        progress("recording", done, total)
        derived = derive(
            self.registry, self.connection, self.submitter, self.stored, stated=stated, progress=progress
        )
        if self.submitter.party is None:
            derived.findings.extend(self._kept_back())
        taken.documents, taken.findings = self.stored.numbers, derived.findings.listed()
        taken.lots, taken.submodels_of_shell = derived.lots, derived.submodels_of_shell
        return taken

    def _kept_back(self) -> list[Finding]:
        """Tell the plant, which alone sees all, which of its own objects are not those that are served."""
        numbers = list(self.stored.numbers.values())
        code = Code.IDENTIFIER_KEPT_BACK
        return [
            info(code, f"{code.meaning} ({kind} {identifier[:200]!r})")
            for kind, identifier in versions.find_kept_back(self.connection, self.submitter.site, numbers)
        ]

    def _take_batch(self, batch: Mapping[Key, _Entry]) -> None:
        added = versions.add_documents(
            self.connection,
            self.registry.allocator,
            self.submitter.site,
            [self._with_files(each) for each in batch.values()],
            party=self.submitter.party,
            submission=self.submitter.submission,
            now=self.submitter.at,
        )
        known = {key: batch[key] for key, number in zip(batch, added, strict=True) if number is None}
        held, changed = self._take_known(known) if known else ({}, set())
        for (key, entry), number in zip(batch.items(), added, strict=True):
            if number is not None:
                self.stored.added.add(number)
                self._note(entry, number, "added")
            elif held[key].is_deleted:
                self._note(entry, held[key].id, "added")
                self.taken.returned.add((entry.content.kind, entry.content.identifier))
            elif key in changed:
                self._note(entry, held[key].id, "changed")
            else:
                self._note(entry, held[key].id, "unchanged")

    def _note(self, entry: _Entry, number: DocumentId, change: str) -> None:
        content = entry.content
        name = content.kind, content.identifier
        self.stored.numbers[name] = number
        self.taken.changes[name] = change
        if content.kind is IdentifiableKind.SUBMODEL:
            self.taken.digests[content.identifier] = content.digest
        if entry.of is not None:
            self.stored.hold(number, entry.of.body, len(content.body))

    def _take_known(self, batch: Mapping[Key, _Entry]) -> tuple[dict[Key, Held], set[Key]]:
        """Store what changed of objects that are on record; return how they stood, and which changed."""
        site, party, submission = self.submitter.site, self.submitter.party, self.submitter.submission
        held = versions.find_all_held(self.connection, site, batch, party=party)
        changed = {
            key for key in batch if held[key].is_deleted or held[key].digest != batch[key].content.digest
        }
        same = {held[key].id: entry for key, entry in batch.items() if key not in changed}
        refiled = self._with_other_files(same)
        # An upload tells all files of a body that it changed; what else keeps those that it had.
        carried = self._carried_over(refiled if submission is not None else [held[key].id for key in changed])
        changed |= {key for key in batch if held[key].id in refiled}
        changes = [
            (held[key], self._with_files(entry, carried.get(held[key].id)))
            for key, entry in batch.items()
            if key in changed
        ]
        versions.change_documents(
            self.connection, site, changes, submission=submission, now=self.submitter.at
        )
        return held, changed

    def _with_files(self, entry: _Entry, carried: Mapping[str, StoredPart] | None = None) -> NewContent:
        content, has_any = entry.content, self.parts.by_key or carried
        if entry.of is None or not has_any or not any(mark in content.body for mark in _FILE_MARKS):
            return content
        files = []
        for value in file_values_of(entry.of.body):
            named = parts_named_by(value, source=entry.of.part)
            keys = (*map(part_key, named), index_key(value))
            known = (each[key] for each in (self.parts.by_key, carried or {}) for key in keys if key in each)
            part = self.parts.find(named) or next(known, None)
            if part is not None:
                files.append((value, part.sha256, part.media_type))
        return replace(content, files=files)

    def _with_other_files(self, entries: Mapping[DocumentId, _Entry]) -> list[DocumentId]:
        """Return which stored objects come again unchanged, but with a file that they lack."""
        brought = {number: self._with_files(each).files for number, each in entries.items()}
        naming = [number for number, files in brought.items() if files]
        stored = document_files.list_current_files(self.connection, self.submitter.site, naming)
        return [
            number
            for number in naming
            if any(
                stored.get(number, {}).get(index_key(name)) != (sha256, media_type)
                for name, sha256, media_type in brought[number]
            )
        ]

    def _carried_over(self, numbers: Sequence[DocumentId]) -> dict[DocumentId, dict[str, StoredPart]]:
        # A write of the AAS API brings no files: the new version names those of the old one. A name
        # that is too long for an index is known by its digest only, and matches the same name only.
        files = document_files.list_current_files(self.connection, self.submitter.site, numbers)
        return {
            number: {
                key: StoredPart(name, digest, media_type, 0)
                for name, (digest, media_type) in named.items()
                for key in (name, part_key(name))
            }
            for number, named in files.items()
        }


def _batches(entries: Iterable[_Entry]) -> Iterator[dict[Key, _Entry]]:
    """Yield what is written together; an id stands once in a batch, so that its versions follow."""
    batch: dict[Key, _Entry] = {}
    total = 0
    for each in entries:
        key, size = (
            key_of(each.content.kind, each.content.identifier),
            len(each.content.body),
        )
        if batch and (key in batch or len(batch) == _BATCH or total + size > _BATCH_BYTES):
            yield batch
            batch, total = {}, 0
        batch[key] = each
        total += size
    if batch:
        yield batch


def _entry_of(each: Identifiable) -> _Entry:
    if "\x00" in each.identifier:
        message = "The id holds U+0000, which no text of XML and of the database can hold."
        raise RefusedError(error(Code.AAS_CONSTRAINT, message, part=each.part, path=each.path or None))
    canonical, is_shell = each.canonical(), each.kind is IdentifiableKind.SHELL
    content = NewContent(
        kind=each.kind,
        identifier=each.identifier,
        id_short=_searchable(each.id_short),
        semantic_id=_searchable(semantic_id_of(each.body)),
        digest=digest_of(canonical),
        body=canonical,
        asset_ids=[it for it in asset_ids_of(each.body) if all(map(_searchable, it))] if is_shell else (),
        submodel_refs=[it for it in submodel_refs_of(each.body) if _searchable(it)] if is_shell else (),
    )
    return _Entry(content, each)


def _searchable(value: object) -> str | None:
    # Content that was stored with findings may hold anything; no text column of PostgreSQL
    # takes U+0000, and nobody can ask for it. The body keeps all of it.
    return value if isinstance(value, str) and "\x00" not in value else None
