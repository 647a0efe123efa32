"""What a file is, told from its first bytes and never from its name."""

from enum import Enum, auto

PDF_HEADER_WITHIN = 1024
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"


class ContentKind(Enum):
    """The kinds of content that an upload may be."""

    ZIP = auto()
    JSON = auto()
    XML = auto()
    UNKNOWN = auto()


def is_pdf(start: bytes) -> bool:
    """Return whether a file with these first bytes may be taken for a PDF.

    Args:
        start: At least the first ``PDF_HEADER_WITHIN`` bytes, or all where there are fewer.

    Source:
        ISO 32000-1:2008, Annex H.3, note 13: readers find the header in the first 1,024 bytes.
    """
    return b"%PDF-" in start[:PDF_HEADER_WITHIN]


def content_kind(start: bytes) -> ContentKind:
    """Return what content with these first bytes can only be.

    Args:
        start: At least the first few hundred bytes, or all where there are fewer.
    """
    if start.startswith(b"PK"):
        return ContentKind.ZIP
    text = start.removeprefix(_UTF8_MARK).lstrip()
    if text.startswith(_UTF16_MARKS):
        text = text[2:].replace(b"\x00", b"").lstrip()
    if text.startswith(b"<"):
        return ContentKind.XML
    if text.startswith((b"{", b"[")):
        return ContentKind.JSON
    return ContentKind.UNKNOWN
