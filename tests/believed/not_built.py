"""What the product does not do yet (issue 10): left out of the plants, each by a line of this list.

Whoever builds one of these removes its line, and the comparison is about it from then on.
"""

from collections.abc import Callable
from typing import Any

from engine.plants import FUTURE, LOTS, at
from engine.vocabulary import Json, form, package_names, unit_names

Events = tuple[Json, ...]
Rewrite = Callable[[Events], Events]
"""Returns a plant's events without the feature."""

ONE_LOT_A_LABEL = {"k1": [LOTS[0]], "k2": [LOTS[1]], "k3": [LOTS[2]], "k4": [LOTS[0], LOTS[1]]}
ONE_PLACE_A_UNIT = {"serial": "S3", "panel": "P1", "position": 1}


def _each(change: Callable[[Json], Json | None]) -> Rewrite:
    """Return what changes each event by itself; of None nothing is left."""
    return lambda events: tuple(told for told in map(change, events) if told is not None)


def _without(*types: str) -> Rewrite:
    return _each(lambda event: None if event["type"] in types else event)


def _everywhere(value: Any, member: str) -> Any:
    if isinstance(value, list):
        return [_everywhere(each, member) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _everywhere(each, member) for name, each in value.items() if name != member}


def _no_station(event: Json) -> Json:
    return {member: each for member, each in event.items() if member != "station"}


def _in_the_past(event: Json) -> Json:
    return event | {"happenedAt": at(12)} if event.get("happenedAt") == FUTURE.isoformat() else event


def _one_lot_a_label(event: Json) -> Json:
    if event["type"] != "packageCreated" or not event.get("lots"):
        return event
    label = event["package"] if isinstance(event["package"], str) else event["package"]["id"]
    return event | {"lots": ONE_LOT_A_LABEL.get(form(label), [LOTS[2]])}


def _one_product(event: Json) -> Json:
    if event["type"] != "unitCreated":
        return event
    same = {"product": "P-100", "kind": "board"}
    names = [unit_names(each) for each in event["units"]]
    units = [
        ONE_PLACE_A_UNIT if any(name.scheme == "panel" or name.value == "s3" for name in these) else each
        for each, these in zip(event["units"], names, strict=True)
    ]
    return event | {member: each for member, each in same.items() if member in event} | {"units": units}


def _upwards(event: Json) -> Json | None:
    """Let every link lead from a lesser name to a greater one."""
    if event["type"] != "assembledInto":
        return event
    links = []
    for link in event["links"]:
        low, high = sorted((link["unit"], link["into"]), key=_height)
        if _height(low) < _height(high):
            links.append(link | {"unit": low, "into": high})
    return event | {"links": links} if links else None


def _height(unit: Any) -> tuple[int, str]:
    name = unit_names(unit)[0]
    return (name.scheme == "container", "s3" if name.value == "p1/1" else name.value)


def _one_line_a_thing(event: Json) -> Json:
    """Let no two lines of an event speak of one unit's place or one label's uses."""
    if event["type"] == "assembledInto":
        return event | {"links": list({unit_names(each["unit"]): each for each in event["links"]}.values())}
    if event["type"] == "feed":
        return event | {
            "feeds": list({package_names(each["package"]): each for each in event["feeds"]}.values())
        }
    return event


def _panels_stay(events: Events) -> Events:
    """Let a plant have panels or shipments, not both."""
    if len(events) % 2:
        return _without("shipped")(events)
    return _each(_no_panel)(events)


def _no_panel(event: Json) -> Json:
    if event["type"] != "assembledInto":
        return event
    return event | {
        "links": [{name: each for name, each in link.items() if each != "panelOf"} for link in event["links"]]
    }


NOT_BUILT: dict[str, Rewrite] = {
    "unitCompleted": _without("unitCompleted"),
    "setUp": _without("setUp"),
    "stations of passes": _each(_no_station),
    "announced packages (lists)": _without("list"),
    "events dated ahead": _each(_in_the_past),
    "a unit in itself (8.2)": _each(_upwards),
    "several lines of one event about one thing (2)": _each(_one_line_a_thing),
    "panels that leave with their boards (9.2)": _panels_stay,
}


def as_built_so_far(events: Events) -> Events:
    """Return a plant's events without what the product does not do yet."""
    for rewrite in NOT_BUILT.values():
        events = rewrite(events)
    return events
