"""The file store: whole or not there, one file per content, swept when no row names it."""

import io
import os
import time
from pathlib import Path

import pytest

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.errors import UnavailableError
from aas_registry.domain.identifiers import Sha256
from aas_registry.storage.files import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def stored_under(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


def test_gives_back_the_very_bytes_under_their_digest(store: FileStore) -> None:
    digest = store.put(b"certificate")

    assert digest == digest_of(b"certificate")
    assert store.read(digest) == b"certificate"


def test_stores_equal_content_once(store: FileStore, tmp_path: Path) -> None:
    store.put(b"certificate")
    store.put(io.BytesIO(b"certificate"))

    assert len(stored_under(tmp_path)) == 1


def test_says_so_when_a_file_is_missing(store: FileStore) -> None:
    with pytest.raises(UnavailableError):
        store.read(Sha256("0" * 64))


def test_leaves_nothing_behind_when_the_content_cannot_be_read(store: FileStore, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(UnavailableError):
        store.put(Broken())

    assert stored_under(tmp_path) == set()


def test_sweeps_old_files_that_no_row_names(store: FileStore, tmp_path: Path) -> None:
    kept, orphan = store.put(b"kept"), store.put(b"orphan")
    (tmp_path / "files" / "incoming" / "cut-off").write_bytes(b"half")
    long_ago = time.time() - 7200
    for path in (tmp_path / "files").rglob("*"):
        os.utime(path, (long_ago, long_ago))
    young = store.put(b"young")

    removed = store.sweep({kept}.intersection, older_than_s=3600)

    assert removed == 2
    assert stored_under(tmp_path) == {kept, young}
    assert orphan not in stored_under(tmp_path)


def test_storing_again_keeps_a_file_from_the_sweep(store: FileStore, tmp_path: Path) -> None:
    digest = store.put(b"sent twice")
    long_ago = time.time() - 7200
    os.utime(next((tmp_path / "files").rglob(digest)), (long_ago, long_ago))

    store.put(b"sent twice")

    assert store.sweep(lambda _: set(), older_than_s=3600) == 0
