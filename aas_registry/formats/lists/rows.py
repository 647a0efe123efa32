"""The rows of one worksheet: most of them recognised at once, every other given to expat.

Nearly all rows of nearly all files have one plain form. A pattern that must cover a row to its
last byte reads them eight times as fast as calls for each element; a row that differs in
anything, and all that stands around the rows, is parsed in full; where many differ, all are.
"""

import re
from collections.abc import Iterator

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import HEADER_ROWS, Row
from aas_registry.domain.spreadsheet_cells import CellValue
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.sheet import SheetParser, Styles
from aas_registry.formats.lists.strings import SharedStrings

_CHUNK_BYTES = 1 << 18
_MOST_PENDING = 1 << 20  # of one row; more is left to expat, which holds none of it
_MOST_REMEMBERED = 500_000
_MOST_INTERRUPTIONS = 50  # of one chunk; each costs a parser of its own
_UTF8 = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']utf-8["']""", re.IGNORECASE)
_ROW = re.compile(rb'\s*<row(?: r="([0-9]{1,8})")?(?: (?!r=)[A-Za-z][A-Za-z0-9:]*="[^"<>&]*")*>')
_CELL = re.compile(
    rb'<c(?: r="([A-Z]{1,3})[0-9]{1,8}")?(?: s="([0-9]{1,9})")?(?: t="(s|n|str|b|e|inlineStr)")?'
    rb'(?:/>|>(?:<v>([^<>&]*)</v>|<is><t(?: xml:space="preserve")?>([^<>&]*)</t></is>)?</c>)'
)
_STRIDE = _CELL.groups + 1
_ROW_END = b"row>"  # with any prefix; a start tag without attributes adds a piece that holds nothing
_FILLED = re.compile(rb"<(?:[A-Za-z]{1,8}:)?[vt](?: [^<>]*)?>[^<]")


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
    reader = _Reader(SheetParser(part, strings, styles, limits))
    with container.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            reader.feed(chunk)
            yield from reader.sheet.drain()
    reader.finish()
    yield from reader.sheet.drain()


def _refuse_crowd(container: ZipContainer, part: str, limits: Limits) -> None:
    """Refuse a sheet with too many rows before any is read: counting costs a tenth of reading.

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


class _Reader:
    def __init__(self, sheet: SheetParser) -> None:
        self.sheet = sheet
        self._pending = b""
        self._is_fast = True
        self._has_begun = False
        self._places: dict[bytes, int] = {}
        self._values: dict[tuple[bytes, bytes, bytes | None], CellValue] = {}
        self._odd: list[bytes] = []
        self._interruptions = 0

    def feed(self, chunk: bytes) -> None:
        self._pending += chunk
        if not self._has_begun:
            self._begin()
        if self._is_fast:
            self._read_rows()
        if not self._is_fast:
            self._hand_over()

    def finish(self) -> None:
        self._hand_over()
        self.sheet.xml.feed(b"", final=True)

    def _begin(self) -> None:
        """Give expat what stands before the rows; where that is unusual, it shall have all."""
        self._has_begun = True
        head, mark, rest = self._pending.partition(b"<sheetData>")
        is_plain = b"<!" not in head and (b"encoding" not in head or _UTF8.search(head) is not None)
        self._is_fast = bool(mark) and is_plain and b"\x00" not in head
        if self._is_fast:
            self.sheet.xml.feed(head + mark)
            self._pending = rest

    def _hand_over(self) -> None:
        pending, self._pending = self._pending, b""
        self.sheet.xml.feed(pending)

    def _read_rows(self) -> None:
        self._interruptions = 0
        *rows, self._pending = self._pending.split(b"</row>")
        for row in rows:
            self._read_row(row)
        self._read_odd()
        is_plain = self._interruptions <= _MOST_INTERRUPTIONS
        self._is_fast = is_plain and len(self._pending) <= _MOST_PENDING

    def _read_row(self, row: bytes) -> None:
        # What stands between the matches, in turn with the groups: nothing but the row's tag.
        parts = _CELL.split(row)
        begin = _ROW.fullmatch(parts[0])
        if begin is None or any(parts[_STRIDE::_STRIDE]):
            self._odd.append(row)
            return
        if self._odd:
            self._read_odd()
        number = begin[1]
        self.sheet.begin_row(None if number is None else number.decode("ascii"))
        groups = (parts[place::_STRIDE] for place in range(1, _STRIDE))
        place = -1
        for letters, style, kind, value, inline in zip(*groups, strict=True):
            place = place + 1 if letters is None else self._place(letters)
            text = value or inline
            if text:
                self._add(place, style, kind or b"n", text)
        self.sheet.end_row()

    def _read_odd(self) -> None:
        if self._odd:
            self._interruptions += 1
            self._odd.append(b"")
            self.sheet.parse_rows(b"</row>".join(self._odd))
            self._odd.clear()

    def _place(self, letters: bytes) -> int:
        place = self._places.get(letters)
        if place is None:
            place = self._places[letters] = self.sheet.place_of(letters.decode("ascii"))
        return place

    def _add(self, place: int, style: bytes | None, kind: bytes, text: bytes) -> None:
        key = (text, kind, None if kind == b"s" else style)
        value = self._values.get(key)
        if value is None:
            value = self._value(text, kind, style)
            if len(self._values) < _MOST_REMEMBERED:
                self._values[key] = value
        if value != "":
            self.sheet.add_cell(place, value)

    def _value(self, text: bytes, kind: bytes, style: bytes | None) -> CellValue:
        try:
            decoded = text.decode("utf-8")
        except UnicodeDecodeError:
            self.sheet.xml.refuse(Code.XML_INVALID, "The XML is not well formed: it is not UTF-8.")
        if kind == b"s":
            return self.sheet.shared_text(decoded)
        return self.sheet.other_value(
            decoded, kind.decode("ascii"), None if style is None else style.decode("ascii")
        )
