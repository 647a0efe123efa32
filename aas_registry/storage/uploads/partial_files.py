"""Files that arrive in pieces: one per upload, and its size is how much has arrived.

Nothing else remembers the offset, so a process that is killed between any two
instructions leaves a file that can be gone on with. A piece is written while the file is
locked, and only where the file ends: of two writers, one finds it longer than it thought
and gives up. The lock is held for the piece and not for the request, so that a
connection that died unnoticed keeps nobody out.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, LockedError, NotFoundError, TooLargeError
from aas_registry.storage.files import sync_folder, translate_disk_errors

_PIECE = 256 * 1024


class PartialFiles:
    """The files in a folder, each under the id of its upload."""

    def __init__(self, root: Path) -> None:
        """Keep files in ``root``."""
        self._root = root.resolve()
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def create(self, name: str) -> None:
        """Make an empty file, durably.

        Raises:
            UnavailableError: The folder cannot be written.
        """
        with translate_disk_errors():
            (self._root / name).touch(mode=0o600, exist_ok=False)
            sync_folder(self._root)

    def size(self, name: str) -> int:
        """Return how many bytes have arrived.

        Raises:
            NotFoundError: There is no such file.
        """
        try:
            return (self._root / name).stat().st_size
        except FileNotFoundError as cause:
            raise _not_found() from cause

    def append(self, name: str, content: IO[bytes], *, offset: int, length: int) -> int:
        """Write what a stream gives to the end of a file; durable when this returns or raises.

        Args:
            name: Which file.
            content: Read to its end. What arrived before it broke off is kept.
            offset: Where the sender says that the file ends.
            length: Bytes that the whole file may have.

        Returns:
            Where the file ends now.

        Raises:
            ConflictError: It ends elsewhere.
            LockedError: Another request is writing to it at this moment.
            TooLargeError: There is more than was announced; the file holds the beginning.
            NotFoundError: There is no such file.
            UnavailableError: The disk is full.
        """
        with self._opened(name) as stream:
            self._write(stream, offset, b"")  # tell a wrong offset before the body is read
            try:
                while piece := content.read(_PIECE):
                    if offset + len(piece) > length:
                        message = f"More arrived than the {length} bytes that were announced."
                        raise TooLargeError(message)
                    self._write(stream, offset, piece)
                    offset += len(piece)
            finally:
                with translate_disk_errors():
                    os.fsync(stream.fileno())
        return offset

    @contextmanager
    def locked(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for reading, while nobody else writes or reads it so.

        Raises:
            LockedError: Somebody does.
            NotFoundError: There is no such file.
        """
        with self._opened(name) as stream, _lock(stream):
            yield stream

    def remove(self, name: str) -> None:
        """Remove a file; doing so twice changes nothing."""
        (self._root / name).unlink(missing_ok=True)

    def sweep(self, known: Callable[[list[str]], set[str]], *, older_than_s: float) -> int:
        """Remove files that no row names and that are older than so many seconds; return how many."""
        latest = time.time() - older_than_s
        names = [path.name for path in self._root.iterdir()]
        removed = 0
        for name in set(names) - known(names):
            with suppress(FileNotFoundError):
                if (self._root / name).stat().st_mtime <= latest:
                    self.remove(name)
                    removed += 1
        return removed

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        try:
            stream = (self._root / name).open("r+b", buffering=0)
        except FileNotFoundError as cause:
            raise _not_found() from cause
        with stream:
            yield stream

    def _write(self, stream: BinaryIO, offset: int, piece: bytes) -> None:
        with _lock(stream):
            ends_at = os.fstat(stream.fileno()).st_size
            if ends_at != offset:
                message = f"The upload stands at {ends_at}, not at {offset}."
                raise ConflictError(message, code=Code.PARTIAL_UPLOAD_OFFSET)
            with translate_disk_errors():
                stream.seek(offset)
                rest = memoryview(piece)
                while rest:
                    rest = rest[stream.write(rest) :]


@contextmanager
def _lock(stream: BinaryIO) -> Iterator[None]:
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as cause:
        raise LockedError(Code.PARTIAL_UPLOAD_LOCKED.meaning, code=Code.PARTIAL_UPLOAD_LOCKED) from cause
    try:
        if not os.fstat(stream.fileno()).st_nlink:  # it was removed meanwhile
            raise _not_found()
        yield
    finally:
        fcntl.flock(stream.fileno(), fcntl.LOCK_UN)


def _not_found() -> NotFoundError:
    return NotFoundError(Code.PARTIAL_UPLOAD_NOT_FOUND.meaning, code=Code.PARTIAL_UPLOAD_NOT_FOUND)
