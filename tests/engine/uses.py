"""Section 7, first half: what was used for which unit, when, and on whose word."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from engine.declared import Declarations
from engine.names import Anomaly, Holder, Unit
from engine.packages import ASSUMED, EXACT, POSSIBLE, WORDS, Flow, Packages
from engine.packages import until as up_to
from engine.vocabulary import Key, Line, amount, form, listed, measure, moment, run_id

ASSUMING = {"setup", "backflush"}
_INSTANT = timedelta(microseconds=1)
Read = tuple[Line, dict]


@dataclass(frozen=True)
class Pass:
    """A unit at its number in a run, or at a station."""

    unit: Unit
    run: str
    number: int
    key: Key
    stations: frozenset[str]
    event: str


@dataclass(frozen=True)
class Use:
    """Material of a label went into a unit; ``panel`` where it was used on a panel that the unit was on."""

    unit: Unit
    label: Holder
    key: Key
    line: Line
    run: str | None
    number: int | None
    slot: str
    quantity: Fraction | None
    measure: str
    designators: tuple[str, ...]
    basis: str
    claimed: int
    packages: tuple[Holder, ...] = ()
    passed_at: tuple[datetime, ...] = ()
    panel: Unit | None = None
    stood: tuple[datetime | None, datetime | None] = (None, None)

    @property
    def is_there(self) -> bool:
        """[7.3] Return whether its package stood there, as far as a range says it, at any of the passes."""
        begin, end = self.stood
        passes = self.passed_at or (self.key[0],)
        return any((begin is None or begin <= at) and (end is None or at <= end) for at in passes)

    @property
    def certainty(self) -> int:
        return self.claimed if self.is_there else max(self.claimed, POSSIBLE)

    @property
    def drawn(self) -> list[tuple[Holder, Key]]:
        """Return the package whose content it is, with the bound of what had flowed into it, at each pass."""
        return [(self.label, up_to(each)) for each in self.passed_at or (self.key[0],)]

    @property
    def begin(self) -> datetime:
        """[7.5] Return since when a removal can take of it: nothing of what is dated ahead before its time."""
        return max(self.key[0], self.line.key[0]) if self.line.is_dated_ahead else self.key[0]

    @property
    def pieces(self) -> Fraction:
        """[6.3, D18] Return the pieces that a use takes of a zone: said, else one a designator, else one."""
        return self.quantity if self.quantity is not None else Fraction(len(self.designators) or 1)


class Said(NamedTuple):
    """An amount that was said of a package: when, with the rank of what said it; in their order."""

    when: tuple[datetime, int]
    amount: Fraction
    measure: str
    event: str


class Uses:
    """All uses that happened up to a time, with the packages that each may be of."""

    def __init__(
        self,
        lines: list[Read],
        unread: list[Line],
        packages: Packages,
        declared: Declarations,
        until: datetime,
    ) -> None:
        self.found: list[Anomaly] = []
        self._declared = declared
        passes = self._passes(lines)
        told = [*self._consumed(lines), *self._fed(lines, passes)]
        # [1.5] Where a zone ends does not depend on the time that is asked for.
        once = _by_unit(told)
        packages.settle(lambda label, splice: self._zone_end(label, splice, passes, once))
        self.passes = [each for each in passes if each.key[0] <= until]
        uses = _by_unit([each for each in told if each.key[0] <= until])
        uses += self._set_up(lines, unread, uses)
        past = sorted(uses, key=lambda each: each.key)
        self.all = [replace(each, packages=packages.meant(each.drawn)) for each in past]
        self._list_numbers()

    def _passes(self, lines: list[Read]) -> list[Pass]:
        found = []
        for line, means in lines:
            run = run_id(line.whole.get("run"))
            if line.kind not in {"unitCreated", "unitProcessed"} or run is None:
                continue
            first = line.whole.get("firstSequence")
            number = line.said.get("sequence") if line.kind == "unitCreated" else None
            # [events10, D17] A pass is at its run's station and at the station that it names itself.
            stations = {self._declared.station(run, line.key[0]), form(line.whole.get("station"))} - {""}
            # [7.4] Of a pass whose number nobody said it is no number of a range.
            place = number or (-1 - line.key[1] if first is None else first + line.key[2])
            found.append(Pass(means["unit"], run, place, line.key, frozenset(stations), line.event))
        return found

    def _use(self, line: Line, unit: Unit, label: Holder, key: Key, **more) -> Use:
        said = line.said
        basis = more.pop("basis", None) or said.get("basis") or "machine"
        claimed = WORDS.index(said.get("certainty") or "exact")
        if said.get("alternativeGroup") is not None:
            claimed = max(claimed, POSSIBLE)  # [7.3] one of several
        quantity = said.get("quantity" if line.kind == "consumed" else "quantityPerUnit")
        return Use(
            unit=unit,
            label=label,
            key=key,
            line=line,
            run=more.get("run"),
            number=more.get("number"),
            slot=form(said.get("slot")),
            quantity=amount(quantity),
            measure=measure(said.get("unitOfMeasure")),
            designators=tuple(dict.fromkeys(listed(said.get("designators")))),
            basis=basis,
            claimed=ASSUMED if basis in ASSUMING else claimed,  # [7.3] assumed, whatever it claims
            stood=more.get("stood", (None, None)),
        )

    def _consumed(self, lines: list[Read]) -> list[Use]:
        return [
            self._use(line, means["unit"], means["package"], line.key, run=run_id(line.whole.get("run")))
            for line, means in lines
            if line.kind == "consumed"
        ]

    def _fed(self, lines: list[Read], passes: list[Pass]) -> list[Use]:
        found = []
        for line, means in lines:
            if line.kind != "feed":
                continue
            run = run_id(line.whole["run"])
            numbers = range(line.said["sequenceFrom"], line.said["sequenceTo"] + 1)
            first: dict[tuple[Unit, int], Pass] = {}  # of one number, a unit's first pass
            for each in sorted(passes, key=lambda one: one.key):
                if each.run == run and each.number in numbers:
                    first.setdefault((each.unit, each.number), each)
            for (unit, number), each in first.items():
                key = (each.key[0], line.key[1], line.key[2])  # [7.2] when that unit passed
                more = {"run": run, "number": number, "stood": _stood(line)}
                found.append(self._use(line, unit, means["package"], key, **more))
        return found

    def _set_up(self, lines: list[Read], unread: list[Line], reports: list[Use]) -> list[Use]:
        """[7.1, 7.3] Return what passes hold from the set-up that stood, where no report names the slot."""
        told = [(line, means) for line, means in lines if line.kind == "setUp"]
        told += [(line, {}) for line in unread if line.kind == "setUp" and not line.problem]
        told.sort(key=lambda each: each[0].key)
        found: dict[tuple[Line, Unit], list[Use]] = defaultdict(list)
        for each in first_passes(self.passes):  # of each station
            standing: dict[tuple[str, str], Read] = {}
            for line, means in told:
                station = form(line.whole["station"])
                if station in each.stations and line.key[0] <= each.key[0]:
                    # [D21] What waits or says nothing ends what stood, too.
                    standing[station, form(line.said["slot"])] = (line, means)
            for (station, slot), (line, means) in standing.items():
                said = [use for use in reports if use.slot == slot and self._is_of(use, each, station)]
                if said:
                    self._compare(said, line, means)
                elif "package" in means:
                    key = (each.key[0], line.key[1], line.key[2])
                    more = {"run": each.run, "number": each.number, "basis": "setup"}
                    found[line, each.unit].append(self._use(line, each.unit, means["package"], key, **more))
        # [7.8] Once, from its first pass while that stood.
        return [replace(some[0], passed_at=tuple(one.key[0] for one in some)) for some in found.values()]

    def _is_of(self, use: Use, each: Pass, station: str) -> bool:
        # [7.3, D22] A report about that pass: of that unit, in that run or in a run of that station.
        if use.unit != each.unit or use.basis in ASSUMING or use.run is None:
            return False
        return use.run == each.run or self._declared.station(use.run, use.key[0]) == station

    def _compare(self, said: list[Use], line: Line, means: dict) -> None:
        # [7.3] Of a report that says several of which the set-up's is one nothing is listed.
        alike = [use for use in said if use.label == means.get("package")]
        agreed = {(use.line.event, use.line.said.get("alternativeGroup")) for use in alike}
        others = [use for use in said if use.label != means.get("package")]
        other = [
            use
            for use in others
            if (group := use.line.said.get("alternativeGroup")) is None
            or (use.line.event, group) not in agreed
        ]
        if other and line.refs.keys() == means.keys():
            events = tuple(sorted({line.event, *(use.line.event for use in other)}))
            anomaly = Anomaly("setupAgainstReport", events, (other[0].unit,))
            if anomaly not in self.found:
                self.found.append(anomaly)

    def _zone_end(self, label: Holder, splice: Flow, passes: list[Pass], uses: list[Use]) -> datetime | None:
        """[6.3] Return when a zone is over; None while that is not known."""
        begin, zone = splice.key[0], splice.line.whole.get("zone")
        if zone and zone.get("until"):
            return max(begin, moment(zone["until"]) + _INSTANT)
        if zone:
            return self._end_by_number(label, begin, zone, passes, uses)
        grey = amount(splice.line.whole.get("greyZone"))
        if grey is None:
            return None
        uom = measure(splice.line.whole.get("unitOfMeasure"))
        since = [
            each
            for each in uses
            if each.label == label and each.key[0] >= begin and each.measure == uom
            if each.line.kind != "feed" or not each.line.is_dated_ahead
        ]
        end = begin
        for at in sorted({each.key[0] for each in since}):
            if sum(each.pieces for each in since if each.key[0] < at) >= grey:
                return end
            end = at + _INSTANT
        return end if sum(each.pieces for each in since) >= grey else None

    @staticmethod
    def _end_by_number(
        label: Holder, begin: datetime, zone: dict, passes: list[Pass], uses: list[Use]
    ) -> datetime | None:
        run, last = run_id(zone["run"]), zone["sequenceTo"]
        here = [each for each in passes if each.run == run]
        if all(each.number < last for each in here):
            return None
        units = {each.unit for each in here if 0 < each.number <= last}
        firsts = [
            min(one.key[0] for one in here if (one.unit, one.number) == (each.unit, each.number))
            for each in here
            if 0 < each.number <= last
        ]
        own = [
            each.key[0] for each in uses if each.label == label and each.number is None and each.unit in units
        ]
        within = [at for at in (*firsts, *own) if at >= begin]
        return max(within) + _INSTANT if within else begin

    def _list_numbers(self) -> None:
        by_number: dict[tuple[str, int], list[Pass]] = defaultdict(list)
        for each in self.passes:
            by_number[each.run, each.number].append(each)
        for number, passes in by_number.items():  # [7.4]
            units = tuple(sorted({each.unit for each in passes}))
            if len(units) > 1 and number[1] > 0:
                events = tuple(sorted({each.event for each in passes}))
                self.found.append(Anomaly("sequenceTwice", events, units))

    def list_quantities(self, divided: list[Read], inside: dict[Holder, Said | None]) -> None:
        """[6.5] List packages of which more was used than was in them, and units of measure that differ."""
        taken: dict[Holder, list[Said]] = defaultdict(list)
        for use in self.all:
            # What set-ups put in nobody counted.
            if use.line.kind != "setUp" and (use.quantity is not None or use.designators):
                taken[use.label].append(
                    Said((use.begin, use.key[1]), use.pieces, use.measure, use.line.event)
                )
        for line, means in divided:
            portion = amount(line.said.get("quantity"))
            if portion is not None and means["from"] != means["into"]:
                uom = measure(line.whole.get("unitOfMeasure"))
                taken[means["from"]].append(Said(line.key[:2], portion, uom, line.event))
        for one, draws in taken.items():
            there = inside.get(one)
            said = sorted([*draws, *([there] if there else [])])
            other = next((each for each in said if each.measure != said[0].measure), None)
            if other:
                self.found.append(Anomaly("unitsOfMeasure", _stating(said[0], other), (one,)))
            if there and (too_much := _too_much(there, sorted(draws))):
                self.found.append(Anomaly("overdrawn", _stating(there, too_much), (one,)))


def _too_much(inside: Said, draws: list[Said]) -> Said | None:
    left = inside.amount
    for each in draws:
        left -= each.amount if each.measure == inside.measure else 0
        if left < 0:
            return each
    return None


def _stating(*said: Said) -> tuple[str, ...]:
    return tuple(sorted({each.event for each in said}))


def first_passes(passes: list[Pass]) -> list[Pass]:
    """[7.8] Return passes in their order, each at the stations that it is not told of before, with its number."""
    first: dict[tuple[Unit, str, int, str], datetime] = {}
    ordered = sorted(passes, key=lambda one: one.key)
    for each in ordered:
        for station in each.stations:
            first.setdefault((each.unit, each.run, each.number, station), each.key[0])
    return [replace(each, stations=_stations_at(each, first)) for each in ordered]


def _stations_at(passed: Pass, first: dict[tuple[Unit, str, int, str], datetime]) -> frozenset[str]:
    one = (passed.unit, passed.run, passed.number)
    return frozenset(each for each in passed.stations if first[*one, each] == passed.key[0])


def _by_unit(uses: list[Use]) -> list[Use]:
    """[7.1] Return uses by line and unit: of several numbers of a range, a unit is used for once."""
    found: dict[tuple[Line, Unit], list[Use]] = defaultdict(list)
    for each in sorted(uses, key=lambda one: one.key):
        found[each.line, each.unit].append(each)
    return [replace(some[0], passed_at=tuple(one.key[0] for one in some)) for some in found.values()]


def is_report(use: Use) -> bool:
    return use.basis not in ASSUMING and use.claimed == EXACT


def _stood(line: Line) -> tuple[datetime | None, datetime | None]:
    """[7.3] Return from when to when a range says that its package stood there."""
    begin, end = (moment(said) if said else None for said in map(line.said.get, ("from", "to")))
    said_at = moment(line.whole["happenedAt"])
    # With an end that has not come yet, it stands there since the event.
    return (said_at if begin is None and end is not None and said_at <= end else begin), end
