"""The timeline of a unit, as it is answered."""

from datetime import datetime
from typing import Literal

from aas_registry.web.schemas.answer import TIME, AnswerModel, Page, shown
from aas_registry.web.schemas.explanations import Sure, ThingJson
from aas_registry.web.schemas.units import RecordedJson, UnitNameJson


class HappeningJson(AnswerModel):
    """Something that happened to a unit, as an event says."""

    kind: Literal[
        "declared",
        "passed",
        "used",
        "removed",
        "putInto",
        "takenOut",
        "tookIn",
        "gaveUp",
        "completed",
        "tested",
        "shipped",
        "returned",
        "corrected",
        "waits",
    ] = shown(
        "What happened: `declared` (a statement that it exists, or what it is called), `passed` a run, "
        "`used` material in it, `removed` material, `putInto` and `takenOut` of another unit, `tookIn` and "
        "`gaveUp` another, `completed` (the work on it was), `tested`, `shipped`, `returned`, "
        "`corrected` (an event about it was an error), "
        "`waits` (a line of an event that names it waits)."
    )
    happened_at: datetime = shown(
        "When it happened; of a use, when the unit passed; of what had left before the unit was put into it, "
        "when it was.",
        TIME,
    )
    recorded_at: datetime = shown("Since when it is on record.", TIME)
    event: str | None = shown("Id of the event; null for a customer's auditor.", "feeds-RUN-7")
    other: ThingJson | None = shown("The package, run, unit or shipment that it happened with; else null.")
    inside: ThingJson | None = shown(
        "The carton, pallet, panel or product in which it was shipped, or returned; null where it was "
        "itself, and where that is not told."
    )
    names: list[UnitNameJson] = shown("Names that a declaration says; empty for a customer's auditor.", [])
    unit_kind: str | None = shown("Kind that a declaration says; else null.", "board")
    product: str | None = shown("Product that a declaration says; else null.", "ECU-7")
    customer: str | None = shown("Customer that a declaration says; else null.", None)
    certainty: Sure | None = shown("Of a use: how sure it is; else null.", None)
    basis: str | None = shown("Of a use: who or what says so; else null.", None)
    slot: str | None = shown("Of a use: slot of the machine; else null.", None)
    on_panel: bool = shown(
        "Whether it happened to the panel that carried the unit: a pass, a use, a removal, a completion."
    )
    designators: list[str] = shown("Where it was used, or taken out.", ["R1"])
    quantity: str | None = shown("How much; on a panel, on the whole of it; null: not said.", "1")
    unit_of_measure: str | None = shown("Unit of the quantity; null where nobody said.", None)
    sequence: int | None = shown("Of a pass: number in the run; else null.", 4)
    relation: str | None = shown("How it was put into another, or the other into it; else null.", None)
    position: str | None = shown("Where in the other; null where nobody said.", None)
    test: str | None = shown("Name of the test; null where nobody said.", None)
    result: str | None = shown("How a test came out; else null.", None)
    reason: str | None = shown("Why; null where nobody said, and for a customer's auditor.", None)
    corrects: str | None = shown("Of a correction: id of the event that was an error; else null.", None)
    waits_for: list[str] = shown("Of a line that waits: for what.", [])


class TimelineJson(Page[HappeningJson], RecordedJson):
    """A page of what happened to a unit, the earliest first."""
