"""Section 4: who has a name when, what a name means at a time, and which names are one unit."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from engine.record import Standing
from engine.vocabulary import Key, Line, Lot, Name, Ref, form, is_splice, listed, lots_read

AGAIN_AFTER = timedelta(days=30)
EARLIEST = datetime.min.replace(tzinfo=UTC)


class Holder(NamedTuple):
    """Who has a name from a time on: ``begin`` is empty for the first, who has it from the beginning.

    ``nth`` counts the holders of a name; an announced package has the scheme ``announced``.
    """

    scheme: str
    issuer: str
    value: str
    begin: str = ""
    nth: int = 0


Unit = tuple[Holder, ...]
Thing = Unit | Holder


class Anomaly(NamedTuple):
    """A contradiction: its kind, the ids of its events, and the things."""

    kind: str
    events: tuple[str, ...]
    things: tuple[Thing, ...]


CARRIERS = {"panel", "container"}


@dataclass
class Reign:
    """The statements of one holder, and what they said."""

    begin: Key | None
    nth: int
    kind: str | None = None
    product: str | None = None
    lots: frozenset[Lot] = frozenset()
    has_unread: bool = False
    said_at: datetime = EARLIEST
    serials: set[Holder] = field(default_factory=set)
    marked: list[Line] = field(default_factory=list)
    created: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def holder(name: Name, reign: Reign) -> Holder:
    return Holder(*name, "" if reign.begin is None else reign.begin[0].isoformat(), reign.nth)


class Names:
    """All names of what counts, cut into holders."""

    def __init__(self, standing: Standing) -> None:
        self.announced = standing.announced
        self._same_unit = [each for each in standing.lines if each.kind == "sameUnit" and not each.problem]
        self.found: list[Anomaly] = []
        self._again: list[tuple[Name, int, Line, Line]] = []
        self._reused: list[tuple[Name, int, Line, Line]] = []
        self._statements = _namings(standing.lines)
        self._reigns: dict[Name, list[Reign]] = {}
        self._whose: dict[tuple[Name, Line], Reign] = {}
        marks = self._reuse_marks(standing.lines)
        # [4.3, D5] Places come last: "another serial number" is another holder of one, so that a
        # place does not tie two units together that one serial number was parted into.
        for name in sorted(self._statements, key=lambda each: (each.scheme in CARRIERS, each)):
            self._cut(name, marks[name])
        self._unit_of = self._join(standing.lines)
        self._list_names()

    def reigns(self, name: Name) -> list[tuple[Holder, Reign]]:
        return [(holder(name, each), each) for each in self._reigns.get(name, [])]

    def names(self, scheme: str) -> list[Name]:
        return [each for each in self._reigns if each.scheme == scheme]

    def known(self, name: Name) -> list[Name]:
        """[4.4] Return the names that a name can mean."""
        return _alike(name, self._statements)

    def _reuse_marks(self, lines: list[Line]) -> dict[Name, list[Line]]:
        marks = defaultdict(list)
        for line in lines:
            for name in _names_of(line) if line.kind == "nameReused" else ():
                known = self.known(name)
                if len(known) == 1:  # [D9] of several, none is given anew: the line is undecided
                    marks[known[0]].append(line)
        return marks

    def _cut(self, name: Name, marks: list[Line]) -> None:
        reigns: list[Reign] = []
        self._reigns[name] = reigns
        said = [each for each in self._statements[name] if each.kind != "nameReused"]
        for line in sorted([*said, *marks], key=lambda each: each.key):
            if self._is_of_one_time(name, reigns, line):
                self._share(name, reigns, line)
            elif not reigns or line.kind == "nameReused" or self._begins_anew(name, reigns, line):
                # [4.3] The first holder has the name from the beginning of time.
                reigns.append(Reign(line.key if reigns else None, len(reigns)))
                if len(reigns) > 1 and line.kind != "nameReused":
                    self._reused.append((name, len(reigns) - 1, reigns[-2].lines[-1], line))
            self._add(name, self._named_with(reigns, line), line)

    def _is_of_one_time(self, name: Name, reigns: list[Reign], line: Line) -> bool:
        """[4.3] Answer whether a place was named with a serial number at the time of a line that names another."""
        serials = self._marks(name, line)
        if not reigns or not serials:
            return False
        present = _of_one_begin(reigns)
        times = {each.key[0] for reign in present for each in reign.marked}
        return line.key[0] in times and all(serials.isdisjoint(each.serials) for each in present)

    def _share(self, name: Name, reigns: list[Reign], line: Line) -> None:
        """[4.3] Begin one more reign with those of the time of a line."""
        now = reigns[-1]
        told = [each for each in now.marked if each.key[0] == line.key[0]]
        if told != now.marked:  # it had the name before
            now = Reign(told[0].key, len(reigns))
            reigns.append(now)
            for each in told:
                self._add(name, now, each)
        reigns.append(Reign(now.begin, len(reigns)))
        for each in _of_one_begin(reigns):
            if each.begin is not None and each.begin[0] == line.key[0]:
                each.begin = (line.key[0], -1, 0)

    def _named_with(self, reigns: list[Reign], line: Line) -> Reign:
        present = _of_one_begin(reigns)
        serials = self._serials(line) if len(present) > 1 else set()
        return next((each for each in present if serials & each.serials), reigns[-1])

    def _marks(self, name: Name, line: Line) -> set[Holder]:
        is_marked = name.scheme in CARRIERS and line.kind == "unitCreated"
        return self._serials(line) if is_marked else set()

    def _begins_anew(self, name: Name, reigns: list[Reign], line: Line) -> bool:
        now = reigns[-1]
        if name.scheme == "package":
            # [4.3] What is said of one time is said of one thing; some of its lots are no other ones.
            return bool(now.lots) and not lots_said(line) <= now.lots and now.said_at < line.key[0]
        if name.scheme == "serial":
            kind, product = _creation(line)
            return self._is_later(now, line) and (
                (None not in {kind, now.kind} and kind != now.kind)
                or (None not in {product, now.product} and product != now.product)
            )
        # [4.3] Of what one unit after the other stands on, or lies in; one that is only referred to is on it still.
        serials, present = self._marks(name, line), _of_one_begin(reigns)
        if serials:
            is_told = len(present) > 1 and line.key[0] > now.marked[-1].key[0]
            return is_told or (
                bool(now.serials) and all(serials.isdisjoint(each.serials) for each in present)
            )
        return name.scheme == "panel" and any(self._is_later(each, line) for each in present)

    def _is_later(self, now: Reign, line: Line) -> bool:
        created = now.created and line.kind == "unitCreated"
        return bool(created) and now.created[-1].key[0] < line.key[0]

    def _serials(self, line: Line) -> set[Holder]:
        names = [each for each in _names_of(line) if each.scheme == "serial"]
        return {each for name in names for each in self.holders(name, line.key)}

    def _add(self, name: Name, now: Reign, line: Line) -> None:
        now.lines.append(line)
        if line.kind == "packageCreated":
            now.lots |= lots_said(line)
            lots = line.said.get("lots")
            now.has_unread |= len(lots_read(lots)) < len(listed(lots))
            now.said_at = line.key[0] if lots_said(line) else now.said_at
        if line.kind != "unitCreated":
            return
        kind, product = _creation(line)
        now.kind, now.product = kind or now.kind, product or now.product
        if name.scheme in CARRIERS and self._serials(line):
            now.serials |= self._serials(line)
            now.marked.append(line)
            self._whose[name, line] = now
        if now.created and name.scheme == "serial" and line.key[0] > now.created[0].key[0] + AGAIN_AFTER:
            self._again.append((name, now.nth, now.created[0], line))
        now.created.append(line)

    def holders(self, name: Name, at: Key) -> list[Holder]:
        """[4.3, 4.4] Return who has a name at a time; several where it is not said whose name it is."""
        return [holder(each, reign) for each in self.known(name) for reign in self._reigns_at(each, at)]

    def _reigns_at(self, name: Name, at: Key) -> list[Reign]:
        return _of_one_begin([each for each in self._reigns[name] if each.begin is None or each.begin <= at])

    def _holders_in(self, name: Name, line: Line, at: Key) -> list[Holder]:
        """[4.3] Return whose a name is in a line: of a place, whose the serial number is that it is named with."""
        now = self._whose.get((name, line))
        return self.holders(name, at) if now is None else [holder(name, now)]

    def _join(self, lines: list[Line]) -> dict[Holder, Unit]:
        """[4.6] Return the unit of each holder: all that namings and `sameUnit` connect."""
        groups: dict[Holder, set[Holder]] = {}
        for name in self._reigns:
            if name.scheme not in {"package", "receipt"}:
                groups.update({each: {each} for each, _ in self.reigns(name)})
        said = defaultdict(set)
        for line in lines:
            if line.kind not in {"unitCreated", "sameUnit"} or line.problem:
                continue
            names = _names_of(line) if line.kind == "unitCreated" else line.refs["unit"].names[:1]
            per_name = [self._holders_in(name, line, line.refs["unit"].key) for name in names]
            if all(len(each) == 1 for each in per_name):
                # [D7] Each unit of a `sameUnit` stands alone: those that are known are joined.
                where = line.event if line.kind == "sameUnit" else line
                said[where] |= {each[0] for each in per_name}
        for together in said.values():
            whole = set().union(*(groups[each] for each in together))
            groups.update(dict.fromkeys(whole, whole))
        return {each: tuple(sorted(whole)) for each, whole in groups.items()}

    def unit_of(self, one: Holder) -> Unit:
        return self._unit_of[one]

    def units(self) -> list[Unit]:
        return sorted(set(self._unit_of.values()))

    def meant(self, ref: Ref) -> tuple[str, tuple[Thing, ...]]:
        """[3] Return ``taken``, ``waiting`` or ``undecided``, and what is or may be meant."""
        # [4.4] Of several names in a reference the first is meant.
        things = tuple(sorted(self._things(ref.names[0], ref)))
        if not things:
            return "waiting", things
        return ("taken" if len(things) == 1 else "undecided"), things

    def _things(self, name: Name, ref: Ref) -> set[Thing]:
        holders = self.holders(name, ref.key)
        if ref.kind == "unit":
            return {self._unit_of[each] for each in holders}
        if holders or ref.kind == "receipt":
            return set(holders)
        # [4.5] A label that no event makes known: what the lists in effect announce.
        return {
            Holder("announced", "|".join(each.lot), each.label) for each in self.announced if each.is_of(name)
        }

    def _list_names(self) -> None:
        for name, nth, before, line in self._reused:
            two = [holder(name, each) for each in self._reigns[name][nth - 1 : nth + 1]]
            if name.scheme == "package":
                self.found.append(Anomaly("labelReused", _ids(before, line), tuple(two)))
            elif name.scheme == "serial" and self._unit_of[two[0]] != self._unit_of[two[1]]:  # [4.7]
                units = tuple(self._unit_of[each] for each in two)
                self.found.append(Anomaly("serialReused", _ids(before, line), units))
        for name, nth, first, line in self._again:
            one = holder(name, self._reigns[name][nth])
            if not self._is_decided(name, one, line):
                self.found.append(Anomaly("createdAgain", _ids(first, line), (self._unit_of[one],)))

    def _is_decided(self, name: Name, one: Holder, again: Line) -> bool:
        # [4.7, D10] One `sameUnit` names the holder both before and from the second creation on.
        sides = defaultdict(set)
        for line in self._same_unit:
            at = line.refs["unit"].key
            if any(one in self.holders(each, at) for each in _names_of(line) if each.value == name.value):
                sides[line.event].add(at[0] < again.key[0])
        return any(len(each) == 2 for each in sides.values())


def _of_one_begin(reigns: list[Reign]) -> list[Reign]:
    """[4.3] Return the last of several, and those that began with it: nobody knows which of them has the name."""
    return [each for each in reigns if each.begin == reigns[-1].begin]


def _ids(*lines: Line) -> tuple[str, ...]:
    return tuple(sorted({each.event for each in lines}))


def _names_of(line: Line) -> list[Name]:
    return [name for ref in line.refs.values() for name in ref.names]


def lots_said(line: Line) -> frozenset[Lot]:
    return frozenset(lots_read(line.said.get("lots"))) if line.kind == "packageCreated" else frozenset()


def _creation(line: Line) -> tuple[str | None, str | None]:
    # [5, D11] A kind that is left out is not said, although the schema has a default.
    if line.kind != "unitCreated":
        return None, None
    product = line.whole.get("product")
    return line.whole.get("kind"), None if product is None else form(product)


def _namings(lines: list[Line]) -> dict[Name, list[Line]]:
    """[4.2] Return, for each name that is known, the statements that make it known, whatever they wait for."""
    found: dict[Name, list[Line]] = defaultdict(list)
    for line in lines:
        for name in _named_by(line):
            found[name].append(line)
    return {name: sorted(said, key=lambda each: each.key) for name, said in found.items()}


def _alike(name: Name, found: dict[Name, list[Line]]) -> list[Name]:
    """[4.4] Return the names that a name can mean: itself, else the same value of any issuer."""
    if name in found:
        return [name]
    if name.issuer or name.scheme not in {"serial", "package"}:
        return []
    return sorted(each for each in found if (each.scheme, each.value) == (name.scheme, name.value))


def _named_by(line: Line) -> list[Name]:
    found = []
    for role, ref in line.refs.items():
        by_itself = {("unitCreated", "unit"), ("packageCreated", "package")}
        is_result = role == "into" and ref.kind == "package" and not is_splice(line)
        if (line.kind, role) in by_itself or is_result:
            found += ref.names
        else:  # containers and receipts are known by being named
            found += [name for name in ref.names if name.scheme in {"container", "receipt"}]
    return found
