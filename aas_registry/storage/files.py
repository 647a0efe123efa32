"""The file store: content-addressed by SHA-256, behind fsspec.

A file is written under a temporary name, synced, then renamed to its digest: what
stands under a digest is whole. Whether it *exists* for the registry is decided by a row
that commits afterwards; a file without a row is invisible, and swept at start.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import fsspec

from aas_registry.domain.errors import UnavailableError
from aas_registry.domain.identifiers import Sha256

_CHUNK = 1024 * 1024


class FileStore:
    """Files by digest, in a folder (later: a bucket)."""

    def __init__(self, root: Path) -> None:
        """Keep files below ``root``."""
        self._system = fsspec.filesystem("file")
        self._root = root.resolve()
        self._incoming = self._root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes | BinaryIO) -> Sha256:
        """Store content durably and return its digest; equal content is stored once.

        Raises:
            UnavailableError: The store is full or cannot be written; nothing is left behind.
        """
        temporary = self._incoming / uuid4().hex
        try:
            digest = self._write(temporary, content)
            target = self._path(digest)
            if self._system.exists(str(target)):
                os.utime(target)  # a sweep that looks now sees it as young
                temporary.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._system.mv(str(temporary), str(target))
                sync_folder(target.parent)
        except OSError as cause:
            temporary.unlink(missing_ok=True)
            raise UnavailableError("The file store cannot be written.") from cause
        return digest

    def open(self, digest: Sha256) -> BinaryIO:
        """Open a stored file for reading.

        Raises:
            UnavailableError: The file is missing, although a row names it.
        """
        try:
            opened: BinaryIO = self._system.open(str(self._path(digest)), "rb")
        except OSError as cause:
            raise UnavailableError(f"The stored file {digest} cannot be read.") from cause
        return opened

    def read(self, digest: Sha256) -> bytes:
        """Return the bytes of a stored file."""
        with self.open(digest) as stream:
            return stream.read()

    def digests(self) -> Iterator[Sha256]:
        """Yield the name of every file that is kept, whether a row names it or not."""
        for folder in self._folders():
            yield from (Sha256(path.name) for path in folder.iterdir())

    def sweep(self, known: Callable[[list[Sha256]], set[Sha256]], *, older_than_s: float) -> int:
        """Remove files that no row names.

        Args:
            known: Answers which of some digests a row names.
            older_than_s: Age in seconds that a file must have: a younger one may
                belong to an upload that has not committed yet.

        Returns:
            How many files were removed.
        """
        latest = time.time() - older_than_s
        removed = 0
        for path in self._incoming.iterdir():
            removed += _remove_if_old(path, latest)
        for folder in self._folders():
            paths = {Sha256(path.name): path for path in folder.iterdir()}
            for digest in set(paths) - known(list(paths)):
                removed += _remove_if_old(paths[digest], latest)
        return removed

    def _write(self, path: Path, content: bytes | BinaryIO) -> Sha256:
        digest = hashlib.sha256()
        with path.open("wb") as stream:
            for chunk in _chunks(content):
                digest.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        return Sha256(digest.hexdigest())

    def _path(self, digest: Sha256) -> Path:
        return self._root / digest[:2] / digest

    def _folders(self) -> Iterator[Path]:
        return (path for path in self._root.iterdir() if path.is_dir() and path != self._incoming)


def _chunks(content: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(_CHUNK):
        yield chunk


def _remove_if_old(path: Path, latest: float) -> int:
    if path.stat().st_mtime > latest:
        return 0
    path.unlink(missing_ok=True)
    return 1


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
