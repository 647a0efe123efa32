"""A ZIP archive behind a wall: the container of an AASX package.

The standard library parses the central directory and nothing else; the parts are
inflated here, piece by piece, so that no part need fit into memory and every bound is
checked against what is really inflated and not only against what a header says. The
unpacked bytes of the archive are bounded once, by what its directory declares: no part
gives more than that, however often it is opened. pyecma376-2, which comes with the AAS SDK, is not used:
it has no limit of size, ratio, count or depth, and keeps ``..`` in part names.

Refused: more parts, more unpacked bytes or a higher ratio than the limits; a header that
lies, parts that overlap, bytes of nobody (`zip_layout`); names that leave the package or
collide, links and devices (`zip_names`); encryption.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import PartIndex, part_key
from aas_registry.formats.container.zip_layout import find_directory, refuse_layout
from aas_registry.formats.container.zip_names import (
    refuse_collisions,
    refuse_name,
    refuse_second_name,
    refuse_special_file,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_DIRECTORY_BYTES_PER_PART = 512
_TAIL_BYTES = 1 << 17  # the end record and its comment are at most 64 KiB and 22 bytes
_CHUNK_BYTES = 65_536
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000


class ZipContainer:
    """The parts of one archive, each read on demand, all bounds kept."""

    def __init__(self, stream: BinaryIO, *, limits: Limits) -> None:
        """Read and check the central directory; nothing is inflated yet.

        Args:
            stream: Seekable, at any position.
            limits: Bounds on the archive.

        Raises:
            RefusedError: Damaged, or over a limit, or a part that is not allowed.
        """
        self._stream = stream
        directory = find_directory(stream)
        _refuse_crowd(directory.entries, limits)
        entries = _directory(stream, limits)
        # What zipfile makes of a name depends on the system, and ends at U+0000.
        for entry in entries:
            entry.filename = entry.orig_filename.replace("\\", "/")
        self._parts = _checked_parts(entries, limits)
        self._index = PartIndex(self._parts)
        refuse_layout(stream, entries, directory)

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of all parts, absolute, in ascending order."""
        return tuple(sorted(_part_name(entry) for entry in self._parts.values()))

    @property
    def respelled(self) -> tuple[str, ...]:
        """Return those parts whose names have backslashes in the archive, as Windows tools write them."""
        entries = self._parts.values()
        return tuple(sorted(_part_name(each) for each in entries if each.filename != each.orig_filename))

    def find(self, name: str) -> str | None:
        """Return the part of that name as `parts` spells it, None where there is none."""
        entry = self._parts.get(part_key(name))
        return None if entry is None else _part_name(entry)

    def find_alike(self, names: Iterable[str]) -> str | None:
        """Return the one part whose name is compared as equal, for names that `find` does not know."""
        entry = self._index.find_alike(names)
        return None if entry is None else _part_name(entry)

    def size(self, name: str) -> int:
        """Return how many bytes a part unpacks to, as its header says."""
        return self._parts[part_key(name)].file_size

    def open(self, name: str) -> BinaryIO:
        """Return the content of a part as a stream that inflates piece by piece.

        Several may be open at once, in one thread; all need the archive's own stream.

        Args:
            name: A part that `find` answers.

        Raises:
            RefusedError: (while reading) Damaged, or longer than its header says. The last
                bytes are given only when size and checksum proved right, so a reader that
                stops early learns nothing of the part's state.
        """
        return io.BufferedReader(_PartStream(_content(self._stream, self._parts[part_key(name)])))

    def read(self, name: str, *, max_bytes: int | None = None) -> bytes:
        """Return the whole content of a part.

        Args:
            name: A part that `find` answers.
            max_bytes: Refuse a part that is longer.

        Raises:
            RefusedError: Damaged, longer than its header says, or over the limit.
        """
        entry = self._parts[part_key(name)]
        if max_bytes is not None and entry.file_size > max_bytes:
            message = f"The part holds {entry.file_size} bytes; the limit is {max_bytes}."
            raise RefusedError(error(Code.ZIP_TOO_LARGE, message, part=_part_name(entry)))
        return b"".join(_content(self._stream, entry))


