"""Base64url without padding, in which every content has one text only."""

import base64


def text_of(content: bytes) -> str:
    """Return the text of a content.

    Source:
        RFC 4648, section 5, without the padding of section 3.2.
    """
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def content_of(text: str) -> bytes:
    """Return the content of a text.

    Raises:
        ValueError: The text is none that `text_of` gives: another alphabet, padded, or with bits
            at its end that no byte uses, which would give one content several texts.
    """
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if text_of(content) != text:
        raise ValueError(text)
    return content
