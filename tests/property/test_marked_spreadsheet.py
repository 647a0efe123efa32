"""A list that comes back is a copy of the sender's: what another program sees of it is equal, tables aside."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.container.bounded_xml import read_bounded_pieces
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.lists.marked import mark_spreadsheet
from aas_registry.formats.lists.passive_elements import PartKind
from aas_registry.formats.lists.plain_part import CellBudget, PlainPart
from aas_registry.formats.lists.spreadsheet import read_spreadsheet
from aas_registry.settings import Settings

LIMITS = Settings().limits
NAMES = ["Manufacturer", "MPN", "Lot code", "Remark"]
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8).filter(
    lambda text: not text.startswith("=") and "_x" not in text.lower()
)
VALUES = st.one_of(st.none(), st.integers(0, 10**6), TEXTS, st.booleans())
ROWS = st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=6)


@st.composite
def books(draw: st.DrawFn) -> bytes:
    """Draw a workbook with formats, widths, notes, merged cells, panes, a table and a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Lots"
    sheet.append(NAMES)
    for row in draw(ROWS):
        sheet.append(row)
    for place in draw(st.lists(st.sampled_from(["A1", "B2", "C3", "D4", "A9"]), unique=True)):
        _dress(sheet[place], draw)
    for letters in draw(st.lists(st.sampled_from("ABCDEFG"), unique=True)):
        sheet.column_dimensions[letters].width = draw(st.integers(1, 60))
    sheet.row_dimensions[2].height = draw(st.one_of(st.none(), st.integers(5, 90)))
    sheet.freeze_panes = draw(st.sampled_from([None, "A2", "B3"]))
    if draw(st.booleans()):
        sheet.merge_cells("A12:C13")
        sheet.auto_filter.ref = "A1:D4"
    if draw(st.booleans()):
        sheet["B1"].comment = Comment(draw(TEXTS), "A supplier")
    other = book.create_sheet(draw(st.sampled_from(["Notes", "注記", "A & B"])))
    for row in draw(ROWS):
        other.append(row)
    other.append(["a", "b"])
    if draw(st.booleans()):
        last = other.max_row
        other.cell(last + 1, 1, "x")
        other.add_table(Table(displayName="T", ref=f"A{last}:B{last + 1}"))
    book.defined_names["Area"] = DefinedName("Area", attr_text="Lots!$A$1:$B$2")
    return _saved(book)


def _dress(cell: Any, draw: st.DrawFn) -> None:
    cell.font = Font(bold=draw(st.booleans()), color=draw(st.sampled_from(["FF0000", "00FF00"])))
    cell.number_format = draw(st.sampled_from(["@", "0.00", "yyyy-mm-dd"]))
    cell.border = Border(left=Side(style="thin"))
    cell.alignment = Alignment(wrap_text=draw(st.booleans()))
    cell.fill = PatternFill("solid", fgColor="FF00AAFF")


def _saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _marked(content: bytes, findings: Sequence[Finding], *, width: int, again: bool = False) -> bytes:
    target = io.BytesIO()
    mark_spreadsheet(
        read_spreadsheet(recognise(io.BytesIO(content), "a.xlsx", limits=LIMITS), limits=LIMITS),
        target,
        limits=LIMITS,
        findings=findings,
        column=ErrorsColumn(1, width + 1, again),
    )
    return target.getvalue()


def _rows(content: bytes) -> dict[int, list[Any]]:
    return {
        row: list(cells)
        for row, cells in read_spreadsheet(
            recognise(io.BytesIO(content), "a", limits=LIMITS), limits=LIMITS
        ).rows
    }


