"""The sheet of a list on its way back: one more cell in each faulty row, and a colour behind wrong ones.

Source:
    ECMA-376-1:2016, 18.3.1.4 (c), 18.3.1.13 (col), 18.3.1.73 (row), 18.3.1.80 (sheetData).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from aas_registry.domain.findings import Severity
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.domain.spreadsheet_findings import column_letters
from aas_registry.formats.lists.copy import XmlCopy, with_attribute, without_attributes
from aas_registry.formats.lists.marked_styles import MarkedStyles
from aas_registry.formats.lists.passive import without_metadata

_REFERENCE = re.compile("([A-Za-z]{1,3})[0-9]{0,8}")
_NUMBER = re.compile("[0-9]{1,8}")
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # which would be read as a character (22.4.2.4)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is done to one cell.

    Attributes:
        text: What it holds from now on; None leaves its value.
        severity: Whose colour stands behind it from now on; None leaves its format.
    """

    text: str | None = None
    severity: Severity | None = None


Marks = Mapping[int, Mapping[int, Mark]]


class MarkedSheet:
    """The editor of a list's sheet: marks cells, those that stand there and those that do not yet."""

    def __init__(self, marks: Marks, *, column: ErrorsColumn, styles: MarkedStyles) -> None:
        """Start before the first row.

        Args:
            marks: By row and column, both from 1.
            column: The column of errors; what it says of rows without a mark is removed.
            styles: Hands out the coloured formats.
        """
        self._marks = {row: dict(sorted(marks[row].items())) for row in sorted(marks, reverse=True)}
        self._header_row, self._column, self._is_again = column.header_row, column.number, column.is_there
        self._styles = styles
        self._row = self._cell = 0
        self._todo: dict[int, Mark] = {}
        self._row_style: int | None = None
        self._left_style = 0
        self._columns: list[tuple[int, int, int]] = []
        self._prefix = b""

    def start(self, copy: XmlCopy, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if name == "c":
            if self._todo or self._is_again or "cm" in attributes or "vm" in attributes:
                self._start_cell(copy, attributes)
        elif name == "row":
            self._start_row(copy, attributes)
        elif name == "col":
            first, last = _number(attributes.get("min")), _number(attributes.get("max"))
            self._columns.append((first, last, _number(attributes.get("style"))))
        elif name == "sheetData":
            self._start_rows(copy)

    def end(self, copy: XmlCopy, name: str) -> None:
        """Take the end of an element."""
        if name == "row":
            copy.insert(self._new_cells())
        elif name == "sheetData":
            self._prefix = copy.prefix
            copy.insert(self._rows_before(None))
        elif name == "cols" and all(last < self._column for _, last, _ in self._columns):
            copy.insert(self._wide_column(copy.prefix))

    def _start_rows(self, copy: XmlCopy) -> None:
        self._prefix = copy.prefix
        if not self._columns:
            prefix = copy.prefix
            copy.insert(b"<%bcols>%b</%bcols>" % (prefix, self._wide_column(prefix), prefix))
        if copy.tag.endswith(b"/>"):
            rows = self._rows_before(None)
            copy.replace_tag(_opened(copy.tag) + rows + b"</%bsheetData>" % copy.prefix)

    def _start_row(self, copy: XmlCopy, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r")
        row = self._row + 1 if number is None else _number(number)
        self._prefix = copy.prefix
        copy.insert(self._rows_before(row))
        self._begin_row(row, _number(attributes.get("s")) if "customFormat" in attributes else None)
        if self._todo:
            tag = without_attributes(copy.tag, b"spans")  # they may end before the new cell
            if tag.endswith(b"/>"):
                tag = _opened(tag) + self._new_cells() + b"</%brow>" % copy.prefix
            copy.replace_tag(tag)

    def _start_cell(self, copy: XmlCopy, attributes: Mapping[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        column = self._cell + 1 if found is None else _column_number(found[1])
        copy.insert(self._new_cells(before=column))
        style = _number(attributes.get("s"))
        self._cell, self._left_style = column, style
        mark = self._todo.pop(column, None)
        is_old = self._is_again and column == self._column and self._row > self._header_row
        if mark is not None and mark.severity is not None:
            coloured = b"%d" % self._styles.coloured(style, mark.severity)
            copy.replace_tag(with_attribute(without_metadata(copy.tag), b"s", coloured))
        elif mark is not None or is_old:
            copy.insert(self._cell_of(column, None if mark is None else mark.text, style))
            copy.leave_out()
        elif "cm" in attributes or "vm" in attributes:
            copy.replace_tag(without_metadata(copy.tag))

    def _begin_row(self, row: int, style: int | None) -> None:
        self._row, self._row_style = row, style
        self._cell = self._left_style = 0
        self._todo = self._marks.pop(row, {})

    def _new_cells(self, *, before: int | None = None) -> bytes:
        if not self._todo:
            return b""
        columns = [each for each in self._todo if before is None or each < before]
        return b"".join(map(self._new_cell, columns))

    def _rows_before(self, number: int | None) -> bytes:
        """Return the rows that are marked and do not stand in the sheet, up to the one that begins here."""
        rows = []
        while self._marks and (number is None or next(reversed(self._marks)) < number):
            self._begin_row(next(reversed(self._marks)), None)
            cells = self._new_cells()
            rows.append(b'<%brow r="%d">%b</%brow>' % (self._prefix, self._row, cells, self._prefix))
        return b"".join(rows)

    def _new_cell(self, column: int) -> bytes:
        mark = self._todo.pop(column)
        if mark.severity is not None:
            style = self._styles.coloured(self._style_of_blank(column), mark.severity)
        else:
            style = self._left_style if self._row == self._header_row else self._style_of_blank(column)
        return self._cell_of(column, mark.text, style)

    def _style_of_blank(self, column: int) -> int:
        # What is typed there later shall be text where its column is: leading zeros count.
        if self._row_style is not None:
            return self._row_style
        return next((style for first, last, style in self._columns if first <= column <= last), 0)

    def _cell_of(self, column: int, text: str | None, style: int) -> bytes:
        prefix = self._prefix
        tag = b'<%bc r="%b%d"' % (prefix, column_letters(column).encode("ascii"), self._row)
        if style:
            tag += b' s="%d"' % style
        if not text:
            return tag + b"/>"
        inner = b'<%bt xml:space="preserve">%b</%bt>' % (prefix, _escaped(text), prefix)
        return tag + b' t="inlineStr"><%bis>%b</%bis></%bc>' % (prefix, inner, prefix, prefix)

    def _wide_column(self, prefix: bytes) -> bytes:
        return b'<%bcol min="%d" max="%d" width="80" customWidth="1"/>' % (prefix, self._column, self._column)


def _opened(tag: bytes) -> bytes:
    return tag.removesuffix(b"/>") + b">"


def _number(text: str | None) -> int:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else 0


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _escaped(text: str) -> bytes:
    """Return text for XML in any encoding that holds ASCII."""
    clean = _ESCAPE.sub("_x005F_", _NO_XML.sub("\ufffd", text))
    return escape(clean).encode("ascii", "xmlcharrefreplace")
