"""A workbook on its way back: a copy by openpyxl with one more column, and colours behind wrong cells.

openpyxl sees only what `plain_workbook` hands on. What it made of that is looked through once
more before it is written: no formula that reaches out of the workbook, and no text that a
program could take for one.
"""

import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from io import BytesIO
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import PatternFill
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import LAST_ROW
from aas_registry.domain.spreadsheet_cells import FORMULA_STARTS, is_active_formula
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.domain.spreadsheet_findings import column_letters
from aas_registry.formats.lists.plain_part import CELL_CHARS, NUMBER, NotCopiedError
from aas_registry.formats.lists.plain_workbook import plain_workbook
from aas_registry.formats.lists.strings import ESCAPED, escaped, printable
from aas_registry.formats.lists.writer import saved
from aas_registry.formats.lists.xlsx import Workbook

# What openpyxl raises where it makes nothing of a file; it has no error of its own for that.
_FAILURES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, SyntaxError),
    *(TypeError, ValueError),
)
_LAST_COLUMN = 16_384
_WIDTH = 80
_CHUNK_BYTES = 1 << 20
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FORMULA = re.compile(rb"<f[\s/>]")
_PASSIVE_TYPES = frozenset("bde")
_ERRORS = frozenset(
    ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"]
)
_FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFF8B4B4"),
    Severity.WARNING: PatternFill("solid", fgColor="FFFFE699"),
}


def mark_workbook(
    book: Workbook,
    target: BinaryIO,
    *,
    texts: Mapping[int, str],
    findings: Sequence[Finding],
    column: ErrorsColumn,
    limits: Limits,
) -> None:
    """Write a copy of a workbook with the errors of its list.

    Args:
        book: The opened workbook; its rows may have been read already.
        target: Takes the file.
        texts: What the column of errors says, by row.
        findings: Whose cells get a colour.
        column: The column of errors.
        limits: Every bound.

    Raises:
        RefusedError: Another part of it is damaged or hostile.
        NotCopiedError: It is too large, or a copy would not say what it says; nothing was written.
    """
    cell_texts = _CellTexts()
    try:
        copied = load_workbook(plain_workbook(book, limits=limits), data_only=True, keep_links=False)
        copied.iso_dates = True  # a date that stands as one stays one
        for each in copied.worksheets:
            _make_plain(each, cell_texts)
            _make_passive(each)
        sheet = _open_at(copied, [each.part for each in book.sheets].index(book.sheet_part))
        _write_column(sheet, texts, column, cell_texts)
        for found in reversed(findings):  # the worst is told first, and gives the colour
            if found.row and found.column and found.column != column.number and found.severity in _FILLS:
                _cell_at(sheet, found.row, found.column).fill = _FILLS[found.severity]
        content = saved(copied)
        _refuse_formulas(content)
    except _FAILURES as cause:
        raise NotCopiedError from cause
    target.write(content)


class _CellTexts(dict[str, str]):
    """Texts as openpyxl must write them, each made once: many cells may share one."""

    def __missing__(self, text: str) -> str:
        written = self[text] = escaped(printable(text))
        if len(written) > CELL_CHARS:
            raise NotCopiedError
        return written

    def write(self, cell: Any, text: str) -> None:
        """Write a text that stays one, whatever it begins with, also when somebody edits the cell."""
        cell._value, cell.data_type = self[text], "s"  # noqa: SLF001 - openpyxl would look for formulas
        if text.startswith(FORMULA_STARTS):
            cell.quotePrefix = True


def _make_plain(sheet: Worksheet, texts: _CellTexts) -> None:
    """Leave cells of no type that could be, or become, a formula."""
    if sheet.max_row > LAST_ROW or sheet.max_column > _LAST_COLUMN:
        raise NotCopiedError
    for cell in _cells(sheet).values():
        if isinstance(cell, Cell):
            cell.data_type = _passive_type(cell)
            if cell.data_type == "s":
                texts.write(cell, str(cell.value))


def _passive_type(cell: Cell) -> str:
    """Return the type of a number as it stood, a known error, a date, yes or no; all else is text."""
    value: Any = cell.value
    if value is None:
        return "n"
    if cell.data_type == NUMBER:
        if _NUMBER.fullmatch(value) is None or not math.isfinite(float(value)):
            raise NotCopiedError
        return "n"
    if isinstance(value, str) and not (cell.data_type == "e" and value in _ERRORS):
        return "s"
    if cell.data_type not in _PASSIVE_TYPES:
        raise NotCopiedError
    return cell.data_type


