"""Files that arrive in pieces: their size is the offset, and two writers never mix."""

import io
import os
import threading
import time
from pathlib import Path

import pytest
from patience import PATIENCE_S

from aas_registry.domain.errors import ConflictError, LockedError, NotFoundError, TooLargeError
from aas_registry.storage.uploads.partial_files import PartialFiles


@pytest.fixture
def files(tmp_path: Path) -> PartialFiles:
    made = PartialFiles(tmp_path / "partial")
    made.create("a")
    return made


def content_of(files: PartialFiles) -> bytes:
    with files.locked("a") as stream:
        return stream.read()


def test_pieces_stand_one_after_the_other(files: PartialFiles) -> None:
    assert files.append("a", io.BytesIO(b"1234"), offset=0, length=10) == 4
    assert files.append("a", io.BytesIO(b"567890"), offset=4, length=10) == 10

    assert content_of(files) == b"1234567890"


def test_what_arrived_before_the_line_broke_is_kept(files: PartialFiles) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(4)
            if not piece:
                raise ConnectionResetError
            return piece

    with pytest.raises(ConnectionResetError):
        files.append("a", Breaking(b"12345678"), offset=0, length=10)

    assert files.size("a") == 8
    assert content_of(files) == b"12345678"


def test_refuses_another_offset_before_it_reads_the_piece(files: PartialFiles) -> None:
    piece = io.BytesIO(b"1234")

    with pytest.raises(ConflictError):
        files.append("a", piece, offset=1, length=10)

    assert (piece.tell(), files.size("a")) == (0, 0)


def test_never_grows_beyond_what_was_announced(files: PartialFiles) -> None:
    with pytest.raises(TooLargeError):
        files.append("a", io.BytesIO(b"12345678901"), offset=0, length=10)

    assert files.size("a") <= 10


def test_of_two_writers_one_gives_up_and_nothing_is_mixed(files: PartialFiles) -> None:
    class Waiting(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(2)

    slow = Waiting(b"slow")
    slow_began, fast_done = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    class Paused(Waiting):
        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            if self.tell() > 2:
                slow_began.set()
                assert fast_done.wait(PATIENCE_S)
            return piece

    slow = Paused(b"slow")

    def write_slowly() -> None:
        try:
            files.append("a", slow, offset=0, length=10)
        except ConflictError as failure:
            failures.append(failure)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert slow_began.wait(PATIENCE_S)
    assert files.append("a", io.BytesIO(b"FAST"), offset=2, length=10) == 6
    fast_done.set()
    thread.join()

    assert content_of(files) == b"slFAST"
    assert [type(failure) for failure in failures] == [ConflictError]


def test_nobody_writes_while_it_is_read(files: PartialFiles) -> None:
    with files.locked("a"), pytest.raises(LockedError):
        files.append("a", io.BytesIO(b"1"), offset=0, length=10)

    with files.locked("a"), pytest.raises(LockedError), files.locked("a"):
        pass


def test_what_was_removed_is_not_there(files: PartialFiles) -> None:
    files.remove("a")
    files.remove("a")

    with pytest.raises(NotFoundError):
        files.size("a")
    with pytest.raises(NotFoundError):
        files.append("a", io.BytesIO(b"1"), offset=0, length=10)


def test_a_file_removed_under_a_writer_is_not_there_any_more(files: PartialFiles) -> None:
    class Removing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            files.remove("a")
            return super().read(size)

    with pytest.raises(NotFoundError):
        files.append("a", Removing(b"1234"), offset=0, length=10)


def test_sweeps_old_files_that_no_row_names(files: PartialFiles, tmp_path: Path) -> None:
    for name in ("orphan", "known"):
        files.create(name)
        long_ago = time.time() - 7200
        os.utime(tmp_path / "partial" / name, (long_ago, long_ago))

    assert files.sweep({"known"}.intersection, older_than_s=3600) == 1
    assert {path.name for path in (tmp_path / "partial").iterdir()} == {"a", "known"}
