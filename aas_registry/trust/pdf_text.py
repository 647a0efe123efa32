"""The text of a PDF, for matching what a certificate speaks of; bounded in every way."""

import logging
import re
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from aas_registry.trust.pdf_reading import PDF_ERRORS

_MIB = 1024 * 1024
_MOST_BYTES = 64 * _MIB
_MOST_CONTENT_BYTES = 16 * _MIB
_MOST_OPERATIONS = 1_000_000
# Drawing a form costs as much as about so many other instructions.
_OPERATIONS_OF_A_FORM = 200
_SURROGATES = re.compile("[\ud800-\udfff]")

# Hostile files make pypdf talk; what matters of it stands in the check's reason.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def pdf_text(content: bytes, *, most_pages: int, most_chars: int = 2_000_000) -> str | None:
    """Return the text of a PDF as it would be read, page by page.

    Args:
        content: The PDF.
        most_pages: Pages that are read; a longer document counts as unreadable, so that
            nothing is matched against half of it.
        most_chars: Characters that are read; likewise.

    Returns:
        The text, pages divided by line feeds; None where the PDF cannot be read whole, so
        that nobody mistakes "not read" for "does not say".
    """
    if len(content) > _MOST_BYTES:
        return None
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        if reader.is_encrypted or len(reader.pages) > most_pages:
            return None
        texts = _texts(reader, most_chars=most_chars)
    except (PyPdfError, *PDF_ERRORS):
        return None
    return None if texts is None else _SURROGATES.sub("\ufffd", "\n".join(texts))


def _texts(reader: PdfReader, *, most_chars: int) -> list[str] | None:
    texts: list[str] = []
    chars = 0
    budget = _Budget(operations=_MOST_OPERATIONS, content_bytes=_MOST_CONTENT_BYTES)
    for page in reader.pages:
        contents = page.get_contents()
        budget.spend_bytes(0 if contents is None else len(contents.get_data()))
        texts.append(page.extract_text(visitor_operand_before=budget.spend_operation))
        chars += len(texts[-1])
        if chars > most_chars:
            return None
    return texts


class _Budget:
    """Counts what a document makes the reader do: a form may draw others without end."""

    def __init__(self, *, operations: int, content_bytes: int) -> None:
        self._operations = operations
        self._bytes = content_bytes

    def spend_bytes(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0:
            raise LimitReachedError("The pages hold more drawing instructions than are read.")

    def spend_operation(self, operator: bytes, *_: object) -> None:
        self._operations -= _OPERATIONS_OF_A_FORM if operator == b"Do" else 1
        if self._operations < 0:
            raise LimitReachedError("The pages draw more often than is followed.")
