"""Hostile archives: bombs, overlaps, lies in headers, bytes that belong to nobody."""

import random
import struct
import zlib
from collections.abc import Iterator

from aas_content import make_zip
from hostile_files.declaration import Hostile, declare
from hostile_files.packages import DATA_PART, honest_parts, items_with, json_package, package_with
from hostile_files.raw_zip import DEFLATED, STORED, Item, deflate, deflated_zeros, write_zip

from aas_registry.domain.codes import Code

_MIB = 1 << 20
_GIB = 1 << 30


def archives() -> Iterator[Hostile]:
    """Yield the hostile archives."""
    yield from _flat_bombs()
    yield from _nested_bombs()
    yield from _overlaps()
    yield from _lying_sizes()
    yield from _crowds()
    yield from _zip64_lies()
    yield from _outside_data()
    yield from _two_directories()
    yield from _damaged()


def _zeros(name: str, size: int, **changes: object) -> Item:
    packed, crc = deflated_zeros(size)
    said = {"crc": crc, "size": size}
    return Item(name=name, packed=packed, local=said, central=said, **changes)  # type: ignore[arg-type]


def _flat_bombs() -> Iterator[Hostile]:
    make = declare("zip-bomb-flat", Code.ZIP_RATIO)
    yield make("a-gibibyte-of-zeros", lambda: write_zip(items_with(_zeros("aasx/zeros.bin", _GIB))))
    yield make(
        "the-data-part", lambda: write_zip(items_with(_zeros(DATA_PART, 48 * _MIB), without=[DATA_PART]))
    )
    yield make("the-content-types", lambda: write_zip([_zeros("[Content_Types].xml", 64 * _MIB)]))
    yield make("just-above-the-free-size", lambda: write_zip(items_with(_zeros("aasx/a.bin", 2 * _MIB))))
    yield make("many-small", _many_small)
    yield make("four-gibibytes-declared", _four_gibibytes, code=Code.ZIP_TOO_LARGE)


def _many_small() -> bytes:
    content = bytes(_MIB)
    packed, crc = deflate(content), zlib.crc32(content)
    said = {"crc": crc, "size": _MIB}
    crowd = [Item(name=f"aasx/{n}.bin", packed=packed, local=said, central=said) for n in range(1100)]
    return write_zip(items_with(*crowd))


def _four_gibibytes() -> bytes:
    said = {"size": 0xFFFFFFF0}
    item = Item(name="aasx/a.bin", content=b"x" * 1000, local=said, central=said)
    return write_zip(items_with(item))


def _nested_bombs() -> Iterator[Hostile]:
    make = declare("zip-bomb-nested", Code.UPLOAD_TYPE_UNKNOWN)
    yield make("an-archive-as-data", lambda: package_with({DATA_PART: _nested(3)}))
    yield make("sixteen-levels-as-data", lambda: package_with({DATA_PART: _nested(16)}))
    yield make("a-bomb-as-data", lambda: package_with({DATA_PART: write_zip([_zeros("a", 16 * _MIB)])}))
    yield make("a-bomb-of-bombs", _bomb_of_bombs, code=Code.ZIP_RATIO)
    yield make("its-own-content", _quine_like, code=Code.ZIP_OVERLAP)
    yield make(
        "no-package-inside-but-archives", lambda: make_zip({"1.zip": _nested(4)}), code=Code.AASX_NO_ORIGIN
    )


def _nested(levels: int) -> bytes:
    content = b"0" * 10_000
    for _ in range(levels):
        content = make_zip({f"{number}.zip": content for number in range(2)})
    return content


def _bomb_of_bombs() -> bytes:
    inner = write_zip([_zeros("a", 8 * _MIB)])
    return write_zip(items_with(Item(name="aasx/bombs.zip", content=inner * 300)))


