"""A workbook on its way back: its own parts, the sheet of the list marked, nothing active.

What need not be changed is copied byte for byte, part by part, so that formats, widths, other
sheets and comments stay as the sender's program wrote them.
"""

import zipfile
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.container.opc import CONTENT_TYPES_PART, relationships_part
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.copy import CHUNK_BYTES, Editor, XmlCopy
from aas_registry.formats.lists.marked_sheet import MarkedSheet, Marks
from aas_registry.formats.lists.marked_styles import read_styles
from aas_registry.formats.lists.passive import (
    EDITED,
    HandedOn,
    KeptRelationships,
    MainType,
    PassiveXml,
    handed_on,
)
from aas_registry.formats.lists.xlsx import Workbook

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LIST_LEFT_OUT = frozenset(["dimension"])  # it may be left out, and would be wrong


def mark_workbook(
    book: Workbook,
    target: BinaryIO,
    *,
    marks: Marks,
    column: ErrorsColumn,
    limits: Limits,
) -> None:
    """Write a workbook with marks in the sheet of its list.

    Args:
        book: As it was opened; its rows are not needed.
        target: Takes the file.
        marks: By row and column.
        column: The column of errors.
        limits: Every bound.

    Raises:
        RefusedError: Another part of it is damaged or hostile, or a sheet holds macros.
        TooLargeError: It holds more than is given back.
    """
    parts = handed_on(book.container, limits=limits)
    _refuse_size(book.container, parts, limits)
    styles = read_styles(book.container, book.styles_part, limits=limits)
    sheet = MarkedSheet(marks, column=column, styles=styles)
    copier = _Copier(book.container, parts, target, limits)
    with copier.archive:
        copier.write_structure()
        for part, kind in parts.kinds.items():
            if part == book.sheet_part:
                kept = parts.relationships[part]
                copier.write(part, PassiveXml(kept, rows=sheet, left_out=_LIST_LEFT_OUT))
            elif kind in EDITED:
                copier.write(part, PassiveXml(parts.relationships[part]))
            elif part != book.styles_part:
                copier.write(part, None)
        if book.styles_part in parts.kinds:
            copier.write(book.styles_part, styles)  # last: only now it is known which are wanted


class _Copier:
    def __init__(self, container: ZipContainer, parts: HandedOn, target: BinaryIO, limits: Limits) -> None:
        self._container, self._parts, self._limits = container, parts, limits
        self.archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)

    def write_structure(self) -> None:
        """Write content types and relationships."""
        types = self._container.find(CONTENT_TYPES_PART)
        if types is not None:
            self.write(types, MainType(self._parts.kinds))
        for source, kept in self._parts.relationships.items():
            part = self._container.find(relationships_part(source))
            if part is not None:
                self.write(part, KeptRelationships(kept) if source in self._parts.cut else None)

    def write(self, part: str, editor: Editor | None) -> None:
        """Write a part, through an editor where there is one."""
        entry = zipfile.ZipInfo(part.removeprefix("/"), _ZIP_TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(entry, "w") as target, self._container.open(part) as source:
            copy = (
                None
                if editor is None
                else XmlCopy(editor, target.write, part=part, max_depth=self._limits.nesting_depth)
            )
            while chunk := source.read(CHUNK_BYTES):
                (target.write if copy is None else copy.feed)(chunk)
            if copy is not None:
                copy.finish()


def _refuse_size(container: ZipContainer, parts: HandedOn, limits: Limits) -> None:
    if sum(map(container.size, parts.kinds)) > limits.spreadsheet_marked_bytes:
        raise too_large_to_return(limits)


def too_large_to_return(limits: Limits) -> TooLargeError:
    """Return the error of a list that is too large to be given back."""
    message = (
        f"Lists of more than {limits.spreadsheet_marked_bytes} bytes are not given back; see the findings."
    )
    return TooLargeError(message, code=Code.SPREADSHEET_TOO_LARGE)
