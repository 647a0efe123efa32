"""Names of the parts of a package: what may stand in an archive, and which two are one.

Names are judged as any reader may come to see them: percent-encoding decoded until nothing
changes, and compatibility characters (full-width letters, ligatures) folded to plain ones.
What is read is held to this, and so is what is written.

Source:
    ECMA-376 Part 2, 6.2.2 (part names) and the clause on interleaving (pieces); Unicode Standard
    Annex 15 (NFKC); UAX 9 (direction).
"""

import re
import unicodedata
from urllib.parse import unquote

from aas_registry.domain.package import part_key

_MOST_DECODINGS = 4
_ENCODED_SEPARATOR = re.compile(r"%(?:2f|5c|00)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")

# Some readers join the pieces of a part, and see what others never do.
_PIECE = re.compile(r"/\[[0-9]+\](?:\.last)?\.piece\Z", re.IGNORECASE)

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
"""Control characters, halves of surrogate pairs, and what turns the reading direction round."""


def is_allowed(name: str) -> bool:
    """Return whether a name stays inside the package, can be shown, and is that of a whole part.

    Args:
        name: The name in the spelling of the archive: without the slash at the beginning of a part name.
    """
    plain = _plain(name)
    return not (
        plain.startswith("/")
        or "\\" in plain
        or UNPRINTABLE.search(plain)
        or _ENCODED_SEPARATOR.search(name)
        or _DRIVE.match(plain)
        or _PIECE.search(plain)
        or any(not segment.strip(". ") for segment in plain.removesuffix("/").split("/"))
    )


def collision_key(name: str) -> str:
    """Return the form in which two names are equal that are one to some reader or file system."""
    return unicodedata.normalize("NFKC", part_key(_plain(name))).removesuffix("/")


def _plain(name: str) -> str:
    for _ in range(_MOST_DECODINGS):
        decoded = unquote(name)
        if decoded == name:
            break
        name = decoded
    return unicodedata.normalize("NFKC", name)
