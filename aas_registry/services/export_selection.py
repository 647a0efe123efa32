"""What a selection comes to: the objects, their concept descriptions, their files.

Everything is found within the principal's scope, and what one party's shell brings is
that party's own (`storage.documents.exports`). What a package held beyond what its objects name goes
with each of its shells: all objects of a package have one holder, so who sees one sees all.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import orjson

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import file_values_of, thumbnail_path_of
from aas_registry.domain.errors import ForbiddenError, NotFoundError, TooLargeError
from aas_registry.domain.exports import (
    NamedFile,
    PlacedFiles,
    Selection,
    place_files,
    referred_ids,
)
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.identifiers import DocumentId, LotId, PartyId, Sha256, Site
from aas_registry.domain.package import IdentifiableKind, part_named_by
from aas_registry.domain.principals import Principal
from aas_registry.formats.container.opc import part_uri
from aas_registry.formats.package.aasx_writer import RESERVED_PARTS, STRUCTURAL_PARTS
from aas_registry.services.public_ids import Noun, not_found, to_internal
from aas_registry.services.registry import Registry
from aas_registry.storage import lots as lot_table
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import exports as export_table
from aas_registry.storage.documents import files as document_files
from aas_registry.storage.documents.exports import StoredObject
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.merges import survivor
from aas_registry.storage.parties import Party
from aas_registry.storage.uploads import submission_files
from aas_registry.storage.uploads.submission_files import FileRole

_LISTED = 100
_ORDER = {kind: number for number, kind in enumerate(IdentifiableKind)}
_NOT_FOUND = {
    IdentifiableKind.SHELL: Code.SHELL_NOT_FOUND,
    IdentifiableKind.SUBMODEL: Code.SUBMODEL_NOT_FOUND,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What an export holds.

    Attributes:
        objects: By kind, then by identifier.
        placed: The part of the package that each file becomes.
        sizes: Of the files in bytes, by digest.
        thumbnail: Part of the package's thumbnail, where there is one.
        supplements: Parts of the supplementary files: all, save a thumbnail that is nothing else.
        findings: What whoever reads the export should know.
    """

    objects: tuple[StoredObject, ...]
    placed: PlacedFiles = field(default_factory=PlacedFiles)
    sizes: dict[Sha256, int] = field(default_factory=dict)
    thumbnail: str | None = None
    supplements: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()

    def of_kind(self, kind: IdentifiableKind) -> list[StoredObject]:
        """Return the objects of one kind, by identifier."""
        return [each for each in self.objects if each.kind is kind]

    def digest(self, *written: str | None) -> str:
        """Return a digest that is equal where content, and how it is written, are equal."""
        objects = [[each.kind.value, each.key, each.digest] for each in self.objects]
        files = sorted([part, *file] for part, file in self.placed.parts.items())
        places = [self.thumbnail, self.thumbnail in self.supplements]
        return digest_of(canonical_bytes([list(written), objects, files, places]))


def gather(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    selection: Selection,
    *,
    with_files: bool,
) -> Gathered:
    """Return what a selection brings, as far as the principal may see it.

    Raises:
        NotFoundError: Something that is named is not there, or there is nothing at all.
        ForbiddenError: A supplier named another party.
        TooLargeError: EXPORT-TOO-LARGE: over the settings export_identifiables,
            aas_data_bytes, package_parts or export_bytes.
    """
    named, doubles = _named(registry, connection, principal, selection)
    objects = _bounded(registry, connection, principal, named)
    bearers = [each.id for each in objects]
    seen = _Seen()
    for stored, body in export_table.bodies_of(connection, principal.site, objects):
        seen.add(stored, orjson.loads(body))
    found = [
        each
        for party, identifiers in seen.referred.items()
        for each in export_table.concepts_of(connection, principal.scope, identifiers, party=party)
    ]
    everything, doubled_concepts = _one_per_id(found, chosen=objects)
    objects = _bounded(registry, connection, principal, everything)
    findings = (*doubles, *doubled_concepts)[:_LISTED]
    gathered = Gathered(objects=objects, findings=findings)
    if not with_files:
        return gathered
    gathered = _with_files(connection, principal.site, gathered, seen, bearers)
    settings = registry.settings
    if len(gathered.placed.parts) > settings.package_parts - STRUCTURAL_PARTS:  # nor would it be taken back
        raise _too_large("package_parts", settings.package_parts, "parts")
    if sum(gathered.sizes[sha256] for sha256, _ in gathered.placed.parts.values()) > settings.export_bytes:
        raise _too_large("export_bytes", settings.export_bytes, "bytes of files")
    return gathered


