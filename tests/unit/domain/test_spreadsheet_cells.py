"""A cell says what its column holds, and what a spreadsheet program did to it is found out."""

from datetime import date
from decimal import Decimal

import pytest

from aas_registry.domain.findings import Severity
from aas_registry.domain.spreadsheet_cells import CellKind, OddCell, ReadCell, read_cell, shown
from aas_registry.domain.spreadsheet_columns import ColumnKind


def number(text: str) -> OddCell:
    return OddCell(text, CellKind.NUMBER)


def code_of(read: ReadCell) -> str | None:
    return None if read.problem is None else read.problem.code.value


@pytest.mark.parametrize("text", ["0042", "00", "1e5", "12E4", "-5", "=A", "a  b", "部品", "2026-01-02"])
def test_a_code_that_is_text_stays_as_it_is(text: str) -> None:
    assert read_cell(text, ColumnKind.KEY) == ReadCell(text)


@pytest.mark.parametrize(
    "cell",
    [
        number("42"),
        number("1.2E+11"),
        number("1234567890123456"),
        number("4.5"),
        OddCell("2026-03-01", CellKind.DATE),
        "1.2E+11",
        "1,23E+05",
    ],
)
def test_a_key_that_a_program_altered_is_an_error(cell: str | OddCell) -> None:
    read = read_cell(cell, ColumnKind.KEY)

    assert (read.value, code_of(read)) == (None, "SPREADSHEET-CODE-ALTERED")
    assert read.problem is not None
    assert read.problem.severity is Severity.ERROR


def test_a_number_in_another_code_is_taken_with_a_warning() -> None:
    read = read_cell(number("2611"), ColumnKind.CODE)

    assert read.value == "2611"
    assert read.problem is not None
    assert read.problem.severity is Severity.WARNING


def test_a_number_without_exponent_is_shown_with_all_its_digits() -> None:
    assert read_cell(number("1.20000000000000E+11"), ColumnKind.CODE).value == "120000000000"


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [
        ("4000", "4000"),
        ("4,5", "4.5"),
        ("0.500", "0.5"),
        ("4000.000", "4000"),
        (number("4000"), "4000"),
        (number("0.30000000000000004"), "0.3"),
        (number("1E3"), "1000"),
        ("0", "0"),
    ],
)
def test_a_quantity_is_exact(cell: str | OddCell, quantity: str) -> None:
    assert read_cell(cell, ColumnKind.QUANTITY) == ReadCell(Decimal(quantity))


@pytest.mark.parametrize(
    "cell",
    ["-1", number("-1"), "1.000", "12,500", "1.000.000", "four", "1e400", number("1E+300"), number("NaN"),
     number("x"), "1" * 40, OddCell("2026-01-01", CellKind.DATE), "0.0000001"],
)  # fmt: skip
def test_what_is_no_quantity_is_an_error(cell: str | OddCell) -> None:
    assert code_of(read_cell(cell, ColumnKind.QUANTITY)) == "SPREADSHEET-QUANTITY-INVALID"


@pytest.mark.parametrize(
    "cell",
    ["2026-03-09", "9.3.2026", "2026/3/9", "2026年3月9日", "2026-03-09T00:00:00Z",
     OddCell("2026-03-09", CellKind.DATE)],
)  # fmt: skip
def test_a_date_is_read_in_forms_that_mean_one_day(cell: str | OddCell) -> None:
    assert read_cell(cell, ColumnKind.DATE) == ReadCell(date(2026, 3, 9))


@pytest.mark.parametrize(
    "cell", ["2026-02-30", "03/09/2026", "soon", "1066-10-14", "9999-99-99", number("46000")]
)
def test_what_is_no_day_is_an_error(cell: str | OddCell) -> None:
    assert code_of(read_cell(cell, ColumnKind.DATE)) == "SPREADSHEET-DATE-INVALID"


@pytest.mark.parametrize(("text", "code"), [("DE", "DE"), ("jp", "JP")])
def test_a_country_is_two_letters(text: str, code: str) -> None:
    assert read_cell(text, ColumnKind.COUNTRY) == ReadCell(code)


@pytest.mark.parametrize("cell", ["UK", "XX", "Germany", number("49")])
def test_another_country_is_an_error(cell: str | OddCell) -> None:
    assert code_of(read_cell(cell, ColumnKind.COUNTRY)) == "SPREADSHEET-COUNTRY-UNKNOWN"


@pytest.mark.parametrize("kind", [ColumnKind.KEY, ColumnKind.QUANTITY, ColumnKind.DATE, ColumnKind.COUNTRY])
def test_an_error_value_is_never_taken(kind: ColumnKind) -> None:
    assert code_of(read_cell(OddCell("#N/A", CellKind.ERROR), kind)) == "SPREADSHEET-CELL-ERROR"


@pytest.mark.parametrize("text", ["a\nb", "a\x07", "x" * 256, "\ufffe", "\u200b", "\u3164 \u00ad"])
def test_a_text_that_no_lot_can_carry_is_an_error(text: str) -> None:
    assert code_of(read_cell(text, ColumnKind.CODE)) == "SPREADSHEET-TEXT-INVALID"


def test_a_code_from_a_formula_is_taken_with_a_warning() -> None:
    read = read_cell(OddCell("0042", None, is_formula=True), ColumnKind.KEY)

    assert (read.value, code_of(read)) == ("0042", "SPREADSHEET-FORMULA")


@pytest.mark.parametrize(
    ("written", "meant"), [("'=1+1", "=1+1"), ("'-5", "-5"), ("'quoted'", "'quoted'"), ("'", "'")]
)
def test_the_apostrophe_before_a_formula_sign_is_no_part_of_the_text(written: str, meant: str) -> None:
    assert read_cell(written, ColumnKind.CODE).value == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("'0042", "0042"), ("'\uff10\uff14", "\uff10\uff14"), ("''0042", "'0042")]
)
@pytest.mark.parametrize("kind", [ColumnKind.KEY, ColumnKind.CODE])
def test_the_mark_of_text_before_a_digit_is_taken_off_and_told(written, meant, kind) -> None:
    read = read_cell(written, kind)

    assert (read.value, code_of(read)) == (meant, "SPREADSHEET-TEXT-MARK")


def test_an_apostrophe_before_a_letter_is_kept_and_told() -> None:
    read = read_cell("'t Hart", ColumnKind.KEY)

    assert (read.value, code_of(read)) == ("'t Hart", "SPREADSHEET-TEXT-MARK")


def test_the_mark_of_text_before_a_quantity_or_date_is_taken_off() -> None:
    assert read_cell("'1000", ColumnKind.QUANTITY).value == Decimal(1000)
    assert read_cell("'2026-03-01", ColumnKind.DATE).value == date(2026, 3, 1)


@pytest.mark.parametrize("kind", [each for each in ColumnKind if each is not ColumnKind.IGNORED])
def test_an_empty_cell_says_nothing(kind: ColumnKind) -> None:
    assert read_cell("  ", kind) == ReadCell(None)


def test_a_value_is_shown_short_and_printable() -> None:
    assert shown("\x1b[31m" + "x" * 99) == "\ufffd[31m" + "x" * 55 + "…"
