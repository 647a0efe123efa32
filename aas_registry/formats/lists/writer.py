"""Spreadsheets that we write: the template, and examples.

Every cell is text or a plain value, never a formula, whatever its text begins with. Equal
content has equal bytes: times and names of programs that would differ are fixed.

Source:
    ECMA-376-1:2016, 18.3.1 (worksheet); OWASP, "CSV Injection", for the signs a CSV cell must
    not begin with.
"""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from aas_registry.domain.findings import Finding
from aas_registry.domain.spreadsheet import LAST_ROW
from aas_registry.domain.spreadsheet_cells import FORMULA_STARTS, is_marked
from aas_registry.domain.spreadsheet_columns import ERRORS, TEMPLATE_COLUMNS, ColumnKind
from aas_registry.domain.spreadsheet_findings import column_letters
from aas_registry.formats.lists.strings import escaped, printable

_SHEET = "Lots"
_INSTRUCTIONS = "Instructions"
_TEXT_FORMAT = "@"
_HEADER_FILL = PatternFill("solid", fgColor="FFDCE6F1")
_REQUIRED_FILL = PatternFill("solid", fgColor="FFFCE4A8")
_BOLD = Font(bold=True)
_TOP = Alignment(vertical="top", wrap_text=True)
_LENGTHS = {ColumnKind.DATE: "10", ColumnKind.COUNTRY: "2"}
_FIXED = datetime(2026, 1, 1, tzinfo=UTC)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_FINDING_HEADERS = ("Sheet", "Row", "Column", "Value", "Code", "Message")
_RULES = (
    "One row for each lot, or one row for each reel of a lot. Fill the sheet 'Lots' and send the file.",
    "Codes are text: leading zeros count. The columns are formatted as text already; paste values only.",
    "Quantities: digits and at most one decimal point (or comma); no thousands sign. Dates: YYYY-MM-DD.",
    "Rows of the same lot must not contradict each other; an empty cell says nothing.",
    "One certificate for the whole list: send the PDF with the list and leave 'Certificate file' empty.",
    "Several certificates: write the name of the file in one row of each lot that it covers.",
    "Columns may stand in any order; those that are not needed may be deleted. Yellow ones are needed.",
)


def write_template_xlsx() -> bytes:
    """Return the template as a workbook; always the same bytes."""
    return write_list_xlsx([])


def write_template_csv() -> bytes:
    """Return the template as CSV: the column names in UTF-8, with its mark, separated by comma."""
    return write_list_csv([])


def write_list_xlsx(rows: Iterable[Mapping[str, str | int]]) -> bytes:
    """Return a list as a workbook in the form of the template.

    Args:
        rows: Text by column key; a number stands as a number, as a careless clerk leaves it.
    """
    book, sheet = _new_book(_SHEET)
    _write_header(sheet)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(TEMPLATE_COLUMNS, start=1):
            if column.key in row:
                _set_value(sheet.cell(number, place), row[column.key])
    _write_instructions(book.create_sheet(_INSTRUCTIONS))
    return saved(book)


def write_findings_xlsx(findings: Iterable[Finding], *, sheet: str) -> bytes:
    """Return what was found in a list as a workbook: a row for each finding.

    Args:
        findings: In the order in which they are told.
        sheet: Of the list, where they stand.
    """
    book, listed = _new_book(ERRORS.header)
    _write_line(listed, 1, _FINDING_HEADERS)
    for number, each in enumerate(findings, start=2):
        row, column = str(each.row or ""), column_letters(each.column or 0)
        _write_line(listed, number, (sheet, row, column, each.value or "", each.code.value, each.message))
    listed.column_dimensions["F"].width = 80
    listed.freeze_panes = "A2"
    return saved(book)


def write_list_csv(rows: Iterable[Mapping[str, str | int]]) -> bytes:
    """Return a list as CSV (RFC 4180) in UTF-8 with its mark, no cell of which is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([each.header for each in TEMPLATE_COLUMNS])
    writer.writerows([safe_text(str(row.get(each.key, ""))) for each in TEMPLATE_COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _new_book(title: str) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    book.properties.created = book.properties.modified = _FIXED
    book.properties.creator = "aas-registry"
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    return book, sheet


def safe_text(text: str) -> str:
    """Return text that a spreadsheet program takes for text: an apostrophe where it would not.

    Reading takes the apostrophe away again (`spreadsheet_cells.is_marked`), so that a text that looks
    marked itself gets one, too.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) or is_marked(text) else text


def _set_value(cell: Cell | MergedCell, value: str | float) -> None:
    """Write a value; text stays text, also where it begins like a formula."""
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        set_text(cell, value)
        cell.number_format = _TEXT_FORMAT
    else:
        cell.value = value


def set_text(cell: Cell, text: str) -> None:
    """Write a text that stays one, whatever it begins with, and is read as it is."""
    cell.value = escaped(printable(text))
    cell.data_type = "s"


def _write_header(sheet: Worksheet) -> None:
    for place, column in enumerate(TEMPLATE_COLUMNS, start=1):
        letters = column_letters(place)
        dimension = sheet.column_dimensions[letters]
        dimension.width = column.width or max(14, len(column.header) + 3)
        dimension.number_format = _TEXT_FORMAT
        cell = sheet.cell(1, place, column.header)
        assert isinstance(cell, Cell)
        cell.font, cell.number_format = _BOLD, _TEXT_FORMAT
        cell.fill = _REQUIRED_FILL if column.required else _HEADER_FILL
        if column.choices:
            validation = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"')
        elif column.kind in _LENGTHS:
            length = _LENGTHS[column.kind]
            validation = DataValidation(type="textLength", operator="equal", formula1=length)
        else:
            continue
        # Other values may be entered as well; Excel then asks whether that is meant.
        validation.errorStyle = "warning"
        validation.promptTitle, validation.prompt = column.header, column.meaning
        validation.add(f"{letters}2:{letters}{LAST_ROW}")
        sheet.add_data_validation(validation)
    sheet.freeze_panes = "A2"


def _write_instructions(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 10
    sheet.column_dimensions["C"].width = 80
    sheet.column_dimensions["D"].width = 28
    for number, text in enumerate(_RULES, start=1):
        _write_line(sheet, number, ("", "", text, ""))
    start = len(_RULES) + 2
    _write_line(sheet, start, ("Column", "Needed", "Meaning", "Example"))
    for place in range(1, 5):
        sheet.cell(start, place).font = _BOLD
    for number, column in enumerate(TEMPLATE_COLUMNS, start=start + 1):
        needed = "yes" if column.required else ""
        _write_line(sheet, number, (column.header, needed, column.meaning, column.example))


def _write_line(sheet: Worksheet, number: int, texts: Sequence[str]) -> None:
    for place, text in enumerate(texts, start=1):
        cell = sheet.cell(number, place)
        assert isinstance(cell, Cell)
        if text:
            _set_value(cell, text)
        cell.alignment = _TOP


def saved(book: Workbook) -> bytes:
    """Return a workbook's file: the same bytes for the same content."""
    written, fixed = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if name == "docProps/core.xml":
                fixed_time = rb"\g<1>" + _FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                target.writestr(entry, _MODIFIED.sub(fixed_time, source.read(name)))
                continue
            with source.open(name) as taken, target.open(entry, "w") as given:
                shutil.copyfileobj(taken, given)
    return fixed.getvalue()