class _Seen:
    """What was read of the bodies in passing."""

    def __init__(self) -> None:
        self.referred: defaultdict[PartyId | None, set[str]] = defaultdict(set)
        self._names: dict[DocumentId, list[str]] = {}
        self._thumbnails: dict[DocumentId, str] = {}

    def add(self, stored: StoredObject, body: Any) -> None:
        self.referred[stored.party] |= referred_ids(body)
        files = sorted(file_values_of(body))
        if files:
            self._names[stored.id] = files
        path = thumbnail_path_of(body)
        if path is not None:
            self._thumbnails[stored.id] = path

    def named_files(
        self, objects: Iterable[StoredObject], files: dict[DocumentId, dict[str, tuple[Sha256, str]]]
    ) -> list[NamedFile]:
        return [
            NamedFile(owner=each.id, value=name, sha256=file[0], media_type=file[1])
            for each in objects
            for name in self._names.get(each.id, ())
            if (file := files.get(each.id, {}).get(index_key(name))) is not None
        ]

    def missing_parts(
        self, objects: Iterable[StoredObject], files: dict[DocumentId, dict[str, tuple[Sha256, str]]]
    ) -> list[Finding]:
        missing = (
            (each.key, name)
            for each in objects
            for name in self._names.get(each.id, ())
            if part_named_by(name) is not None and index_key(name) not in files.get(each.id, {})
        )
        return [
            warning(Code.AASX_PART_MISSING, f"{key[:200]!r} names {name[:200]!r}, which never came with it.")
            for key, name in islice(missing, _LISTED)
        ]

    def thumbnail(self, objects: Iterable[StoredObject], placed: PlacedFiles) -> str | None:
        paths = ((each.id, self._thumbnails.get(each.id, "")) for each in objects)
        return next((placed.part_of[each] for each in paths if each in placed.part_of), None)


def _with_files(
    connection: Connection, site: Site, gathered: Gathered, seen: _Seen, bearers: Sequence[DocumentId]
) -> Gathered:
    objects = gathered.objects
    files = document_files.list_current_files(connection, site, [each.id for each in objects])
    brought: dict[FileRole, list[NamedFile]] = {role: [] for role in FileRole}
    for number, of_package in submission_files.find_submission_files(connection, site, bearers).items():
        for each in of_package:
            # A part name as it stands could be cut at a "?" or "#", as an address is.
            value, owner = part_uri(each.part), ("package", number)
            file = NamedFile(owner=owner, value=value, sha256=each.sha256, media_type=each.media_type)
            brought[each.role].append(file)
    named = [*seen.named_files(objects, files), *brought[FileRole.SUPPLEMENTARY]]
    pictures = brought[FileRole.THUMBNAIL]
    placed = place_files([*named, *pictures], reserved=RESERVED_PARTS)
    thumbnails = [placed.part_of[each.owner, each.value] for each in pictures]
    thumbnail = thumbnails[0] if thumbnails else seen.thumbnail(objects, placed)
    others = sorted({each for each in thumbnails if each != thumbnail})
    message = "This was the thumbnail of another package; here it is a file."
    demoted = (info(Code.EXPORT_THUMBNAIL_AS_FILE, message, part=each) for each in others[:_LISTED])
    notes = [*seen.missing_parts(objects, files), *placed.notes[:_LISTED], *demoted]
    return replace(
        gathered,
        placed=placed,
        sizes=export_table.sizes_of(connection, site, (sha256 for sha256, _ in placed.parts.values())),
        thumbnail=thumbnail,
        supplements=frozenset(placed.part_of[each.owner, each.value] for each in named).union(others),
        findings=(*gathered.findings, *notes),
    )


