"""Fillings: what a package held, from one time to another.

A pure fold over what was said of packages: the lots in them, and the flows from one into
another, in the order in which they happened. Each flow draws what its parent held at that time,
so that nothing joined later ever reaches what was drawn before, and circles end by themselves.
A splice is a zone of the running label: before it the label holds the old package, within it the
old or the new one, after it the new one only (`domain.splices` says when the zone ends).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.items import EARLIEST, LATEST

Source = int | None
"""A lot, or a package whose material it is; None for material of which nobody said the lot."""
BareSpan = tuple[datetime | None, datetime | None]
"""Before what time of a question, and of a use, a package is of no known lot; None where that is always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A fact: material went from a package into another.

    Attributes:
        parent: None where nobody knows which package that was.
        rank: Orders flows of the same time, and ``place`` those of the same event.
        assumed: Whether nobody saw it.
        zone_end: Of a splice: when its zone was over; None while it is not.
    """

    parent: int | None
    child: int
    kind: LinkKind
    at: datetime
    rank: int = 0
    place: int = 0
    assumed: bool = False
    zone_end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How sure it is that a package holds some material, and from which time on that was said.

    Attributes:
        since: When the last flow of the way happened; None where it is true from the beginning.
    """

    certainty: Certainty
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A package held a source from ``valid_from`` until ``valid_to``, as of times before ``asked_until``."""

    package: int
    source: Source
    is_package: bool
    grade: Grade
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    asked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a package may hold at one time: each lot, or none that is known; and of which packages."""

    lots: Mapping[Source, Grade] = field(default_factory=dict)
    packages: Mapping[int, Grade] = field(default_factory=dict)

    def drawn_by(self, flow: Flow) -> "Material":
        """Return what a flow draws of it."""
        return Material(
            lots={source: _later(grade, flow) for source, grade in self.lots.items()},
            packages={
                source: _later(grade, flow) for source, grade in self.packages.items() if source != flow.child
            },
        )


Key = TypeVar("Key", bound=Source)
_POSSIBLE = Certainty.POSSIBLE
_EXACT = Grade(certainty=Certainty.EXACT)
_UNKNOWN: Mapping[Source, Grade] = {None: _EXACT}
_DIVIDED = frozenset({LinkKind.SPLIT, LinkKind.RELABEL})
_ROUNDS = 64  # a circle of labels that are divided into each other before they are filled ends

Lots = Mapping[Source, Grade]


class LotReading:
    """How the sources of lots are read in a fold, and told: each stands for itself."""

    def first(self, child: int, said: Lots, drawn: Lots) -> Lots | None:
        """Return what a label holds that was filled first by what was drawn; None where it says otherwise."""
        del child
        return None if said and not drawn.keys() <= said.keys() | {None} else said or drawn

    def told(self, lots: Lots) -> Lots:
        """Return what is told of what a package may hold at one time."""
        return lots


_AS_THEY_ARE = LotReading()


def fold_fillings(
    stated: Mapping[int, Mapping[Source, Certainty]],
    flows: Iterable[Flow],
    *,
    reading: LotReading = _AS_THEY_ARE,
) -> dict[int, list[Filling]]:
    """Return what packages held, by package.

    Args:
        stated: The lots that were said of each package.
        flows: All flows into these packages, and into those that they came from.
        reading: How sources are read.
    """
    ordered = sorted(flows, key=_order)
    new = new_labels(ordered, stated)
    first: dict[int, Material] = {}
    for _ in range(_ROUNDS):
        told = _History(stated, first, new=new, reading=reading)
        for flow in ordered:
            told.take(flow)
        if all(first.get(package) == told.first.get(package) for package in told.drawn_unfilled):
            circles = {
                each: replace(held, lots=_UNKNOWN) for each, held in told.first.items() if not held.lots
            }
            if not circles:
                break
            told.first |= circles  # what labels are divided into each other is of no known lot
        first = told.first
    return {package: list(told.fillings(package)) for package in told.packages}


def bare_spans(known: Iterable[BareSpan]) -> set[BareSpan]:
    """Return when a package is of no known lot: for uses before what time, and asked before what time.

    Args:
        known: Of each span in which a lot of it is known: since when that is known, and when it begins;
            None where that is always.
    """
    bare, until = set[BareSpan](), LATEST
    by_time: defaultdict[datetime, list[datetime]] = defaultdict(list)
    for since, begins in known:
        by_time[since or EARLIEST].append(begins or EARLIEST)
    for since in sorted(by_time):
        if min(since, until) > EARLIEST:
            bare.add((since, None if until == LATEST else until))
        until = min(until, *by_time[since])
    if until > EARLIEST:
        bare.add((None, None if until == LATEST else until))
    return bare


