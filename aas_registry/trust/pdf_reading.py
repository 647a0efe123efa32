"""Opening a PDF that nobody vouches for: bounded, and looked through for what acts.

A PDF of evidence is passive. One that is encrypted, runs scripts, starts programs or
sends data is kept as evidence and never countersigned.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

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
    OverflowError,
    NotImplementedError,
    RecursionError,
    EOFError,
    struct.error,
    zlib.error,
)

_MIB = 1024 * 1024
_MOST_BYTES = 64 * _MIB
_MOST_OBJECTS = 200_000
_MOST_HEADER_BYTES = 16
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute", "/GoToE"}
)
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent"})


def open_pdf(content: bytes) -> PdfFileReader:
    """Open a PDF strictly, with pyHanko's bounds on what the streams of untrusted files unpack to.

    Raises:
        PdfError: It is no PDF, or malformed; others of `PDF_ERRORS` leak from the library.
    """
    if len(content) > _MOST_BYTES:
        raise PdfError(f"The PDF is larger than {_MOST_BYTES // _MIB} MiB.")
    return PdfFileReader(BytesIO(content), strict=True)


def check_passive(content: bytes) -> tuple[Status, str]:
    """Say whether a PDF only shows, and does nothing.

    Returns:
        Failed where it is encrypted, holds an action, or could be read as another kind of
        file; unknown where it cannot be read.
    """
    if not content[:_MOST_HEADER_BYTES].startswith(b"%PDF-"):
        return Status.FAILED, "The file does not begin as a PDF does; other programs may read it differently."
    try:
        reader = open_pdf(content)
        if reader.encrypted:
            return Status.FAILED, "The PDF is encrypted."
        found = next(_active_parts(reader), None)
    except PDF_ERRORS as cause:
        return Status.UNKNOWN, f"The PDF cannot be read ({type(cause).__name__}); a person must look."
    if found is not None:
        return Status.FAILED, f"The PDF holds active content ({found})."
    if content.rpartition(b"%%EOF")[2].strip():
        return Status.UNKNOWN, "Bytes that are no part of the PDF follow its end; a person must look."
    return Status.PASSED, "The PDF holds no script, no action that leaves it, and no encryption."


def _active_parts(reader: PdfFileReader) -> Iterator[str]:
    seen: set[tuple[int, int]] = set()
    waiting: list[object] = [reader.trailer_view]
    visited = 0
    while waiting:
        entry = waiting.pop()
        visited += 1
        if visited > _MOST_OBJECTS:
            raise PdfError("The PDF has more objects than are looked through.")
        if isinstance(entry, generic.IndirectObject):
            key = (entry.idnum, entry.generation)
            if key not in seen:
                seen.add(key)
                waiting.append(entry.get_object())  # type: ignore[no-untyped-call]
        elif isinstance(entry, generic.DictionaryObject):
            yield from _actions_of(entry)
            waiting.extend(entry.values())
        elif isinstance(entry, generic.ArrayObject):
            waiting.extend(entry)


def _actions_of(entry: generic.DictionaryObject) -> Iterator[str]:
    yield from sorted(_ACTIVE_KEYS & set(entry))
    action = entry.get("/S")
    if isinstance(action, str) and action in _ACTIONS:
        yield action
