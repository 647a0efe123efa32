"""What an error of the operating system says of the disk."""

import errno

from aas_registry.domain.errors import RegistryError, StorageFullError, UnavailableError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Return whether no room was left: of the disk, of a quota, or of the size that a file may have."""
    return error.errno in _NO_ROOM


def failure_of(error: OSError, message: str) -> RegistryError:
    """Return what it means that something could not be written: no room is left, or it is not available.

    Args:
        error: What the operating system said.
        message: What could not be written, and why, in one sentence.
    """
    return StorageFullError(message) if is_full(error) else UnavailableError(message)
