"""The demo's server: nobody else's port, and a reason where it does not come up."""

import socket

import pytest

from aas_registry.demo.run import run_demo
from aas_registry.demo.server import HOST, serving
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, UnavailableError
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings


def test_says_that_the_port_is_taken(tmp_path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()

        with (
            pytest.raises(UnavailableError) as caught,
            serving(Settings(data_dir=tmp_path), other.getsockname()[1]),
        ):
            pass

    assert caught.value.code is Code.LISTEN_FAILED


def test_tells_why_the_server_does_not_come_up(tmp_path) -> None:
    (tmp_path / "registry.sqlite3").write_text("no database")
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]

    with (
        pytest.raises(UnavailableError, match="not come up") as caught,
        serving(Settings(data_dir=tmp_path), port),
    ):
        pass

    assert len(str(caught.value).splitlines()) > 1


def test_closes_the_folder_of_an_earlier_demo(tmp_path) -> None:
    folder = tmp_path / "data"
    open_registry(Settings(data_dir=folder)).close()
    folder.chmod(0o755)
    (folder / "files").chmod(0o755)
    (folder / "registry.sqlite3").chmod(0o644)

    with socket.create_server((HOST, 0)) as taken, pytest.raises(UnavailableError):
        run_demo(Settings(data_dir=folder), port=taken.getsockname()[1])

    assert [str(path) for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_leaves_a_folder_of_other_things_alone(tmp_path) -> None:
    (tmp_path / "letter.txt").touch()
    tmp_path.chmod(0o755)

    with pytest.raises(ConfigurationError) as refused:
        run_demo(Settings(data_dir=tmp_path))

    assert refused.value.code is Code.DATA_DIR_OPEN
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
