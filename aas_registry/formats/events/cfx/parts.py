"""What CFX messages are made of: texts, quantities, units, packages and their places.

Members that are not needed are left alone: the versions of the standard add and rename many.
A list that is ``null`` is an empty one, and each line of a list of statements stands alone.

A unit is ``UnitIdentifier`` with its position where there is one: the identifier may be a panel
or carrier that holds several units.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.events import EventFact
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.domain.passes import place_outside_runs
from aas_registry.formats.events.lines import null_is_empty, read_lines
from aas_registry.formats.events.values import Designator, Position, Quantity, Text, Time

_MOST = 10_000
Element = TypeVar("Element")


class CfxPart(BaseModel):
    """A message's body, or a structure in one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    def facts(self) -> Iterator[EventFact]:
        """Yield what the message says; some say nothing that is projected, and are kept."""
        return iter(())

    def station_facts(self, _visit: "Visit") -> Iterator[EventFact]:
        """Yield what the message says of the station that sent it; a bare body tells of none."""
        return iter(())

    def visit(self, source: str, value: Mapping[str, Any], *, apart: Collection[str]) -> "Visit":
        """Return what a message tells of that a station sent; without a transaction it stands alone.

        Args:
            source: Who sent it.
            value: The envelope.
            apart: Members of it in which messages that say the same differ.
        """
        told = {name: each for name, each in value.items() if name not in apart}
        return Visit(
            station=Name(Scheme.STATION, source), place=place_outside_runs(digest_of(canonical_bytes(told)))
        )

    def time(self) -> datetime | None:
        """Return the time that the body itself gives."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a message tells of belongs to this.

    Attributes:
        station: Who sent it.
        place: Of its transaction's passes at the station, equal for all messages of one.
    """

    station: Name
    place: int


def _machine_quantity(value: Any) -> Any:
    # Machines count in binary floating point; beyond millionths there is only noise.
    return round(value, 6) if isinstance(value, float) and isfinite(value) else value


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _none_if_zero(value: Any) -> Any:
    return None if value == 0 else value


def _none_if_unreadable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    # A time that a program never set is written as that of the year 1, or without an offset.
    try:
        return read(value)
    except ValidationError:
        return None


MaybeText = Annotated[Text | None, BeforeValidator(_none_if_blank)]
MachineQuantity = Annotated[Quantity, BeforeValidator(_machine_quantity)]
MaybePosition = Annotated[Position | None, BeforeValidator(_none_if_zero)]
MaybeTime = Annotated[Time | None, WrapValidator(_none_if_unreadable)]
Listed = Annotated[list[Element], Field(max_length=_MOST), BeforeValidator(null_is_empty)]
Lines = Annotated[list[Element], Field(max_length=_MOST), WrapValidator(read_lines)]


def _lane(value: Any) -> Any:
    # 0 is no lane in particular.
    return None if value in {0, "0"} else str(value) if isinstance(value, int) else value


class OfTransaction(CfxPart):
    """A message that belongs to a transaction of its station, on a lane."""

    # Versions of the standard spell it both ways.
    transaction: MaybeText = Field(None, validation_alias=AliasChoices("TransactionID", "TransactionId"))
    lane: Annotated[MaybeText, BeforeValidator(_lane)] = Field(None, alias="Lane")

    def visit(self, source: str, value: Mapping[str, Any], *, apart: Collection[str]) -> Visit:
        """Return the pass of the transaction, which all its messages tell of."""
        if self.transaction is None:
            return super().visit(source, value, apart=apart)
        place = place_outside_runs(digest_of(matching_key(self.transaction).encode()))
        return Visit(station=Name(Scheme.STATION, source), place=place)


class Component(CfxPart):
    """A place on a unit at which a part was put, or from which it was taken."""

    designator: Annotated[Designator | None, BeforeValidator(_none_if_blank)] = Field(
        None, alias="ReferenceDesignator"
    )
    installed_at: MaybeTime = Field(None, alias="InstallationTime")


class MaterialPackage(CfxPart):
    """A package, or a chain of packages that are spliced to each other.

    A chain goes by the package that was spliced on last; each names the one that is consumed
    before it.
    """

    identifier: Text = Field(alias="UniqueIdentifier")
    internal_part_number: MaybeText = Field(None, alias="InternalPartNumber")
    leading: "MaterialPackage | None" = Field(
        None, validation_alias=AliasChoices("LeadingMaterialPackage", "SplicedMaterialPackage")
    )
    grey_zone: MachineQuantity | None = Field(None, alias="GreyZone")

    @property
    def name(self) -> Name:
        """Return the package's name."""
        return Name(Scheme.PACKAGE, self.identifier)

    def consumed(self) -> tuple[Name, ...]:
        """Return the package of which the machine takes parts; within a grey zone, both that it may be.

        Source:
            CFX SDK, ``CFX.Structures.MaterialPackage``: ``LeadingMaterialPackage``, ``GreyZone``.
        """
        chain = [self]
        while chain[-1].leading is not None:
            chain.append(chain[-1].leading)
        near = 2 if any(each.grey_zone for each in chain) else 1
        return tuple(dict.fromkeys(each.name for each in chain[-near:]))


class Carrier(CfxPart):
    """A feeder, tray or tube."""

    identifier: MaybeText = Field(None, alias="UniqueIdentifier")
    lane: Annotated[MaybePosition, WrapValidator(_none_if_unreadable)] = Field(None, alias="LaneNumber")


class CarrierLocation(CfxPart):
    """A place of a station at which material is loaded."""

    identifier: MaybeText = Field(None, alias="LocationIdentifier")
    name: MaybeText = Field(None, alias="LocationName")
    carrier: Carrier | None = Field(None, alias="CarrierInformation")

    @property
    def slot(self) -> str | None:
        """Return what the slot is called, else its id."""
        return self.name or self.identifier

    @property
    def place(self) -> str | None:
        """Return what a set-up calls the slot: on a feeder of several lanes each is one."""
        lane = None if self.carrier is None else self.carrier.lane
        return self.slot if self.slot is None or lane in {None, 1} else f"{self.slot} lane {lane}"

    @property
    def feeder(self) -> str | None:
        """Return the id of the feeder, where one is named."""
        return None if self.carrier is None else self.carrier.identifier


class InUnit(CfxPart):
    """Something that is said of one unit."""

    unit: Text = Field(alias="UnitIdentifier")
    position: MaybePosition = Field(
        None, validation_alias=AliasChoices("UnitPositionNumber", "PositionNumber")
    )

    @property
    def name(self) -> Name:
        """Return the unit's name."""
        return unit_name(self.unit, self.position)


def unit_name(identifier: str, position: int | None) -> Name:
    """Return the name of a unit: a serial number, or a place on a panel or carrier."""
    if position is None:
        return Name(Scheme.SERIAL, identifier)
    return panel_position(identifier, position)


def unit_in(unread: Any) -> tuple[Name, ...]:
    """Return the name of the unit of a line that cannot be read as a whole; none where it cannot, either."""
    try:
        return (InUnit.model_validate(unread).name,)
    except ValidationError:
        return ()


def slot_in(unread: Any) -> str | None:
    """Return what a line calls a slot that cannot be read as a whole; None where it cannot, either."""
    try:
        return CarrierLocation.model_validate(unread).place
    except ValidationError:
        return None


def designators(components: list[Component]) -> tuple[str, ...]:
    """Return the reference designators of components, each once."""
    return tuple(dict.fromkeys(each.designator for each in components if each.designator is not None))
