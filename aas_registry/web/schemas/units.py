"""Units, and what is around them, as they are answered."""

from datetime import datetime

from aas_registry.domain.events import Relation
from aas_registry.domain.items import Scheme
from aas_registry.web.schemas.answer import TIME, AnswerModel, shown
from aas_registry.web.schemas.clock import ConfirmedJumpJson


class RecordedJson(AnswerModel):
    """Up to which times an answer counts."""

    as_of: datetime = shown(
        "As it stood then: what happened later does not count. Now, decided once, where none was asked for.",
        TIME,
    )
    recorded_as_of: datetime | None = shown("Up to which time of recording it counts; null: all.", TIME)
    later_than_known: datetime | None = shown(
        "The time that was asked for, where nothing was recorded so late yet; else null.", None
    )
    clock_confirmed: ConfirmedJumpJson | None = shown(
        "The confirmed jump of the clock that leaves that time unsure; null for none.", None
    )
    names_merged: datetime | None = shown(
        "When an upgrade last merged names of this site after that time: the answer follows the names as they"
        " are merged now, and may differ from what was answered before; null where none were.",
        None,
    )
    names_parted: datetime | None = shown(
        "When names of this site were last parted after that time: the answer follows the names as they are"
        " parted now, and may differ from what was answered before; null where none were.",
        None,
    )


class UnitNameJson(AnswerModel):
    """A name of a unit."""

    scheme: Scheme = shown("What kind of label it is.", "serial")
    value: str = shown("The name.", "SN-0001")
    issuer: str | None = shown("Whose numbers these are; null for the plant's own.", None)


class UnitJson(AnswerModel):
    """A unit: a board, a panel, a product, a carton."""

    id: str = shown("Id of the unit.", "UA8AGpEk18Vk9DJlykyFHA")
    serial: str = shown("The name that leads.", "SN-0001")
    names: list[UnitNameJson] = shown("Every name, the one that leads first.")
    kind: str = shown("What kind of unit it is, as events say: `board`, `product` and so on.", "board")
    product: str | None = shown("Product that it is one of; null where nobody said.", "ECU-7")
    customer: str | None = shown(
        "The customer that it is for, as events name it; null where nobody said.", None
    )
    created_at: datetime = shown("When it was first heard of.", TIME)


class PlacedUnitJson(AnswerModel):
    """A unit that is in another."""

    unit: UnitJson = shown("The unit.")
    relation: Relation = shown("How the one is in the other.")
    position: str | None = shown("Where; null where nobody said.", "1")
    since: datetime = shown("Since when.", TIME)


class DispatchJson(AnswerModel):
    """That a unit left with a shipment."""

    shipment: str = shown("The shipment, as events name it.", "SHIP-17")
    order: str | None = shown(
        "Order; null where nobody said, and for a customer's auditor where the receiver is another.", "O-4711"
    )
    customer: str | None = shown(
        "The receiver, as events name it; null where nobody said, and for another customer's auditor.",
        "meditec",
    )
    shipped_at: datetime = shown("When it left.", TIME)


class TestJson(AnswerModel):
    """A test of a unit."""

    test: str | None = shown("Name of the test; null where nobody said.", "ICT")
    result: str = shown("How it came out.", "passed")
    happened_at: datetime = shown("When.", TIME)


class UnitDetailJson(UnitJson, RecordedJson):
    """A unit: what it is in, what is in it, where it went, how it was tested."""

    part_of: list[PlacedUnitJson] = shown("What it is in: one at most, where the data is sound.", [])
    parts: list[PlacedUnitJson] = shown("What is directly in it, at most a page of it.")
    has_more_parts: bool = shown("Whether there is more in it.")
    shipped: list[DispatchJson] = shown(
        "With what it left, or what it is part of: the later of its own shipment and that of what it is "
        "packed in; one at most."
    )
    tests: list[TestJson] = shown("The newest tests.")
