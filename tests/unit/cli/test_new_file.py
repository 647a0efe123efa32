"""Files that commands write: new ones, whole or not at all."""

import pytest

from aas_registry.cli.new_file import new_file, require_new
from aas_registry.domain.errors import ConflictError, StorageFullError, UnavailableError


def test_a_file_is_written(tmp_path) -> None:
    require_new(tmp_path / "a")

    with new_file(tmp_path / "a") as stream:
        stream.write(b"content")

    assert (tmp_path / "a").read_bytes() == b"content"


def test_a_file_that_is_there_stays_as_it_is(tmp_path) -> None:
    (tmp_path / "a").write_text("mine")

    with pytest.raises(ConflictError):
        require_new(tmp_path / "a")
    with pytest.raises(ConflictError), new_file(tmp_path / "a") as stream:
        stream.write(b"yours")

    assert (tmp_path / "a").read_text() == "mine"


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(28, "No space left"), StorageFullError),
        (OSError(5, "Input/output error"), UnavailableError),
        (KeyError(), KeyError),
    ],
)
def test_what_could_not_be_written_whole_is_not_there(tmp_path, failure, told) -> None:
    def write() -> None:
        with new_file(tmp_path / "a") as stream:
            stream.write(b"half")
            raise failure

    with pytest.raises(told):
        write()

    assert list(tmp_path.iterdir()) == []


def test_a_file_in_no_folder_cannot_be_written(tmp_path) -> None:
    with pytest.raises(UnavailableError, match="cannot be written"), new_file(tmp_path / "absent" / "a"):
        pytest.fail("It was opened.")
