"""The answer of a WSGI application on its way from a worker thread to the connection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from threading import Event
from typing import Any

from flask import Flask

_AT_ONCE_BYTES = 256 * 1024
_AHEAD_BYTES = 1024 * 1024

Environ = dict[str, Any]
# Runs a function in a worker thread, in the context of the request.
InThread = Callable[..., "asyncio.Future[Any]"]


@dataclass(frozen=True, slots=True)
class WsgiAnswer:
    """What a WSGI application answered.

    Attributes:
        status: The status code.
        headers: Name and value of each header.
        content: A short body, whole.
        pieces: A body that is long, or made while it is sent; None where ``content`` is all.
    """

    status: int
    headers: list[tuple[str, str]]
    content: bytes
    pieces: Iterable[bytes] | None = None


def answer_of(app: Flask, environ: Environ) -> WsgiAnswer:
    """Run the application, and collect what it answers where that is short; in a worker thread."""
    started: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], Any]:
        started[:] = [(int(status[:3]), headers)]
        return _refuse_to_write

    pieces = app(environ, start_response)
    ((status, headers),) = started
    length = next((value for name, value in headers if name.lower() == "content-length"), None)
    if length is None or int(length) > _AT_ONCE_BYTES:
        return WsgiAnswer(status, headers, b"", pieces)
    try:
        return WsgiAnswer(status, headers, b"".join(pieces))
    finally:
        _close(pieces)


class Stream:
    """The pieces of a long answer: made in a worker thread, taken in the event loop.

    The thread runs ahead of the client by so much that neither waits for the other all the time.
    Then it is free for other requests until the client has taken what is there. As long as
    the client keeps up, the thread stays, so that work that tells its progress counts as work.
    """

    def __init__(self, pieces: Iterable[bytes], in_thread: InThread) -> None:
        """Make the pieces with the help of ``in_thread``."""
        self._pieces = pieces
        self._iterator = iter(pieces)
        self._in_thread = in_thread
        self._loop = asyncio.get_running_loop()
        self._made: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._is_left = Event()
        self._made_bytes = self._taken_bytes = 0  # each counted by one side

    def leave(self) -> None:
        """Make no more pieces than the one under way."""
        self._is_left.set()

    async def taken(self) -> AsyncIterator[bytes]:
        """Yield the pieces; the application is told at the end, however it comes.

        Raises:
            Exception: What the application raised when it was to make a piece.
        """
        is_over, making = False, None
        try:
            while not is_over:
                making = self._in_thread(self._make)
                making.add_done_callback(lambda _: self._made.put_nowait(None))
                while (piece := await self._made.get()) is not None:
                    yield piece
                    self._taken_bytes += len(piece)
                is_over = await making
        finally:
            self.leave()
            if making is not None:
                await asyncio.wait([making])
            await self._in_thread(_close, self._pieces)

    def _make(self) -> bool:
        """Hand over pieces until enough are on their way; return whether there are no more."""
        for piece in self._iterator:
            if self._is_left.is_set():
                break
            self._made_bytes += len(piece)
            self._loop.call_soon_threadsafe(self._made.put_nowait, piece)
            if self._made_bytes - self._taken_bytes > _AHEAD_BYTES:
                return False
        return True


def _refuse_to_write(_: bytes) -> None:
    raise NotImplementedError("The registry never uses the write() of PEP 3333.")


def _close(pieces: Iterable[bytes]) -> None:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
