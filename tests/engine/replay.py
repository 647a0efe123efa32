"""A plant as its events tell it, at two times: everything that answers are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from engine.declared import Declarations
from engine.names import Anomaly, Holder, Names, Unit
from engine.packages import Packages
from engine.places import Places
from engine.record import Recorded, standing, taken_in
from engine.removals import Holding, designators_twice, fold, held_by, removals_of
from engine.uses import Read, Said, Uses
from engine.vocabulary import Line, Ref, amount, measure, moment, package_names, run_id

# What these say counts as of any time [1.5].
_TIMELESS = {"packageCreated", "unitCreated", "sameUnit", "nameReused"}
FLOWS = {"split", "merged", "relabelled"}
_STATES = ("taken", "waiting", "undecided", "problem")


class View:
    """What holds as of one time, as recorded at another."""

    def __init__(self, kept: list[Recorded], as_of: datetime, recorded_as_of: datetime) -> None:
        self.as_of, self.recorded_as_of = as_of, recorded_as_of
        self.standing = standing(kept, as_of, recorded_as_of)
        self.recorded_ids = {
            each.value["id"] for each in kept if not each.is_list and each.at <= recorded_as_of
        }
        self.names = Names(self.standing)
        self.states: dict[str, list[Read]] = {each: [] for each in _STATES}
        for line in self.standing.lines:
            self._read(line)
        # [1.5] Names and what packages were said to hold do not depend on the time asked for.
        taken = self.states["taken"]
        self.past = [(line, means) for line, means in taken if line.key[0] <= as_of]
        unread = [line for state in ("waiting", "undecided") for line, _ in self.states[state]]
        # [5] What an event's head says is said, though its lines wait.
        self.declared = Declarations([*taken, *((line, {}) for line in unread)], as_of)
        came = [*taken, *self._of_nobody_knows_what()]
        flows = [each for each in came if each[0].kind in FLOWS and each[0].key[0] <= as_of]
        self.packages = Packages(self.names, flows, self.declared, _divided(came))
        self.uses = Uses(taken, unread, self.packages, self.declared, as_of)
        divided = [each for each in self.past if each[0].kind in {"split", "merged"}]
        self.uses.list_quantities(divided, self._inside())
        self.places = Places()
        for line, means in self.past:
            self.places.add(line, means)
        self.places.close()
        self._missed: list[Anomaly] = []
        self.holdings = {unit: self._hold(unit) for unit in self.names.units()}

    def _read(self, line: Line) -> None:
        """[3] Decide about a line; what it means, or may mean, goes with it."""
        meant = {role: self.names.meant(ref) for role, ref in line.refs.items()}
        # [4.3] It gives every name anew that is known, and waits for the others.
        for ref in line.refs.values() if line.kind == "nameReused" else ():
            meant = {name: self.names.meant(replace(ref, names=(name,))) for name in ref.names}
        if line.problem:
            self.states["problem"].append((line, {role: things for role, (_, things) in meant.items()}))
            return
        told = {state for state, _ in meant.values()}
        if line.kind == "unitCreated" and "undecided" in told:
            # [4.3] That one of several exists is known; what names it with a serial number is about that unit.
            whole = {member: each for member, each in line.whole.items() if member != "run"}
            ref = line.refs["unit"]
            known = [self.names.meant(replace(ref, names=(each,)))[1] for each in ref.names]
            declared = next((things[0] for things in known if len(things) == 1), None)
            if declared is not None:
                self.states["taken"].append((replace(line, whole=whole), {"unit": declared}))
            if line.whole.get("run") is None:
                return
        state = next((each for each in ("undecided", "waiting") if each in told), "taken")
        means = {role: things[0] if state == "taken" else things for role, (_, things) in meant.items()}
        self.states[state].append((line, means))

    def _of_nobody_knows_what(self) -> Iterator[Read]:
        """[6.2] Yield the lines by which something came into a package, and it is not known from which."""
        open_ones = [*self.states["waiting"], *self.states["undecided"]]
        for line, _ in self.states["problem"]:
            if line.kind == "merged":
                into = Ref("package", package_names(line.whole["into"]), line.key)
                open_ones.append((line, {"into": self.names.meant(into)[1]}))
        for line, means in open_ones:
            if line.kind in FLOWS and len(means["into"]) == 1:
                source = Holder("nobody's", line.event, str(line.key[2]))
                yield line, {"from": source, "into": means["into"][0]}

    def _inside(self) -> dict[Holder, Said | None]:
        """[6.5] Return how much was in packages: counted last, else as the label says, with what joined them."""
        own: dict[Holder, Said] = {}
        said = [each for each in self.past if each[0].kind == "packageCreated"]
        for member in ("quantity", "counted"):
            told = [each for each in said if amount(each[0].whole.get(member)) is not None]
            for line, means in sorted(told, key=lambda each: each[0].key):
                uom = measure(line.whole.get("unitOfMeasure"))
                own[means["package"]] = Said(line.key[:2], amount(line.whole[member]), uom, line.event)
        found: dict[Holder, Said | None] = dict(own)
        for one, flows in self.packages.flows.items():
            for flow in flows:
                inside, more = found.get(one), own.get(flow.source)
                if flow.kind == "merged":
                    portion = amount(flow.line.said.get("quantity"))
                    uom = measure(flow.line.whole.get("unitOfMeasure"))
                    more = None if portion is None else Said(flow.key[:2], portion, uom, flow.line.event)
                if flow.kind in {"merged", "splice"}:
                    is_known = inside and more and inside.measure == more.measure
                    found[one] = inside._replace(amount=inside.amount + more.amount) if is_known else None
        return found

    def _hold(self, unit: Unit) -> list[Holding]:
        uses = held_by(unit, self.places.stays, self.uses.all)
        taken_out = [each for each in self.past if each[0].kind == "removed"]
        holdings, missed = fold(uses, removals_of(unit, taken_out, self.places.stays))
        for each in missed:
            if each.panel is None:  # [7.5] of a panel, it is listed with the panel
                things = (unit,) if each.package is None else (unit, each.package)
                self._missed.append(Anomaly("removedTwice", (each.line.event,), things))
        return holdings

    def open(self, state: str) -> list[Read]:
        """[1.1] Return the lines of a state that could count as of the time that is asked for."""
        # [4.3] Of a statement that a unit exists only the pass is undecided.
        timeless = _TIMELESS - {"unitCreated"} if state == "undecided" else _TIMELESS
        return [
            (line, means)
            for line, means in self.states[state]
            if line.kind in timeless or line.key[0] <= self.as_of or self._is_of_passed(line)
        ]

    def _is_of_passed(self, line: Line) -> bool:
        """[7.2] Answer whether a range is of a run in which a unit passed with a number of it, by then."""
        if line.kind != "feed":
            return False
        run = run_id(line.whole["run"])
        return any(each.run == run and line.covers(each.number) for each in self.uses.passes)

    @cached_property
    def anomalies(self) -> list[Anomaly]:
        """[10] Return all contradictions, each once."""
        found = [*self.names.found, *self.packages.found, *self.uses.found, *self.places.found]
        found += self._missed
        for unit, holdings in self.holdings.items():
            found += designators_twice(unit, holdings)
        found += [Anomaly("correctionRing", tuple(ring), ()) for ring in self.standing.rings]
        ahead = sorted({line.event for line in self.standing.ahead})
        found += [Anomaly("datedAhead", (event,), ()) for event in ahead]
        for line, means in self.open("undecided"):
            things = {thing for candidates in means.values() for thing in candidates if len(candidates) > 1}
            found.append(Anomaly("undecided", (line.event,), tuple(sorted(things, key=repr))))
        return sorted(dict.fromkeys(filter(self._has_begun, found)), key=repr)

    def _has_begun(self, anomaly: Anomaly) -> bool:
        """[10] Answer whether what states it has happened, where that says what does not depend on the time."""
        said = self.standing.events
        times = [moment(said[each]["happenedAt"]) for each in anomaly.events if each in said]
        if anomaly.kind in {"labelReused", "serialReused", "createdAgain", "undecided"}:
            return max(times) <= self.as_of
        return anomaly.kind != "contentDisputed" or min(times) <= self.as_of

    def unit(self, *names: tuple[str, str, str]) -> Unit:
        """Return the unit that has one of these names; the last that had it."""
        found = [each for each in self.names.units() if any(holder[:3] in names for holder in each)]
        return max(found, key=lambda each: max(one.nth for one in each if one[:3] in names))


def _divided(came: Iterable[Read]) -> set[Holder]:
    """[4.5, 6.2] Return the packages that began with a split, or as a new label, at whatever time."""
    first: dict[Holder, Line] = {}
    for line, means in sorted(came, key=lambda each: each[0].key):
        if line.kind in FLOWS and means["from"] != means["into"]:
            first.setdefault(means["into"], line)
    return {one for one, line in first.items() if line.kind != "merged"}


class Plant:
    """Everything that ever arrived; a question sees what it may."""

    def __init__(self, arrivals: Iterable[Recorded], now: datetime) -> None:
        self.kept = taken_in(list(arrivals))
        self.now = now
        self._views: dict[tuple[datetime, datetime], View] = {}

    def view(self, as_of: datetime | None = None, recorded_as_of: datetime | None = None) -> View:
        """[1.1] Return what holds; as of now, as recorded last, where nothing is asked for."""
        last = max((each.at for each in self.kept), default=self.now)
        times = (as_of or self.now, recorded_as_of or last)
        if times not in self._views:
            self._views[times] = View(self.kept, *times)
        return self._views[times]

    def history(self) -> list[tuple[Anomaly, datetime, str | None]]:
        """[10] Return every contradiction that ever was known: since when, and what resolved it."""
        since: dict[Anomaly, datetime] = {}
        told: list[tuple[Anomaly, datetime, str | None]] = []
        for arrival in sorted(self.kept, key=lambda each: each.at):
            there = set(self.view(None, arrival.at).anomalies)
            gone = [each for each in since if each not in there]
            told += [(each, since.pop(each), None if arrival.is_list else arrival.id) for each in gone]
            for anomaly in there - since.keys():
                since[anomaly] = arrival.at
        return sorted([*told, *((each, at, None) for each, at in since.items())], key=repr)
