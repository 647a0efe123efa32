"""The server: it listens, and its workers serve."""

import asyncio
import gc
import ipaddress
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from aas_registry.cli.workers import Lifeline, supervise
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, UnavailableError
from aas_registry.services.registry import open_registry
from aas_registry.services.rehearsal import rehearse
from aas_registry.settings import Settings
from aas_registry.web.gateway.server import BACKLOG, PacedServer, make_server
from aas_registry.web.startup import import_application, load_application

_GRACEFUL_S = 8


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: an IP address and a TCP port."""

    host: str
    port: int

    @classmethod
    def checked(cls, host: str, port: int, settings: Settings) -> "Address":
        """Resolve a host name, and refuse what the settings do not allow.

        Raises:
            ConfigurationError: Without authentication, or as a demo, the address is not
                loopback (``BIND-REFUSED``); or the name has no address (``LISTEN-FAILED``).
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except OSError as cause:
            raise ConfigurationError(f"The host {host!r} has no address.", code=Code.LISTEN_FAILED) from cause
        address = str(found[0][4][0])
        is_open = settings.auth == "none" or settings.demo
        if is_open and not ipaddress.ip_address(address).is_loopback:
            raise ConfigurationError(Code.BIND_REFUSED.meaning, code=Code.BIND_REFUSED)
        return cls(address, port)

    @property
    def url(self) -> str:
        """Return the address as a browser takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def run_server(
    settings: Settings, address: Address, *, workers: int, threads: int, announce: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished within 10 s.

    Args:
        settings: The settings of every worker.
        address: Where to listen.
        workers: Number of worker processes.
        threads: Threads of each worker process.
        announce: Is called once every worker serves.

    Raises:
        ConfigurationError: The registry cannot be opened.
        UnavailableError: The database cannot be reached, somebody listens there already, or a
            worker ends before all serve.
    """
    open_registry(settings).close()
    with _terminable(), _listening(address) as listener:
        if settings.metrics_dir:
            Path(settings.metrics_dir).mkdir(parents=True, exist_ok=True)
        folder = TemporaryDirectory(prefix="aas-registry-metrics-", dir=settings.metrics_dir or None)
        with folder as metrics:
            shared = settings.model_copy(update={"metrics_dir": metrics})
            _load_before_the_fork(shared)
            _allow_many_connections()
            supervise(partial(_serve, shared, listener, threads), workers, announce)


def _serve(settings: Settings, listener: socket.socket, threads: int, lifeline: Lifeline) -> None:
    """Serve in a worker process until it is told to stop, or its supervisor is gone."""
    server = make_server(
        load_application(settings),
        threads=threads,
        graceful_s=_GRACEFUL_S,
        on_serving=partial(lifeline.begun.send_bytes, b"serves"),
    )
    uvloop.run(_serve_while_supervised(server, listener, lifeline))


async def _serve_while_supervised(server: PacedServer, listener: socket.socket, lifeline: Lifeline) -> None:
    def leave() -> None:
        server.should_exit = True

    asyncio.get_running_loop().add_reader(lifeline.ended.fileno(), leave)
    await server.serve([listener])


def _load_before_the_fork(settings: Settings) -> None:
    """Load what workers work with, so that they share its memory; open nothing, as it would not survive."""
    import_application(settings)
    rehearse()
    # A collection in a worker must not write to, and so copy, the pages of what was loaded here.
    gc.collect()
    gc.freeze()


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C until the supervisor hears signals, so that nothing is left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _listening(address: Address) -> Iterator[socket.socket]:
    """Hold the socket that all workers share: what connects while one of them is replaced waits in it."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address.host, address.port))
            listener.listen(BACKLOG)
        except OSError as cause:
            text = f"Nothing can listen on {address.url}: {cause.strerror}."
            raise UnavailableError(text, code=Code.LISTEN_FAILED) from cause
        listener.setblocking(False)
        yield listener


def _allow_many_connections() -> None:
    """Use as many descriptors as the system allows: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
