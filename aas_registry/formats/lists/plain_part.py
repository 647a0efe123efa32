"""A part of a workbook written anew from the elements that are known to be passive.

What `passive_elements` does not list is not in it. Where openpyxl, which reads it next, would make
more of an element than stands in the file (merged areas, rules for many areas, shared texts), that
is counted before openpyxl sees it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet_findings import column_number
from aas_registry.formats.container.bounded_xml import LocalNames
from aas_registry.formats.lists.passive_elements import PartKind
from aas_registry.formats.lists.strings import printable, unescaped

CELL_CHARS = 32_767  # of a spreadsheet program
ESCAPED_CHARS = 7 * CELL_CHARS  # `_x000D_` is one
MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# A type that openpyxl does not know: it leaves the digits as they stand, and makes no date of them.
NUMBER = "number"
_TYPES = {**{kind: kind for kind in ("b", "d", "e", "inlineStr", "s", "str")}, "n": NUMBER}
_FORMAT_CHARS = 255  # of a number format, by spreadsheet programs
_TAGS_OF_A_CELL = 8
_COSTS = {"comment": 10, "xf": 3}  # of what openpyxl makes of one, in cells
_RULES_OF_A_CELL = 8
_ESCAPES = {"\r": "&#13;"}  # a bare one would be read as a line feed
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile("[0-9]{1,7}")
_PLACE = re.compile("[0-9]{1,9}")
_TRANSPARENT = frozenset(["AlternateContent", "Choice"])
_INSIDE = frozenset(["v", "is", "t", "r", "text", "formula", "formula1", "formula2"])
_TEXTS = frozenset(["t", "v"])
# What the formats of cells refer to in any case.
_NORMAL_STYLE = (
    '<cellStyleXfs><xf fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


class NotCopiedError(Exception):
    """A workbook is not copied: it is too large, or a copy would not say what it says."""


class CellBudget:
    """How many cells, tags around them, and bytes may still be handed on of one workbook.

    Attributes:
        text_bytes: Of the shared texts, as they stand in a sheet.
    """

    def __init__(self, limits: Limits) -> None:
        """Start with all, and no shared texts."""
        self.text_bytes: Sequence[int] = ()
        self._cells = limits.spreadsheet_marked_cells
        self._tags = _TAGS_OF_A_CELL * limits.spreadsheet_marked_cells
        self._bytes = limits.spreadsheet_marked_bytes
        self._conditional_styles = 0

    def spend(self, *, cells: int) -> None:
        """Count a tag, and the cells that it stands for.

        Raises:
            NotCopiedError: No more are left.
        """
        self._tags -= 1
        self._cells -= cells
        if cells < 0 or self._cells < 0 or self._tags < 0:
            raise NotCopiedError

    def spend_bytes(self, count: int) -> None:
        """Count bytes.

        Raises:
            NotCopiedError: No more are left.
        """
        self._bytes -= count
        if self._bytes < 0:
            raise NotCopiedError

    def refer(self, place: str) -> None:
        """Count a shared text as often as cells show it: the copy writes it into each.

        Raises:
            NotCopiedError: No more bytes are left, or there is no such text.
        """
        if _PLACE.fullmatch(place) is None or int(place) >= len(self.text_bytes):
            raise NotCopiedError
        self.spend_bytes(self.text_bytes[int(place)])

    def add_conditional_style(self) -> None:
        """Count a style of conditional formats."""
        self._conditional_styles += 1

    @property
    def cells_of_a_rule(self) -> int:
        """Return what a rule costs besides its areas: openpyxl compares its style with each."""
        return self._conditional_styles // _RULES_OF_A_CELL


class PlainPart:
    """Writes what it is told of a part, in the main namespace and without prefixes."""

    def __init__(self, kind: PartKind, write: Callable[[str], object], budget: CellBudget) -> None:
        """Start before the root."""
        self._elements, self._write, self._budget = kind.value, write, budget
        self._known = frozenset(name for _, name in kind.value)
        self._names = LocalNames()
        self._parents = ["-"]
        self._ends: list[str] = []
        self._left_out = 0  # how many elements are open in, and with, one that is left out
        self._areas = 0  # of the conditional format
        self._row = self._column = 0
        self._type = ""  # of the cell; empty once it has a value

    def start(self, tag: str, attributes: dict[str, str], _row: int) -> None:
        """Take the start of an element with children."""
        name, parent = self._names[tag], self._parents[-1]
        is_transparent = name in _TRANSPARENT
        if self._left_out or not (is_transparent or self._is_kept(name, attributes)):
            self._left_out += 1
            return
        if not is_transparent:
            self._write(f"<{name}{self._attributes(name, attributes)}>")
        self._parents.append(parent if is_transparent else name)
        self._ends.append("" if is_transparent else f"</{name}>")

    def leaf(self, tag: str, attributes: dict[str, str], _row: int, text: str) -> None:
        """Take a whole element without children."""
        name = self._names[tag]
        if self._left_out or not self._is_kept(name, attributes):
            return
        if name == "v" and self._type == "s" and text:
            self._budget.refer(text)
        head = f"<{name}{self._attributes(name, attributes)}"
        if not text or (text.isspace() and name not in _TEXTS):
            self._write(f"{head}/>")
            return
        space = ' xml:space="preserve"' if name == "t" else ""
        self._write(f"{head}{space}>{plain_text(unescaped(text))}</{name}>")

    def beside(self, _text: str) -> None:
        """Take text beside elements: it is left out."""

    def end(self) -> None:
        """Take the end of the open element."""
        if self._left_out:
            self._left_out -= 1
            return
        self._parents.pop()
        end = self._ends.pop()
        self._write(f"{_NORMAL_STYLE}{end}" if end == "</styleSheet>" else end)

    def _is_kept(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Return whether an element is handed on; one that is known, in a wrong place, ends the copy."""
        if name not in self._known:
            return False
        if (self._parents[-1], name) not in self._elements:
            raise NotCopiedError
        return name != "comment" or _CELL.fullmatch(attributes.get("ref", "")) is not None

    def _attributes(self, name: str, attributes: dict[str, str]) -> str:
        self._budget.spend(cells=self._cells_of(name, attributes))
        known = self._elements[self._parents[-1], name]
        kept = {key: value for key, value in attributes.items() if key in known}
        if name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "c":
            kept["t"] = self._begin_cell(attributes)
        elif name in ("v", "is"):
            # openpyxl reads one value, from where the type says.
            if not self._type or (name == "is") != (self._type == "inlineStr"):
                raise NotCopiedError
            self._type = ""
        elif name == "numFmt" and len(kept.get("formatCode", "")) > _FORMAT_CHARS:
            kept["formatCode"] = "General"
        if self._parents[-1] == "-":
            kept["xmlns"] = MAIN_NAMESPACE
        return "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())

    def _begin_row(self, number: str | None) -> None:
        if number is not None and _ROW.fullmatch(number) is None:
            raise NotCopiedError
        row = self._row + 1 if number is None else int(number)
        # One that comes again would take the place of the first.
        if row <= self._row:
            raise NotCopiedError
        self._row, self._column = row, 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> str:
        """Return the type of a cell that stands after the others of its row."""
        column, reference = self._column + 1, attributes.get("r")
        if reference is not None:
            found = _CELL.fullmatch(reference)
            if found is None or int(found[2]) != self._row or column_number(found[1]) < column:
                raise NotCopiedError
            column = column_number(found[1])
        self._column, self._type = column, attributes.get("t", "n")
        if self._type not in _TYPES:
            raise NotCopiedError
        return _TYPES[self._type]

    def _cells_of(self, name: str, attributes: Mapping[str, str]) -> int:
        if name == "mergeCell":
            return _area_size(attributes.get("ref", ""))
        areas = len(attributes.get("sqref", "").split()) + 1
        if name == "conditionalFormatting":
            self._areas = areas
        elif name == "cfRule":
            return self._areas + self._budget.cells_of_a_rule
        elif name == "dxf":
            self._budget.add_conditional_style()
        elif name in _INSIDE:
            return 0
        return _COSTS.get(name, areas)


def plain_text(text: str) -> str:
    """Return a text as it stands in a copy, for openpyxl to read.

    Raises:
        NotCopiedError: It is longer than any in a cell.
    """
    if len(text) > CELL_CHARS:
        raise NotCopiedError
    return escape(printable(text), _ESCAPES)


def _area_size(reference: str) -> int:
    """Return of how many cells openpyxl makes a merged area."""
    found = _AREA.fullmatch(reference)
    if found is None:
        raise NotCopiedError
    left, top, right, bottom = found.groups()
    columns = column_number(right or left) - column_number(left) + 1
    rows = int(bottom or top) - int(top) + 1
    if columns < 1 or rows < 1:
        raise NotCopiedError
    return columns * rows
