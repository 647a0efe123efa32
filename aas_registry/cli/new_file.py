"""A file that a command writes for a person: a new one, never over another, whole or not at all."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.disk import failure_of
from aas_registry.domain.errors import ConflictError


def require_new(target: Path) -> None:
    """Refuse a name that is taken: to be asked before all the work whose result is to be written.

    Raises:
        ConflictError: A file has this name.
    """
    if target.exists():
        raise _is_there(target)


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Open a new file for the block that writes it; where that fails, no file is left.

    Raises:
        ConflictError: A file has this name.
        StorageFullError: No room is left for it.
        UnavailableError: It cannot be written.
    """
    try:
        with ExitStack() as undo:
            with target.open("xb") as stream:
                undo.callback(target.unlink)
                yield stream
            undo.pop_all()
    except FileExistsError as cause:
        raise _is_there(target) from cause
    except OSError as cause:
        raise failure_of(cause, f"{target} cannot be written: {cause.strerror}.") from cause


def _is_there(target: Path) -> ConflictError:
    return ConflictError(f"{target} is there already.", code=Code.REQUEST_INVALID)
