"""XML as an attacker would not like it: one pass, bounded, without entities.

Everything XML of an upload goes through here: AAS data, relationships, content types, worksheets.
The parser is expat, driven piece by piece, because it calls back the moment a DOCTYPE
begins, before any entity is declared, and because it knows the row. A document type
declaration is refused, so there are no entities to expand and nothing to fetch; depth
is counted before any reader sees an element; a part that is too long is refused by the
container before it gets here.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NoReturn, Protocol
from xml.parsers import expat

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_CHUNK_BYTES = 65_536


class XmlReader(Protocol):
    """What receives the content of a document, in its order. Tags and names are ``{namespace}name``."""

    def start(self, tag: str, attributes: dict[str, str], row: int) -> None:
        """Take the start of an element with children; rows count from 1."""

    def leaf(self, tag: str, attributes: dict[str, str], row: int, text: str) -> None:
        """Take a whole element without children."""

    def beside(self, text: str) -> None:
        """Take text, more than white space, that stands beside the children of the open element."""

    def end(self) -> None:
        """Take the end of the open element."""


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


def read_bounded_xml(content: bytes, reader: XmlReader, *, limits: Limits, part: str | None = None) -> None:
    """Hand the content of a document to a reader.

    Args:
        content: One XML document, in an encoding that its declaration names.
        reader: Receives the content; its exceptions are not caught.
        limits: Of these ``nesting_depth``, ``xml_attributes``, ``xml_names``, ``xml_token_bytes``,
            ``identifier_chars``.
        part: Part of the package, for findings.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, too deep or too wide. The finding names the row.
    """
    for _ in _Parser(reader, limits, part).steps(_pieces_of(content)):
        pass


def read_bounded_pieces(
    pieces: Iterable[bytes], reader: XmlReader, *, limits: Limits, part: str | None, kept_chars: int
) -> Iterator[None]:
    """Hand a document that is not in memory to a reader; yield after each piece.

    Args:
        pieces: The document, in pieces of any size.
        reader: Receives the content; its exceptions are not caught.
        limits: Of these the ones that `read_bounded_xml` names.
        part: Part of the package, for findings.
        kept_chars: How many characters of an element's text the reader gets at least; not many
            more are held.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, too deep or too wide. The finding names the row.
    """
    return _Parser(reader, limits, part, kept_chars=kept_chars).steps(pieces)


def xml_events(content: bytes, *, limits: Limits, part: str | None = None) -> Iterator[XmlEvent]:
    """Yield ``("start", element)`` and ``("end", element)`` in document order.

    Args:
        content: One XML document, in an encoding that its declaration names.
        limits: Of these the ones that `read_bounded_xml` names.
        part: Part of the package, for findings.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, too deep or too wide, or text beside elements.
            The finding names the row.
    """
    collector = _Collector()
    parser = _Parser(collector, limits, part)
    collector.parser = parser
    for _ in parser.steps(_pieces_of(content)):
        events, collector.events = collector.events, []
        yield from events


def name_of(tag: str) -> str:
    """Return the local name of ``{namespace}name``."""
    return tag.rpartition("}")[2]


def namespace_of(tag: str) -> str:
    """Return the namespace of ``{namespace}name``; empty where there is none."""
    return tag[1:].rpartition("}")[0] if tag.startswith("{") else ""


def _pieces_of(content: bytes) -> Iterator[bytes]:
    view = memoryview(content)
    for offset in range(0, len(view), _CHUNK_BYTES):
        yield view[offset : offset + _CHUNK_BYTES].tobytes()


class LocalNames(dict[str, str]):
    """Local names by tag, each found once: a worksheet has millions of tags and few names."""

    def __missing__(self, tag: str) -> str:
        """Find the name of a tag that is met first."""
        name = self[tag] = name_of(tag)
        return name


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

    def leaf(self, tag: str, attributes: dict[str, str], row: int, text: str) -> None:
        element = XmlElement(tag, attributes, row)
        element.text = text or None
        self.events += (("start", element), ("end", element))

    def end(self) -> None:
        self.events.append(("end", self._open.pop()))


class _Parser:
    def __init__(
        self, reader: XmlReader, limits: Limits, part: str | None, *, kept_chars: int | None = None
    ) -> None:
        self._report_start, self._report_leaf, self._report_end = reader.start, reader.leaf, reader.end
        self._report_beside = reader.beside
        self._limits = limits
        self._kept_chars = kept_chars
        self._declared = 0
        self._part = part
        self._depth = 0
        self._opening: tuple[str, dict[str, str], int] | None = None  # not reported yet: maybe a leaf
        self._text: list[str] = []
        self._tags: dict[str, str] = {}
        self._expat = expat.ParserCreate(namespace_separator="}")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.StartNamespaceDeclHandler = self._declare
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text.append

    def steps(self, pieces: Iterable[bytes]) -> Iterator[None]:
        fed, most = 0, self._limits.xml_token_bytes
        for piece in pieces:
            self._feed(piece, final=False)
            fed += len(piece)
            # expat reads what is not over again from its beginning with every piece; text comes in pieces.
            if fed - self._expat.CurrentByteIndex > most:
                self.refuse(Code.XML_TOO_WIDE, f"A tag, comment or instruction has more than {most} bytes.")
            if self._kept_chars is not None and self._text:
                self._text[:] = ["".join(self._text)[: self._kept_chars]]
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
        if self._opening is not None:
            self._report_start(*self._opening)
        if self._text:
            self._settle_text()
        if self._depth >= self._limits.nesting_depth:
            message = f"The XML is nested deeper than {self._limits.nesting_depth} levels."
            self.refuse(Code.XML_TOO_DEEP, message)
        self._depth += 1
        self._declared = 0
        if attributes:
            self._bound_width(len(attributes))
            attributes = {self._tag(key): value for key, value in attributes.items()}
        tag = self._tags.get(name) or self._tag(name)
        self._opening = tag, attributes, self._expat.CurrentLineNumber

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared += 1
        self._bound_width(self._declared)
        self._tag(prefix or "")
        self._tag(uri or "")

    def _bound_width(self, width: int) -> None:
        most = self._limits.xml_attributes
        if width > most:
            self.refuse(Code.XML_TOO_WIDE, f"An element has more than {most} attributes or namespaces.")

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._opening is not None:
            opening, self._opening = self._opening, None
            text = "".join(self._text)
            self._text.clear()
            self._report_leaf(*opening, text)
            return
        if self._text:
            self._settle_text()
        self._report_end()

    def _settle_text(self) -> None:
        pieces = self._text
        if not all(piece.isspace() for piece in pieces):
            self._report_beside("".join(pieces).strip())
        pieces.clear()

    def _tag(self, name: str) -> str:
        known = self._tags.get(name)
        if known is not None:
            return known
        # expat and pyexpat keep every name, with its whole namespace, until the document ends.
        if len(self._tags) >= self._limits.xml_names:
            message = f"The XML has more than {self._limits.xml_names} different names."
            self.refuse(Code.XML_TOO_WIDE, message)
        if len(name) > self._limits.identifier_chars:
            message = f"A name or namespace has more than {self._limits.identifier_chars} characters."
            self.refuse(Code.XML_TOO_WIDE, message)
        self._tags[name] = tag = "{" + name if "}" in name else name
        return tag

    def _refuse_doctype(self, *_declaration: object) -> NoReturn:
        self.refuse(Code.XML_DOCTYPE, "The XML has a DOCTYPE; entities and outside files are not read.")

    def refuse(self, code: Code, message: str) -> NoReturn:
        row, column = self._expat.CurrentLineNumber, self._expat.CurrentColumnNumber + 1
        raise RefusedError(error(code, message, part=self._part, row=row, column=column))
