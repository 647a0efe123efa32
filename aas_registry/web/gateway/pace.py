"""How slow the other side of a connection may be."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooSlowError

Result = TypeVar("Result")


class Pace:
    """A least number of bytes in each span of waiting; the time that we need ourselves is not counted.

    Source:
        The idea of Apache's mod_reqtimeout (``body=20,MinRate=500``), without its credit: what
        came fast must not pay for a crawl afterwards.
    """

    def __init__(self, *, span_s: float, least_bytes_per_s: float) -> None:
        """Begin the first span."""
        self._span_s = span_s
        self._least = least_bytes_per_s * span_s
        self._left_s = span_s
        self._bytes = 0

    async def within(self, waited_for: Awaitable[Result]) -> Result:
        """Wait for the other side.

        Raises:
            TooSlowError: The span is over, and too little has come in it.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._left_s):
                return await waited_for
        except TimeoutError as cause:
            raise TooSlowError(Code.BODY_TOO_SLOW.meaning) from cause
        finally:
            self._left_s = max(self._left_s - (clock() - began), 0)

    def count(self, size: int) -> None:
        """Note what came; enough of it begins a new span."""
        self._bytes += size
        if self._bytes >= self._least:
            self._bytes, self._left_s = 0, self._span_s
