"""Rows of a CSV text: UTF-8 (or UTF-16 with its mark), separated by comma, semicolon or tab.

Another encoding is refused, not guessed: the same bytes are one manufacturer in Windows-1252
and another in Shift-JIS. A text in which no cell needs quoting is read as any program reads it.

Source:
    RFC 4180; the separators are those that spreadsheet programs write.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, NamedTuple

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import HEADER_ROWS, LAST_ROW, Row
from aas_registry.domain.spreadsheet_cells import (
    CellKind,
    CellValue,
    OddCell,
    is_active_formula,
    is_formula_text,
    shown,
)

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_CHUNK_BYTES = 1 << 18
_SEPARATORS = (",", ";", "\t")
_SNIFFED_CHARS = 1 << 14
_SHOWN_CHARS = 20


class CsvRecord(NamedTuple):
    """One record of a CSV text, as it stands and as it is read.

    Attributes:
        number: From 1, as a spreadsheet program shows it.
        text: With its line end.
        cells: Empty where the line is.
    """

    number: int
    text: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV text that is about to be read.

    Attributes:
        mark: The bytes with which it begins, that tell its encoding; mostly none.
        encoding: Of what follows them.
        separator: What separates its cells.
        records: All of them; read once.
    """

    mark: bytes
    encoding: str
    separator: str
    records: Iterator[CsvRecord]


def open_csv(stream: BinaryIO, *, limits: Limits) -> CsvText:
    """Open a CSV text.

    Args:
        stream: Read from its beginning; left open.
        limits: Every bound.

    Raises:
        RefusedError: Not UTF-8, malformed or over a limit; also while the records are read.
    """
    stream.seek(0)
    start = stream.read(3)
    mark = next((each for each in _MARKS if start.startswith(each)), b"")
    stream.seek(len(mark))
    encoding = _MARKS.get(mark, "utf-8")
    lines = _lines(stream, encoding, limits)
    first: list[str] = []
    chars = 0
    for line in lines:
        first.append(line)
        chars += len(line)
        if chars > _SNIFFED_CHARS:
            break
    # What stands most often in the first line that has any.
    counts = ({each: line.count(each) for each in _SEPARATORS} for line in "".join(first).splitlines())
    count = next((each for each in counts if any(each.values())), {",": 1})
    separator = max(count, key=lambda each: count[each])
    return CsvText(mark, encoding, separator, _records(chain(first, lines), separator))


def csv_rows(text: CsvText, *, limits: Limits) -> Iterator[Row]:
    """Yield the rows of a CSV text that are not empty.

    Raises:
        RefusedError: Malformed, over a limit, or a cell that a program would run.
    """
    count = 0
    for number, _, cells in text.records:
        while cells and not cells[-1].strip():
            cells.pop()
        if number > LAST_ROW:
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, f"There are more than {LAST_ROW} rows."))
        if not cells:
            continue
        count += 1
        if count > limits.spreadsheet_rows + HEADER_ROWS or len(cells) > limits.spreadsheet_columns:
            message = (
                f"Row {number}: the limits are {limits.spreadsheet_rows} rows and"
                f" {limits.spreadsheet_columns} columns."
            )
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, row=number))
        yield number, [_value(each, number, column) for column, each in enumerate(cells, start=1)]


def _value(cell: str, row: int, column: int) -> CellValue:
    if not is_formula_text(cell):
        return cell
    if is_active_formula(cell):
        code = Code.SPREADSHEET_FORMULA_ACTIVE
        raise RefusedError(error(code, code.meaning, row=row, column=column, value=shown(cell)))
    return OddCell(cell, CellKind.FORMULA)


def _lines(stream: BinaryIO, encoding: str, limits: Limits) -> Iterator[str]:
    """Yield the lines with their own ends; none is longer than the bound."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=False)
    pending, taken, count = "", stream.tell(), 0
    while True:
        chunk = stream.read(_CHUNK_BYTES)
        taken += len(chunk)
        if taken > limits.spreadsheet_bytes:
            message = f"The text holds more than {limits.spreadsheet_bytes} bytes."
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message))
        try:
            pending += decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as cause:
            before = cause.object[: cause.start].decode(cause.encoding, "replace")
            line = count + 1 + io.StringIO(before, newline=None).read().count("\n")
            text = shown(before[-_SHOWN_CHARS:])
            code = Code.SPREADSHEET_ENCODING
            message = f"Line {line} is not {cause.encoding} after {text!r}. {code.meaning}"
            raise RefusedError(error(code, message, row=line)) from cause
        # Not splitlines: a form feed in a cell ends no row. The decoder never ends between CR and LF.
        lines = io.StringIO(pending, newline="").readlines()
        pending = lines.pop() if lines and not lines[-1].endswith(("\n", "\r")) else ""
        count += len(lines)
        yield from lines
        if len(pending) > limits.spreadsheet_line_chars:
            message = f"A line is longer than {limits.spreadsheet_line_chars} characters."
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message))
        if not chunk:
            yield from filter(None, [pending])
            return


def _records(lines: Iterator[str], separator: str) -> Iterator[CsvRecord]:
    taken: list[str] = []

    def told() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    number = 0
    try:
        for number, cells in enumerate(csv.reader(told(), delimiter=separator, strict=True), start=1):
            yield CsvRecord(number, "".join(taken), cells)
            taken.clear()
    except csv.Error as cause:
        message = f"The CSV text is malformed: {cause}."
        raise RefusedError(error(Code.SPREADSHEET_DAMAGED, message, row=number + 1)) from cause
