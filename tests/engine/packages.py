"""Section 6: what packages hold, and which package a running label means."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.asked import NO, YES, Asked, Label, Material
from engine.declared import Declarations
from engine.names import EARLIEST, Anomaly, Holder, Names, lots_said
from engine.vocabulary import LAST, Key, Line, Lot, Name, is_splice

EXACT, POSSIBLE, ASSUMED = 0, 1, 2
WORDS = ("exact", "possible", "assumed")
Drawn = tuple[Holder, Key]
_ROUNDS = 64


@dataclass
class Flow:
    """Material of a package came into another; ``end`` is when a splice's zone is over (None: it is open)."""

    key: Key
    source: Holder
    kind: str
    line: Line
    end: datetime | None = None

    @property
    def drawn(self) -> Drawn:
        """Return of what it is, and when."""
        return self.source, self.key

    @property
    def has_zone(self) -> bool:
        return self.end is None or self.end > self.key[0]


@dataclass
class Spread:
    """What a walk backwards from a package met: what it may be of, and which packages."""

    materials: set[Material] = field(default_factory=set)
    packages: set[Holder] = field(default_factory=set)

    @property
    def lots(self) -> set[Lot]:
        return {each.lot for each in self.materials if each.lot is not None}

    @property
    def is_bare(self) -> bool:
        """Answer whether not every lot of it is known."""
        return not self.materials or any(each.lot is None for each in self.materials)

    def grade(self, asked: Asked) -> int | None:
        """[6.4] Return the certainty: exact where nothing else can be in it."""
        meant = {asked.meant(each) for each in self.materials}
        return None if meant <= {NO} else EXACT if meant == {YES} else POSSIBLE

    def add(self, other: "Spread") -> None:
        self.materials |= other.materials
        self.packages |= other.packages


Walked = dict[Drawn, Spread]


