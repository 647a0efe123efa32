"""What we write as a list is read back equal, whatever the texts are; no cell is a formula."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.spreadsheet import read_lot_list
from aas_registry.domain.spreadsheet_cells import FORMULA_STARTS, CellKind, OddCell
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.lists.spreadsheet import read_spreadsheet
from aas_registry.formats.lists.writer import write_list_csv, write_list_xlsx
from aas_registry.settings import Settings

LIMITS = Settings().limits
# Texts that a list may hold: printable, without white space around, digits and signs often.
TEXTS = (
    st.text(
        st.one_of(st.sampled_from("00123456789=+-@'\"<>&;,_x"), st.characters(exclude_categories=("C", "Z"))),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(lambda text: matching_key(text) and text[0] != "'" and not text.upper().startswith("_X"))
)
CODES = st.one_of(st.from_regex(r"0[0-9]{1,20}", fullmatch=True), TEXTS).filter(
    lambda text: "E+" not in text.upper() and "_x" not in text.lower()
)
ROWS = st.lists(
    st.fixed_dictionaries({"manufacturer": TEXTS.filter(lambda text: "_x" not in text.lower() and "E+" not in text.upper()),
                           "mpn": CODES, "lot_code": CODES}),
    min_size=1,
    max_size=8,
    unique_by=lambda row: matching_key(row["lot_code"]),
)  # fmt: skip


def named(content: bytes, name: str) -> list[tuple[str, str, str]]:
    opened = read_spreadsheet(recognise(io.BytesIO(content), name, limits=LIMITS), limits=LIMITS)
    read = read_lot_list(opened.rows, most_rows=1000, most_findings=100)
    assert not read.findings.has_errors, read.findings.all()
    return [(lot.manufacturer, lot.mpn, lot.lot_code) for lot in read.lots]


def stated(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(row["manufacturer"], row["mpn"], row["lot_code"]) for row in rows]


@examples(60)
@given(ROWS)
def test_a_workbook_is_read_back_equal(rows: list[dict[str, str]]) -> None:
    assert named(write_list_xlsx(rows), "a.xlsx") == stated(rows)


@given(ROWS)
def test_a_csv_is_read_back_equal(rows: list[dict[str, str]]) -> None:
    assert named(write_list_csv(rows), "a.csv") == stated(rows)


@given(ROWS)
def test_no_cell_of_a_csv_begins_like_a_formula(rows: list[dict[str, str]]) -> None:
    text = write_list_csv(rows).decode("utf-8-sig")

    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]

    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]


@examples(40)
@given(ROWS)
def test_no_cell_of_a_workbook_is_a_formula(rows: list[dict[str, str]]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_list_xlsx(rows)))

    assert {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert [cell.value for cell in book["Lots"]["C"][1:]] == [row["lot_code"] for row in rows]


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.dates(min_value=date(1901, 1, 1)),
    TEXTS,
    st.floats(-1e6, 1e6, allow_nan=False),
)


@examples(40)
@given(rows=st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=6))
@pytest.mark.parametrize("write_only", [True, False])
def test_another_reader_finds_the_same_cells(rows: list[list[object]], write_only: bool) -> None:
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("Lots", 0)
    for row in rows:
        sheet.append([f"'{each}" if isinstance(each, str) and each.startswith("=") else each for each in row])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        book.save(path)
        theirs = CalamineWorkbook.from_path(path).get_sheet_by_name("Lots").to_python(skip_empty_area=False)
        ours = dict(
            read_spreadsheet(recognise(io.BytesIO(path.read_bytes()), "a", limits=LIMITS), limits=LIMITS).rows
        )

    for number, expected in enumerate(theirs, start=1):
        found = list(map(comparable, ours.get(number, [])))
        assert found + [""] * (len(expected) - len(found)) == [plain(each) for each in expected]


def comparable(cell: str | OddCell) -> object:
    if isinstance(cell, str):
        return cell
    if cell.kind is CellKind.BOOLEAN:
        return cell.text == "TRUE"
    return float(cell.text) if cell.kind is CellKind.NUMBER else cell.text


def plain(value: object) -> object:
    if isinstance(value, bool | str):
        return value
    return value if isinstance(value, float) else str(value)[:10]
