"""The file store: content-addressed by SHA-256, behind fsspec.

A file is written under a temporary name, synced, then renamed to its digest: what
stands under a digest is whole. Whether it *exists* for the registry is decided by a row
that commits afterwards; a file without a row is invisible, and swept at start.

What may still be refused is staged: it keeps its temporary name until the transaction
that names it is about to commit. So a refusal removes only files that nobody else can
know of, and never one that another upload of the same content counts on.
"""

import hashlib
import io
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import BinaryIO, cast
from uuid import uuid4

import fsspec

from aas_registry.domain.disk import is_full
from aas_registry.domain.errors import StorageFullError, UnavailableError
from aas_registry.domain.identifiers import Sha256

_PROBE_BYTES = 64 * 1024
_CHUNK = 1024 * 1024
_FOLDERS = tuple(f"{number:02x}" for number in range(256))
_SYNCING_THREADS = 4  # started as they are needed


class FileStore:
    """Files by digest, in a folder (later: a bucket)."""

    def __init__(self, root: Path) -> None:
        """Keep files below ``root``."""
        self._system = fsspec.filesystem("file")
        self._root = root.resolve()
        self._incoming = self._root / "incoming"
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._incoming.mkdir(mode=0o700, exist_ok=True)
        # All at once, so that no upload has to make the name of a new folder durable.
        if not (self._root / _FOLDERS[-1]).exists():
            for name in _FOLDERS:
                (self._root / name).mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._root)
        self._syncing = ThreadPoolExecutor(_SYNCING_THREADS, thread_name_prefix="sync")

    def put(self, content: bytes | BinaryIO) -> Sha256:
        """Store content durably and return its digest; equal content is stored once.

        Raises:
            UnavailableError: The store is full or cannot be written; nothing is left behind.
        """
        with self.staging() as staging:
            added = staging.add(io.BytesIO(content) if isinstance(content, bytes) else content)
            staging.keep()
        return added.sha256

    @contextmanager
    def staging(self) -> Iterator["Staging"]:
        """Hold files on their way into the store; what was not kept at the end is removed."""
        opened = Staging(self._incoming, self._path, self._syncing)
        try:
            yield opened
        finally:
            opened.discard()

    def probe(self) -> None:
        """Write a little and take it away again, to know whether files can be kept.

        Raises:
            StorageFullError: The disk is full.
            UnavailableError: It cannot be written.
        """
        with translate_disk_errors(), TemporaryFile(dir=str(self._incoming)) as stream:
            stream.write(bytes(_PROBE_BYTES))
            stream.flush()

    def scratch(self, *, in_memory_bytes: int) -> BinaryIO:
        """Return an empty file without a name, on the store's disk where it grows larger.

        It is gone when it is closed, and when the process ends, however it ends.
        """
        opened = SpooledTemporaryFile(in_memory_bytes, dir=str(self._incoming))  # noqa: SIM115 - the caller's
        return cast("BinaryIO", opened)

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

    def close(self) -> None:
        """End the threads that write to the disk; nothing can be stored afterwards."""
        self._syncing.shutdown()

    def _path(self, digest: Sha256) -> Path:
        return self._root / digest[:2] / digest

    def _folders(self) -> Iterator[Path]:
        return (path for path in self._root.iterdir() if path.is_dir() and path != self._incoming)


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that was written: its digest, and its size in bytes."""

    sha256: Sha256
    size: int


@dataclass(slots=True)
class _Written:
    """A file under its temporary name: what it becomes, and its way to the disk."""

    target: Path | None = None
    synced: Future[None] | None = None


class Staging:
    """Files under temporary names, on their way to the disk while the caller goes on."""

    def __init__(self, incoming: Path, path_of: Callable[[Sha256], Path], syncing: Executor) -> None:
        """Write into ``incoming``; keep under what ``path_of`` answers for a digest."""
        self._incoming = incoming
        self._path_of = path_of
        self._syncing = syncing
        self._written: dict[Path, _Written] = {}
        self._sizes: dict[Sha256, int] = {}

    def add(self, content: BinaryIO, advance: Callable[[int], None] | None = None) -> StagedFile:
        """Write content; nobody sees it, and it need not be durable, before it is kept.

        Args:
            content: Read from where it stands to its end.
            advance: Called with the number of bytes of each piece.

        Raises:
            UnavailableError: The disk is full or cannot be written.
        """
        temporary = self._incoming / uuid4().hex
        written = self._written[temporary] = _Written()  # from here on it is removed, whatever fails
        digest, size = hashlib.sha256(), 0
        with translate_disk_errors():
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
                    stream.write(chunk)
                    size += len(chunk)
                    if advance is not None:
                        advance(len(chunk))
            written.synced = self._syncing.submit(_sync, temporary)
        staged = StagedFile(Sha256(digest.hexdigest()), size)
        written.target = self._path_of(staged.sha256)
        self._sizes[staged.sha256] = size
        return staged

    @property
    def sizes(self) -> Mapping[Sha256, int]:
        """Return the bytes of each file that was written, by its digest."""
        return self._sizes

    def keep(self) -> None:
        """Put all files under their digests, durably: the last step before a commit.

        A file that is there already is replaced by its equal, which is young, so that a
        sweep under way leaves it.

        Raises:
            UnavailableError: The disk is full or cannot be written.
        """
        with translate_disk_errors():
            kept = {temporary: each.target for temporary, each in self._written.items() if each.target}
            self._wait()
            for temporary, target in kept.items():
                temporary.replace(target)
                del self._written[temporary]
            for folder in {target.parent for target in kept.values()}:
                sync_folder(folder)

    def discard(self) -> None:
        """Remove what was not kept."""
        with suppress(OSError):  # that it could not be made durable matters to nobody
            self._wait()
        for temporary in self._written:
            temporary.unlink(missing_ok=True)
        self._written.clear()

    def _wait(self) -> None:
        started = [each.synced for each in self._written.values() if each.synced is not None]
        wait(started)
        for each in started:
            each.result()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_old(path: Path, latest: float) -> int:
    with suppress(FileNotFoundError):  # an upload has finished meanwhile, or another worker sweeps too
        if path.stat().st_mtime <= latest:
            path.unlink()
            return 1
    return 0


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Tell a disk that is full or cannot be written as the registry's own error.

    Raises:
        StorageFullError: The block raised an ``OSError`` for want of room.
        UnavailableError: It raised another.
    """
    try:
        yield
    except OSError as cause:
        if is_full(cause):
            raise StorageFullError from cause
        raise UnavailableError("The file store cannot be written.") from cause


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    _sync(folder)
