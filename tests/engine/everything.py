"""Every answer about a plant at once, so that two plants compare."""

from typing import Any

from engine.answers import LEVELS, contents, pieces, where_used
from engine.asked import Asked
from engine.coverage import coverage
from engine.names import Holder, Unit
from engine.replay import View
from engine.scopes import Scope
from engine.unknown import unknown_contents, unknown_where_used
from engine.vocabulary import Lot


def all_lots(view: View) -> list[Lot]:
    return sorted({lot for lots in view.packages.direct.values() for lot in lots})


def questions(view: View) -> dict[Any, Asked]:
    """Return a question for each thing there is: lots, packages, receipts and part numbers."""
    lots = all_lots(view)
    asked: dict[Any, Asked] = {lot: Asked(lots=frozenset({lot})) for lot in lots}
    asked["all lots"] = Asked(lots=frozenset(lots))
    asked |= {one: Asked(packages=frozenset({one})) for one in view.packages.direct}
    receipts = {view.packages.label(one).receipt for one in view.packages.direct} - {None}
    asked |= {("receipt", each): Asked(receipts=frozenset({each})) for each in receipts}
    asked |= {
        ("part number", each): Asked(part_numbers=frozenset({each})) for each in {lot.mpn for lot in lots}
    }
    return asked


def where_used_answers(view: View, scope: Scope) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for thing, asked in questions(view).items():
        for ever in (False, True):
            rows = {level: where_used(view, asked, level, scope, ever=ever) for level in LEVELS}
            found[thing, ever] = (rows, unknown_where_used(view, asked, scope, ever=ever))
        found[thing, "coverage"] = coverage(view, asked, scope)
    return found


def unit_answers(view: View, unit: Unit, scope: Scope) -> tuple[Any, ...]:
    return (
        view.declared.unit(unit),
        contents(view, unit, scope),
        contents(view, unit, scope, ever=True),
        pieces(view, unit, scope),
        unknown_contents(view, unit, scope),
    )


def states(view: View) -> dict[str, list[tuple[str, int]]]:
    """Return what became of each line."""
    return {state: [(line.event, line.key[2]) for line, _ in lines] for state, lines in view.states.items()}


def everything(view: View, customer: str | None = None) -> dict[Any, Any]:
    """Return all that the plant, or a customer's auditor, is told."""
    scope = Scope(view, customer)
    found = where_used_answers(view, scope)
    found |= {unit: unit_answers(view, unit, scope) for unit in view.names.units() if scope.sees(unit)}
    found["anomalies"] = sorted(filter(None, map(scope.told, view.anomalies)), key=repr)
    if customer is None:
        found["states"] = states(view)
    return found


def holders(view: View) -> list[Holder]:
    return [one for unit in view.names.units() for one in unit]


def differences(one: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    """Return the answers that differ: what a failed comparison shows."""
    keys = [*one, *(each for each in other if each not in one)]
    return {each: (one.get(each), other.get(each)) for each in keys if one.get(each) != other.get(each)}
