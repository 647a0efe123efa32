"""Explanations: why a unit is said to hold some material, statement by statement.

A chain begins with what was said of a lot, and ends at the unit, or the shipment, that was asked
for: each step is one statement, with how sure it is of the material up to there. Of several ways
one is told, the surest. Pure: what packages held (`domain.fillings`) and what was said of them are
handed in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Filling

HOLDS = "holds"
"""That a lot is in a package."""
USED = "used"
PASSED = "passed"

LONGEST_WAY = 64
"""Most packages of a way from a lot; material that was relabelled more often is told from the last on."""


@dataclass(frozen=True, slots=True)
class During:
    """A span of time; ``until`` is None while it goes on."""

    since: datetime
    until: datetime | None = None

    def shared(self, other: "During") -> "During | None":
        """Return the span that two have in common; None for none."""
        ends = [each for each in (self.until, other.until) if each is not None]
        since, until = max(self.since, other.since), min(ends, default=None)
        return During(since, until) if until is None or since < until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What an event says of one thing and another.

    Attributes:
        fact: What it says, such as ``split`` or ``used``.
        source: Where the material came from: a lot, package, run or unit.
        target: Where it then was.
        certainty: How sure the statement itself is.
        basis: Who or what says so; None where that is nobody's to say.
        happened_at: When; None where that is not known.
        recorded_at: Since when it is on record; None for what no event says.
        event: The number of the event; None for what no event says.
        ended_at: When that was over, where it was; of a use, when all of it was taken out.
        ended_by: The number of the event that ended it.
    """

    fact: str
    source: int
    target: int
    certainty: Certainty = Certainty.EXACT
    basis: str | None = None
    happened_at: datetime | None = None
    recorded_at: datetime | None = None
    event: int | None = None
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    run: int | None = None
    sequence: tuple[int, int] | None = None
    slot: str | None = None
    feeder: str | None = None
    designators: tuple[str, ...] = ()
    position: str | None = None
    ended_at: datetime | None = None
    ended_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStep:
    """A statement of a chain, and how sure it is that the material came so far."""

    said: Reason
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The surest chain of statements for a row, and how many uses there are that say it.

    Attributes:
        uses: The uses of the material in the row's unit, this one too.
        steps: From the lot to the unit.
    """

    certainty: Certainty
    uses: int
    steps: Sequence[ChainStep]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What of some packages a question means that is about more, or less, than the whole of one lot.

    Attributes:
        held: When each held any of it, and how surely.
        own: The lots of it that are said of each, and did not only come into it.
        whole: Those of which all is meant, whatever it is.
        lots: The lots that are meant, as far as they are known.
    """

    held: Mapping[int, Collection[Filling]]
    own: Mapping[int, Collection[int | None]]
    whole: Collection[int]
    lots: Collection[int]


