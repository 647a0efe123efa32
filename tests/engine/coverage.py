"""Section 9.6, second half: how much of the runs in question was reported."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from engine.answers import reached
from engine.asked import Asked
from engine.names import Unit
from engine.replay import View
from engine.runs import boards_at, fed_in_vain, passes_of, runs_in_question, runs_of
from engine.scopes import Scope, is_unit
from engine.unknown import now_of, unknown_where_used
from engine.uses import ASSUMING, Use
from engine.vocabulary import Lot, form, run_id


@dataclass(frozen=True)
class RunCoverage:
    """Of one run: units that completed a pass, and how many of those are reported, by basis."""

    run: str
    built: int | None
    reported: tuple[tuple[str, int], ...]
    last_spoke: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Coverage:
    """Of all runs in question.

    Of those that completed a pass (``built``; None where that is not known, then of those that passed) are
    told in how many somebody reported a use, and how many have one, by part type and basis.
    """

    passed: int = 0
    built: int | None = None
    reported: int = 0
    uses: dict[tuple[str, str, str], int] = field(default_factory=dict)
    runs: tuple[RunCoverage, ...] = ()
    is_complete: bool = False


def coverage(view: View, asked: Asked, scope: Scope | None = None, *, ever: bool = False) -> Coverage:
    """[9.6] Return how many units of the runs in question were built, and how many are reported."""
    scope = scope or Scope(view)
    boards = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    runs = sorted(runs_in_question(view, asked, scope, ever=ever))
    done = {run: _built(view, run, scope) for run in runs}
    passed = {unit for unit, run in passes_of(view) if run in done and scope.sees(unit)}.union(*done.values())
    is_known = (
        not fed_in_vain(view, asked, scope)
        and bool(runs)
        and all(runs_of(view, each) for each in boards)
        and all(done.values())
    )
    counted = set().union(*done.values()) if is_known else passed
    parts = _part_types(view, asked)
    bases = {(unit, part): _bases(view, unit, {part}) for unit in passed for part in parts}
    owed = {(unit, run) for unit, run in passes_of(view) if run in done}
    owed |= {(unit, run) for run, some in done.items() for unit in some}
    # [D38] Complete only where all that passed or completed was reported by somebody who saw it.
    is_reported = is_known and not any(_is_silent(view, owed, passed, part) for part in parts)
    is_reported = is_reported and all(each - ASSUMING for each in bases.values())
    return Coverage(
        passed=len(passed),
        built=len(counted) if is_known else None,
        reported=len({unit for (unit, _), each in bases.items() if unit in counted and each - ASSUMING}),
        uses=dict(
            Counter((*part, one) for (unit, part), each in bases.items() if unit in counted for one in each)
        ),
        runs=tuple(_of_run(view, run, parts, scope) for run in runs),
        is_complete=is_reported and not unknown_where_used(view, asked, scope, ever=ever),
    )


def _is_silent(view: View, owed: set[tuple[Unit, str]], seen: set[Unit], part: tuple[str, str]) -> bool:
    """[9.6] Answer whether nothing was reported of a pass of a run in which a part type is known to be used."""
    uses = {unit: _uses_of(view, unit, {part}) for unit in seen}
    used_in = {each.run for some in uses.values() for each in some if each.run}
    for unit, some in uses.items():
        reports = [each for each in some if each.basis not in ASSUMING]
        silent = {run for one, run in owed if one == unit and run in used_in} - {each.run for each in reports}
        # A report that names no run is one of one pass.
        if len(silent) > any(each.run is None for each in reports):
            return True
    return False


def _part_types(view: View, asked: Asked) -> set[tuple[str, str]]:
    lots: set[Lot] = set(asked.lots)
    for one in view.packages.direct:
        lots |= {lot for lot in view.packages.direct[one] if lot.mpn in asked.part_numbers}
        if view.packages.is_named(asked, one):
            lots |= view.packages.spread(one, now_of(view)).lots
    return {lot[:2] for lot in lots}


def _bases(view: View, unit: Unit, parts: set[tuple[str, str]]) -> set[str]:
    """Return on whose word a unit holds, or held, the same part types."""
    return {each.basis for each in _uses_of(view, unit, parts)}


def _uses_of(view: View, unit: Unit, parts: set[tuple[str, str]]) -> list[Use]:
    """Return what is on record of a unit of some part types."""
    return [
        each.use
        for each in view.holdings[unit]
        if each.use.is_there and parts & {lot[:2] for lot in view.packages.behind(each.use.drawn).lots}
    ]


def _built(view: View, run: str, scope: Scope) -> set[Unit]:
    """[9.6, D39] Return who completed: a completion without run is one of every run passed (at its station)."""
    found = set()
    for line, means in view.past:
        if line.kind != "unitCompleted":
            continue
        named, station = run_id(line.whole.get("run")), form(line.whole.get("station"))
        if named not in {None, run}:
            continue
        passed = [each for each in view.uses.passes if each.unit == means["unit"] and each.run == run]
        meant = [each for each in passed if named or not station or station in each.stations]
        # It is one of whoever made these passes; where no pass is known, of whoever was there then.
        for key in [each.key for each in meant] or ([line.key] if named else []):
            found |= {each for each in boards_at(view, means["unit"], key) if scope.sees(each)}
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
