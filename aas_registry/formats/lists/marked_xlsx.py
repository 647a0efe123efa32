"""A workbook on its way back: a copy by openpyxl with one more column, and colours behind wrong cells.

openpyxl sees only what `plain_workbook` hands on. What it made of that is looked through once
more before it is written: no formula that reaches out of the workbook, and no text that a
program could take for one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
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
from aas_registry.formats.lists.plain_part import NotCopiedError
from aas_registry.formats.lists.plain_workbook import plain_workbook
from aas_registry.formats.lists.writer import saved, set_text
from aas_registry.formats.lists.xlsx import Workbook

# What openpyxl raises where it makes nothing of a file; it has no error of its own for that.
_FAILURES = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, SyntaxError),
    *(TypeError, ValueError),
)
_LAST_COLUMN = 16_384
_WIDTH = 80
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
        NotCopiedError: It is too large, or openpyxl does not take it; nothing was written.
    """
    try:
        copied = load_workbook(plain_workbook(book, limits=limits), data_only=True, keep_links=False)
        place = [each.part for each in book.sheets].index(book.sheet_part)
        for each in copied.worksheets:
            _make_plain(each)
            _make_passive(each)
        sheet = copied.worksheets[place]
        copied.active = place
        _write_column(sheet, texts, column)
        # The worst is told first, and gives the colour.
        for found in reversed(findings):
            if found.row and found.column and found.column != column.number and found.severity in _FILLS:
                _cell_at(sheet, found.row, found.column).fill = _FILLS[found.severity]
        content = saved(copied)
    except _FAILURES as cause:
        raise NotCopiedError from cause
    target.write(content)


def _make_plain(sheet: Worksheet) -> None:
    """Leave texts that are nothing else, and numbers that there are."""
    if sheet.max_row > LAST_ROW or sheet.max_column > _LAST_COLUMN:
        raise NotCopiedError
    for cell in _cells(sheet).values():
        value = cell.value
        if isinstance(value, float) and not math.isfinite(value):
            raise NotCopiedError
        if isinstance(cell, Cell) and isinstance(value, str) and cell.data_type == "s":
            _write_text(cell, value)


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


def _write_text(cell: Cell, text: str) -> None:
    set_text(cell, text)
    # So that it stays text also when somebody edits the cell.
    cell.quotePrefix = cell.quotePrefix or text.startswith(FORMULA_STARTS)


def _is_passive(formulas: Iterable[str | None]) -> bool:
    """Return whether formulas stay in the workbook: no other files, no other programs, no addresses."""
    return not any("[" in each or "|" in each or is_active_formula(each) for each in formulas if each)


def _write_column(sheet: Worksheet, texts: Mapping[int, str], column: ErrorsColumn) -> None:
    """Write the errors, where nothing is merged and nothing of an earlier time stays."""
    for area in list(sheet.merged_cells.ranges):
        if area.min_col <= column.number <= area.max_col and area.max_row > column.header_row:
            sheet.unmerge_cells(area.coord)
    for (row, number), cell in _cells(sheet).items():
        if column.is_there and number == column.number and row > column.header_row:
            cell.value = None
    for row, text in texts.items():
        cell = _cell_at(sheet, row, column.number)
        assert isinstance(cell, Cell)
        if row == column.header_row and column.number > 1:
            _dress(cell, sheet.cell(row, column.number - 1))
        _write_text(cell, text)
    if _dimension_of(sheet, column.number) is None:
        sheet.column_dimensions[column_letters(column.number)].width = _WIDTH


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
