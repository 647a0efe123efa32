"""Events and answers in few words, for examples that are worked out by hand."""

from datetime import datetime, timedelta
from typing import Any

from engine.answers import BOARD, contents, pieces, where_used
from engine.asked import Asked
from engine.names import Unit
from engine.plants import NOW, at, dropped, recorded_at
from engine.record import Recorded
from engine.replay import Plant, View
from engine.scopes import Scope, is_unit
from engine.vocabulary import Json, Lot, unit_names


def lot(code: str, mpn: str = "R-100") -> Json:
    return {"manufacturer": "Ohm", "mpn": mpn, "lotCode": code}


def said(kind: str, hour: float | str, event_id: str | None = None, /, **members: Any) -> Json:
    """Return an event; ``hour`` counts from the start of the plant's first day, or is a time."""
    when = hour if isinstance(hour, str) else at(hour)
    return dropped({"type": kind, "id": event_id, "happenedAt": when, **members})


def reel(label: Any, code: str, hour: float = 0, **members: Any) -> Json:
    return said("packageCreated", hour, package=label, lots=[lot(code)], **members)


def boards(*units: Any, hour: float = 0, **members: Any) -> Json:
    return said("unitCreated", hour, units=list(units), **{"firstSequence": 1, **members})


def used(unit: Any, label: Any, hour: float, **members: Any) -> Json:
    return said("consumed", hour, unit=unit, package=label, **members)


def put(unit: Any, into: Any, hour: float, **members: Any) -> Json:
    return said("assembledInto", hour, links=[{"unit": unit, "into": into, **members}])


def listing(*reels: tuple[str, str], key: str = "arro", maker: str = "Ohm") -> Json:
    told = [{"label": label, "lot": lot(code) | {"manufacturer": maker}} for label, code in reels]
    return {"type": "list", "list": key, "reels": told}


def plant(*events: Json) -> Plant:
    """Return a plant whose events came in this order; those without an id get e0, e1, …"""
    numbered = [
        each if "id" in each or each["type"] == "list" else each | {"id": f"e{n}"}
        for n, each in enumerate(events)
    ]
    return Plant([Recorded(each, recorded_at(n)) for n, each in enumerate(numbered)], NOW)


def view(*events: Json, hour: float | None = None, recorded: int | None = None) -> View:
    """Return what holds as of an hour, as recorded when the event of a number had come."""
    as_of = None if hour is None else datetime.fromisoformat(at(hour))
    then = None if recorded is None else recorded_at(recorded) + timedelta(seconds=1)
    return plant(*events).view(as_of, then)


def named(thing: Any) -> Any:
    """Return a unit by its names, with when they began; anything else as it is."""
    if not isinstance(thing, tuple) or not is_unit(thing):
        return thing
    return " ".join(f"{one.issuer}:{one.value}{'+' * one.nth}".removeprefix(":") for one in thing)


def asked(*codes: str) -> Asked:
    return Asked(frozenset(Lot("ohm", "r-100", code.casefold()) for code in codes))


def where(
    of: View, *codes: str, level: str = BOARD, customer: str | None = None, ever: bool = False
) -> dict[Any, str]:
    rows = where_used(of, asked(*codes), level, Scope(of, customer), ever=ever)
    return {named(row): word for row, word in rows.items()}


def unit(of: View, value: Any) -> Unit:
    return of.unit(*unit_names(value))


def inside(of: View, value: Any) -> dict[str, str]:
    return {each.code: word for each, word in contents(of, unit(of, value)).items()}


def left(of: View, value: Any) -> list[tuple[str, Any, str]]:
    """Return label, pieces left and designators of each use that a unit holds."""
    return [(each.label.value, each.left, " ".join(each.designators)) for each in pieces(of, unit(of, value))]


def kinds(of: View) -> list[str]:
    return [each.kind for each in of.anomalies]


def told(of: View, kind: str) -> list[tuple[tuple[str, ...], list[Any]]]:
    """Return the events and things of all contradictions of a kind."""
    return [(each.events, [named(one) for one in each.things]) for each in of.anomalies if each.kind == kind]


def waiting(of: View) -> list[str]:
    return [line.event for line, _ in of.states["waiting"]]
