"""What we write is the same each time, and holds text where text was meant."""

import io

import openpyxl
import pytest

from aas_registry.domain.spreadsheet_columns import TEMPLATE_COLUMNS
from aas_registry.formats.lists.writer import (
    safe_text,
    write_list_xlsx,
    write_template_csv,
    write_template_xlsx,
)


def test_the_template_has_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_template_xlsx()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)

    assert write_template_xlsx() == first


def test_the_template_has_the_stable_names_as_text_columns() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template_xlsx()))
    sheet = book["Lots"]

    assert [cell.value for cell in sheet[1]] == [each.header for each in TEMPLATE_COLUMNS]
    assert {sheet.column_dimensions[name].number_format for name in ("A", "C", "G")} == {"@"}
    assert sheet.freeze_panes == "A2"
    assert book.sheetnames == ["Lots", "Instructions"]
    assert {each.header for each in TEMPLATE_COLUMNS} <= {cell.value for cell in book["Instructions"]["A"]}


def test_the_csv_template_is_one_line_with_a_mark() -> None:
    text = write_template_csv()

    assert text.startswith(b"\xef\xbb\xbfManufacturer,MPN,Lot code,")
    assert text.count(b"\r\n") == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_begins_like_a_formula_is_written_as_text(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_list_xlsx([{"mpn": text}])))["Lots"]

    assert safe_text(text) == f"'{text}"
    assert (sheet["B2"].data_type, sheet["B2"].number_format) == ("s", "@")
