"""Canonical JSON, and JSON as an attacker would not like it."""

from typing import Any

import pytest

from aas_registry.domain.canonical_json import canonical_bytes, digest_of, loads_bounded, loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.settings import Settings


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
        (b"9" * 641, Code.JSON_NUMBER),
        (b"[0." + b"1" * 1000 + b"]", Code.JSON_NUMBER),
        (b"[1e" + b"1" * 1000 + b"]", Code.JSON_NUMBER),
        (b"[" + b"0" * 1000 + b"]", Code.JSON_INVALID),
        (b'["\\"' + b"1" * 1000 + b'\\"' * 300_000, Code.JSON_INVALID),
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


def test_names_the_place_of_a_value_or_name_too_many() -> None:
    limits = Settings(body_values=4, json_names=2).limits

    for content, row, column in (
        (b'["abcd",\n1,\n2,3,4]', 3, 4),
        (b'{"a": 1,\n "b:": {"\xc3\xa4": 2}}', 2, 9),
    ):
        with pytest.raises(RefusedError) as raised:
            loads_bounded(content, limits=limits)
        found = raised.value.findings[0]

        assert (found.code, found.row, found.column) == (Code.JSON_TOO_LARGE, row, column)


def test_a_name_that_stands_often_is_one_name() -> None:
    content = b'[{"a" :1},{"a"\n: 2},{"a":": : :"}]'

    assert len(loads_bounded(content, limits=Settings(json_names=1).limits)) == 3


def test_takes_digits_of_any_number_in_a_text() -> None:
    assert loads_strict(b'["' + b"1" * 5000 + b'", 1]', max_depth=8) == ["1" * 5000, 1]


@pytest.mark.parametrize(
    ("content", "row", "column"),
    [
        (b'[1,\n "NaN", NaN]', 2, 9),
        (b"[-Infinity]", 1, 2),
        (b'\xef\xbb\xbf["' + b"1" * 1000 + b'",' + b"1" * 1000 + b"]", 1, 1005),
    ],
)
def test_names_the_place_of_a_number_that_is_not_taken(content: bytes, row: int, column: int) -> None:
    finding = refusal(content).findings[0]

    assert (finding.row, finding.column) == (row, column)


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"b": [0, {"c": {"a": 1, "d": 2, "a": 3}}]}', "b[1].c.a"),
        (b'{"b": {"a": 1, "a": 2}, "b": 3}', "b"),
        (b'[{"": 1, "": 2}]', "[0]."),
    ],
)
def test_names_the_whole_path_of_a_key_that_stands_twice(content: bytes, path: str) -> None:
    assert refusal(content).findings[0].path == path


@pytest.mark.parametrize(
    "number",
    [
        "1.10", "0.1", "-0.0", "0e5", "1e21", "0.10000000000000001", "5e-324", "1.7976931348623157e308",
        "0.1000000000000000000000", "0.1000000000000000055511151231257827021181583404541015625",
    ],
)  # fmt: skip
def test_takes_a_fraction_that_double_precision_gives_back(number: str) -> None:
    assert loads_strict(number.encode(), max_depth=8, exact_numbers=True) == float(number)


@pytest.mark.parametrize(
    "number",
    ["0.12345678901234567890123", "1E-400", "-1e-400", "1e400", "9007199254740993.0", "4e-324", "1e400-5"],
)
def test_refuses_a_fraction_that_double_precision_does_not_give_back(number: str) -> None:
    with pytest.raises(RefusedError) as raised:
        loads_strict(f'{{"{number}":\n {number}}}'.encode(), max_depth=8, exact_numbers=True)

    assert raised.value.code is Code.JSON_NUMBER
    assert (raised.value.findings[0].row, raised.value.findings[0].column) == (2, 2)
