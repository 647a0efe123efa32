"""What of a workbook is handed on to others: its parts that only hold and show, and no formula.

A workbook can carry programs, links that fetch, connections to databases, and names that call
functions. A part is handed on where its relationship is of a kind that is known to be passive;
of an element that needs what was left behind nothing is handed on either. In cells the value
that was saved last stays where a formula was.

Source:
    ECMA-376-1:2016, 18 (SpreadsheetML); ECMA-376-2, 6.5 (relationships).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aas_registry.domain.codes import Code
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import part_key
from aas_registry.domain.spreadsheet_cells import is_active_formula
from aas_registry.formats.container.opc import Relationship, read_relationships
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.copy import (
    CHILD_DEPTH,
    SECTION_DEPTH,
    Editor,
    XmlCopy,
    with_attribute,
    without_attributes,
)

_PASSIVE = frozenset(
    [
        *("officeDocument", "worksheet", "chartsheet", "styles", "sharedStrings", "theme", "themeOverride"),
        *("drawing", "image", "chartStyle", "chartColorStyle", "comments", "threadedComment", "person"),
        *("printerSettings", "thumbnail", "core-properties", "extended-properties", "extendedProperties"),
        *("custom-properties", "customProperties", "classificationlabels"),
    ]
)
# Parts that are passive where this does not stand in them: other books, macros, addresses, queries.
_SUSPICIOUS = {
    "chart": re.compile(rb"<!|\x00|f>[^<]*(?:\[|&#)"),
    "vmlDrawing": re.compile(rb"<!|\x00|fmla|href|src\s*=", re.IGNORECASE),
    "table": re.compile(rb"<!|\x00|tableType|connectionId|xmlColumnPr"),
}
_MOST_SEARCHED_BYTES = 4 << 20
_HARMLESS_LINKS = ("http", "https", "mailto")
EDITED = ("officeDocument", "worksheet", "chartsheet", "drawing", "chart", "table")
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

# Of the extensions of a worksheet: data bars, choices and sparklines, by the programs of 2010 and later.
_EXTENSIONS = {
    "{78C0D931-6437-407D-A8EE-F0AAD7539E65}",
    "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}",
    "{05C60535-1F16-4FD2-B633-F4F36F0B64E0}",
}
_LEFT_OUT = frozenset(
    [
        *("calculatedColumnFormula", "totalsRowFormula", "functionGroups", "fileRecoveryPr"),
        *(
            "webPublishItems",
            "webPublishObjects",
            "webPublishing",
            "smartTags",
            "smartTagTypes",
            "smartTagPr",
        ),
    ]
)
_FORMULAS = frozenset(["f", "formula", "formula1", "formula2", "definedName"])
# Their members are decided one by one; all else below the root stays or goes as a whole.
_SECTIONS = frozenset(["definedNames", "extLst"])
_ROWS = "sheetData"
_QUOTED = re.compile("'[^']*'")


@dataclass(slots=True)
class HandedOn:
    """The parts of a workbook that are handed on.

    Attributes:
        kinds: Last word of the relationship type, by part, in the order in which they were found.
        relationships: Of each source of relationships, ``/`` and parts: the ids of those that are kept.
        cut: Sources that lose a relationship.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    relationships: dict[str, frozenset[str]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)


def handed_on(container: ZipContainer, *, limits: Limits) -> HandedOn:
    """Return which parts and relationships of a workbook are handed on.

    Raises:
        RefusedError: Hostile relationships.
    """
    found = HandedOn()
    sources = ["/"]
    for source in sources:  # which grows meanwhile
        relationships = read_relationships(container, source, limits=limits)
        kept = [each for each in relationships if _is_passive(container, each)]
        found.relationships[source] = frozenset(each.id for each in kept)
        if len(kept) < len(relationships):
            found.cut.add(source)
        for each in kept:
            part = None if each.external else container.find(each.target)
            if part is not None and part not in found.kinds:
                found.kinds[part] = _kind(each)
                sources.append(part)
    return found


def _kind(relationship: Relationship) -> str:
    return relationship.type.rpartition("/")[2]


def _is_passive(container: ZipContainer, relationship: Relationship) -> bool:
    kind = _kind(relationship)
    if relationship.external:
        return kind == "hyperlink" and urlsplit(relationship.target).scheme.lower() in _HARMLESS_LINKS
    part = container.find(relationship.target)
    if part is None or kind in _PASSIVE:
        return part is not None
    suspicious = _SUSPICIOUS.get(kind)
    if suspicious is None or container.size(part) > _MOST_SEARCHED_BYTES:
        return False
    return suspicious.search(container.read(part, max_bytes=_MOST_SEARCHED_BYTES)) is None


