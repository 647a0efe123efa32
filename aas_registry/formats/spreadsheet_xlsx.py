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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.formats.bounded_xml import XmlElement, xml_events
from aas_registry.formats.opc import read_relationships
from aas_registry.formats.spreadsheet_rows import sheet_rows
from aas_registry.formats.spreadsheet_sheet import Styles
from aas_registry.formats.spreadsheet_strings import read_shared_strings
from aas_registry.formats.zip_container import ZipContainer

LIST_SHEETS = ("lots", "lose", "ロット")
OUR_SHEETS = ("instructions",)
_STRUCTURE_BYTES = 8 * 1024 * 1024
_DOCUMENT = "/officeDocument"
_WORKSHEET, _STRINGS, _STYLES = "/worksheet", "/sharedStrings", "/styles"
_NAMED_SHEETS = 5
# Built-in number formats that show a date or a time (18.8.30), also those of East Asia.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NO_DATE_SIGNS = re.compile(r'"[^"]*"?|\[[^\]]*\]?|[\\_*].|general', re.IGNORECASE)
_NUMBER = re.compile("[0-9]{1,9}")
_DATE_SIGNS = re.compile(r"[dmyhs年月日時分秒]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook whose list sheet is about to be read.

    Attributes:
        sheet: Name of the sheet with the list.
        sheet_index: Its place among the workbook's sheets, from 0.
        rows: Its rows that are not empty; read once.
        findings: What was noticed of the workbook.
    """

    sheet: str
    sheet_index: int
    rows: Iterator[Row]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    relationship: str
    is_hidden: bool


def workbook_part(container: ZipContainer, *, limits: Limits) -> str | None:
    """Return the main part of a workbook; None where the archive is no workbook.

    Raises:
        RefusedError: Hostile relationships.
    """
    named = [
        each.target
        for each in read_relationships(container, "/", limits=limits)
        if each.type.endswith(_DOCUMENT) and not each.external
    ]
    part = container.find(named[0] if named else "/xl/workbook.xml")
    # A Word document has an office document too: a workbook's lies in xl by every writer.
    return part if part is not None and part.casefold().startswith("/xl/") else None


def read_workbook(stream: BinaryIO, *, limits: Limits) -> Workbook:
    """Open a workbook and find the sheet with the list: "Lots", else the first that is visible.

    Raises:
        RefusedError: No workbook, damaged, hostile or over a limit; also while the rows are read.
    """
    container = ZipContainer(stream, limits=limits)
    part = workbook_part(container, limits=limits)
    if part is None:
        raise RefusedError(error(Code.SPREADSHEET_TYPE, Code.SPREADSHEET_TYPE.meaning))
    sheets, is_1904 = _read_sheets(container, part, limits)
    targets = {
        each.id: each for each in read_relationships(container, part, limits=limits) if not each.external
    }
    of_type = {each.type.rpartition("/")[2]: each.target for each in targets.values()}
    index, chosen = _choose(sheets)
    relationship = targets.get(chosen.relationship)
    sheet_part = container.find(relationship.target) if relationship is not None else None
    if relationship is None or sheet_part is None or not relationship.type.endswith(_WORKSHEET):
        raise _damaged(f"the sheet {chosen.name[:100]!r} is not in the file", part)
    strings = read_shared_strings(container, of_type.get("sharedStrings"), limits=limits)
    styles = Styles(_date_styles(container, of_type.get("styles"), limits), is_1904=is_1904)
    rows = sheet_rows(container, sheet_part, strings=strings, styles=styles, limits=limits)
    return Workbook(chosen.name[:100], index, rows, _others(sheets, chosen))


def _read_sheets(container: ZipContainer, part: str, limits: Limits) -> tuple[Sequence[_Sheet], bool]:
    sheets: list[_Sheet] = []
    is_1904 = False
    content = container.read(part, max_bytes=_STRUCTURE_BYTES)
    for event, element in xml_events(content, max_depth=limits.nesting_depth, part=part):
        if event == "start" and element.name == "sheet":
            name, hidden = element.attrib.get("name", ""), element.attrib.get("state", "visible")
            sheets.append(_Sheet(name, _relationship_id(element), hidden != "visible"))
        elif event == "start" and element.name == "workbookPr":
            is_1904 = element.attrib.get("date1904", "0") in ("1", "true")
    if not sheets:
        raise _damaged("the workbook names no sheet", part)
    return sheets, is_1904


def _relationship_id(element: XmlElement) -> str:
    return next((value for name, value in element.attrib.items() if name.endswith("}id")), "")


def _choose(sheets: Sequence[_Sheet]) -> tuple[int, _Sheet]:
    places = list(enumerate(sheets))
    named = (each for each in places if each[1].name.strip().casefold() in LIST_SHEETS)
    visible = (each for each in places if not each[1].is_hidden)
    return next(named, None) or next(visible, places[0])


def _others(sheets: Sequence[_Sheet], chosen: _Sheet) -> tuple[Finding, ...]:
    names = [
        each.name
        for each in sheets
        if each is not chosen and each.name.strip().casefold() not in OUR_SHEETS and not each.is_hidden
    ]
    if not names:
        return ()
    shown = ", ".join(repr(name[:50]) for name in names[:_NAMED_SHEETS])
    more = " and others" if len(names) > _NAMED_SHEETS else ""
    message = f"The sheet {chosen.name[:50]!r} was read; not read: {shown}{more}."
    return (info(Code.SPREADSHEET_SHEET_IGNORED, message),)


def _date_styles(container: ZipContainer, target: str | None, limits: Limits) -> frozenset[int]:
    """Return the cell formats that show a number as a date."""
    part = container.find(target) if target is not None else None
    if part is None:
        return frozenset()
    dates = set(_DATE_FORMATS)
    found: set[int] = set()
    count, inside = 0, False
    content = container.read(part, max_bytes=_STRUCTURE_BYTES)
    for event, element in xml_events(content, max_depth=limits.nesting_depth, part=part):
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
