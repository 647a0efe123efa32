"""Texts of others on a page: what would turn the direction of reading is left out.

A lot "1234" behind U+202E would be read as "4321", which is another lot, and what follows it on the
page would be turned, too. Codes and names are compared without these characters in any case.

Source:
    UAX 9, 2 (embeddings, overrides and isolates); UTR 36, 2.5 (spoofing by direction).
"""

from typing import Any

from markupsafe import Markup, escape

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class AsSent(Markup):
    """A text for a field that nobody reads: it comes back exactly as it is."""


def as_sent(value: str) -> AsSent:
    """Return a text for a hidden field of a form, escaped and whole."""
    return AsSent(escape(value))


def without_turns(value: Any) -> Any:
    """Return what a page is to show; of a text without the characters that turn its direction."""
    if not isinstance(value, str) or isinstance(value, AsSent) or value.isascii():
        return value
    return value.translate(_TURNING)
