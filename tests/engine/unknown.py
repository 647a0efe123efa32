"""Sections 9.5 and 9.6: what is unknown beside an answer, and how much of the runs was reported."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.answers import is_of_boards, reached
from engine.asked import Asked
from engine.names import Holder, Thing, Unit
from engine.places import NEVER
from engine.replay import FLOWS, View
from engine.runs import runs_in_question
from engine.scopes import Scope, is_unit
from engine.uses import ASSUMING, Pass, Read, Use, first_passes
from engine.vocabulary import LAST, Key, Line, form, lots_read, run_id

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


def _neighbours(view: View, units: Iterable[Unit]) -> set[Unit]:
    found = set()
    for unit in units:
        found |= {unit, *view.places.below(unit)}
        found |= {stay.target for stay in view.places.above(unit)}  # type: ignore[misc]
    return found


def _with_products(view: View, units: Iterable[Unit]) -> set[Unit]:
    """[10] Return units with all that they are part of."""
    found = set(units)
    for unit in units:
        for stay in view.places.above(unit):
            if stay.relation != "partOf":
                break
            found.add(stay.target)  # type: ignore[arg-type]
    return found


def now_of(view: View) -> Key:
    return (view.as_of, LAST, 0)


def unknown_where_used(
    view: View, asked: Asked, scope: Scope | None = None, *, ever: bool = False
) -> Unknown:
    """[9.5] Return what is unknown beside a where-used answer."""
    scope = scope or Scope(view)
    units = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    near = _neighbours(view, units)

    def may_hold(package: Holder) -> bool:
        # [D36] One that is not known whole can be of any lot.
        return view.packages.ever_held(package, asked) or view.packages.was_unknown(package)

    later = _flowing_later(view, may_hold)
    runs = runs_in_question(view, asked, scope, ever=ever)

    def touches(line: Line, means: dict) -> bool:
        if line.problem and line.kind in _BRINGS:
            # Of a portion it is known what was divided; else it can be of any lot.
            return line.kind != "split" or any(map(may_hold, means.get("from", ())))
        if line.kind == "packageCreated" and asked.lots & set(lots_read(line.said.get("lots"))):
            return True
        role = _BRINGS.get(line.kind)
        if role in means:
            # [D36] A package that nobody knows can be of any lot; nobody knows which is meant of several.
            is_open = view.names.meant(line.refs[role])[0] != "taken"
            flows_on = line.key[0] > view.as_of and not later.isdisjoint(means[role])
            return is_open or flows_on or any(map(may_hold, means[role]))
        is_near = any(each in near for things in means.values() for each in things if is_unit(each))
        return is_near or _is_pass(view, line, runs)

    # [D37] A package of which not every lot is known can be of any lot: it counts wherever it was used.
    seen = filter(scope.sees, view.names.units())
    bare = _in_part_unknown(view, (holding.use for unit in seen for holding in view.holdings[unit]))
    with_products = _with_products(view, units)
    return _count(
        view,
        scope,
        touches,
        bare,
        lambda thing: thing in with_products if is_unit(thing) else view.packages.ever_held(thing, asked),
    )


def _is_pass(view: View, line: Line, runs: set[str]) -> bool:
    """[9.5] Answer whether a line says that a unit passed or completed one of some runs."""
    run = run_id(line.whole.get("run"))
    if line.kind not in _PASSES or not (line.key[0] <= view.as_of or line.is_dated_ahead):
        return False
    # Without a run it may be any, of a unit that nobody knows.
    is_known = "unit" in line.refs and view.names.meant(line.refs["unit"])[0] == "taken"
    return run in runs if run else line.kind == "unitCompleted" and bool(runs) and not is_known


def _flowing_later(view: View, may_hold: Callable[[Holder], bool]) -> set[Holder]:
    """[9.5] Return the packages into which flows that are dated ahead will bring what is asked for."""
    into: set[Holder] = set()
    flows = [means_of(view, line) for line in view.standing.ahead if line.kind in FLOWS]
    for _ in flows:
        for means in flows:
            if any(each in into or may_hold(each) for each in means.get("from", ())):
                into |= set(means.get("into", ()))
    return into


def unknown_contents(view: View, unit: Unit, scope: Scope | None = None) -> Unknown:
    """[9.5] Return what is unknown beside the contents of a unit."""
    scope = scope or Scope(view)
    inside = {each for each in view.places.below(unit) if scope.sees(each)}
    near = _neighbours(view, inside)
    uses = list(_uses_in(view, unit, scope))
    labels = {each.label for each in uses}
    packages = labels | {one for each in uses for one in view.packages.behind(each.drawn).packages}

    def touches(line: Line, means: dict) -> bool:
        if line.problem and line.kind == "feed":
            return run_id(line.whole["run"]) in {each.run for each in view.uses.passes if each.unit in inside}
        if not inside.isdisjoint(_passing(view, line)):
            return True
        if line.kind in FLOWS:  # it changes what later uses are of, unless a label begins with it
            return line.key[0] > view.as_of and not packages.isdisjoint(means.get("into", ()))
        is_near = not near.isdisjoint(each for some in means.values() for each in some)
        return is_near and line.kind not in _BRINGS  # what is used on a product is not in its parts

    bare = _in_part_unknown(view, uses)
    with_products = _with_products(view, [unit]) | inside
    return _count(view, scope, touches, bare, lambda thing: thing in with_products or thing in packages)


def _uses_in(view: View, unit: Unit, scope: Scope) -> Iterator[Use]:
    """Yield the uses of which something is told as contents of a unit."""
    for each in filter(scope.sees, view.places.below(unit)):
        for holding in view.holdings[each]:
            is_told = each == unit or not is_of_boards(view, each, holding, scope)
            if is_told and holding.end == NEVER and holding.left != 0:
                yield holding.use


def _in_part_unknown(view: View, uses: Iterable[Use]) -> set[Holder]:
    return {each.label for each in uses if view.packages.behind(each.drawn).is_bare}


def _passing(view: View, line: Line) -> set[Unit]:
    """[11] Return what a range, a set-up or a panel names: units by their passes, and boards of these."""
    if line.kind not in _BRINGS:
        return set()
    named = [(each, line.key) for some in means_of(view, line).values() for each in some if is_unit(each)]
    passes = view.uses.passes
    if line.kind == "feed":
        of_run = (each for each in passes if each.run == run_id(line.whole["run"]))
        named += [(each.unit, each.key) for each in of_run if line.covers(each.number)]
    if line.kind == "setUp":
        # [7.8] Told again at the same station, a pass is the one that was told first.
        named += [(each.unit, each.key) for each in first_passes(passes) if _stood(view, line, each)]
    boards = {
        stay.unit
        for stay in view.places.stays
        for unit, key in named
        if stay.relation == "panelOf" and stay.target == unit and stay.has_not_ended(key)
    }
    return boards | {unit for unit, _ in named}


def means_of(view: View, line: Line) -> dict:
    return {role: view.names.meant(ref)[1] for role, ref in line.refs.items()}


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

    ahead = _said_once((line, means_of(view, line)) for line in view.standing.ahead if _leaves_out(line))
    undecided = told(view.open("undecided"))
    kinds: Counter[str] = Counter()
    for anomaly in view.anomalies:
        is_near = anomaly.kind != "undecided" and any(map(is_of_answer, anomaly.things))
        if is_near and scope.told(anomaly) is not None:
            kinds[anomaly.kind] += 1
    return Unknown(
        waiting=told(view.open("waiting")),
        undecided=undecided if scope.customer is None else min(1, undecided),  # [11] no count
        unread=told(view.open("problem")),
        ahead=told(ahead),
        contradictions=tuple(sorted(kinds.items())),
        without_lot=tuple(sorted(bare)),
    )


def _leaves_out(line: Line) -> bool:
    """[9.5] Answer whether something of a line that is dated ahead does not count yet that could touch an answer."""
    is_pass = line.kind != "unitCreated" or line.whole.get("run") is not None
    return is_pass and line.kind not in {"packageCreated", "receipt", "sameUnit", "nameReused", "correction"}


def _said_once(reads: Iterable[Read]) -> list[Read]:
    """[9.5] Leave out the passes that an event says again: of one unit, at one number or without."""
    found: dict[Any, Read] = {}
    for nth, (line, means) in enumerate(reads):
        number, units = line.said.get("sequence"), means.get("unit", ())
        is_counted = number is None and line.whole.get("firstSequence") is not None
        is_pass = line.kind in {"unitCreated", "unitProcessed"} and len(units) == 1
        found.setdefault((line.event, units, number) if is_pass and not is_counted else nth, (line, means))
    return list(found.values())


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