def _quine_like() -> bytes:
    """Return an archive with a stored entry that is the archive up to its directory."""
    honest = items_with()
    length = sum(30 + len(item.raw_name) + len(deflate(item.content)) for item in honest)
    said = {"packed": length, "size": length}
    return write_zip(
        [*honest, Item(name="self.zip", method=STORED, local=said, central={**said, "offset": 0})]
    )


def _overlaps() -> Iterator[Hostile]:
    make = declare("zip-overlap", Code.ZIP_OVERLAP)
    yield make("one-kernel-for-all", _one_kernel)
    yield make("quoted-local-headers", _quoted_headers)
    yield make("a-part-in-a-part", _part_in_part)
    yield make("a-part-in-the-directory", _part_in_directory)
    yield make("two-names-of-one-entry", _two_names)


def _one_kernel() -> bytes:
    content = random.Random(7).randbytes(10_000) * 100
    kernel = deflate(content)
    said = {"crc": zlib.crc32(content), "size": len(content)}
    items = items_with(Item(name="aasx/0.bin", packed=kernel, local=said, central=said))
    place = _place_of(write_zip(items), b"aasx/0.bin")
    shared = {**said, "offset": place, "packed": len(kernel)}
    crowd = [Item(name=f"aasx/{n}.bin", method=DEFLATED, packed=b"", central=shared) for n in range(1, 200)]
    return write_zip([*items, *crowd])


def _place_of(archive: bytes, name: bytes) -> int:
    return archive.index(b"PK\3\4" + archive[archive.index(name) - 26 : archive.index(name)] + name)


def _quoted_headers() -> bytes:
    """Return parts each of whose DEFLATE data quote the next local header as a stored block."""
    kernel = deflate(b"x" * 1000)
    tail = b"PK\3\4" + struct.pack("<5H3I2H", 20, 0, 8, 0, 33, 0, len(kernel), 1000, 4, 0) + b"last" + kernel
    quote = struct.pack("<BHH", 0, len(tail) - len(kernel), 0xFFFF ^ (len(tail) - len(kernel)))
    first = Item(name="aasx/first.bin", packed=quote + tail, local={"size": 1042}, central={"size": 1042})
    items = items_with(first)
    place = write_zip(items).rindex(b"PK\3\4")
    inner = Item(name="last", packed=b"", central={"offset": place, "packed": len(kernel), "size": 1000})
    return write_zip([*items, inner])


def _part_in_part() -> bytes:
    inner = write_zip([Item(name="aasx/inner.txt", content=b"inner", method=STORED)])
    items = items_with(Item(name="aasx/outer.bin", content=inner, method=STORED))
    place = write_zip(items).rindex(b"PK\3\4")
    said = {"offset": place, "packed": 5, "size": 5, "crc": zlib.crc32(b"inner")}
    return write_zip([*items, Item(name="aasx/inner.txt", method=STORED, packed=b"", central=said)])


def _part_in_directory() -> bytes:
    items = items_with()
    said = {"packed": 900, "size": 900}
    return write_zip([*items, Item(name="aasx/z.bin", method=STORED, local=said, central=said)])


def _two_names() -> bytes:
    items = items_with(Item(name="aasx/a.bin", content=b"a" * 100))
    place = _place_of(write_zip(items), b"aasx/a.bin")
    said = {"offset": place, "packed": len(deflate(b"a" * 100))}
    return write_zip([*items, Item(name="aasx/b.bin", content=b"a" * 100, packed=b"", central=said)])


