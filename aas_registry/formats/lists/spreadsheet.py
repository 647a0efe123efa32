"""One door for lists that people send: a workbook or a CSV text.

What comes out are rows of cells; what they mean is said in ``domain/spreadsheet.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.formats.container.content_kind import ContentKind, RecognisedFile, refuse_polyglot
from aas_registry.formats.lists.csv import csv_rows, open_csv
from aas_registry.formats.lists.xlsx import Workbook, read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A spreadsheet that is about to be read.

    Attributes:
        file: What it is read from.
        rows: Number, from 1, and cells of the rows that are not empty; read once.
        findings: What was noticed of the file.
        workbook: The workbook that they are read from; None for CSV.
    """

    file: RecognisedFile
    rows: Iterator[Row]
    findings: tuple[Finding, ...] = ()
    workbook: Workbook | None = None


def read_spreadsheet(file: RecognisedFile, *, limits: Limits) -> Spreadsheet:
    """Open a spreadsheet.

    Args:
        file: Its stream is needed while the rows are read.
        limits: Every bound.

    Raises:
        RefusedError: Empty, of another type, damaged, hostile or over a limit; also while the
            rows are read.
    """
    if file.kind is ContentKind.EMPTY:
        raise RefusedError(error(Code.UPLOAD_EMPTY, "The file is empty."))
    if file.kind is ContentKind.CSV:
        refuse_polyglot(file)
        return Spreadsheet(file, csv_rows(open_csv(file.stream, limits=limits), limits=limits))
    if file.archive is None or file.kind is ContentKind.UNREAD_SPREADSHEET:
        raise RefusedError(error(Code.SPREADSHEET_TYPE, Code.SPREADSHEET_TYPE.meaning))
    book = read_workbook(file, limits=limits)
    return Spreadsheet(file, book.rows, findings=book.findings, workbook=book)


def locate(finding: Finding, file_name: str) -> Finding:
    """Return a finding with the name of its file, without what no answer can carry."""
    name = file_name.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
    return replace(finding, file=name[:255])
