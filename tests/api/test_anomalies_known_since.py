"""Since when a contradiction is known: what comes to it, or leaves it, changes nothing about that."""

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "L"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package):
    return event("packageCreated", f"reel {package}", 5, package=package, lots=[LOT])


def use(package, hour, *designators):
    given = {"unit": "A", "package": package, "designators": list(designators)}
    return event("consumed", f"use {package}", hour, **given)


def out(number, package, designator):
    return event("removed", number, 10, unit="A", package=package, designators=[designator])


def set_up(number, hour, **slots):
    told = [{"slot": slot, "package": package} for slot, package in slots.items()]
    return event("setUp", number, hour, station="ST", slots=told)


@pytest.fixture
def tell(suppliers, asker):
    made = event("unitCreated", "made", 5, units=["A"])
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} == {"accepted"}, answer

    send(made, reel("R"), reel("S"), reel("T"))
    return send


@pytest.fixture
def listed(quality, registry):
    def ask():
        assert differs(registry, Site(registry.settings.site)) == []
        rows = quality.get("/trace/v1/anomalies").get_json()["result"]
        return sorted(
            (row["state"], sorted(each["id"] for each in row["events"]), row["knownSince"]) for row in rows
        )

    return ask


def test_of_two_designators_one_is_cleared(tell, listed) -> None:
    tell(use("R", 7, "C1", "C2"), use("S", 8, "C1", "C2"))
    ((_, _, since),) = listed()

    tell(out("x", "R", "C1"))
    assert listed() == [("open", ["use R", "use S"], since)]

    tell(out("y", "R", "C2"))
    assert listed() == [("resolved", ["use R", "use S"], since)]


def test_a_third_use_on_one_of_two_designators_makes_two_of_one(tell, listed) -> None:
    tell(use("R", 7, "C1", "C2"), use("S", 8, "C1", "C2"))
    ((_, _, since),) = listed()

    tell(use("T", 9, "C1"))

    assert listed() == [
        ("open", ["use R", "use S"], since),
        ("open", ["use R", "use S", "use T"], since),
    ]


def test_of_two_slots_that_a_report_contradicts_one_is_set_up_again(tell, listed) -> None:
    ranges = {"sequenceFrom": 1, "sequenceTo": 1}
    feeds = [{"package": "R", "slot": "F1", **ranges}, {"package": "R", "slot": "F2", **ranges}]
    tell(set_up("set", 6, F1="S", F2="S"), event("feed", "fed", 9, run="RUN", feeds=feeds))
    tell(event("unitProcessed", "pass", 8, units=["A"], run="RUN", firstSequence=1, station="ST"))
    ((_, _, since),) = listed()

    tell(set_up("again", 7, F1="R"))

    assert listed() == [("open", ["fed", "set"], since)]


def test_another_contradiction_of_the_same_unit_is_known_since_it_is_there(tell, listed) -> None:
    tell(use("R", 7, "C1"), use("S", 8, "C1"))
    ((_, _, since),) = listed()

    tell({**use("R", 7, "C2"), "id": "more R"}, {**use("T", 8, "C2"), "id": "more T"})

    (first, second) = listed()
    assert (first[1], second[1]) == (["more R", "more T"], ["use R", "use S"])
    assert (first[2] > since, second[2]) == (True, since)
