"""Genealogy: which material went into which unit, and when it no longer was there.

Pure folds over facts. A unit's stays in other units follow from *all* facts about it in the order
in which they happened, never in the order in which they arrived: whatever the order of arrival,
the result is the same. Units that were put into each other are folded together, for a unit that
would be in itself is not put there. So do removals (`domain.removals`) and what packages hold
(`domain.fillings`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
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
        place: Orders movements of the same event.
        event: The event that says so.
    """

    unit: int
    action: Action
    happened_at: datetime
    rank: int
    event: int
    place: int = 0
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


@dataclass(slots=True)
class Whereabouts:
    """Where units were and went, one parent and one shipment at a time, and what of it does not fit.

    Attributes:
        parents: By unit, what it was in.
        shipments: By unit, with which shipment it left until it came back or left again.
        anomalies: What does not fit.
    """

    parents: defaultdict[int, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    shipments: defaultdict[int, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    anomalies: list[Anomaly] = field(default_factory=list)


def fold_movements(movements: Iterable[Movement]) -> Whereabouts:
    """Return where units were and went, folded from all that was said of them.

    Being attached elsewhere ends a stay; so does being detached from that very parent, and coming
    back from a customer, where the unit was packed in something. What left inside of something is away
    with that shipment, also when it is in that no more. What would put a unit into itself is passed over.

    Args:
        movements: Of some units, of all that were ever put into each other with them in a ring, and of
            all that those of them which left, came back, or left what they were in, were ever in.

    Source:
        docs/semantics.md, section 8.
    """
    fold = _Fold()
    for move in sorted(movements, key=_order):
        match move.action:
            case Action.ATTACH:
                fold.attach(move)
            case Action.DETACH:
                fold.detach(move)
            case Action.SHIP:
                fold.ship(move)
            case Action.RETURN:
                fold.give_back(move)
    return fold.end()


class _Fold:
    """Where units are while their movements are gone through."""

    def __init__(self) -> None:
        self._inside: dict[int, Movement] = {}
        self._contents: defaultdict[int, set[int]] = defaultdict(set)
        self._away: dict[int, Movement] = {}
        self._told = Whereabouts()

    def attach(self, move: Movement) -> None:
        now = self._inside.get(move.unit)
        if move.target is None or (now is not None and _says_the_same(move, now)):
            return
        ring = self._ring(move)
        if ring is not None:
            self._list(AnomalyKind.PART_OF_ITSELF, move, *ring)
            return
        if now is not None:
            if now.target != move.target and now.relation is not Relation.PANEL_OF:
                parents = {each.target for each in (move, now) if each.target is not None}
                self._list(AnomalyKind.TWO_PARENTS, move, now, beside=parents)
            self._leave(move)
        self._inside[move.unit] = move
        self._contents[move.target].add(move.unit)

    def detach(self, move: Movement) -> None:
        now = self._inside.get(move.unit)
        if now is None or move.target not in {None, now.target}:
            beside = set() if move.target is None else {move.target}
            self._list(AnomalyKind.NOT_IN, move, beside=beside)
            return
        self._leave(move)

    def ship(self, move: Movement) -> None:
        now = self._away.get(move.unit)
        if move.target is None or (now is not None and now.target == move.target):
            return
        if now is not None:
            self._list(AnomalyKind.SHIPPED_TWICE, move, now)
            _close(self._told.shipments, now, until=move)
        self._away[move.unit] = move

    def give_back(self, move: Movement) -> None:
        away, inside = self._away.pop(move.unit, None), self._inside.get(move.unit)
        if away is not None:
            _close(self._told.shipments, away, until=move)
        elif not any(self._left_inside(move.unit)):
            self._list(AnomalyKind.NOT_SHIPPED, move)
            return
        for each in self._away_inside(move.unit):
            _close(self._told.shipments, self._away.pop(each), until=move)
        if inside is not None and inside.relation is Relation.PACKED_IN:
            self._take_out(move)

    def end(self) -> Whereabouts:
        for stays, open_ones in ((self._told.parents, self._inside), (self._told.shipments, self._away)):
            for began in open_ones.values():
                _close(stays, began, until=None)
        self._told.anomalies = _each_once(self._told.anomalies)
        return self._told

    def _leave(self, move: Movement) -> None:
        """End that a unit is in something; what left inside of that is away by itself from then on."""
        own = self._away.get(move.unit)
        ways = [left for left in self._left_inside(move.unit) if left.happened_at < move.happened_at]
        latest = max(ways, key=_order, default=None)
        self._take_out(move)
        if latest is None or (own is not None and _order(own) >= _order(latest)):
            return
        if own is not None:
            _close(self._told.shipments, own, until=move)
        self._away[move.unit] = latest

    def _take_out(self, move: Movement) -> None:
        was = self._inside.pop(move.unit)
        assert was.target is not None
        self._contents[was.target].remove(move.unit)
        _close(self._told.parents, was, until=move)

    def _away_inside(self, unit: int) -> list[int]:
        """Return what is in a unit, and left by itself before: it comes back with that."""
        below = [unit]
        for each in below:  # grows: what is in what is in it
            below += self._contents[each]
        return [each for each in below[1:] if each in self._away]

    def _left_inside(self, unit: int) -> Iterator[Movement]:
        """Yield with what shipments a unit is away by being in something, each since when it is."""
        above = since = self._inside.get(unit)
        while above is not None and since is not None and above.target is not None:
            since = max(since, above, key=_order)
            left = self._away.get(above.target)
            if left is not None:
                last = max(since, left, key=_order)
                yield replace(left, unit=unit, happened_at=last.happened_at, rank=last.rank, place=last.place)
            above = self._inside.get(above.target)

    def _ring(self, move: Movement) -> list[Movement] | None:
        ring, node = list[Movement](), move.target
        while node != move.unit:
            above = None if node is None else self._inside.get(node)
            if above is None:
                return None
            ring.append(above)
            node = above.target
        return ring

    def _list(self, kind: AnomalyKind, move: Movement, *others: Movement, beside: Iterable[int] = ()) -> None:
        self._told.anomalies.append(
            Anomaly(
                kind=kind,
                subject=move.unit,
                key=f"{move.event} {move.place}",
                events=frozenset({move.event, *(each.event for each in others)}),
                things=frozenset({move.unit, *(each.unit for each in others), *beside}),
                holds_from=move.happened_at,
            )
        )


def _each_once(found: Iterable[Anomaly]) -> list[Anomaly]:
    """Return what does not fit, once where several lines of an event say the same of the same."""
    keys: defaultdict[Anomaly, list[str]] = defaultdict(list)
    for each in found:
        keys[replace(each, key="")].append(each.key)
    return [replace(each, key="\n".join(of_it)) for each, of_it in keys.items()]


def _order(move: Movement) -> tuple[datetime, int, int]:
    return move.happened_at, move.rank, move.place


def _says_the_same(move: Movement, now: Movement) -> bool:
    return (move.target, move.relation, move.position) == (now.target, now.relation, now.position)


def _close(stays: defaultdict[int, list[Stay]], began: Movement, *, until: Movement | None) -> None:
    if until is not None and until.happened_at <= began.happened_at:
        return
    assert began.target is not None
    stays[began.unit].append(
        Stay(
            target=began.target,
            relation=began.relation,
            position=began.position,
            valid_from=began.happened_at,
            event=began.event,
            valid_to=None if until is None else until.happened_at,
            ended_by=None if until is None else until.event,
        )
    )
