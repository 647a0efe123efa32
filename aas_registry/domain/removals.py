"""Removals: what rework took out of a unit, counted in pieces, by designator where that is known.

A pure fold over the uses and removals of one unit, in the order in which they happened: whatever
the order in which they arrived, the result is the same. What cannot be known stays: of a use whose
number of pieces nobody said, some are left as long as nobody said that all were taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from aas_registry.domain.held_spans import Span, union_of

_ONE = Decimal(1)
_SMALLEST = Decimal("0.000001")
_PIECES = "pcs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A unit holds material of a feed since ``installed_at``.

    Attributes:
        rank: Orders uses of the same time.
        place: Orders uses that one event states.
        quantity: In the unit of measure, pieces where that is None; None where nobody said.
        counts_from: Where it was dated ahead: before that time there was nothing of it to take out.
    """

    feed: int
    package: int
    installed_at: datetime
    counts_from: datetime | None = None
    rank: int = 0
    place: int = 0
    designators: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit_of_measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A fact: something was taken out of a unit; of a package, at designators, or both.

    Attributes:
        rank: Orders removals of the same time.
        place: Orders removals of the same event.
        quantity: In the unit of measure, pieces where that is None; None for all that is there.
        feed: The feed of which alone it was taken out, with the panel that carried the unit; None for any.
        counts_from: As of which times alone it was, as `Void` says it.
        counts_until: The end of these times.
    """

    happened_at: datetime
    rank: int
    event: int
    place: int = 0
    package: int | None = None
    designators: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    reason: str | None = None
    feed: int | None = None
    counts_from: datetime | None = None
    counts_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """What a removal took out of one use; ``closes`` where nothing of the use remains.

    Attributes:
        designators: Those that surely are empty since; none where it is not known which.
        quantity: What was taken, in the use's unit of measure; None for all of an unknown quantity.
        counts_from: As of earlier times the removal found other uses; None: as of any since it happened.
        counts_until: As of later times, and this one, it found others; None: for good.
    """

    feed: int
    valid_to: datetime
    event: int
    closes: bool
    designators: tuple[str, ...] = ()
    quantity: Decimal | None = None
    reason: str | None = None
    counts_from: datetime | None = None
    counts_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The uses of a unit as of the times before ``until``, and from the end of the stock before it on."""

    until: datetime
    uses: Sequence[Use]


class Missed(NamedTuple):
    """A removal did not find all that it names, as of the times of a span."""

    removal: Removal
    span: Span


@dataclass(slots=True)
class TakenOut:
    """What the removals of one unit took out of its uses, and those that did not find all they name."""

    voids: list[Void] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)


def fold_stocks(stocks: Sequence[Stock], removals: Sequence[Removal]) -> TakenOut:
    """Return what the removals of one unit took out of its uses, where these differ by the time asked for.

    Args:
        stocks: In order; what the last says counts for good.
        removals: All of the unit.
    """
    missed: dict[Removal, list[Span]] = {}
    since: datetime | None = None
    spans: dict[Void, list[tuple[datetime | None, datetime]]] = {}
    for stock in stocks:
        now = fold_removals(stock.uses, [each for each in removals if _counts(each, since, stock.until)])
        for void in dict.fromkeys(now.voids):
            # What began within this time needs no bound.
            begins = None if since is None or since <= void.valid_to else since
            told = spans.setdefault(void, [])
            goes_on = bool(told) and told[-1][1] == since
            told[len(told) - goes_on :] = [(told[-1][0] if goes_on else begins, stock.until)]
        for each, _ in now.missed:
            begins = max(since or each.happened_at, each.happened_at)
            missed.setdefault(each, []).append(Span(begins, stock.until))
        since = stock.until
    voids = [
        replace(void, counts_from=begins, counts_until=None if ends == since else ends)
        for void, told in spans.items()
        for begins, ends in told
    ]
    told_missed = [
        Missed(each, Span(span.begins, None if span.ends == since else span.ends))
        for each, found in missed.items()
        for span in union_of(found)
    ]
    return TakenOut(voids=voids, missed=told_missed)


def fold_removals(uses: Iterable[Use], removals: Iterable[Removal]) -> TakenOut:
    """Return what all removals of one unit took out of its uses.

    A removal touches what was installed before it (or at its very time) and counted then, of the
    package it names, the latest use first. With designators it takes what is there, or as many pieces of it
    as it says; without, as many pieces as it says, and all of that package where it says nothing.
    A use whose designators are not known may be meant by a removal that names its package.
    """
    latest = sorted(uses, key=lambda use: (use.installed_at, use.rank, use.place), reverse=True)
    stock = [_Left(use) for use in latest]
    found = TakenOut()
    for taken in sorted(removals, key=lambda each: (each.happened_at, each.rank, each.place)):
        met = [each for each in stock if _is_met(each, taken)]
        voids, missing = _take_at_places(met, taken)
        if taken.package is not None and (not taken.designators or missing != 0):
            more, missing = _take_anywhere(met, taken, missing)
            voids += more
        found.voids += voids
        if missing != 0 and (missing is not None or not voids):
            found.missed.append(Missed(taken, Span(taken.happened_at)))
    return found


