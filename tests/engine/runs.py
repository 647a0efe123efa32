"""Section 9.6, first half: what runs are in question, and who passed them."""

from engine.answers import reached
from engine.asked import Asked
from engine.names import Unit
from engine.packages import until as up_to
from engine.replay import View
from engine.scopes import Scope
from engine.vocabulary import Key, moment, run_id


def runs_in_question(view: View, asked: Asked, scope: Scope, *, ever: bool) -> set[str]:
    """[9.6] Return the runs in question."""
    boards = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    passed = {run for unit in boards for run in runs_of(view, unit)}
    return passed | fed_in_vain(view, asked, scope) | _used_in(view, asked, scope, ever=ever)


def boards_at(view: View, unit: Unit, at: Key) -> set[Unit]:
    """[9.6] Return who passed where a unit did: of a panel, the boards that were on it, or came onto it."""
    stays = [each for each in view.places.stays if each.target == unit and each.relation == "panelOf"]
    return {each.unit for each in stays if each.has_not_ended(at)} or {unit}


def passes_of(view: View) -> set[tuple[Unit, str]]:
    return {(unit, each.run) for each in view.uses.passes for unit in boards_at(view, each.unit, each.key)}


def runs_of(view: View, unit: Unit) -> set[str]:
    """[9.6] Return the runs that a unit passed that holds the material: a panel on a panel, its own, too."""
    own = {each.run for each in view.uses.passes if each.unit == unit}
    return own | {run for one, run in passes_of(view) if one == unit}


def _used_in(view: View, asked: Asked, scope: Scope, *, ever: bool) -> set[str]:
    """Return the runs in which what was asked for is said to have been used."""
    boards = {unit for unit, _, _ in reached(view, asked, scope, ever=ever)}
    uses = [each.use for unit in boards for each in view.holdings[unit]]
    return {each.run for each in uses if each.run and view.packages.grade(each.drawn, asked) is not None}


def fed_in_vain(view: View, asked: Asked, scope: Scope) -> set[str]:
    """[9.6] Return the runs fed with what was asked for where nobody passed with a number of the range."""
    found = set()
    for line, means in view.states["taken"] if scope.customer is None else ():
        if line.kind != "feed":
            continue
        run, begin = run_id(line.whole["run"]), moment(line.said.get("from") or line.whole["happenedAt"])
        passed = [each for each in view.uses.passes if each.run == run and line.covers(each.number)]
        holds = view.packages.grade([(means["package"], up_to(begin))], asked) is not None
        if begin <= view.as_of and not passed and holds:
            found.add(run)
    return found
