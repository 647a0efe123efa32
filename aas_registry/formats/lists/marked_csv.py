"""A CSV text on its way back: its own bytes, and one more field in each record.

Encoding, separator, quotes and line ends stay. A field that a spreadsheet program would take
for a formula gets the apostrophe that our own CSV has there, and that reading takes away.
"""

import re
from collections.abc import Mapping, Sequence
from io import SEEK_END
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet_cells import is_formula_text, is_text_formula
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.lists.csv import open_csv
from aas_registry.formats.lists.writer import safe_text

_LINE_ENDS = "\r\n"


def mark_csv(
    stream: BinaryIO, target: BinaryIO, *, texts: Mapping[int, str], column: ErrorsColumn, limits: Limits
) -> str:
    """Write a CSV text with a column of errors, and return its encoding.

    Args:
        stream: Holds the text; read from its beginning.
        target: Takes the bytes.
        texts: What the column says, by row.
        column: The column of errors; what it says of other rows is removed.
        limits: ``spreadsheet_marked_bytes``, and those of reading.

    Raises:
        TooLargeError: It is over ``spreadsheet_marked_bytes``.
    """
    most = limits.spreadsheet_marked_bytes
    if stream.seek(0, SEEK_END) > most:
        message = f"Lists of more than {most} bytes are not given back; see the findings."
        raise TooLargeError(message, code=Code.SPREADSHEET_TOO_LARGE)
    text = open_csv(stream, limits=limits)
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
    return text.encoding


class _Marker:
    def __init__(self, separator: str, place: int) -> None:
        self._separator, self._place = separator, place
        self._field = re.compile(rf'("[^"]*(?:""[^"]*)*"|[^{separator}]*)(?:{separator}|\Z)')
        self._needs_quotes = re.compile(rf'["\r\n{separator}]')

    def marked(self, body: str, cells: Sequence[str], text: str | None) -> str:
        """Return a record, without its line end, with its field of errors; with None as it was."""
        if not cells and not text:
            return body
        fields, start = [body], 0
        if len(cells) >= self._place or any(map(_is_neutralised, cells)):
            fields = []
            for cell in cells:
                found = self._field.match(body, start)
                assert found is not None
                start, field = found.end(), found[1]  # as it stands, with its quotes
                if _is_neutralised(cell):
                    field = "\"'" + field[1:] if field.startswith('"') else "'" + field
                fields.append(field)
        if text is None:
            return self._separator.join(fields)
        field = safe_text(text)
        if self._needs_quotes.search(field):
            field = '"' + field.replace('"', '""') + '"'
        if len(cells) >= self._place:
            fields[self._place - 1] = field
            return self._separator.join(fields)
        lacking = self._place - max(1, len(cells))
        return self._separator.join(fields) + self._separator * lacking + field


def _is_neutralised(cell: str) -> bool:
    return is_formula_text(cell) and not is_text_formula(cell)