class _PartStream(io.RawIOBase):
    """The pieces of a part as a raw stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


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
    except UnicodeDecodeError as cause:
        message = "A part has a name that is said to be UTF-8 and is not."
        raise RefusedError(error(Code.ZIP_PART_NAME, message)) from cause
    except (zipfile.BadZipFile, NotImplementedError, struct.error, OSError, ValueError, EOFError) as cause:
        message = f"The archive cannot be read: {cause}."
        raise RefusedError(error(Code.ZIP_INVALID, message)) from cause


def _refuse_crowd(count: int, limits: Limits) -> None:
    if count > limits.package_parts:
        message = f"The archive has {count} parts; the limit is {limits.package_parts}."
        raise RefusedError(error(Code.ZIP_TOO_MANY_PARTS, message))


def _checked_parts(entries: list[zipfile.ZipInfo], limits: Limits) -> dict[str, zipfile.ZipInfo]:
    _refuse_crowd(len(entries), limits)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        message = f"The archive would unpack to more than {limits.unpacked_bytes} bytes."
        raise RefusedError(error(Code.ZIP_TOO_LARGE, message))
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        refuse_name(entry.filename)
        refuse_second_name(entry)
        refuse_special_file(entry)
        part = _part_name(entry)
        if entry.flag_bits & _ENCRYPTED_FLAGS:
            raise RefusedError(error(Code.ZIP_ENCRYPTED, "The part is encrypted.", part=part))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            message = f"The part is compressed by method {entry.compress_type}; OPC allows 0 and 8."
            raise RefusedError(error(Code.ZIP_INVALID, message, part=part))
        _refuse_ratio(entry.file_size, [entry], limits)
        parts[part_key(entry.filename)] = entry
    refuse_collisions(entry.filename for entry in entries)
    _refuse_ratio(unpacked, entries, limits)
    return {key: entry for key, entry in parts.items() if not entry.filename.endswith("/")}


def _refuse_ratio(unpacked: int, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if unpacked > max(limits.compression_free_bytes, limits.compression_ratio * packed):
        message = f"{packed} bytes unpack to {unpacked}; the limit is {limits.compression_ratio} times."
        part = _part_name(entries[0]) if len(entries) == 1 else None
        raise RefusedError(error(Code.ZIP_RATIO, message, part=part))


def _content(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the pieces of a part, none empty, the last only when all of it proved right."""
    compressed = _compressed(stream, entry)
    pieces = compressed if entry.compress_type == zipfile.ZIP_STORED else _inflated(compressed, entry)
    total, checksum, held = 0, 0, b""
    for piece in filter(None, pieces):
        total += len(piece)
        if total > entry.file_size:
            raise _lying(entry, f"it holds more than the {entry.file_size} bytes that its header names")
        checksum = zlib.crc32(piece, checksum)
        if held:
            yield held
        held = piece
    if total != entry.file_size:
        raise _lying(entry, f"it holds fewer than the {entry.file_size} bytes that its header names")
    if checksum != entry.CRC:
        raise _damaged(entry, "its checksum is wrong")
    if held:
        yield held


def _compressed(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        stream.seek(entry.header_offset)
        fields = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    except (struct.error, OSError, ValueError, OverflowError) as cause:
        raise _damaged(entry, "it lies outside of the archive") from cause
    if fields[0] != b"PK\x03\x04":
        raise _damaged(entry, "its local header is missing")
    position = int(entry.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10])
    end = position + entry.compress_size
    while position < end:
        stream.seek(position)  # another part may have been read meanwhile
        chunk = stream.read(min(_CHUNK_BYTES, end - position))
        if not chunk:
            raise _damaged(entry, "it is cut off")
        position += len(chunk)
        yield chunk


def _inflated(chunks: Iterator[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for pending in chunks:
            if engine.eof:
                raise _ends_elsewhere(entry)
            while pending and not engine.eof:
                yield engine.decompress(pending, _CHUNK_BYTES)
                pending = engine.unconsumed_tail  # noqa: PLW2901 - the rest of the same chunk
        if not engine.eof:
            yield engine.flush()  # all input is consumed: at most one match is pending
    except zlib.error as cause:
        raise _damaged(entry, "it cannot be inflated") from cause
    if not engine.eof or engine.unused_data:
        raise _ends_elsewhere(entry)


def _ends_elsewhere(entry: zipfile.ZipInfo) -> RefusedError:
    return _lying(entry, "its compressed data end elsewhere than its header says")


def _part_name(entry: zipfile.ZipInfo) -> str:
    return "/" + entry.filename


def _lying(entry: zipfile.ZipInfo, what: str) -> RefusedError:
    message = f"The part is not what its headers say: {what}."
    return RefusedError(error(Code.ZIP_SIZE_LIE, message, part=_part_name(entry)))


def _damaged(entry: zipfile.ZipInfo, what: str) -> RefusedError:
    return RefusedError(error(Code.ZIP_INVALID, f"The part is damaged: {what}.", part=_part_name(entry)))
