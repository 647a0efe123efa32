"""Whether the clock goes on from what was recorded, or was set.

Two things tell that a clock jumped: it stands behind the last recording, or it was set
against the machine's own count of the time since its start, which nobody can set. That a
server was off for months is no jump: a clock that is ahead of the last recording is trusted
unless the machine's count contradicts it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aas_registry.domain.verdicts import time_text

_NONE = timedelta(0)
_CATCHING_UP = timedelta(seconds=1)  # each recording of a clock that is behind takes a microsecond of it


class ClockState(StrEnum):
    """What the clock says of itself: it goes on, it was confirmed but stands behind, or it jumped."""

    STEADY = "steady"
    BEHIND = "behind"
    JUMPED = "jumped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """The clock, seen beside what is known of the time.

    Attributes:
        now: The clock's time.
        last: The last recording; None where nothing was recorded.
        accepted: How far behind the last recording an administrator accepted it to be.
        stepped: How far it was set against the machine's count; 0 where that is not known.
        tolerance: How far it may be set, or be behind, without anybody's word.
    """

    now: datetime
    last: datetime | None
    accepted: timedelta
    stepped: timedelta
    tolerance: timedelta

    @property
    def behind(self) -> timedelta:
        """Return how far the clock is behind the last recording."""
        return _NONE if self.last is None else max(self.last - self.now, _NONE)

    @property
    def jump(self) -> timedelta | None:
        """Return how far the clock jumped, forward or (negative) back; None where it did not."""
        if abs(self.stepped) > self.tolerance:
            return self.stepped
        return -self.behind if self.behind > self.accepted + self.tolerance else None

    @property
    def state(self) -> ClockState:
        """Return the state; a confirmed clock is `BEHIND` until it has caught up."""
        if self.jump is not None:
            return ClockState.JUMPED
        return ClockState.BEHIND if self.accepted and self.behind else ClockState.STEADY

    @property
    def relied_on(self) -> datetime:
        """Return the time by which something expires: a clock that is behind revives nothing.

        Once an administrator said that the clock is right, it is the clock's.
        """
        return self.now if self.accepted or self.last is None else max(self.now, self.last)

    @property
    def asked_at(self) -> datetime:
        """Return the time as of which is answered what asks as of none.

        A clock that is behind leaves nothing out, and one that was set ahead without anybody's word makes
        nothing come true: it is what the machine's own count says.
        """
        is_ahead = self.jump is not None and self.stepped > _NONE
        now = self.now - self.stepped if is_ahead else self.now
        return now if self.last is None else max(now, self.last)

    @property
    def gives_up_by(self) -> datetime:
        """Return the time by which what waits is given up; a clock that jumped ends nothing."""
        return self.last if self.jump is not None and self.last is not None else self.relied_on

    def as_json(self) -> dict[str, object]:
        """Return it as health, the API and reports tell of it, in whole seconds."""
        return {
            "state": self.state.value,
            "now": self.now.isoformat(),
            "lastRecordedAt": None if self.last is None else self.last.isoformat(),
            "behindS": round(self.behind.total_seconds()),
            "jumpS": None if self.jump is None else round(self.jump.total_seconds()),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedJump:
    """A jump of the clock that an administrator confirmed, and which times of recording it left unsure.

    Between what the clock said and what was on record, a recording has a time that is not the one
    at which it was made: what was recorded before another is certain there, and no more.

    Attributes:
        confirmed_at: When it was confirmed, as a time of recording.
        jump: How far the clock had jumped, forward or (negative) back.
        unsure_from: The first unsure time of recording.
        unsure_to: The last one.
    """

    confirmed_at: datetime
    jump: timedelta
    unsure_from: datetime
    unsure_to: datetime

    @classmethod
    def of(cls, reading: ClockReading, *, jump: timedelta, confirmed_at: datetime) -> "ConfirmedJump":
        """Return what the confirmation of a clock that jumped leaves unsure."""
        before = reading.now - jump
        if jump < _NONE:
            last = max(before, reading.last or before) + _CATCHING_UP
            return cls(confirmed_at=confirmed_at, jump=jump, unsure_from=reading.now, unsure_to=last)
        return cls(confirmed_at=confirmed_at, jump=jump, unsure_from=before, unsure_to=reading.now)

    @property
    def told(self) -> str:
        """Return it as one sentence."""
        return (
            f"The clock had jumped by {self.jump.total_seconds():+.0f} s, as an administrator confirmed on"
            f" {time_text(self.confirmed_at)}: of what was recorded with times from"
            f" {time_text(self.unsure_from)} to {time_text(self.unsure_to)} the order is certain, not"
            " the time."
        )

    def as_json(self) -> dict[str, object]:
        """Return it as the API tells of it."""
        return {
            "confirmedAt": self.confirmed_at.isoformat(),
            "jumpS": round(self.jump.total_seconds()),
            "unsureFrom": self.unsure_from.isoformat(),
            "unsureTo": self.unsure_to.isoformat(),
        }
