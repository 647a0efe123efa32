"""Our own vocabulary: events of units — made, processed, assembled, shipped, tested; corrections."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from aas_registry.domain.events import (
    Action,
    Corrected,
    EventFact,
    Moved,
    Relation,
    ShipmentStated,
    Tested,
    UnitsStated,
)
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.namings import NameReused, SameUnit
from aas_registry.domain.passes import UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.formats.events.base import EventBase, EventWithRun, RunRef, Units
from aas_registry.formats.events.lines import others, placed, read_lines
from aas_registry.formats.events.values import (
    EventModel,
    LongText,
    NewUnitRef,
    PackageRef,
    Sequence,
    Text,
    Time,
    UnitName,
    UnitRef,
    party_name,
    serial_alone,
    station_name,
    unit_of_unread,
)


def _unread(units: tuple[Name, ...]) -> Iterator[LineUnread]:
    """Yield that a line about some units cannot be read; one that names none says nothing of any."""
    if units:
        yield LineUnread(brings=False, units=units)


def _unread_passes(lines: list[Any], run: Name | None) -> Iterator[LineUnread]:
    """Yield the lines of a list of units that cannot be read, where each passed or completed a run."""
    for each in others(lines):
        yield LineUnread(brings=False, units=unit_of_unread(each), run=run, passes=True)


def _unread_of(lines: list[Any]) -> Iterator[LineUnread]:
    """Yield the lines of a list of units that cannot be read, each with the unit that it names."""
    for each in others(lines):
        yield from _unread(unit_of_unread(each))


class UnitCreated(EventWithRun):
    """Units of one kind came into being, and (with ``run``) passed a run in this order."""

    type: Literal["unitCreated"]
    units: Annotated[list[NewUnitRef], Field(min_length=1, max_length=10_000), WrapValidator(read_lines)]
    kind: Literal["panel", "board", "assembly", "product", "container"] = "board"
    product: Text | None = Field(None, description="Part number of what the units are.")
    customer: Text | None = Field(None, description="Code or name of the party they are built for.")
    first_sequence: Sequence | None = Field(
        None, description="Number of the first in the run; the others follow. Else nobody knows it."
    )

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        yield UnitsStated(
            units=tuple(unit.names() for unit in self.units),
            is_creation=True,
            kind=self.kind if "kind" in self.model_fields_set else None,
            product=None if self.product is None else Name(Scheme.PRODUCT, self.product),
            customer=party_name(self.customer),
        )
        run = self.run_name()
        if run is not None:
            yield UnitsPassed(
                run=run,
                units=tuple(unit.name for unit in self.units),
                sequence=tuple(
                    self.number_at(place, self.first_sequence) if unit.sequence is None else unit.sequence
                    for place, unit in placed(self.units)
                ),
                named_in=tuple(range(len(self.units))),
            )
        yield from _unread_of(self.units) if run is None else _unread_passes(self.units, run)


class _NameOfUnit(UnitName):
    at: Time | None = Field(None, description="When the name is meant; else when the event happened.")


_NameAtTime = Annotated[_NameOfUnit, BeforeValidator(serial_alone, json_schema_input_type=Text | _NameOfUnit)]


class SameUnitEvent(EventBase):
    """Names are names of one unit, each as it is meant at its time."""

    type: Literal["sameUnit"]
    units: Annotated[list[_NameAtTime], Field(min_length=2, max_length=10), WrapValidator(read_lines)]
    reason: LongText | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield SameUnit(units=tuple((unit.name, unit.at) for unit in self.units))
        for each in others(self.units):
            yield from _unread((*unit_of_unread(each), *(unit.name for unit in self.units)))


class NameReusedEvent(EventBase):
    """Names are another package's, or another unit's, from now on."""

    type: Literal["nameReused"]
    unit: UnitRef | None = None
    package: PackageRef | None = None
    reason: LongText | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        if self.unit is not None:
            yield NameReused(names=self.unit.given_anew())
        if self.package is not None:
            yield NameReused(names=(self.package.name,))

    @model_validator(mode="after")
    def _says_whose(self) -> Self:
        if (self.unit is None) == (self.package is None):
            told = "Say whose name it is: 'unit' or 'package', one of them."
            raise PydanticCustomError("reused", told, {"member": "unit" if self.unit is None else "package"})
        return self


class UnitProcessed(EventWithRun):
    """Units passed a further run, in this order."""

    type: Literal["unitProcessed"]
    units: Units
    run: RunRef
    first_sequence: Sequence | None = Field(
        None, description="Number of the first in the run; the others follow. Else nobody knows it."
    )
    station: Text | None = Field(None, description="Where they passed; the run may say it, too.")
    transaction: Text | None = Field(None, description="What messages of one pass have in common.")

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        yield UnitsPassed(
            run=self.run_name(),
            units=tuple(unit.name for unit in self.units),
            sequence=tuple(self.number_at(place, self.first_sequence) for place, _ in placed(self.units)),
            station=station_name(self.station),
            transaction=self.transaction,
        )
        yield from _unread_passes(self.units, self.run_name())


class UnitCompleted(EventWithRun):
    """The work on units was completed: in the run, at the station, else in every run that they passed."""

    type: Literal["unitCompleted"]
    units: Units
    station: Text | None = Field(None, description="Where; else at every station.")

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        yield UnitsCompleted(
            units=tuple(unit.name for unit in self.units),
            run=self.run_name(),
            station=station_name(self.station),
        )
        yield from _unread_passes(self.units, self.run_name())


class _Link(EventModel):
    unit: UnitRef
    into: UnitRef
    position: Text | None = None
    relation: Relation = Relation.PART_OF


class AssembledInto(EventBase):
    """Units were put into others: boards into a product, a product into a carton."""

    type: Literal["assembledInto"]
    links: Annotated[list[_Link], Field(min_length=1, max_length=10_000), WrapValidator(read_lines)]

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        for link in self.links:
            yield Moved(
                unit=link.unit.name,
                action=Action.ATTACH,
                target=link.into.name,
                relation=link.relation,
                position=link.position,
            )
        for each in others(self.links):
            said = each if isinstance(each, dict) else {}
            units = (*unit_of_unread(said.get("unit")), *unit_of_unread(said.get("into")))
            yield from _unread(units)


class Shipped(EventBase):
    """Units or containers left with a shipment."""

    type: Literal["shipped"]
    units: Units
    shipment: Text
    order: Text | None = None
    customer: Text | None = Field(None, description="Code or name of the party they went to.")

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        shipment = Name(Scheme.SHIPMENT, self.shipment)
        yield ShipmentStated(shipment=shipment, order=self.order, customer=party_name(self.customer))
        for unit in self.units:
            yield Moved(unit=unit.name, action=Action.SHIP, target=shipment)
        yield from _unread_of(self.units)


class Returned(EventBase):
    """Units came back."""

    type: Literal["returned"]
    units: Units
    reason: LongText | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        for unit in self.units:
            yield Moved(unit=unit.name, action=Action.RETURN, reason=self.reason)
        yield from _unread_of(self.units)


class TestedEvent(EventWithRun):
    """Units were tested, all with this result."""

    type: Literal["tested"]
    units: Units
    result: Literal["passed", "failed", "error", "aborted"]
    test: Text | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield from self.run_stated()
        yield Tested(
            units=tuple(unit.name for unit in self.units),
            result=self.result,
            test=self.test,
            run=self.run_name(),
        )
        yield from _unread_of(self.units)


class Correction(EventBase):
    """An earlier event was an error: nothing that it said remains, no name either."""

    type: Literal["correction"]
    corrects: Text = Field(description="The id of the event that was an error.")
    reason: LongText | None = None

    def facts(self) -> Iterator[EventFact]:
        """Yield what the event says."""
        yield Corrected(event=Name(Scheme.EVENT, self.corrects), reason=self.reason)
