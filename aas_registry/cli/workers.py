"""The worker processes of a server: begun, begun again when they end, and stopped."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import UnavailableError

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

_log = structlog.get_logger(__name__)
_KILL_AFTER_S = 10.0
_SETTLED_AFTER_S = 10.0  # a worker that lived so long did not end because of how it began
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_fork = get_context("fork")


@dataclass(frozen=True, slots=True)
class Lifeline:
    """What ties a worker to its supervisor.

    Attributes:
        begun: The worker sends something when it serves.
        ended: Can be read once the supervisor is gone, however it went.
    """

    begun: Connection
    ended: Connection


# What a worker does until SIGTERM.
Work = Callable[[Lifeline], None]


class Place:
    """One of the workers: the process that is it now, or when there will be one again.

    Attributes:
        number: Which one, from 1.
        begin_at: When the next process is to begin, in seconds of the monotonic clock; infinite
            while there is one.
        has_served: Whether a process of it ever served.
    """

    def __init__(self, number: int, work: Work) -> None:
        """Prepare a place whose processes do ``work``."""
        self.number = number
        self.begin_at = 0.0
        self.has_served = False
        self._work = work
        self._pause_s = 0.0
        self._began_at = 0.0
        self._process: ForkProcess | None = None
        self._begun: Connection | None = None

    def begin(self, alive: tuple[Connection, Connection]) -> None:
        """Begin a process; ``alive`` is the pipe of which the supervisor alone keeps the sending end."""
        ended, ours = alive
        self._begun, theirs = _fork.Pipe(duplex=False)
        self._process = _fork.Process(target=_live, args=(self._work, Lifeline(theirs, ended), ours))
        self._process.start()
        theirs.close()
        self._began_at, self.begin_at = monotonic(), inf
        _log.info("a worker begins", worker=self.number, pid=self._process.pid)

    def events(self) -> list[Connection | int]:
        """Return what to wait for: that it serves, that it ends."""
        found: list[Connection | int] = [] if self._begun is None else [self._begun]
        return found if self._process is None else [*found, self._process.sentinel]

    def look(self) -> None:
        """Take note of what happened to the process; one that ended is to be begun again.

        At once where it had lived a while, else after a pause that doubles up to half a minute.
        """
        if self._begun is not None and self._begun.poll():
            self.has_served |= _has_come(self._begun)
            self._begun.close()
            self._begun = None
        if self._process is None or self._process.is_alive():
            return
        lived_s = monotonic() - self._began_at
        pause_s = 0.0 if lived_s >= _SETTLED_AFTER_S else self._pause_s
        self._pause_s = min(max(2 * pause_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
        self.begin_at = monotonic() + pause_s
        _log.error(
            "a worker has ended, another takes its place",
            worker=self.number,
            pid=self._process.pid,
            exit_code=self._process.exitcode,
            lived_s=round(lived_s, 1),
            next_in_s=pause_s,
        )
        self._process = None

    def stop(self) -> None:
        """Tell the process to finish what is under way."""
        if self._process is not None:
            self._process.terminate()

    def bury(self, until: float) -> None:
        """Wait for its end until a moment of the monotonic clock, then kill it."""
        if self._process is None:
            return
        self._process.join(max(until - monotonic(), 0.01))
        if self._process.is_alive():
            _log.warning("a worker is killed, as it did not end", worker=self.number, pid=self._process.pid)
            self._process.kill()
            self._process.join()


def supervise(work: Work, workers: int, announce: Callable[[], None]) -> None:
    """Keep so many workers alive until SIGTERM or SIGINT.

    Args:
        work: What each does, in a process of its own.
        workers: How many.
        announce: Is called once every worker has served.

    Raises:
        UnavailableError: A worker ended before all had served: there is nothing to keep alive.
    """
    places = [Place(number, work) for number in range(1, workers + 1)]
    alive = _fork.Pipe(duplex=False)
    is_announced = False
    with _signals() as told:
        try:
            while not told.poll():
                now = monotonic()
                for place in places:
                    if place.begin_at <= now:
                        place.begin(alive)
                next_at = min(place.begin_at for place in places)
                events = [told, *(event for place in places for event in place.events())]
                wait(events, None if next_at == inf else max(next_at - monotonic(), 0))
                for place in places:
                    place.look()
                if not is_announced:
                    is_announced = _all_serve(places)
                    if is_announced:
                        announce()
        finally:
            _stop(places)


def _all_serve(places: list[Place]) -> bool:
    if any(place.begin_at != inf for place in places):
        raise UnavailableError(Code.WORKER_FAILED.meaning, code=Code.WORKER_FAILED)
    return all(place.has_served for place in places)


def _stop(places: list[Place]) -> None:
    until = monotonic() + _KILL_AFTER_S
    for place in places:
        place.stop()
    for place in places:
        place.bury(until)


def _has_come(begun: Connection) -> bool:
    try:
        return bool(begun.recv_bytes())
    except EOFError:  # it ended before it served
        return False


@contextmanager
def _signals() -> Iterator[Connection]:
    """Turn SIGTERM and SIGINT into something to read, so that none strikes while a worker is begun."""
    told, telling = _fork.Pipe(duplex=False)

    def tell(_: int, __: FrameType | None) -> None:
        telling.send_bytes(b"stop")

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _live(work: Work, lifeline: Lifeline, ours: Connection) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    ours.close()  # only the supervisor may hold it, so that its end is seen
    work(lifeline)
