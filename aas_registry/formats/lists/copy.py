"""XML of a workbook copied byte for byte, save where an editor leaves out, puts in or writes anew.

The file is somebody else's: what is not edited stays as its program wrote it, with its
prefixes, white space and extensions. expat says where each tag begins; nothing is serialised
again. The copy is made as the bytes come, and holds at most one tag and one held element.

Only UTF-16 is written in another encoding than it came in, because tags are found as ASCII.
"""

import codecs
import re
from collections.abc import Callable
from typing import NoReturn, Protocol
from xml.parsers import expat

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

CHUNK_BYTES = 1 << 18
SECTION_DEPTH, CHILD_DEPTH = 2, 3  # of what stands below the root, and of what that holds
_MOST_HELD = 8 << 20  # of one element that is decided at its end, and of one tag or text
_MOST_TEXT_PIECES = 64
_MOST_NAMES = 1000
_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=<>"']+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_PREFIX = re.compile(rb"</?([^\s:/>]+:)?")
_ENCODING = re.compile(r"""^(\ufeff?<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')""")
_UTF16_STARTS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}


_TOKEN_BYTES = 1 << 20


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


class Editor(Protocol):
    """Told of every element that is copied; asks the copy for changes at the place of the event."""

    def start(self, copy: "XmlCopy", name: str, attributes: dict[str, str]) -> None:
        """Take a start tag: its local name, and attributes as ``name`` or ``namespace}name``."""

    def end(self, copy: "XmlCopy", name: str) -> None:
        """Take the end of an element that was not left out."""


