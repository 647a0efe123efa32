"""The file store: whole or not there, one file per content, swept when no row names it."""

import io
import os
import threading
import time
from pathlib import Path

import pytest

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.errors import StorageFullError, UnavailableError
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

    with pytest.raises(StorageFullError):
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


def test_a_file_that_goes_while_the_sweep_runs_is_none_of_its_business(
    store: FileStore, tmp_path: Path
) -> None:
    for number in range(2):
        store.put(b"orphan %d" % number)

    def sweep_first(digests: list[Sha256]) -> set[Sha256]:
        for digest in digests:  # as another worker does that starts at the same time
            next((tmp_path / "files").rglob(digest)).unlink()
        return set()

    assert store.sweep(sweep_first, older_than_s=0) == 0
    assert stored_under(tmp_path) == set()


def test_storing_again_keeps_a_file_from_the_sweep(store: FileStore, tmp_path: Path) -> None:
    digest = store.put(b"sent twice")
    long_ago = time.time() - 7200
    os.utime(next((tmp_path / "files").rglob(digest)), (long_ago, long_ago))

    store.put(b"sent twice")

    assert store.sweep(lambda _: set(), older_than_s=3600) == 0


def test_what_is_staged_is_seen_by_nobody_until_it_is_kept(store: FileStore, tmp_path: Path) -> None:
    with store.staging() as staging:
        added = staging.add(io.BytesIO(b"certificate"))
        with pytest.raises(UnavailableError):
            store.read(added.sha256)
        staging.keep()

    assert (added.sha256, added.size) == (digest_of(b"certificate"), 11)
    assert store.read(added.sha256) == b"certificate"
    assert stored_under(tmp_path) == {added.sha256}


def test_what_was_not_kept_is_removed_and_never_takes_another_file_with_it(
    store: FileStore, tmp_path: Path
) -> None:
    other = store.put(b"the same in another upload")

    with store.staging() as staging:
        staging.add(io.BytesIO(b"the same in another upload"))
        staging.add(io.BytesIO(b"something else"))

    assert stored_under(tmp_path) == {other}
    assert store.read(other) == b"the same in another upload"


def test_staging_tells_what_it_has_written(store: FileStore) -> None:
    written: list[int] = []

    with store.staging() as staging:
        staging.add(io.BytesIO(bytes(3_000_000)), written.append)

    assert sum(written) == 3_000_000
    assert len(written) > 1


def test_a_closed_store_leaves_no_thread_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    store = FileStore(tmp_path / "other")
    store.put(b"certificate")
    assert set(threading.enumerate()) - before  # one of another test may end meanwhile

    store.close()

    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("size", [10, 10_000])
def test_a_scratch_file_has_no_name(store: FileStore, tmp_path: Path, size: int) -> None:
    with store.scratch(in_memory_bytes=1000) as scratch:
        scratch.write(b"x" * size)
        scratch.seek(0)

        assert scratch.read() == b"x" * size
        assert stored_under(tmp_path) == set()
