"""The demo's server: `aas-registry serve` in a process of its own, so that seeding never delays a page."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from aas_registry.demo.folder import DemoFolder
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import UnavailableError
from aas_registry.settings import PREFIX, Settings

HOST = "127.0.0.1"
_WAIT_S = 30.0
_LOOK_EVERY_S = 0.05
_STOP_WITHIN_S = 15.0
_PR_SET_PDEATHSIG = 1
_LOG_LINES = 20


@contextmanager
def serving(settings: Settings, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Serve on loopback until the block is left; the server answers when the block begins.

    Args:
        settings: The settings with which the server runs.
        port: The TCP port it listens on.

    Raises:
        UnavailableError: Somebody else listens on the port, or the server does not come up.
    """
    _require_free(port)
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    own = settings.model_dump(mode="json", exclude_defaults=True)
    log = DemoFolder.of(settings.data_dir).server_log
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        server = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "aas_registry", "serve", "--host", HOST, "--port", str(port)],
            env=others | {f"{PREFIX}{name.upper()}": str(value) for name, value in own.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stream,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs yet
        )
    try:
        _wait_until_up(server, port, log)
        yield server
    finally:
        server.terminate()  # does nothing where it has ended
        try:
            server.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as cause:
            text = f"Nothing can listen on port {port}: {cause.strerror}. Choose another with PORT=…"
            raise UnavailableError(text, code=Code.LISTEN_FAILED) from cause


def _wait_until_up(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + _WAIT_S
    while server.poll() is None and time.monotonic() < until:
        # The port is taken before the workers are there, so that a connection alone proves nothing.
        connection = HTTPConnection(HOST, port, timeout=_WAIT_S)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(_LOOK_EVERY_S)
    last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    raise UnavailableError("\n".join(["The server did not come up.", *last]), code=Code.LISTEN_FAILED)


def _end_with_parent() -> None:
    """Let Linux end the server when the demo is killed, so that the port is free again."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
