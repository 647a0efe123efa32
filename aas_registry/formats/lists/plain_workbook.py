"""A workbook as a package of our own, with nothing in it but passive parts, for openpyxl to read.

openpyxl bounds nothing, follows what relationships name, and reads the archive in its own way.
So it gets an archive that we wrote: sheets with cells, formats, shared texts, notes, the theme,
and names of areas. Programs, links, connections, drawings and all else are not in it. Nothing that
costs openpyxl time or memory is in it before it was counted.

Source:
    ECMA-376-1:2016, 18.2 (workbook); ECMA-376-2, 6.5 (relationships).
"""

import re
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from aas_registry.domain.limits import Limits
from aas_registry.formats.container.bounded_xml import namespace_of, xml_events
from aas_registry.formats.container.opc import (
    CONTENT_TYPES_NAMESPACE,
    CONTENT_TYPES_PART,
    RELATIONSHIPS_NAMESPACE,
    read_relationships,
    relationships_part,
)
from aas_registry.formats.lists.parts import read_part
from aas_registry.formats.lists.passive_elements import PartKind
from aas_registry.formats.lists.plain_part import (
    ESCAPED_CHARS,
    MAIN_NAMESPACE,
    CellBudget,
    NotCopiedError,
    PlainPart,
    plain_text,
)
from aas_registry.formats.lists.strings import ESCAPED, read_shared_strings
from aas_registry.formats.lists.xlsx import Workbook

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_BOOK = "/xl/workbook.xml"
# Where openpyxl looks for them.
_STYLES, _STRINGS = "/xl/styles.xml", "/xl/sharedStrings.xml"
_MOST_SHEETS = 255  # openpyxl compares the name of each with all others
_ESCAPE_BYTES = 6
_STATES = {False: "visible", True: "hidden"}
_THEME = "/xl/theme/theme1.xml"
_PLACE = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_NAMED_AREA = re.compile(rf"(?:'[^'\[\]|]{{1,100}}'|[\w.]{{1,100}})!{_PLACE}(?::{_PLACE})?")


def plain_workbook(book: Workbook, *, limits: Limits) -> BytesIO:
    """Return the passive content of a workbook as a package.

    Args:
        book: The opened workbook; its rows may have been read already.
        limits: ``spreadsheet_marked_cells`` and ``spreadsheet_marked_bytes``, and those of the wall.

    Raises:
        NotCopiedError: It is over one of these two, or a copy would not say what it says.
        RefusedError: A part of it is damaged or hostile.
    """
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _Package(book, archive, limits).write()
    stream.seek(0)
    return stream


