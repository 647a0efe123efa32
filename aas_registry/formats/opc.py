"""Open Packaging Conventions: relationships and content types of a package.

Written on our own ZIP and XML readers, because those carry the limits.

Source:
    ECMA-376 Part 2 (5th edition), 6.2.3 (content types) and 6.5 (relationships).
"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import part_key
from aas_registry.formats.bounded_xml import xml_events
from aas_registry.formats.zip_container import ZipContainer

RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES_PART = "/[Content_Types].xml"
THUMBNAIL_TYPE = f"{RELATIONSHIPS_NAMESPACE}/metadata/thumbnail"
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
_STRUCTURE_BYTES = 8 * 1024 * 1024
_RELATIONSHIPS_PER_PART = 20_000


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of the package or of a part.

    Attributes:
        type: The relationship type, a URI.
        target: Absolute part name; the address as written where it has a scheme.
        external: The package marks the target as outside (``TargetMode``).
        source: Part that holds the relationship; ``/`` for the package.
    """

    type: str
    target: str
    external: bool
    source: str


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """The media types that a package declares, by part and by extension."""

    by_part: Mapping[str, str]
    by_extension: Mapping[str, str]

    def of(self, part: str) -> str:
        """Return the media type of a part; `UNKNOWN_MEDIA_TYPE` where none is declared."""
        extension = posixpath.splitext(part)[1].removeprefix(".").casefold()
        return self.by_part.get(part_key(part)) or self.by_extension.get(extension) or UNKNOWN_MEDIA_TYPE


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
    found: list[Relationship] = []
    content = container.read(part, max_bytes=_STRUCTURE_BYTES)
    for event, element in xml_events(content, max_depth=limits.nesting_depth, part=part):
        if event == "start" and element.name == "Relationship":
            found.append(_relationship(element.attrib, source, part))
        if len(found) > _RELATIONSHIPS_PER_PART:
            message = f"The part has more than {_RELATIONSHIPS_PER_PART} relationships."
            raise RefusedError(error(Code.ZIP_TOO_MANY_PARTS, message, part=part))
    return tuple(found)


def read_content_types(container: ZipContainer, *, limits: Limits) -> ContentTypes | None:
    """Return the declared media types; None where the package has no content types part.

    Raises:
        RefusedError: Damaged or hostile XML.
    """
    part = container.find(CONTENT_TYPES_PART)
    if part is None:
        return None
    by_part: dict[str, str] = {}
    by_extension: dict[str, str] = {}
    content = container.read(part, max_bytes=_STRUCTURE_BYTES)
    for event, element in xml_events(content, max_depth=limits.nesting_depth, part=part):
        media_type = element.attrib.get("ContentType", "")[:200]
        if event == "start" and element.name == "Override":
            by_part[part_key(element.attrib.get("PartName", ""))] = media_type
        elif event == "start" and element.name == "Default":
            by_extension[element.attrib.get("Extension", "").casefold()] = media_type
    return ContentTypes(by_part, by_extension)


def _relationship(attributes: Mapping[str, str], source: str, part: str) -> Relationship:
    target = attributes.get("Target", "")
    external = attributes.get("TargetMode", "Internal") == "External"
    return Relationship(attributes.get("Type", ""), _resolved(target, source, part), external, source)


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
