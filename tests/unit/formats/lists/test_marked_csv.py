"""A CSV text comes back byte for byte, with one more field in each record."""

import codecs
import io

import pytest

from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.lists.marked_csv import mark_csv


def marked(
    content: bytes, limits: Limits, *, place: int, texts: dict[int, str], is_there: bool = False
) -> bytes:
    target, column = io.BytesIO(), ErrorsColumn(1, place, is_there)
    mark_csv(io.BytesIO(content), target, texts=texts, column=column, limits=limits)
    return target.getvalue()


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_separators_quotes_and_line_ends_stay(
    mark: bytes, encoding: str, separator: str, end: str, limits: Limits
) -> None:
    lines = ["MPN|Größe", '"0042"|"a|""b"""', "", '"two\nlines"|x', "only"]
    told = ["MPN|Größe|Errors", '"0042"|"a|""b"""|', "", '"two\nlines"|x|wrong', "only||"]

    content = mark + end.join(lines).replace("|", separator).encode(encoding)

    assert marked(content, limits, place=3, texts={1: "Errors", 4: "wrong"}) == (
        mark + end.join(told).replace("|", separator).encode(encoding)
    )


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("=1+1", "'=1+1"),
        ('"=1,2"', '"\'=1,2"'),
        ("@x", "'@x"),
        ("+cmd", "'+cmd"),
        ("-5", "-5"),
        ("+49", "+49"),
        ("'=1", "'=1"),
        ('"=""0042"""', '"=""0042"""'),
    ],
)
def test_a_field_that_would_be_a_formula_becomes_text(field: str, written: str, limits: Limits) -> None:
    content = f'a,b\n"x",{field}\n'.encode()

    assert marked(content, limits, place=3, texts={2: "t"}) == f'a,b,\n"x",{written},t\n'.encode()


def test_the_text_of_errors_is_quoted_and_never_a_formula(limits: Limits) -> None:
    assert marked(b"a,b\n", limits, place=3, texts={1: '=x, "y"'}) == b'a,b,"\'=x, ""y"""\n'


def test_fields_of_an_errors_column_are_replaced_wherever_it_stands(limits: Limits) -> None:
    content = b'MPN,Errors,Lot\r\n7,"old, ""x""",L\r\n8\r\n'

    assert marked(content, limits, place=2, texts={3: "new"}, is_there=True) == (
        b"MPN,Errors,Lot\r\n7,,L\r\n8,new\r\n"
    )


def test_a_column_of_errors_is_emptied_where_there_are_none(limits: Limits) -> None:
    assert marked(b"MPN;Errors\n7;old\n", limits, place=2, texts={}, is_there=True) == (b"MPN;Errors\n7;\n")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"a,b", b"a,b,E\r\n,,t\r\n"), (b"a,b\n", b"a,b,E\n,,t\n"), (b"a,b\n\n", b"a,b,E\n,,t\n")],
)
def test_rows_that_are_not_there_yet_follow(content: bytes, expected: bytes, limits: Limits) -> None:
    assert marked(content, limits, place=3, texts={1: "E", 2: "t"}) == expected
