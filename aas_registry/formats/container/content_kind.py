"""What a file is: decided here, once, by its content; what was opened to find out is handed on.

A name decides only where content cannot: a CSV text has no mark of its own.
"""

import io
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.file_names import ends_with
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.opc import workbook_part
from aas_registry.formats.container.zip import ZipContainer

PDF_HEADER_WITHIN = 1024
_TEXT_WITHIN = 65_536  # as far as white space is passed over
# Of a part, of an archive without parts, of one in several volumes; "PK" alone may begin a text.
_ZIP_END = b"PK\x05\x06"
_ZIP_MARKS = (b"PK\x03\x04", _ZIP_END, b"PK\x07\x08")
_ZIP_TAIL_BYTES = 66_000  # the end record and the longest comment
# OpenDocument 1.3, part 2, 3.3: the first part has this name and content, not compressed.
_OPEN_DOCUMENT_SHEET = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_FIRST_NAME = 30  # where the name of the first part begins
_BINARY_WORKBOOK = ".bin"  # .xlsb: its parts are no XML
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any workbook with a password
_COMPOUND_TEXTS = (".doc", ".dot", ".ppt", ".pps", ".msg", ".vsd", ".pub")  # compound files, and no .xls
_PICTURE_MARKS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
_LATER_PICTURE_MARKS = ((b"ftyp", 4), (b"WEBP", 8))  # HEIC and AVIF, as telephones make them; WebP
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_XML_STARTS = (b"<", b"\x00<")  # the second is UTF-16 big-endian without its mark
# Spreadsheets that are refused: with the reason that fits, rather than as "no AASX".
_OTHER_NAMES = (".xls", ".xlsb", ".ods")
_CSV_NAMES = (".csv", ".tsv", *_OTHER_NAMES)  # programs give their names to texts, too
_TEXT_NAMES = (*_CSV_NAMES, ".txt")


class ContentKind(Enum):
    """The kinds of files; a package is any ZIP archive that is nothing else."""

    EMPTY = auto()
    PACKAGE = auto()
    JSON = auto()
    XML = auto()
    WORKBOOK = auto()
    CSV = auto()
    UNREAD_SPREADSHEET = auto()
    PDF = auto()
    PICTURE = auto()
    OFFICE_DOCUMENT = auto()
    UNKNOWN = auto()


_MARKED_TEXTS = frozenset({ContentKind.JSON, ContentKind.XML})
LISTS = frozenset({ContentKind.WORKBOOK, ContentKind.CSV, ContentKind.UNREAD_SPREADSHEET})
"""The kinds that are taken for a list of lots."""


@dataclass(frozen=True, slots=True)
class RecognisedFile:
    """A file of which is known what it is.

    Attributes:
        stream: Its content, at its beginning.
        file_name: The name its sender gave it.
        archive: Its ZIP archive, opened, or why it was refused; None where it is none.
        workbook_part: The main part of a workbook.
    """

    stream: BinaryIO
    file_name: str
    kind: ContentKind
    archive: ZipContainer | RefusedError | None = None
    workbook_part: str | None = None

    @property
    def container(self) -> ZipContainer:
        """Return the opened archive of a package or workbook.

        Raises:
            RefusedError: The archive is damaged, hostile or over a limit.
        """
        assert self.archive is not None
        if isinstance(self.archive, RefusedError):
            raise self.archive
        return self.archive


def recognise(stream: BinaryIO, file_name: str, *, limits: Limits) -> RecognisedFile:
    """Return what a file is, without a judgement: what is wrong with it, its reader says.

    Args:
        stream: Seekable, at any position.
        file_name: The name its sender gave it.
        limits: Bounds on an archive.
    """
    stream.seek(0)
    start = stream.read(_TEXT_WITHIN)
    stream.seek(0)
    if start.startswith(_ZIP_MARKS):
        is_open = start.startswith(_OPEN_DOCUMENT_SHEET, _FIRST_NAME)
        is_spreadsheet = is_open or ends_with(file_name, _OTHER_NAMES)
        return _recognise_archive(stream, file_name, limits, is_spreadsheet=is_spreadsheet)
    kind = text_kind(start)
    if not start:
        kind = ContentKind.EMPTY
    elif start.startswith(_COMPOUND_FILE):
        is_text = ends_with(file_name, _COMPOUND_TEXTS)
        kind = ContentKind.OFFICE_DOCUMENT if is_text else ContentKind.UNREAD_SPREADSHEET
    elif ends_with(file_name, _CSV_NAMES if kind in _MARKED_TEXTS else _TEXT_NAMES):
        kind = ContentKind.CSV
    elif kind is ContentKind.UNKNOWN and is_pdf(start):
        kind = ContentKind.PDF
    elif kind is ContentKind.UNKNOWN and _is_picture(start):
        kind = ContentKind.PICTURE
    return RecognisedFile(stream, file_name, kind)


def _recognise_archive(
    stream: BinaryIO, file_name: str, limits: Limits, *, is_spreadsheet: bool
) -> RecognisedFile:
    kind, part = ContentKind.UNREAD_SPREADSHEET if is_spreadsheet else ContentKind.PACKAGE, None
    archive: ZipContainer | RefusedError
    try:
        archive = ZipContainer(stream, limits=limits)
    except RefusedError as cause:
        archive = cause
    else:
        try:
            part = workbook_part(archive, limits=limits)
        except RefusedError:
            part = None  # the reader of packages says what is wrong with its relationships
    if part is not None and part.casefold().endswith(_BINARY_WORKBOOK):
        kind, part = ContentKind.UNREAD_SPREADSHEET, None
    stream.seek(0)
    return RecognisedFile(stream, file_name, ContentKind.WORKBOOK if part else kind, archive, part)


def refuse_polyglot(file: RecognisedFile) -> None:
    """Refuse a file that begins as another kind and ends as a ZIP archive.

    Raises:
        RefusedError: FILE-POLYGLOT.
    """
    stream = file.stream
    stream.seek(max(0, stream.seek(0, io.SEEK_END) - _ZIP_TAIL_BYTES))
    tail = stream.read()
    stream.seek(0)
    if _ZIP_END in tail:
        message = "The file ends as a ZIP archive and begins as another kind of file."
        raise RefusedError(error(Code.FILE_POLYGLOT, message))


def is_pdf(start: bytes) -> bool:
    """Return whether a file with these first bytes may be taken for a PDF.

    Args:
        start: At least the first ``PDF_HEADER_WITHIN`` bytes, or all where there are fewer.

    Source:
        ISO 32000-1:2008, Annex H.3, note 13: readers find the header in the first 1,024 bytes.
    """
    return b"%PDF-" in start[:PDF_HEADER_WITHIN]


def _is_picture(start: bytes) -> bool:
    return start.startswith(_PICTURE_MARKS) or any(start.startswith(*each) for each in _LATER_PICTURE_MARKS)


def text_kind(start: bytes) -> ContentKind:
    """Return whether content is JSON, XML or unknown.

    Args:
        start: The first bytes; as many as there may be white space before its first character.
    """
    text = start[:_TEXT_WITHIN].removeprefix(_UTF8_MARK).lstrip()
    if text.startswith(_UTF16_MARKS):
        text = text[2:].replace(b"\x00", b"").lstrip()
    if text.startswith(_XML_STARTS):
        return ContentKind.XML
    if text.startswith((b"{", b"[")):
        return ContentKind.JSON
    return ContentKind.UNKNOWN
