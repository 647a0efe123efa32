"""Archives whose entries have names or kinds that no package may have."""

import struct
import zlib
from collections.abc import Iterator

from hostile_files.declaration import Hostile, declare
from hostile_files.packages import items_with
from hostile_files.raw_zip import STORED, Item, write_zip

from aas_registry.domain.codes import Code

_NAMES = {
    "zip-traversal": {
        "up": "../evil.txt",
        "far-up": "../" * 40 + "etc/passwd",
        "within": "aasx/../../evil.txt",
        "to-itself": "aasx/./data2.xml",
        "encoded": "%2e%2e/evil.txt",
        "encoded-slash": "aasx%2f..%2fevil.txt",
        "twice-encoded": "%252e%252e%252fevil.txt",
        "backslash": "aasx\\..\\..\\evil.txt",
        "full-width": "\uff0e\uff0e\uff0fevil.txt",
        "one-dot-leader": "\u2024\u2024/evil.txt",
        "trailing-dots": "aasx/... /evil.txt",
    },
    "zip-absolute-names": {
        "slash": "/etc/passwd",
        "two-slashes": "//server/share/a.txt",
        "drive": "C:/windows/a.dll",
        "drive-backslash": "C:\\windows\\a.dll",
        "unc": "\\\\server\\share\\a.txt",
        "device": "\\\\.\\COM1",
        "scheme": "file:///etc/passwd",
        "empty-segment": "aasx//data2.xml",
    },
    "zip-pieces": {
        "of-the-data": "aasx/data.xml/[0].piece",
        "the-last-one": "aasx/other.xml/[1].last.piece",
        "encoded": "aasx/other.xml/%5B0%5D.piece",
        "in-capitals": "aasx/other.xml/[0].PIECE",
    },
    "zip-control-characters": {
        "nul": b"aasx/a.txt\0.exe",
        "encoded-nul": "aasx/a.txt%00.exe",
        "line-feed": "aasx/a\nb.txt",
        "escape": "aasx/\x1b[2J.txt",
        "delete": "aasx/a\x7f.txt",
        "next-line": "aasx/a\x85b.txt",
        "right-to-left": "aasx/\u202excod.exe",
        "half-a-character": b"aasx/\xed\xa0\x80.txt",
        "no-utf-8": b"aasx/\xff\xfe.txt",
        "empty": b"",
    },
}
_PAIRS = {
    "case": ("aasx/File.txt", "aasx/file.TXT"),
    "same": ("aasx/a.txt", "aasx/a.txt"),
    "sharp-s": ("aasx/stra\u00dfe.txt", "aasx/STRASSE.txt"),
    "composed": ("aasx/\u00e9.txt", "aasx/e\u0301.txt"),
    "full-width": ("aasx/a.txt", "aasx/\uff41.txt"),
    "ligature": ("aasx/\ufb01le.txt", "aasx/file.txt"),
    "kelvin": ("aasx/k.txt", "aasx/\u212a.txt"),
    "encoded": ("aasx/a.txt", "aasx/%61.txt"),
    "data-twice": ("aasx/DATA.xml", "aasx/Data.xml"),
    "folder-and-part": ("aasx/data.xml/", "aasx/data.xml/more.txt"),
}
_KINDS = {
    "symbolic-link": 0o120777, "character-device": 0o020666, "block-device": 0o060666, "pipe": 0o010666,
    "socket": 0o140666, "symbolic-link-out": 0o120755,
}  # fmt: skip
_UNIX = 3 << 8


def part_names() -> Iterator[Hostile]:
    """Yield archives with hostile names, colliding names, special files and encrypted parts."""
    for family, names in _NAMES.items():
        make = declare(family, Code.ZIP_PART_NAME)
        for title, name in names.items():
            yield make(title, lambda name=name: write_zip(items_with(Item(name=name, content=b"x"))))
    make = declare("zip-name-collision", Code.ZIP_PART_DUPLICATE)
    for title, pair in _PAIRS.items():
        yield make(title, lambda pair=pair: write_zip(items_with(*(Item(name=each) for each in pair))))
    yield from _second_names()
    yield from _special_files()
    yield from _encrypted()


def _second_names() -> Iterator[Hostile]:
    make = declare("zip-second-names", Code.ZIP_PART_NAME)
    for title, name in {"of-the-data": b"aasx/data.xml", "up": b"../evil.txt", "empty": b""}.items():
        field = struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(b"aasx/a.txt")) + name
        item = Item(name="aasx/a.txt", content=b"x", local={"extra": field}, central={"extra": field})
        yield make(title, lambda item=item: write_zip(items_with(item)))


def _special_files() -> Iterator[Hostile]:
    make = declare("zip-special-files", Code.ZIP_SPECIAL_FILE)
    for title, mode in _KINDS.items():
        target = b"../../../etc/passwd" if title.endswith("out") else b"data.xml"
        item = Item(
            name="aasx/special", content=target, method=STORED, external=mode << 16, made_by=_UNIX | 20
        )
        yield make(title, lambda item=item: write_zip(items_with(item)))


def _encrypted() -> Iterator[Hostile]:
    make = declare("zip-encrypted", Code.ZIP_ENCRYPTED)
    aes = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8)
    strong = struct.pack("<HHHHHH", 0x0017, 8, 2, 0x6610, 256, 1)

    def item(**changes: object) -> bytes:
        said = Item(name="aasx/secret.bin", packed=bytes(range(40)), content=b"x" * 30, **changes)  # type: ignore[arg-type]
        return write_zip(items_with(said))

    yield make("zip-crypto", lambda: item(flags=0x801))
    yield make("zip-crypto-with-descriptor", lambda: item(flags=0x809))
    yield make("aes", lambda: item(flags=0x801, method=99, central={"extra": aes}, local={"extra": aes}))
    yield make("strong", lambda: item(flags=0x841, central={"extra": strong}, local={"extra": strong}))
    yield make("masked-headers", lambda: item(flags=0x2801))
    yield make("only-the-local-header-says-so", lambda: item(local={"flags": 0x801}, method=STORED))
    yield make("only-the-directory-says-so", lambda: item(central={"flags": 0x801}))
    yield make("the-data-part", _encrypted_data)


def _encrypted_data() -> bytes:
    item = Item(name="aasx/data.xml", packed=bytes(range(99)), content=b"x" * 87, flags=0x801)
    return write_zip(items_with(item, without=["aasx/data.xml"]))
