"""Granian, run inside this process: it binds, starts the workers and passes signals on."""

import gc
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, UnavailableError
from aas_registry.services.registry import open_registry
from aas_registry.services.rehearsal import rehearse
from aas_registry.settings import Settings
from aas_registry.web.startup import import_application, load_application

_KILL_AFTER_S = 10


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


# granian's records go where ours go; see `services.logs`.
_NO_LOGS: dict[str, Any] = {"formatters": {}, "handlers": {}, "loggers": {}}


def run_server(
    settings: Settings, address: Address, *, workers: int, threads: int, announce: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished within 10 s.

    Args:
        settings: The settings of every worker.
        address: Where to listen.
        workers: Number of worker processes.
        threads: Threads of each worker process.
        announce: Is called once the address is taken and the workers begin.

    Raises:
        ConfigurationError: The registry cannot be opened.
        UnavailableError: The database cannot be reached, or somebody listens there already.
    """
    open_registry(settings).close()
    _require_free(address)
    if settings.metrics_dir:
        Path(settings.metrics_dir).mkdir(parents=True, exist_ok=True)
    folder = TemporaryDirectory(prefix="aas-registry-metrics-", dir=settings.metrics_dir or None)
    with _terminable(), folder as metrics:
        shared = settings.model_copy(update={"metrics_dir": metrics})
        _load_before_the_fork(shared)
        server = Granian(
            target="aas_registry.web.startup:load_application",
            address=address.host,
            port=address.port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=_KILL_AFTER_S,
            log_access=False,
            log_level=LogLevels(settings.log_level.lower()),
            log_dictconfig=_NO_LOGS,
        )
        server.on_startup(announce)
        server.serve(target_loader=partial(load_application, shared), wrap_loader=False)


def _load_before_the_fork(settings: Settings) -> None:
    """Load what workers work with, so that they share its memory; open nothing, as it would not survive."""
    import_application(settings)
    rehearse()
    # A collection in a worker must not write to, and so copy, the pages of what was loaded here.
    gc.collect()
    gc.freeze()


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C until granian hears signals itself, so that nothing is left behind."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _require_free(address: Address) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as cause:
            text = f"Nothing can listen on {address.url}: {cause.strerror}."
            raise UnavailableError(text, code=Code.LISTEN_FAILED) from cause
