"""Hostile JSON: depth, width, doubled keys, odd encodings, numbers that nothing can hold."""

import json
from collections.abc import Iterator

from aas_content import make_submodel
from hostile_files.declaration import Door, Hostile, declare
from hostile_files.packages import environment, json_package, submodel_json

from aas_registry.domain.codes import Code

_FILE = "data.json"


def json_texts() -> Iterator[Hostile]:
    """Yield hostile JSON, alone and in packages."""
    yield from _depths()
    yield from _widths()
    yield from _duplicate_keys()
    yield from _encodings()
    yield from _numbers()
    yield from _malformed()
    yield from _identifiers()


def _depths() -> Iterator[Hostile]:
    make = declare("json-depth", Code.JSON_TOO_DEEP, _FILE)
    yield make("arrays", lambda: b"[" * 100_000)
    yield make("objects", lambda: b'{"a":' * 100_000)
    yield make("closed-arrays", lambda: b'{"submodels":' + b"[" * 5000 + b"]" * 5000 + b"}")
    yield make("one-level-too-deep", lambda: b'{"submodels":' + b"[" * 64 + b"]" * 64 + b"}")
    yield make("in-a-package", lambda: json_package(b'{"submodels":' + b"[" * 5000 + b"]" * 5000 + b"}"))
    yield make("collections", lambda: submodel_json(submodelElements=[_collections(60)]))
    yield make("ten-million-brackets", lambda: b"[" * 10_000_000, code=Code.AAS_TOO_MANY_ELEMENTS)
    yield make("a-string-that-never-ends", lambda: b'{"a":"' + b"[" * 100_000, code=Code.JSON_INVALID)
    yield make("backslashes-that-never-end", lambda: b'{"a":"' + b"\\" * 1_000_001, code=Code.JSON_INVALID)


def _collections(levels: int) -> dict[str, object]:
    element: dict[str, object] = {"modelType": "SubmodelElementCollection", "idShort": "a"}
    for _ in range(levels):
        element = {"modelType": "SubmodelElementCollection", "idShort": "a", "value": [element]}
    return element


def _widths() -> Iterator[Hostile]:
    make = declare("json-width", Code.AAS_TOO_MANY_ELEMENTS, _FILE)
    yield make("five-million-arrays", lambda: b'{"submodels":[' + b"[]," * 5_000_000 + b"[]]}")
    yield make("five-million-objects", lambda: b'{"submodels":[' + b"{}," * 5_000_000 + b"{}]}")
    yield make("in-a-string", lambda: b'{"a":"' + b"{" * 5_000_000 + b'"}')
    yield make("three-million-numbers", lambda: b'{"submodels":[' + b"0," * 3_000_000 + b"0]}",
               code=Code.AAS_TOO_MANY_ELEMENTS)  # fmt: skip
    yield make("names-without-end", lambda: b"{" + b",".join(
        b'"%d":0' % number for number in range(1_500_000)) + b"}", code=Code.JSON_TOO_LARGE)  # fmt: skip
    yield make("names-in-a-submodel", lambda: submodel_json(**{f"n{number}": 0 for number in range(20_000)}),
               code=Code.JSON_TOO_LARGE)  # fmt: skip
    yield make("three-million-members", _members, code=Code.AAS_TOO_MANY_ELEMENTS)
    yield make(
        "longer-than-the-limit", lambda: b'{"a":"' + b"x" * (65 << 20) + b'"}', code=Code.AAS_DATA_TOO_LARGE
    )


def _members() -> bytes:
    return b"{" + b",".join(b'"%d":0' % number for number in range(3_000_000)) + b"}"


def _duplicate_keys() -> Iterator[Hostile]:
    make = declare("json-duplicate-keys", Code.JSON_DUPLICATE_KEY, _FILE)
    honest = json.dumps(make_submodel()).encode()
    yield make("id", lambda: honest.replace(b'"id":', b'"id": "urn:other", "id":'))
    yield make("escaped", lambda: honest.replace(b'"id":', b'"\\u0069d": "urn:other", "id":'))
    yield make("environment", lambda: b'{"submodels":[],"submodels":[' + honest + b"]}")
    yield make("in-a-package", lambda: json_package(b'{"submodels":[],"submodels":[' + honest + b"]}"))
    yield make("deep", lambda: honest.replace(b'"value":', b'"value": "a", "value":'))
    yield make("a-hundred-thousand-times", lambda: b'{"a":0' + b',"a":0' * 100_000 + b"}")
    yield make("behind-ten-thousand-names-a-string-that-never-ends",
               lambda: b'{"a":0' + b',"a":0' * 10_000 + b',"' + b'\\"' * 10_000_000, code=Code.JSON_INVALID)  # fmt: skip
    yield make("with-half-a-surrogate-pair", lambda: b'{"\\ud800":0,"\\ud800":1}', code=Code.JSON_INVALID)
    yield make("through-the-aas-api", lambda: honest.replace(b'"id":', b'"id": "urn:other", "id":'),
               door=Door.SUBMODEL)  # fmt: skip


