"""An AAS package: what one uploaded file says, as plain values.

The identifiables are AAS JSON objects (Part 1, JSON serialisation), whatever the file
was written in; the files are the parts that they point to. Nothing here refers to a ZIP
archive or to an SDK, so every room may handle a package.
"""

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, BinaryIO, Generic, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.findings import Finding
from aas_registry.domain.identifiers import Sha256, folded

Metamodel = Literal["3.0", "3.1"]
Part = TypeVar("Part")

AASX_MEDIA_TYPE = "application/aas+zip"  # as it is registered with IANA since 2026-02-20
_CHUNK_BYTES = 65_536


class IdentifiableKind(StrEnum):
    """The three kinds of objects that have an id of their own."""

    SHELL = "shell"
    SUBMODEL = "submodel"
    CONCEPT_DESCRIPTION = "concept_description"

    @property
    def model_type(self) -> str:
        """Return the ``modelType`` of the AAS JSON object."""
        return _MODEL_TYPES[self]

    @property
    def environment_member(self) -> str:
        """Return the member of an AAS environment that lists objects of this kind."""
        return _MEMBERS[self]


_MODEL_TYPES = {
    IdentifiableKind.SHELL: "AssetAdministrationShell",
    IdentifiableKind.SUBMODEL: "Submodel",
    IdentifiableKind.CONCEPT_DESCRIPTION: "ConceptDescription",
}
_MEMBERS = {
    IdentifiableKind.SHELL: "assetAdministrationShells",
    IdentifiableKind.SUBMODEL: "submodels",
    IdentifiableKind.CONCEPT_DESCRIPTION: "conceptDescriptions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifiable:
    """One shell, submodel or concept description.

    Attributes:
        kind: Which of the three.
        identifier: The ``id``: 1 to 2,048 characters.
        id_short: The ``idShort``, where there is one.
        body: The AAS JSON object. Treat it as frozen.
        path: Place in the environment, such as ``submodels[0]``; empty for a single object.
        part: Part of the package that holds it; None for bare JSON or XML.
    """

    kind: IdentifiableKind
    identifier: str
    id_short: str | None
    body: Mapping[str, Any]
    path: str = ""
    part: str | None = None

    def canonical(self) -> bytes:
        """Return the body as canonical JSON (RFC 8785).

        Raises:
            RefusedError: A number of the body cannot be kept exactly.
        """
        return canonical_bytes(self.body)

    def digest(self) -> Sha256:
        """Return the SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
        return Sha256(digest_of(self.canonical()))


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A supplementary file or the thumbnail of a package; its content is not held in memory.

    Two are equal where part, media type, size and the place of the content are; for
    files made by `of`, the place is the content itself.

    Attributes:
        part: Absolute part name, such as ``/aasx/files/certificate.pdf``.
        media_type: The one that the package declares; ``application/octet-stream`` otherwise.
        size: Bytes, as the package declares them; reading to the end proves it.
        opener: Gives a fresh stream of the very bytes each time it is called.
    """

    part: str
    media_type: str
    size: int
    opener: Callable[[], BinaryIO] = field(repr=False)

    @classmethod
    def of(cls, part: str, media_type: str, content: bytes) -> "PackageFile":
        """Return a file whose content is at hand."""
        return cls(part, media_type, len(content), _Held(content))

    def open(self) -> BinaryIO:
        """Return a fresh stream from the first byte; it need not be seekable. Close it.

        What comes from an archive is checked when the last byte is read, so that only
        who reads to the end knows that the file is whole.

        Raises:
            RefusedError: (while reading) The archive is damaged.
        """
        return self.opener()

    def read(self) -> bytes:
        """Return the whole content: for files that are known to be small.

        Raises:
            RefusedError: The archive is damaged.
        """
        with self.open() as stream:
            return stream.read()

    def digest(self) -> Sha256:
        """Return the SHA-256 of the content, as 64 hexadecimal digits; reads all of it.

        Raises:
            RefusedError: The archive is damaged.
        """
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
        return Sha256(digest.hexdigest())


@dataclass(frozen=True, slots=True)
class _Held:
    content: bytes

    def __call__(self) -> BinaryIO:
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class AasPackage:
    """What a file says.

    Attributes:
        metamodel: The rules that it was read with.
        identifiables: In the order of the file; ids are unique per kind.
        files: Supplementary files, ordered by part name.
        thumbnail: The package's thumbnail, where there is one.
        unnamed: Parts of ``files`` that no object names; they belong to the package as a whole.
        findings: Everything that was noticed and did not refuse the file.
    """

    metamodel: Metamodel
    identifiables: tuple[Identifiable, ...]
    files: tuple[PackageFile, ...] = ()
    thumbnail: PackageFile | None = None
    unnamed: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    _index: "PartIndex[PackageFile]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", PartIndex({part_key(each.part): each for each in self.files}))

    def of_kind(self, kind: IdentifiableKind) -> tuple[Identifiable, ...]:
        """Return the identifiables of one kind, in the order of the file."""
        return tuple(entry for entry in self.identifiables if entry.kind is kind)

    def file_at(self, value: str | None, *, source: str | None = None) -> PackageFile | None:
        """Return the file that a ``File.value`` of the part ``source`` points to, None if elsewhere."""
        return self._index.find(parts_named_by(value, source=source))


