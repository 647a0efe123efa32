"""Anomalies, as they are answered."""

from datetime import datetime

from aas_registry.domain.anomalies import AnomalyKind, AnomalyState
from aas_registry.web.schemas.answer import TIME, AnswerModel, Page, shown
from aas_registry.web.schemas.units import RecordedJson


class SaidEventJson(AnswerModel):
    """An event that states an anomaly, or resolved it."""

    id: str | None = shown(
        "Id of the event, as its sender gave it; null for a customer's auditor.", "evt-0001"
    )
    type: str = shown("What kind of event it is.", "assembledInto")
    happened_at: datetime = shown("When it is said to have happened.", TIME)


class SaidLotJson(AnswerModel):
    """A lot that a package is said to hold."""

    lot: str = shown("Manufacturer, part number and code of the lot.", "Ohm Parts R-100 L-1")
    said_by: list[str] = shown("The parties whose lists say so; none where events do.", ["Ohm Parts"])


class TouchedThingJson(AnswerModel):
    """A unit, package or lot that an anomaly touches."""

    kind: str = shown("What it is: `unit`, `package` or `lot`.", "unit")
    id: str = shown("Its id.", "UA8AGpEk18Vk9DJlykyFHA")
    name: str = shown("The name that leads.", "SN-0001")
    holds: list[SaidLotJson] = shown("Of a package: the lots that it is said to hold.", [])


class AnomalyJson(AnswerModel):
    """What was accepted as it was said, and does not fit."""

    kind: AnomalyKind = shown("What does not fit; `docs/semantics.md`, section 10, says what holds.")
    state: AnomalyState = shown("Whether it still holds.")
    events: list[SaidEventJson] = shown("What states it, in the order in which it happened.")
    things: list[TouchedThingJson] = shown("What it touches.")
    known_since: datetime = shown("Since which time of recording it is known.", TIME)
    resolved_at: datetime | None = shown("Since when it holds no longer; null while it does.", None)
    resolved_by: SaidEventJson | None = shown(
        "The event that resolved it; null where none did, but the time that passed.", None
    )


class AnomaliesJson(Page[AnomalyJson], RecordedJson):
    """A page of the anomalies, what is known last first."""
