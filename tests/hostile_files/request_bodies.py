"""Hostile bodies and headers of requests: NDJSON, JSON of the AAS API, the metadata of tus."""

import json
from base64 import b64encode
from collections.abc import Iterator

from aas_content import make_submodel
from hostile_files.declaration import Door, Hostile, declare

from aas_registry.domain.codes import Code

_NAMES = b",".join(b'"%d":0' % number for number in range(20_000))


def request_bodies() -> Iterator[Hostile]:
    """Yield hostile bodies and headers."""
    yield from _event_lines()
    yield from _json_bodies()
    yield from _upload_metadata()


def _event_lines() -> Iterator[Hostile]:
    make = declare("event-lines", Code.EVENT_INVALID, "events.ndjson", Door.EVENT_LINES)
    yield make("a-million", lambda: b"0\n" * 1_000_000, code=Code.EVENT_TOO_MANY)
    yield make("one-too-many", lambda: b"{}\n" * 10_001, code=Code.EVENT_TOO_MANY)
    yield make("all-of-nothing", lambda: b"{}\n" * 10_000, code=Code.EVENT_TYPE_UNKNOWN)
    yield make("sixteen-million-blank-ones", lambda: b"\n" * 16_000_000 + b"0")
    yield make("white-space-without-end", lambda: b" \t\r" * 5_000_000 + b"0")
    yield make("deep", lambda: b"[" * 100_000 + b"\n" + b"[" * 65, code=Code.JSON_TOO_DEEP)
    yield make("not-utf-8", lambda: b'{"type":"\xff"}', code=Code.NOT_UTF8)
    yield make("two-values", lambda: b"{}{}", code=Code.JSON_INVALID)
    yield make("a-value-over-two-lines", lambda: b'{"type":\n"receipt"}', code=Code.JSON_INVALID)
    yield make("doubled-keys", lambda: b'{"type":1,"type":2}', code=Code.JSON_DUPLICATE_KEY)
    yield make(
        "a-number-beyond-every-float", lambda: b'{"type":"receipt","quantity":1e400}', code=Code.JSON_NUMBER
    )
    yield make("no-number", lambda: b'{"type":NaN}', code=Code.JSON_INVALID)
    yield make("names-without-end", lambda: b"{" + _NAMES + b"}", code=Code.JSON_TOO_LARGE)
    yield make("a-million-values", lambda: b"[" + b"[]," * 1_000_000 + b"0]", code=Code.JSON_TOO_LARGE)
    yield make("megabytes-in-one", lambda: json.dumps({"type": "x" * 3_000_000}).encode())
    yield make("longer-than-a-body-may-be", lambda: b'"' + b"x" * (17 << 20) + b'"', code=Code.BODY_TOO_LARGE)


def _json_bodies() -> Iterator[Hostile]:
    make = declare("json-bodies", Code.JSON_TOO_LARGE, "submodel.json", Door.SUBMODEL)
    honest = json.dumps(make_submodel()).encode()
    yield make("five-million-arrays", lambda: b"[" + b"[]," * 5_000_000 + b"0]")
    yield make("a-million-objects", lambda: b"[" + b'{"a":0},' * 1_000_000 + b"0]")
    yield make(
        "members-without-end",
        lambda: b"{" + b",".join(b'"%d":0' % number for number in range(1_200_000)) + b"}",
    )
    yield make("names-without-end", lambda: b"{" + _NAMES + b"}")
    yield make("names-without-end-spelled-oddly", lambda: b"{" + _NAMES.replace(b'":', b'"\n\t :') + b"}")
    yield make("deep", lambda: b"[" * 100_000, code=Code.JSON_TOO_DEEP)
    yield make("not-utf-8", lambda: honest.replace(b"0042", b"\xff"), code=Code.NOT_UTF8)
    yield make("nothing", lambda: b"", code=Code.JSON_INVALID)
    yield make("no-object", lambda: b"[]", code=Code.AAS_VALUE_TYPE)
    yield make("no-number", lambda: honest.replace(b'"0042"', b"-Infinity"), code=Code.JSON_INVALID)
    yield make("a-million-digits", lambda: honest.replace(b'"0042"', b"9" * 1_000_000), code=Code.JSON_NUMBER)
    yield make("half-a-pair", lambda: honest.replace(b"0042", b"\\udc00"), code=Code.JSON_INVALID)
    yield make("longer-than-a-body-may-be", lambda: b'"' + b"x" * (17 << 20) + b'"', code=Code.BODY_TOO_LARGE)


def _upload_metadata() -> Iterator[Hostile]:
    make = declare("upload-metadata", Code.PARTIAL_UPLOAD_METADATA, door=Door.UPLOAD_METADATA)

    def named(content: bytes) -> bytes:
        return b"filename " + b64encode(content)

    yield make("no-base64", lambda: b"filename !!!")
    yield make("base64-of-addresses", lambda: b"filename -_-_")
    yield make("base64-cut-off", lambda: b"filename YWJ")
    yield make("a-second-value", lambda: named(b"a.aasx") + b" " + b64encode(b"b.aasx"))
    yield make("nul", lambda: named(b"a.aasx\0.exe"))
    yield make("a-line-feed", lambda: named(b"a.aasx\r\nX-Evil: 1"))
    yield make("an-escape", lambda: named(b"\x1b[2Ja.aasx"))
    yield make("not-utf-8", lambda: named(b"\xff\xfe.aasx"))
    yield make("half-a-pair", lambda: named(b"\xed\xa0\x80.aasx"))
    yield make("a-key-twice", lambda: named(b"a.aasx") + b"," + named(b"b.aasx"))
    yield make("a-hundred-thousand-characters", lambda: named(b"a" * 75_000))
    yield make("ten-thousand-keys", lambda: b",".join(b"k%d" % number for number in range(10_000)))
    yield make("beyond-ascii", lambda: b"filen\xe4me YQ==")
