"""The real server on a port of its own, and the processes that it is made of."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60


@dataclass(frozen=True, slots=True)
class ServingProcesses:
    """A running server.

    Attributes:
        port: Its TCP port on loopback.
        pid: Its first process, which starts the workers.
    """

    port: int
    pid: int

    @property
    def workers(self) -> list[int]:
        """Return the processes that answer."""
        folders = [each for each in Path("/proc").iterdir() if each.name.isdigit()]
        return sorted(int(each.name) for each in folders if _parent_of(each) == self.pid)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[ServingProcesses]:
    """Run ``aas-registry serve`` as it is without options, over a data folder, until it is left.

    Args:
        folder: The data folder.
        settings: Further settings, by the names of their variables without the prefix.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"DATA_DIR": str(folder), **settings}
    with subprocess.Popen(
        [sys.executable, "-m", "aas_registry", "serve", "--port", str(port)],
        env={**os.environ, **{f"AAS_REGISTRY_{name}": value for name, value in given.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(port, process)
            yield ServingProcesses(port, process.pid)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


def _parent_of(folder: Path) -> int | None:
    try:
        lines = (folder / "status").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("PPid:"))