def _encodings() -> Iterator[Hostile]:
    make = declare("json-encoding", Code.NOT_UTF8, _FILE)
    honest = submodel_json()
    yield make("latin-1", lambda: honest.replace(b"0042", b"\xe4\xf6"))
    yield make("utf-16", lambda: honest.decode().encode("utf-16"))
    yield make("utf-16-big-endian", lambda: b"\xfe\xff" + honest.decode().encode("utf-16-be"))
    yield make("overlong-quote", lambda: honest.replace(b"0042", b"\xc0\xa2"))
    yield make("overlong-nul", lambda: honest.replace(b"0042", b"\xc0\x80"))
    yield make("half-a-pair-as-bytes", lambda: honest.replace(b"0042", b"\xed\xa0\x80"))
    yield make("beyond-unicode", lambda: honest.replace(b"0042", b"\xf4\x90\x80\x80"))
    yield make("half-a-pair-escaped", lambda: honest.replace(b"0042", b"\\ud800"), code=Code.JSON_INVALID)
    yield make(
        "half-a-pair-in-a-key", lambda: honest.replace(b'"value"', b'"\\udfff"'), code=Code.JSON_INVALID
    )
    yield make("nul-escaped", lambda: honest.replace(b"0042", b"\\u0000"), code=Code.JSON_INVALID)
    yield make("two-marks", lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + honest, code=Code.UPLOAD_TYPE_UNKNOWN)
    yield make("in-a-package", lambda: json_package(honest.replace(b"0042", b"\xff")))


def _numbers() -> Iterator[Hostile]:
    make = declare("json-numbers", Code.JSON_NUMBER, _FILE)

    def numbered(text: bytes) -> bytes:
        return submodel_json(submodelElements=[], order="@").replace(b'"@"', text)

    yield make("beyond-every-float", lambda: numbered(b"1e400"))
    yield make("minus-beyond-every-float", lambda: numbered(b"-1e400"))
    yield make("a-hundred-thousand-digits", lambda: numbered(b"9" * 100_000))
    yield make("an-exponent-of-many-digits", lambda: numbered(b"1e" + b"9" * 100_000))
    yield make("beyond-two-to-the-53", lambda: numbered(b"9007199254740993"))
    yield make("a-fraction-of-megabytes", lambda: numbered(b"0." + b"1" * 60_000_000))
    yield make("a-fraction-that-would-be-altered", lambda: numbered(b"0.12345678901234567890123"))
    yield make("a-fraction-that-would-be-zero", lambda: numbered(b"1E-400"))
    yield make("not-a-number", lambda: numbered(b"NaN"), code=Code.JSON_INVALID)
    yield make("infinity", lambda: numbered(b"Infinity"), code=Code.JSON_INVALID)
    yield make("minus-infinity", lambda: numbered(b"-Infinity"), code=Code.JSON_INVALID)
    yield make("hexadecimal", lambda: numbered(b"0x10"), code=Code.JSON_INVALID)
    yield make("leading-zero", lambda: numbered(b"007"), code=Code.JSON_INVALID)
    yield make("through-the-aas-api", lambda: json.dumps(make_submodel(order="@")).encode().replace(b'"@"', b"1e-400"),
               door=Door.SUBMODEL)  # fmt: skip


def _malformed() -> Iterator[Hostile]:
    make = declare("json-malformed", Code.JSON_INVALID, _FILE)
    yield make("cut-off", lambda: submodel_json()[:-3])
    yield make("two-documents", lambda: submodel_json() * 2)
    yield make("a-comment", lambda: b"{/*evil*/}")
    yield make("single-quotes", lambda: b"{'submodels':[]}")
    yield make("a-comma-too-many", lambda: b'{"submodels":[],}')
    yield make("a-raw-control-character", lambda: b'{"a":"\x01"}')
    yield make("markup-after-the-end", lambda: submodel_json() + b"<script>alert(1)</script>")


def _identifiers() -> Iterator[Hostile]:
    make = declare("identifiers", Code.ID_TOO_LONG, _FILE)
    yield make("one-character-too-long", lambda: submodel_json(id="x" * 2049))
    yield make("a-million-characters", lambda: submodel_json(id="x" * 1_000_000))
    yield make(
        "twice",
        lambda: environment(make_submodel(), make_submodel(idShort="Other")),
        code=Code.AAS_DUPLICATE_ID,
    )
    yield make("no-identifiables", environment, code=Code.AAS_EMPTY)
    yield make("numbers-for-submodels", lambda: environment(1, 2, 3), code=Code.AAS_UNREADABLE)
    yield make("an-object-for-a-list", lambda: b'{"submodels":{"id":"a"}}', code=Code.AAS_UNREADABLE)
    yield make("nothing-at-all", lambda: b"", code=Code.UPLOAD_EMPTY)
    yield make("white-space-only", lambda: b" " * 100_000, code=Code.UPLOAD_TYPE_UNKNOWN)
