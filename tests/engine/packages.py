"""Section 6: what packages hold, and which package a running label means."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.declared import Declarations
from engine.names import Anomaly, Holder, Names, lots_said
from engine.vocabulary import LAST, Key, Line, Lot, Name, is_splice

EXACT, POSSIBLE, ASSUMED = 0, 1, 2
WORDS = ("exact", "possible", "assumed")
Drawn = tuple[Holder, Key]


@dataclass(frozen=True)
class Asked:
    """A set of things that one question asks about; a receipt and a part number in the form for comparing."""

    lots: frozenset[Lot] = frozenset()
    packages: frozenset[Holder] = frozenset()
    receipts: frozenset[str] = frozenset()
    date_codes: frozenset[str] = frozenset()
    part_numbers: frozenset[str] = frozenset()

    def __or__(self, other: "Asked") -> "Asked":
        members = ("lots", "packages", "receipts", "date_codes", "part_numbers")
        return Asked(*(getattr(self, each) | getattr(other, each) for each in members))


@dataclass
class Flow:
    """Material of a package came into another; ``end`` is when a splice's zone is over (None: it is open)."""

    key: Key
    source: Holder
    kind: str
    line: Line
    end: datetime | None = None

    @property
    def has_zone(self) -> bool:
        return self.end is None or self.end > self.key[0]


@dataclass
class Spread:
    """What a walk backwards from a package met: of the things asked, of others, and of none known."""

    hits: bool = False
    others: bool = False
    lots: set[Lot] = field(default_factory=set)
    packages: set[Holder] = field(default_factory=set)
    unknown: set[Holder] = field(default_factory=set)

    @property
    def grade(self) -> int | None:
        """[6.4] Return the certainty: exact where nothing else can be in it."""
        return None if not self.hits else POSSIBLE if self.others else EXACT

    def add(self, other: "Spread") -> None:
        self.hits |= other.hits
        self.others |= other.others
        self.lots |= other.lots
        self.packages |= other.packages
        self.unknown |= other.unknown


def _listed(names: Names, name: Name, one: Holder, filled: Collection[Holder]) -> frozenset[Lot]:
    """[4.5] Return what lists say is in a package, of which no event says a lot, or what came into it."""
    return (
        frozenset() if one in filled else frozenset(each.lot for each in names.announced if each.is_of(name))
    )


@dataclass
class Mix:
    """What may be in a package at a time: what it began with (``is_itself``), and what came since."""

    is_itself: bool = True
    is_emptied: bool = False
    flows: list[Flow] = field(default_factory=list)


def until(at: datetime) -> Key:
    """[2] Return the bound of all that flowed up to a time: at one time, flows come before uses."""
    return (at, LAST, 0)