def new_labels(flows: Iterable[Flow], said: Collection[int]) -> dict[int, Flow]:
    """Return with which flow packages began: divided, relabelled, or merged where no lot was said of them.

    What something was taken from, if only by the event that merges it, was there before that merge.
    """
    earliest: dict[int, Flow] = {}
    taken_from: dict[int, Flow] = {}
    for flow in sorted(flows, key=_order):
        if flow.parent is not None:
            taken_from.setdefault(flow.parent, flow)
        if flow.parent != flow.child:
            earliest.setdefault(flow.child, flow)
    merged = (child for child, flow in earliest.items() if flow.kind is LinkKind.MERGE and child not in said)
    begun = {
        child
        for child in merged
        if child not in taken_from or _event(earliest[child]) < _event(taken_from[child])
    }
    return {child: flow for child, flow in earliest.items() if flow.kind in _DIVIDED or child in begun}


def _order(flow: Flow) -> tuple[datetime, int, bool, int]:
    # That an event names a package as one that goes on says first that it was there.
    return *_event(flow), flow.parent != flow.child, flow.place


def _event(flow: Flow) -> tuple[datetime, int]:
    return flow.at, flow.rank


class _History:
    """What packages held so far, while their flows are told in order."""

    def __init__(
        self,
        stated: Mapping[int, Mapping[Source, Certainty]],
        first: Mapping[int, Material],
        *,
        new: Mapping[int, Flow],
        reading: LotReading,
    ) -> None:
        self.first: dict[int, Material] = {}
        self.drawn_unfilled: set[int] = set()
        self._poured: set[int] = set()
        self._stated = stated
        self._new = new
        self._reading = reading
        self._assumed_first = first
        self._timelines: dict[int, list[tuple[datetime | None, Material]]] = {}
        self._after: dict[int, tuple[datetime | None, Material]] = {}
        for package in stated:
            self._begin(package)

    @property
    def packages(self) -> Sequence[int]:
        return list(self._timelines)

    def take(self, flow: Flow) -> None:
        """Let a flow take place."""
        self._come_to(flow.child, flow.at)
        if flow.parent == flow.child:
            self._poured.add(flow.child)
            return
        drawn = self._drawn_by(flow)
        if flow.kind is LinkKind.SPLICE:
            self._splice(flow, drawn)
        elif self._new.get(flow.child) is flow:
            self._fill_first(flow, drawn)
        elif flow.kind is LinkKind.MERGE and _is_of_one_event(flow, self._new.get(flow.child)):
            self._fill_first(flow, _mixture(self.first[flow.child], drawn))
        else:
            self._merge(flow, drawn)

    def fillings(self, package: int) -> Iterator[Filling]:
        """Yield what a package held; what always holds of every package, itself, is left out."""
        after = self._after.get(package)
        if after is not None and after[0] is not None:
            self._leave_zone(package, after[0])
        spans: dict[tuple[Source, bool], list[tuple[Grade, datetime | None, datetime | None]]] = {}
        timeline = self._timelines[package]
        ends = [*(begins for begins, _ in timeline[1:]), None]
        for (begins, material), ends_at in zip(timeline, ends, strict=True):
            for source, grade in self._reading.told(material.lots).items():
                spans.setdefault((source, False), []).append((_backdated(grade, begins), begins, ends_at))
            for number, grade in material.packages.items():
                spans.setdefault((number, True), []).append((_backdated(grade, begins), begins, ends_at))
        itself = Filling(package=package, source=package, is_package=True, grade=_EXACT)
        for (source, is_package), parts in spans.items():
            joined = _joined(package, source, parts, is_package=is_package)
            yield from (each for each in joined if each != itself)

    def _come_to(self, package: int, at: datetime) -> None:
        self._begin(package)
        self._leave_zone(package, at)

    def _drawn_by(self, flow: Flow) -> Material:
        if flow.parent is None:
            return Material(lots=_UNKNOWN).drawn_by(flow)
        self._come_to(flow.parent, flow.at)
        held = self._holds(flow.parent)
        if flow.parent not in self._new:
            held = replace(held, lots=held.lots or _UNKNOWN)  # there was something in it
        elif flow.parent not in self.first:
            self.drawn_unfilled.add(flow.parent)
        self._poured.add(flow.parent)
        return held.drawn_by(flow)

    def _begin(self, package: int) -> None:
        if package in self._timelines:
            return
        material = self._assumed_first.get(package, Material(lots=self._said_of(package)))
        itself = {**material.packages, package: _EXACT}
        self._timelines[package] = [(None, replace(material, packages=itself))]

    def _said_of(self, package: int) -> Mapping[Source, Grade]:
        lots = self._stated.get(package, {})
        return _mixed({lot: Grade(certainty=certainty)} for lot, certainty in lots.items())

    def _holds(self, package: int) -> Material:
        return self._timelines[package][-1][1]

    def _set(self, package: int, at: datetime, material: Material) -> None:
        timeline = self._timelines[package]
        if timeline[-1][0] == at:
            timeline.pop()
        timeline.append((at, material))

    def _leave_zone(self, package: int, at: datetime) -> None:
        zone = self._after.get(package)
        if zone is not None and zone[0] is not None and zone[0] <= at:
            del self._after[package]
            self._set(package, zone[0], zone[1])

    def _fill_first(self, flow: Flow, drawn: Material) -> None:
        """Fill a new label: what it was divided from was in it from the beginning."""
        lots = self._reading.first(flow.child, self._said_of(flow.child), drawn.lots)
        if lots is None:
            self._merge(flow, drawn)  # the label says otherwise: before this, it was right
            return
        material = Material(lots=lots, packages=drawn.packages)
        self.first[flow.child] = material
        itself = {**drawn.packages, flow.child: _EXACT}
        self._timelines[flow.child] = [(None, replace(material, packages=itself))]

    def _merge(self, flow: Flow, drawn: Material) -> None:
        held = self._holds(flow.child)
        if not held.lots and flow.child in self._poured:
            held = replace(held, lots=_UNKNOWN)
        self._set(flow.child, flow.at, _merged(flow.child, held, drawn))
        zone = self._after.get(flow.child)
        if zone is not None:
            self._after[flow.child] = zone[0], _merged(flow.child, zone[1], drawn)

    def _splice(self, flow: Flow, drawn: Material) -> None:
        open_zone = self._after.pop(flow.child, None)
        held = self._holds(flow.child) if open_zone is None else open_zone[1]
        old = replace(held, lots=held.lots or _UNKNOWN)
        if flow.zone_end is None or flow.zone_end > flow.at:
            self._set(flow.child, flow.at, _mixture(old, drawn))
            self._after[flow.child] = flow.zone_end, drawn
        else:
            self._set(flow.child, flow.at, drawn)


