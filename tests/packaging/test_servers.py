"""`wsgi.py` under real WSGI servers with several workers, which share only database and data folder."""

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S, until
from postgresql_server import start_server, wheel_binaries

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import open_database, open_registry
from aas_registry.settings import PREFIX, Settings
from aas_registry.storage import migration

ROOT = Path(__file__).parents[2]
WORKERS = 3

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("servers")]


class Running:
    """A server with its workers, and a way to ask it over a new connection each time."""

    def __init__(self, settings: Settings, port: int, token: str) -> None:
        """Keep where it listens and who asks."""
        self.settings = settings
        self.port = port
        self.token = token

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and JSON of one request; a new connection may reach any worker."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None


def command(server: str, port: int) -> list[str]:
    """Return the command that docs/operations.md gives, with a port of our own."""
    folder = Path(sys.executable).parent
    address = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", "2"]
    return [str(folder / server), *address, "wsgi:application"]


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(process: subprocess.Popen[bytes], port: int, counters: Path, log: Path) -> None:
    """Return when every worker has answered; fail with the server's log when one does not.

    Each worker makes a file of counters with its first answer. Were only the first of them
    waited for, it would answer everything, and a test of several workers prove nothing.
    """

    def is_ready() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        try:
            connection.request("GET", "/ready")
            answers = connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
        return answers and len(list(counters.glob("counter_*.db"))) == WORKERS

    if not until(lambda: process.poll() is not None or is_ready()) or process.poll() is not None:
        pytest.fail(f"The server did not start: {log.read_text()}")


@contextmanager
def serving(server: str, settings: Settings, log: Path) -> Iterator[int]:
    """Run a server over a registry and yield its port."""
    port = free_port()
    counters = log.with_name("counters")
    given = {
        "data_dir": str(settings.data_dir),
        "database_url": settings.database_url,
        "metrics_dir": str(counters),
        "token_cache_s": "0",
    }
    variables = {PREFIX + name.upper(): value for name, value in given.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(server, port), cwd=ROOT, env=os.environ | variables, stdout=output, stderr=output
        )
    try:
        wait_until_ready(process, port, counters, log)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)


@pytest.fixture(scope="module", params=["gunicorn on sqlite", "gunicorn on postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Start a server with several workers on a fresh registry."""
    server, _, database = request.param.partition(" on ")
    folder = tmp_path_factory.mktemp("served")
    with ExitStack() as stack:
        url = ""
        if database == "postgresql":
            binaries = wheel_binaries()
            assert binaries is not None
            url = stack.enter_context(start_server(binaries)).create_database()
        settings = Settings(data_dir=folder / "data", database_url=url)
        engine = open_database(settings)
        migration.upgrade(engine)
        engine.dispose()
        registry = open_registry(settings)
        stack.callback(registry.close)
        token = access.issue_token(
            registry, access.local_administrator(registry), name="test", role=Role.ADMINISTRATOR
        )
        port = stack.enter_context(serving(server, settings, folder / "log"))
        yield Running(settings, port, token.text)


def submodel(number: int) -> dict[str, Any]:
    """Return a small submodel."""
    return {"modelType": "Submodel", "id": f"urn:example:workers:{number}", "idShort": f"S{number}"}


def test_every_worker_sees_what_another_wrote_at_once(running: Running) -> None:
    for number in range(20):
        written = submodel(number)
        address = "/api/v3/submodels/" + base64.urlsafe_b64encode(written["id"].encode()).decode().rstrip("=")

        status, _ = running.ask("POST", "/api/v3/submodels", written)
        answers = [running.ask("GET", address) for _ in range(3 * WORKERS)]

        assert status == 201
        assert [answer for answer in answers if answer != (200, written)] == []


def test_every_worker_refuses_a_token_that_another_process_revoked(running: Running) -> None:
    registry = open_registry(running.settings)
    issued = access.issue_token(
        registry, access.local_administrator(registry), name="short", role=Role.AUDITOR
    )
    asked = Running(running.settings, running.port, issued.text)

    before = {asked.ask("GET", "/api/v3/submodels")[0] for _ in range(6 * WORKERS)}
    access.revoke_token(registry, access.local_administrator(registry), issued.id)
    after = {asked.ask("GET", "/api/v3/submodels")[0] for _ in range(6 * WORKERS)}
    registry.close()

    assert before == {200}
    assert after == {401}
