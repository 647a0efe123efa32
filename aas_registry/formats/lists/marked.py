"""A list as it was sent, with one more column: what is wrong in each row.

A CSV text is the sender's own file, byte for byte but for that column. Of a workbook it is a
copy: `plain_part` says what stays. A workbook that is too large to be copied, or that openpyxl
does not take, is answered by a list of what was found.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from aas_registry.domain.findings import Finding
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import LAST_ROW
from aas_registry.domain.spreadsheet_columns import ERRORS, ErrorsColumn
from aas_registry.formats.lists.marked_csv import mark_csv
from aas_registry.formats.lists.marked_xlsx import mark_workbook
from aas_registry.formats.lists.plain_part import NotCopiedError
from aas_registry.formats.lists.spreadsheet import CSV, XLSX, Spreadsheet
from aas_registry.formats.lists.writer import write_findings_xlsx

_MOST_TEXT = 2000  # of one row's errors
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class MarkedList:
    """A list with the column of errors.

    Attributes:
        content: At its beginning; whoever takes it closes it.
        media_type: Of the content.
        suffix: Of its file name.
    """

    content: BinaryIO
    media_type: str
    suffix: str


def mark_spreadsheet(
    opened: Spreadsheet,
    target: BinaryIO,
    *,
    limits: Limits,
    findings: Sequence[Finding],
    column: ErrorsColumn,
) -> MarkedList:
    """Return the list with its errors.

    Args:
        opened: The list; its rows are not needed.
        target: An empty file, which becomes the content.
        limits: Every bound.
        findings: What was found in it.
        column: Where they are told.

    Raises:
        RefusedError: A part of a workbook that is no list is damaged or hostile.
        TooLargeError: A CSV text is larger than what is given back; the findings tell the same.
    """
    book, texts = opened.workbook, _texts(findings, column)
    if book is not None:
        try:
            mark_workbook(book, target, texts=texts, findings=findings, column=column, limits=limits)
        except NotCopiedError:
            target.write(write_findings_xlsx(findings, sheet=book.sheet))
        media_type, suffix = XLSX, ".xlsx"
    else:
        encoding = mark_csv(opened.file.stream, target, texts=texts, column=column, limits=limits)
        media_type, suffix = f"{CSV}; charset={encoding[:6]}", PurePath(opened.file.file_name).suffix.lower()
        suffix = suffix if suffix in _TEXT_SUFFIXES else ".csv"
    target.seek(0)
    return MarkedList(target, media_type, suffix)


def _texts(findings: Sequence[Finding], column: ErrorsColumn) -> Mapping[int, str]:
    """Return the text of the column by row; what has no row stands below the header."""
    told: defaultdict[int, list[str]] = defaultdict(list)
    for each in findings:
        row = each.row or column.header_row + 1
        # The header keeps its name, by which the column is known when the list comes again.
        row = row + 1 if row == column.header_row else row
        told[min(row, LAST_ROW)].append(f"{each.message} [{each.code.value}]")
    texts = {row: " | ".join(each)[:_MOST_TEXT] for row, each in told.items()}
    is_named = column.is_there or not column.header_row
    return texts if is_named else {**texts, column.header_row: ERRORS.header}
