"""Hostile reel labels: pictures that are bombs, damaged or something else; texts without end."""

import io
import json
import random
import struct
import zlib
from collections.abc import Iterator

from hostile_files.declaration import Door, Hostile, declare
from hostile_files.packages import items_with
from hostile_files.pdf_files import CATALOG, PAGE, PAGES, pdf_of
from hostile_files.raw_zip import write_zip
from PIL import Image

from aas_registry.domain.codes import Code

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def label_files() -> Iterator[Hostile]:
    """Yield hostile pictures and texts of `POST /trace/v1/reel-labels`."""
    yield from _pictures()
    yield from _texts()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, data: bytes, *, more: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + more + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _blank(width: int, height: int) -> bytes:
    return zlib.compress(bytes((width // 8 + 2) * height), 9)


def _pictures() -> Iterator[Hostile]:
    make = declare("label-pictures", Code.LABEL_PICTURE_TOO_LARGE, "label.png", Door.LABEL_PICTURE)
    small = _png(64, 64, _blank(64, 64))
    yield make("a-bomb", lambda: _png(30_000, 30_000, _blank(30_000, 30_000)))
    yield make("four-thousand-million-pixels", lambda: _png(65_000, 65_000, b""))
    yield make("sides-beyond-every-memory", lambda: _png(2**31 - 1, 2**31 - 1, b""))
    yield make("a-long-thin-one", lambda: _png(2_000_000, 1, _blank(2_000_000, 1)))
    yield make("more-bytes-than-the-limit", lambda: small + bytes(9 << 20))
    yield make("a-jpeg-of-twenty-thousand-scans", _scans)
    yield make("inks-in-every-pixel", lambda: _jpeg("CMYK", 3500))
    yield make("glass-in-every-pixel", lambda: _picture("RGBA", 3500, "PNG"))
    yield make("cut-off", lambda: small[:-30], code=Code.LABEL_PICTURE_DAMAGED)
    yield make("only-a-signature", lambda: _SIGNATURE, code=Code.LABEL_PICTURE_DAMAGED)
    yield make("data-that-are-none", lambda: _png(640, 640, random.Random(5).randbytes(9_000)),
               code=Code.LABEL_PICTURE_DAMAGED)  # fmt: skip
    yield make("a-text-that-is-a-bomb", _text_bomb, code=Code.LABEL_PICTURE_DAMAGED)
    yield make(
        "an-archive-as-well", lambda: small + write_zip(items_with()), code=Code.LABEL_PICTURE_POLYGLOT
    )
    yield make("a-pdf", lambda: pdf_of(CATALOG, PAGES, PAGE), code=Code.LABEL_PICTURE_TYPE)
    yield make("a-drawing", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
               code=Code.LABEL_PICTURE_TYPE)  # fmt: skip
    yield make("a-gif", lambda: b"GIF89a\1\0\1\0\0\0\0;", code=Code.LABEL_PICTURE_TYPE)
    yield make("nothing", lambda: b"", code=Code.LABEL_PICTURE_TYPE)
    yield make("a-blank-one", lambda: small, code=Code.LABEL_PICTURE_NO_CODE)


def _picture(mode: str, side: int, kind: str, **options: object) -> bytes:
    output = io.BytesIO()
    Image.new(mode, (side, side)).save(output, kind, **options)
    return output.getvalue()


def _jpeg(mode: str, side: int) -> bytes:
    return _picture(mode, side, "JPEG", quality=10)


def _scans() -> bytes:
    # Each of the scans, which take a few bytes, is drawn over millions of pixels.
    content = _picture("L", 3000, "JPEG", quality=10, progressive=True)
    last = content[content.rfind(b"\xff\xda") : -2]
    return content[:-2] + last * 20_000 + b"\xff\xd9"


def _text_bomb() -> bytes:
    return _png(64, 64, _blank(64, 64), more=_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9)))


def _texts() -> Iterator[Hostile]:
    make = declare("label-texts", Code.LABEL_UNREADABLE, "label.json", Door.LABEL_TEXT)

    def text(content: str) -> bytes:
        return json.dumps({"text": content}).encode()

    yield make("nonsense", lambda: text("hello"))
    yield make(
        "longer-than-the-limit", lambda: text("[)>\x1e06\x1d" + "Q1\x1d" * 5_000), code=Code.LABEL_TOO_LONG
    )
    yield make("a-million-characters", lambda: text("1P" * 500_000), code=Code.LABEL_TOO_LONG)
    yield make("empty", lambda: text(""), code=Code.LABEL_EMPTY)
    yield make("half-a-pair", lambda: b'{"text":"\\ud800"}', code=Code.JSON_INVALID)
    yield make(
        "an-unknown-format", lambda: text("[)>\x1e12\x1d1PABC\x1e\x04"), code=Code.LABEL_FORMAT_UNSUPPORTED
    )
    yield make("a-number-for-a-text", lambda: b'{"text":1e400}', code=Code.JSON_NUMBER)
