"""A worksheet as expat reads it: its rows, one after another, whatever its size.

Source:
    ECMA-376-1:2016, 18.3.1.4 (c), 18.3.1.73 (row), 18.18.11 (cell types); 18.17.4.1 for
    dates: days since 1899-12-30, or since 1904-01-01.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aas_registry.domain.codes import Code
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import HEADER_ROWS, LAST_ROW, Row
from aas_registry.domain.spreadsheet_cells import CellKind, CellValue, OddCell, is_active_formula
from aas_registry.formats.lists.strings import MOST_CELL_CHARS, SharedStrings, SpreadsheetXml, unescaped

_MOST_PIECES = 16  # of text, each at most expat's buffer
_DIGITS = "0123456789"
_NUMBER = re.compile("[0-9]{1,8}")
_LETTERS = re.compile("[A-Za-z]{1,3}")
_UNCALCULATED = OddCell("formula without a value", CellKind.ERROR, is_formula=True)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31
_DAYS_TO_1904 = 1462
_LEAP_DAY_1900 = 60  # 29 February 1900, which never was; days before are counted one too low


@dataclass(frozen=True, slots=True)
class Styles:
    """Which cell formats show numbers as dates, and from which day they count."""

    dates: frozenset[int]
    is_1904: bool = False


class SheetParser:
    """Gathers the rows that expat finds in a worksheet."""

    def __init__(self, part: str, strings: SharedStrings, styles: Styles, limits: Limits) -> None:
        """Start before the first byte of a part."""
        self.xml = SpreadsheetXml(part, most_tags=limits.spreadsheet_tags)
        self._strings, self._styles, self._limits = strings, styles, limits
        self._done: list[Row] = []
        self._rows = 0
        self._begun = 0
        self._number = 0
        self._place_before = -1
        self._cells: list[CellValue] = []
        self._columns: dict[str, int] = {}
        self._odd: dict[tuple[str, str | None, str | None], CellValue] = {}
        self._text: list[str] = []
        self._value = ""
        self._attributes: Mapping[str, str] = {}
        self._has_formula = False
        self._is_phonetic = False
        self._depth = 0
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "row": self._start_row,
            "c": self._start_cell,
            "v": self._start_text,
            "t": self._start_text,
            "f": self._start_formula,
            "rPh": self._start_phonetic,
        }
        self._ends: dict[str, Callable[[], None]] = {
            "row": self.end_row,
            "c": self._end_cell,
            "v": self._end_value,
            "t": self._end_text,
            "f": self._end_formula,
            "rPh": self._end_phonetic,
        }
        self._listen(self.xml)

    def _listen(self, xml: SpreadsheetXml) -> None:
        xml.parser.StartElementHandler = self._start
        xml.parser.EndElementHandler = self._end
        xml.parser.CharacterDataHandler = self._keep

    def parse_rows(self, content: bytes) -> None:
        """Parse rows that were cut out of the worksheet's data.

        Raises:
            RefusedError: Hostile or damaged, or over a limit.
        """
        part = SpreadsheetXml(self.xml.part, most_tags=self._limits.spreadsheet_tags)
        self._listen(part)
        part.feed(b"<sheetData>" + content + b"</sheetData>", final=True)

    def begin_row(self, number: str | None) -> None:
        """Begin a row with the number that it states, or else the next."""
        self._begun += 1
        if self._begun > LAST_ROW:
            self.xml.refuse(Code.SPREADSHEET_TOO_LARGE, f"The sheet has more than {LAST_ROW} rows.")
        self._number = self._row_number(number)
        self._place_before = -1
        self._cells = []

    def drain(self) -> Iterator[Row]:
        """Yield the rows that are complete, and forget them."""
        rows, self._done = self._done, []
        yield from rows

    def _keep(self, text: str) -> None:
        if len(self._text) < _MOST_PIECES:
            self._text.append(text)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limits.nesting_depth:
            message = f"The XML is nested deeper than {self._limits.nesting_depth} levels."
            self.xml.refuse(Code.XML_TOO_DEEP, message)
        start = self._starts.get(name) or (":" in name and self._starts.get(name.rpartition(":")[2]))
        if start:
            start(attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        end = self._ends.get(name) or (":" in name and self._ends.get(name.rpartition(":")[2]))
        if end:
            end()

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self.begin_row(attributes.get("r"))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        self._value = ""
        self._has_formula = False
        self._text.clear()

    def _start_text(self, _attributes: Mapping[str, str]) -> None:
        self._text.clear()

    def _start_formula(self, _attributes: Mapping[str, str]) -> None:
        self._has_formula = True
        self._text.clear()

    def _start_phonetic(self, _attributes: Mapping[str, str]) -> None:
        self._is_phonetic = True

    def _end_value(self) -> None:
        self._value = "".join(self._text)

    def _end_text(self) -> None:
        if not self._is_phonetic and len(self._value) <= MOST_CELL_CHARS:
            self._value += "".join(self._text)

    def _end_formula(self) -> None:
        if len(self._text) == _MOST_PIECES or is_active_formula("".join(self._text)):
            self.xml.refuse(Code.SPREADSHEET_FORMULA_ACTIVE, Code.SPREADSHEET_FORMULA_ACTIVE.meaning)

    def _end_phonetic(self) -> None:
        self._is_phonetic = False

    def _row_number(self, text: str | None) -> int:
        if text is None:
            return self._number + 1
        if _NUMBER.fullmatch(text) is None or int(text) > LAST_ROW:
            self.xml.refuse(Code.SPREADSHEET_DAMAGED, f"A row has the number {text[:20]!r}.")
        return int(text)

    def _end_cell(self) -> None:
        place = self._place_before = self._place()
        value = self._cell_value()
        if value != "":
            self.add_cell(place, value)

    def add_cell(self, place: int, value: CellValue) -> None:
        """Add a value to the row, in the column with this place, from 0."""
        cells = self._cells
        if place >= self._limits.spreadsheet_columns:
            message = f"Row {self._number} has a value beyond column {self._limits.spreadsheet_columns}."
            self.xml.refuse(Code.SPREADSHEET_TOO_LARGE, message)
        while len(cells) < place:
            cells.append("")
        if len(cells) > place:
            self.xml.refuse(Code.SPREADSHEET_DAMAGED, f"The cells of row {self._number} are not in order.")
        cells.append(value)

    def _cell_value(self) -> CellValue:
        text, kind = self._value, self._attributes.get("t")
        if not text:
            return _UNCALCULATED if self._has_formula else ""
        value = (
            self.shared_text(text) if kind == "s" else self.other_value(text, kind, self._attributes.get("s"))
        )
        if not self._has_formula:
            return value
        if isinstance(value, str):
            return OddCell(value, None, is_formula=True)
        return value._replace(is_formula=True)

    def _place(self) -> int:
        reference = self._attributes.get("r")
        if reference is None:
            return self._place_before + 1
        return self.place_of(reference.rstrip(_DIGITS))

    def place_of(self, letters: str) -> int:
        """Return the place of a column, from 0."""
        if letters not in self._columns:
            self._columns[letters] = self._column(letters)
        return self._columns[letters]

    def _column(self, letters: str) -> int:
        if _LETTERS.fullmatch(letters) is None:
            self.xml.refuse(Code.SPREADSHEET_DAMAGED, f"A cell has the place {letters[:20]!r}.")
        number = 0
        for letter in letters.upper():
            number = 26 * number + ord(letter) - ord("A") + 1
        return number - 1

    def shared_text(self, text: str) -> str:
        """Return the shared string at a place."""
        if _NUMBER.fullmatch(text) is None or int(text) >= len(self._strings):
            message = f"A cell of row {self._number} has a text that is not in the file."
            self.xml.refuse(Code.SPREADSHEET_DAMAGED, message)
        return self._strings[int(text)]

    def other_value(self, text: str, kind: str | None, style: str | None) -> CellValue:
        """Return a value that is no shared string, of a cell of this type and format."""
        text = text[: MOST_CELL_CHARS + 1]
        if kind in ("str", "inlineStr"):
            return unescaped(text)
        known = self._odd.get((text, kind, style))
        if known is None:
            known = self._odd_cell(text, kind, style)
            if len(self._odd) < self._limits.spreadsheet_rows:
                self._odd[text, kind, style] = known
        return known

    def _odd_cell(self, text: str, kind: str | None, style: str | None) -> CellValue:
        if kind == "b":
            return OddCell("TRUE" if text == "1" else "FALSE", CellKind.BOOLEAN)
        if kind == "e":
            return OddCell(text, CellKind.ERROR)
        if kind == "d":
            return OddCell(text, CellKind.DATE)
        if style is not None and _NUMBER.fullmatch(style) and int(style) in self._styles.dates:
            return OddCell(_day(text, self._styles) or text, CellKind.DATE)
        return OddCell(text, CellKind.NUMBER)

    def end_row(self) -> None:
        """End a row; one without values is not kept."""
        cells = self._cells
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            return
        self._rows += 1
        if self._rows > self._limits.spreadsheet_rows + HEADER_ROWS:
            message = f"The sheet has more than {self._limits.spreadsheet_rows} rows."
            self.xml.refuse(Code.SPREADSHEET_TOO_LARGE, message)
        self._done.append((self._number, cells))


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
