"""A part of a workbook written anew from the elements that are known to be passive.

What is not listed here is not in it: formulas, links, drawings, controls, extensions, and all
attributes with a namespace. Where openpyxl, which reads it next, would make more of an element
than stands in the file (merged areas, rules for many areas), that counts as so many cells.

Source:
    ECMA-376-1:2016, 18.3 (worksheets), 18.4 (strings), 18.7 (comments), 18.8 (styles).
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from xml.sax.saxutils import escape, quoteattr

from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet_findings import column_number
from aas_registry.formats.container.bounded_xml import LocalNames
from aas_registry.formats.lists.strings import printable, unescaped

CELL_CHARS = 32_767  # of a spreadsheet program
ESCAPED_CHARS = 7 * CELL_CHARS  # `_x000D_` is one
MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FORMAT_CHARS = 255  # of a number format, by spreadsheet programs
_TAGS_OF_A_CELL = 8
_AREA_CHARS = 4
_ESCAPES = {"\r": "&#13;"}  # a bare one would be read as a line feed
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_CELL = re.compile("[A-Z]{1,3}[0-9]{1,7}")
_TRANSPARENT = frozenset(["AlternateContent", "Choice"])
_RUNS = frozenset(["r", "t"])
# Attributes that refer to what is not handed on: of formulas and linked values, and of named styles.
_LEFT_OUT = {"c": frozenset(["cm", "vm", "ph"]), "xf": frozenset(["xfId"])}
# What the formats of cells refer to in any case.
_NORMAL_STYLE = (
    '<cellStyleXfs><xf fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


class PartKind(Enum):
    """The kinds of part that are written anew, each with its elements."""

    SHEET = _RUNS | {
        *("worksheet", "sheetPr", "tabColor", "outlinePr", "pageSetUpPr", "sheetViews", "sheetView", "pane"),
        *("selection", "sheetFormatPr", "cols", "col", "sheetData", "row", "c", "v", "is"),
        *("sheetProtection", "autoFilter", "mergeCells", "mergeCell", "conditionalFormatting", "cfRule"),
        *("formula", "colorScale", "dataBar", "iconSet", "cfvo", "color", "dataValidations"),
        *("dataValidation", "formula1", "formula2", "printOptions", "pageMargins", "pageSetup"),
    }
    STYLES = frozenset(
        [
            *("styleSheet", "numFmts", "numFmt", "fonts", "font", "b", "i", "strike", "condense", "extend"),
            *("outline", "shadow", "u", "vertAlign", "sz", "color", "name", "family", "charset", "scheme"),
            *("fills", "fill", "patternFill", "fgColor", "bgColor", "gradientFill", "stop", "borders"),
            *("border", "left", "right", "top", "bottom", "diagonal", "vertical", "horizontal", "cellXfs"),
            *("xf", "alignment", "protection", "dxfs", "dxf", "colors", "indexedColors", "rgbColor"),
        ]
    )
    STRINGS = _RUNS | {"sst", "si"}
    NOTES = _RUNS | {"comments", "authors", "author", "commentList", "comment", "text"}


class NotCopiedError(Exception):
    """A workbook is not copied: it is too large, or openpyxl does not take it."""


class CellBudget:
    """How many cells, and tags around them, may still be handed on of one workbook."""

    def __init__(self, limits: Limits) -> None:
        """Start with all."""
        self._cells = limits.spreadsheet_marked_cells
        self._tags = _TAGS_OF_A_CELL * limits.spreadsheet_marked_cells

    def spend(self, *, cells: int) -> None:
        """Count a tag, and the cells that it stands for.

        Raises:
            NotCopiedError: No more are left.
        """
        self._tags -= 1
        self._cells -= cells
        if self._cells < 0 or self._tags < 0:
            raise NotCopiedError


class PlainPart:
    """Writes what it is told of a part, in the main namespace and without prefixes."""

    def __init__(self, kind: PartKind, write: Callable[[str], object], budget: CellBudget) -> None:
        """Start before the root."""
        self._kind, self._write, self._budget = kind, write, budget
        self._names = LocalNames()
        self._open: list[str] = []
        self._left_out = 0  # how many elements are open in, and with, one that is left out
        self._areas = 0

    def start(self, tag: str, attributes: dict[str, str], _row: int) -> None:
        """Take the start of an element with children."""
        name = self._names[tag]
        if self._left_out or not (self._is_kept(name, attributes) or name in _TRANSPARENT):
            self._left_out += 1
            return
        if name not in _TRANSPARENT:
            self._write(f"<{name}{self._attributes(name, attributes)}>")
        self._open.append(name)

    def leaf(self, tag: str, attributes: dict[str, str], _row: int, text: str) -> None:
        """Take a whole element without children."""
        name = self._names[tag]
        if self._left_out or not self._is_kept(name, attributes):
            return
        head = f"<{name}{self._attributes(name, attributes)}"
        if not text.strip() and name != "t":
            self._write(f"{head}/>")
            return
        plain = escape(printable(unescaped(text)[:CELL_CHARS]), _ESCAPES)
        space = ' xml:space="preserve"' if name == "t" else ""
        self._write(f"{head}{space}>{plain}</{name}>")

    def beside(self, _text: str) -> None:
        """Take text beside elements: it is left out."""

    def end(self) -> None:
        """Take the end of the open element."""
        if self._left_out:
            self._left_out -= 1
            return
        name = self._open.pop()
        if name == "styleSheet":
            self._write(_NORMAL_STYLE)
        if name not in _TRANSPARENT:
            self._write(f"</{name}>")

    def _is_kept(self, name: str, attributes: Mapping[str, str]) -> bool:
        if name not in self._kind.value:
            return False
        return name != "comment" or _CELL.fullmatch(attributes.get("ref", "")) is not None

    def _attributes(self, name: str, attributes: dict[str, str]) -> str:
        self._budget.spend(cells=self._cells_of(name, attributes))
        if name == "numFmt" and len(attributes.get("formatCode", "")) > _FORMAT_CHARS:
            attributes = {**attributes, "formatCode": "General"}
        left_out = _LEFT_OUT.get(name, frozenset())
        kept = [(key, value) for key, value in attributes.items() if "}" not in key and key not in left_out]
        if not self._open:
            kept.append(("xmlns", MAIN_NAMESPACE))
        return "".join(f" {key}={quoteattr(value)}" for key, value in kept)

    def _cells_of(self, name: str, attributes: Mapping[str, str]) -> int:
        if name in ("c", "row"):
            return 1
        if name == "mergeCell":
            # openpyxl makes each cell of a merged area.
            found = _AREA.fullmatch(attributes.get("ref", ""))
            if found is None:
                raise NotCopiedError
            left, top, right, bottom = found.groups()
            columns = column_number(right or left) - column_number(left) + 1
            return columns * (int(bottom or top) - int(top) + 1)
        if name in ("conditionalFormatting", "dataValidation", "selection"):
            self._areas = len(attributes.get("sqref", "")) // _AREA_CHARS + 1
            return self._areas
        return self._areas if name == "cfRule" else 0