class PartIndex(Generic[Part]):
    """What is known by the names of parts, found by the very name or else by one that is compared as equal.

    File systems compose letters or take them apart, and tools put in characters that nobody
    sees. Of two parts that such a name may mean, none is meant.
    """

    def __init__(self, by_key: Mapping[str, Part]) -> None:
        """Take what is known, by the `part_key` of its name."""
        self.by_key = by_key
        self._alike: dict[str, Part | None] | None = None

    def find(self, names: Sequence[str]) -> Part | None:
        """Return what the first of some names means that is known as it is, else what is alike."""
        known = (self.by_key.get(part_key(name)) for name in names)
        found = next((each for each in known if each is not None), None)
        return self.find_alike(names) if found is None else found

    def find_alike(self, names: Iterable[str]) -> Part | None:
        """Return what is compared as equal to the first name of which there is such; None where it is two."""
        if self._alike is None:
            self._alike = {}
            for other, part in self.by_key.items():
                key = _alike_key(other)
                self._alike[key] = None if key in self._alike else part
        keys = (_alike_key(part_key(name)) for name in names)
        return next((self._alike[key] for key in keys if key in self._alike), None)


def _alike_key(key: str) -> str:
    return "/".join(" ".join(segment.split()) for segment in folded(key).split("/"))


def part_key(name: str) -> str:
    """Return the form in which part names are compared: decoded, absolute, without case.

    Source:
        ECMA-376 Part 2 (OPC), 6.2.2.3: part names are equivalent regardless of ASCII case.
    """
    return "/" + unquote(name).lstrip("/").casefold()


def part_named_by(value: str | None) -> str | None:
    """Return the absolute part name that a ``File.value`` names, read from the root of the package.

    Only a relative reference means a part of the package; an address with a scheme
    (``https:``, ``urn:``) means something outside. Some tools write ``file:///aasx/…``
    for a part, which is read as one, and Windows tools write backslashes for slashes.

    Returns:
        Such as ``/aasx/files/a.pdf``; None for anything that is no part.

    Source:
        IDTA-01005 (Part 5), "File"; RFC 3986, section 4.2.
    """
    path = _path_in_package(value)
    return None if path is None or ".." in path.split("/") else _resolved([], path)


def parts_named_by(value: str | None, *, source: str | None) -> tuple[str, ...]:
    """Return the parts that a ``File.value`` may name, the likeliest first.

    A name without a slash before it is relative to the folder of the part in which it stands,
    but tools write such names and mean the root: surely where the name begins with that folder.

    Args:
        value: The value of a File, or the path of a thumbnail.
        source: The part in which it stands; None where that is no part of a package.

    Source:
        RFC 3986, section 5.2; ECMA-376 Part 2 (OPC), 6.4.
    """
    path, at_root = _path_in_package(value), part_named_by(value)
    if path is None or source is None or path.startswith("/"):
        return () if at_root is None else (at_root,)
    folder = source.split("/")[1:-1]
    near = _resolved(folder, path)
    is_from_root = bool(folder) and path.startswith(f"{folder[0]}/")
    found = (at_root, near) if is_from_root else (near, at_root)
    return tuple(dict.fromkeys(part for part in found if part is not None))


def _path_in_package(value: str | None) -> str | None:
    if not value or "\x00" in value:
        return None
    try:
        pieces = urlsplit(value.replace("\\", "/"))
    except ValueError:
        return None
    if (pieces.scheme and pieces.scheme != "file") or pieces.netloc or not pieces.path.strip("/"):
        return None
    return f"/{pieces.path}" if pieces.scheme else pieces.path


def _resolved(folder: Sequence[str], path: str) -> str | None:
    """Return the part at a path below a folder; None where the path leaves the package."""
    steps = list(folder)
    for step in path.split("/"):
        if step == ".." and steps:
            steps.pop()
        elif unquote(step) == "..":
            return None
        elif step not in {"", "."}:
            steps.append(step)
    return "/" + "/".join(steps) if steps else None
