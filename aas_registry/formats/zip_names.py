"""Names and kinds of the entries of an archive: what may stand in a package, and what collides.

Names are judged as any reader may come to see them: percent-encoding decoded until nothing
changes, and compatibility characters (full-width letters, ligatures) folded to plain ones.

Source:
    ECMA-376 Part 2, 6.2.2 (part names); Unicode Standard Annex 15 (NFKC); UAX 9 (direction).
"""

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable
from urllib.parse import unquote

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.package import part_key

_MOST_DECODINGS = 4
_ENCODED_SEPARATOR = re.compile(r"%(?:2f|5c|00)", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
# Control characters, halves of surrogate pairs, and what turns the reading direction round.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
_UNIX = 3


def refuse_name(name: str) -> None:
    """Refuse a name that is absolute, leaves the package, or cannot be shown.

    Raises:
        RefusedError: ZIP-PART-NAME; the finding's part is the name.
    """
    plain = _plain(name)
    folders = plain.removesuffix("/").split("/")
    if (
        plain.startswith("/")
        or "\\" in plain
        or _UNPRINTABLE.search(plain)
        or _ENCODED_SEPARATOR.search(name)
        or _DRIVE.match(plain)
        or any(not segment.strip(". ") for segment in folders)
    ):
        text = f"A part has the name {name[:200]!r}, which is absolute, leaves the package or is malformed."
        raise RefusedError(error(Code.ZIP_PART_NAME, text, part=_UNPRINTABLE.sub("\ufffd", name[:200])))


def refuse_special_file(entry: zipfile.ZipInfo) -> None:
    """Refuse a symbolic link, device, pipe or socket.

    Raises:
        RefusedError: ZIP-SPECIAL-FILE.
    """
    mode = entry.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if entry.create_system == _UNIX and kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        message = "The entry is a link, a device or a pipe; a package holds files only."
        raise RefusedError(error(Code.ZIP_SPECIAL_FILE, message, part=f"/{entry.orig_filename}"))


def refuse_collisions(names: Iterable[str]) -> None:
    """Refuse names of which two are one to some file system, or one is a folder of another.

    Raises:
        RefusedError: ZIP-PART-DUPLICATE; the finding's part is the second.
    """
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(_collision_key(name), name)
        if first is not name:
            _refuse_pair(first, name)
    files = {key: name for key, name in seen.items() if not name.endswith("/")}
    for key, name in seen.items():
        at = key.find("/", 1)
        while at > 0:
            if key[:at] in files:
                _refuse_pair(files[key[:at]], name)
            at = key.find("/", at + 1)


def _refuse_pair(first: str, second: str) -> None:
    message = f"The part names {first[:200]!r} and {second[:200]!r} are one to some readers."
    raise RefusedError(error(Code.ZIP_PART_DUPLICATE, message, part=f"/{second}"))


def _collision_key(name: str) -> str:
    return unicodedata.normalize("NFKC", part_key(_plain(name))).removesuffix("/")


def _plain(name: str) -> str:
    for _ in range(_MOST_DECODINGS):
        decoded = unquote(name)
        if decoded == name:
            break
        name = decoded
    return unicodedata.normalize("NFKC", name)
