"""XML as an attacker would not like it: one pass, bounded, without entities.

Everything XML of an upload goes through here: AAS data, relationships, content types.
The parser is expat, driven piece by piece, because it calls back the moment a DOCTYPE
begins, before any entity is declared, and because it knows the row. A document type
declaration is refused, so there are no entities to expand and nothing to fetch; depth
is counted before any recursive reader sees an element; a part that is too long is
refused by the container before it gets here.
"""

from collections import deque
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

_CHUNK_BYTES = 65_536


class XmlElement:
    """An element as aas-core's readers expect it (a subset of ElementTree's).

    Attributes:
        tag: ``{namespace}name``.
        attrib: Attributes; names with a namespace are written as in ``tag``.
        row: Line of the start tag, from 1.
        text: All text of an element without children; complete at its end event.
        tail: Always None: text after an element is refused instead.
    """

    __slots__ = ("attrib", "has_children", "row", "tag", "tail", "text")

    def __init__(self, tag: str, attrib: dict[str, str], row: int) -> None:
        """Start an element that has no text yet."""
        self.tag = tag
        self.attrib = attrib
        self.row = row
        self.text: str | None = None
        self.tail: str | None = None
        self.has_children = False

    @property
    def namespace(self) -> str:
        """Return the namespace of the tag; empty where there is none."""
        return self.tag[1:].rpartition("}")[0] if self.tag.startswith("{") else ""

    @property
    def name(self) -> str:
        """Return the local name of the tag."""
        return self.tag.rpartition("}")[2]

    def clear(self) -> None:
        """Do nothing: no tree is kept that could be cleared."""


XmlEvent = tuple[str, XmlElement]


def xml_events(content: bytes, *, max_depth: int, part: str | None = None) -> Iterator[XmlEvent]:
    """Yield ``("start", element)`` and ``("end", element)`` in document order.

    Args:
        content: One XML document, in an encoding that its declaration names.
        max_depth: Deepest nesting of elements that is taken.
        part: Part of the package, for findings.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, too deep, or text beside child elements.
            The finding names the row.
    """
    collector = _Collector(max_depth, part)
    view = memoryview(content)
    for offset in range(0, len(view), _CHUNK_BYTES):
        collector.feed(view[offset : offset + _CHUNK_BYTES].tobytes(), final=False)
        yield from collector.drain()
    collector.feed(b"", final=True)
    yield from collector.drain()


class _Collector:
    def __init__(self, max_depth: int, part: str | None) -> None:
        self._max_depth = max_depth
        self._part = part
        self._open: list[XmlElement] = []
        self._text: list[str] = []
        self._events: deque[XmlEvent] = deque()
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append

    def feed(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as cause:
            self._refuse(Code.XML_INVALID, f"The XML is not well formed: {expat.ErrorString(cause.code)}.")
        except (ValueError, LookupError) as cause:
            self._refuse(Code.XML_INVALID, f"The XML's encoding is not taken: {cause}.")

    def drain(self) -> Iterator[XmlEvent]:
        while self._events:
            yield self._events.popleft()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= self._max_depth:
            self._refuse(Code.XML_TOO_DEEP, f"The XML is nested deeper than {self._max_depth} levels.")
        if self._open:
            self._open[-1].has_children = True
            self._drop_white_space()
        names = {_clark(key): value for key, value in attributes.items()}
        element = XmlElement(_clark(name), names, self._parser.CurrentLineNumber)
        self._open.append(element)
        self._events.append(("start", element))

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        if element.has_children:
            self._drop_white_space()
        else:
            element.text = "".join(self._text) or None
            self._text.clear()
        self._events.append(("end", element))

    def _drop_white_space(self) -> None:
        if any(piece.strip() for piece in self._text):
            self._refuse(Code.XML_INVALID, "Text stands beside elements, where only elements may.")
        self._text.clear()

    def _refuse_doctype(self, *_declaration: object) -> NoReturn:
        self._refuse(Code.XML_DOCTYPE, "The XML has a DOCTYPE; entities and outside files are not read.")

    def _refuse(self, code: Code, message: str) -> NoReturn:
        row, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        raise RefusedError(error(code, message, part=self._part, row=row, column=column))


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name
