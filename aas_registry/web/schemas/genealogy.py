"""Where-used and contents, as they are answered."""

from datetime import datetime
from typing import Literal

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.web.schemas.answer import TIME, AnswerModel, Page, absent, shown
from aas_registry.web.schemas.explanations import Sure, WhyJson
from aas_registry.web.schemas.units import RecordedJson, UnitJson

_ANOMALIES = (
    "Contradictions that touch the answer and still hold, by kind; `GET /trace/v1/anomalies` lists them."
)
_DATED_AHEAD = (
    "Statements left out that would touch the answer: they are dated more than five minutes later than"
    " they were recorded, and that time has not come."
)


class LotNameJson(AnswerModel):
    """What names a lot."""

    manufacturer: str = shown("Manufacturer's name.", "Kondor")
    mpn: str = shown("Manufacturer part number.", "KC0805-10K")
    code: str = shown("Lot code.", "K2541-0383")


class TotalsJson(AnswerModel):
    """Distinct units by certainty."""

    exact: int = shown("Units that surely hold it.", 3)
    possible: int = shown("Units that may hold it.", 0)
    assumed: int = shown("Units that are assumed to hold it.", 0)
    total: int = shown("Their sum, in units.", 3)


class ReportedUseJson(AnswerModel):
    """Of how many units a use of a part type is on record."""

    manufacturer: str = shown("Manufacturer's name.", "Kondor")
    mpn: str = shown("Manufacturer part number.", "KC0805-10K")
    units: dict[str, int] = shown(
        "Units by basis; one that is told on two bases counts for both.",
        {"machine": 3},
    )


class SourceJson(AnswerModel):
    """Who told of the runs in question."""

    source: str = shown("The source, as its events name it.", "line-4")
    last_event_at: datetime = shown("When the last of what it told of these runs happened.", TIME)
    last_recorded_at: datetime = shown("When the last of that was recorded.", TIME)
    heard_at: datetime | None = shown(
        "When it was last heard at all; null at an earlier `recordedAsOf`, and for a customer's auditor.",
        TIME,
    )


class CoverageJson(AnswerModel):
    """How much was reported of the runs that these units passed; for a customer's auditor, of their units."""

    units_passed: int = shown("Units that passed or completed one of these runs.", 3)
    units_built: int | None = shown(
        "Units that completed a pass of them; null where nothing says that passes were completed.", 3
    )
    units_reported: int = shown(
        "Of the units built, where these are not known of those that passed: units of which somebody "
        "reported a use of the same part types. A set-up or a posting in bulk reports nobody.",
        3,
    )
    uses: list[ReportedUseJson] = shown("Of the same units: of how many a use is on record.")
    sources: list[SourceJson] = shown("Who told of these runs.")


class UnknownJson(AnswerModel):
    """What could change the answer, and is not known."""

    waiting: int = shown("Lines of events that wait for a name and could touch it.", 0)
    undecided: int = shown(
        "Lines in which a name means several things; for a customer's auditor 1 for any number of them.", 0
    )
    unread: int = shown("Lines of events that could not be read, and could touch it.", 0)
    packages_without_lot: int = shown("Packages that were used while nobody had said all that they held.", 0)


class AskedJson(AnswerModel):
    """One of the things that were asked about."""

    kind: Literal["lot", "package", "receipt", "dateCode", "partNumber"] = shown("What it is.", "lot")
    name: str = shown("How it is called; of a lot its code.", "K2541-0383")
    lot: LotNameJson | None = shown("Of a lot, all of its name; else null.")


class NarrowedToJson(AnswerModel):
    """To what a question was narrowed, as its parameters say; null: not by this."""

    date_code_from: str | None = shown("Only material of this date code or later.", "2541")
    date_code_to: str | None = shown("Only material of this date code or earlier.", "2546")
    delivery_note: str | None = shown("Only material that came on this delivery note.", "DN-7")
    customer: str | None = shown("Only units that are built for it: code, as it was given.", "meditec")


class HeadlineJson(RecordedJson):
    """How many units, at which level, as of when."""

    lot: LotNameJson | None = shown("The lot; null where not one lot alone was asked about.")
    asked: list[AskedJson] = shown("What was asked about: one question, however many things it is.")
    level: Level = shown("What was counted.", "product")
    ever: bool = shown("Whether what once held it counts.")
    narrowed_to: NarrowedToJson | None = shown(
        "What alone counts, where the question was narrowed: units and completeness are of that; else null."
    )
    units: TotalsJson = shown("How many units; at level `customer` how many receivers.")
    coverage: CoverageJson = shown("How much was reported.")
    unknown: UnknownJson = shown("What could change the answer.")
    dated_ahead: int = shown(_DATED_AHEAD, 0)
    anomalies: dict[AnomalyKind, int] = shown(_ANOMALIES, {"twoParents": 1})
    is_complete: bool = shown("Whether every unit of these runs was reported, and nothing is unknown.")


