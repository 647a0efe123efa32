"""How the clock stands, as it is answered."""

from datetime import datetime

from aas_registry.domain.clock import ClockState
from aas_registry.web.schemas.answer import TIME, AnswerModel, shown


class ConfirmedJumpJson(AnswerModel):
    """A jump of the clock that was confirmed: of what was recorded about it the order alone is certain."""

    confirmed_at: datetime = shown("When an administrator confirmed it.", TIME)
    jump_s: int = shown("How far the clock had jumped, in seconds, negative for back.", -2400)
    unsure_from: datetime = shown("The first unsure time of recording.", "2026-03-16T07:20:00+00:00")
    unsure_to: datetime = shown("The last unsure time of recording.", TIME)


class ClockJson(AnswerModel):
    """The clock beside the last recording."""

    state: ClockState = shown("`jumped`: nothing is recorded; `behind`: it was confirmed, and catches up.")
    now: datetime = shown("What the clock says.", TIME)
    last_recorded_at: datetime | None = shown("Time of the last recording; null before the first.", TIME)
    behind_s: int = shown("How far the clock is behind the last recording, in seconds.", 0)
    jump_s: int | None = shown(
        "How far it jumped, in seconds, negative for back; null where it did not.", None
    )
