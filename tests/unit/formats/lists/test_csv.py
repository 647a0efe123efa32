"""CSV is read as spreadsheet programs write it; another encoding is refused, not guessed."""

import codecs
import io
from collections.abc import Callable

import pytest

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.domain.spreadsheet_cells import read_cell
from aas_registry.domain.spreadsheet_columns import ColumnKind
from aas_registry.formats.lists.csv import csv_rows, open_csv


def read(content: bytes, limits: Limits) -> list[Row]:
    return list(csv_rows(open_csv(io.BytesIO(content), limits=limits), limits=limits))


def refusal(content: bytes, limits: Limits) -> tuple[str, int | None]:
    with pytest.raises(RefusedError) as caught:
        read(content, limits)
    return caught.value.code.value, caught.value.findings[0].row


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_separators_line_ends_and_marks_do_not_matter(
    separator: str, end: str, mark: bytes, encoding: str, limits: Limits
) -> None:
    text = end.join([separator.join(["MPN", "Größe"]), separator.join(["00123", '"a;b,c"'])])

    assert read(mark + text.encode(encoding), limits) == [(1, ["MPN", "Größe"]), (2, ["00123", "a;b,c"])]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(limits: Limits) -> None:
    assert read(b'a,b\n\n"two\nlines",c\n,,\nd,e,,\n', limits) == [
        (1, ["a", "b"]),
        (3, ["two\nlines", "c"]),
        (5, ["d", "e"]),
    ]


@pytest.mark.parametrize(
    "content", ["a,Größe".encode("cp1252"), "a,部品".encode("shift-jis"), b"a,b\n" * 90_000 + b"\xff,1"]
)
def test_another_encoding_is_refused(content: bytes, limits: Limits) -> None:
    assert refusal(content, limits) == ("SPREADSHEET-ENCODING", 1 + content.count(b"\n"))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_line_that_is_not_utf8_is_named_and_what_stands_before(end: bytes, limits: Limits) -> None:
    lines = end.join([b"Hersteller;MPN"] * 30_000 + [b"B\xfcro;X"])
    with pytest.raises(RefusedError, match=r"Line 30001 is not utf-8 after '.*B'") as caught:
        read(lines, limits)
    assert caught.value.findings[0].row == 30_001


@pytest.mark.parametrize(
    ("field", "value", "code", "severity"),
    [
        ('"=""0042"""', "0042", "SPREADSHEET-FORMULA", "warning"),
        ("+A1", "+A1", "SPREADSHEET-FORMULA", "warning"),
        ("\uff1d1+1", "\uff1d1+1", "SPREADSHEET-FORMULA", "warning"),
        ("=1+1", None, "SPREADSHEET-FORMULA", "error"),
        ('"\t=HYPERLINK(""x"")"', None, "SPREADSHEET-FORMULA", "error"),
        ("-5", "-5", None, None),
        ("+4,5", "+4,5", None, None),
        ("-", "-", None, None),
        ("'=1+1", "=1+1", None, None),
    ],
)
def test_what_a_program_would_evaluate_is_found(
    field: str, value: str | None, code: str | None, severity: str | None, limits: Limits
) -> None:
    cell = read(f"a;b\n{field};x".encode(), limits)[1][1][0]
    told = read_cell(cell, ColumnKind.CODE)
    assert told.value == value
    assert (told.problem and (told.problem.code, told.problem.severity)) == (code and (code, severity))


def test_a_formula_that_fetches_is_refused_with_its_cell(limits: Limits) -> None:
    with pytest.raises(RefusedError) as caught:
        read(b"a,b\nx,=WEBSERVICE(A1)", limits)
    (found,) = caught.value.findings
    assert (found.code, found.row, found.column) == ("SPREADSHEET-FORMULA-ACTIVE", 2, 2)
    assert found.value == "=WEBSERVICE(A1)"


@pytest.mark.parametrize("content", [b'a,b\nc,"d', b'a,b\nc,"d"x', b'a\n"' + b"x\n" * 200_000])
def test_malformed_quotes_are_refused_with_the_row(content: bytes, limits: Limits) -> None:
    assert refusal(content, limits) == ("SPREADSHEET-DAMAGED", 2)


def test_what_is_too_large_is_refused(with_limits: Callable[..., Limits]) -> None:
    limits = with_limits(spreadsheet_rows=5, spreadsheet_columns=20, spreadsheet_bytes=1_000_000)

    assert refusal(b"a\n" * 30, limits) == ("SPREADSHEET-TOO-LARGE", 26)
    assert refusal(b"," * 20 + b"x", limits) == ("SPREADSHEET-TOO-LARGE", 1)
    assert refusal(b"x" * 500_000, limits)[0] == "SPREADSHEET-TOO-LARGE"
    assert refusal(b"\n" * 1_000_001, limits)[0] == "SPREADSHEET-TOO-LARGE"


def test_empty_lines_are_bounded_too(limits: Limits) -> None:
    assert refusal(b"\n" * 1_048_577, limits) == ("SPREADSHEET-TOO-LARGE", None)
