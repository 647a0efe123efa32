"""Who has a name, and when: statements that name packages and units, cut into holders.

A name has one holder at a time; a unit is all holders that statements connect. Everything here is a
function of the set of statements, whatever order they arrived in (docs/semantics.md, section 4).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from aas_registry.domain.items import Name, Scheme

_CREATED_AGAIN_AFTER = timedelta(days=30)
HELD = frozenset({Scheme.PACKAGE, Scheme.SERIAL, Scheme.PANEL, Scheme.CONTAINER})
"""The schemes of which a name may have one holder after another."""

CARRIERS = frozenset({Scheme.PANEL, Scheme.CONTAINER})
"""The schemes of what one unit after the other stands on, or lies in."""

# Serial numbers before places: what tells one board on a carrier from the next is whose they are.
_CUT_FIRST = (Scheme.SERIAL, Scheme.PACKAGE, Scheme.CONTAINER, Scheme.PANEL)


class HeldName(NamedTuple):
    """A name in the form for comparing."""

    scheme: Scheme
    value_key: str
    issuer_key: str


class StatementOrder(NamedTuple):
    """When something was said to have happened, and its place among what happened at the same time."""

    happened_at: datetime
    rank: int
    place: int
    nth: int


_LAST = 1 << 63


def by_the_end_of(moment: datetime) -> StatementOrder:
    """Return the order that includes all that was said to have happened at a time."""
    return StatementOrder(moment, _LAST, 0, 0)


class Line(NamedTuple):
    """A line of an event: the number of the event, the place of the fact, and the line within it."""

    event: int
    place: int
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SameUnit:
    """Names, each as it is meant at its time, or at the event's, are names of one unit."""

    units: tuple[tuple[Name, datetime | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReused:
    """Names of a package or unit are another one's from the event's time on."""

    names: tuple[Name, ...]


class NamingKind(StrEnum):
    """What a statement does with the names in it."""

    CREATED = "created"  # a unit came into being
    NAMED = "named"  # there is such a unit, or package
    SAME = "same"  # names, each at its own time, are one unit's
    REUSED = "reused"  # from here on the names are another one's


_NAMING = frozenset({NamingKind.CREATED, NamingKind.NAMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A statement about names.

    Attributes:
        line: Where it stands; the names of one unit that one `SAME` event gives are lines of one fact.
        names: All names of one thing.
        order: Its place among all statements.
        meant_at: When the names are meant; ``order`` but for `SAME`.
        unit_kind: Of a creation: what kind of unit, where that is said.
        product: Of a creation: the item of the product, where that is said.
        lots: Of a package: the lots that it is said to hold.
        together: Names that the statement connects, each with when it is meant, where that is not ``order``;
            empty for none but the one.
    """

    line: Line
    kind: NamingKind
    names: tuple[HeldName, ...]
    order: StatementOrder
    meant_at: StatementOrder
    together: tuple[tuple[HeldName, StatementOrder | None], ...] = ()
    unit_kind: str | None = None
    product: int | None = None
    lots: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class Holder:
    """Who has a name from some time on; ``begin`` is None for the first, who has it from the beginning.

    Attributes:
        begun_by: The statement that began it; None for a name that is known by being named.
        after: The last statement about the holder before; None for the first.
        said_at: When it was last created, or its lots were last said.
        created: The statement that first created it.
        created_again: Creations that came long after the first.
        serials: Of a place or container: the holders of the serial numbers that it was named with.
        marked: The statements that name it with one.
    """

    name: HeldName
    begin: StatementOrder | None = None
    begun_by: Naming | None = None
    after: Naming | None = None
    unit_kind: str | None = None
    product: int | None = None
    lots: frozenset[int] = frozenset()
    serials: set["Holder"] = field(default_factory=set)
    marked: list[Naming] = field(default_factory=list)
    said_at: datetime | None = None
    created: Naming | None = None
    created_again: list[Naming] = field(default_factory=list)
    last: Naming | None = None

    def is_marked_at(self, said: Naming) -> bool:
        """Return whether it was last named with a serial number at the time of a statement."""
        return bool(self.marked) and self.marked[-1].order.happened_at == said.order.happened_at


@dataclass(slots=True)
class Named:
    """One package or unit: its holders, and the lines that name it."""

    holders: list[Holder]
    lines: set[Line]


class Holders:
    """All holders of some names, and what they are holders of."""

    def __init__(
        self,
        namings: Iterable[Naming],
        implied: Iterable[HeldName] = (),
        begins: Mapping[HeldName, StatementOrder | None] | None = None,
    ) -> None:
        """Cut names into holders, and connect these.

        Args:
            namings: All statements in effect that concern the names, or names connected with them.
            implied: Names that are known by being named.
            begins: Of a name whose earlier holders do not concern us: when the first that does begins, with
                the first of its statements.
        """
        self._begins = begins or {}
        self._of: dict[HeldName, list[Holder]] = {
            name: [Holder(name)] for name in implied if self._begins.get(name) is None
        }
        self._by_value: defaultdict[tuple[Scheme, str], set[HeldName]] = defaultdict(set)
        self._marked: dict[tuple[HeldName, Line], Holder] = {}
        told = _of_boards(sorted(namings, key=lambda each: (each.order, each.line)))
        stated = self._stated(told)
        for name in sorted(stated, key=lambda each: (_CUT_FIRST.index(each.scheme), each)):
            self._cut(name, sorted(stated[name], key=lambda each: (each.order, each.line)))
        self.things = list(self._connected(told))

    def _stated(self, told: Iterable[Naming]) -> Mapping[HeldName, list[Naming]]:
        """Return, for each name, the statements that name it, and those by which it is given anew."""
        stated: defaultdict[HeldName, list[Naming]] = defaultdict(list)
        for each in told:
            for name in each.names if each.kind in _NAMING else ():
                stated[name].append(each)
        for name in {*stated, *self._of}:
            self._by_value[name.scheme, name.value_key].add(name)
        for mark in (each for each in told if each.kind is NamingKind.REUSED):
            for known in map(self.known, mark.names):
                if len(known) == 1:  # of several, none is given anew
                    stated[known[0]].append(mark)
        return stated

    def holders_of(self, name: HeldName) -> list[Holder]:
        """Return who had a name, the first one first; empty where nobody names it."""
        return self._of.get(name, [])

    def names(self) -> Iterator[HeldName]:
        """Yield every name that somebody has."""
        yield from self._of

    def known(self, name: HeldName) -> list[HeldName]:
        """Return the names that a name may mean: itself; where nobody has it, those of any issuer."""
        if name in self._by_value[name.scheme, name.value_key]:
            return [name]
        if name.issuer_key or name.scheme not in {Scheme.SERIAL, Scheme.PACKAGE}:
            return []
        return sorted(self._by_value[name.scheme, name.value_key])

    def meant(self, name: HeldName, at: StatementOrder) -> list[Holder]:
        """Return who a name means at a time: one, nobody, or several candidates."""
        return [holder for each in self.known(name) for holder in holders_at(self._of[each], at)]

    def _cut(self, name: HeldName, told: Collection[Naming]) -> None:
        holders = self._of.setdefault(name, [])
        present = holders[-1:]
        for each in told:
            serials = self._serials(each) if name.scheme in CARRIERS else set()
            if serials and any(now.is_marked_at(each) for now in present):
                if not any(now.serials & serials for now in present):
                    present = self._parted(present, each, holders)
            elif not present or any(_begins_anew(now, each, serials, of=len(present)) for now in present):
                before = present[-1].last if present else None
                begin = each.order if present else self._begins.get(name)
                present = [Holder(name, begin, begun_by=each, after=before)]
                holders += present
            self._add(next((now for now in present if now.serials & serials), present[-1]), each, serials)

    def _parted(self, present: list[Holder], said: Naming, holders: list[Holder]) -> list[Holder]:
        """Let one more holder begin with whoever is named at that time: nobody knows whose the name is."""
        now, at = present[-1], said.order.happened_at
        then = [each for each in now.marked if each.order.happened_at == at]
        if then != now.marked:  # until then it was the present one's
            present = [Holder(now.name, then[0].order, begun_by=then[0], after=now.last)]
            for each in then:
                self._add(present[0], each, self._serials(each))
            holders += present
        holders.append(Holder(now.name, present[0].begin, begun_by=said, after=now.last))
        present = [*present, holders[-1]]
        for now in present:
            if now.begin is not None and now.begin.happened_at == at:
                now.begin = StatementOrder(at, 0, 0, 0)
        return present

    def _add(self, now: Holder, said: Naming, serials: set[Holder]) -> None:
        _add(now, said, serials)
        if serials:
            self._marked[now.name, said.line] = now

    def _serials(self, said: Naming) -> set[Holder]:
        names = (each for each in said.names if each.scheme is Scheme.SERIAL)
        return {holder for name in names for holder in self.meant(name, said.order)}

    def _connected(self, told: Iterable[Naming]) -> Iterator[Named]:
        things = {
            holder: Named([holder], _own_lines(holder)) for holders in self._of.values() for holder in holders
        }
        same: defaultdict[tuple[int, int], list[Holder]] = defaultdict(list)
        for each in told:
            if each.kind is NamingKind.REUSED:
                continue
            marked = ((name, self._marked.get((name, each.line))) for name in each.names)
            found = [self.meant(name, each.meant_at) if one is None else [one] for name, one in marked]
            if not all(len(holders) == 1 for holders in found):
                continue
            together = [holder for (holder,) in found]
            if each.kind is NamingKind.SAME:
                # Those of one event are one unit; one that is not known yet keeps no others waiting.
                same[each.line.event, each.line.place] += together
            else:
                _join(things, together).lines.add(each.line)
        for together in same.values():
            _join(things, together)
        seen: set[int] = set()
        for thing in things.values():
            if id(thing) not in seen:
                seen.add(id(thing))
                yield thing


def _of_boards(told: Sequence[Naming]) -> list[Naming]:
    """Return statements without the serial number of a panel where they name a board by its place on that.

    A machine that tells of one board of a panel writes the panel's id where a board's own would stand.
    """
    named = {name for each in told if each.unit_kind == "panel" for name in each.names}
    panels = {name for name in named if name.scheme is Scheme.SERIAL}

    def apart(said: Naming) -> Naming:
        values = {name.issuer_key for name in said.names if name.scheme is Scheme.PANEL}
        carriers = {name for name in panels.intersection(said.names) if name.value_key in values}
        if said.unit_kind == "panel" or not carriers:
            return said
        return replace(said, names=tuple(name for name in said.names if name not in carriers))

    return [apart(each) for each in told] if panels else list(told)


def holders_at(holders: Collection[Holder], at: StatementOrder) -> list[Holder]:
    """Return who of several has a name at a time: more than one, where nobody knows whose it is."""
    begun = [each for each in holders if each.begin is None or each.begin <= at]
    return [each for each in begun if each.begin == begun[-1].begin]


def _own_lines(holder: Holder) -> set[Line]:
    begun_by = holder.begun_by
    return {begun_by.line} if begun_by is not None and begun_by.kind is NamingKind.REUSED else set()


def _join(things: dict[Holder, Named], together: Collection[Holder]) -> Named:
    first, *others = {id(things[each]): things[each] for each in together}.values()
    for other in others:
        first.holders += other.holders
        first.lines |= other.lines
        things.update(dict.fromkeys(other.holders, first))
    return first


def _begins_anew(now: Holder, said: Naming, serials: set[Holder], *, of: int) -> bool:
    if said.kind is NamingKind.REUSED:
        return True
    # What is said of one time is said of one thing: otherwise chance would decide what came first.
    is_later = now.said_at is not None and now.said_at < said.order.happened_at
    is_creation = is_later and said.kind is NamingKind.CREATED
    match now.name.scheme:
        case Scheme.PACKAGE:
            return is_later and bool(now.lots) and not said.lots <= now.lots
        case Scheme.SERIAL:
            return is_creation and (
                _differ(now.unit_kind, said.unit_kind) or _differ(now.product, said.product)
            )
        case Scheme.PANEL | Scheme.CONTAINER if serials:
            # Of several of one time, a serial number that is said later tells whose it is.
            return of > 1 or (bool(now.serials) and not serials & now.serials)
        case Scheme.PANEL:
            return is_creation
        case _:
            return False


def _differ(known: object, said: object) -> bool:
    return known is not None and said is not None and known != said


def _add(now: Holder, said: Naming, serials: set[Holder]) -> None:
    now.last = said
    now.lots |= said.lots
    if serials:
        now.serials |= serials
        now.marked.append(said)
    if said.lots or said.kind is NamingKind.CREATED:
        now.said_at = said.order.happened_at
    if said.kind is not NamingKind.CREATED:
        return
    now.unit_kind, now.product = said.unit_kind or now.unit_kind, said.product or now.product
    now.created = now.created or said
    if said.order.happened_at > now.created.order.happened_at + _CREATED_AGAIN_AFTER:
        now.created_again.append(said)


class Claim(NamedTuple):
    """An id was given to what a line names; ids that were given earlier come first."""

    assigned_at: datetime
    item: int
    line: Line
    name: HeldName


def items_of(
    things: Collection[Named], claims: Collection[Claim]
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Return what id each thing has, by its place in ``things``, and what thing each id leads to.

    An id stays with the line that it was given for: where two things turn out to be one, it has the id
    that was given first, and the other leads to it. An id whose line says nothing any longer goes to a
    thing of that name that has none. A thing that is not in the answer needs a new id.
    """
    by_line = {line: place for place, thing in enumerate(things) for line in thing.lines}
    own: dict[int, int] = {}
    leads_to: dict[int, int] = {}
    ordered = sorted(claims)
    for claim in ordered:
        place = by_line.get(claim.line)
        if place is not None and claim.item not in leads_to:
            leads_to[claim.item] = place
            own.setdefault(place, claim.item)
    by_name: dict[HeldName, int] = {}
    for place, thing in enumerate(things):
        for holder in thing.holders:
            by_name.setdefault(holder.name, place)
    for claim in ordered:
        place = by_name.get(claim.name)
        if place is not None and claim.item not in leads_to and place not in own:
            leads_to[claim.item] = place
            own[place] = claim.item
    return own, leads_to