def party_of(connection: Connection, principal: Principal, code_or_name: str) -> Party:
    """Return the party of which everything is to be exported.

    Raises:
        ForbiddenError: A supplier named another than its own, on record or not.
        NotFoundError: There is none.
    """
    found = party_table.find_party(connection, principal.site, code_or_name)
    scope = principal.scope
    if scope.party is not None and (found is None or found.id != scope.party):
        raise ForbiddenError("A supplier exports what it submitted itself.")
    if found is None:
        raise not_found(Noun.PARTY)
    return found


def _named(
    registry: Registry, connection: Connection, principal: Principal, selection: Selection
) -> tuple[list[StoredObject], list[Finding]]:
    """Return what is named and the submodels of its shells, one of each id, and of which there were more."""
    asked = [to_internal(registry, principal.site, Noun.LOT, each) for each in selection.lots]
    lots = [LotId(survivor(connection, principal.site, "lot", each)) for each in asked]
    stating = export_table.shells_stating(connection, principal.scope, lots)
    for each in set(lots).difference(lot for lot, _ in stating):
        if lot_table.find_lot(connection, principal.scope, each) is None:
            raise not_found(Noun.LOT)
    named = [shell for _, shell in stating]
    named += _found(connection, principal, IdentifiableKind.SHELL, selection.shells)
    named += _found(connection, principal, IdentifiableKind.SUBMODEL, selection.submodels)
    if selection.party is not None:
        party = party_of(connection, principal, selection.party)
        most = registry.settings.export_identifiables + 1
        named += export_table.held_by(connection, principal.scope, party.id, most=most)
    named, doubles = _one_per_id(named)
    shells = [each for each in named if each.kind is IdentifiableKind.SHELL]
    submodels = export_table.submodels_of_shells(connection, principal.scope, shells)
    named, more_doubles = _one_per_id([*named, *submodels])
    return named, [*doubles, *more_doubles]


def _found(
    connection: Connection, principal: Principal, kind: IdentifiableKind, identifiers: Sequence[str]
) -> list[StoredObject]:
    found = export_table.find_stored(connection, principal.scope, kind, identifiers)
    known = {each.key for each in found}
    missing = [each for each in dict.fromkeys(identifiers) if index_key(each) not in known]
    if missing:
        code = _NOT_FOUND[kind]
        places = [error(code, code.meaning, path=each[:200]) for each in missing[:_LISTED]]
        raise NotFoundError(code.meaning, code=code, findings=places)
    return found


def _bounded(
    registry: Registry, connection: Connection, principal: Principal, found: Iterable[StoredObject]
) -> tuple[StoredObject, ...]:
    unique = {each.id: each for each in found}
    settings = registry.settings
    if not unique:
        raise NotFoundError(Code.EXPORT_EMPTY.meaning, code=Code.EXPORT_EMPTY)
    if len(unique) > settings.export_identifiables:
        raise _too_large("export_identifiables", settings.export_identifiables, "objects")
    objects = tuple(sorted(unique.values(), key=lambda each: (_ORDER[each.kind], each.key)))
    if export_table.bytes_of(connection, principal.site, objects) > settings.aas_data_bytes:
        raise _too_large("aas_data_bytes", settings.aas_data_bytes, "bytes of AAS data")
    return objects


def _one_per_id(
    found: Iterable[StoredObject], *, chosen: Iterable[StoredObject] = ()
) -> tuple[list[StoredObject], list[Finding]]:
    """Return one object of each id: one that was chosen, or else is served, or else came first."""
    kept = {(each.kind, each.key): each for each in chosen}
    differing: dict[tuple[IdentifiableKind, str], None] = {}
    for each in sorted(found, key=lambda each: (not each.is_served, each.id)):
        if kept.setdefault((each.kind, each.key), each).digest != each.digest:
            differing[each.kind, each.key] = None
    notes = [
        warning(Code.AAS_DUPLICATE_ID, f"Several hold the {kind} {key[:200]!r}; one is exported.")
        for kind, key in differing
    ]
    return list(kept.values()), notes


def _too_large(setting: str, most: int, what: str) -> TooLargeError:
    message = f"The selection holds more than {most:,} {what} (setting {setting}); export it in parts."
    return TooLargeError(message, code=Code.EXPORT_TOO_LARGE)
