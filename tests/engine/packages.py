"""Section 6: what packages hold, and which package a running label means."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.declared import Declarations
from engine.names import Anomaly, Holder, Names
from engine.vocabulary import Key, Line, Lot

EXACT, POSSIBLE, ASSUMED = 0, 1, 2
WORDS = ("exact", "possible", "assumed")


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


@dataclass(frozen=True)
class Splice:
    """A package that joined a running label."""

    key: Key
    new: Holder
    line: Line


@dataclass
class Spread:
    """What a walk backwards from packages met: of the things asked, of others, and of none known."""

    hits: bool = False
    others: bool = False
    lots: set[Lot] = field(default_factory=set)
    packages: set[Holder] = field(default_factory=set)
    unknown: set[Holder] = field(default_factory=set)

    @property
    def grade(self) -> int | None:
        """[6.4] Return the certainty: exact where nothing else can be in it."""
        return None if not self.hits else POSSIBLE if self.others else EXACT


class Packages:
    """What every package holds."""

    def __init__(self, names: Names, lines: Iterable[tuple[Line, dict]], declared: Declarations) -> None:
        self._declared = declared
        self._announced = names.announced
        self.direct: dict[Holder, frozenset[Lot]] = {
            one: reign.lots for name in names.names("package") for one, reign in names.reigns(name)
        }
        for each in names.announced:  # [4.5]
            one = Holder("announced", "|".join(each.lot), each.label)
            self.direct[one] = frozenset({each.lot})
        self.divided: dict[Holder, list[tuple[Holder, Key, Line]]] = defaultdict(list)
        self.merged: dict[Holder, list[tuple[Holder, Key, Line]]] = defaultdict(list)
        self.splices: dict[Holder, list[Splice]] = defaultdict(list)
        for line, means in lines:  # in the order of section 2
            self._add(line, means)
        self.found = self._disputed(names)

    def _add(self, line: Line, means: dict) -> None:
        if line.kind in {"split", "relabelled"}:
            self.divided[means["into"]].append((means["from"], line.key, line))
        elif line.kind == "merged" and line.whole.get("how") == "splice":
            self.splices[means["into"]].append(Splice(line.key, means["from"], line))
        elif line.kind == "merged":
            self.merged[means["into"]].append((means["from"], line.key, line))

    def _sources(self, one: Holder, at: Key) -> list[tuple[Holder, Key]]:
        # [6.2] What a split gave is there from the beginning; what was merged, from then on.
        merged = [(each, key) for each, key, _ in self.merged[one] if key <= at]
        return [*((each, key) for each, key, _ in self.divided[one]), *merged]

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

    def spread(self, several: Iterable[Holder], at: Key, asked: Asked | None = None) -> Spread:
        """Walk backwards from packages that something may hold, up to what is asked about."""
        found, seen = Spread(), set()
        todo = [(each, at, False) for each in several]
        while todo:
            one, key, excused = todo.pop()
            if (one, key) in seen:
                continue
            seen.add((one, key))
            found.packages.add(one)
            if asked is not None and self.covers(asked, one):
                found.hits = True
                continue
            direct, sources = self.direct.get(one, frozenset()), self._sources(one, key)
            if not direct and not sources and not excused:
                found.unknown.add(one)
                found.others = True  # [6.4] what is not known can be something else
            accounted = self._accounted(one)
            for lot in direct:
                found.lots.add(lot)
                if asked is not None and (lot in asked.lots or lot.mpn in asked.part_numbers):
                    found.hits = True
                elif not accounted(lot):
                    found.others = True
            todo += [(each, when, bool(direct)) for each, when in sources]
        return found

    def _reach(self, several: list[tuple[Holder, Key]], without: Holder) -> tuple[set[Lot], bool]:
        """Return all lots behind packages, and whether one of them holds nothing that is known."""
        lots: set[Lot] = set()
        is_unknown, seen, todo = False, set(), list(several)
        while todo:
            one, key = todo.pop()
            if (one, key) in seen or one == without:
                continue
            seen.add((one, key))
            direct, sources = self.direct.get(one, frozenset()), self._sources(one, key)
            is_unknown |= not direct and not sources
            lots |= direct
            todo += sources
        return lots, is_unknown

    def _accounted(self, one: Holder) -> Callable[[Lot], bool]:
        # [6.1, 6.2, D12] A lot that is said of a part of a package is no other thing than what the
        # package held, where it may have held it: the label and the split say one thing.
        lots, is_unknown = self._reach([(each, key) for each, key, _ in self.divided[one]], one)
        return lambda lot: lot in lots or is_unknown

    def lots_in(self, several: Iterable[Holder], at: Key) -> dict[Lot, int]:
        """[9.4] Return every lot that may be in one of several packages, with its certainty."""
        whole = self.spread(several, at)
        graded = {lot: self.spread(several, at, Asked(frozenset({lot}))).grade for lot in whole.lots}
        return {lot: grade for lot, grade in graded.items() if grade is not None}

    def _disputed(self, names: Names) -> list[Anomaly]:
        # [4.5, D13] A list's lot that no holder of the label was said to hold, where lots were said.
        found = []
        for name in names.names("package"):
            reigns = names.reigns(name)
            said = {lot for _, reign in reigns for lot in reign.lots}
            told = {
                each.lot
                for each in names.announced
                if each.label == name.value and name.issuer in {"", each.lot.manufacturer}
            }
            if said and told - said:
                events = sorted({line.event for _, reign in reigns for line in reign.lines})
                found.append(Anomaly("contentDisputed", tuple(events), tuple(one for one, _ in reigns)))
        return found
