"""A server of the real application that a test kills and starts again, seen from the test."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patience import until

_SCRIPT = Path(__file__).parent / "fault" / "killable_server.py"


class KillableServer:
    """The script `killable_server.py`, and the one process of it that serves now."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.pid = 0
        self.port = 0

    def start(self, *, port: int | None = None) -> None:
        """Serve on a free port, or on the one that is given; return once it listens."""
        self.port = _free_port() if port is None else port
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.port} {self.folder}\n")
        self.process.stdin.flush()
        self.pid = int(self.process.stdout.readline())
        assert until(self._listens), "The server did not start."

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """End the serving process as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        self.pid = 0


@contextmanager
def killable_server(folder: Path) -> Iterator[KillableServer]:
    """Hold a server that is not started yet; its data and log lie in ``folder``."""
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        held = KillableServer(process, folder / "data")
        try:
            yield held
        finally:
            if held.pid:
                held.kill()
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
