"""Production events, and what became of them, as they are answered."""

from datetime import datetime
from typing import Any, Literal

from aas_registry.domain.codes import Code
from aas_registry.domain.events import EventState
from aas_registry.web.schemas.answer import SHA256, TIME, YES, AnswerModel, FindingJson, absent, shown


class EventOutcomeJson(AnswerModel):
    """What became of one event."""

    id: str | None = absent("Id of the event, as its sender gave it, where it could be read.", "evt-0001")
    state: EventState = shown("What became of it.")
    code: Code | None = absent("Why it was rejected.")
    message: str | None = absent("The reason in words, for a person.")
    waits_for: list[str] | None = absent("What it waits for, or some of its lines, where the rest is taken.")
    duplicate_of: str | None = absent("The event that says the same under another id.", "evt-0000")
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
    state: Literal["accepted", "pending", "rejected"] = shown("What became of it.")
    problem: str | None = shown("Why it is not accepted; null where it is.", None)
    counts: bool = shown("Whether it counts: it was not corrected, and is no copy of one that counts.", YES)
    waits_for: list[str] = shown("What it waits for, or some of its lines.", [])
    findings: list[FindingJson] = shown("Its lines that could not be read; the others count.", [])
    happened_at: datetime = shown("When it happened.", TIME)
    time_given: bool = shown("Whether its sender said so; else it is the time of its arrival.", YES)
    source: str | None = shown("Who or what sent it; null where it does not say.", "line-3")
    recorded_at: datetime = shown("When it was recorded.", TIME)
    digest: str = shown("SHA-256 of its canonical JSON, hexadecimal.", SHA256)
    body: dict[str, Any] = shown(
        "What was sent: ours, as `schemas/event-1.0.json` describes it, or IPC CFX.", {"id": "evt-0001"}
    )
