"""Opening a PDF that nobody vouches for: bounded, and looked through for what acts.

A PDF of evidence is passive. One that is encrypted, runs scripts, starts programs or
sends data is kept as evidence and never countersigned.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from aas_registry.domain.limits import Limits
from aas_registry.domain.verdicts import Status

# What pyHanko, its ASN.1 reader and the decompressors raise on malformed input. Fuzzing
# found each; RecursionError stands for objects nested deeper than Python's stack.
PDF_ERRORS = (
    PdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    EOFError,
    struct.error,
    zlib.error,
)
# What pypdf raises beside it: for a filter's abbreviated name, and for filters that need another program.
PYPDF_ERRORS = (PyPdfError, DeprecationError, DependencyError, *PDF_ERRORS)


class TooManyObjectsError(PdfError):
    """A PDF has more objects than are looked through."""


_HEADER_BYTES = 16
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}
)
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/OnInstantiate"})
# What begins by itself may turn to a page of the document, and go nowhere else.
_BEGINNINGS = ("/OpenAction", "/AA")
_HARMLESS_BEGINNINGS = frozenset({"/GoTo", "/Named", "/Hide", "/SetOCGState", "/Trans"})


class OpenedPdf:
    """A PDF that is parsed once, when it is first looked into, whoever looks into it after that."""

    def __init__(self, content: bytes) -> None:
        """Keep the document; nothing is parsed yet."""
        self.content = content
        self._opened: PdfFileReader | Exception | None = None

    @property
    def reader(self) -> PdfFileReader:
        """Return the strict reader, with pyHanko's bounds on what the streams of a file unpack to.

        Raises:
            PdfError: It is no PDF, or malformed; others of `PDF_ERRORS` leak from the library.
        """
        if self._opened is None:
            try:
                self._opened = PdfFileReader(BytesIO(self.content), strict=True)
            except PDF_ERRORS as cause:
                self._opened = cause.with_traceback(None)  # which would keep all frames alive
        if isinstance(self._opened, Exception):
            raise self._opened
        return self._opened


def check_passive(document: OpenedPdf, *, limits: Limits) -> tuple[Status, str]:
    """Say whether a PDF only shows, and does nothing.

    Args:
        document: The document.
        limits: ``certificate_objects``.

    Returns:
        Failed where it is encrypted, holds an action, or could be read as another kind of
        file; unknown where it cannot be read.
    """
    content = document.content
    if not content[:_HEADER_BYTES].startswith(b"%PDF-"):
        return Status.FAILED, "The file does not begin as a PDF does; other programs may read it differently."
    try:
        reader = document.reader
        if reader.encrypted:
            return Status.FAILED, "The PDF is encrypted."
        active = (active_part(entry) for entry in dictionaries(reader, limits=limits))
        found = next((each for each in active if each is not None), None)
    except PDF_ERRORS as cause:
        return Status.UNKNOWN, f"The PDF cannot be read ({type(cause).__name__}); a person must look."
    if found is not None:
        return Status.FAILED, f"The PDF holds active content ({found})."
    if content.rpartition(b"%%EOF")[2].strip():
        return Status.UNKNOWN, "Bytes that are no part of the PDF follow its end; a person must look."
    return Status.PASSED, "The PDF holds no script, no action that leaves it, and no encryption."


def dictionaries(reader: PdfFileReader, *, limits: Limits) -> Iterator[generic.DictionaryObject]:
    """Yield every dictionary that the trailer leads to, streams included, each once.

    Args:
        reader: The open document.
        limits: ``certificate_objects``: so many are looked through, and as many that stand in them.

    Raises:
        TooManyObjectsError: There are more objects than are looked through.
        PdfError: An object is malformed; others of `PDF_ERRORS` leak from the library.
    """
    seen: set[tuple[int, int]] = set()
    waiting: list[object] = [reader.trailer_view]
    visited = 0
    while waiting:
        entry = waiting.pop()
        visited += 1
        if visited > 2 * limits.certificate_objects:
            raise TooManyObjectsError("The PDF has more objects than are looked through.")
        if isinstance(entry, generic.IndirectObject):
            key = (entry.idnum, entry.generation)
            if key not in seen:
                seen.add(key)
                waiting.append(entry.get_object())  # type: ignore[no-untyped-call]
        elif isinstance(entry, generic.DictionaryObject):
            yield entry
            waiting.extend(entry.values())
        elif isinstance(entry, generic.ArrayObject):
            waiting.extend(entry)


def unescaped_names(content: bytes) -> bytes:
    """Return a document in which ``#`` spells no character of a name any more.

    Source:
        ISO 32000-2, 7.3.5.
    """
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def active_part(entry: generic.DictionaryObject) -> str | None:
    """Return the key or action by which a dictionary acts; None where it does not."""
    keys = _ACTIVE_KEYS & set(entry)
    if keys:
        return min(keys)
    action = entry.get("/S")
    if isinstance(action, str) and action in _ACTIONS:
        return action
    for beginning in (entry.get(key) for key in _BEGINNINGS):
        if isinstance(beginning, generic.DictionaryObject):
            for each in (beginning, *(beginning[key] for key in beginning)):
                kind = each.get("/S") if isinstance(each, generic.DictionaryObject) else None
                if isinstance(kind, str) and kind not in _HARMLESS_BEGINNINGS:
                    return kind
    return None