class PassiveXml:
    """Copies a workbook, sheet, drawing or table without formulas and without what was left behind."""

    def __init__(
        self, kept: frozenset[str], *, rows: Editor | None = None, left_out: frozenset[str] = frozenset()
    ) -> None:
        """Start before the first tag.

        Args:
            kept: Ids of the part's relationships that are handed on.
            rows: Told of ``cols`` and ``sheetData`` and of what stands there, formulas aside.
            left_out: Further elements, by local name, that are not copied.
        """
        self._kept, self._left_out = kept, _LEFT_OUT | left_out
        editor = _PlainRows() if rows is None else rows
        self._tell_start, self._tell_end = editor.start, editor.end
        self._section = ""
        self._rows_at = 0
        self._members = 0
        self._is_tainted = False

    def start(self, copy: XmlCopy, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if self._rows_at:
            if name == "f":
                copy.leave_out()
            else:
                self._tell_start(copy, name, attributes)
            return
        depth = copy.depth
        if name in self._left_out or self._is_foreign(depth, attributes):
            copy.leave_out()
            return
        if name == _ROWS:
            self._rows_at = depth
        self._start_unit(copy, name)
        if any(_is_taint(key, value, self._kept) for key, value in attributes.items()):
            self._is_tainted = True
        if name in _FORMULAS:
            copy.read_text()
        if name == _ROWS or self._section == "cols":
            self._tell_start(copy, name, attributes)

    def end(self, copy: XmlCopy, name: str) -> None:
        """Take the end of an element."""
        if self._rows_at or self._section == "cols":
            self._tell_end(copy, name)
        if self._rows_at:
            if copy.depth == self._rows_at:
                self._rows_at = 0
            return
        if name in _FORMULAS and _is_formula_of_outside(name, copy.text):
            self._is_tainted = True
        if copy.depth == CHILD_DEPTH and self._section in _SECTIONS:
            copy.release(keep=not self._is_tainted)
            self._members += not self._is_tainted
            self._is_tainted = False
        elif copy.depth == SECTION_DEPTH and self._section != _ROWS:
            self._end_section(copy)

    def _is_foreign(self, depth: int, attributes: Mapping[str, str]) -> bool:
        is_extension = depth == CHILD_DEPTH and self._section == "extLst"
        return is_extension and attributes.get("uri", "").upper() not in _EXTENSIONS

    def _start_unit(self, copy: XmlCopy, name: str) -> None:
        if copy.depth == SECTION_DEPTH:
            self._section, self._members, self._is_tainted = name, 0, False
            if name != _ROWS:
                copy.hold()
        elif copy.depth == CHILD_DEPTH and self._section in _SECTIONS:
            copy.hold()

    def _end_section(self, copy: XmlCopy) -> None:
        if self._is_tainted and self._section == "sheets":
            message = "The workbook has a sheet of macros or dialogs; it is not given back."
            copy.refuse(Code.SPREADSHEET_FORMULA_ACTIVE, message)
        is_empty = self._section in _SECTIONS and not self._members
        copy.release(keep=not self._is_tainted and not is_empty)


class _PlainRows:
    """Copies rows as they are."""

    def start(self, copy: XmlCopy, name: str, attributes: dict[str, str]) -> None:
        if name == "c" and ("cm" in attributes or "vm" in attributes):
            copy.replace_tag(without_metadata(copy.tag))

    def end(self, copy: XmlCopy, name: str) -> None:
        pass


class MainType:
    """Copies the content types: those of the parts that are handed on, and the workbook without macros."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        """Take the parts that are handed on, with the kinds of `HandedOn`."""
        self._kinds = {part_key(part): kind for part, kind in parts.items()}

    def start(self, copy: XmlCopy, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if name != "Override":
            return
        part = part_key(attributes.get("PartName", ""))
        if part not in self._kinds and not part.endswith(".rels"):
            copy.leave_out()
        elif self._kinds.get(part) == "officeDocument":
            copy.replace_tag(with_attribute(copy.tag, b"ContentType", MAIN_TYPE))

    def end(self, copy: XmlCopy, name: str) -> None:
        """Take the end of an element: nothing is to be done."""


class KeptRelationships:
    """Copies relationships: those that are handed on."""

    def __init__(self, kept: frozenset[str]) -> None:
        """Take the ids of those that are kept."""
        self._kept = kept

    def start(self, copy: XmlCopy, name: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if name == "Relationship" and attributes.get("Id", "") not in self._kept:
            copy.leave_out()

    def end(self, copy: XmlCopy, name: str) -> None:
        """Take the end of an element: nothing is to be done."""


def without_metadata(tag: bytes) -> bytes:
    """Return the tag of a cell without what it says of its formula or linked value (18.3.1.4)."""
    return without_attributes(tag, b"cm", b"vm")


def _is_taint(key: str, value: str, kept: frozenset[str]) -> bool:
    namespace, mark, _ = key.partition("}")
    if mark and namespace.endswith("/relationships"):
        return value not in kept
    return key == "macro" and bool(value)


def _is_formula_of_outside(name: str, text: str) -> bool:
    """Return whether a formula reaches out of the workbook; of a name already whether it calls anything."""
    if "[" in text or "|" in text or is_active_formula(text):
        return True
    return name == "definedName" and "(" in _QUOTED.sub("", text)
