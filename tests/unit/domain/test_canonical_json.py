"""Canonical JSON, and JSON as an attacker would not like it."""

from typing import Any

import pytest

from aas_registry.domain.canonical_json import canonical_bytes, digest_of, loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError


def refusal(content: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        loads_strict(content, max_depth=8)
    return raised.value


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'.encode()),  # ordered by UTF-16 units
        ({"a": 1e21, "b": 1.0, "c": -0.0}, b'{"a":1e+21,"b":1,"c":0}'),
        ("\u20ac\n\x1f", '"\u20ac\\n\\u001f"'.encode()),
    ],
)
def test_one_value_has_one_byte_string(value: Any, canonical: bytes) -> None:
    assert canonical_bytes(value) == canonical


@pytest.mark.parametrize(
    "value", [2**60, float("nan"), [float("nan")], float("inf"), "\ud800", {"\ud800": 1}]
)
def test_refuses_what_cannot_be_kept_exactly(value: Any) -> None:
    with pytest.raises(RefusedError) as raised:
        canonical_bytes(value)

    assert raised.value.code is Code.JSON_NUMBER


def test_digest_is_sha256() -> None:
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_reads_with_and_without_byte_order_mark() -> None:
    assert loads_strict(b"\xef\xbb\xbf[1]", max_depth=8) == loads_strict(b"[1]", max_depth=8) == [1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'"\xff"', Code.NOT_UTF8),
        (b"[1", Code.JSON_INVALID),
        (b"", Code.JSON_INVALID),
        (b"[NaN]", Code.JSON_INVALID),
        (b"[-Infinity]", Code.JSON_INVALID),
        (b'{"a": 1, "a": 1}', Code.JSON_DUPLICATE_KEY),
        (b'[{"a": {"b": 1, "\\u0062": 2}}]', Code.JSON_DUPLICATE_KEY),
        (b"9" * 5000, Code.JSON_NUMBER),
        (b"[" * 9 + b"]" * 9, Code.JSON_TOO_DEEP),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, Code.JSON_TOO_DEEP),
        (b"[" * 1_000_000, Code.JSON_TOO_DEEP),
    ],
)
def test_refuses_with_a_stable_code(content: bytes, code: Code) -> None:
    assert refusal(content).code is code


def test_brackets_in_strings_are_no_depth() -> None:
    text = '["' + "[{" * 100 + '", "\\"[[[[[[[[[", "\\\\"]'

    assert len(loads_strict(text.encode(), max_depth=1)) == 3


def test_names_row_and_column() -> None:
    finding = refusal(b'{\n "a": 1,\n oops}').findings[0]

    assert (finding.row, finding.column) == (3, 2)


def test_names_the_place_of_the_depth() -> None:
    finding = refusal(b"[\n" * 9).findings[0]

    assert (finding.row, finding.column) == (9, 1)


@pytest.mark.parametrize("content", [b'{"a":"' + b"[" * 300_000, b'{"a":"' + b"\\" * 300_001])
def test_a_string_that_never_ends_is_looked_through_once(content: bytes) -> None:
    with pytest.raises(RefusedError) as raised:
        loads_strict(content, max_depth=8)

    assert raised.value.code is Code.JSON_INVALID


def test_refuses_half_a_surrogate_pair_and_takes_a_whole_one() -> None:
    with pytest.raises(RefusedError) as raised:
        loads_strict(b'{"a": "\\ud800"}', max_depth=8)

    assert raised.value.code is Code.JSON_INVALID
    assert loads_strict(b'{"a": "\\ud83d\\ude00"}', max_depth=8) == {"a": "\U0001f600"}
