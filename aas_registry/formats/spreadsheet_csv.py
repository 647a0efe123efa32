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
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import HEADER_ROWS, LAST_ROW, Row
from aas_registry.domain.spreadsheet_cells import FORMULA_STARTS, is_active_formula

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK_BYTES = 1 << 18
_LINE_CHARS = 1 << 17
_SEPARATORS = (",", ";", "\t")
_SNIFFED_CHARS = 1 << 14


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV text that is about to be read.

    Attributes:
        separator: What separates its cells.
        rows: Its rows that are not empty, numbered as a spreadsheet program shows them; read once.
    """

    separator: str
    rows: Iterator[Row]


def read_csv(stream: BinaryIO, *, limits: Limits) -> CsvText:
    """Open a CSV text.

    Args:
        stream: Read from where it stands; left open.
        limits: Every bound.

    Raises:
        RefusedError: Not UTF-8, malformed or over a limit; also while the rows are read.
    """
    mark = stream.read(2)
    stream.seek(0)
    encoding = "utf-16" if mark in _UTF16_MARKS else "utf-8-sig"
    lines = _lines(stream, encoding, limits)
    first = list(_first(lines))
    separator = _separator("".join(first))
    return CsvText(separator, _rows(_chained(first, lines), separator, limits))


def _lines(stream: BinaryIO, encoding: str, limits: Limits) -> Iterator[str]:
    """Yield the lines with their ends; none is longer than the bound."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    pending, taken = "", 0
    while True:
        chunk = stream.read(_CHUNK_BYTES)
        taken += len(chunk)
        if taken > limits.spreadsheet_bytes:
            message = f"The text holds more than {limits.spreadsheet_bytes} bytes."
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message))
        pending += _decoded(decoder, chunk, taken)
        *lines, pending = pending.split("\n")  # not splitlines: a form feed in a cell ends no row
        yield from (line + "\n" for line in lines)
        if len(pending) > _LINE_CHARS:
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, "A line is too long for a list."))
        if not chunk:
            yield from filter(None, [pending])
            return


def _decoded(decoder: io.IncrementalNewlineDecoder, chunk: bytes, taken: int) -> str:
    try:
        return decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as cause:
        place = max(0, taken - len(cause.object)) + cause.start
        message = f"Byte {place} of the CSV is not {cause.encoding}. {Code.SPREADSHEET_ENCODING.meaning}"
        raise RefusedError(error(Code.SPREADSHEET_ENCODING, message)) from cause


def _first(lines: Iterator[str]) -> Iterator[str]:
    count = 0
    for line in lines:
        yield line
        count += len(line)
        if count > _SNIFFED_CHARS:
            return


def _chained(first: list[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest


def _separator(text: str) -> str:
    """Return the separator that stands most often in the first line that has any."""
    for line in text.splitlines():
        counts = {each: line.count(each) for each in _SEPARATORS}
        if any(counts.values()):
            return max(_SEPARATORS, key=lambda each: counts[each])
    return ","


def _rows(lines: Iterator[str], separator: str, limits: Limits) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    count, number = 0, 0
    try:
        for number, cells in enumerate(reader, start=1):
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
            if any(each.startswith(FORMULA_STARTS) and is_active_formula(each) for each in cells):
                message = Code.SPREADSHEET_FORMULA_ACTIVE.meaning
                raise RefusedError(error(Code.SPREADSHEET_FORMULA_ACTIVE, message, row=number))
            yield number, cells
    except csv.Error as cause:
        message = f"The CSV text is malformed: {cause}."
        raise RefusedError(error(Code.SPREADSHEET_DAMAGED, message, row=number + 1)) from cause
