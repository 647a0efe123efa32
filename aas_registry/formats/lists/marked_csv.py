"""A CSV text on its way back: its own bytes, and one more field in each record.

Encoding, separator, quotes and line ends stay. A field that a spreadsheet program would take
for a formula gets the apostrophe that our own CSV has there, and that reading takes away.
"""

import re
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from aas_registry.domain.spreadsheet_cells import is_formula_text, is_text_formula
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.lists.csv import CsvText
from aas_registry.formats.lists.writer import safe_text

_LINE_ENDS = "\r\n"


def mark_csv(text: CsvText, target: BinaryIO, *, texts: Mapping[int, str], column: ErrorsColumn) -> None:
    """Write a CSV text with a column of errors.

    Args:
        text: As it was opened.
        target: Takes the bytes.
        texts: What the column says, by row.
        column: The column of errors; what it says of other rows is removed.
    """
    target.write(text.mark)
    marker = _Marker(text.separator, column.number)
    number, end, usual_end = 0, "", ""
    for number, record, cells in text.records:
        body = record.rstrip(_LINE_ENDS)
        end = record[len(body) :]
        usual_end = usual_end or end
        is_kept = column.is_there and number <= column.header_row  # the name of the column itself
        told = None if is_kept else texts.get(number, "")
        target.write((marker.marked(body, cells, told) + end).encode(text.encoding))
    usual_end = usual_end or _LINE_ENDS
    last = max(texts, default=0)
    missing = [marker.marked("", [], texts.get(each, "")) for each in range(number + 1, last + 1)]
    begin = "" if end or not number or not missing else usual_end
    target.write((begin + "".join(each + usual_end for each in missing)).encode(text.encoding))


class _Marker:
    def __init__(self, separator: str, place: int) -> None:
        self._separator, self._place = separator, place
        self._field = re.compile(rf'("[^"]*(?:""[^"]*)*"|[^{separator}]*)(?:{separator}|\Z)')
        self._needs_quotes = re.compile(rf'["\r\n{separator}]')

    def marked(self, body: str, cells: Sequence[str], text: str | None) -> str:
        """Return a record, without its line end, with its field of errors; with None as it was."""
        if not cells and not text:
            return body
        fields = self._fields(body, cells) if self._needs_change(cells) else [body]
        if text is None:
            return self._separator.join(fields)
        field = self._written(safe_text(text))
        if len(cells) >= self._place:
            fields[self._place - 1] = field
            return self._separator.join(fields)
        lacking = self._place - max(1, len(cells))
        return self._separator.join(fields) + self._separator * lacking + field

    def _needs_change(self, cells: Sequence[str]) -> bool:
        return len(cells) >= self._place or any(map(_is_neutralised, cells))

    def _fields(self, body: str, cells: Sequence[str]) -> list[str]:
        """Return the fields as they stand, with their quotes."""
        fields, place = [], 0
        for cell in cells:
            found = self._field.match(body, place)
            assert found is not None
            place = found.end()
            fields.append(_as_text(found[1]) if _is_neutralised(cell) else found[1])
        return fields

    def _written(self, text: str) -> str:
        if self._needs_quotes.search(text) is None:
            return text
        return '"' + text.replace('"', '""') + '"'


def _is_neutralised(cell: str) -> bool:
    return is_formula_text(cell) and not is_text_formula(cell)


def _as_text(field: str) -> str:
    return "\"'" + field[1:] if field.startswith('"') else "'" + field