class _Package:
    def __init__(self, book: Workbook, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._book, self._archive, self._limits = book, archive, limits
        self._budget = CellBudget(limits)
        self._types = [(_BOOK, f"{_TYPE}sheet.main+xml")]

    def write(self) -> None:
        parts = [sheet.part for sheet in self._book.sheets]
        if len(parts) > _MOST_SHEETS or len(set(parts)) < len(parts):
            raise NotCopiedError
        # First what sheets refer to: it is counted as often as they do.
        self._copy_strings()
        styles = self._related_part(self._book.part, "styles")
        if styles is not None:
            self._copy(styles, _STYLES, PartKind.STYLES)
            self._types.append((_STYLES, f"{_TYPE}styles+xml"))
        targets = [f"/xl/worksheets/sheet{number}.xml" for number in range(1, len(parts) + 1)]
        for number, (part, target) in enumerate(zip(parts, targets, strict=True), start=1):
            self._copy(part, target, PartKind.SHEET)
            notes = self._related_part(part, "comments")
            if notes is not None:
                self._copy(notes, f"/xl/comments{number}.xml", PartKind.NOTES)
                self._relate(target, [("comments", f"/xl/comments{number}.xml")])
        self._copy_theme()
        self._write(_BOOK, self._workbook())
        self._relate(_BOOK, [("worksheet", target) for target in targets])
        overrides = "".join(
            f'<Override PartName="{name}" ContentType="{media_type}"/>' for name, media_type in self._types
        )
        self._write(CONTENT_TYPES_PART, f'<Types xmlns="{CONTENT_TYPES_NAMESPACE}">{overrides}</Types>')

    def _related_part(self, source: str, kind: str) -> str | None:
        container = self._book.container
        found = (
            container.find(each.target)
            for each in read_relationships(container, source, limits=self._limits)
            if each.type.rpartition("/")[2] == kind and not each.external
        )
        return next(found, None)

    def _copy(self, part: str, target: str, kind: PartKind) -> None:
        container = self._book.container
        self._budget.spend_bytes(container.size(part))
        with self._archive.open(target.removeprefix("/"), "w") as opened:
            plain = PlainPart(kind, lambda text: opened.write(text.encode()), self._budget)
            for _ in read_part(container, part, plain, limits=self._limits, kept_chars=ESCAPED_CHARS + 1):
                pass

    def _copy_strings(self) -> None:
        """Copy the shared texts, each in one piece, and let cells be counted with theirs."""
        part = self._related_part(self._book.part, "sharedStrings")
        if part is None:
            return
        container, limits = self._book.container, self._limits
        self._budget.spend_bytes(container.size(part))
        strings = read_shared_strings(container, part, limits=limits, most_chars=ESCAPED_CHARS)
        if len(strings) > limits.spreadsheet_marked_cells:
            raise NotCopiedError
        sizes = self._budget.text_bytes = array("Q")
        with self._archive.open(_STRINGS.removeprefix("/"), "w") as opened:
            opened.write(f'<sst xmlns="{MAIN_NAMESPACE}">'.encode())
            for place in range(len(strings)):
                text = plain_text(strings[place])
                sizes.append(len(text.encode()) + _ESCAPE_BYTES * text.count("_x"))
                # openpyxl takes each of these away, once.
                text = text.replace("x005F_", "x00x005F_5F_")
                opened.write(f'<si><t xml:space="preserve">{text}</t></si>'.encode())
            opened.write(b"</sst>")
        self._types.append((_STRINGS, f"{_TYPE}sharedStrings+xml"))

    def _copy_theme(self) -> None:
        """Copy the colours and fonts that formats may name, where they fetch no pictures."""
        part = self._related_part(self._book.part, "theme")
        if part is None:
            return
        content = self._book.container.read(part, max_bytes=self._limits.package_structure_bytes)
        events = xml_events(content, limits=self._limits, part=part)
        names = {name for _, element in events for name in element.attrib}
        if not any(namespace_of(name).endswith("/relationships") for name in names):
            self._archive.writestr(_THEME.removeprefix("/"), content)

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" r:id="r{number}"'
            f' state="{_STATES[sheet.is_hidden]}"/>'
            for number, sheet in enumerate(self._book.sheets, start=1)
        )
        calendar = f'<workbookPr date1904="{int(self._book.is_1904)}"/>'
        return (
            f'<workbook xmlns="{MAIN_NAMESPACE}" xmlns:r="{_OFFICE}">{calendar}'
            f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets>"
            f"<definedNames>{''.join(self._names())}</definedNames></workbook>"
        )

    def _names(self) -> Iterator[str]:
        """Yield the names of the whole workbook that stand for cells and calculate nothing."""
        content = self._book.container.read(self._book.part, max_bytes=self._limits.package_structure_bytes)
        for event, element in xml_events(content, limits=self._limits, part=self._book.part):
            if event == "end" and element.name == "definedName" and "localSheetId" not in element.attrib:
                name, area = element.attrib.get("name", ""), element.text or ""
                is_passive = _NAMED_AREA.fullmatch(area) and ESCAPED.search(area) is None
                if is_passive and not name.startswith("_xlnm."):
                    self._budget.spend(cells=1)
                    yield f"<definedName name={quoteattr(name)}>{escape(area)}</definedName>"

    def _relate(self, source: str, related: Sequence[tuple[str, str]]) -> None:
        entries = "".join(
            f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(related, start=1)
        )
        xml = f'<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">{entries}</Relationships>'
        self._write(relationships_part(source), xml)

    def _write(self, part: str, xml: str) -> None:
        self._archive.writestr(part.removeprefix("/"), xml)