def _refuse_formulas(content: bytes) -> None:
    """Look through the sheets that were written: no formula, whatever made one."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            rest = b""
            with archive.open(name) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    if _FORMULA.search(rest + chunk):
                        raise NotCopiedError
                    rest = chunk[-2:]


def _open_at(book: Any, place: int) -> Worksheet:
    """Let a workbook open at a sheet, which is seen, and select no other."""
    sheet: Worksheet = book.worksheets[place]
    sheet.sheet_state = "visible"
    book.active = place
    for each in book.worksheets:
        # One view of each: there is one window.
        del each.views.sheetView[1:]
        for view in each.views.sheetView:
            view.tabSelected = each is sheet
    return sheet


def _make_passive(sheet: Worksheet) -> None:
    """Leave the validations and conditional formats whose formulas stay in the workbook."""
    validations = sheet.data_validations
    validations.dataValidation = [
        each for each in validations.dataValidation if _is_passive([each.formula1, each.formula2])
    ]
    kept = ConditionalFormattingList()
    for formatting in sheet.conditional_formatting:
        for rule in formatting.rules:
            scales = filter(None, (rule.colorScale, rule.dataBar, rule.iconSet))
            values = (str(each.val) for scale in scales for each in scale.cfvo if each.val is not None)
            if _is_passive([*rule.formula, *values]):
                kept.add(str(formatting.sqref), rule)
    sheet.conditional_formatting = kept


def _is_passive(formulas: Iterable[str | None]) -> bool:
    """Return whether formulas stay in the workbook: no other files, no other programs, no addresses."""
    return not any(
        "[" in each or "|" in each or ESCAPED.search(each) or is_active_formula(each)
        for each in formulas
        if each
    )


def _write_column(
    sheet: Worksheet, texts: Mapping[int, str], column: ErrorsColumn, cell_texts: _CellTexts
) -> None:
    """Write the errors, where nothing is merged or hidden and nothing of an earlier time stays."""
    for area in list(sheet.merged_cells.ranges):
        if area.min_col <= column.number <= area.max_col and area.max_row >= column.header_row:
            sheet.unmerge_cells(area.coord)
    if column.is_there:
        _clear_marks(sheet, column)
    for row, text in texts.items():
        cell = _cell_at(sheet, row, column.number)
        assert isinstance(cell, Cell)
        if row == column.header_row and column.number > 1:
            _dress(cell, sheet.cell(row, column.number - 1))
        cell_texts.write(cell, text)
    _show_column(sheet, column.number)
    for row in {*texts, column.header_row} & sheet.row_dimensions.keys():
        dimension = sheet.row_dimensions[row]
        dimension.hidden = False
        dimension.height = dimension.height or None


def _clear_marks(sheet: Worksheet, column: ErrorsColumn) -> None:
    """Take away the errors and the colours of an earlier time."""
    ours = {each.fgColor.rgb for each in _FILLS.values()}
    for (row, number), cell in _cells(sheet).items():
        if number == column.number and row > column.header_row:
            cell.value = None
        fill = cell.fill
        if fill.fill_type == "solid" and fill.fgColor.rgb in ours:
            cell.fill = PatternFill()


def _show_column(sheet: Worksheet, number: int) -> None:
    """Let a column be seen; the others for which its width was said stay as they are."""
    if _dimension_of(sheet, number) is None:
        sheet.column_dimensions[column_letters(number)].width = _WIDTH
    while (whole := _dimension_of(sheet, number)) is not None and (whole.hidden or not whole.width):
        del sheet.column_dimensions[whole.index]
        for first, last in (
            (whole.min or number, number - 1),
            (number, number),
            (number + 1, whole.max or number),
        ):
            if first > last:
                continue
            part = ColumnDimension(sheet, column_letters(first), whole.width, min=first, max=last)
            part.hidden, part.outlineLevel = whole.hidden, whole.outlineLevel
            if first == last == number:
                part.width, part.hidden = _WIDTH, False
            _dress(part, whole)
            sheet.column_dimensions[part.index] = part


def _cell_at(sheet: Worksheet, row: int, column: int) -> Cell | MergedCell:
    """Return a cell; one that was not there gets the format of its row or column."""
    is_new = (row, column) not in _cells(sheet)
    cell = sheet.cell(row, column)
    if is_new:
        # What is typed there later shall be text where its column is: leading zeros count.
        whole = sheet.row_dimensions.get(row)
        has_format = whole is not None and whole.customFormat
        _dress(cell, whole if has_format else _dimension_of(sheet, column))
    return cell


def _cells(sheet: Any) -> Mapping[tuple[int, int], Cell | MergedCell]:
    """Return the cells that there are, by row and column; every other way of asking makes them."""
    cells: Mapping[tuple[int, int], Cell | MergedCell] = sheet._cells  # noqa: SLF001
    return cells


def _dress(cell: Any, like: Any) -> None:
    """Give a cell the whole format of another, of a row or of a column; None leaves its own."""
    if like is not None:
        cell._style = copy(like._style)  # noqa: SLF001 - all of it at once


def _dimension_of(sheet: Worksheet, column: int) -> ColumnDimension | None:
    for each in sheet.column_dimensions.values():
        if (each.min or 0) <= column <= (each.max or 0):
            return each
    return None
