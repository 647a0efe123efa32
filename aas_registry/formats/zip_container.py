"""A ZIP archive behind a wall: the container of an AASX package.

The standard library parses the central directory and nothing else; the parts are
inflated here, so that every bound is checked against what is really inflated and not
only against what a header says. pyecma376-2, which comes with the AAS SDK, is not used:
it has no limit of size, ratio, count or depth, and keeps ``..`` in part names.

Refused: more parts, more unpacked bytes or a higher ratio than the limits; a header that
lies about a size; parts that overlap; encryption; part names that are absolute, leave
the package, hold a backslash, NUL or an encoded separator, or occur twice regardless of
case (ECMA-376 Part 2, 6.2.2).
"""

import io
import re
import struct
import zipfile
import zlib
from typing import BinaryIO
from urllib.parse import unquote

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import part_key

_RATIO_FROM_BYTES = 1024 * 1024
_DIRECTORY_BYTES_PER_PART = 512
_TAIL_BYTES = 1 << 17  # the end record and its comment are at most 64 KiB and 22 bytes
_CHUNK_BYTES = 65_536
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_ENCODED_SEPARATOR = re.compile(r"%(?:2f|5c|00)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class ZipContainer:
    """The parts of one archive, each read on demand, all bounds kept."""

    def __init__(self, stream: BinaryIO, *, limits: Limits) -> None:
        """Read and check the central directory; nothing is inflated yet.

        Raises:
            RefusedError: Damaged, or over a limit, or a part that is not allowed.
        """
        self._stream = stream
        self._limits = limits
        self._inflated_bytes = 0
        entries = _directory(stream, limits)
        self._parts = _checked_parts(entries, limits)

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of all parts, absolute, in ascending order."""
        return tuple(sorted(_part_name(entry) for entry in self._parts.values()))

    def find(self, name: str) -> str | None:
        """Return the part of that name as the archive spells it, None where there is none."""
        entry = self._parts.get(part_key(name))
        return None if entry is None else _part_name(entry)

    def read(self, name: str, *, max_bytes: int | None = None) -> bytes:
        """Return the content of a part.

        Args:
            name: A part that `find` answers.
            max_bytes: Refuse a part that is longer.

        Raises:
            RefusedError: Damaged, longer than its header says, or over a limit.
        """
        entry = self._parts[part_key(name)]
        if max_bytes is not None and entry.file_size > max_bytes:
            message = f"The part holds {entry.file_size} bytes; the limit is {max_bytes}."
            raise RefusedError(error(Code.ZIP_TOO_LARGE, message, part=_part_name(entry)))
        content = _inflate(_compressed(self._stream, entry), entry)
        self._inflated_bytes += len(content)
        if self._inflated_bytes > self._limits.unpacked_bytes:
            raise _too_large(self._limits)
        return content


class _DirectoryBound(io.RawIOBase):
    """The stream as zipfile sees it while it reads the directory: no read is long.

    zipfile reads the whole central directory at once and makes an object per entry, so
    the number of entries is bounded only by bounding that one read.
    """

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return self._stream.read(self._max_bytes)
        if size > self._max_bytes:
            message = "The archive's directory is longer than the limit of parts allows."
            raise RefusedError(error(Code.ZIP_TOO_MANY_PARTS, message))
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True


def _directory(stream: BinaryIO, limits: Limits) -> list[zipfile.ZipInfo]:
    bound = _DirectoryBound(stream, limits.package_parts * _DIRECTORY_BYTES_PER_PART + _TAIL_BYTES)
    try:
        # Never closed: closing a ZipFile in mode "r" would only drop its reference.
        return zipfile.ZipFile(bound).infolist()
    except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, ValueError, EOFError) as cause:
        message = f"The archive cannot be read: {cause}."
        raise RefusedError(error(Code.ZIP_INVALID, message)) from cause


def _checked_parts(entries: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > limits.package_parts:
        message = f"The archive has {len(entries)} parts; the limit is {limits.package_parts}."
        raise RefusedError(error(Code.ZIP_TOO_MANY_PARTS, message))
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise _too_large(limits)
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        _refuse_name(entry.orig_filename)
        _refuse_entry(entry, limits)
        key = part_key(entry.orig_filename)
        if key in parts:
            message = f"Two parts have the name {entry.orig_filename[:200]!r}, case aside."
            raise RefusedError(error(Code.ZIP_PART_DUPLICATE, message, part=_part_name(entry)))
        parts[key] = entry
    _refuse_overlap(entries)
    return {key: entry for key, entry in parts.items() if not entry.orig_filename.endswith("/")}


def _refuse_name(name: str) -> None:
    folders = unquote(name).removesuffix("/").split("/")
    if (
        name.startswith("/")
        or "\\" in name
        or _CONTROL.search(unquote(name))
        or _ENCODED_SEPARATOR.search(name)
        or any(segment in ("", ".", "..") for segment in folders)
        or re.match(r"[A-Za-z]:", name)
    ):
        message = (
            f"A part has the name {name[:200]!r}, which is absolute, leaves the package or is malformed."
        )
        raise RefusedError(error(Code.ZIP_PART_NAME, message, part=name[:200].replace("\x00", "\ufffd")))


def _refuse_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    part = _part_name(entry)
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        raise RefusedError(error(Code.ZIP_ENCRYPTED, "The part is encrypted.", part=part))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        message = f"The part is compressed by method {entry.compress_type}; OPC allows 0 and 8."
        raise RefusedError(error(Code.ZIP_INVALID, message, part=part))
    large = entry.file_size > _RATIO_FROM_BYTES
    if large and entry.file_size > limits.compression_ratio * max(entry.compress_size, 1):
        message = (
            f"The part unpacks from {entry.compress_size} to {entry.file_size} bytes; "
            f"the limit is {limits.compression_ratio} times."
        )
        raise RefusedError(error(Code.ZIP_RATIO, message, part=part))


def _refuse_overlap(entries: list[zipfile.ZipInfo]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            message = "Two parts share bytes of the archive."
            raise RefusedError(error(Code.ZIP_INVALID, message, part=_part_name(entry)))
        end = entry.header_offset + _LOCAL_HEADER.size + entry.compress_size


def _compressed(stream: BinaryIO, entry: zipfile.ZipInfo) -> bytes:
    try:
        stream.seek(entry.header_offset)
        fields = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        name_and_extra = fields[9] + fields[10]
        if fields[0] != b"PK\x03\x04" or len(stream.read(name_and_extra)) != name_and_extra:
            raise _damaged(entry, "its local header is missing")
        content = stream.read(entry.compress_size)
    except (struct.error, OSError, ValueError, OverflowError) as cause:
        raise _damaged(entry, "it lies outside of the archive") from cause
    if len(content) != entry.compress_size:
        raise _damaged(entry, "it is cut off")
    return content


def _inflate(compressed: bytes, entry: zipfile.ZipInfo) -> bytes:
    content = compressed if entry.compress_type == zipfile.ZIP_STORED else _inflated(compressed, entry)
    if len(content) != entry.file_size:
        raise _damaged(entry, f"it holds other than the {entry.file_size} bytes that its header names")
    if zlib.crc32(content) != entry.CRC:
        raise _damaged(entry, "its checksum is wrong")
    return content


def _inflated(compressed: bytes, entry: zipfile.ZipInfo) -> bytes:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces: list[bytes] = []
    total = 0
    pending = compressed
    try:
        while pending and not engine.eof:
            piece = engine.decompress(pending, _CHUNK_BYTES)
            total += len(piece)
            if total > entry.file_size:
                raise _damaged(entry, f"it holds more than the {entry.file_size} bytes that its header names")
            pieces.append(piece)
            pending = engine.unconsumed_tail
    except zlib.error as cause:
        raise _damaged(entry, "it cannot be inflated") from cause
    if not engine.eof:
        pieces.append(engine.flush())  # all input is consumed: at most one match is pending
    if not engine.eof or engine.unused_data:
        raise _damaged(entry, "its compressed data end elsewhere than its header says")
    return b"".join(pieces)


def _part_name(entry: zipfile.ZipInfo) -> str:
    return "/" + entry.orig_filename


def _damaged(entry: zipfile.ZipInfo, what: str) -> RefusedError:
    return RefusedError(error(Code.ZIP_INVALID, f"The part is damaged: {what}.", part=_part_name(entry)))


def _too_large(limits: Limits) -> RefusedError:
    message = f"The archive would unpack to more than {limits.unpacked_bytes} bytes."
    return RefusedError(error(Code.ZIP_TOO_LARGE, message))