def _listed(names: Names, name: Name, one: Holder, divided: Collection[Holder]) -> frozenset[Lot]:
    """[4.5] Return what lists say is in a package, of which no event says a lot, nor that it began as a part."""
    return (
        frozenset() if one in divided else frozenset(each.lot for each in names.announced if each.is_of(name))
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
        divided: Collection[Holder],
    ) -> None:
        self._declared = declared
        self._announced = names.announced
        self.direct: dict[Holder, frozenset[Lot]] = {
            one: reign.lots or _listed(names, name, one, divided)
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
        self._spreads: Walked = {}
        self._labels: dict[Holder, Label] = {}
        for line, means in sorted(lines, key=lambda each: each[0].key):
            self._poured[means["from"]].append(line.key)
            if means["from"] != means["into"]:
                kind = "splice" if is_splice(line) else line.kind
                self.flows[means["into"]].append(Flow(line.key, means["from"], kind, line))
        self.found = self._disputed(names)

    def label(self, one: Holder) -> Label:
        """Return what is said of a package itself."""
        if one not in self._labels:
            said = self._declared.package(one)
            self._labels[one] = Label(
                package=one,
                receipt=said["receipt"].rpartition("|")[0] if "receipt" in said else None,
                part_number=said.get("internalPartNumber"),
                date_codes=frozenset({said["dateCode"]} if "dateCode" in said else ()),
            )
        return self._labels[one]

    def is_named(self, asked: Asked, one: Holder) -> bool:
        """Answer whether all of a package is asked for, whatever its lots are."""
        label = self.label(one)
        return asked.names(label) or not asked.date_codes.isdisjoint(label.date_codes)

    def settle(self, end_of: Callable[[Holder, Flow], datetime | None]) -> None:
        """Set when the zones of splices are over, and find what packages began with."""
        for one, flows in self.flows.items():
            for each in flows:
                each.end = end_of(one, each) if each.kind == "splice" else None
            self._first[one] = self._may_begin_with(one)
        for _ in range(_ROUNDS):  # [6.2] what a label began with can depend on what another one did
            before, self._spreads = dict(self._first), {}
            self._first = {one: self._began_with(one) for one in self.flows}
            if self._first == before:
                break
        self._spreads = {}

    def _may_begin_with(self, one: Holder) -> list[Flow]:
        """[6.2] Return what a package began with, if it is not said to hold anything else."""
        flows = self.flows.get(one, [])
        if flows and flows[0].kind == "merged" and not self.direct.get(one):
            was_there = self._was_taken_from(one, flows[0])
            return [] if was_there else [each for each in flows if each.line.event == flows[0].line.event]
        return flows[:1] if flows and flows[0].kind in {"split", "relabelled"} else []

    def _was_taken_from(self, one: Holder, flow: Flow) -> bool:
        """Answer whether something of a package went elsewhere before, or the event of a flow names it so."""
        return any(key[:2] <= flow.key[:2] for key in self._poured[one])

    def _began_with(self, one: Holder) -> list[Flow]:
        """[6.2] Return what a package began with: a split, a merge or a new label that says nothing else."""
        began, said = self._may_begin_with(one), self.direct.get(one)
        is_as_said = not (began and said) or self.spread(*began[0].drawn).lots <= said
        return began if is_as_said else []

    def _mix(self, one: Holder, before: Key) -> Mix:
        """[6.2, 6.3] Return what may be in a package after all flows before a place in the order."""
        began = self._first.get(one, [])
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
                now.is_emptied |= self._was_taken_from(one, flow)
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
        """[7.1] Return how sure it is that a use is of what is asked: it came at one of its passes."""
        return self.behind(drawn).grade(asked)

    def ever_held(self, one: Holder, asked: Asked) -> bool:
        """[9.5, 10] Answer whether a package held any of what is asked, at whatever time that counts."""
        return any(self.spread(one, each).grade(asked) is not None for each in self._times(one))

    def was_unknown(self, one: Holder) -> bool:
        """[9.5] Answer whether at some time not every lot of a package is known."""
        return any(self.spread(one, each).is_bare for each in self._times(one))

    def _times(self, one: Holder) -> list[Key]:
        """Return a bound for each span in which a package held one thing."""
        came = [each for each in self.flows.get(one, []) if each not in self._first.get(one, [])]
        ends = [each.end for each in came if each.end is not None]
        return [until(each) for each in (EARLIEST, *(each.key[0] for each in came), *ends)]

    def behind(self, drawn: list[Drawn]) -> Spread:
        """Return all that a use may be of."""
        found = Spread()
        for each in drawn:
            found.add(self.spread(*each))
        return found

    def spread(self, one: Holder, before: Key) -> Spread:
        """Walk backwards from what a package held at a place in the order.

        Of labels that flow into each other in a circle, the circle itself brings nothing: each walk is taken
        again until none of them finds more.
        """
        if (one, before) not in self._spreads:
            found = self._walk({(one, before): Spread()}, frozenset())
            empty = frozenset(step for step, told in found.items() if not told.materials)
            self._spreads |= self._walk(found, empty)
        return self._spreads[one, before]

    def _walk(self, found: Walked, empty: Collection[Drawn]) -> Walked:
        """Take each walk again, and those that it leads to, until none of them finds more.

        Of ``empty`` ones, which only a circle leads to, nothing is known [6.2].
        """
        for _ in range(_ROUNDS):
            told = dict(found)
            for step in told:
                found[step] = self._step(*step, found)
                if step in empty:
                    # Of what goes round in a circle, each label has all of it.
                    itself = {self._of_itself(step[0], None)} if self._mix(*step).is_itself else set()
                    every = itself | found[step].materials
                    found[step].materials = {
                        each for each in every if not any(each.labels < other.labels for other in every)
                    }
            if found == told:
                break
        return found

    def _step(self, one: Holder, before: Key, found: Walked) -> Spread:
        mix, told = self._mix(one, before), Spread()
        if mix.is_itself:
            told.add(self._itself(one, found, is_alone=not mix.flows or mix.is_emptied))
        for flow in mix.flows:
            came = found.setdefault(flow.drawn, Spread())
            told.add(self._without(one, came) if flow.kind == "splice" else came)
        return told

    def _without(self, one: Holder, came: Spread) -> Spread:
        """[6.2] Return what was spliced onto a label: a lot of it is not of that, though it had come from it."""
        label = self.label(one)
        found = Spread(packages=came.packages)
        for each in came.materials:
            others = each.labels - {label}
            if each.lot is None or others == each.labels:
                found.materials.add(each)
                continue
            codes = frozenset().union(*(other.date_codes for other in others))
            notes = frozenset().union(*(other.notes for other in others))
            found.materials.add(Material(each.lot, others, codes, notes))
        return found

    def _of_itself(self, one: Holder, lot: Lot | None) -> Material:
        """[9.1] Return what a package is said to hold; without a date code it has those of documents."""
        label = self.label(one)
        listed = {code for each in self._announced if each.lot == lot for code in each.date_codes}
        codes = label.date_codes or frozenset(listed)
        return Material(lot, frozenset({label}), codes, self._notes(one))

    def _notes(self, one: Holder) -> frozenset[str]:
        """[9.1] Return on which notes a package came: as lists say of its label and a lot that is said of it."""
        lots = self.direct.get(one, frozenset())
        name = Name("package", "" if one.scheme == "announced" else one.issuer, one.value)
        said = (each.note for each in self._announced if each.is_of(name) and each.lot in lots)
        return self.label(one).notes or frozenset(filter(None, said))

    def _itself(self, one: Holder, found: Walked, *, is_alone: bool) -> Spread:
        """Return what a package is by itself; ``is_alone`` where, unknown, it would be something of its own."""
        direct = self.direct.get(one, frozenset())
        told, came = Spread(packages={one}), Spread()
        for each in self._first.get(one, []):
            came.add(found.setdefault(each.drawn, Spread()))
        told.add(Spread(packages=came.packages))
        is_unknown = not direct and not self._first.get(one) and is_alone
        if is_unknown or one in self._with_unread:
            told.materials.add(self._of_itself(one, None))  # [6.4] what is not known can be something else
        if not direct:
            told.materials |= self._within(one, came.materials)
        for lot in direct:  # the label says which of what came it is
            told.materials |= self._of_lot(one, lot, came.materials) or {self._of_itself(one, lot)}
        return told

    def _of_lot(self, one: Holder, lot: Lot, came: Iterable[Material]) -> set[Material]:
        """[6.2] Return of what came into a label that which is the lot it is said to hold, or may be."""
        of_it = {each if each.lot else self._told_lot(each, lot) for each in came if each.lot in {lot, None}}
        return self._within(one, of_it)

    def _told_lot(self, unknown: Material, lot: Lot) -> Material:
        listed = {code for each in self._announced if each.lot == lot for code in each.date_codes}
        return replace(unknown, lot=lot, date_codes=unknown.date_codes or frozenset(listed))

    def _within(self, one: Holder, came: set[Material]) -> set[Material]:
        return {each.within(self.label(one), self._notes(one)) for each in came}

    def lots_in(self, drawn: list[Drawn], during: list[Drawn] | None = None) -> dict[Lot, int]:
        """[9.4] Return every lot that a use may be of, or is that came at some of its passes, with its certainty."""
        lots = self.behind(drawn if during is None else during).lots
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
