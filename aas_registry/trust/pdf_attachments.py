"""The files that a PDF carries, bounded."""

from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from aas_registry.trust.pdf_reading import PDF_ERRORS


def attachments(content: bytes) -> dict[str, bytes] | None:
    """Return the attached files by name.

    Returns:
        None where the PDF cannot be read or carries two files of one name.
    """
    try:
        found = PdfReader(BytesIO(content), strict=False).attachments
        if any(len(versions) != 1 for versions in found.values()):
            return None
        return {name: bytes(versions[0]) for name, versions in found.items()}
    except (PyPdfError, *PDF_ERRORS):
        return None
