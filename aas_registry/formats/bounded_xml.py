"""XML as an attacker would not like it: one pass, bounded, without entities.

Everything XML of an upload goes through here: AAS data, relationships, content types.
The parser is expat, driven piece by piece, because it calls back the moment a DOCTYPE
begins, before any entity is declared, and because it knows the row. A document type
declaration is refused, so there are no entities to expand and nothing to fetch; depth
is counted before any reader sees an element; a part that is too long is refused by the
container before it gets here.
"""

from collections.abc import Iterator
from typing import NoReturn, Protocol
from xml.parsers import expat

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

MAX_ATTRIBUTES = 256
_CHUNK_BYTES = 65_536


class XmlReader(Protocol):
    """Told what stands in a document, in its order. Tags and names are ``{namespace}name``."""

    def start(self, tag: str, attributes: dict[str, str], row: int) -> None:
        """Take the start of an element; rows count from 1."""

    def beside(self, text: str) -> None:
        """Take text, more than white space, that stands beside the children of the open element."""

    def end(self, text: str) -> None:
        """Take the end of the open element; ``text`` is all of it where there are no children."""


class XmlElement:
    """An element with its attributes and text.

    Attributes:
        tag: ``{namespace}name``.
        attrib: Attributes; names with a namespace are written as in ``tag``.
        row: Line of the start tag, from 1.
        text: All text of an element without children; complete at its end event.
    """

    __slots__ = ("attrib", "row", "tag", "text")

    def __init__(self, tag: str, attrib: dict[str, str], row: int) -> None:
        """Start an element that has no text yet."""
        self.tag = tag
        self.attrib = attrib
        self.row = row
        self.text: str | None = None

    @property
    def name(self) -> str:
        """Return the local name of the tag."""
        return name_of(self.tag)


XmlEvent = tuple[str, XmlElement]


def read_bounded_xml(
    content: bytes,
    reader: XmlReader,
    *,
    max_depth: int,
    max_attributes: int = MAX_ATTRIBUTES,
    part: str | None = None,
) -> None:
    """Tell a reader what a document holds.

    Args:
        content: One XML document, in an encoding that its declaration names.
        reader: What it raises passes through.
        max_depth: Deepest nesting of elements that is taken.
        max_attributes: Most attributes, and most namespaces declared, of one element.
        part: Part of the package, for findings.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, too deep or too wide. The finding names the row.
    """
    parser = _Parser(reader, max_depth, max_attributes, part)
    for _ in parser.steps(content):
        pass


def xml_events(
    content: bytes, *, max_depth: int, max_attributes: int = MAX_ATTRIBUTES, part: str | None = None
) -> Iterator[XmlEvent]:
    """Yield ``("start", element)`` and ``("end", element)`` in document order.

    Args:
        content: One XML document, in an encoding that its declaration names.
        max_depth: Deepest nesting of elements that is taken.
        max_attributes: Most attributes, and most namespaces declared, of one element.
        part: Part of the package, for findings.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, too deep or too wide, or text beside elements.
            The finding names the row.
    """
    collector = _Collector()
    parser = _Parser(collector, max_depth, max_attributes, part)
    collector.parser = parser
    for _ in parser.steps(content):
        events, collector.events = collector.events, []
        yield from events


def name_of(tag: str) -> str:
    """Return the local name of ``{namespace}name``."""
    return tag.rpartition("}")[2]


def namespace_of(tag: str) -> str:
    """Return the namespace of ``{namespace}name``; empty where there is none."""
    return tag[1:].rpartition("}")[0] if tag.startswith("{") else ""


class _Collector:
    def __init__(self) -> None:
        self.events: list[XmlEvent] = []
        self.parser: _Parser | None = None
        self._open: list[XmlElement] = []

    def start(self, tag: str, attributes: dict[str, str], row: int) -> None:
        element = XmlElement(tag, attributes, row)
        self._open.append(element)
        self.events.append(("start", element))

    def beside(self, _text: str) -> None:
        if self.parser is not None:
            self.parser.refuse(Code.XML_INVALID, "Text stands beside elements, where only elements may.")

    def end(self, text: str) -> None:
        element = self._open.pop()
        element.text = text or None
        self.events.append(("end", element))


class _Parser:
    def __init__(self, reader: XmlReader, max_depth: int, max_attributes: int, part: str | None) -> None:
        self._told_start, self._told_end, self._told_beside = reader.start, reader.end, reader.beside
        self._max_depth = max_depth
        self._max_attributes = max_attributes
        self._declared = 0
        self._part = part
        self._depth = 0
        self._is_leaf = False
        self._text: list[str] = []
        self._tags: dict[str, str] = {}
        self._expat = expat.ParserCreate(namespace_separator="}")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.StartNamespaceDeclHandler = self._declare
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text.append

    def steps(self, content: bytes) -> Iterator[None]:
        view = memoryview(content)
        for offset in range(0, len(view), _CHUNK_BYTES):
            self._feed(view[offset : offset + _CHUNK_BYTES].tobytes(), final=False)
            yield
        self._feed(b"", final=True)
        yield

    def _feed(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._expat.Parse(chunk, final)
        except expat.ExpatError as cause:
            self.refuse(Code.XML_INVALID, f"The XML is not well formed: {expat.ErrorString(cause.code)}.")
        except (ValueError, LookupError) as cause:
            self.refuse(Code.XML_INVALID, f"The XML's encoding is not taken: {cause}.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._text:
            self._settle_text()
        if self._depth >= self._max_depth:
            self.refuse(Code.XML_TOO_DEEP, f"The XML is nested deeper than {self._max_depth} levels.")
        self._depth += 1
        self._is_leaf = True
        tag = self._tags.get(name) or self._tag(name)
        self._declared = 0
        if attributes:
            self._bound_width(len(attributes))
            attributes = {_clark(key): value for key, value in attributes.items()}
        self._told_start(tag, attributes, self._expat.CurrentLineNumber)

    def _declare(self, _prefix: str | None, _uri: str | None) -> None:
        self._declared += 1
        self._bound_width(self._declared)

    def _bound_width(self, width: int) -> None:
        if width > self._max_attributes:
            message = f"An element has more than {self._max_attributes} attributes or namespaces."
            self.refuse(Code.XML_TOO_WIDE, message)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        text = self._text
        if not text:
            self._told_end("")
        elif self._is_leaf:
            whole = text[0] if len(text) == 1 else "".join(text)
            text.clear()
            self._told_end(whole)
        else:
            self._settle_text()
            self._told_end("")
        self._is_leaf = False

    def _settle_text(self) -> None:
        pieces = self._text
        if not all(piece.isspace() for piece in pieces):
            self._told_beside("".join(pieces).strip())
        pieces.clear()

    def _tag(self, name: str) -> str:
        self._tags[name] = tag = _clark(name)
        return tag

    def _refuse_doctype(self, *_declaration: object) -> NoReturn:
        self.refuse(Code.XML_DOCTYPE, "The XML has a DOCTYPE; entities and outside files are not read.")

    def refuse(self, code: Code, message: str) -> NoReturn:
        row, column = self._expat.CurrentLineNumber, self._expat.CurrentColumnNumber + 1
        raise RefusedError(error(code, message, part=self._part, row=row, column=column))


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name
