"""AASX packages (Part 5), written piece by piece.

The same package gives the same bytes: parts in ascending order, one fixed time stamp, no
names that depend on the machine. What is written re-opens in basyx-python-sdk, strict.
"""

import io
import shutil
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.package import AasPackage, PackageFile, part_key
from aas_registry.formats.aas.environment_writer import (
    DataFormat,
    source_of,
    write_environment,
)
from aas_registry.formats.container.opc import (
    CONTENT_TYPES_NAMESPACE,
    CONTENT_TYPES_PART,
    RELATIONSHIPS_NAMESPACE,
    THUMBNAIL_TYPE,
    UNKNOWN_MEDIA_TYPE,
    is_media_type,
    part_uri,
    relationships_part,
)
from aas_registry.formats.package.aasx import AAS_RELATIONSHIPS

_ORIGIN = "/aasx/aasx-origin"
_DATA: Mapping[DataFormat, str] = {"xml": "/aasx/data.xml", "json": "/aasx/data.json"}
_MEDIA_TYPES: Mapping[DataFormat, str] = {"xml": "application/xml", "json": "application/json"}
_RELATIONSHIPS_MEDIA_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that ZIP can tell
_UNIX = 3
_FILE_MODE = 0o100644 << 16
_CHUNK_BYTES = 256 * 1024
_SMALL_BYTES = 4096
_MOST_GROWTH = 100
# Compressing them again takes time and gains nothing.
_COMPRESSED = frozenset({"application/pdf", "application/zip", "image/jpeg", "image/png", "video/mp4"})

RESERVED_PARTS = (_ORIGIN, *_DATA.values(), CONTENT_TYPES_PART)
"""Parts that every package needs itself; no file can have their names."""

STRUCTURAL_PARTS = 6
"""How many parts a package has besides files: types, origin, data, and the relationships of three."""

_Content = bytes | BinaryIO | PackageFile


def write_aasx(package: AasPackage, *, data_format: DataFormat = "xml") -> bytes:
    """Return a package as AASX, held in memory: for packages that are known to be small.

    Raises:
        RefusedError: A body cannot be said in XML by the package's metamodel.
        InvalidRequestError: Two files have the same part name, or one of the package's own.
    """
    data, stream = io.BytesIO(), io.BytesIO()
    write_environment(source_of(package.identifiables), data, data_format, metamodel=package.metamodel)
    save_aasx(stream, data=data, data_format=data_format, files=package.files, thumbnail=package.thumbnail)
    return stream.getvalue()


def save_aasx(
    stream: BinaryIO,
    *,
    data: BinaryIO,
    data_format: DataFormat,
    files: Sequence[PackageFile] = (),
    thumbnail: PackageFile | None = None,
) -> None:
    """Write a package; no more than a piece of any part is in memory.

    Args:
        stream: Where to; seekable.
        data: The AAS environment, seekable; all of it is taken.
        data_format: How it is written.
        files: Supplementary files.
        thumbnail: Picture of the package; it may be one of the files, too.

    Raises:
        InvalidRequestError: Two files have the same part name, or one of the package's own.

    Source:
        IDTA-01005 (Part 5), "ECMA-376 Relationships"; ECMA-376 Part 2.
    """
    data_part = _DATA[data_format]
    thumbnails = [thumbnail] if thumbnail else []
    unique = _unique_files([*files, *thumbnails], reserved=(_ORIGIN, data_part))
    # Readers refuse what is none, and a file may have been stored by a reader that did not.
    types = {
        each.part: each.media_type if is_media_type(each.media_type) else UNKNOWN_MEDIA_TYPE
        for each in unique
    }
    types |= {_ORIGIN: "text/plain", data_part: _MEDIA_TYPES[data_format]}
    parts: dict[str, _Content] = {each.part: each for each in unique}
    parts[_ORIGIN] = b"Intentionally empty."
    parts[data_part] = data
    parts |= _all_relationships(data_part, files, thumbnails)
    _write_container(stream, parts, types)


