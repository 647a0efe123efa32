"""One door for lists that people send: a workbook or a CSV text, told apart by content.

What comes out are rows of cells; what they mean is said in ``domain/spreadsheet.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.formats.container.content_kind import ContentKind, content_kind
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.csv import csv_rows, open_csv
from aas_registry.formats.lists.xlsx import Workbook, read_workbook, workbook_part

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_SNIFFED_BYTES = 512
_TEXT_NAMES = (".csv", ".tsv", ".txt")
# Spreadsheets that are refused: with the reason that fits, rather than as "no AASX".
_OTHER_NAMES = (".xls", ".xlsb", ".ods")
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any workbook with a password


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A spreadsheet that is about to be read.

    Attributes:
        rows: Number, from 1, and cells of the rows that are not empty; read once.
        findings: What was noticed of the file.
        workbook: The workbook that they are read from; None for CSV.
    """

    rows: Iterator[Row]
    findings: tuple[Finding, ...] = ()
    workbook: Workbook | None = None


def is_spreadsheet(stream: BinaryIO, file_name: str, *, limits: Limits) -> bool:
    """Return whether a file is to be read as a list of lots; the stream is at its start afterwards.

    Content decides where it can: a ZIP archive by what it holds. A CSV text has no mark of its
    own, so there the name decides, where the content is neither ZIP nor JSON nor XML.
    """
    stream.seek(0)
    start = stream.read(_SNIFFED_BYTES)
    name = file_name.strip().casefold()
    try:
        if content_kind(start) is ContentKind.ZIP:
            return name.endswith(_OTHER_NAMES) or _is_workbook(stream, limits)
        if start.startswith(_COMPOUND_FILE) or name.endswith(_OTHER_NAMES):
            return True
        is_text = content_kind(start) is ContentKind.UNKNOWN or name.endswith((".csv", ".tsv"))
        return is_text and name.endswith(_TEXT_NAMES)
    finally:
        stream.seek(0)


def read_spreadsheet(stream: BinaryIO, *, file_name: str, limits: Limits) -> Spreadsheet:
    """Open a spreadsheet.

    Args:
        stream: Seekable; read from its beginning, and needed while the rows are read.
        file_name: As the sender calls it; tells a CSV apart from nothing at all.
        limits: Every bound.

    Raises:
        RefusedError: Empty, of another type, damaged, hostile or over a limit; also while the
            rows are read.
    """
    stream.seek(0)
    start = stream.read(_SNIFFED_BYTES)
    stream.seek(0)
    if not start:
        raise RefusedError(error(Code.UPLOAD_EMPTY, "The file is empty."))
    if start.startswith(b"PK"):
        book = read_workbook(stream, limits=limits)
        return Spreadsheet(book.rows, findings=book.findings, workbook=book)
    if not is_spreadsheet(stream, file_name, limits=limits) or start.startswith(_COMPOUND_FILE):
        raise RefusedError(error(Code.SPREADSHEET_TYPE, Code.SPREADSHEET_TYPE.meaning))
    return Spreadsheet(csv_rows(open_csv(stream, limits=limits), limits=limits))


def locate(finding: Finding, file_name: str) -> Finding:
    """Return a finding with the name of its file, without what no answer can carry."""
    name = file_name.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
    return replace(finding, file=name[:255])


def _is_workbook(stream: BinaryIO, limits: Limits) -> bool:
    try:
        return workbook_part(ZipContainer(stream, limits=limits), limits=limits) is not None
    except RefusedError:
        return False  # the reader of packages says what is wrong with the archive
