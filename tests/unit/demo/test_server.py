"""The demo's server: nobody else's port, and a reason where it does not come up."""

import socket

import pytest

from aas_registry.demo.server import HOST, serving
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import UnavailableError
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
