"""Why a row is there, as it is answered."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from aas_registry.web.schemas.answer import TIME, AnswerModel, shown

Sure = Literal["exact", "possible", "assumed"]


class ThingJson(AnswerModel):
    """A thing that a statement speaks of."""

    kind: Literal["lot", "package", "run", "station", "unit", "shipment"] = shown("What it is.")
    id: str | None = shown("Id of a lot or unit; null for others.", None)
    name: str = shown("The lot code, label, serial number or name.", "R-000123")


class ChainStepJson(AnswerModel):
    """One statement of a chain."""

    fact: Literal[
        "holds",
        "split",
        "relabel",
        "merge",
        "splice",
        "used",
        "passed",
        "onPanel",
        "partOf",
        "panelOf",
        "packedIn",
        "shipped",
    ] = shown("What it says.")
    source: ThingJson = Field(alias="from", description="Where the material came from.")
    into: ThingJson = shown("Where it then was.")
    certainty: Sure = shown("How sure it is that the material came so far.")
    basis: str | None = shown("Who or what says so; null where the fact has none.", "machine")
    happened_at: datetime | None = shown("When it happened; null where nobody said.", TIME)
    recorded_at: datetime | None = shown("Since when it is on record; null for what a list says.", TIME)
    event: str | None = shown(
        "Id of the event that says so, of equal ones the first; null where it is a list that says so, and "
        "for a customer's auditor.",
        "feeds-RUN-7",
    )
    ended_at: datetime | None = shown(
        "When that was over: all of the use was taken out, the unit was elsewhere, or came back; null where "
        "it is not.",
        None,
    )
    ended_by: str | None = shown(
        "Id of the event that ended it; null where nothing did, and for a customer's auditor.", None
    )
    quantity: str | None = shown("How much, for each unit of a run; null where nobody said.", "2")
    unit_of_measure: str | None = shown("Unit of the quantity; null where nobody said.", None)
    run: str | None = shown("The run in which one unit was given it; null where none was named.", None)
    sequence_from: int | None = shown(
        "First number of the run; null where the fact has none, and for a customer's auditor.", 1
    )
    sequence_to: int | None = shown(
        "Last number of the run; null where the fact has none, and for a customer's auditor.", 40
    )
    slot: str | None = shown("Slot of the machine; null where nobody said.", "12")
    feeder: str | None = shown("Feeder of the machine; null where nobody said.", None)
    designators: list[str] = shown("Where it was placed.", ["R1", "R2"])
    position: str | None = shown("Where in the other unit; null where nobody said.", None)


class WhyJson(AnswerModel):
    """Why a row is there: the surest chain of statements."""

    certainty: Sure = shown("How sure the chain is; that is how sure the row is.")
    uses: int = shown("Uses of the material in the unit, of which the surest is told.", 1)
    steps: list[ChainStepJson] = shown("The statements, from the lot to the unit or shipment.")
