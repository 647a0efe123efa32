"""Sections 9.5 and 9.6: what is unknown beside an answer, and how much of the runs was reported."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from engine.answers import reached
from engine.names import Holder, Thing, Unit
from engine.packages import Asked
from engine.packages import until as up_to
from engine.replay import FLOWS, View
from engine.scopes import Scope, is_unit
from engine.uses import ASSUMING, Pass, Read, Use
from engine.vocabulary import LAST, Key, Line, Lot, form, lots_read, moment, run_id

# Lines that bring material somewhere: who knows not which package it was, knows not of which lot.
_BRINGS = {
    "consumed": "package",
    "feed": "package",
    "setUp": "package",
    "split": "from",
    "merged": "from",
    "relabelled": "from",
}
_PASSES = {"unitCreated", "unitProcessed", "unitCompleted"}


@dataclass(frozen=True)
class Unknown:
    """What could change an answer; ``undecided`` is only 0 or 1 for a customer."""

    waiting: int = 0
    undecided: int = 0
    unread: int = 0
    ahead: int = 0
    contradictions: tuple[tuple[str, int], ...] = ()
    without_lot: tuple[Holder, ...] = ()

    def __bool__(self) -> bool:
        return self != Unknown()


@dataclass(frozen=True)
class RunCoverage:
    """Of one run: units that completed a pass, and how many of those are reported, by basis."""

    run: str
    built: int | None
    reported: tuple[tuple[str, int], ...]
    last_spoke: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Coverage:
    """Of all runs in question: ``built`` is None where nobody says it."""

    built: int | None
    reported: dict[str, int] = field(default_factory=dict)
    runs: tuple[RunCoverage, ...] = ()
    is_complete: bool = False


def _neighbours(view: View, units: Iterable[Unit]) -> set[Unit]:
    found = set()
    for unit in units:
        found |= {unit, *view.places.below(unit)}
        found |= {stay.target for stay in view.places.above(unit)}  # type: ignore[misc]
    return found


def _now(view: View) -> Key:
    return (view.as_of, LAST, 0)


def unknown_where_used(
    view: View, asked: Asked, scope: Scope | None = None, *, ever: bool = False
) -> Unknown:
    """[9.5] Return what is unknown beside a where-used answer."""
    scope = scope or Scope(view)
    near = _neighbours(view, {unit for unit, _, _ in reached(view, asked, scope, ever=ever)})

    def holds(package: Holder, key: Key) -> bool:
        return view.packages.spread(package, key, asked).hits

    later = _flowing_later(view, holds)
    runs = _in_question(view, asked, scope, ever=ever)

    def touches(line: Line, means: dict) -> bool:
        if line.problem and line.kind in _BRINGS:
            # Of a portion it is known what was divided; else it can be of any lot.
            return line.kind != "split" or any(holds(each, line.key) for each in means.get("from", ()))
        if line.kind == "packageCreated" and asked.lots & set(lots_read(line.said.get("lots"))):
            return True
        role = _BRINGS.get(line.kind)
        if role in means:
            # [D36] A package that nobody knows can be of any lot.
            flows_on = line.key[0] > view.as_of and not later.isdisjoint(means[role])
            return not means[role] or flows_on or any(holds(each, line.key) for each in means[role])
        is_near = any(each in near for things in means.values() for each in things if is_unit(each))
        return is_near or _is_pass(view, line, runs)

    # [D37] A package of which not every lot is known can be of any lot: it counts wherever it was used.
    seen = filter(scope.sees, view.names.units())
    bare = _in_part_unknown(view, (holding.use for unit in seen for holding in view.holdings[unit]))
    return _count(
        view,
        scope,
        touches,
        bare,
        lambda thing: thing in near if is_unit(thing) else holds(thing, _now(view)),
    )


def _is_pass(view: View, line: Line, runs: set[str]) -> bool:
    """[9.5] Answer whether a line says that a unit passed or completed one of some runs."""
    run = run_id(line.whole.get("run"))
    if line.kind not in _PASSES or not (line.key[0] <= view.as_of or line.is_dated_ahead):
        return False
    # Without a run it may be any, of a unit that nobody knows.
    is_known = "unit" in line.refs and view.names.meant(line.refs["unit"])[0] == "taken"
    return run in runs if run else line.kind == "unitCompleted" and bool(runs) and not is_known


def _flowing_later(view: View, holds: Callable[[Holder, Key], bool]) -> set[Holder]:
    """[9.5] Return the packages into which flows that are dated ahead will bring what is asked for."""
    into: set[Holder] = set()
    flows = [_means(view, line) for line in view.standing.ahead if line.kind in FLOWS]
    for _ in flows:
        for means in flows:
            if any(each in into or holds(each, _now(view)) for each in means.get("from", ())):
                into |= set(means.get("into", ()))
    return into


def unknown_contents(view: View, unit: Unit, scope: Scope | None = None) -> Unknown:
    """[9.5] Return what is unknown beside the contents of a unit."""
    scope = scope or Scope(view)
    inside = {each for each in view.places.below(unit) if scope.sees(each)}
    near = _neighbours(view, inside)
    uses = [holding.use for each in inside for holding in view.holdings[each]]
    packages = {one for each in uses for one in view.packages.behind(each.drawn).packages}

    def touches(line: Line, means: dict) -> bool:
        if line.problem and line.kind == "feed":
            return run_id(line.whole["run"]) in {each.run for each in view.uses.passes if each.unit in inside}
        if line.problem and line.kind in _BRINGS and line.kind != "setUp":
            return bool(set(means.get("unit", ())) & near)
        if not inside.isdisjoint(_passing(view, line)):
            return True
        if line.kind in FLOWS:  # it changes what later uses are of, unless a label begins with it
            return line.key[0] > view.as_of and not packages.isdisjoint(means.get("into", ()))
        return not near.isdisjoint(each for some in means.values() for each in some)

    bare = _in_part_unknown(view, uses)
    return _count(view, scope, touches, bare, lambda thing: thing in near or thing in packages)


def _in_part_unknown(view: View, uses: Iterable[Use]) -> set[Holder]:
    spreads = ((each.label, view.packages.behind(each.drawn)) for each in uses)
    return {label for label, behind in spreads if behind.unknown or not behind.lots}


def _passing(view: View, line: Line) -> set[Unit]:
    """[11] Return what a range, a set-up or a panel names: units by their passes, and boards of these."""
    if line.kind not in _BRINGS:
        return set()
    named = [(each, line.key) for some in _means(view, line).values() for each in some if is_unit(each)]
    for each in view.uses.passes:
        if line.kind == "feed" and each.run == run_id(line.whole["run"]) and _covers(line, each.number):
            named.append((each.unit, each.key))
        if line.kind == "setUp" and _stood(view, line, each):
            named.append((each.unit, each.key))
    boards = {
        stay.unit
        for stay in view.places.stays
        for unit, key in named
        if stay.relation == "panelOf" and stay.target == unit and stay.has_not_ended(key)
    }
    return boards | {unit for unit, _ in named}


def _means(view: View, line: Line) -> dict:
    return {role: view.names.meant(ref)[1] for role, ref in line.refs.items()}


def _covers(line: Line, number: int) -> bool:
    # [9.5] Of a range that cannot be read it is known which run was fed.
    return line.problem or line.said["sequenceFrom"] <= number <= line.said["sequenceTo"]


def _stood(view: View, line: Line, each: Pass) -> bool:
    """[7.8] Answer whether a set-up stood while a unit passed, and no report tells of the slot."""
    station, slot = form(line.whole["station"]), _slot(line)
    if station not in each.stations or line.key[0] > each.key[0]:
        return False
    said = [other for some in view.states.values() for other, _ in some if other.kind == "setUp"]
    here = [other for other in said if form(other.whole["station"]) == station and not other.problem]
    later = [
        other
        for other in here
        if slot
        and _slot(other) == slot
        and (other.key[0] > line.key[0] if line.problem else other.key > line.key)
    ]
    reports = (use for use in view.uses.all if use.unit == each.unit and slot and use.slot == slot)
    is_reported = any(use.basis not in ASSUMING and use.run == each.run for use in reports)
    return not is_reported and all(other.key[0] > each.key[0] for other in later)


def _slot(line: Line) -> str:
    """Return the slot of a set-up; nothing where it cannot be read."""
    slot = line.said.get("slot")
    return form(slot) if isinstance(slot, str) else ""


def _count(
    view: View,
    scope: Scope,
    touches: Callable[[Line, dict], bool],
    bare: set[Holder],
    is_of_answer: Callable[[Thing], bool],
) -> Unknown:
    def told(reads: list[Read]) -> int:
        named = ((line, _named(view, line, means)) for line, means in reads)
        return sum(1 for line, means in named if _is_told(view, line, means, scope) and touches(line, means))

    ahead = [
        (line, {role: view.names.meant(ref)[1] for role, ref in line.refs.items()})
        for line in view.standing.ahead
    ]
    undecided = told(view.open("undecided"))
    kinds: Counter[str] = Counter()
    for anomaly in filter(None, map(scope.told, view.anomalies)):
        if anomaly.kind != "undecided" and any(map(is_of_answer, anomaly.things)):
            kinds[anomaly.kind] += 1
    return Unknown(
        waiting=told(view.open("waiting")),
        undecided=undecided if scope.customer is None else min(1, undecided),  # [11] no count
        unread=told(view.open("problem")),
        ahead=told(ahead),
        contradictions=tuple(sorted(kinds.items())),
        without_lot=tuple(sorted(bare)),
    )


def _named(view: View, line: Line, means: dict) -> dict:
    """[9.5] Return what a line names: a name that a `sameUnit` awaits, also the units of the others."""
    if line.kind != "sameUnit":
        return means
    others = {its["unit"] for other, its in view.states["taken"] if other.event == line.event}
    for state in ("waiting", "undecided"):
        for other, its in view.states[state]:
            others |= set(its["unit"]) if other.event == line.event else set()
    return means | {"others": tuple(others)}


def _is_told(view: View, line: Line, means: dict, scope: Scope) -> bool:
    """[11] A customer is told of lines that name a unit of theirs."""
    if scope.customer is None:
        return True
    named = {each for things in means.values() for each in things if is_unit(each)}
    return any(map(scope.sees, named | _passing(view, line)))


def coverage(view: View, asked: Asked, scope: Scope | None = None, *, ever: bool = False) -> Coverage:
    """[9.6] Return how many units of the runs in question were built, and how many are reported."""
    scope = scope or Scope(view)
    boards = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    ran = {unit: {run for one, run in _passes(view) if one == unit} for unit in boards}
    in_vain = _fed_in_vain(view, asked, scope)
    runs = sorted(_in_question(view, asked, scope, ever=ever))
    parts = _part_types(view, asked)
    told = [_of_run(view, run, parts, scope) for run in runs]
    built, all_reported, reported = set(), True, Counter()
    for run in runs:
        done = _built(view, run, scope)
        built |= done
        passed = {unit for unit, ran_through in _passes(view) if ran_through == run and scope.sees(unit)}
        # [D38] Complete only where all that passed or completed was reported by somebody who saw it.
        all_reported &= bool(done) and all(
            _bases(view, unit, {part}) - ASSUMING for unit in passed | done for part in parts
        )
    for unit in built:
        reported.update(_bases(view, unit, parts))
    is_built_known = not in_vain and bool(runs) and all(ran.values())
    is_built_known = is_built_known and all(each.built is not None for each in told)
    unknown = unknown_where_used(view, asked, scope, ever=ever)
    return Coverage(
        built=len(built) if is_built_known else None,
        reported=dict(reported),
        runs=tuple(told),
        is_complete=is_built_known and all_reported and not unknown,
    )


def _in_question(view: View, asked: Asked, scope: Scope, *, ever: bool) -> set[str]:
    """[9.6] Return the runs in question."""
    boards = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    passed = {run for unit, run in _passes(view) if unit in boards}
    return passed | _fed_in_vain(view, asked, scope) | _used_in(view, asked, scope, ever=ever)


def _boards(view: View, unit: Unit, at: Key) -> set[Unit]:
    """[9.6] Return who passed where a unit did: of a panel, the boards that were on it, or came onto it."""
    stays = [each for each in view.places.stays if each.target == unit and each.relation == "panelOf"]
    return {each.unit for each in stays if each.has_not_ended(at)} or {unit}


def _passes(view: View) -> set[tuple[Unit, str]]:
    return {(unit, each.run) for each in view.uses.passes for unit in _boards(view, each.unit, each.key)}


def _used_in(view: View, asked: Asked, scope: Scope, *, ever: bool) -> set[str]:
    """Return the runs in which what was asked for is said to have been used."""
    boards = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    uses = [each.use for unit in boards for each in view.holdings[unit]]
    return {each.run for each in uses if each.run and view.packages.grade(each.drawn, asked) is not None}


def _fed_in_vain(view: View, asked: Asked, scope: Scope) -> set[str]:
    """[9.6] Return the runs fed with what was asked for where nobody passed with a number of the range."""
    found = set()
    for line, means in view.states["taken"] if scope.customer is None else ():
        if line.kind != "feed":
            continue
        run, begin = run_id(line.whole["run"]), moment(line.said.get("from") or line.whole["happenedAt"])
        passed = [each for each in view.uses.passes if each.run == run and _covers(line, each.number)]
        holds = view.packages.grade([(means["package"], up_to(begin))], asked) is not None
        if begin <= view.as_of and not passed and holds:
            found.add(run)
    return found


def _part_types(view: View, asked: Asked) -> set[tuple[str, str]]:
    lots: set[Lot] = set(asked.lots)
    for one in view.packages.direct:
        lots |= {lot for lot in view.packages.direct[one] if lot.mpn in asked.part_numbers}
        if view.packages.covers(asked, one):
            lots |= view.packages.spread(one, _now(view)).lots
    return {lot[:2] for lot in lots}


def _bases(view: View, unit: Unit, parts: set[tuple[str, str]]) -> set[str]:
    """Return on whose word a unit holds, or held, the same part types."""
    return {
        each.use.basis
        for each in view.holdings[unit]
        if parts & {lot[:2] for lot in view.packages.behind(each.use.drawn).lots}
    }


def _built(view: View, run: str, scope: Scope) -> set[Unit]:
    """[9.6, D39] Return who completed: a completion without run is one of every run passed (at its station)."""
    found = set()
    for line, means in view.past:
        if line.kind != "unitCompleted":
            continue
        named, station = run_id(line.whole.get("run")), form(line.whole.get("station"))
        passed = [each for each in view.uses.passes if each.unit == means["unit"] and each.run == run]
        at_station = [each for each in passed if not station or station in each.stations]
        if named == run or (named is None and at_station):
            found |= {each for each in _boards(view, means["unit"], line.key) if scope.sees(each)}
    return found


def _of_run(view: View, run: str, parts: set[tuple[str, str]], scope: Scope) -> RunCoverage:
    done = _built(view, run, scope)
    reported = Counter(basis for unit in done for basis in _bases(view, unit, parts))
    spoke: dict[str, datetime] = {}
    for line, means in view.past:
        source = line.whole.get("source")
        seen = scope.customer is None or any(scope.sees(each) for each in means.values() if is_unit(each))
        if source and run_id(line.whole.get("run")) == run and seen:
            spoke[source] = max(line.key[0], spoke.get(source, line.key[0]))
    # [D39] Of a run of which nobody completed a pass, nothing says how many were built.
    return RunCoverage(
        run, len(done) if done else None, tuple(sorted(reported.items())), tuple(sorted(spoke.items()))
    )
