"""The body of a request, received whole before a worker thread reads it."""

import asyncio
import io
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from typing import Any, BinaryIO, cast

from werkzeug.exceptions import ClientDisconnected

from aas_registry.domain.disk import is_full
from aas_registry.domain.errors import StorageFullError, TooSlowError, UnavailableError
from aas_registry.web.gateway.pace import Pace

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_AT_ONCE_BYTES = 1024 * 1024


class BrokenBody(io.RawIOBase):
    """What came of a body, and at its end the reason why there is no more.

    Whoever reads it to the end cannot take the beginning for the whole; what may be kept of a
    beginning, as a piece of a resumable upload, can be.
    """

    def __init__(self, came: BinaryIO, reason: Exception) -> None:
        """Read ``came``, then raise ``reason``."""
        self._came = came
        self._reason = reason

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read on.

        Raises:
            Exception: The reason; everything that came has been read.
        """
        came = self._came.read(len(buffer))
        if not came and len(buffer):
            raise self._reason
        buffer[: len(came)] = came
        return len(came)

    def close(self) -> None:
        """Let go of what came."""
        super().close()
        self._came.close()


async def receive_body(
    receive: Receive, pace: Pace, kept: BinaryIO, *, most_bytes: int, disk: Executor
) -> BinaryIO:
    """Return a body once it has come, or has come as far as it ever will.

    Args:
        receive: Gives the next event of the connection, as ASGI has them.
        pace: How slow the client may be.
        kept: Where to keep it; large bodies need a file.
        most_bytes: What is longer is cut off a little behind so many bytes, for the application to refuse.
        disk: Threads that may wait for a disk.

    Returns:
        The body, closed with ``kept``. Where it broke off, came too slowly or found no room, reading
        it to its end raises why.
    """
    loop = asyncio.get_running_loop()
    waiting, size, is_more = bytearray(), 0, True
    reason: Exception | None = None
    try:
        while is_more and size < most_bytes:
            piece, is_more, reason = await _next_piece(receive, pace)
            waiting += piece
            size += len(piece)
            if len(waiting) >= _AT_ONCE_BYTES:
                full, waiting = waiting, bytearray()
                await loop.run_in_executor(disk, kept.write, full)
        kept.write(waiting)
        kept.seek(0)
    except OSError as cause:
        reason = (
            StorageFullError() if is_full(cause) else UnavailableError("The file store cannot be written.")
        )
        reason.__cause__ = cause
    return kept if reason is None else cast("BinaryIO", BrokenBody(kept, reason))


async def _next_piece(receive: Receive, pace: Pace) -> tuple[bytes, bool, Exception | None]:
    """Return what came, whether more is to come, and why nothing more will come though it should."""
    try:
        event = await pace.within(receive())
    except TooSlowError as slow:
        return b"", False, slow
    if event["type"] == "http.disconnect":
        return b"", False, ClientDisconnected()
    piece: bytes = event.get("body", b"")
    pace.count(len(piece))
    return piece, event.get("more_body", False), None
