"""Names and kinds of the entries of an archive, refused where no package may hold them.

The rules of names are those of `domain.part_names`.
"""

import stat
import struct
import zipfile
from collections.abc import Iterable

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.part_names import UNPRINTABLE, collision_key, is_allowed

_EXTRA = struct.Struct("<HH")
_UNICODE_PATH = 0x7075
_UNICODE_NAME = 9  # behind kind, size, version and checksum
_UNIX = 3


def refuse_name(name: str) -> None:
    """Refuse a name that is absolute, leaves the package, or cannot be shown.

    Raises:
        RefusedError: ZIP-PART-NAME; the finding's part is the name.
    """
    if not is_allowed(name):
        text = f"A part has the name {name[:200]!r}, which is absolute, leaves the package or is malformed."
        raise RefusedError(error(Code.ZIP_PART_NAME, text, part=UNPRINTABLE.sub("\ufffd", name[:200])))


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


def refuse_second_name(entry: zipfile.ZipInfo) -> None:
    """Refuse an entry whose extra field gives it another name, by which some readers know it.

    Raises:
        RefusedError: ZIP-PART-NAME.

    Source:
        PKWARE APPNOTE 6.3.10, 4.6.9 (Info-ZIP Unicode path).
    """
    extra, at = entry.extra, 0
    while at + _EXTRA.size <= len(extra):
        kind, size = _EXTRA.unpack_from(extra, at)
        name = extra[at + _UNICODE_NAME : at + _EXTRA.size + size]
        if kind == _UNICODE_PATH and name != entry.orig_filename.encode("utf-8", "replace"):
            message = f"The entry has a second name, {name[:200].decode('utf-8', 'replace')!r}."
            raise RefusedError(error(Code.ZIP_PART_NAME, message, part=f"/{entry.orig_filename}"))
        at += _EXTRA.size + size


def refuse_collisions(names: Iterable[str]) -> None:
    """Refuse names of which two are one to some file system, or one is a folder of another.

    Raises:
        RefusedError: ZIP-PART-DUPLICATE; the finding's part is the second.
    """
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(collision_key(name), name)
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
