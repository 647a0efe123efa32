"""A ZIP writer that writes what it is told, true or not: every field of every header can lie.

Source:
    APPNOTE.TXT 6.3.10, clauses 4.3.7 (local header), 4.3.12 (directory), 4.3.14 to 4.3.16 (ends).
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_UTF8 = 0x800


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of an archive; ``local`` and ``central`` override fields of its two headers."""

    name: str | bytes
    content: bytes = b""
    method: int = DEFLATED
    packed: bytes | None = None
    flags: int = _UTF8
    external: int = 0
    made_by: int = 20
    local: Mapping[str, int | bytes] = field(default_factory=dict)
    central: Mapping[str, int | bytes] = field(default_factory=dict)
    after: bytes = b""

    @property
    def raw_name(self) -> bytes:
        return self.name.encode() if isinstance(self.name, str) else self.name


def deflate(content: bytes, level: int = 9) -> bytes:
    """Return raw DEFLATE data."""
    engine = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(content) + engine.flush()


def deflated_zeros(size: int) -> tuple[bytes, int]:
    """Return DEFLATE data of so many zero bytes, made piece by piece, and their CRC-32."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    pieces, crc, piece = [], 0, bytes(1 << 20)
    for left in range(size, 0, -len(piece)):
        chunk = piece[:left]
        pieces.append(engine.compress(chunk))
        crc = zlib.crc32(chunk, crc)
    return b"".join(pieces) + engine.flush(), crc


def write_zip(
    items: Sequence[Item],
    *,
    before: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    shift: int = 0,
    end: Mapping[str, int] | None = None,
    zip64: Mapping[str, int] | None = None,
    between: bytes = b"",
) -> bytes:
    """Return an archive.

    Args:
        items: In order.
        before: Bytes before the first local header.
        after: Bytes after the comment.
        comment: The archive's comment.
        shift: Added to every offset that the headers name, beyond where things are.
        end: Fields of the end record that lie: disk, disk_start, here, total, size, offset.
        zip64: Fields of a ZIP64 end record that lie: here, total, size, offset, record.
        between: Bytes between the last part and the directory.
    """
    output = bytearray(before)
    directory = bytearray()
    for item in items:
        offset = len(output) + shift
        output += _local(item)
        directory += _central(item, offset)
    output += between
    start = len(output)
    output += directory
    truth = {"disk": 0, "disk_start": 0, "here": len(items), "total": len(items),
             "size": len(directory), "offset": start + shift}  # fmt: skip
    if zip64 is not None:
        output += _zip64_end({**truth, "record": len(output) + shift, **zip64})
    stated = {**truth, **(end or {})}
    counts = (min(stated[name], 0xFFFF) for name in ("disk", "disk_start", "here", "total"))
    places = (min(stated[name], 0xFFFFFFFF) for name in ("size", "offset"))
    output += _END.pack(b"PK\5\6", *counts, *places, len(comment)) + comment + after
    return bytes(output)


def _packed(item: Item) -> bytes:
    if item.packed is not None:
        return item.packed
    return deflate(item.content) if item.method == DEFLATED else item.content


def _truth(item: Item) -> dict[str, int | bytes]:
    return {
        "flags": item.flags, "method": item.method, "crc": zlib.crc32(item.content),
        "packed": len(_packed(item)), "size": len(item.content), "name": item.raw_name, "extra": b"",
    }  # fmt: skip


def _local(item: Item) -> bytes:
    said = {**_truth(item), **item.local}
    name, extra = said["name"], said["extra"]
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    header = _LOCAL.pack(
        b"PK\3\4", 20, said["flags"], said["method"], 0, 0x21, said["crc"], said["packed"], said["size"],
        len(name), len(extra),
    )  # fmt: skip
    return header + name + extra + _packed(item) + item.after


def _central(item: Item, offset: int) -> bytes:
    said = {**_truth(item), "offset": offset, "comment": b"", **item.central}
    name, extra, comment = said["name"], said["extra"], said["comment"]
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    assert isinstance(comment, bytes)
    header = _CENTRAL.pack(
        b"PK\1\2", item.made_by, 20, said["flags"], said["method"], 0, 0x21, said["crc"], said["packed"],
        said["size"], len(name), len(extra), len(comment), 0, 0, item.external, said["offset"],
    )  # fmt: skip
    return header + name + extra + comment


def _zip64_end(said: Mapping[str, int]) -> bytes:
    record = _END64.pack(
        b"PK\6\6", 44, 45, 45, said["disk"], said["disk_start"], said["here"], said["total"], said["size"],
        said["offset"],
    )  # fmt: skip
    return record + _LOCATOR64.pack(b"PK\6\7", 0, said["record"], 1)