def _is_of_one_event(flow: Flow, other: Flow | None) -> bool:
    return other is not None and (flow.kind, _event(flow)) == (other.kind, _event(other))


def _mixture(one: Material, other: Material) -> Material:
    lots = _mixed(each for each in (one.lots, other.lots) if each)
    return Material(lots=lots, packages=_mixed((one.packages, other.packages)))


def _merged(child: int, held: Material, drawn: Material) -> Material:
    both = [each for each in (held.lots, drawn.lots) if each]
    others = {source: grade for source, grade in held.packages.items() if source != child}
    sources = _mixed([others, drawn.packages] if held.lots or others else [drawn.packages])
    itself = {child: held.packages[child]} if child in held.packages else {}
    return Material(lots=_mixed(both), packages={**sources, **itself})


def _mixed(alternatives: Iterable[Mapping[Key, Grade]]) -> dict[Key, Grade]:
    """Return what there may be where one of several is there: sure is what surely is in all."""
    every = list(alternatives)
    mixed: dict[Key, Grade] = {}
    for source in dict.fromkeys(source for each in every for source in each):
        ways = [each[source] for each in every if source in each]
        surest = min(ways, key=by_surety)
        is_sure = len(ways) == len(every) and len({each.certainty for each in ways}) == 1
        mixed[source] = surest if is_sure else replace(surest, certainty=max(surest.certainty, _POSSIBLE))
    return mixed


def by_surety(grade: Grade) -> tuple[int, bool, datetime | None]:
    """Return by what grades of one source are ordered, the surest first."""
    # Two that are both said from some time on are compared by it; of others the times are not.
    return grade.certainty, grade.since is not None, grade.since


def _later(grade: Grade, flow: Flow) -> Grade:
    certainty = max(grade.certainty, Certainty.ASSUMED) if flow.assumed else grade.certainty
    since = flow.at if grade.since is None else max(grade.since, flow.at)
    return Grade(certainty=certainty, since=since)


def _backdated(grade: Grade, begins: datetime | None) -> Grade:
    """Return a grade that says since when it was told only where it holds for earlier times, too."""
    is_backdated = grade.since is not None and (begins is None or grade.since > begins)
    return grade if is_backdated else replace(grade, since=None)


def _joined(
    package: int,
    source: Source,
    parts: Iterable[tuple[Grade, datetime | None, datetime | None]],
    *,
    is_package: bool,
) -> Iterator[Filling]:
    """Yield spans that follow each other without a change as one."""
    last: Filling | None = None
    for grade, begins, ends in parts:
        if last is not None and last.grade == grade and last.valid_to == begins:
            last = replace(last, valid_to=ends)
            continue
        if last is not None:
            yield last
        last = Filling(
            package=package,
            source=source,
            is_package=is_package,
            grade=grade,
            valid_from=begins,
            valid_to=ends,
        )
    if last is not None:
        yield last