class ShipmentJson(AnswerModel):
    """The shipment that a unit left with."""

    id: str = shown("The shipment, as events name it.", "SHIP-17")
    order: str | None = shown(
        "Order; null where nobody said, and for a customer's auditor where the receiver is another.", "O-4711"
    )
    customer: str | None = shown(
        "The receiver, as events name it; null where nobody said, and for another customer's auditor.",
        "meditec",
    )
    shipped_at: datetime = shown("When it left.", TIME)


class UsedUnitJson(UnitJson):
    """A unit that holds the material."""

    certainty: Sure = shown("How sure that is: the best over all paths.")
    part_of: UnitJson | None = shown("What it is part of; null where it is part of nothing.", None)
    shipment: ShipmentJson | None = absent("At the level shipment: with what it left.")
    why: WhyJson | None = absent("With `explain=true`: why the unit is here.")


class WhereUsedJson(Page[UsedUnitJson]):
    """The headline, and a page of the units."""

    headline: HeadlineJson = shown("The answer in one line.")


class ReceiverJson(AnswerModel):
    """Who received units that hold the material."""

    customer: str | None = shown(
        "The receiver, as events name it; null where nobody said, and for another customer's auditor.",
        "meditec",
    )
    certainty: Sure = shown("How sure that is: the best over all that it received.")


class ReceiversJson(Page[ReceiverJson]):
    """At the level `customer`: the headline, and a page of the receivers."""

    headline: HeadlineJson = shown("The answer in one line.")


class UnitGroupJson(TotalsJson):
    """How many units of one product, day, line or customer."""

    group: str | None = shown("What they have in common; null where that is not known.", "ECU-7")


class WhereUsedGroupsJson(AnswerModel):
    """The headline, and the units counted instead of listed (`groupBy`)."""

    headline: HeadlineJson = shown("The answer in one line.")
    group_by: GroupBy = shown("What they are counted by.")
    groups: list[UnitGroupJson] = shown("The groups.")


class HeldLotJson(LotNameJson):
    """The lot that a package holds."""

    id: str = shown("Id of the lot.", "MN8SMiDgxQSrDSUZWoXVKw")


class MaterialJson(AnswerModel):
    """Material of one package in one unit, and one lot that the package holds."""

    unit: UnitJson = shown("The innermost unit that holds it.")
    package: str = shown("The package's own id, as on its label.", "R-000123")
    lot: HeldLotJson | None = shown("The lot; null where nobody said what the package holds.")
    certainty: Sure = shown("How sure it is.")
    basis: str = shown(
        "Who or what says so: `machine`, `manual`, `setup`, `backflush`, `document`.", "machine"
    )
    run: str | None = shown("The run in which it was used; null where none was named.", "RUN-7")
    slot: str | None = shown("Slot of the machine; null where nobody said.", "12")
    feeder: str | None = shown("Feeder of the machine; null where nobody said.", "F-3")
    designators: list[str] = shown("Where it sits, without what rework took out.", ["R1", "R2"])
    quantity: str | None = shown(
        "How much is left, a decimal number in the unit of measure; null: not said. Fewer pieces than "
        "`designators`: nobody said from which one a piece was taken.",
        "2",
    )
    panel_quantity: str | None = shown(
        "How much was used on the whole panel that carried the unit: no board's own quantity. Null for "
        "what was used on the unit itself, and for a customer's auditor.",
        None,
    )
    unit_of_measure: str | None = shown("Unit of the quantity; null where nobody said.", None)
    alternative_group: str | None = shown(
        "What is alternative to each other has the same word here; null for what surely is in it.", None
    )
    installed_at: datetime = shown(
        "When the unit passed; where no pass is on record, when the package was put in.", TIME
    )
    removed_at: datetime | None = shown("When the last of it was taken out; null while it is in.", None)
    why: WhyJson | None = absent("With `explain=true`: why it is here.")


class ContentsJson(Page[MaterialJson], RecordedJson):
    """A page of the material in a unit, by unit, use and lot."""

    ever: bool = shown("Whether what was taken out counts, and what is in it no more.")
    dated_ahead: int = shown(_DATED_AHEAD, 0)
    anomalies: dict[AnomalyKind, int] = shown(_ANOMALIES, {"twoParents": 1})
    unknown: UnknownJson = shown("What could change the answer.")