def pieces_at(designators: Sequence[str], quantity: Decimal | None) -> Decimal | None:
    """Return how many pieces a use holds: one at each designator where nobody said how many."""
    return Decimal(len(designators)) if quantity is None and designators else quantity


def is_alike(unit_of_measure: str | None, other: str | None) -> bool:
    """Return whether quantities in two units of measure may be added; pieces need not be named."""
    return measure_of(unit_of_measure) == measure_of(other)


def measure_of(unit_of_measure: str | None) -> str:
    """Return a unit of measure in the form in which it is compared."""
    return (unit_of_measure or _PIECES).casefold()


@dataclass(slots=True)
class _Left:
    """What is left of a use."""

    use: Use
    places: dict[str, Decimal] = field(init=False)
    pieces: Decimal | None = field(init=False)
    is_empty: bool = False

    def __post_init__(self) -> None:
        use = self.use
        self.pieces = pieces_at(use.designators, use.quantity)
        each = _ONE
        if use.designators and use.quantity is not None:
            each = (use.quantity / len(use.designators)).quantize(_SMALLEST, ROUND_DOWN)
        self.places = dict.fromkeys(use.designators, each)

    def take(self, taken: Removal, places: Sequence[str], most: Decimal | None) -> Void:
        """Take what is at some places, or anywhere where none is known; ``most`` bounds the pieces."""
        held = self.pieces
        if held is not None and len(places) < len(self.places):
            held = min(held, sum((self.places[place] for place in places), Decimal(0)))
        all_there = most is None or (held is not None and most >= held)
        amount = held if all_there else most
        gone = tuple(places) if all_there else ()
        for place in gone:
            del self.places[place]
        if len(places) == 1 and not all_there and amount is not None:
            self.places[places[0]] -= amount
        if self.pieces is not None and amount is not None:
            self.pieces -= amount
        nowhere = bool(self.use.designators) and not self.places
        self.is_empty = nowhere or self.pieces == 0 or (all_there and self.pieces is None)
        return Void(
            feed=self.use.feed,
            valid_to=taken.happened_at,
            event=taken.event,
            closes=self.is_empty,
            designators=gone,
            quantity=amount,
            reason=taken.reason,
        )


def _take_at_places(met: Sequence[_Left], taken: Removal) -> tuple[list[Void], Decimal | None]:
    """Take what is at the designators; return how many pieces were not found, None for all there are."""
    named, left = set(taken.designators), taken.quantity
    voids, emptied = list[Void](), set[str]()
    for each in met:
        here = [place for place in each.places if place in named]
        if here and left != 0:
            void = each.take(taken, here, left)
            voids.append(void)
            emptied.update(here)
            left = None if left is None else left - (void.quantity or 0)
    return voids, Decimal(len(named - emptied)) if named and left is None else left


def _take_anywhere(
    met: Sequence[_Left], taken: Removal, missing: Decimal | None
) -> tuple[list[Void], Decimal | None]:
    """Take what is missing out of the package's uses, with designators out of those that name none."""
    named = set(taken.designators)
    known = {place for each in met for place in each.use.designators}
    # A place that a use of this package names, and that is empty, is in no other use of it.
    empty = Decimal(0)
    left = missing
    if named and taken.quantity is None and missing is not None:
        left = min(missing, Decimal(len(named - known)))
        empty = missing - left
    voids: list[Void] = []
    for each in met:
        if each.is_empty or left == 0 or (named and each.use.designators):
            continue
        void = each.take(taken, list(each.places), left)
        voids.append(void)
        left = None if left is None else left - (void.quantity or 0)
    return voids, None if left is None else left + empty


def _is_met(each: _Left, taken: Removal) -> bool:
    use = each.use
    counted = None not in {taken.quantity, use.quantity}
    counts_alike = not counted or is_alike(taken.unit_of_measure, use.unit_of_measure)
    since = max(use.installed_at, use.counts_from or use.installed_at)
    begun = since <= taken.happened_at and not each.is_empty
    is_meant = taken.package in {None, use.package} and taken.feed in {None, use.feed}
    return begun and counts_alike and is_meant


def _counts(each: Removal, since: datetime | None, until: datetime) -> bool:
    begun = max(each.happened_at, each.counts_from or each.happened_at) < until
    return begun and (each.counts_until is None or since is None or each.counts_until > since)
