"""Places for work of which only so much may run at once, and the line of those who wait for one.

Who waits holds no thread: it leaves a function that is called when a place may be free, and tries
again. Whoever comes by at that moment may be quicker; who was called in vain stands in front.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

Called = Callable[[], None]


class Places:
    """So many places, and a line of bounded length; for threads."""

    def __init__(self, number: int, *, most_waiting: int) -> None:
        """Have so many places free."""
        self._free = number
        self._most_waiting = most_waiting
        self._line: deque[Called] = deque()
        self._lock = Lock()

    def take(self) -> bool:
        """Take a place; return whether one was free."""
        with self._lock:
            is_taken = self._free > 0
            self._free -= is_taken
        return is_taken

    def give_back(self) -> None:
        """Give a place back, and call who waits longest."""
        with self._lock:
            self._free += 1
            self._call_next()

    def wait(self, called: Called, *, in_front: bool = False) -> bool:
        """Wait in line, until ``called`` is called once; return whether there was room to wait.

        Args:
            called: Is called as soon as a place may be free, in any thread; must not block.
            in_front: For who waited before, and was called in vain.
        """
        with self._lock:
            if len(self._line) >= self._most_waiting and not in_front:
                return False
            if in_front:
                self._line.appendleft(called)
            else:
                self._line.append(called)
            self._call_next()
        return True

    def leave(self, called: Called) -> None:
        """Wait no longer; the place that it was called for and did not take is the next one's."""
        with self._lock:
            with suppress(ValueError):
                self._line.remove(called)
            self._call_next()

    def _call_next(self) -> None:
        if self._free and self._line:
            self._line.popleft()()
