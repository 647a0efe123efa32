"""What a file is, told from its first bytes and never from its name."""

from enum import Enum, auto

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"


class ContentKind(Enum):
    """The kinds of content that an upload may be."""

    ZIP = auto()
    JSON = auto()
    XML = auto()
    UNKNOWN = auto()


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
