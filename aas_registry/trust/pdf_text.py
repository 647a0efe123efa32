"""The text of a PDF, for matching what a certificate speaks of; bounded in every way."""

import logging
import re
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

from aas_registry.domain.limits import Limits
from aas_registry.trust.pdf_reading import PYPDF_ERRORS, unescaped_names

# Drawing a form costs as much as about so many other instructions.
_OPERATIONS_OF_A_FORM = 200
# Filters may be named by reference; then nobody knows before what they are.
_ASCII85 = re.compile(
    rb"/ASCII85Decode|/A85|/Filter(?:\s|%[^\r\n]*[\r\n])*(?:[0-9]|\[[^\]]{0,1000}[0-9]\s+R)"
)
_SURROGATES = re.compile("[\ud800-\udfff]")

# Hostile files make pypdf talk; what matters of it stands in the check's reason.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def pdf_text(content: bytes, *, limits: Limits) -> str | None:
    """Return the text of a PDF as it would be read, page by page.

    Args:
        content: The PDF.
        limits: ``certificate_pages``, ``certificate_text_chars``, ``certificate_page_bytes``,
            ``certificate_content_bytes``, ``certificate_objects`` and ``certificate_operations``; a
            document over one counts as unreadable, so that nothing is matched against half of it.

    Returns:
        The text, pages divided by line feeds; None where the PDF cannot be read whole, so
        that nobody mistakes "not read" for "does not say".
    """
    # The library takes a hundred bytes for each byte of ASCII85, and knows no bound for it.
    is_large = len(content) > limits.certificate_structure_bytes
    if is_large and _ASCII85.search(unescaped_names(content)) is not None:
        return None
    most = limits.certificate_page_bytes
    bounds = apply_configuration(
        zlib_maximum_output_length=most,
        lzw_maximum_output_length=most,
        run_length_maximum_output_length=most,
        array_based_stream_maximum_output_length=most,
        jbig2dec_binary=None,  # no file makes us start another program
    )
    try:
        with bounds:
            texts = _texts(content, limits)
    except PYPDF_ERRORS:
        return None
    return None if texts is None else _SURROGATES.sub("\ufffd", "\n".join(texts))


def _texts(content: bytes, limits: Limits) -> list[str] | None:
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted or len(reader.pages) > limits.certificate_pages:
        return None
    texts: list[str] = []
    chars = 0
    budget = _Budget(limits)
    for page in reader.pages:
        contents = page.get_contents()
        budget.spend_bytes(0 if contents is None else len(contents.get_data()))
        _refuse_long_drawings(page, limits)
        texts.append(page.extract_text(visitor_operand_before=budget.spend_operation))
        budget.refuse_overspent()
        chars += len(texts[-1])
        if chars > limits.certificate_text_chars:
            return None
    return texts


def _refuse_long_drawings(page: PageObject, limits: Limits) -> None:
    """Refuse forms of more instructions than a page may have: the library parses each whole."""
    seen: set[int] = set()
    waiting: list[Any] = [page.get("/Resources")]
    while waiting:
        resources = _resolved(waiting.pop())
        drawings = _resolved(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
        for each in drawings.values() if isinstance(drawings, DictionaryObject) else ():
            drawing = _resolved(each)
            if id(drawing) in seen or not isinstance(drawing, StreamObject):
                continue
            seen.add(id(drawing))
            if len(seen) > limits.certificate_objects:
                raise LimitReachedError("The pages have more drawings than are followed.")
            is_image = drawing.get("/Subtype") == "/Image"
            # The library has no other way to ask for the length without unpacking.
            if not is_image and len(drawing._data) > limits.certificate_page_bytes:  # noqa: SLF001
                raise LimitReachedError("A drawing holds more instructions than are read.")
            waiting.append(drawing.get("/Resources"))


def _resolved(entry: Any) -> Any:
    return entry.get_object() if isinstance(entry, IndirectObject) else entry


class _Budget:
    """Counts what a document makes the reader do: a form may draw others without end."""

    def __init__(self, limits: Limits) -> None:
        self._operations = limits.certificate_operations
        self._bytes = limits.certificate_content_bytes
        self._most_of_a_page = limits.certificate_page_bytes

    def spend_bytes(self, count: int) -> None:
        self._bytes -= count
        if self._bytes < 0 or count > self._most_of_a_page:
            raise LimitReachedError("The pages hold more drawing instructions than are read.")

    def spend_operation(self, operator: bytes, *_: object) -> None:
        self._operations -= _OPERATIONS_OF_A_FORM if operator == b"Do" else 1
        self.refuse_overspent()

    def refuse_overspent(self) -> None:
        # Asked again after each page: of an error inside of a form the library makes a warning.
        if self._operations < 0:
            raise LimitReachedError("The pages draw more often than is followed.")
