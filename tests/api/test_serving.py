"""Real servers with two workers: what one wrote every other sees, and they end when they are told."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aas_samples import id64, submodel
from patience import PATIENCE_S, until

from aas_registry.domain.principals import Role
from aas_registry.services import access, database
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import open_registry
from aas_registry.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
WORKERS = 2
READS = 12  # enough to reach every worker

pytestmark = pytest.mark.xdist_group("servers")


@dataclass(frozen=True)
class Running:
    """A server, and a way to ask it over a new connection each time."""

    settings: Settings
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        given = {"Content-Type": "application/json", **headers}
        if token:
            given["Authorization"] = f"Bearer {token}"
        connection.request(method, path, None if body is None else json.dumps(body), given)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def issue_token(self) -> access.IssuedToken:
        registry = open_registry(self.settings)
        administrator = access.local_administrator(registry)
        made = access.issue_token(registry, administrator, name="test", role=Role.QUALITY)
        registry.close()
        return made

    def revoke(self, token: str) -> None:
        registry = open_registry(self.settings)
        access.revoke_token(registry, access.local_administrator(registry), token)
        registry.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(server: str, port: int) -> list[str]:
    if server == "serve":
        return [
            sys.executable,
            "-m",
            "aas_registry",
            "serve",
            "--port",
            str(port),
            "--workers",
            str(WORKERS),
        ]
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    address = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", "4"]
    return [gunicorn, *address, "wsgi:application"]


@contextmanager
def start(server: str, settings: Settings) -> Iterator[Running]:
    port, log = free_port(), settings.data_dir / "log"
    given = {"data_dir": str(settings.data_dir), "database_url": settings.database_url}
    variables = {PREFIX + name.upper(): value for name, value in given.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(server, port),
            cwd=ROOT,
            env=os.environ | variables,
            stdout=output,
            stderr=output,
            umask=0,  # it must not matter
        )
    running = Running(settings, process, port, log)
    try:
        wait_until_ready(running)
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def wait_until_ready(running: Running) -> None:
    def is_ready() -> bool:
        try:
            return running.ask("GET", "/ready")[0] == 200
        except OSError:
            return False

    until(lambda: is_ready() or running.process.poll() is not None)
    if running.process.poll() is not None or not is_ready():
        pytest.fail(f"The server did not start: {running.log.read_text()}")


@pytest.fixture(
    scope="module",
    params=[
        ("serve", "sqlite"),
        pytest.param(("serve", "postgresql"), marks=[pytest.mark.check, pytest.mark.postgresql]),
        pytest.param(("gunicorn", "sqlite"), marks=pytest.mark.check),
        pytest.param(("gunicorn", "postgresql"), marks=[pytest.mark.check, pytest.mark.postgresql]),
    ],
    ids="-".join,
)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    server, kind = request.param
    url = request.getfixturevalue("postgresql").create_database() if kind == "postgresql" else ""
    settings = Settings(data_dir=tmp_path_factory.mktemp("served"), database_url=url)
    database.upgrade(settings)
    with start(server, settings) as started:
        yield started
    if url:
        request.getfixturevalue("postgresql").drop(url)


def test_what_was_written_over_one_connection_every_other_reads_at_once(running: Running) -> None:
    token = running.issue_token().text
    for number in range(5):
        written = submodel(f"urn:example:served:{number}")

        status, _ = running.ask("POST", "/api/v3/submodels", written, token=token)
        address = f"/api/v3/submodels/{id64(written['id'])}"
        read = {running.ask("GET", address, token=token) for _ in range(READS)}

        assert status == 201
        assert {status for status, _ in read} == {200}
        assert [json.loads(content) for _, content in read] == [written]


def test_every_worker_refuses_a_revoked_token(running: Running) -> None:
    # How soon is the bound of the setting `token_cache_s`, which `test_access.py` looks at.
    made = running.issue_token()
    assert {running.ask("GET", "/trace/v1/lots", token=made.text)[0] for _ in range(READS)} == {200}

    running.revoke(made.id)

    assert until(
        lambda: {running.ask("GET", "/trace/v1/lots", token=made.text)[0] for _ in range(READS)} == {401}
    )


def test_health_and_readiness_need_no_token(running: Running) -> None:
    for path in ("/health", "/ready"):
        assert {running.ask("GET", path)[0] for _ in range(READS)} == {200}


def test_every_worker_writes_its_requests_as_json_with_their_ids(running: Running) -> None:
    names = {f"asked-{number}" for number in range(READS)}
    for name in names:
        running.ask("GET", "/health", **{"X-Request-Id": name})

    lines = [json.loads(line) for line in running.log.read_text().splitlines() if line.startswith("{")]

    logged = {line["request_id"] for line in lines if line.get("path") == "/health"}
    assert names <= logged


def test_every_worker_signs_with_keys_that_were_made_since(running: Running) -> None:
    token = running.issue_token().text
    wanted = {"subject": "x" * 22, "direction": "where-used"}

    def codes() -> set[str]:
        answers = [running.ask("POST", "/trace/v1/reports", wanted, token=token) for _ in range(READS)]
        return {json.loads(content)["messages"][0]["code"] for _, content in answers}

    before = codes()
    init_keys(running.settings.data_dir, organization="Plant", now=datetime.now(UTC))

    assert before == {"NO-SIGNING-KEY"}
    assert codes() == {"LOT-NOT-FOUND"}  # it looks for the lot now


def test_serve_makes_files_for_its_user_alone(running: Running) -> None:
    token = running.issue_token().text
    status, _ = running.ask("POST", "/api/v3/submodels", submodel("urn:example:private"), token=token)

    assert status == 201
    others = [path for path in running.settings.data_dir.rglob("*") if path.stat().st_mode & 0o077]
    assert [path for path in others if path != running.log] == []


def test_serve_refuses_a_folder_that_others_may_read_and_says_what_to_do(tmp_path) -> None:
    tmp_path.chmod(0o755)

    ran = subprocess.run(
        command("serve", free_port()),
        env=os.environ | {f"{PREFIX}DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 8
    assert f"`chmod 700 {tmp_path}`" in ran.stderr
    assert "[DATA-DIR-OPEN]" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_serve_counts_the_requests_of_all_workers_and_ends_cleanly_on_sigterm(tmp_path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    settings.data_dir.mkdir(mode=0o700)
    with start("serve", settings) as started:
        for _ in range(READS):
            started.ask("GET", "/health")
        counted = set()
        for _ in range(READS):
            _, content = started.ask("GET", "/metrics")
            (count,) = re.findall(r"requests_total{.*get_health.*} (\d+)", content.decode())
            counted.add(int(float(count)))

        started.process.send_signal(signal.SIGTERM)
        code = started.process.wait(PATIENCE_S)

    (announced,) = (line for line in started.log.read_text().splitlines() if not line.startswith("{"))
    assert counted == {READS}
    assert code == 0
    assert f"http://127.0.0.1:{started.port}" in announced
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", started.port)) != 0