class Packages:
    """What every package holds."""

    def __init__(
        self,
        names: Names,
        lines: Iterable[tuple[Line, dict]],
        declared: Declarations,
        filled: Collection[Holder],
    ) -> None:
        self._declared = declared
        self._announced = names.announced
        self.direct: dict[Holder, frozenset[Lot]] = {
            one: reign.lots or _listed(names, name, one, filled)
            for name in names.names("package")
            for one, reign in names.reigns(name)
        }
        # [6.1] What of these could not be read is one of several.
        self._with_unread = {
            one for name in names.names("package") for one, reign in names.reigns(name) if reign.has_unread
        }
        for each in names.announced:  # [4.5]
            one = Holder("announced", "|".join(each.lot), each.label)
            self.direct[one] = frozenset({each.lot})
        self.flows: dict[Holder, list[Flow]] = defaultdict(list)
        self._poured: dict[Holder, list[Key]] = defaultdict(list)
        self._first: dict[Holder, list[Flow]] = {}
        for line, means in sorted(lines, key=lambda each: each[0].key):
            if means["from"] == means["into"]:
                continue
            kind = "splice" if is_splice(line) else line.kind
            self.flows[means["into"]].append(Flow(line.key, means["from"], kind, line))
            self._poured[means["from"]].append(line.key)
        self.found = self._disputed(names)

    def covers(self, asked: Asked, one: Holder) -> bool:
        """Answer whether all of a package is asked about, whatever its lots are."""
        said = self._declared.package(one)
        dates = {
            code
            for each in self._announced
            if each.label == one.value and each.lot in self.direct.get(one, frozenset())
            for code in each.date_codes
        }
        return (
            one in asked.packages
            or said.get("receipt") in asked.receipts
            or said.get("internalPartNumber") in asked.part_numbers
            or bool(dates & asked.date_codes)
        )

    def settle(self, end_of: Callable[[Holder, Flow], datetime | None]) -> None:
        """Set when the zones of splices are over, and find what packages began with."""
        for one, flows in self.flows.items():
            for each in flows:
                each.end = end_of(one, each) if each.kind == "splice" else None
        for one in sorted(self.flows):
            self._first[one] = self._found_first(one, frozenset())

    def _began_with(self, one: Holder, path: frozenset[Holder]) -> list[Flow]:
        return self._first[one] if one in self._first else self._found_first(one, path)

    def _found_first(self, one: Holder, path: frozenset[Holder]) -> list[Flow]:
        """[6.2] Return what a package began with: a split, a merge or a new label that says nothing else."""
        flows, said = self.flows.get(one, []), self.direct.get(one, frozenset())
        if flows and flows[0].kind == "merged" and not said:
            return [each for each in flows if each.line.event == flows[0].line.event]
        if not flows or flows[0].kind not in {"split", "relabelled"}:
            return []
        if not said or one in path:
            return flows[:1]
        came = self.spread(flows[0].source, flows[0].key, path=path | {one})
        return flows[:1] if came.lots <= said else []

    def _mix(self, one: Holder, before: Key, path: frozenset[Holder] = frozenset()) -> Mix:
        """[6.2, 6.3] Return what may be in a package after all flows before a place in the order."""
        began = self._began_with(one, path)
        now, after = Mix(), None
        end: datetime | None = None
        for flow in [each for each in self.flows.get(one, []) if each not in began and each.key < before]:
            if after is not None and end is not None and end <= flow.key[0]:
                now, after = after, None
            if flow.kind == "splice":
                old, after, end = after or now, Mix(is_itself=False, flows=[flow]), flow.end
                # A third package meets the second, not the first.
                now = Mix(old.is_itself, True, [*old.flows, flow])
                if not flow.has_zone:
                    now, after = after, None
            else:
                now.is_emptied |= any(key < flow.key for key in self._poured[one])
                for each in (now, after) if after is not None else (now,):
                    each.flows = [*each.flows, flow]
        return after if after is not None and end is not None and end <= before[0] else now

    def meant(self, drawn: list[Drawn]) -> tuple[Holder, ...]:
        """[6.3] Return which packages a running label means: before, within, after a zone."""
        found = set()
        for one, before in drawn:
            mix = self._mix(one, before)
            found |= {each.source for each in mix.flows if each.kind == "splice"}
            found |= {one} if mix.is_itself else set()
        return tuple(sorted(found))

    def grade(self, drawn: list[Drawn], asked: Asked) -> int | None:
        """[9.1] Return how sure it is that a use is of what is asked: the surest of its passes."""
        grades = [self.spread(*each, asked).grade for each in drawn]
        return min((each for each in grades if each is not None), default=None)

    def behind(self, drawn: list[Drawn]) -> Spread:
        """Return all that a use may be of."""
        found = Spread()
        for each in drawn:
            found.add(self.spread(*each))
        return found

    def spread(
        self, one: Holder, before: Key, asked: Asked | None = None, path: frozenset[Holder] = frozenset()
    ) -> Spread:
        """Walk backwards from what a package held at a place in the order, up to what is asked about."""
        mix, found = self._mix(one, before, path), Spread()
        if mix.is_itself:
            found.add(self._itself(one, asked, path, is_alone=not mix.flows or mix.is_emptied))
        for flow in mix.flows:
            if flow.source in path:
                found.add(self._itself(flow.source, asked, path, is_alone=False))
            else:
                found.add(self.spread(flow.source, flow.key, asked, path | {one}))
        return found

    def _itself(self, one: Holder, asked: Asked | None, path: frozenset[Holder], *, is_alone: bool) -> Spread:
        """Return what a package is by itself; ``is_alone`` where, unknown, it would be something of its own."""
        found = Spread(packages={one})
        if asked is not None and self.covers(asked, one):
            found.hits = True
            return found
        direct, began = (
            self.direct.get(one, frozenset()),
            [] if one in path else self._began_with(one, path),
        )
        found.lots |= direct
        told = {
            each
            for each in direct
            if asked is not None and (each in asked.lots or each.mpn in asked.part_numbers)
        }
        found.hits, found.others = bool(told), direct > told
        if one in self._with_unread:
            found.unknown.add(one)
            found.others = True
        if began and direct:  # the label says which of what came it is
            whole = None if asked is None else replace(asked, lots=frozenset())
            came = self.spread(began[0].source, began[0].key, whole, path | {one})
            found.others = found.others and (came.others or not came.hits)
            found.add(Spread(hits=came.hits, packages=came.packages))
        elif began:
            for each in began:
                found.add(self.spread(each.source, each.key, asked, path | {one}))
        elif not direct and is_alone:
            found.unknown.add(one)
            found.others = True  # [6.4] what is not known can be something else
        return found

    def lots_in(self, drawn: list[Drawn]) -> dict[Lot, int]:
        """[9.4] Return every lot that a use may be of, with its certainty."""
        lots = self.behind(drawn).lots
        graded = {lot: self.grade(drawn, Asked(frozenset({lot}))) for lot in lots}
        return {lot: grade for lot, grade in graded.items() if grade is not None}

    def _disputed(self, names: Names) -> list[Anomaly]:
        # [4.5, D13] A list's lot that no holder of the label was said to hold, where lots were said.
        found = []
        for name in names.names("package"):
            reigns = names.reigns(name)
            said = {lot for _, reign in reigns for lot in reign.lots}
            told = {each.lot for each in names.announced if each.is_of(name)}
            if said and told - said:
                events = sorted(
                    {line.event for _, reign in reigns for line in reign.lines if lots_said(line)}
                )
                found.append(Anomaly("contentDisputed", tuple(events), tuple(one for one, _ in reigns)))
        return found