def _seen(sheet: Worksheet, *, without: set[tuple[int, int]], column: int) -> dict[str, Any]:
    """Return what openpyxl sees of a sheet, but for a column and the fill of some cells."""
    cells = {}
    for line in sheet.iter_rows(max_col=max(sheet.max_column, column)):
        for cell in line:
            fill = None if (cell.row, cell.column) in without else cell.fill.fgColor.rgb
            look = (cell.font.b, cell.font.color and cell.font.color.rgb, cell.number_format, fill)
            note = cell.comment and cell.comment.text
            if cell.column != column:
                cells[cell.coordinate] = (
                    cell.value,
                    look,
                    cell.border.left.style,
                    cell.alignment.wrap_text,
                    note,
                )
    return {
        "cells": {place: seen for place, seen in cells.items() if seen[0] is not None or seen[4] is not None},
        "widths": {key: each.width for key, each in sheet.column_dimensions.items() if key != get_column_letter(column)},
        "heights": {key: each.height for key, each in sheet.row_dimensions.items() if each.height},
        "merged": sorted(map(str, sheet.merged_cells.ranges)),
        "panes": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
    }  # fmt: skip


FOUND = st.lists(
    st.builds(
        lambda row, column, text: error(Code.SPREADSHEET_CELL_MISSING, text, row=row, column=column),
        st.integers(2, 11),
        st.integers(1, 4),
        TEXTS,
    ),
    max_size=5,
)


@examples(25)
@given(books(), FOUND)
def test_all_but_the_column_of_errors_is_as_it_was(content: bytes, findings: list[Finding]) -> None:
    width = max(map(len, _rows(content).values()))

    found = _marked(content, findings, width=width)

    before, after = openpyxl.load_workbook(io.BytesIO(content)), openpyxl.load_workbook(io.BytesIO(found))
    coloured = {(each.row or 0, each.column or 0) for each in findings}
    assert after.sheetnames == before.sheetnames
    assert after.defined_names["Area"].attr_text == "Lots!$A$1:$B$2"
    for name in before.sheetnames:
        place, without = (width + 1, coloured) if name == "Lots" else (99, set())
        assert _seen(after[name], without=without, column=place) == _seen(
            before[name], without=without, column=place
        )
    assert {after["Lots"].cell(*place).fill.fgColor.rgb for place in coloured} <= {"FFF8B4B4"}


@examples(25)
@given(books(), FOUND)
def test_our_reader_reads_the_same_rows_and_the_errors(content: bytes, findings: list[Finding]) -> None:
    before = _rows(content)
    width = max(map(len, before.values()))
    told = {each.row for each in findings}

    after = _rows(_marked(content, findings, width=width))

    errors = {row: cells[width] for row, cells in after.items() if len(cells) > width}
    assert errors.keys() == {1, *told}
    assert errors.pop(1) == "Errors"
    for row in told:
        assert all(each.message in errors[row] for each in findings if each.row == row)
    rest = {row: _stripped(cells[:width]) for row, cells in after.items()}
    assert {row: cells for row, cells in rest.items() if cells} == before


@examples(15)
@given(books(), FOUND, FOUND)
def test_marking_again_tells_the_errors_that_are_left(
    content: bytes, first: list[Finding], second: list[Finding]
) -> None:
    width = max(map(len, _rows(content).values()))

    again = _marked(_marked(content, first, width=width), second, width=width, again=True)

    assert _rows(again) == _rows(_marked(content, second, width=width))


@examples(15)
@given(books(), st.integers(1, 700))
def test_a_copy_does_not_depend_on_the_pieces_in_which_it_is_fed(content: bytes, size: int) -> None:
    sheet = _first_sheet(content)

    copies = []
    for pieces in ([sheet], [sheet[place : place + size] for place in range(0, len(sheet), size)]):
        written: list[str] = []
        plain = PlainPart(PartKind.SHEET, written.append, CellBudget(LIMITS))
        for _ in read_bounded_pieces(pieces, plain, limits=LIMITS, part="/a", kept_chars=1000):
            pass
        copies.append("".join(written))

    assert copies[0] == copies[1]


def _first_sheet(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def _stripped(cells: list[Any]) -> list[Any]:
    while cells and cells[-1] == "":
        cells = cells[:-1]
    return cells
