"""The shared strings of a workbook, bounded in number and length.

Source:
    ECMA-376-1:2016, 18.4.9 (sst): phonetic runs (rPh) are no part of the text.
"""

import re
from array import array
from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.zip import ZipContainer

MOST_CELL_CHARS = 1000  # longer texts are cut here: no column takes more than 255
_CHUNK_BYTES = 1 << 18
_TOKEN_BYTES = 1 << 20  # expat reads a tag or comment that is not over again with every piece
_ESCAPED = re.compile("_x([0-9a-fA-F]{4})_")


class SpreadsheetXml:
    """A part of a workbook given to expat; what goes wrong becomes a refusal with the part."""

    def __init__(
        self,
        part: str,
        *,
        most_tags: int | None = None,
        has_namespaces: bool = False,
        encoding: str | None = None,
    ) -> None:
        """Prepare a parser; its handlers are set by the caller.

        Args:
            part: For findings.
            most_tags: Most tags that are parsed.
            has_namespaces: Tell names as ``namespace}name``, and refuse prefixes of nothing.
            encoding: Of the bytes, whatever the XML declares; None leaves it to the XML.
        """
        self.part = part
        self.parser = expat.ParserCreate(encoding, "}" if has_namespaces else None)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._most_tags = most_tags
        self._tags = 0
        self._fed = 0

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Parse a piece.

        Raises:
            RefusedError: Not well formed, in an unknown encoding, too many tags, or one too long.
        """
        self._tags += chunk.count(b"<")  # each calls back at least once, and that is what costs
        if self._most_tags is not None and self._tags > self._most_tags:
            message = f"The part has more than {self._most_tags} tags outside of rows in their usual form."
            self.refuse(Code.SPREADSHEET_TOO_LARGE, message)
        try:
            self.parser.Parse(chunk, final)
        except expat.ExpatError as cause:
            message = f"The XML is not well formed: {expat.ErrorString(cause.code)}."
            self.refuse(Code.XML_INVALID, message)
        except (ValueError, LookupError) as cause:
            self.refuse(Code.XML_INVALID, f"The XML's encoding is not taken: {cause}.")
        self._fed += len(chunk)
        if self._fed - self.parser.CurrentByteIndex > _TOKEN_BYTES:
            message = f"A tag, comment or instruction has more than {_TOKEN_BYTES} bytes."
            self.refuse(Code.SPREADSHEET_TOO_LARGE, message)

    def refuse(self, code: Code, message: str) -> NoReturn:
        """Refuse the workbook because of what stands at the parser's place."""
        raise RefusedError(error(code, message, part=self.part))

    def _refuse_doctype(self, *_declaration: object) -> NoReturn:
        self.refuse(Code.XML_DOCTYPE, "The XML has a DOCTYPE; entities and outside files are not read.")


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


def read_shared_strings(container: ZipContainer, target: str | None, *, limits: Limits) -> SharedStrings:
    """Return the shared strings; none where the workbook has no such part.

    Raises:
        RefusedError: Hostile or damaged XML, or over a limit.
    """
    part = container.find(target) if target is not None else None
    if part is None:
        return SharedStrings()
    if container.size(part) > limits.spreadsheet_text_bytes:
        message = f"The shared texts hold more than {limits.spreadsheet_text_bytes} bytes."
        raise RefusedError(error(Code.SPREADSHEET_TOO_LARGE, message, part=part))
    collector = _Collector(part, limits)
    with container.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            collector.xml.feed(chunk)
    collector.xml.feed(b"", final=True)
    return collector.strings


class _Collector:
    def __init__(self, part: str, limits: Limits) -> None:
        self.xml = SpreadsheetXml(part, most_tags=limits.spreadsheet_tags)
        self.strings = SharedStrings()
        self._limits = limits
        self._pieces: list[str] = []
        self._kept = 0
        self._depth = 0
        self._silent = False
        self.xml.parser.StartElementHandler = self._start
        self.xml.parser.EndElementHandler = self._end

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limits.nesting_depth:
            message = f"The XML is nested deeper than {self._limits.nesting_depth} levels."
            self.xml.refuse(Code.XML_TOO_DEEP, message)
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
            self._end_text()

    def _end_text(self) -> None:
        if len(self.strings) >= self._limits.spreadsheet_texts:
            message = f"There are more than {self._limits.spreadsheet_texts} shared texts."
            self.xml.refuse(Code.SPREADSHEET_TOO_LARGE, message)
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
