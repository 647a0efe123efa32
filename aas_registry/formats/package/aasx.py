"""AASX packages (IDTA-01005, Part 5): container, relationships, data, files.

From the root to ``aasx-origin``, from there to one or more ``aas-spec`` parts (XML or
JSON), from those to the supplementary files. Real packages differ from the standard in
known ways, and a person could still read them, so they are read, each with a finding:
relationship types with and without ``www.``, ``TargetMode="External"`` on parts that are
inside, supplementary parts that are missing, files that no relationship names, names of
parts with backslashes, names that differ in characters which nobody sees.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import thumbnail_path_of
from aas_registry.domain.elements import iterate_files
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import (
    AasPackage,
    Identifiable,
    IdentifiableKind,
    PackageFile,
    part_named_by,
    parts_named_by,
)
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.formats.aas.environment import Environment, merge
from aas_registry.formats.aas.json import read_json
from aas_registry.formats.aas.xml import read_xml
from aas_registry.formats.container.content_kind import ContentKind, text_kind
from aas_registry.formats.container.opc import (
    CONTENT_TYPES_PART,
    THUMBNAIL_TYPE,
    ContentTypes,
    Relationship,
    read_content_types,
    read_relationships,
    refuse_hostile_structure,
)
from aas_registry.formats.container.zip import ZipContainer

AAS_RELATIONSHIPS = "http://admin-shell.io/aasx/relationships"
_AAS_TYPE = re.compile(r"https?://(www\.)?admin-shell\.io/aasx/relationships/([a-z-]+)")


def read_aasx(container: ZipContainer, *, limits: Limits, progress: Progress = no_progress) -> AasPackage:
    """Read a package.

    Args:
        container: Its archive.
        limits: Bounds on the data in it.
        progress: Is called with the data parts read and their count, phase ``checking``.

    Raises:
        RefusedError: A part is damaged, hostile or over a limit; the package has no
            origin or no data; the data cannot be understood. The finding names the part.
    """
    return _PackageReader(container, limits, progress).read()


@dataclass
class _PackageReader:
    container: ZipContainer
    limits: Limits
    progress: Progress
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        for part in self.container.respelled:
            message = "The archive spells this name with backslashes; other readers do not find the part."
            self._note(error(Code.AASX_PART_ODDLY_NAMED, message, part=part))
        refuse_hostile_structure(self.container, limits=self.limits)
        types = read_content_types(self.container, limits=self.limits)
        if types is None:
            self._warn(Code.AASX_PART_MISSING, "The package has no content types.", CONTENT_TYPES_PART)
        self.types = types or ContentTypes({}, {})

    def read(self) -> AasPackage:
        root = read_relationships(self.container, "/", limits=self.limits)
        origins = self._targets(root, "aasx-origin", source="/")
        if not origins:
            message = "The package has no aasx-origin relationship to a part that it holds."
            raise RefusedError(error(Code.AASX_NO_ORIGIN, message), *self._missing())
        specs = self._specs(origins)
        environments = []
        for done, part in enumerate(specs):
            self.progress("checking", done, len(specs))
            environments.append(self._environment(part))
        environment = merge(environments, limits=self.limits)
        supplements: set[str] = set()
        for source in ("/", *origins, *specs):  # some tools hang them on the origin
            relationships = read_relationships(self.container, source, limits=self.limits)
            supplements.update(self._targets(relationships, "aas-suppl", source=source))
        named = self._named(environment.identifiables)
        thumbnail = self._thumbnail(root)
        data = {*origins, *specs}
        used = {*supplements, *named, *data, *([thumbnail.part] if thumbnail else [])}
        unreferenced = [each for each in self.container.parts if each not in used and not _is_structure(each)]
        for part in unreferenced:
            message = "Nothing in the package names this part; it is kept as a file of the whole package."
            self._note(info(Code.AASX_PART_UNREFERENCED, message, part=part))
        files = {*supplements, *named, *unreferenced}
        return AasPackage(
            metamodel=environment.metamodel,
            identifiables=environment.identifiables,
            files=tuple(self._file(part) for part in sorted(files)),
            thumbnail=thumbnail,
            unnamed=frozenset(files - named - data),
            findings=(*self.findings, *environment.findings),
        )

    def _specs(self, origins: Iterable[str]) -> list[str]:
        """Return the data parts: those that the origins name, then those that these are split into."""
        specs: list[str] = []
        for origin in origins:
            relationships = read_relationships(self.container, origin, limits=self.limits)
            specs += self._targets(relationships, "aas-spec", source=origin)
        if not specs:
            message = "The package has no aas-spec relationship to a part that it holds."
            raise RefusedError(error(Code.AASX_NO_SPEC, message), *self._missing())
        splits: dict[str, None] = {}
        waiting: list[tuple[str, tuple[str, ...]]] = [(spec, ()) for spec in reversed(specs)]
        while waiting:
            spec, way = waiting.pop()
            if spec in way or len(way) >= self.limits.relationship_steps:
                message = "The aas-spec-split relationships lead in a circle, or further than is followed."
                raise RefusedError(error(Code.AASX_RELATIONSHIP_CYCLE, message, part=spec))
            if spec not in splits:
                splits[spec] = None
                relationships = read_relationships(self.container, spec, limits=self.limits)
                found = self._targets(relationships, "aas-spec-split", source=spec)
                below = (*way, spec)
                waiting += [(split, below) for split in reversed(found)]
        return list(dict.fromkeys([*specs, *splits]))

    def _targets(self, relationships: Iterable[Relationship], name: str, *, source: str) -> list[str]:
        found: list[str] = []
        for relationship in relationships:
            match = _AAS_TYPE.fullmatch(relationship.type)
            if match is None or match[2] != name:
                continue
            part = self._target(relationship)
            if part is None:
                message = f"The {name} relationship names {relationship.target[:200]!r}, which is missing."
                self._warn(Code.AASX_PART_MISSING, message, source)
                continue
            if match[1] or relationship.external:
                said = (
                    "by its old type (www.admin-shell.io)" if match[1] else "in spite of TargetMode External"
                )
                message = f"{name} relationships of this part were read {said}."
                if all(finding.message != message for finding in self.findings):
                    self._warn(Code.AASX_RELATIONSHIP_LEGACY, message, relationship.source)
            found.append(part)
        return found

    def _missing(self) -> list[Finding]:
        """Return what was noted of parts that the package names and does not hold: why it is refused."""
        return [each for each in self.findings if each.code is Code.AASX_PART_MISSING]

    def _target(self, relationship: Relationship) -> str | None:
        part = self.container.find(relationship.target)
        if part is not None:
            return part
        part = self.container.find(part_named_by(relationship.target) or "/")
        if part is not None:
            message = f"The relationship names the part by the address {relationship.target[:200]!r}."
            self._warn(Code.AASX_PART_ODDLY_NAMED, message, relationship.source)
            return part
        part = self.container.find(relationship.from_root)
        if part is not None:
            message = (
                f"The relationship names {relationship.target[:200]!r}, which is missing; it was read as"
                f" {part!r}, for a slash before the target that is not there."
            )
            self._warn(Code.AASX_PART_ODDLY_NAMED, message, relationship.source)
            return part
        part = self.container.find_alike([relationship.target, relationship.from_root])
        if part is not None:
            message = f"The relationship names {relationship.target[:200]!r}; {_read_as(part)}"
            self._warn(Code.AASX_PART_ODDLY_NAMED, message, relationship.source)
        return part

    def _environment(self, part: str) -> Environment:
        content = self.container.read(part, max_bytes=self.limits.aas_data_bytes)
        kind = text_kind(content)
        if kind is ContentKind.XML:
            return read_xml(content, limits=self.limits, part=part)
        if kind is ContentKind.JSON:
            return read_json(content, limits=self.limits, part=part)
        message = "The aas-spec part is neither XML nor JSON."
        raise RefusedError(error(Code.UPLOAD_TYPE_UNKNOWN, message, part=part))

    def _named(self, identifiables: Iterable[Identifiable]) -> set[str]:
        """Return the parts that File elements and thumbnails of assets name."""
        found: set[str] = set()
        for entry in identifiables:
            elements = iterate_files(entry.body) if entry.kind is IdentifiableKind.SUBMODEL else ()
            values = ((str(element.path), element.value) for element in elements)
            thumbnail = "assetInformation.defaultThumbnail", thumbnail_path_of(entry.body) or None
            for path, value in chain(values, [thumbnail]):
                named = parts_named_by(value, source=entry.part)
                exact = next(filter(None, map(self.container.find, named)), None)
                part = exact or self.container.find_alike(named)
                place = f"{entry.path}/{path}".lstrip("/")
                if part:
                    found.add(part)
                if named and not part:
                    message = f"The file {named[-1][:200]!r} is not in the package."
                    self._warn(Code.AASX_PART_MISSING, message, entry.part, place)
                elif part and not exact:
                    message = f"The file is named {named[0][:200]!r}; {_read_as(part)}"
                    self._warn(Code.AASX_PART_ODDLY_NAMED, message, entry.part, place)
                elif part and value and ("\\" in value or not value.startswith("/")):
                    message = f"The file is named {value[:200]!r} and was read as {part!r}."
                    self._warn(Code.AASX_PART_ODDLY_NAMED, message, entry.part, place)
        return found

    def _thumbnail(self, root: Iterable[Relationship]) -> PackageFile | None:
        for relationship in root:
            if relationship.type == THUMBNAIL_TYPE:
                part = self._target(relationship)
                if part is not None:
                    return self._file(part)
                message = f"The thumbnail {relationship.target[:200]!r} is missing."
                self._warn(Code.AASX_PART_MISSING, message, "/")
        return None

    def _file(self, part: str) -> PackageFile:
        size = self.container.size(part)
        return PackageFile(part, self.types.of(part), size, _PartOpener(self.container, part))

    def _warn(self, code: Code, message: str, part: str | None, path: str | None = None) -> None:
        self._note(warning(code, message, part=part, path=path))

    def _note(self, finding: Finding) -> None:
        most = self.limits.listed_findings
        if len(self.findings) < most:
            self.findings.append(finding)
        elif len(self.findings) == most:
            message = f"More than {most} notes on the package; the rest is not listed."
            self.findings.append(warning(finding.code, message))


@dataclass(frozen=True, slots=True)
class _PartOpener:
    """Opens one part; equal where it opens the same one of the same archive."""

    container: ZipContainer
    part: str

    def __call__(self) -> BinaryIO:
        return self.container.open(self.part)


def _read_as(part: str) -> str:
    return (
        f"read was {part!r}, whose name differs in characters that are composed otherwise or cannot be seen."
    )


def _is_structure(part: str) -> bool:
    name = part.casefold()
    return (
        name == CONTENT_TYPES_PART.casefold()
        or name.startswith(("/docprops/", "/package/services/"))
        or name.endswith((".rels", ".psmdcp", ".psdsor", ".psdsxs", ".psdscer"))
    )
