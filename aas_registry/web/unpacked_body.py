"""What the packed body of a request holds, a piece at a time and bounded.

A body of a few kilobytes may unpack to gigabytes: what is read is bounded by the request as any
other body is, and may grow no more than a part of a package may (``compression_ratio``).
"""

import io
import zlib
from typing import IO

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, TooLargeError
from aas_registry.domain.limits import Limits

_CHUNK_BYTES = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class UnpackedBody(io.RawIOBase):
    """A stream of what a gzip stream unpacks to.

    Reading raises InvalidRequestError (BODY-ENCODING-INVALID) where it is damaged or cut off, and
    TooLargeError (BODY-TOO-LARGE) where it grows beyond all measure.

    Source:
        RFC 1952, 2.2: several members, one after the other, are one body.
    """

    def __init__(self, packed: IO[bytes], *, limits: Limits) -> None:
        """Read from ``packed``; of ``limits`` the two of compression count."""
        self._packed = packed
        self._limits = limits
        self._member = zlib.decompressobj(_GZIP)
        self._has_ended = False
        self._taken = 0
        self._given = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read up to as many bytes as the buffer holds; 0 at the end."""
        while len(buffer):
            waiting = self._member.unconsumed_tail or self._member.unused_data or self._next()
            if not waiting:
                if self._taken and not self._member.eof:
                    raise self._damaged("it is cut off")
                return 0
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            try:
                piece = self._member.decompress(waiting, len(buffer))
            except zlib.error as cause:
                raise self._damaged("it is none, or damaged") from cause
            if piece:
                self._count(len(piece))
                buffer[: len(piece)] = piece
                return len(piece)
        return 0

    def _next(self) -> bytes:
        packed = self._packed.read(_CHUNK_BYTES)
        self._taken += len(packed)
        return packed

    def _count(self, size: int) -> None:
        self._given += size
        free, ratio = self._limits.compression_free_bytes, self._limits.compression_ratio
        if self._given > max(free, self._taken * ratio):
            message = f"The packed body unpacks to more than {ratio} times its size."
            raise TooLargeError(message, code=Code.BODY_TOO_LARGE)

    def _damaged(self, why: str) -> InvalidRequestError:
        message = f"The body is not the gzip that its Content-Encoding tells of: {why}."
        return InvalidRequestError(message, code=Code.BODY_ENCODING_INVALID)
