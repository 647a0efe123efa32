"""Passes: units at a station, what its slots were set up with, and that the work on a unit was completed.

The facts that events state of it, and a pure fold: what is said of one slot of a station becomes
set-ups, each from its statement until the next one. Whatever order the statements arrive in, the
result is the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Self

from aas_registry.domain.items import Name, rank_of

LARGEST_SEQUENCE = 10**12
"""The largest number of a unit in a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPassed:
    """Units passed a run, each at its place in the run's sequence (counted from 1), or a station.

    Attributes:
        run: None for a pass that is told of a station only.
        sequence: Their places; outside of a run `place_outside_runs` of the transaction.
        station: Where, if that was said; the run may have said it, too.
        transaction: What messages of one pass have in common.
        lane: Of the station.
        slots: For each unit the slots of which this report tells what it used there.
        named_in: For each unit the line of the fact right before that names it; empty where none does.
    """

    units: tuple[Name, ...]
    sequence: tuple[int, ...]
    run: Name | None = None
    station: Name | None = None
    transaction: str | None = None
    lane: str | None = None
    slots: tuple[tuple[str, ...], ...] = ()
    named_in: tuple[int, ...] = ()

    def of(self, places: Sequence[int]) -> Self:
        """Return what is said of some of the units, by their places in the list."""
        return replace(
            self,
            units=tuple(self.units[place] for place in places),
            sequence=tuple(self.sequence[place] for place in places),
            slots=tuple(self.slots[place] for place in places) if self.slots else (),
            named_in=tuple(self.named_in[place] for place in places) if self.named_in else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsCompleted:
    """Units completed their pass: of a run, of a station, or of every run that they passed.

    Attributes:
        units: Empty for those of the transaction at the station.
        sequence: The place of the transaction's passes at the station.
    """

    units: tuple[Name, ...] = ()
    run: Name | None = None
    station: Name | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChanged:
    """A slot of a station holds a package from now on, or nothing.

    Attributes:
        slot: None: any slot of the station that holds the package holds nothing from now on.
        package: None for nothing.
        is_awaited: Whether it is not known yet which package: what stood there before ended.
    """

    station: Name
    slot: str | None = None
    package: Name | None = None
    is_awaited: bool = False
    designators: tuple[str, ...] = ()
    quantity_per_unit: Decimal | None = None
    unit_of_measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStatement:
    """What was said of a slot, as it is on record.

    Attributes:
        number: Of the statement.
        empties: Whether the package was taken out of whatever slot it was in.
        rank: Orders statements of the same time, and ``place`` those of one event.
    """

    number: int
    package: int | None
    empties: bool
    happened_at: datetime
    rank: int
    place: int


def set_ups(said: Iterable[SlotStatement]) -> Iterator[tuple[SlotStatement, datetime | None]]:
    """Yield what stood in one slot of a station, each with its end; None where it still stands.

    A statement that another one of the same time follows says nothing. That a package was taken out
    says nothing of a slot that held another.
    """
    standing: SlotStatement | None = None
    for each in sorted(said, key=lambda one: (one.happened_at, one.rank, one.place)):
        if each.empties and (standing is None or standing.empties or standing.package != each.package):
            continue
        if standing is not None and standing.happened_at < each.happened_at:
            yield standing, each.happened_at
        standing = each
    if standing is not None:
        yield standing, None


def place_outside_runs(digest: str) -> int:
    """Return the place of a pass that is told of a station only: below 0, equal for one transaction.

    No range of a run holds it.

    Args:
        digest: Hexadecimal digits of the transaction, or of a message that has none.
    """
    return -1 - (rank_of(digest) >> 1)
