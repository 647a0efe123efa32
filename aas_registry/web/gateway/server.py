"""uvicorn, as each worker process runs it."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from flask import Flask
from uvicorn.config import Config
from uvicorn.server import Server

from aas_registry.web.gateway.bridge import Bridge
from aas_registry.web.gateway.protocol import PacedProtocol, Patience

if TYPE_CHECKING:
    from aas_registry.services.registry import Registry

BACKLOG = 512
_TICKS = 5  # tenths of a second from one look at the connections to the next


class PacedServer(Server):
    """uvicorn's server, which looks at its connections twice a second."""

    def __init__(self, config: Config, on_serving: Callable[[], None]) -> None:
        """Call ``on_serving`` once connections are taken."""
        super().__init__(config)
        self._on_serving = on_serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, and tell so."""
        await super().startup(sockets)
        self._on_serving()

    async def on_tick(self, counter: int) -> bool:
        """Look, and do what uvicorn does."""
        if counter % _TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                cast("PacedProtocol", connection).end_if_slow(now)
        return await super().on_tick(counter)


def make_server(app: Flask, *, threads: int, graceful_s: int, on_serving: Callable[[], None]) -> PacedServer:
    """Return a server for one process.

    Args:
        app: The application over an open registry.
        threads: How many requests it works on at once.
        graceful_s: Seconds in which requests under way may end when it is told to stop.
        on_serving: Is called once connections are taken.
    """
    registry: Registry = app.extensions["aas_registry"]
    settings = registry.settings
    patience = Patience(
        head_s=settings.head_timeout_s,
        span_s=settings.body_timeout_s,
        least_bytes_per_s=settings.body_min_bytes_per_s,
    )
    config = Config(
        Bridge(app, registry, threads=threads),
        http=cast("type[asyncio.Protocol]", partial(PacedProtocol, patience=patience)),
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=max(int(settings.head_timeout_s), 1),
        timeout_graceful_shutdown=graceful_s,
    )
    return PacedServer(config, on_serving)
