"""Places for work of which only so much may run at once, and the line of those who wait for one.

Who waits holds no thread: it leaves a function that is called when a place is kept for it, and comes
back. Nobody who comes by meanwhile gets that place, so who waits is never overtaken for ever.

The line is fair: each group has a turn before any group has another, and so has each single of a
group. Where it is full, who comes takes the room of the group that fills most of it.

Source:
    Fair queueing by turns, as in RFC 970; dropping from the longest queue, as in RFC 8290, here its youngest.
"""

from collections import deque
from threading import Lock
from typing import NamedTuple, Protocol


class Called(Protocol):
    """What whoever waits leaves behind; must not block, and is called in any thread."""

    def __call__(self, *, has_place: bool) -> None:
        """Learn that a place is kept, or that the room in the line went to somebody else."""


class Claimant(NamedTuple):
    """Whom a place is for.

    Attributes:
        group: Those who have their turns together, as whoever logs in to one account.
        single: One of the group, as one device; of which only so many may stand in line.
    """

    group: str
    single: str


class Places:
    """So many places, and a line of bounded length; for threads."""

    def __init__(self, number: int, *, most_waiting: int, most_of_one: int) -> None:
        """Have so many places free, and a line in which so many may wait, and so many of one single."""
        self._free = number
        self._most_waiting = most_waiting
        self._most_of_one = most_of_one
        self._line = _Line()
        self._called: dict[Called, Claimant] = {}
        self._kept: list[Claimant] = []  # never more of one than were called and have not left
        self._lock = Lock()

    def take(self, claimant: Claimant) -> bool:
        """Take a place; return whether one was free, or kept for the claimant."""
        with self._lock:
            if claimant in self._kept:
                self._kept.remove(claimant)
                return True
            is_taken = self._free > 0
            self._free -= is_taken
        return is_taken

    def give_back(self) -> None:
        """Give a place back, and keep it for whose turn it is."""
        with self._lock:
            self._free += 1
            self._call_next()

    def wait(self, called: Called, claimant: Claimant) -> bool:
        """Wait in line until ``called`` is called once; return whether there was room to wait.

        Who was called and found its place taken by another request of the same claimant stands in
        front of those, and not of anybody else.

        Args:
            called: Tells who waits how it ended.
            claimant: Whom the place is for.
        """
        with self._lock:
            was_called = called in self._called
            self._settle(called)
            is_in_line = was_called or self._has_room(claimant)
            if is_in_line:
                self._line.add(called, claimant, in_front=was_called)
            self._call_next()
        return is_in_line

    def leave(self, called: Called) -> None:
        """Wait no longer; the place that was kept for it and that it did not take is the next one's."""
        with self._lock:
            self._settle(called)
            self._call_next()

    def _settle(self, called: Called) -> None:
        """Forget who waits or was called, and free what is kept for nobody then."""
        self._line.remove(called)
        claimant = self._called.pop(called, None)
        if claimant and self._kept.count(claimant) > list(self._called.values()).count(claimant):
            self._kept.remove(claimant)
            self._free += 1

    def _has_room(self, claimant: Claimant) -> bool:
        """Say whether one more may stand in line, for whom somebody may have to go."""
        if self._line.count(claimant) >= self._most_of_one:
            return False
        if len(self._line) < self._most_waiting:
            return True
        longest = self._line.longest()
        if longest is None or self._line.size(longest) <= self._line.size(claimant.group) + 1:
            return False
        self._line.pop_youngest(longest)(has_place=False)
        return True

    def _call_next(self) -> None:
        while self._free and len(self._line):
            called, claimant = self._line.pop_next()
            self._free -= 1
            self._kept.append(claimant)
            self._called[called] = claimant
            called(has_place=True)


class _Line:
    """Who waits: by group and single, each in the order of their turns."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, deque[Called]]] = {}
        self._claimants: dict[Called, Claimant] = {}

    def __len__(self) -> int:
        return len(self._claimants)

    def count(self, claimant: Claimant) -> int:
        return len(self._groups.get(claimant.group, {}).get(claimant.single, ()))

    def size(self, group: str) -> int:
        return sum(map(len, self._groups.get(group, {}).values()))

    def longest(self) -> str | None:
        return max(self._groups, key=self.size, default=None)

    def add(self, called: Called, claimant: Claimant, *, in_front: bool) -> None:
        waiting = self._groups.setdefault(claimant.group, {}).setdefault(claimant.single, deque())
        if in_front:
            waiting.appendleft(called)
        else:
            waiting.append(called)
        self._claimants[called] = claimant

    def remove(self, called: Called) -> None:
        claimant = self._claimants.pop(called, None)
        if claimant is None:
            return
        singles = self._groups[claimant.group]
        singles[claimant.single].remove(called)
        if not singles[claimant.single]:
            del singles[claimant.single]
        if not singles:
            del self._groups[claimant.group]

    def pop_next(self) -> tuple[Called, Claimant]:
        group = next(iter(self._groups))
        singles = self._groups[group] = self._groups.pop(group)  # behind all others now
        single = next(iter(singles))
        waiting = singles[single] = singles.pop(single)
        called = waiting[0]
        self.remove(called)
        return called, Claimant(group, single)

    def pop_youngest(self, group: str) -> Called:
        called = max(self._groups[group].values(), key=len)[-1]
        self.remove(called)
        return called
