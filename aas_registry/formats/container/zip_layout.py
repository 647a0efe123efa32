"""Where the bytes of a ZIP archive stand: all belong to it, none twice, and its headers agree.

Readers of archives disagree about archives whose headers disagree: what one checks is not what
another unpacks. So the archive must be laid out as honest writers do it: local headers and
parts from the first byte on without gaps, then the directory, then one end record, then
nothing. Each local header must say what the directory says.

Source:
    PKWARE APPNOTE 6.3.10, 4.3.6 (overall format), 4.3.7 (local header), 4.3.9 (data
    descriptor), 4.3.14 to 4.3.16 (end records).
"""

import io
import re
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_END_MARK, _END64_MARK, _LOCATOR64_MARK = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_MOST_COMMENT_BYTES = 0xFFFF
_NO_TEXT = re.compile(rb"[\x00-\x1f\x7f<]")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_HAS_DESCRIPTOR = 0x8
_DESCRIPTOR_BYTES = frozenset({12, 16, 20, 24})  # with and without a mark, of 4 or 8 bytes per size
_IN_EXTRA = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the central directory stands.

    Attributes:
        start: First byte.
        end: Byte after the last.
        entries: How many entries the end record names.
    """

    start: int
    end: int
    entries: int


def find_directory(stream: BinaryIO) -> Directory:
    """Return where the directory stands, as the one end record says.

    Raises:
        RefusedError: ZIP-INVALID where there is no end record, or it names what is not
            there; ZIP-OUTSIDE-DATA where bytes follow it, or its comment is more than a line of text.
    """
    length = stream.seek(0, io.SEEK_END)
    tail_start = max(0, length - _END.size - _MOST_COMMENT_BYTES)
    stream.seek(tail_start)
    tail = stream.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        _refuse(Code.ZIP_INVALID, "The archive has no end record: it is no ZIP archive, or cut off.")
    _, disk, first_disk, here, total, size, offset, comment_bytes = _END.unpack_from(tail, at)
    rest = tail[at + _END.size :]
    if len(rest) < comment_bytes:
        _refuse(Code.ZIP_INVALID, "The archive's comment is cut off.")
    if len(rest) > comment_bytes:
        _refuse(Code.ZIP_OUTSIDE_DATA, f"{len(rest) - comment_bytes} bytes follow the archive's end.")
    if _NO_TEXT.search(rest.strip()):
        _refuse(Code.ZIP_OUTSIDE_DATA, "The archive's comment is more than a line of text.")
    if disk or first_disk or here != total:
        _refuse(Code.ZIP_INVALID, "The archive is split over several disks.")
    end = tail_start + at
    locator = tail[max(0, at - _LOCATOR64.size) : at]
    if locator.startswith(_LOCATOR64_MARK) and len(locator) == _LOCATOR64.size:
        return _find_directory64(stream, locator, end - _LOCATOR64.size, (total, size, offset))
    return _directory_at(offset, size, end, total)


def refuse_layout(stream: BinaryIO, entries: Sequence[zipfile.ZipInfo], directory: Directory) -> None:
    """Refuse an archive whose parts overlap, leave gaps, or have headers that disagree.

    Args:
        stream: The archive; read at each local header only.
        entries: Every entry of the directory, in any order.
        directory: Where that directory stands.

    Raises:
        RefusedError: ZIP-OVERLAP, ZIP-OUTSIDE-DATA, ZIP-SIZE-LIE, ZIP-ENCRYPTED or ZIP-INVALID;
            the finding names the part.
    """
    if len(entries) & 0xFFFF != directory.entries & 0xFFFF:
        message = f"The end record names {directory.entries} entries; the directory has {len(entries)}."
        _refuse(Code.ZIP_INVALID, message)
    end = 0
    has_descriptor = False
    previous: zipfile.ZipInfo | None = None
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset + _LOCAL.size > directory.start:
            _refuse(Code.ZIP_INVALID, "The part lies outside of the archive's parts.", entry)
        _check_gap(entry.header_offset - end, entry, previous, has_descriptor=has_descriptor)
        end, has_descriptor = _check_part(stream, entry)
        previous = entry
    _check_gap(directory.start - end, None, previous, has_descriptor=has_descriptor)


def _find_directory64(stream: BinaryIO, locator: bytes, end: int, stated: tuple[int, int, int]) -> Directory:
    start = end - _END64.size
    _, disk, record_at, disks = _LOCATOR64.unpack(locator)
    if start < 0 or record_at != start or disk or disks > 1:
        _refuse(Code.ZIP_INVALID, "The ZIP64 end record does not stand where its locator says.")
    stream.seek(start)
    fields = _END64.unpack(stream.read(_END64.size))
    here, total, size, offset = fields[6:]
    if fields[0] != _END64_MARK or fields[4] or fields[5] or here != total:
        _refuse(Code.ZIP_INVALID, "The ZIP64 end record is damaged.")
    for short, long, most in zip(stated, (total, size, offset), (0xFFFF, _IN_EXTRA, _IN_EXTRA), strict=True):
        if short not in (long, most):
            _refuse(Code.ZIP_INVALID, "The two end records of the archive contradict each other.")
    return _directory_at(offset, size, start, total)


def _directory_at(offset: int, size: int, end: int, entries: int) -> Directory:
    if offset + size > end:
        _refuse(Code.ZIP_INVALID, "The directory does not stand where the end record says.")
    if offset + size < end:
        _refuse(Code.ZIP_OUTSIDE_DATA, "Bytes that belong to no part stand before the archive's end.")
    return Directory(offset, end, entries)


def _check_gap(
    gap: int, entry: zipfile.ZipInfo | None, previous: zipfile.ZipInfo | None, *, has_descriptor: bool
) -> None:
    if gap < 0:
        with_what = "the archive's directory" if entry is None else "another"
        named = previous if entry is None else entry
        _refuse(Code.ZIP_OVERLAP, f"The part shares bytes with {with_what}.", named)
    if gap > 0 and not (has_descriptor and gap in _DESCRIPTOR_BYTES):
        where = "at the archive's beginning" if previous is None else "after this part"
        _refuse(Code.ZIP_OUTSIDE_DATA, f"{gap} bytes {where} belong to no part.", previous)


def _check_part(stream: BinaryIO, entry: zipfile.ZipInfo) -> tuple[int, bool]:
    """Return where a part ends whose two headers agree, and whether a data descriptor may follow."""
    stream.seek(entry.header_offset)
    header = _LOCAL.unpack(stream.read(_LOCAL.size))
    mark, _, flags, method, _, _, crc, packed, size, name_bytes, extra_bytes = header
    if mark != b"PK\3\4":
        _refuse(Code.ZIP_INVALID, "The part's local header is missing.", entry)
    if flags & _ENCRYPTED:
        _refuse(Code.ZIP_ENCRYPTED, "The part is encrypted.", entry)
    name = entry.orig_filename
    spellings = name.encode("utf-8", "surrogatepass"), name.encode("cp437", "replace")
    if stream.read(name_bytes) not in spellings or method != entry.compress_type:
        _refuse(Code.ZIP_SIZE_LIE, "The part has another name or method in its local header.", entry)
    has_descriptor = bool(flags & _HAS_DESCRIPTOR)
    stated = [(size, entry.file_size), (packed, entry.compress_size)]
    if not has_descriptor:
        stated.append((crc, entry.CRC))
    for said, known in stated:
        is_elsewhere = said == _IN_EXTRA or (said == 0 and has_descriptor)
        if said != known and not is_elsewhere:
            _refuse(Code.ZIP_SIZE_LIE, f"The local header says {said}, the directory {known}.", entry)
    end = entry.header_offset + _LOCAL.size + name_bytes + extra_bytes + entry.compress_size
    return end, has_descriptor


def _refuse(code: Code, message: str, entry: zipfile.ZipInfo | None = None) -> NoReturn:
    part = None if entry is None else f"/{entry.orig_filename}"
    raise RefusedError(error(code, message, part=part))
