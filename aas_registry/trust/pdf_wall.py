"""What no PDF of evidence may be: active, locked, a carrier of programs, two files in one, or endless.

A certificate that is merely wrong (altered, of another lot, signed by a stranger) is kept as
evidence. One that acts when somebody opens it, or that cannot be looked through within bounds,
is refused before anything of it is kept. Attached data files, as PDF/A-3 has them, are fine.

Source:
    ISO 32000-2, 7.5 (file structure), 7.6 (encryption), 7.11.4 (embedded files), 12.6 (actions).
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.trust.pdf_reading import (
    PDF_ERRORS,
    OpenedPdf,
    TooManyObjectsError,
    active_part,
    dictionaries,
    unescaped_names,
)

_OBJECT = re.compile(rb"\d obj\b")
_STREAM = re.compile(rb"stream\r?\n")
_ZLIB_STARTS = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_CHUNK_BYTES = 65_536
_STREAM_END = b"endstream"
_BOM = b"\xef\xbb\xbf"
_END = b"%%EOF"
_OTHER_FILE = re.compile(rb"<\s*[a-zA-Z!?/]|PK\x03\x04|PK\x05\x06")
_SECOND_PDF = re.compile(rb"%%EOF\s*%PDF-")
_STRUCTURE = re.compile(rb"/ObjStm|/XRef|#")
# The widths of an entry of a cross-reference stream; comments may stand between.
_WIDTHS = re.compile(rb"/(?:W|#57)(?:\s|%[^\r\n]*[\r\n])*\[([^\[\]]{0,1000})\]")
_COMMENT = re.compile(rb"%[^\r\n]*")
_WIDTH = re.compile(rb"[+-]?[0-9]+")
_WIDTHS_OF_AN_ENTRY = 3
_ACTIVE_NAME = re.compile(rb"/(?:JavaScript|JS|Launch|XFA|RichMediaContent)(?![A-Za-z0-9])")
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_PROGRAM_NAMES = frozenset(
    {
        "app", "apk", "bat", "chm", "cmd", "com", "cpl", "dll", "docm", "exe", "hta", "htm", "html", "iso",
        "jar", "js", "jse", "lnk", "mht", "mhtml", "msc", "msi", "pif", "pptm", "ps1", "py", "reg", "scf",
        "scr", "sh", "svg", "url", "vbe", "vbs", "vhd", "wsf", "xht", "xhtml", "xlsm",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    file: str | None
    part: str | None

    def refuse(self, code: Code, message: str) -> NoReturn:
        raise RefusedError(error(code, message, file=self.file, part=self.part))


def refuse_hostile_pdf(
    document: OpenedPdf, *, limits: Limits, file: str | None = None, part: str | None = None
) -> None:
    """Refuse a PDF that no registry should hand on.

    A document that is merely malformed passes: the checks that follow say so.

    Args:
        document: The document; it is parsed only once its bytes are known to be bounded.
        limits: ``certificate_objects``, ``certificate_structure_bytes``, ``certificate_unpacked_bytes``,
            ``certificate_readings``, ``certificate_filters``.
        file: Name of the uploaded file, for the finding.
        part: Part of a package, for the finding.

    Raises:
        RefusedError: FILE-POLYGLOT, PDF-TOO-LARGE, PDF-ENCRYPTED, PDF-ACTIVE or PDF-PROGRAM.
    """
    content, place = document.content, _Place(file, part)
    _refuse_polyglot(content, place)
    _refuse_endless(content, limits, place)
    _refuse_entries_of_nothing(content, place)
    try:
        reader = document.reader
        if reader.encrypted:
            place.refuse(Code.PDF_ENCRYPTED, "The PDF is encrypted; nobody else could look through it.")
        _refuse_endless_form(reader, limits)
        for entry in dictionaries(reader, limits=limits):
            _refuse_dictionary(entry, limits, place)
    except (TooManyObjectsError, RecursionError):
        place.refuse(Code.PDF_TOO_LARGE, "The PDF has more or deeper objects than are looked through.")
    except PDF_ERRORS:
        # What is too damaged for a strict reader is mended by lenient ones, which then act.
        plain = unescaped_names(content)
        if b"/Encrypt" in plain:
            place.refuse(Code.PDF_ENCRYPTED, "The PDF is encrypted; nobody else could look through it.")
        found = _ACTIVE_NAME.search(plain)
        if found is not None:
            place.refuse(Code.PDF_ACTIVE, f"The PDF holds active content ({found[0].decode()}).")


def _refuse_polyglot(content: bytes, place: _Place) -> None:
    if not content.removeprefix(_BOM).lstrip().startswith(b"%PDF-"):
        place.refuse(Code.FILE_POLYGLOT, "The file begins as another kind of file, and is a PDF as well.")
    after = content[content.rfind(_END) + len(_END) :] if _END in content else b""
    if _OTHER_FILE.search(after) or after.lstrip().startswith(_PROGRAM_STARTS):
        place.refuse(Code.FILE_POLYGLOT, "The file is a PDF, and another kind of file from its end.")
    if _SECOND_PDF.search(content):
        place.refuse(Code.FILE_POLYGLOT, "The file holds two PDFs, of which programs show one or the other.")


def _refuse_endless(content: bytes, limits: Limits, place: _Place) -> None:
    most = limits.certificate_objects
    if sum(1 for _ in islice(_OBJECT.finditer(content), most + 1)) > most:
        place.refuse(Code.PDF_TOO_LARGE, f"The PDF has more than {most} objects.")
    structure, unpacked, position, budget = 0, 0, 0, limits.certificate_readings * len(content)
    while (found := _STREAM.search(content, position)) is not None:
        structure += found.start() - position
        begins = max(position, content.rfind(b"obj", position, found.start()))
        is_structure = _STRUCTURE.search(content, begins, found.start())
        end = content.find(_STREAM_END, found.end())
        position = found.end() if end < 0 else end + len(_STREAM_END)
        for taken, size in _unpacked_sizes(content, found.end(), limits.certificate_filters):
            budget -= taken
            unpacked += size
            structure += size if is_structure else 0
            if unpacked > limits.certificate_unpacked_bytes or budget < 0:
                place.refuse(Code.PDF_TOO_LARGE, "The PDF unpacks to more than the limit of certificates.")
        if end < 0:
            break  # and what follows may be anything: it counts as structure
    if structure + len(content) - position > limits.certificate_structure_bytes:
        message = f"The PDF describes itself in more than {limits.certificate_structure_bytes} bytes."
        place.refuse(Code.PDF_TOO_LARGE, message)


def _refuse_entries_of_nothing(content: bytes, place: _Place) -> None:
    """Refuse entries of a cross-reference stream that take no bytes: of them there may be any number."""
    for found in _WIDTHS.finditer(content):
        widths = [_WIDTH.fullmatch(each) for each in _COMMENT.sub(b" ", found[1]).split()]
        if not any(width and int(width[0]) > 0 for width in widths[:_WIDTHS_OF_AN_ENTRY]):
            place.refuse(Code.PDF_TOO_LARGE, "The PDF has a table of objects whose entries are empty.")


def _refuse_endless_form(reader: PdfFileReader, limits: Limits) -> None:
    """Refuse a form whose fields are reached in too many ways, or too many revisions of it.

    Raises:
        TooManyObjectsError: There is one; others of `PDF_ERRORS` leak from the library.
    """
    revisions = reader.xrefs.total_revisions
    if revisions > limits.certificate_revisions:
        raise TooManyObjectsError("The PDF was changed more often than is followed.")
    left = limits.certificate_objects
    for revision in range(revisions):
        form = reader.get_historical_root(revision).get("/AcroForm")
        waiting = [form.get("/Fields")] if isinstance(form, generic.DictionaryObject) else []
        while waiting:
            fields = waiting.pop()
            for entry in fields if isinstance(fields, generic.ArrayObject) else ():
                left -= 1
                if left < 0:
                    raise TooManyObjectsError("The PDF has more fields than are looked through.")
                field = entry.get_object()
                if isinstance(field, generic.DictionaryObject):
                    waiting.append(field.get("/Kids"))


def _unpacked_sizes(content: bytes, start: int, most_filters: int) -> Iterator[tuple[int, int]]:
    """Yield the bytes that are read of a stream, and those that they unpack to, piece by piece."""
    if not content.startswith(_ZLIB_STARTS, start):
        return
    unpacker = _Unpacker(most_filters)
    for at in range(start, len(content), _CHUNK_BYTES):
        piece = content[at : at + _CHUNK_BYTES]
        for size in unpacker.feed(piece):
            yield 0, size
        yield len(piece) - unpacker.unused, 0
        if unpacker.is_done:
            return


class _Unpacker:
    """Inflates a stream, and what comes out of it again, as often as it is packed and as may be."""

    def __init__(self, most_filters: int) -> None:
        self._most_filters = most_filters
        self._engine = zlib.decompressobj()
        self._inner: _Unpacker | None = None
        self._is_first = True
        self.is_done = False
        self.unused = 0

    def feed(self, content: bytes) -> Iterator[int]:
        """Yield the sizes of the pieces that some more bytes unpack to."""
        if self._is_first and not (content.startswith(_ZLIB_STARTS) and self._most_filters > 0):
            self.is_done = True
        self._is_first = False
        while content and not self.is_done:
            try:
                piece = self._engine.decompress(content, _CHUNK_BYTES)
            except zlib.error:
                self.is_done = True
                return
            content = self._engine.unconsumed_tail
            self.is_done, self.unused = self._engine.eof, len(self._engine.unused_data)
            if piece:
                yield len(piece)
                self._inner = self._inner or _Unpacker(self._most_filters - 1)
                yield from self._inner.feed(piece)


def _refuse_dictionary(entry: generic.DictionaryObject, limits: Limits, place: _Place) -> None:
    found = active_part(entry)
    if found is not None:
        place.refuse(Code.PDF_ACTIVE, f"The PDF holds active content ({found}).")
    filters = entry.get("/Filter")
    most = limits.certificate_filters
    if isinstance(filters, generic.ArrayObject) and len(filters) > most:
        place.refuse(Code.PDF_TOO_LARGE, f"A stream of the PDF is packed more than {most} times.")
    if "/EF" not in entry:
        return
    names = [str(entry[key]) for key in ("/F", "/UF", "/DOS", "/Mac", "/Unix") if key in entry]
    for name in names:
        if name.rstrip(". ").rpartition(".")[2].strip().casefold() in _PROGRAM_NAMES:
            place.refuse(Code.PDF_PROGRAM, f"The PDF carries a program as an attachment ({name[:200]!r}).")
    files = entry["/EF"]
    for stream in files.values() if isinstance(files, generic.DictionaryObject) else ():
        resolved = stream.get_object()
        if isinstance(resolved, generic.StreamObject) and resolved.data.startswith(_PROGRAM_STARTS):
            place.refuse(Code.PDF_PROGRAM, "The PDF carries a program as an attachment.")
