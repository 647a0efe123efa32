"""`aas-registry serve` in a process of its own, and what can be seen of it from outside."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from patience import PATIENCE_S

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import open_registry
from aas_registry.settings import PREFIX, Settings

Body = bytes | Sequence[bytes] | None


@dataclass(frozen=True)
class RunningServer:
    """A server that has said that it serves."""

    settings: Settings
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, method: str, path: str, body: Body = None, **headers: str) -> tuple[int, bytes]:
        """Return status and content of one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(
                method, path, body, {name.replace("_", "-"): text for name, text in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Return the ids of the processes that serve now."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def open_files(self) -> list[str]:
        """Return what the workers hold open below the data folder's stores, and their connections."""
        held = []
        data = self.settings.data_dir.resolve()
        for pid in self.workers():
            for handle in Path(f"/proc/{pid}/fd").iterdir():
                try:
                    target = str(handle.readlink())
                except FileNotFoundError:
                    continue
                if target.startswith((f"{data}/files", f"{data}/partial")):
                    held.append(target)
        return held

    def connections(self) -> int:
        """Return how many connections of clients the server holds, as the system counts them."""
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        fields = [line.split() for line in lines]
        # Columns: local address, remote address, state (01 established, 08 close wait), …, inode.
        return sum(
            1
            for each in fields
            if int(each[1].rpartition(":")[2], 16) == self.port and each[3] in {"01", "08"}
        )


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def issue(settings: Settings, role: Role) -> str:
    """Return the text of a new token."""
    registry = open_registry(settings)
    try:
        return access.issue_token(registry, access.local_administrator(registry), name="test", role=role).text
    finally:
        registry.close()


@contextmanager
def running_server(settings: Settings, *options: str) -> Iterator[RunningServer]:
    """Run the command with settings and options, from when it says that it serves."""
    port, log = free_port(), settings.data_dir.with_name(f"{settings.data_dir.name}.log")
    given = settings.model_dump(mode="json", exclude_defaults=True)
    variables = {PREFIX + name.upper(): str(value) for name, value in given.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "aas_registry", "serve", "--port", str(port), *options],
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            stderr=output,
        )
    assert process.stdout is not None
    try:
        assert b"Serving" in process.stdout.readline(), log.read_text()
        yield RunningServer(settings, process, port, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        process.stdout.close()
