"""A list as it was sent, with one more column: what is wrong in each row.

Row numbers, columns and values are those of the list, and wrong cells of a workbook are
coloured. A workbook is written anew from what was read, so that nothing of a hostile file is
passed on: its other sheets and its own formatting stay with its owner.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.domain.spreadsheet_cells import CellKind, CellValue, OddCell, unquoted
from aas_registry.domain.spreadsheet_columns import ERRORS
from aas_registry.domain.spreadsheet_findings import column_letters
from aas_registry.formats.spreadsheet import CSV, XLSX, read_spreadsheet
from aas_registry.formats.spreadsheet_writer import (
    HEADER_FILL,
    SHEET,
    TEXT_FORMAT,
    csv_bytes,
    saved,
    set_value,
)

MOST_CELLS = 500_000
_EXACT = 1e15  # a spreadsheet shows fifteen digits
_MOST_TEXT = 2000  # of one row's errors
_COLOURS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFF8B4B4"),
    Severity.WARNING: PatternFill("solid", fgColor="FFFFE699"),
}


@dataclass(frozen=True, slots=True)
class MarkedList:
    """A list with the column of errors.

    Attributes:
        media_type: Of the content.
        suffix: Of its file name.
    """

    content: bytes
    media_type: str
    suffix: str


def mark_spreadsheet(
    stream: BinaryIO,
    *,
    file_name: str,
    limits: Limits,
    findings: Sequence[Finding],
    header_row: int,
    errors_column: int | None,
) -> MarkedList:
    """Return the list with its errors.

    Args:
        stream: The list as it was sent; `read_spreadsheet` took it.
        file_name: As the sender calls it.
        limits: Every bound.
        findings: What was found in it.
        header_row: Row of the column names; 0 where there is none.
        errors_column: Number of a column of errors that it has already, which is replaced.

    Raises:
        TooLargeError: It has more cells than can be given back; the findings tell the same.
    """
    opened = read_spreadsheet(stream, file_name=file_name, limits=limits)
    rows, cells = [], 0
    for row in opened.rows:
        rows.append(row)
        cells += len(row[1])
        if cells > MOST_CELLS:
            message = f"Lists of more than {MOST_CELLS} cells are not given back; see the findings."
            raise TooLargeError(message, code=Code.SPREADSHEET_TOO_LARGE)
    texts = _texts(findings, header_row)
    place = errors_column or max((len(each) for _, each in rows), default=0) + 1
    if opened.separator is not None:
        return MarkedList(_csv(rows, texts, place, opened.separator), CSV, ".csv")
    return MarkedList(_xlsx(rows, texts, place, header_row, findings), XLSX, ".xlsx")


def _texts(findings: Sequence[Finding], header_row: int) -> Mapping[int, str]:
    """Return the text of the column by row; what has no row stands below the header."""
    told: defaultdict[int, list[str]] = defaultdict(list)
    for each in findings:
        row = each.row or header_row + 1
        # The header keeps its name, by which the column is known when the list comes again.
        told[row + 1 if row == header_row else row].append(f"{each.message} [{each.code.value}]")
    texts = {row: " | ".join(each)[:_MOST_TEXT] for row, each in told.items()}
    return {header_row: ERRORS.header, **texts}


def _csv(rows: Sequence[Row], texts: Mapping[int, str], place: int, separator: str) -> bytes:
    by_number = dict(rows)
    lines: list[list[str]] = []
    for number in range(1, max([*by_number, *texts], default=0) + 1):
        line = [unquoted(_shown(cell)) for cell in by_number.get(number, ())]
        line += [""] * (place - len(line))
        line[place - 1] = texts.get(number, "")
        lines.append(line)
    return csv_bytes(lines, separator=separator)


def _xlsx(
    rows: Sequence[Row], texts: Mapping[int, str], place: int, header_row: int, findings: Sequence[Finding]
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    for number, cells in rows:
        for column, value in enumerate(cells, start=1):
            if value != "" and column != place:
                _set(sheet.cell(number, column), value)
    for number, text in texts.items():
        if number:
            _set(sheet.cell(number, place), text)
            sheet.cell(number, place).alignment = Alignment(vertical="top", wrap_text=True)
    _dress(sheet, place, header_row)
    for each in findings:
        if each.row and each.column and each.severity in _COLOURS and each.column != place:
            sheet.cell(each.row, each.column).fill = _COLOURS[each.severity]
    return saved(book)


def _dress(sheet: Worksheet, place: int, header_row: int) -> None:
    for column in range(1, place):
        dimension = sheet.column_dimensions[column_letters(column)]
        dimension.width, dimension.number_format = 18, TEXT_FORMAT
        if header_row:
            sheet.cell(header_row, column).font = Font(bold=True)
            sheet.cell(header_row, column).fill = HEADER_FILL
    sheet.column_dimensions[column_letters(place)].width = 80
    if header_row:
        sheet.cell(header_row, place).font = Font(bold=True)
        sheet.freeze_panes = f"A{header_row + 1}"


def _set(cell: object, value: CellValue) -> None:
    assert isinstance(cell, Cell)
    if isinstance(value, OddCell) and value.kind is CellKind.NUMBER:
        set_value(cell, _number(value.text))
    else:
        set_value(cell, _shown(value))


def _number(text: str) -> str | float:
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _shown(cell: CellValue) -> str:
    return cell if isinstance(cell, str) else cell.text
