"""The data folder: whose it is, and that nobody else looks into it.

The permissions of the folder itself decide; those of what lies in it are a second wall, for
what is copied or moved out. Only what the registry keeps there is ever changed.
"""

import logging
import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from aas_registry.domain.codes import Code
from aas_registry.domain.disk import failure_of
from aas_registry.domain.errors import ConfigurationError
from aas_registry.services.keys import KEYS_FOLDER
from aas_registry.services.secrets import SESSION_SECRET
from aas_registry.settings import Settings

_log = logging.getLogger(__name__)

_OTHERS = 0o077
# What the registry keeps; the demo keeps its papers beside it.
_KEPT = ("registry.sqlite3*", SESSION_SECRET, KEYS_FOLDER, "files", "partial", "demo")


def keep_files_private() -> None:
    """Let whatever this process makes from now on be its user's alone."""
    os.umask(_OTHERS)


def require_private(settings: Settings) -> None:
    """Return where the data folder is this user's alone; make it, and close what lies in it to others.

    Raises:
        ConfigurationError: Others may read or write the folder, or own it (``DATA-DIR-OPEN``),
            and the setting ``shared_data_dir`` does not allow it.
        UnavailableError: It cannot be made or read.
    """
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if not settings.shared_data_dir:
            _require_own(folder, found)
        _close_content(folder)
    except OSError as cause:
        raise failure_of(cause, f"The data folder {folder} cannot be used: {cause.strerror}.") from cause


def make_private(settings: Settings) -> None:
    """Close the data folder to others where it is empty or holds a registry; then `require_private`.

    Any other folder is left as it is, so that nobody's home is closed by a slip, and is refused.

    Raises:
        ConfigurationError: As `require_private` does.
        UnavailableError: As `require_private` does.
    """
    folder = settings.data_dir
    with suppress(OSError):  # it is not there, or not ours
        if not any(folder.iterdir()) or any(True for _ in _kept(folder)):
            _close(folder)
    require_private(settings)


def _require_own(folder: Path, found: os.stat_result) -> None:
    shown = folder.resolve()
    if found.st_uid != os.geteuid():
        raise ConfigurationError(
            f"The data folder {shown} belongs to user {found.st_uid}, and this is user {os.geteuid()}. Run"
            " as its owner, or set AAS_REGISTRY_SHARED_DATA_DIR=true.",
            code=Code.DATA_DIR_OPEN,
        )
    if found.st_mode & _OTHERS:
        raise ConfigurationError(
            f"Others may enter the data folder {shown} (mode {stat.S_IMODE(found.st_mode):04o}). Run"
            f" `chmod 700 {shlex.quote(str(shown))}`, or set AAS_REGISTRY_SHARED_DATA_DIR=true.",
            code=Code.DATA_DIR_OPEN,
        )


def _kept(folder: Path) -> Iterator[Path]:
    return (path for pattern in _KEPT for path in folder.glob(pattern))


def _close_content(folder: Path) -> None:
    """Close what was made before this program did; a folder that is closed says that its content is."""
    closed, left = 0, 0
    for kept in _kept(folder):
        below = kept.is_dir() and (kept.name == KEYS_FOLDER or kept.stat().st_mode & _OTHERS)
        for path in (*(kept.rglob("*") if below else ()), kept):  # the folder last: it is the mark
            try:
                closed += _close(path)
            except OSError:
                left += 1
    if closed:
        _log.warning("Closed %d files and folders of %s that others could read.", closed, folder)
    if left:
        _log.warning("%d files and folders of %s could not be closed; others may read them.", left, folder)


def _close(path: Path) -> bool:
    """Take from others what they may do with a file or folder; return whether there was something."""
    with suppress(FileNotFoundError):  # swept meanwhile
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
            return True
    return False
