"""Workers that end: others take their place, however often and however fast they do."""

import os
import signal
from pathlib import Path

import pytest
from patience import until
from running_server import running_server

from aas_registry.settings import Settings

WORKERS = 2
KILLS = 4

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("servers")]


def test_a_server_whose_workers_are_killed_again_and_again_serves_on(tmp_path: Path) -> None:
    with running_server(Settings(data_dir=tmp_path / "data"), "--workers", str(WORKERS)) as server:
        assert len(server.workers()) == WORKERS  # it said that it serves, so all do
        seen = set(server.workers())

        for _ in range(KILLS):
            victims = server.workers()
            for pid in victims:
                os.kill(pid, signal.SIGKILL)
            assert server.ask("GET", "/health")[0] == 200  # no connection is refused meanwhile
            assert until(lambda killed=frozenset(victims): len(set(server.workers()) - killed) == WORKERS)
            seen |= set(server.workers())

        assert server.process.poll() is None
        told = [line for line in server.log.read_text().splitlines() if "a worker has ended" in line]

    assert len(seen) == WORKERS * (KILLS + 1)
    assert len(told) == WORKERS * KILLS
    assert all('"level": "error"' in line and '"exit_code": -9' in line for line in told)
    assert '"next_in_s": 0.0' in told[0]
    assert server.process.returncode == 0


def test_workers_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with running_server(Settings(data_dir=tmp_path / "data"), "--workers", str(WORKERS)) as server:
        workers = server.workers()

        server.process.kill()

        assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
