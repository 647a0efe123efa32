"""A worksheet as the XML wall tells it: its rows, one after another, whatever its size.

Source:
    ECMA-376-1:2016, 18.3.1.4 (c), 18.3.1.73 (row), 18.18.11 (cell types); 18.17.4.1 for
    dates: days since 1899-12-30, or since 1904-01-01.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NoReturn

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import HEADER_ROWS, LAST_ROW, Row
from aas_registry.domain.spreadsheet_cells import (
    MOST_FORMULA_CHARS,
    CellKind,
    CellValue,
    OddCell,
    is_active_formula,
)
from aas_registry.domain.spreadsheet_findings import column_number
from aas_registry.formats.container.bounded_xml import LocalNames
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.parts import read_part
from aas_registry.formats.lists.strings import MOST_CELL_CHARS, SharedStrings, unescaped

_CHUNK_BYTES = 1 << 18
_MOST_PENDING = 1 << 20  # of one row
_DIGITS = "0123456789"
_NUMBER = re.compile("[0-9]{1,8}")
_LETTERS = re.compile("[A-Za-z]{1,3}")
_ROW_END = b"row>"  # with any prefix; a start tag without attributes adds a piece that holds nothing
_FILLED = re.compile(rb"<(?:[A-Za-z]{1,8}:)?[vt](?: [^<>]*)?>[^<]")
_UNCALCULATED = OddCell("formula without a value", CellKind.ERROR, is_formula=True)
_KINDS = {"e": CellKind.ERROR, "d": CellKind.DATE}
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31
_DAYS_TO_1904 = 1462
_LEAP_DAY_1900 = 60  # 29 February 1900, which never was; days before are counted one too low


@dataclass(frozen=True, slots=True)
class Styles:
    """Which cell formats show numbers as dates, and from which day they count."""

    dates: frozenset[int]
    is_1904: bool = False


def sheet_rows(
    container: ZipContainer, part: str, *, strings: SharedStrings, styles: Styles, limits: Limits
) -> Iterator[Row]:
    """Yield the rows of a worksheet that are not empty, as the file tells them.

    Args:
        container: The workbook.
        part: The worksheet, as `ZipContainer.find` answers it.
        strings: The shared strings.
        styles: How numbers are shown.
        limits: Every bound.

    Raises:
        RefusedError: Hostile or damaged, or over a limit.
    """
    if container.size(part) > limits.spreadsheet_bytes:
        message = f"The sheet holds more than {limits.spreadsheet_bytes} bytes."
        raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=part))
    _refuse_crowd(container, part, limits)
    sheet = _SheetReader(part, strings, styles, limits)
    for _ in read_part(container, part, sheet, limits=limits, kept_chars=MOST_FORMULA_CHARS + 1):
        yield from sheet.drain()


def _refuse_crowd(container: ZipContainer, part: str, limits: Limits) -> None:
    """Refuse a sheet with too many rows before any is read: counting costs a twentieth of reading.

    Rows in an unusual form are not counted here; they are while they are read.
    """
    count, pending = 0, b""
    with container.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            *rows, pending = (pending + chunk).split(_ROW_END)
            count += sum(_FILLED.search(row) is not None for row in rows)
            pending = pending[-_MOST_PENDING:]
            if count > limits.spreadsheet_rows + HEADER_ROWS:
                message = f"The sheet has more than {limits.spreadsheet_rows} rows."
                raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=part))


class _SheetReader:
    """Gathers the rows that stand in a worksheet."""

    def __init__(self, part: str, strings: SharedStrings, styles: Styles, limits: Limits) -> None:
        self._part, self._strings, self._styles, self._limits = part, strings, styles, limits
        self._names = LocalNames()
        self._open: list[str] = []
        self._done: list[Row] = []
        self._rows = 0
        self._begun = 0
        self._number = 0
        self._place_before = -1
        self._cells: list[CellValue] = []
        self._columns: dict[str, int] = {}
        self._odd: dict[tuple[str, str | None, str | None], CellValue] = {}
        self._value = ""
        self._attributes: Mapping[str, str] = {}
        self._has_formula = False
        self._is_phonetic = False

    def start(self, tag: str, attributes: dict[str, str], _row: int) -> None:
        """Take the start of an element with children."""
        name = self._names[tag]
        self._open.append(name)
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "f":
            self._refuse(Code.SPREADSHEET_DAMAGED, f"A formula of row {self._number} holds elements.")

    def leaf(self, tag: str, attributes: dict[str, str], _row: int, text: str) -> None:
        """Take a whole element without children."""
        name = self._names[tag]
        if name == "v":
            self._value = text
        elif name == "c":
            self._begin_cell(attributes)
            self._end_cell()
        elif name == "t":
            if not self._is_phonetic and len(self._value) <= MOST_CELL_CHARS:
                self._value += text
        elif name == "f":
            self._has_formula = True
            if is_active_formula(text):
                self._refuse(Code.SPREADSHEET_FORMULA_ACTIVE, Code.SPREADSHEET_FORMULA_ACTIVE.meaning)
        elif name == "row":
            self._begin_row(attributes.get("r"))

    def beside(self, _text: str) -> None:
        """Take text beside elements: in a cell it could be a value that nobody sees."""
        if "c" in self._open:
            self._refuse(Code.SPREADSHEET_DAMAGED, f"Text stands beside elements in row {self._number}.")

    def end(self) -> None:
        """Take the end of the open element."""
        name = self._open.pop()
        if name == "c":
            self._end_cell()
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "row":
            cells = self._cells
            while cells and cells[-1] == "":
                cells.pop()
            if not cells:
                return
            self._rows += 1
            if self._rows > self._limits.spreadsheet_rows + HEADER_ROWS:
                message = f"The sheet has more than {self._limits.spreadsheet_rows} rows."
                self._refuse(Code.SPREADSHEET_TOO_LARGE, message)
            self._done.append((self._number, cells))

    def drain(self) -> Iterator[Row]:
        """Yield the rows that are complete, and forget them."""
        rows, self._done = self._done, []
        yield from rows

    def _refuse(self, code: Code, message: str) -> NoReturn:
        raise RefusedError(error(code, message, part=self._part))

    def _begin_row(self, number: str | None) -> None:
        """Begin a row with the number that it states, or else the next."""
        self._begun += 1
        if self._begun > LAST_ROW:
            self._refuse(Code.SPREADSHEET_TOO_LARGE, f"The sheet has more than {LAST_ROW} rows.")
        if number is None:
            self._number += 1
        elif _NUMBER.fullmatch(number) is None or int(number) > LAST_ROW:
            self._refuse(Code.SPREADSHEET_DAMAGED, f"A row has the number {number[:20]!r}.")
        else:
            self._number = int(number)
        self._place_before = -1
        self._cells = []

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        self._value = ""
        self._has_formula = False

    def _end_cell(self) -> None:
        reference = self._attributes.get("r")
        if reference is None:
            place = self._place_before + 1
        else:
            letters = reference.rstrip(_DIGITS)
            place = self._columns.get(letters, -1)
            if place < 0:
                if _LETTERS.fullmatch(letters) is None:
                    self._refuse(Code.SPREADSHEET_DAMAGED, f"A cell has the place {letters[:20]!r}.")
                place = self._columns[letters] = column_number(letters) - 1
        self._place_before = place
        value = self._cell_value()
        if value == "":
            return
        cells = self._cells
        if place >= self._limits.spreadsheet_columns:
            message = f"Row {self._number} has a value beyond column {self._limits.spreadsheet_columns}."
            self._refuse(Code.SPREADSHEET_TOO_LARGE, message)
        while len(cells) < place:
            cells.append("")
        if len(cells) > place:
            self._refuse(Code.SPREADSHEET_DAMAGED, f"The cells of row {self._number} are not in order.")
        cells.append(value)

    def _cell_value(self) -> CellValue:
        text, kind = self._value, self._attributes.get("t")
        if not text:
            return _UNCALCULATED if self._has_formula else ""
        if kind == "s":
            if _NUMBER.fullmatch(text) is None or int(text) >= len(self._strings):
                message = f"A cell of row {self._number} has a text that is not in the file."
                self._refuse(Code.SPREADSHEET_DAMAGED, message)
            value: CellValue = self._strings[int(text)]
        else:
            value = self._other_value(text, kind, self._attributes.get("s"))
        if not self._has_formula:
            return value
        if isinstance(value, str):
            return OddCell(value, None, is_formula=True)
        return value._replace(is_formula=True)

    def _other_value(self, text: str, kind: str | None, style: str | None) -> CellValue:
        text = text[: MOST_CELL_CHARS + 1]
        if kind in ("str", "inlineStr"):
            return unescaped(text)
        known = self._odd.get((text, kind, style))
        if known is not None:
            return known
        if kind == "b":
            cell = OddCell("TRUE" if text == "1" else "FALSE", CellKind.BOOLEAN)
        elif kind in _KINDS:
            cell = OddCell(text, _KINDS[kind])
        elif style is not None and _NUMBER.fullmatch(style) and int(style) in self._styles.dates:
            cell = OddCell(_day(text, self._styles) or text, CellKind.DATE)
        else:
            cell = OddCell(text, CellKind.NUMBER)
        if len(self._odd) < self._limits.spreadsheet_rows:
            self._odd[text, kind, style] = cell
        return cell


def _day(text: str, styles: Styles) -> str | None:
    """Return the day of a serial number in ISO form; None for a time of day and what is out of range."""
    try:
        days = int(float(text))
    except (ValueError, OverflowError):
        return None
    if not 1 <= days <= _LAST_DAY:
        return None
    if styles.is_1904:
        return (_EPOCH_1904 + timedelta(days=min(days, _LAST_DAY - _DAYS_TO_1904))).isoformat()
    return (_EPOCH + timedelta(days=days if days > _LEAP_DAY_1900 else days + 1)).isoformat()