def _lying_sizes() -> Iterator[Hostile]:
    make = declare("zip-lying-sizes", Code.ZIP_SIZE_LIE)
    data = honest_parts()[DATA_PART]
    packed = len(deflate(data))

    def lying(**fields: dict[str, int | bytes]) -> bytes:
        return write_zip(items_with(Item(name=DATA_PART, content=data, **fields), without=[DATA_PART]))  # type: ignore[arg-type]

    yield make("the-directory-says-less", lambda: lying(central={"size": 10}))
    yield make("the-directory-says-more", lambda: lying(central={"size": len(data) + 10}))
    yield make("the-local-header-says-less", lambda: lying(local={"size": 10}))
    yield make("the-local-header-says-more", lambda: lying(local={"size": 1 << 31}))
    yield make("both-say-less", lambda: lying(local={"size": 10}, central={"size": 10}))
    yield make("less-compressed", lambda: lying(central={"packed": packed - 5}))
    yield make("local-compressed", lambda: lying(local={"packed": packed + 500}))
    yield make("another-checksum", lambda: lying(central={"crc": 1}, local={"crc": 1}), code=Code.ZIP_INVALID)
    yield make("another-local-name", lambda: lying(local={"name": b"aasx/else.xml"}))
    yield make("another-local-method", lambda: lying(local={"method": STORED}))
    yield make("a-bomb-that-says-ten-bytes", _small_bomb)


def _small_bomb() -> bytes:
    packed, crc = deflated_zeros(256 * _MIB)
    said = {"crc": crc, "size": 10}
    bomb = Item(name=DATA_PART, packed=packed, local=said, central=said)
    return write_zip(items_with(bomb, without=[DATA_PART]))


def _crowds() -> Iterator[Hostile]:
    make = declare("zip-many-entries", Code.ZIP_TOO_MANY_PARTS)
    yield make("a-hundred-thousand", lambda: _crowd(100_000))
    yield make("sixty-thousand", lambda: _crowd(60_000))
    yield make("one-too-many", lambda: _crowd(10_001))
    yield make("long-names", lambda: _crowd(9_000, "n" * 600))
    yield make("long-comments", _long_comments)
    yield make("folders-only", lambda: write_zip([Item(name=f"f{n}/", method=STORED) for n in range(30_000)]))


def _crowd(count: int, stem: str = "") -> bytes:
    return write_zip(items_with(*(Item(name=f"aasx/{stem}{n}", method=STORED) for n in range(count))))


def _long_comments() -> bytes:
    said = {"comment": b"c" * 60_000}
    return write_zip(items_with(*(Item(name=f"aasx/{n}", method=STORED, central=said) for n in range(200))))


def _zip64_lies() -> Iterator[Hostile]:
    make = declare("zip64-lies", Code.ZIP_INVALID)
    most = (1 << 64) - 1

    def lying(end: dict[str, int] | None = None, **fields: int) -> bytes:
        forced = {"total": 0xFFFF, "here": 0xFFFF, "size": 0xFFFFFFFF, "offset": 0xFFFFFFFF}
        return write_zip(items_with(), zip64=fields, end=forced if end is None else end)

    def extra(size: int, packed: int, offset: int) -> bytes:
        return struct.pack("<HHQQQ", 1, 24, size, packed, offset)

    def item(said: bytes) -> bytes:
        central = {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF, "offset": 0xFFFFFFFF, "extra": said}
        return write_zip(items_with(Item(name="aasx/a.bin", content=b"a", central=central)))

    yield make("a-directory-of-exabytes", lambda: lying(size=most))
    yield make("a-directory-beyond-the-end", lambda: lying(offset=1 << 62))
    yield make("a-record-that-is-elsewhere", lambda: lying(record=5))
    yield make("a-record-beyond-the-end", lambda: lying(record=1 << 62))
    yield make(
        "more-entries-than-there-are", lambda: lying(total=most, here=most), code=Code.ZIP_TOO_MANY_PARTS
    )
    yield make("fewer-entries-than-there-are", lambda: lying(total=1, here=1))
    yield make("a-part-of-exabytes", lambda: item(extra(1 << 62, 1 << 62, 0)), code=Code.ZIP_TOO_LARGE)
    yield make("a-part-beyond-the-end", lambda: item(extra(1, 3, 1 << 62)))
    yield make("an-extra-field-cut-off", lambda: item(struct.pack("<HHQ", 1, 24, 1)))
    yield make("an-extra-field-without-the-sizes", lambda: item(struct.pack("<HH", 1, 0)))
    yield make("a-second-opinion", lambda: lying(end={}, total=1, here=1, size=10))