@dataclass(slots=True)
class Holdings:
    """What packages held, and what was said of them: enough to tell the way of a lot into a package.

    Attributes:
        statements: Of lots in packages (``holds``), and of flows between packages.
        fillings: What follows from these, of the packages and of those that they came from.
        meant: Which of it is meant; None: all of the lots and packages that are asked for.
    """

    statements: Iterable[Reason]
    fillings: Iterable[Filling]
    meant: Meant | None = None
    _into: dict[int, list[Reason]] = field(init=False)
    _held: dict[int, list[Filling]] = field(init=False)

    def __post_init__(self) -> None:
        into: defaultdict[int, list[Reason]] = defaultdict(list)
        held: defaultdict[int, list[Filling]] = defaultdict(list)
        for said in self.statements:
            into[said.target].append(said)
        for each in self.fillings:
            held[each.package].append(each)
        self._into, self._held = into, held

    def certainty(self, package: int, at: datetime, items: Collection[int | None]) -> Certainty | None:
        """Return how sure a package held material of some lots or packages; None where it did not.

        Where all that it may have held is asked for, it is sure.
        """
        if self.meant is not None:
            spans = self.meant.held.get(package, ())
            return min((each.grade.certainty for each in spans if _within(each, at)), default=None)
        spans = self._held.get(package, ())
        if package in items and all(each.source != package for each in spans):
            return Certainty.EXACT  # nothing was spliced onto it
        there = [each for each in spans if _within(each, at)]
        asked = [each.grade.certainty for each in there if each.source in items]
        if not asked:
            return None
        lots = {each.source for each in there if not each.is_package}
        packages = {each.source for each in there if each.is_package}
        is_all = any(every and every <= set(items) for every in (lots, packages))
        return Certainty.EXACT if is_all and min(asked) is Certainty.POSSIBLE else min(asked)

    def of_use(
        self, package: int, at: datetime, items: Collection[int | None], *, passes: Iterable[datetime]
    ) -> Certainty | None:
        """Return how sure it is that a use at one of several passes is of what was held at one of them."""
        held_then = self._held_or_bare(package, at, items)
        is_exact = held_then is Certainty.EXACT
        if is_exact and any(self._held_or_bare(package, each, items) is not held_then for each in passes):
            return Certainty.POSSIBLE
        return held_then

    def _held_or_bare(self, package: int, at: datetime, items: Collection[int | None]) -> Certainty | None:
        certainty = self.certainty(package, at, items)
        if certainty is None and None in items:
            lots = (each for each in self._held.get(package, ()) if not each.is_package)
            is_bare = not any(_within(each, at) for each in lots)
            return Certainty.EXACT if is_bare else None
        return certainty

    def way(self, package: int, at: datetime, items: Collection[int | None]) -> list[ChainStep]:
        """Return the statements by which material of some lots or packages is in a package at a time.

        Empty for a package that is asked for itself.
        """
        found = self._search(package, at, items, set())
        if found is not None:
            return found
        # No statement leads here: a list that announces the package says its lot.
        sources = [
            (each.grade.certainty, each.source)
            for each in self._held.get(package, ())
            if each.source is not None and each.source in items and _within(each, at)
        ]
        certainty = self.certainty(package, at, items)
        if not sources or certainty is None:
            return []
        _, source = min(sources)
        said = Reason(fact=HOLDS, source=source, target=package, certainty=certainty)
        return [ChainStep(said=said, certainty=certainty)]

    def _search(
        self, package: int, at: datetime, items: Collection[int | None], seen: set[tuple[int, datetime]]
    ) -> list[ChainStep] | None:
        certainty = self.certainty(package, at, items)
        if certainty is None or (package, at) in seen or len(seen) > LONGEST_WAY:
            return None
        seen.add((package, at))
        if package in (items if self.meant is None else self.meant.whole):
            return []
        into = self._into.get(package, ())
        own = items if self.meant is None else self.meant.own.get(package, ())
        said = [each for each in into if each.fact == HOLDS and each.source in own]
        if said and self._holds_itself(package, at):
            return [ChainStep(said=each, certainty=certainty) for each in said]
        for flow in self._drawn(package, at, items):
            assert flow.happened_at is not None
            above = self._search(flow.source, flow.happened_at, items, seen)
            if above is not None:
                return [*above, ChainStep(said=flow, certainty=certainty)]
        return None

    def _drawn(self, package: int, at: datetime, items: Collection[int | None]) -> list[Reason]:
        """Return the flows of which the package may have held material at a time, the surest first."""
        ways: list[tuple[tuple[Certainty, bool, float], Reason]] = []
        held = {each.source for each in self._held.get(package, ()) if each.is_package and _within(each, at)}
        for flow in self._into.get(package, ()):
            if flow.fact == HOLDS or flow.source not in held or flow.happened_at is None:
                continue
            sure = self.certainty(flow.source, flow.happened_at, items)
            if sure is not None:
                late = (at - flow.happened_at).total_seconds()
                ways.append(((max(sure, flow.certainty), late < 0, abs(late)), flow))
        return [flow for _, flow in sorted(ways, key=lambda way: way[0])]

    def _holds_itself(self, package: int, at: datetime) -> bool:
        spans = [each for each in self._held.get(package, ()) if each.source == package]
        return not spans or any(_within(each, at) for each in spans)


def fact_of(kind: LinkKind) -> str:
    """Return what a link between a lot or package and a package says."""
    return HOLDS if kind is LinkKind.RECEIPT else kind.value


def told_to_customer(steps: Iterable[ChainStep], *, hidden: Collection[int]) -> list[ChainStep]:
    """Return the steps as a customer's auditor is told them.

    Units of others are passed over: what was in one that is in theirs, is in theirs. No event is
    named, and no number of a run, from which what was done for others would follow.
    """
    told: list[ChainStep] = []
    over: Reason | None = None
    for step in steps:
        said = replace(step.said, event=None, ended_by=None, sequence=None, position=None)
        if said.fact not in {USED, HOLDS}:
            said = replace(said, quantity=None, unit_of_measure=None)
        if over is not None:
            kept = over if over.fact in {USED, PASSED} else said
            times = [each for each in (over.happened_at, said.happened_at) if each is not None]
            ends = [each for each in (over.ended_at, said.ended_at) if each is not None]
            since, until = max(times, default=None), min(ends, default=None)
            said = replace(kept, source=over.source, target=said.target, happened_at=since, ended_at=until)
        over = said if said.target in hidden else None
        if over is None:
            told.append(replace(step, said=said))
    return told


def _within(span: Filling, at: datetime) -> bool:
    begun = span.valid_from is None or span.valid_from <= at
    return begun and (span.valid_to is None or span.valid_to > at)
