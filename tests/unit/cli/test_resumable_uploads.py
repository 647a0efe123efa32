"""Uploads in pieces from the command line: what they leave on the server, and how they go on."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aas_samples import lot_aasx
from served import served

from aas_registry.cli.remote import Server
from aas_registry.cli.resumable_uploads import upload_in_pieces
from aas_registry.services import access
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry
from aas_registry.web.app import create_app


def no_progress(phase: str, done: int, total: int | None) -> None:
    """Tell nobody."""


@pytest.fixture
def server(registry: Registry, token_for: Callable[..., str]) -> Iterator[Server]:
    """A server in a thread of this process, asked by quality."""
    with served(create_app(registry)) as port:
        yield Server.at(f"http://127.0.0.1:{port}", token_for("quality"))


@pytest.fixture
def lot(tmp_path: Path) -> Path:
    path = tmp_path / "lot.aasx"
    path.write_bytes(lot_aasx())
    return path


def partial_files(registry: Registry) -> list[Path]:
    return list((registry.settings.data_dir / "partial").iterdir())


@pytest.mark.parametrize("is_known", [False, True])
def test_a_dry_run_leaves_no_pieces_on_the_server(
    server: Server, registry: Registry, lot: Path, is_known: bool
) -> None:
    if is_known:
        with lot.open("rb") as stream:
            uploads.take_upload(registry, access.local_administrator(registry), Arrival(stream, lot.name))

    checked = upload_in_pieces(
        server, lot, media_type="", progress=no_progress, query={"dryRun": "true"}, piece_bytes=1000
    )

    assert (checked["id"] is not None) == is_known
    assert partial_files(registry) == []


def test_goes_on_where_the_server_stands_when_the_line_breaks(
    server: Server, registry: Registry, lot: Path
) -> None:
    broken = iter([True])

    def break_once(phase: str, done: int, total: int | None) -> None:
        if phase == "sending" and done >= 2000 and next(broken, False):
            raise ConnectionResetError

    taken = upload_in_pieces(server, lot, media_type="", progress=break_once, query={}, piece_bytes=1000)

    assert taken["size"] == lot.stat().st_size
    assert registry.files.read(taken["sha256"]) == lot.read_bytes()
    assert partial_files(registry) == []