def _unique_files(files: Sequence[PackageFile], *, reserved: Sequence[str]) -> list[PackageFile]:
    taken = {part_key(part) for part in reserved}
    unique: dict[str, PackageFile] = {}
    for each in files:
        key = part_key(each.part)
        if key in taken or unique.setdefault(key, each) != each:
            raise InvalidRequestError(f"Two parts of the package would have the name {each.part!r}.")
    return list(unique.values())


def _all_relationships(
    data_part: str, files: Sequence[PackageFile], thumbnails: Sequence[PackageFile]
) -> dict[str, bytes]:
    root = [(f"{AAS_RELATIONSHIPS}/aasx-origin", _ORIGIN)]
    root += [(THUMBNAIL_TYPE, each.part) for each in thumbnails]
    found = {
        relationships_part("/"): _relationships(root),
        relationships_part(_ORIGIN): _relationships([(f"{AAS_RELATIONSHIPS}/aas-spec", data_part)]),
    }
    if files:
        supplements = [
            (f"{AAS_RELATIONSHIPS}/aas-suppl", part) for part in sorted(each.part for each in files)
        ]
        found[relationships_part(data_part)] = _relationships(supplements)
    return found


def _relationships(targets: Sequence[tuple[str, str]]) -> bytes:
    entries = "".join(
        f'<Relationship Id="r{number}" Type={quoteattr(kind)} Target={quoteattr(part_uri(target))}/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return _document(f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">{entries}</Relationships>')


def _document(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{root}'.encode()


def _write_container(stream: BinaryIO, parts: Mapping[str, _Content], media_types: Mapping[str, str]) -> None:
    overrides = "".join(
        f"<Override PartName={quoteattr(part_uri(part))} ContentType={quoteattr(media_type)}/>"
        for part, media_type in sorted(media_types.items())
    )
    default = f'<Default Extension="rels" ContentType="{_RELATIONSHIPS_MEDIA_TYPE}"/>'
    types = _document(f'<Types xmlns="{CONTENT_TYPES_NAMESPACE}">{default}{overrides}</Types>')
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in [(CONTENT_TYPES_PART, types), *sorted(parts.items())]:
            entry = zipfile.ZipInfo(part_uri(name).removeprefix("/"), date_time=_EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE
            entry.file_size = _size_of(content)  # ZIP64 where it is needed, and only there
            entry.compress_type = zipfile.ZIP_DEFLATED if _is_worth_it(content) else zipfile.ZIP_STORED
            with archive.open(entry, "w") as written, _opened(content) as opened:
                shutil.copyfileobj(opened, written, _CHUNK_BYTES)


def _size_of(content: _Content) -> int:
    if isinstance(content, PackageFile):
        return content.size
    return len(content) if isinstance(content, bytes) else content.seek(0, io.SEEK_END)


def _opened(content: _Content) -> AbstractContextManager[BinaryIO]:
    if isinstance(content, PackageFile):
        return content.open()
    if isinstance(content, bytes):
        return io.BytesIO(content)
    content.seek(0)
    return nullcontext(content)


def _is_worth_it(content: _Content) -> bool:
    """Return whether a part is deflated: not what is compressed already, nor what looks like a bomb.

    Readers refuse parts that unpack to hundreds of times their size, ours too. For most
    files this is known after a few of their bytes.
    """
    if isinstance(content, PackageFile) and content.media_type in _COMPRESSED:
        return False
    size, deflated = _size_of(content), 0
    if size <= _SMALL_BYTES:
        return True
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    with _opened(content) as opened:
        while chunk := opened.read(_CHUNK_BYTES):
            deflated += len(compressor.compress(chunk))
            if deflated * _MOST_GROWTH >= size:
                return True
    return (deflated + len(compressor.flush())) * _MOST_GROWTH >= size
