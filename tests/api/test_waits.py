"""What an event waits for is told as of now: what became known is not told, what is known no more is."""

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "L"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


MADE = event("unitCreated", "made A", 5, units=["A"])
REEL = event("packageCreated", "reel R", 5, package="R", lots=[LOT])


def links(*pairs):
    return [{"unit": unit, "into": into} for unit, into in pairs]


# Each names A or R, which are known, and X or Y, which are not.
WAITING = {
    "link": (event("assembledInto", "w", 8, links=links(("A", "X"))), ["serial A", "serial X"]),
    "link of what is not known": (
        event("assembledInto", "w", 8, links=links(("X", "A"))),
        ["serial A", "serial X"],
    ),
    "same unit": (event("sameUnit", "w", 8, units=["A", "X"]), ["serial A", "serial X"]),
    "tested": (event("tested", "w", 8, units=["A", "X"], result="passed"), ["serial A", "serial X"]),
    "passed": (
        event("unitProcessed", "w", 8, units=["A", "X"], run="RUN", firstSequence=1),
        ["serial A", "serial X"],
    ),
    "completed": (event("unitCompleted", "w", 8, units=["X", "A"]), ["serial A", "serial X"]),
    "used in A": (event("consumed", "w", 8, unit="A", package="X"), ["package X", "serial A"]),
    "used of R": (event("consumed", "w", 8, unit="X", package="R"), ["package R", "serial X"]),
    "removed": (event("removed", "w", 8, unit="X", package="R"), ["package R", "serial X"]),
    "splice": (
        event("merged", "w", 8, packages=[{"package": "X"}], into="R", how="splice"),
        ["package R", "package X"],
    ),
    "splice onto what is not known": (
        event("merged", "w", 8, packages=[{"package": "R"}], into="X", how="splice"),
        ["package R", "package X"],
    ),
    "two of several merged": (
        event("merged", "w", 8, packages=[{"package": "R"}, {"package": "X"}], into="Y"),
        ["package R", "package X"],
    ),
}


@pytest.fixture
def tell(suppliers, asker):
    def send(*events):
        return asker("production").post("/trace/v1/events", json=list(events)).get_json()["result"]

    return send


@pytest.fixture
def waits_for(quality):
    def ask():
        rows = quality.get("/trace/v1/events", query_string={"limit": 100}).get_json()["result"]
        return {row["id"]: row["waitsFor"] for row in rows if row["waitsFor"]}

    return ask


@pytest.mark.parametrize("named", WAITING)
def test_what_is_known_no_more_is_waited_for_again(tell, waits_for, registry, named) -> None:
    waiting, names = WAITING[named]
    tell(MADE, REEL, waiting)
    assert waits_for() == {"w": [each for each in names if each[-1] not in "AR"]}

    tell(event("correction", "no A", 9, corrects="made A"), event("correction", "no R", 9, corrects="reel R"))
    assert waits_for() == {"w": names}
    assert differs(registry, Site(registry.settings.site)) == []

    tell({**MADE, "id": "made A again"}, {**REEL, "id": "reel R again"})
    assert waits_for() == {"w": [each for each in names if each[-1] not in "AR"]}

    known = [
        event("unitCreated", "made X", 5, units=["X"]),
        event("packageCreated", "reel X", 5, package="X"),
    ]
    tell(*known)
    assert waits_for() == {}


def test_the_timeline_of_a_unit_tells_it_too(tell, quality) -> None:
    tell(
        MADE,
        REEL,
        event("consumed", "w", 8, unit="A", package="R"),
        event("correction", "c", 9, corrects="reel R"),
    )
    (unit,) = quality.get("/trace/v1/units", query_string={"serial": "A"}).get_json()["result"]

    rows = quality.get(f"/trace/v1/units/{unit['id']}/timeline").get_json()["result"]

    assert [row["waitsFor"] for row in rows if row["event"] == "w"] == [["package R"]]
