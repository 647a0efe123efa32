"""The shared strings of a workbook, bounded in number and length.

Source:
    ECMA-376-1:2016, 18.4.9 (sst): phonetic runs (rPh) are no part of the text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn
from xml.parsers import expat

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.zip_container import ZipContainer

MOST_CELL_CHARS = 1000  # longer texts are cut here: no column takes more than 255
_STRINGS_PER_ROW = 5
_MOST_DEPTH = 32
_CHUNK_BYTES = 1 << 18
_ESCAPED = re.compile("_x([0-9a-fA-F]{4})_")


class SpreadsheetXml:
    """A part of a workbook given to expat; what goes wrong becomes a refusal with part and row."""

    def __init__(self, part: str) -> None:
        """Prepare a parser; its handlers are set by the caller."""
        self.part = part
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Parse a piece.

        Raises:
            RefusedError: Not well formed, or in an unknown encoding.
        """
        try:
            self.parser.Parse(chunk, final)
        except expat.ExpatError as cause:
            message = f"The XML is not well formed: {expat.ErrorString(cause.code)}."
            self.refuse(Code.XML_INVALID, message)
        except (ValueError, LookupError) as cause:
            self.refuse(Code.XML_INVALID, f"The XML's encoding is not taken: {cause}.")

    def refuse(self, code: Code, message: str) -> NoReturn:
        """Refuse the workbook because of what stands at the parser's place."""
        raise RefusedError(error(code, message, part=self.part))

    def _refuse_doctype(self, *_declaration: object) -> NoReturn:
        self.refuse(Code.XML_DOCTYPE, "The XML has a DOCTYPE; entities and outside files are not read.")


def read_shared_strings(container: ZipContainer, target: str | None, *, limits: Limits) -> Sequence[str]:
    """Return the shared strings by their place; none where the workbook has no such part.

    Raises:
        RefusedError: Hostile or damaged XML, or over a limit.
    """
    part = container.find(target) if target is not None else None
    if part is None:
        return ()
    if container.size(part) > limits.spreadsheet_bytes // 2:
        message = f"The shared texts hold more than {limits.spreadsheet_bytes // 2} bytes."
        raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=part))
    collector = _Collector(part, most=limits.spreadsheet_rows * _STRINGS_PER_ROW)
    with container.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            collector.xml.feed(chunk)
    collector.xml.feed(b"", final=True)
    return collector.strings


class _Collector:
    def __init__(self, part: str, *, most: int) -> None:
        self.xml = SpreadsheetXml(part)
        self.strings: list[str] = []
        self._most = most
        self._pieces: list[str] = []
        self._kept = 0
        self._depth = 0
        self._silent = False
        self.xml.parser.StartElementHandler = self._start
        self.xml.parser.EndElementHandler = self._end

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            self.xml.refuse(Code.XML_TOO_DEEP, f"The XML is nested deeper than {_MOST_DEPTH} levels.")
        local = name.rpartition(":")[2]
        if local == "t" and not self._silent:
            self.xml.parser.CharacterDataHandler = self._keep
        elif local == "rPh":
            self._silent = True

    def _end(self, name: str) -> None:
        self._depth -= 1
        local = name.rpartition(":")[2]
        if local == "t":
            self.xml.parser.CharacterDataHandler = None
        elif local == "rPh":
            self._silent = False
        elif local == "si":
            if len(self.strings) >= self._most:
                self.xml.refuse(Code.SPREADSHEET_TOO_LARGE, f"There are more than {self._most} texts.")
            self.strings.append(unescaped("".join(self._pieces)[: MOST_CELL_CHARS + 1]))
            self._pieces.clear()
            self._kept = 0

    def _keep(self, text: str) -> None:
        if self._kept <= MOST_CELL_CHARS:
            self._pieces.append(text)
            self._kept += len(text)


def unescaped(text: str) -> str:
    """Return a text with ``_x000D_`` and the like as the characters that they stand for.

    Source:
        ECMA-376-1:2016, 22.4.2.4 (bstr).
    """
    return _ESCAPED.sub(_char, text) if "_x" in text else text


def _char(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
