"""Exports: what of the record is asked for, in which form, and how its files are named.

Files of several uploads may have one part name and different content. One package
cannot hold both, so the second is renamed, and the elements that name it say the new
name; equal content shares one part. Names follow from names and content alone: an export
of equal content has equal names, whoever uploaded what first.
"""

import itertools
import posixpath
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import objects_in
from aas_registry.domain.findings import Finding, info
from aas_registry.domain.identifiers import Sha256
from aas_registry.domain.package import AASX_MEDIA_TYPE, part_key, parts_named_by
from aas_registry.domain.part_names import collision_key, is_allowed

_MARK_CHARS = 12
_PART_CHARS = 4000  # at most 12 bytes each where they are percent-encoded: a ZIP name has 65,535
_OWN_FOLDER = "/aasx/files/"
_DATA_PART = "/aasx/data.xml"  # of whatever form: relative names are read from its folder


class ExportForm(StrEnum):
    """How an export is written; the value is the extension of its file."""

    AASX = "aasx"
    JSON = "json"
    XML = "xml"

    @property
    def media_type(self) -> str:
        """Return the media type."""
        return AASX_MEDIA_TYPE if self is ExportForm.AASX else f"application/{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be exported: all that any of these brings.

    Attributes:
        lots: Opaque ids; each brings the shells that state the lot.
        shells: Ids; each brings its submodels.
        submodels: Ids; each brings its concept descriptions, as those of shells do.
        party: Code or name of a party; brings all that it holds.
    """

    lots: tuple[str, ...] = ()
    shells: tuple[str, ...] = ()
    submodels: tuple[str, ...] = ()
    party: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A stored file, and the name by which one element or thumbnail calls it, or its package did.

    Attributes:
        owner: Whatever tells one object of the export from the others, or one package.
        value: The ``value`` of the File, the ``path`` of the thumbnail, or the part's address.
        sha256: Digest of the content.
        media_type: The media type that its package declared.
    """

    owner: Hashable
    value: str
    sha256: Sha256
    media_type: str


@dataclass(slots=True)
class PlacedFiles:
    """Where the files of an export are.

    Attributes:
        parts: Digest and media type, by absolute part name.
        renamed: New value by old value, for each owner that needs any.
        part_of: Part name by owner and value.
        notes: One finding for each part that was renamed.
    """

    parts: dict[str, tuple[Sha256, str]] = field(default_factory=dict)
    renamed: dict[Hashable, dict[str, str]] = field(default_factory=dict)
    part_of: dict[tuple[Hashable, str], str] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)


def place_files(files: Sequence[NamedFile], *, reserved: Collection[str]) -> PlacedFiles:
    """Return a part for each file: its own name, unless that is taken or no name for an archive.

    Args:
        files: In the order of the export; the first of several keeps the name.
        reserved: Parts that the package needs itself.
    """
    placed = PlacedFiles()
    spellings = {collision_key(part): part for part in reserved}
    # Also the folder where there is always room: no file may take its name.
    folders = {folder for key in (*spellings, f"{_OWN_FOLDER}any") for folder in _folders(key)}
    for each in files:
        value, part = _free_name(each, placed, spellings, folders)
        key = collision_key(part)
        part = spellings.setdefault(key, part)
        folders.update(_folders(key))
        placed.part_of[each.owner, each.value] = part
        if value != each.value:
            placed.renamed.setdefault(each.owner, {})[each.value] = value
            if part not in placed.parts:
                message = f"The name {each.value[:200]!r} is taken or cannot be used; this file is {part!r}."
                placed.notes.append(info(Code.EXPORT_PART_RENAMED, message, part=part))
        placed.parts.setdefault(part, (each.sha256, each.media_type))
    return placed


def rename_files(body: Any, renamed: Mapping[str, str]) -> None:
    """Change, in place, the ``value`` of every File and the path of the default thumbnail.

    Args:
        body: A parsed AAS object of any form and depth.
        renamed: New value by old value.
    """
    for node in objects_in(body):
        if node.get("modelType") == "File":
            _rename(node, "value", renamed)
    asset = body.get("assetInformation") if isinstance(body, dict) else None
    thumbnail = asset.get("defaultThumbnail") if isinstance(asset, dict) else None
    if isinstance(thumbnail, dict):
        _rename(thumbnail, "path", renamed)


def referred_ids(body: Any) -> set[str]:
    """Return the value of every key of every reference in an object, at any depth.

    A concept description that is on record under one of them is what the object is
    understood by: semanticId, supplementalSemanticIds, valueId and the like.
    """
    return {
        key["value"]
        for node in objects_in(body)
        if isinstance(node.get("keys"), list)
        for key in node["keys"]
        if isinstance(key, dict) and isinstance(key.get("value"), str)
    }


def _rename(node: dict[str, Any], member: str, renamed: Mapping[str, str]) -> None:
    value = node.get(member)
    if isinstance(value, str) and value in renamed:
        node[member] = renamed[value]


def _free_name(
    file: NamedFile, placed: PlacedFiles, spellings: Mapping[str, str], folders: Collection[str]
) -> tuple[str, str]:
    marks = (file.sha256[:_MARK_CHARS], file.sha256)
    numbered = (f"{_OWN_FOLDER}{file.sha256}-{number}.bin" for number in itertools.count(1))
    for value in itertools.chain([file.value], (_marked(file.value, each) for each in marks), numbered):
        part = next(iter(parts_named_by(value, source=_DATA_PART)), None)
        if part is not None and _is_free(part, file.sha256, placed, spellings, folders):
            return value, part
    raise AssertionError  # the numbers never end


def _is_free(
    part: str,
    sha256: Sha256,
    placed: PlacedFiles,
    spellings: Mapping[str, str],
    folders: Collection[str],
) -> bool:
    key = collision_key(part)
    if key in spellings:
        known = spellings[key]
        return part_key(known) == part_key(part) and placed.parts.get(known, ("", ""))[0] == sha256
    if len(part) > _PART_CHARS or not is_allowed(part.removeprefix("/")):
        return False
    # A name may not begin another one, and relationships have places of their own (OPC, 6.2.2.3).
    is_relationships = key.endswith(".rels") or "/_rels/" in key
    return key not in folders and not is_relationships and spellings.keys().isdisjoint(_folders(key))


def _folders(key: str) -> list[str]:
    steps = key.split("/")
    return ["/".join(steps[:end]) for end in range(2, len(steps))]


def _marked(value: str, mark: str) -> str:
    end = min((at for at in (value.find("?"), value.find("#")) if at >= 0), default=len(value))
    folder, name = posixpath.split(value[:end])
    stem, extension = posixpath.splitext(name)
    return posixpath.join(folder, f"{stem}-{mark}{extension}") + value[end:]
