"""Open Packaging Conventions: relationships and content types of a package.

Written on our own ZIP and XML readers, because those carry the limits.

Source:
    ECMA-376 Part 2 (5th edition), 6.2.3 (content types) and 6.5 (relationships).
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import part_key
from aas_registry.formats.container.bounded_xml import XmlElement, xml_events
from aas_registry.formats.container.zip import ZipContainer

RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES_PART = "/[Content_Types].xml"
THUMBNAIL_TYPE = f"{RELATIONSHIPS_NAMESPACE}/metadata/thumbnail"
_OFFICE_DOCUMENT = "/officeDocument"
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
_STRUCTURE_SUFFIXES = (".rels", ".psmdcp", "/[content_types].xml")
_MEDIA_TYPE = re.compile(r"[!#$&^\w.+-]{1,127}/[!#$&^\w.+-]{1,127}(\s*;[\x20-\x7e\t]{0,500})?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of the package or of a part.

    Attributes:
        type: The relationship type, a URI.
        target: Absolute part name; the address as written where it has a scheme.
        external: The package marks the target as outside (``TargetMode``).
        source: Part that holds the relationship; ``/`` for the package.
        id: Its name in that part, by which the source's own content refers to it.
        from_root: Absolute part name that the target has where it is read from the root: some
            writers leave out the slash before it. ``target`` itself where both are one.
    """

    type: str
    target: str
    external: bool
    source: str
    id: str = ""
    from_root: str = ""


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """The media types that a package declares, by part and by extension."""

    by_part: Mapping[str, str]
    by_extension: Mapping[str, str]

    def of(self, part: str) -> str:
        """Return the media type of a part; `UNKNOWN_MEDIA_TYPE` where none is declared."""
        extension = posixpath.splitext(part)[1].removeprefix(".").casefold()
        return self.by_part.get(part_key(part)) or self.by_extension.get(extension) or UNKNOWN_MEDIA_TYPE


def is_media_type(text: str) -> bool:
    """Return whether a text is a media type, with or without parameters (RFC 6838, 4.2)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def relationships_part(source: str) -> str:
    """Return the name of the part that holds a source's relationships; ``/`` is the package."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def part_uri(part: str) -> str:
    """Return a part name as a reference spells it: ASCII, the rest percent-encoded.

    Source:
        ECMA-376 Part 2, 6.2.2 (part names) and 7.3.2 (ZIP item names).
    """
    return quote(part, safe="/%:@!$&'()*+,;=-._~[]")


def read_relationships(container: ZipContainer, source: str, *, limits: Limits) -> tuple[Relationship, ...]:
    """Return the relationships of a part, or of the package (``/``); none where it has none.

    Raises:
        RefusedError: Damaged or hostile XML, a target that leaves the package, too many.
    """
    part = container.find(relationships_part(source))
    if part is None:
        return ()
    found = []
    for element in _elements(container, part, limits):
        if element.name == "Relationship":
            stated = element.attrib.get
            written, external = stated("Target", ""), stated("TargetMode", "Internal") == "External"
            target = _resolved(written, source, part)
            from_root = target if ".." in written else _resolved(written, "/", part)
            identifier = stated("Id", "")
            found.append(Relationship(stated("Type", ""), target, external, source, identifier, from_root))
    return tuple(found)


def workbook_part(container: ZipContainer, *, limits: Limits) -> str | None:
    """Return the main part of a workbook; None where the archive is no workbook.

    Raises:
        RefusedError: Hostile relationships.
    """
    named = [
        each.target
        for each in read_relationships(container, "/", limits=limits)
        if each.type.endswith(_OFFICE_DOCUMENT) and not each.external
    ]
    part = container.find(named[0] if named else "/xl/workbook.xml")
    # A Word document has an office document too: a workbook's lies in xl by every writer.
    return part if part is not None and part.casefold().startswith("/xl/") else None


def read_content_types(container: ZipContainer, *, limits: Limits) -> ContentTypes | None:
    """Return the declared media types; None where the package has no content types part.

    Raises:
        RefusedError: Damaged or hostile XML; too many; AASX-CONTENT-TYPES where two contradict
            each other or one is no media type.
    """
    part = container.find(CONTENT_TYPES_PART)
    if part is None:
        return None
    by_part: dict[str, str] = {}
    alike: dict[str, str] = {}
    by_extension: dict[str, str] = {}
    for element in _elements(container, part, limits):
        media_type = element.attrib.get("ContentType", "")
        if element.name == "Override":
            name = element.attrib.get("PartName", "")
            _declare(by_part, part_key(name), media_type, part)
            alike[part_key(container.find_alike([name]) or name)] = media_type
        elif element.name == "Default":
            _declare(by_extension, element.attrib.get("Extension", "").casefold(), media_type, part)
    return ContentTypes(alike | by_part, by_extension)


def refuse_hostile_structure(container: ZipContainer, *, limits: Limits) -> None:
    """Refuse a package any of whose structural XML is hostile, read or not: others will read it.

    Relationships of every part, content types and document properties are looked through.
    What is merely malformed and never read here passes.

    Raises:
        RefusedError: XML-DOCTYPE, XML-TOO-DEEP, XML-TOO-WIDE, or too many entries.
    """
    for part in container.parts:
        if part.casefold().endswith(_STRUCTURE_SUFFIXES) or part.casefold().startswith("/docprops/"):
            try:
                for _ in _elements(container, part, limits):
                    pass
            except RefusedError as refusal:
                if refusal.code is not Code.XML_INVALID:
                    raise


def _elements(container: ZipContainer, part: str, limits: Limits) -> Iterator[XmlElement]:
    content = container.read(part, max_bytes=limits.package_structure_bytes)
    count = 0
    for event, element in xml_events(content, limits=limits, part=part):
        count += event == "start"
        if count > limits.package_relationships:
            message = f"The part has more than {limits.package_relationships} entries."
            raise RefusedError(error(Code.AASX_TOO_MANY_RELATIONSHIPS, message, part=part))
        if event == "start":
            yield element


def _declare(types: dict[str, str], name: str, media_type: str, part: str) -> None:
    if media_type and not is_media_type(media_type):
        message = f"{name[:200]!r} has the content type {media_type[:200]!r}, which is none."
        raise RefusedError(error(Code.AASX_CONTENT_TYPES, message, part=part))
    if types.setdefault(name, media_type) != media_type:
        message = f"{name[:200]!r} has two content types."
        raise RefusedError(error(Code.AASX_CONTENT_TYPES, message, part=part))


def _resolved(target: str, source: str, part: str) -> str:
    try:
        pieces = urlsplit(target)
    except ValueError as cause:
        raise _bad_target(target, part) from cause
    if pieces.scheme or pieces.netloc:
        return target[:2000]
    if "\\" in target or "\x00" in target:
        raise _bad_target(target, part)
    depth = 0
    for step in posixpath.join(posixpath.dirname(source), pieces.path).split("/"):
        depth += {"": 0, ".": 0, "..": -1}.get(step, 1)
        if depth < 0:
            raise _bad_target(target, part)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(source), pieces.path))
    return "/" + joined.lstrip("/")


def _bad_target(target: str, part: str) -> RefusedError:
    message = f"A relationship leads to {target[:200]!r}, which leaves the package."
    return RefusedError(error(Code.ZIP_PART_NAME, message, part=part))
