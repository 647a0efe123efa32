"""HTTP/1.1 as uvicorn speaks it, and an end to connections whose other side does not move.

uvicorn waits for ever for the rest of a head, and for a reader of an answer. Here a head has a
time limit and a length, and so has an answer that is not taken; bodies are `pace`'s.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_log = structlog.get_logger(__name__)
_HEAD_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a worker waits for a client.

    Attributes:
        head_s: Seconds for the whole head of a request, from when it could begin.
        span_s: Seconds in each of which spans a client must take its part of an answer.
        least_bytes_per_s: How much it must take, by the mean of a span, unless it has all.
    """

    head_s: float
    span_s: float
    least_bytes_per_s: float


class PacedProtocol(HttpToolsProtocol):
    """A connection that can be asked whether its client still moves."""

    def __init__(self, *, patience: Patience, **arguments: Any) -> None:
        """Take uvicorn's arguments as they are."""
        super().__init__(**arguments)
        self._patience = patience
        self._head_since: float | None = None
        self._head_bytes = 0
        self._is_in_body = False
        self._unsent = 0
        self._unsent_until = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._head_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Bound the head besides: it lies in memory whole."""
        super().data_received(data)
        if self._head_since is None or self._is_in_body:
            return
        self._head_bytes += len(data)
        if self._head_bytes > _HEAD_BYTES:
            self._end("the head of its request is too long")

    def on_headers_complete(self) -> None:
        """Stop to wait for the head."""
        self._head_since, self._head_bytes, self._is_in_body = None, 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Know that what comes now is another head."""
        self._is_in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next head, behind what is left of the body, unless it came already."""
        if not self.pipeline:
            self._head_since = self.loop.time()
        super().on_response_complete()

    def resume_writing(self) -> None:
        """Note that the client takes its answer."""
        self._unsent = 0
        super().resume_writing()

    def end_if_slow(self, now: float) -> None:
        """End the connection if its client has not moved for too long."""
        if self._head_since is not None and now - self._head_since > self._patience.head_s:
            self._end("the head of its request is too slow")
        unsent = self.transport.get_write_buffer_size()
        if not unsent or not self._unsent:
            self._begin_span(unsent, now)
        elif now > self._unsent_until:
            if self._unsent - unsent < self._patience.least_bytes_per_s * self._patience.span_s:
                self._end("it does not take its answer")
            self._begin_span(unsent, now)

    def _begin_span(self, unsent: int, now: float) -> None:
        self._unsent, self._unsent_until = unsent, now + self._patience.span_s

    def _end(self, reason: str) -> None:
        _log.info("a connection was ended", client=self.client, reason=reason)
        self.transport.abort()