class XmlCopy:
    """One part on its way through an editor.

    Attributes:
        depth: Of the element that the event is of; the root has 1.
        text: After `read_text`, at the end of that element: what it holds.
    """

    def __init__(
        self, editor: Editor, write: Callable[[bytes], object], *, part: str, max_depth: int
    ) -> None:
        """Prepare a copy.

        Args:
            editor: Decides what is changed.
            write: Takes the pieces of the copy, in order.
            part: For findings.
            max_depth: Deepest nesting of elements that is taken.
        """
        self.depth = 0
        self.text = ""
        self._write_out, self._part, self._max_depth = write, part, max_depth
        self._tell_start, self._tell_end = editor.start, editor.end
        self._decoder: codecs.IncrementalDecoder | None = None
        self._xml: SpreadsheetXml | None = None
        self._names: dict[str, str] = {}
        self._buffer = b""
        self._base = 0  # place of the buffer in the part; all places count from the part's begin
        self._copied = 0
        self._event = self._last_start = 0
        self._left_out_at = 0
        self._held: list[list[bytes]] = []
        self._held_bytes = 0
        self._is_reading = False
        self._pieces: list[str] = []

    def feed(self, chunk: bytes) -> None:
        """Copy a piece of the part.

        Raises:
            RefusedError: Not well formed, too deep, or a single tag or text is too long.
        """
        if self._xml is None:
            chunk = self._begin(chunk)
        elif self._decoder is not None:
            chunk = self._decoded(chunk)
        self._buffer += chunk
        self._opened.feed(chunk)
        self._settle(self._event)
        if len(self._buffer) > _MOST_HELD:
            self._opened.refuse(Code.SPREADSHEET_TOO_LARGE, "A tag or a text is too long to be copied.")

    def finish(self) -> None:
        """Copy the rest.

        Raises:
            RefusedError: The XML ends too soon.
        """
        if self._xml is None:
            self._begin(b"")
        if self._decoder is not None:
            self._decoded(b"", final=True)  # half a character at the end is refused
        self._opened.feed(b"", final=True)
        self._settle(self._base + len(self._buffer))

    @property
    def tag(self) -> bytes:
        """Return the tag that the event is of; empty at the end of an element that is one tag."""
        return b"" if self._is_end_of_empty() else self._tag_at(self._event)

    @property
    def prefix(self) -> bytes:
        """Return the namespace prefix of the tag, with its colon; empty where it has none."""
        found = _PREFIX.match(self.tag)
        return found[1] or b"" if found is not None else b""

    def insert(self, content: bytes) -> None:
        """Put something in before the tag."""
        if content:
            self._flush(self._event)
            self._write(content)

    def replace_tag(self, content: bytes) -> None:
        """Put something in the place of the tag."""
        self._flush(self._event)
        self._write(content)
        self._copied = self._end_of_tag()

    def leave_out(self) -> None:
        """Leave the element that begins here out, with all that it holds."""
        self._flush(self._event)
        self._left_out_at = self.depth

    def hold(self) -> None:
        """Hold the element that begins here back until it is released; one may be held in another."""
        self._flush(self._event)
        if not self._held:
            self._held_bytes = 0
        self._held.append([])

    def release(self, *, keep: bool) -> bytes:
        """At the end of the element held last: copy it, or leave it out; return it as it would stand."""
        self._flush(self._end_of_tag())
        content = b"".join(self._held.pop())
        if keep:
            self._write(content)
        return content

    def read_text(self) -> None:
        """Gather the text of the element that begins here."""
        self._pieces.clear()
        self._is_reading = True
        self._parser.CharacterDataHandler = self._keep_text

    def refuse(self, code: Code, message: str) -> None:
        """Refuse the workbook because of what stands here."""
        self._opened.refuse(code, message)

    @property
    def _opened(self) -> SpreadsheetXml:
        assert self._xml is not None
        return self._xml

    def _begin(self, chunk: bytes) -> bytes:
        encoding = _UTF16_STARTS.get(chunk[:2])
        self._xml = SpreadsheetXml(
            self._part, has_namespaces=True, encoding=None if encoding is None else "utf-8"
        )
        self._parser = self._xml.parser
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        if encoding is None:
            return chunk
        self._decoder = codecs.getincrementaldecoder(encoding)()
        return _ENCODING.sub(r"\1", self._decoded(chunk).decode("utf-8")).encode("utf-8")

    def _decoded(self, chunk: bytes, *, final: bool = False) -> bytes:
        assert self._decoder is not None
        try:
            return self._decoder.decode(chunk, final).encode("utf-8")
        except UnicodeError:
            self._opened.refuse(Code.XML_INVALID, "The XML is not well formed: it is not UTF-16.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > self._max_depth:
            message = f"The XML is nested deeper than {self._max_depth} levels."
            self._opened.refuse(Code.XML_TOO_DEEP, message)
        self._event = self._last_start = self._parser.CurrentByteIndex
        if not self._left_out_at:
            self._tell_start(self, self._names.get(name) or self._local(name), attributes)

    def _end(self, name: str) -> None:
        self._event = self._parser.CurrentByteIndex
        if not self._left_out_at:
            if self._is_reading:
                self._end_text()
            self._tell_end(self, self._names.get(name) or self._local(name))
        elif self.depth == self._left_out_at:
            self._left_out_at = 0
            self._copied = self._end_of_tag()
        self._last_start = -1
        self.depth -= 1

    def _end_text(self) -> None:
        self.text = "".join(self._pieces)
        self._is_reading = False
        self._parser.CharacterDataHandler = None

    def _keep_text(self, text: str) -> None:
        if len(self._pieces) < _MOST_TEXT_PIECES:
            self._pieces.append(text)

    def _local(self, name: str) -> str:
        local = name.rpartition("}")[2]
        if len(self._names) < _MOST_NAMES:
            self._names[name] = local
        return local

    def _tag_at(self, place: int) -> bytes:
        found = _TAG.match(self._buffer, place - self._base)
        if found is None:
            self._opened.refuse(Code.XML_INVALID, "The XML is in an encoding that cannot be copied.")
        return found[0]

    def _is_end_of_empty(self) -> bool:
        """Return whether the event is the end of an element that is one tag: it is behind that tag."""
        if self._last_start < 0 or self._last_start == self._event:
            return False
        tag = self._tag_at(self._last_start)
        return tag.endswith(b"/>") and self._last_start + len(tag) == self._event

    def _end_of_tag(self) -> int:
        return self._event + len(self.tag)

    def _flush(self, end: int) -> None:
        if end > self._copied:
            self._write(self._buffer[self._copied - self._base : end - self._base])
            self._copied = end

    def _write(self, content: bytes) -> None:
        if not self._held:
            self._write_out(content)
            return
        self._held[-1].append(content)
        self._held_bytes += len(content)
        if self._held_bytes > _MOST_HELD:
            self._opened.refuse(Code.SPREADSHEET_TOO_LARGE, "An element is too long to be copied.")

    def _settle(self, end: int) -> None:
        """Write what no later event can change, and forget it."""
        if self._left_out_at:
            self._copied = max(self._copied, end)
        else:
            self._flush(end)
        done = min(self._copied, max(end, self._base))
        self._buffer = self._buffer[done - self._base :]
        self._base = done


def without_attributes(tag: bytes, *names: bytes) -> bytes:
    """Return a start tag without some of its attributes."""
    return _ATTRIBUTE.sub(lambda found: b"" if found[1] in names else found[0], tag)


def with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """Return a start tag with one attribute added or changed; ``value`` needs no escape."""
    head = without_attributes(tag, name)
    end = b"/>" if head.endswith(b"/>") else b">"
    return head.removesuffix(end).rstrip() + b" " + name + b'="' + value + b'"' + end


def first_tag(content: bytes) -> bytes:
    """Return the start tag with which the bytes of an element begin."""
    found = _TAG.match(content)
    return found[0] if found is not None else b""