def _outside_data() -> Iterator[Hostile]:
    make = declare("zip-outside-data", Code.ZIP_OUTSIDE_DATA)
    starts = {"": (b"PK\3\4", Code.ZIP_OUTSIDE_DATA), "-and-two-letters": (b"PK\0\0", Code.FILE_POLYGLOT)}
    for title, (start, code) in starts.items():
        before = start + b"x" * 1000
        yield make(
            f"before-with-true-offsets{title}",
            lambda before=before: write_zip(items_with(), before=before),
            code=code,
        )
        yield make(
            f"before-with-shifted-offsets{title}",
            lambda before=before: write_zip(items_with(), before=before, shift=-len(before)),
            code=code,
        )
    yield make("after-the-end", lambda: write_zip(items_with(), after=b"x" * 1000))
    yield make("after-the-end-zeros", lambda: write_zip(items_with(), after=bytes(60_000)))
    yield make("a-program-after-the-end", lambda: write_zip(items_with(), after=b"MZ\x90\0" + b"x" * 5000))
    yield make("between-parts", lambda: write_zip(items_with(Item(name="a", content=b"a", after=b"x" * 900))))
    yield make("before-the-directory", lambda: write_zip(items_with(), between=b"<script>" + b"x" * 900))
    yield make("after-a-megabyte", lambda: write_zip(items_with(), after=b"x" * _MIB), code=Code.ZIP_INVALID)


def _two_directories() -> Iterator[Hostile]:
    make = declare("zip-two-directories", Code.ZIP_OUTSIDE_DATA)
    other = write_zip(items_with(Item(name="aasx/other.txt", content=b"other")))
    yield make("an-archive-in-the-comment", lambda: write_zip(items_with(), comment=other))
    yield make("an-archive-before-another", lambda: write_zip(items_with(), before=other))
    yield make("an-archive-after-another", lambda: other + write_zip(items_with()))
    yield make("an-end-record-in-the-comment", lambda: write_zip(items_with(), comment=other[-22:]),
               code=Code.ZIP_INVALID)  # fmt: skip
    yield make("an-empty-archive-after", lambda: write_zip(items_with(), after=write_zip([])))
    yield make("a-comment-that-is-cut-off", _cut_comment, code=Code.ZIP_INVALID)


def _cut_comment() -> bytes:
    whole = write_zip(items_with(), comment=b"c" * 500)
    return whole[:-100]


def _damaged() -> Iterator[Hostile]:
    make = declare("zip-damaged", Code.ZIP_INVALID)
    whole = write_zip(items_with())
    yield make("two-letters", lambda: b"PK", code=Code.UPLOAD_TYPE_UNKNOWN)
    yield make("a-mark-alone", lambda: b"PK\3\4")
    yield make("the-first-half", lambda: whole[: len(whole) // 2])
    yield make("without-its-last-byte", lambda: whole[:-1])
    yield make("without-its-beginning", lambda: b"PK\3\4" + whole[200:])
    yield make("an-empty-archive", lambda: write_zip([]), code=Code.AASX_NO_ORIGIN)
    yield make("several-disks", lambda: write_zip(items_with(), end={"disk": 1, "disk_start": 1, "total": 9}))
    yield make("bzip2", lambda: _by_method(12))
    yield make("lzma", lambda: _by_method(14))
    yield make("an-unknown-method", lambda: _by_method(99))
    yield make("no-deflate-data", lambda: write_zip(items_with(
        Item(name=DATA_PART, content=honest_parts()[DATA_PART], packed=b"\xff" * 50), without=[DATA_PART]
    )))  # fmt: skip
    yield make("json-said-to-be-an-archive", lambda: b"PK\3\4" + json_package(b"{}")[4:60])


def _by_method(method: int) -> bytes:
    return write_zip(items_with(Item(name="aasx/a.bin", content=b"a" * 99, method=method, packed=b"a" * 50)))
