"""Packages and environments as files: AASX (Part 5), AAS XML, AAS JSON.

The same package gives the same bytes: parts in ascending order, one fixed time stamp, no
names that depend on the machine. What is written re-opens in basyx-python-sdk, strict.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind, PackageFile, part_key
from aas_registry.formats.aasx import AAS_RELATIONSHIPS
from aas_registry.formats.metamodel import RULES_BY_VERSION, parse_identifiable
from aas_registry.formats.opc import (
    CONTENT_TYPES_NAMESPACE,
    CONTENT_TYPES_PART,
    RELATIONSHIPS_NAMESPACE,
    THUMBNAIL_TYPE,
    part_uri,
    relationships_part,
)

DataFormat = Literal["xml", "json"]

_ORIGIN = "/aasx/aasx-origin"
_DATA = {"xml": "/aasx/data.xml", "json": "/aasx/data.json"}
_MEDIA_TYPES = {"xml": "application/xml", "json": "application/json"}
_RELATIONSHIPS_MEDIA_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that ZIP can tell
_UNIX = 3
_FILE_MODE = 0o100644 << 16


def write_aasx(package: AasPackage, *, data_format: DataFormat = "xml") -> bytes:
    """Return a package as AASX.

    Args:
        package: Its ``metamodel`` decides the namespace of the XML.
        data_format: How the AAS data are written.

    Raises:
        RefusedError: A body cannot be read by the package's metamodel (XML only).
        InvalidRequestError: Two files have the same part name, or one of the package's own.

    Source:
        IDTA-01005 (Part 5); ECMA-376 Part 2.
    """
    data_part = _DATA[data_format]
    thumbnail = [package.thumbnail] if package.thumbnail else []
    files = _unique_files([*package.files, *thumbnail], reserved=(_ORIGIN, data_part))
    root = [
        (f"{AAS_RELATIONSHIPS}/aasx-origin", _ORIGIN),
        *((THUMBNAIL_TYPE, each.part) for each in thumbnail),
    ]
    parts = {each.part: each.content for each in files}
    parts[_ORIGIN] = b"Intentionally empty."
    parts[data_part] = _data(package, data_format)
    parts[relationships_part("/")] = _relationships(root)
    parts[relationships_part(_ORIGIN)] = _relationships([(f"{AAS_RELATIONSHIPS}/aas-spec", data_part)])
    if package.files:
        supplements = [
            (f"{AAS_RELATIONSHIPS}/aas-suppl", part) for part in sorted(each.part for each in package.files)
        ]
        parts[relationships_part(data_part)] = _relationships(supplements)
    media_types = {each.part: each.media_type for each in files}
    media_types |= {_ORIGIN: "text/plain", data_part: _MEDIA_TYPES[data_format]}
    return _zipped({CONTENT_TYPES_PART: _content_types(media_types)} | dict(sorted(parts.items())))


def write_environment_json(identifiables: Sequence[Identifiable]) -> bytes:
    """Return an AAS environment as canonical JSON (RFC 8785)."""
    environment: dict[str, list[Mapping[str, Any]]] = {}
    for kind in IdentifiableKind:
        bodies = [entry.body for entry in identifiables if entry.kind is kind]
        if bodies:
            environment[kind.environment_member] = bodies
    return canonical_bytes(environment)


def write_environment_xml(identifiables: Sequence[Identifiable], *, metamodel: str = "3.1") -> bytes:
    """Return an AAS environment as XML, UTF-8.

    Args:
        identifiables: What to write; kind by kind, in the order given.
        metamodel: ``3.0`` or ``3.1``; decides the namespace.

    Raises:
        RefusedError: A body cannot be read by the metamodel's rules.
    """
    rules = RULES_BY_VERSION[metamodel]
    pieces = [f'<?xml version="1.0" encoding="UTF-8"?>\n<environment xmlns="{rules.namespace}">']
    for kind in IdentifiableKind:
        written = [
            rules.xmlization.to_str(parse_identifiable(rules, kind, entry.body, path=entry.path))
            for entry in identifiables
            if entry.kind is kind
        ]
        if written:
            pieces += [f"<{kind.environment_member}>", *written, f"</{kind.environment_member}>"]
    pieces.append("</environment>")
    # A bare carriage return would be read back as a line feed (XML 1.0, 2.11).
    return "".join(pieces).replace("\r", "&#13;").encode()


def _data(package: AasPackage, data_format: DataFormat) -> bytes:
    if data_format == "json":
        return write_environment_json(package.identifiables)
    return write_environment_xml(package.identifiables, metamodel=package.metamodel)


def _unique_files(files: Sequence[PackageFile], *, reserved: Sequence[str]) -> list[PackageFile]:
    taken = {part_key(part) for part in reserved}
    unique: dict[str, PackageFile] = {}
    for each in files:
        key = part_key(each.part)
        if key in taken or unique.setdefault(key, each) != each:
            raise InvalidRequestError(f"Two parts of the package would have the name {each.part!r}.")
    return list(unique.values())


def _relationships(targets: Sequence[tuple[str, str]]) -> bytes:
    entries = "".join(
        f'<Relationship Id="r{number}" Type={quoteattr(kind)} Target={quoteattr(part_uri(target))}/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return _document(f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">{entries}</Relationships>')


def _content_types(media_types: Mapping[str, str]) -> bytes:
    overrides = "".join(
        f"<Override PartName={quoteattr(part_uri(part))} ContentType={quoteattr(media_type)}/>"
        for part, media_type in sorted(media_types.items())
    )
    default = f'<Default Extension="rels" ContentType="{_RELATIONSHIPS_MEDIA_TYPE}"/>'
    return _document(f'<Types xmlns="{CONTENT_TYPES_NAMESPACE}">{default}{overrides}</Types>')


def _document(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{root}'.encode()


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(part_uri(name).removeprefix("/"), date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE
            archive.writestr(entry, content)
    return stream.getvalue()
