"""Rows of an Office Open XML workbook (.xlsx), read in one pass, bounded, from a hostile file.

The archive stands behind the ZIP wall. Its parts are read by expat, piece by piece: a DOCTYPE
is refused as it begins, no sheet is held in memory, and no cell's place decides how much is
reserved, so a cell in the last corner of a sheet costs nothing. python-calamine, which is as
fast, would reserve the whole rectangle, does not tell a formula from a value, and gives a
number without the digits as they stand in the file; the tests compare with it.

Source:
    ECMA-376-1:2016, 18.2 (workbook), 18.3.1 (worksheet), 18.4 (shared strings), 18.8 (styles).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import HEADER_ROWS, Row, is_header
from aas_registry.formats.container.bounded_xml import xml_events
from aas_registry.formats.container.content_kind import RecognisedFile
from aas_registry.formats.container.opc import Relationship, read_relationships, workbook_part
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.sheet import Styles, sheet_rows
from aas_registry.formats.lists.strings import read_shared_strings

LIST_SHEETS = ("lots", "lose", "ロット")
OUR_SHEETS = ("instructions",)
_WORKSHEET = "/worksheet"
_PROGRAMS = {
    "vbaProject": "macros",
    "externalLink": "links to other files",
    "connections": "connections to databases",
}
_NAMED_SHEETS = 5
_TRIED_SHEETS = 10
# Built-in number formats that show a date or a time (18.8.30), also those of East Asia.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NO_DATE_SIGNS = re.compile(r'"[^"]*"?|\[[^\]]*\]?|[\\_*].|general', re.IGNORECASE)
_NUMBER = re.compile("[0-9]{1,9}")
_DATE_SIGNS = re.compile(r"[dmyhs年月日時分秒]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A worksheet of a workbook.

    Attributes:
        name: In the workbook.
        part: The part that holds it.
        is_hidden: Whether people see it only when they ask for it.
    """

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook whose list sheet is about to be read.

    Attributes:
        container: Its parts.
        part: The part that names its sheets.
        sheets: Its worksheets, in its order.
        is_1904: Whether its days count from 1904.
        sheet: Name of the sheet with the list.
        sheet_part: The part that holds that sheet.
        rows: Its rows that are not empty; read once.
        findings: What was noticed of the workbook.
    """

    container: ZipContainer
    part: str
    sheets: Sequence[WorkbookSheet]
    is_1904: bool
    sheet: str
    sheet_part: str
    rows: Iterator[Row]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str | None  # none of a chart, and where it is not in the file
    is_hidden: bool


def read_workbook(file: RecognisedFile, *, limits: Limits) -> Workbook:
    """Open a workbook and find the sheet with the list: "Lots", else the first with column names.

    Raises:
        RefusedError: No workbook, damaged, hostile or over a limit; also while the rows are read.
    """
    container = file.container
    part = file.workbook_part or workbook_part(container, limits=limits)
    if part is None:
        raise RefusedError(error(Code.SPREADSHEET_TYPE, Code.SPREADSHEET_TYPE.meaning))
    for each in container.respelled:
        message = "The archive spells this name with backslashes, as no workbook does."
        raise RefusedError(error(Code.ZIP_PART_NAME, message, part=each))
    targets = {
        each.id: each for each in read_relationships(container, part, limits=limits) if not each.external
    }
    sheets, is_1904 = _read_sheets(container, part, targets, limits)
    of_type = {each.type.rpartition("/")[2]: each.target for each in targets.values()}
    strings = read_shared_strings(container, of_type.get("sharedStrings"), limits=limits)
    styles = Styles(_date_styles(container, of_type.get("styles"), limits), is_1904=is_1904)

    parts = {each: each.part for each in sheets if each.part is not None}
    if not parts:
        raise _damaged("no worksheet that the workbook names is in the file", part)

    def rows_of(sheet: _Sheet) -> Iterator[Row]:
        return sheet_rows(container, parts[sheet], strings=strings, styles=styles, limits=limits)

    chosen, rows = _choose(list(parts), rows_of)
    return Workbook(
        container=container,
        part=part,
        sheets=[WorkbookSheet(each.name, found, each.is_hidden) for each, found in parts.items()],
        is_1904=is_1904,
        sheet=chosen.name[:100],
        sheet_part=parts[chosen],
        rows=rows,
        findings=tuple(_not_taken(sheets, chosen, of_type)),
    )


def _read_sheets(
    container: ZipContainer, part: str, targets: Mapping[str, Relationship], limits: Limits
) -> tuple[Sequence[_Sheet], bool]:
    sheets: list[_Sheet] = []
    is_1904 = False
    content = container.read(part, max_bytes=limits.package_structure_bytes)
    for event, element in xml_events(content, limits=limits, part=part):
        if event == "start" and element.name == "sheet":
            name, state = element.attrib.get("name", ""), element.attrib.get("state", "visible")
            related = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            named = targets.get(related)
            is_worksheet = named is not None and named.type.endswith(_WORKSHEET)
            found = container.find(named.target) if named is not None and is_worksheet else None
            sheets.append(_Sheet(name, found, state != "visible"))
        elif event == "start" and element.name == "workbookPr":
            is_1904 = element.attrib.get("date1904", "0") in ("1", "true")
    if not sheets:
        raise _damaged("the workbook names no sheet", part)
    return sheets, is_1904


def _choose(
    sheets: Sequence[_Sheet], rows_of: Callable[[_Sheet], Iterator[Row]]
) -> tuple[_Sheet, Iterator[Row]]:
    """Return the sheet of the list with its rows; the first that is visible where none names columns."""
    named = [each for each in sheets if each.name.strip().casefold() in LIST_SHEETS]
    visible = [each for each in sheets if not each.is_hidden] or sheets
    candidates = named[:1] or visible[:_TRIED_SHEETS]
    for sheet in candidates if len(candidates) > 1 else ():
        rows = rows_of(sheet)
        first = list(islice(rows, HEADER_ROWS))
        if any(is_header(cells) for _, cells in first):
            return sheet, chain(first, rows)
    return candidates[0], rows_of(candidates[0])


def _not_taken(sheets: Sequence[_Sheet], chosen: _Sheet, parts: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what the workbook holds besides the list: other sheets, and programs among its parts."""
    names = [
        each.name
        for each in sheets
        if each is not chosen and each.name.strip().casefold() not in OUR_SHEETS and not each.is_hidden
    ]
    if names:
        shown = ", ".join(repr(name[:50]) for name in names[:_NAMED_SHEETS])
        more = " and others" if len(names) > _NAMED_SHEETS else ""
        message = f"The sheet {chosen.name[:50]!r} was read; not read: {shown}{more}."
        yield info(Code.SPREADSHEET_SHEET_IGNORED, message)
    for kind, word in _PROGRAMS.items():
        if kind in parts:
            message = f"The workbook holds {word}; only the original keeps them."
            yield warning(Code.SPREADSHEET_PROGRAM, message, part=parts[kind])


def _date_styles(container: ZipContainer, target: str | None, limits: Limits) -> frozenset[int]:
    """Return the cell formats that show a number as a date."""
    part = None if target is None else container.find(target)
    if part is None:
        return frozenset()
    dates = set(_DATE_FORMATS)
    found: set[int] = set()
    count, inside = 0, False
    content = container.read(part, max_bytes=limits.package_structure_bytes)
    for event, element in xml_events(content, limits=limits, part=part):
        if element.name == "cellXfs":
            inside = event == "start"
        elif event == "start" and element.name == "numFmt":
            signs = _NO_DATE_SIGNS.sub("", element.attrib.get("formatCode", "")[:1000])
            number = _number(element.attrib.get("numFmtId"))
            (dates.add if _DATE_SIGNS.search(signs) else dates.discard)(number)
        elif event == "start" and inside and element.name == "xf":
            if _number(element.attrib.get("numFmtId")) in dates:
                found.add(count)
            count += 1
    return frozenset(found)


def _number(text: str | None) -> int:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else -1


def _damaged(what: str, part: str) -> RefusedError:
    return RefusedError(error(Code.SPREADSHEET_DAMAGED, f"The workbook is damaged: {what}.", part=part))
