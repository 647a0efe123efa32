"""CFX messages about units: the names by which they go, and how their tests ended."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AliasChoices, Field

from aas_registry.domain.events import EventFact, Tested, UnitsStated
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.formats.events.cfx.parts import (
    CfxPart,
    InUnit,
    Lines,
    Listed,
    MaybeText,
    MaybeTime,
    OfTransaction,
    Visit,
    unit_in,
    unit_name,
)
from aas_registry.formats.events.lines import others

_Result = Literal["Passed", "Failed", "Error", "Aborted", "Skipped"]


class NamedUnits(CfxPart):
    """Work on units began or ended: with the names by which they go."""

    IS_CREATION: ClassVar = False

    primary: MaybeText = Field(None, alias="PrimaryIdentifier")
    units: Lines[InUnit] = Field([], alias="Units")

    def facts(self) -> Iterator[EventFact]:
        """Yield the units with every name under which machines may report on them."""
        if self.units:
            yield UnitsStated(units=self._named(), kind="board", is_creation=self.IS_CREATION)

    def _named(self) -> tuple[tuple[Name, ...], ...]:
        shared = Counter(each.unit for each in self.units)
        # One that cannot be read still shows that several are on one carrier.
        shared.update(
            str(each.get("UnitIdentifier")) for each in others(self.units) if isinstance(each, dict)
        )
        return tuple(tuple(self._names(each, alone=shared[each.unit] == 1)) for each in self.units)

    def _names(self, unit: InUnit, *, alone: bool) -> Iterator[Name]:
        # The place comes first: the id may turn out to be the carrier's.
        if unit.position is not None:
            yield unit_name(unit.unit, unit.position)
        if alone and not self._is_one_of_several(unit):
            yield Name(Scheme.SERIAL, unit.unit)
        if unit.position is not None:
            if self.primary not in {None, unit.unit}:
                yield unit_name(str(self.primary), unit.position)
        elif not alone:
            yield Name(Scheme.SERIAL, unit.unit)

    def _is_one_of_several(self, unit: InUnit) -> bool:
        """Return whether others are on its carrier that are not told of: a board by itself is at place 1."""
        is_only = len(self.units) == 1 and self.primary in {None, unit.unit}
        return is_only and unit.position not in {None, 1}


class InitializedUnits(NamedUnits):
    """Units came into being: what had the place on a carrier before is another unit."""

    IS_CREATION: ClassVar = True


class WorkStarted(OfTransaction, NamedUnits):
    """Work on units began at a station: they passed it."""

    def station_facts(self, visit: Visit) -> Iterator[EventFact]:
        """Yield the pass."""
        if self.units:
            units = tuple(names[0] for names in self._named())
            yield UnitsPassed(
                units=units,
                sequence=(visit.place,) * len(units),
                station=visit.station,
                transaction=self.transaction,
                lane=self.lane,
            )
        for each in others(self.units):
            yield LineUnread(brings=False, units=unit_in(each), run=visit.station, passes=True)


class WorkCompleted(WorkStarted):
    """Work on units ended: those that are listed, else all of the transaction, completed their pass."""

    result: MaybeText = Field(None, alias="Result")

    def station_facts(self, visit: Visit) -> Iterator[EventFact]:
        """Yield the pass, and that it was completed, where it was."""
        yield from super().station_facts(visit)
        if self.result in {None, "Completed"} and (self.units or self.transaction is not None):
            yield UnitsCompleted(
                units=tuple(names[0] for names in self._named()),
                station=visit.station,
                sequence=visit.place,
            )


class _Check(CfxPart):
    name: MaybeText = Field(None, validation_alias=AliasChoices("TestName", "InspectionName"))
    ended_at: MaybeTime = Field(None, validation_alias=AliasChoices("TestEndTime", "InspectionEndTime"))


class _CheckedUnit(InUnit):
    result: _Result = Field(alias="OverallResult")
    checks: Listed[_Check] = Field([], validation_alias=AliasChoices("Tests", "Inspections"))

    def tested(self) -> Iterator[Tested]:
        """Yield how the test ended, with its name where there was one only; a skipped one tells nothing."""
        if self.result != "Skipped":
            names = {each.name for each in self.checks}
            yield Tested(
                units=(self.name,),
                result=self.result.lower(),
                test=names.pop() if len(names) == 1 else None,
            )


class UnitsTested(CfxPart):
    """Units were tested."""

    units: Lines[_CheckedUnit] = Field(alias="TestedUnits")

    def time(self) -> datetime | None:
        """Return when the last test ended."""
        times = [each.ended_at for unit in self.units for each in unit.checks if each.ended_at is not None]
        return max(times, default=None)

    def facts(self) -> Iterator[EventFact]:
        """Yield how the tests of each unit ended, all in all."""
        for each in self.units:
            yield from each.tested()
        named = filter(None, map(unit_in, others(self.units)))
        yield from (LineUnread(brings=False, units=each) for each in named)


class UnitsInspected(UnitsTested):
    """Units were inspected."""

    units: Lines[_CheckedUnit] = Field(alias="InspectedUnits")
