"""What an error of the operating system says of the disk."""

import errno

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: OSError) -> bool:
    """Return whether no room was left: of the disk, of a quota, or of the size that a file may have."""
    return error.errno in _NO_ROOM
