"""Deadlines: until when a request may be worked on, and what is said when that time is over.

A deadline counts for the whole request: for each statement of the database, for waiting on a
lock, and for what Python does with many rows. The clock arrives as an argument.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TimeLimitError
from aas_registry.domain.progress import Progress


class Work(StrEnum):
    """A kind of work; each has a time limit of its own, the setting ``<kind>_timeout_s``."""

    QUESTION = "question"
    REPORT = "report"
    EXPORT = "export"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The end of the time that one request has.

    Attributes:
        work: What is being done.
        limit_s: Seconds that it has in all.
        ends_at: Its end, by ``monotonic``.
        monotonic: A clock that only goes forward, in seconds from any beginning.
    """

    work: Work
    limit_s: float
    ends_at: float
    monotonic: Callable[[], float]

    @classmethod
    def starting_now(cls, work: Work, limit_s: float, *, monotonic: Callable[[], float]) -> Self:
        """Return the deadline of work that begins at this moment."""
        return cls(work=work, limit_s=limit_s, ends_at=monotonic() + limit_s, monotonic=monotonic)

    @property
    def left_s(self) -> float:
        """Return the seconds that are left; 0 or less where the time is over."""
        return self.ends_at - self.monotonic()

    @property
    def is_over(self) -> bool:
        """Return whether the time is over."""
        return self.left_s <= 0

    def check(self) -> None:
        """Let work that is in time go on; every loop over many rows asks.

        Raises:
            TimeLimitError: The time is over.
        """
        if self.is_over:
            raise self.error()

    def error(self) -> TimeLimitError:
        """Return what is raised when the time is over."""
        code = Code.UPLOAD_TIMEOUT if self.work is Work.UPLOAD else Code.QUESTION_TIMEOUT
        limit = f"{self.limit_s:g} s, the setting {self.work}_timeout_s"
        return TimeLimitError(f"{code.meaning} (Limit: {limit}.)", code=code)

    def watching(self, progress: Progress) -> Progress:
        """Return a listener to progress that also stops the work when its time is over."""

        def tell(phase: str, done: int, total: int | None) -> None:
            self.check()
            progress(phase, done, total)

        return tell
