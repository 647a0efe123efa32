"""Production events, and what became of them, as they are answered."""

from datetime import datetime
from typing import Any, Literal

from aas_registry.domain.codes import Code
from aas_registry.domain.events import EventState
from aas_registry.web.schemas.answer import SHA256, TIME, YES, AnswerModel, FindingJson, absent, shown


class UndecidedJson(AnswerModel):
    """A name that may mean several packages or units; what of the event names it says nothing yet."""

    name: str = shown("The name, as the event gives it.", "serial 0001")
    candidates: list[str] = shown("Ids of the packages or units that it may mean.", ["unt_…"])


class EventOutcomeJson(AnswerModel):
    """What became of one event."""

    id: str | None = absent("Id of the event, as its sender gave it, where it could be read.", "evt-0001")
    state: EventState = shown("What became of it.")
    code: Code | None = absent("Why it was rejected.")
    message: str | None = absent("The reason in words, for a person.")
    waits_for: list[str] | None = absent("What it waits for, or some of its lines, where the rest is taken.")
    undecided: list[UndecidedJson] | None = absent("Names in it that may mean several things.")
    duplicate_of: str | None = absent("The event that says the same under another id.", "evt-0000")
    counts_instead: str | None = absent(
        "Of a correction: the event that says the same as the corrected one, and counts now.", "evt-0002"
    )
    findings: list[FindingJson] | None = absent(
        "The places that are wrong; of an event that was taken, the lines that were not."
    )


class EventOutcomesJson(AnswerModel):
    """What became of each event."""

    result: list[EventOutcomeJson] = shown("One for each event, in the order sent.")


class EventJson(AnswerModel):
    """An event on record."""

    id: str = shown("Id of the event, as its sender gave it.", "evt-0001")
    type: str = shown("What kind of event it is.", "consumed")
    state: Literal["accepted", "pending", "corrected", "duplicate"] = shown(
        "What became of it: `corrected` while a correction takes it away, `duplicate` while an equal counts."
    )
    counts: bool = shown("Whether it counts: it was not corrected, and is no copy of one that counts.", YES)
    waits_for: list[str] = shown("What it waits for, or some of its lines.", [])
    undecided: list[UndecidedJson] = shown("Names in it that may mean several things.", [])
    findings: list[FindingJson] = shown("Its lines that could not be read; the others count.", [])
    happened_at: datetime = shown("When it happened.", TIME)
    time_given: bool = shown("Whether its sender said so; else it is the time of its arrival.", YES)
    source: str | None = shown("Who or what sent it; null where it does not say.", "line-3")
    recorded_at: datetime = shown("When it was recorded.", TIME)
    digest: str = shown("SHA-256 of its canonical JSON, hexadecimal.", SHA256)
    body: dict[str, Any] = shown(
        "What was sent: ours, as `schemas/event-1.0.json` describes it, or IPC CFX.", {"id": "evt-0001"}
    )
