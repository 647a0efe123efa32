"""The files that a PDF carries, bounded."""

from io import BytesIO

from pypdf import PdfReader, apply_configuration

from aas_registry.trust.pdf_reading import PYPDF_ERRORS


def attachments(content: bytes) -> dict[str, bytes] | None:
    """Return the attached files by name.

    Returns:
        None where the PDF cannot be read or carries two files of one name.
    """
    try:
        with apply_configuration(jbig2dec_binary=None):  # no file makes us start another program
            found = PdfReader(BytesIO(content), strict=False).attachments
            if any(len(versions) != 1 for versions in found.values()):
                return None
            return {name: bytes(versions[0]) for name, versions in found.items()}
    except PYPDF_ERRORS:
        return None
