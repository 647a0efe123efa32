"""The shared strings of a workbook, bounded in number and length.

Source:
    ECMA-376-1:2016, 18.4.9 (sst): phonetic runs (rPh) are no part of the text.
"""

import re
from array import array

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.bounded_xml import NOT_XML, LocalNames
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.parts import read_part

MOST_CELL_CHARS = 1000  # longer texts are cut here: no column takes more than 255
_LITERAL = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile("_x([0-9a-fA-F]{4})_")


class SharedStrings:
    """Texts by their place, in one piece of UTF-8: a million objects would take many times their bytes."""

    def __init__(self) -> None:
        """Start without any."""
        self._content = bytearray()
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        """Return the text at a place, from 0."""
        return self._content[self._ends[place] : self._ends[place + 1]].decode("utf-8")

    def append(self, text: str) -> None:
        """Add a text."""
        self._content += text.encode("utf-8")
        self._ends.append(len(self._content))


def read_shared_strings(
    container: ZipContainer, target: str | None, *, limits: Limits, most_chars: int = MOST_CELL_CHARS
) -> SharedStrings:
    """Return the shared strings; none where the workbook has no such part.

    Args:
        container: The workbook.
        target: What it names as the part that holds them.
        limits: Every bound.
        most_chars: Longer texts are cut behind the next one.

    Raises:
        RefusedError: Hostile or damaged XML, or over a limit.
    """
    part = container.find(target) if target is not None else None
    if part is None:
        return SharedStrings()
    if container.size(part) > limits.spreadsheet_text_bytes:
        message = f"The shared texts hold more than {limits.spreadsheet_text_bytes} bytes."
        raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=part))
    reader = _StringsReader(part, limits, most_chars)
    for _ in read_part(container, part, reader, limits=limits, kept_chars=most_chars + 1):
        pass
    return reader.strings


class _StringsReader:
    def __init__(self, part: str, limits: Limits, most_chars: int) -> None:
        self.strings = SharedStrings()
        self._part, self._limits, self._most_chars = part, limits, most_chars
        self._names = LocalNames()
        self._open: list[str] = []
        self._text = ""

    def start(self, tag: str, _attributes: dict[str, str], _row: int) -> None:
        self._open.append(self._names[tag])

    def leaf(self, tag: str, _attributes: dict[str, str], _row: int, text: str) -> None:
        name = self._names[tag]
        if name == "t":
            if "rPh" not in self._open and len(self._text) <= self._most_chars:
                self._text += text
        elif name == "si":
            self._end_text()

    def beside(self, _text: str) -> None:
        pass

    def end(self) -> None:
        if self._open.pop() == "si":
            self._end_text()

    def _end_text(self) -> None:
        if len(self.strings) >= self._limits.spreadsheet_texts:
            message = f"There are more than {self._limits.spreadsheet_texts} shared texts."
            raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=self._part))
        self.strings.append(unescaped(self._text[: self._most_chars + 1]))
        self._text = ""


def unescaped(text: str) -> str:
    """Return a text with ``_x000D_`` and the like as the characters that they stand for.

    Source:
        ECMA-376-1:2016, 22.4.2.4 (bstr).
    """
    return ESCAPED.sub(_char, text) if "_x" in text else text


def escaped(text: str) -> str:
    """Return a text as it must stand in a workbook to be read as it is: the opposite of `unescaped`."""
    return _LITERAL.sub("_x005F_", text) if "_x" in text else text


def printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return NOT_XML.sub("\ufffd", text)


def _char(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
