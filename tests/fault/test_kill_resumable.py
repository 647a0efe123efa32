"""``kill -9`` while a file arrives in pieces: sending goes on where the disk says, and nothing is lost."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from killed_server import KillableServer, killable_server
from large_package import MIB, write_large_package
from patience import PATIENCE_S

from aas_registry.cli.remote import Server
from aas_registry.cli.resumable_uploads import upload_in_pieces
from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[KillableServer]:
    with killable_server(tmp_path) as held:
        yield held


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.night)])
def test_an_upload_outlives_a_server_that_is_killed(
    server: KillableServer, tmp_path: Path, kills: int
) -> None:
    registry = open_registry(Settings(data_dir=server.folder))
    token = access.issue_token(
        registry, access.local_administrator(registry), name="kill", role=Role.QUALITY
    ).text
    package = tmp_path / "large.aasx"
    write_large_package(package, file_count=4, file_bytes=5 * MIB)
    server.start()
    asked = Server.at(f"http://127.0.0.1:{server.port}", token)
    taken: list[dict[str, object]] = []
    reached, killed = threading.Event(), threading.Event()

    def tell(phase: str, done: int, total: int | None) -> None:
        time.sleep(0.002)  # so that the kills fall into the sending and the taking
        reached.set()
        if done == total:  # however fast it was, a kill comes before the end
            assert killed.wait(PATIENCE_S)

    def send() -> None:
        taken.append(
            upload_in_pieces(asked, package, media_type="", progress=tell, query={}, piece_bytes=MIB)
        )

    sender = threading.Thread(target=send)
    sender.start()
    assert reached.wait(PATIENCE_S)
    moments = random.Random(kills)
    for _ in range(kills):
        time.sleep(moments.uniform(0.01, 0.3))
        if not sender.is_alive():
            break
        server.kill()
        server.start(port=server.port)
        killed.set()
    sender.join()

    assert killed.is_set()
    assert len(taken) == 1
    upload = str(taken[0]["id"])
    found = registry.files.read(_digest(taken[0]))
    assert found == package.read_bytes()
    assert len(taken[0]["files"]) == 4  # type: ignore[arg-type]
    assert upload
    assert list((server.folder / "partial").iterdir()) == []
    registry.close()


def _digest(upload: dict[str, object]):
    return upload["sha256"]
