"""Requests whose turn has not come: they wait in the event loop, and then run once more from the beginning.

Only where the application says so before it has changed anything; so far that is who logs in while
as many passwords are being checked as may be at once. Whose client has gone waits no longer.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from flask import request

from aas_registry.domain.places import Claimant, Places

_KEY = "aas_registry.turn"


class Turn:
    """How long a request may wait for its turn, and whether it does."""

    def __init__(self, wait_s: float) -> None:
        """Let a request wait for so many seconds in all."""
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + wait_s
        self._called = asyncio.Event()
        self._places: Places | None = None
        self._is_awaited = False
        self._is_sent_away = False

    @property
    def is_awaited(self) -> bool:
        """Whether the request is to run once more, when its turn has come."""
        return self._is_awaited

    def as_environ(self) -> dict[str, object]:
        """Return what to add to the environment of a request that can be put back in line."""
        return {_KEY: self}

    def join(self, places: Places, claimant: Claimant) -> bool:
        """Stand in line, in a worker thread; return whether there were time and room for that."""
        if places is not self._places:
            self.leave()
        self._places = places
        may_wait = self._loop.time() < self._until and not self._is_sent_away
        self._is_awaited = may_wait and places.wait(self._call, claimant)
        return self._is_awaited

    async def comes(self, gone: Coroutine[Any, Any, None]) -> bool:
        """Wait until the turn has come, or is not to be waited for any longer.

        Args:
            gone: Ends when the client has gone.

        Returns:
            Whether the request is to run once more; False where nobody is there for its answer.
        """
        waits = [self._loop.create_task(self._called.wait()), self._loop.create_task(gone)]
        try:
            left_s = self._until - self._loop.time()
            done, _ = await asyncio.wait(waits, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        self._called.clear()
        self._is_awaited = False
        return waits[1] not in done

    def leave(self) -> None:
        """Leave the line, if it stands or stood in one, for whoever is next."""
        if self._places is not None:
            self._places.leave(self._call)

    def _call(self, *, has_place: bool) -> None:
        self._is_sent_away = not has_place
        self._loop.call_soon_threadsafe(self._called.set)


def put_back(places: Places, claimant: Claimant) -> bool:
    """Let this request wait for a place and run again; return whether it does. Then its answer is lost."""
    turn: Turn | None = request.environ.get(_KEY)
    return turn is not None and turn.join(places, claimant)


def was_put_back() -> bool:
    """Say whether this run of the request is not its last, so that nothing is to be told of it."""
    turn: Turn | None = request.environ.get(_KEY)
    return turn is not None and turn.is_awaited
