"""Genealogy: which material went into which unit, and when it no longer was there.

Pure folds over facts. A unit's stays in other units follow from *all* facts about it in the order
in which they happened, never in the order in which they arrived: whatever the order of arrival,
the result is the same. So do removals (`domain.removals`) and what packages hold (`domain.fillings`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aas_registry.domain.clock import ConfirmedJump
from aas_registry.domain.events import Action, Relation

CLOCKS_APART = timedelta(minutes=5)
"""By how much a source's clock may be ahead of the registry's before a statement is dated ahead."""


class Level(StrEnum):
    """What where-used answers: units that hold it, what they are part of, where that went, to whom."""

    BOARD = "board"
    PRODUCT = "product"
    SHIPMENT = "shipment"
    CUSTOMER = "customer"

    @property
    def has_left(self) -> bool:
        """Return whether what left the plant is asked for."""
        return self in {Level.SHIPMENT, Level.CUSTOMER}


class GroupBy(StrEnum):
    """What where-used can be counted by."""

    PRODUCT = "product"
    DAY = "day"
    LINE = "line"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The two times of a question.

    Attributes:
        as_of: The time of happening up to which facts count: now, where no other is asked for.
        recorded_as_of: The time of recording up to which facts count; None: everything that is on record.
    """

    as_of: datetime
    recorded_as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AsRecorded:
    """Up to which times an answer counts.

    Attributes:
        as_of: The time of happening, decided once for the whole question; None where none is asked for.
        last: The last recording that the snapshot holds which was read; None where it holds none.
        asked: The time that was asked for; None for the last.
        unsure: The confirmed jump of the clock that leaves the answered time unsure; None for none.
        merged: When names were last merged after the answered time, by an upgrade: what is answered
            follows the names as they are merged now, whatever it was before; None where they were not.
        parted: The same of names that were parted.
    """

    last: datetime | None
    asked: datetime | None = None
    unsure: ConfirmedJump | None = None
    merged: datetime | None = None
    parted: datetime | None = None
    as_of: datetime | None = None

    @property
    def is_last(self) -> bool:
        """Return whether everything counts that the snapshot holds."""
        return self.asked is None or self.last is None or self.asked >= self.last

    @property
    def at(self) -> datetime | None:
        """Return the time of recording that is answered; asked again, it has the same answer for ever."""
        return self.last if self.is_last else self.asked

    @property
    def later_than_known(self) -> datetime | None:
        """Return the time that was asked for where it is later than the one that is answered."""
        return self.asked if self.is_last and self.asked != self.last else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A fact about one unit: it was attached, detached, shipped, or came back.

    Attributes:
        target: Parent unit or shipment; None where any is meant.
        rank: Orders movements of the same time.
        event: The event that says so.
    """

    action: Action
    happened_at: datetime
    rank: int
    event: int
    target: int | None = None
    relation: Relation | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A unit was in a parent, or with a shipment, from one time to another."""

    target: int
    valid_from: datetime
    event: int
    relation: Relation | None = None
    position: str | None = None
    valid_to: datetime | None = None
    ended_by: int | None = None


def stays_in_parents(movements: Iterable[Movement]) -> list[Stay]:
    """Return where a unit was, one parent at a time.

    Being attached elsewhere ends a stay; so does being detached from that very parent, and
    coming back from a customer, where the unit was packed in something.
    """
    return list(_fold(_sorted(movements, Action.ATTACH), opens=Action.ATTACH))


def stays_in_shipments(movements: Iterable[Movement]) -> list[Stay]:
    """Return with which shipment a unit left, until it came back or left again."""
    return list(_fold(_sorted(movements, Action.SHIP), opens=Action.SHIP))


def _sorted(movements: Iterable[Movement], opens: Action) -> list[Movement]:
    ends = {Action.DETACH, Action.RETURN} if opens is Action.ATTACH else {Action.RETURN}
    relevant = (move for move in movements if move.action is opens or move.action in ends)
    return sorted(relevant, key=lambda move: (move.happened_at, move.rank))


def _fold(movements: Sequence[Movement], *, opens: Action) -> Iterator[Stay]:
    now: Movement | None = None
    for move in movements:
        told = (move.action, move.target, move.relation, move.position)
        if now is not None and told == (now.action, now.target, now.relation, now.position):
            continue  # the same is said again
        if now is not None and _ends(move, now, opens):
            if move.happened_at > now.happened_at:
                yield _stay(now, until=move)
            now = None
        if move.action is opens and move.target is not None:
            now = move
    if now is not None:
        yield _stay(now, until=None)


def _ends(move: Movement, now: Movement, opens: Action) -> bool:
    if move.action is opens:
        return True
    if move.action is Action.DETACH:
        return move.target is None or move.target == now.target
    return now.action is Action.SHIP or now.relation is Relation.PACKED_IN


def _stay(began: Movement, *, until: Movement | None) -> Stay:
    assert began.target is not None
    return Stay(
        target=began.target,
        relation=began.relation,
        position=began.position,
        valid_from=began.happened_at,
        event=began.event,
        valid_to=None if until is None else until.happened_at,
        ended_by=None if until is None else until.event,
    )
