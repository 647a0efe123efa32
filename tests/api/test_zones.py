"""Zones of splices over HTTP: where they end does not depend on what was told first."""

import pytest

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code):
    return event("packageCreated", f"reel {package}", 5, package=package, lots=[{**LOT, "lotCode": code}])


def splice(package, hour, **zone):
    members = {"packages": [{"package": package}], "into": "K0", "how": "splice", **zone}
    return event("merged", f"splice {package}", hour, **members)


def passing(unit, hour):
    return event("unitProcessed", f"pass {unit} {hour}", hour, units=[unit], run="RUN", firstSequence=1)


def use(unit, package, hour):
    return event("consumed", f"use {unit}", hour, unit=unit, package=package)


START = (reel("K0", "L0"), reel("K1", "L1"), event("unitCreated", "made", 5, units=["B1", "B2"]))


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        for each in events:
            assert mes.post("/trace/v1/events", json=[each]).get_json()["result"][0]["state"] == "accepted"

    return send


@pytest.fixture
def used(quality):
    """Ask about some lots, by their codes, or about other things, by name."""

    def ask(*codes, **query):
        found = [quality.get("/trace/v1/lots", query_string={"code": code}).get_json() for code in codes]
        asked = {"level": "board", "lot": [each["result"][0]["id"] for each in found], **query}
        answer = quality.get("/trace/v1/where-used", query_string=asked).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    return ask


@pytest.mark.parametrize("hours", [(9, 7), (7, 9)])
def test_a_zone_is_over_after_the_first_pass_of_its_last_unit_whichever_was_told_first(
    tell, used, hours
) -> None:
    zone = {"zone": {"run": "RUN", "sequenceTo": 1}}
    tell(*START, splice("K1", 6, **zone), *(passing("B1", hour) for hour in hours), use("B2", "K0", 8))

    assert used("L1") == {"B2": "exact"}
    assert used("L0") == {}


UNTIL_10, UNTIL_12 = ({"zone": {"until": at(hour)}} for hour in (10, 12))


@pytest.mark.parametrize(("first", "second"), [({}, {}), (UNTIL_10, UNTIL_12)])
def test_of_two_zones_a_set_is_as_sure_as_its_lots(tell, used, first, second) -> None:
    """[6.3] A third reel meets the second within its zone: whatever was asked for with one of them."""
    tell(*START, reel("K2", "L2"), reel("K9", "L9"))
    tell(splice("K1", 8, **first), splice("K2", 9, **second), use("B1", "K0", 11))

    for asked in (["L1"], ["L2"], ["L1", "L9"], ["L2", "L9"]):
        assert used(*asked) == {"B1": "possible"}, asked
    assert used(package="K1") == used(package="K2") == {"B1": "possible"}
    assert used("L1", "L2") == {"B1": "exact"}
    assert used("L0") == used("L0", "L9") == {}


def test_a_zone_has_its_end_though_what_was_joined_came_of_what_ran(tell, used) -> None:
    reels = [reel(f"K{number}", f"L{number}") for number in (2, 5, 9)]
    tell(*START, *reels, event("split", "halved", 6, package="K2", into=[{"package": "K3"}]))
    tell(event("merged", "topped up", 7, packages=[{"package": "K5"}], into="K2"))
    tell(splice("K2", 8), splice("K3", 9, **UNTIL_10), use("B1", "K0", 10), use("B2", "K0", 11))

    assert used("L2", "L9") == used("L2") == {"B1": "possible", "B2": "exact"}


def test_a_range_that_is_dated_ahead_ends_no_zone(tell, used) -> None:
    feeds = [{"package": "K0", "sequenceFrom": 1, "sequenceTo": 1, "quantityPerUnit": 1, "from": at(5)}]
    ahead = {**event("feed", "ahead", 5, run="RUN", feeds=feeds), "happenedAt": "2026-03-30T05:00:00+00:00"}
    tell(*START, splice("K1", 6, greyZone=1), passing("B1", 7), use("B2", "K0", 8), ahead)

    assert used("L1") == used("L0") == {"B2": "possible"}


FED = event("feed", "fed", 5, run="RUN", feeds=[{"package": "K0", "sequenceFrom": 1, "sequenceTo": 9}])


def passing_at(number, unit, hour):
    return event("unitProcessed", f"{unit} at {number}", hour, units=[unit], run="RUN", firstSequence=number)


@pytest.fixture
def contents(quality):
    """Ask what is in a unit: its lots, each with how sure that is, and how sure its chain is."""

    def ask(serial, **query):
        unit = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"][0]["id"]
        query |= {"explain": "true"}
        rows = quality.get(f"/trace/v1/units/{unit}/contents", query_string=query).get_json()["result"]
        assert all(row["why"]["certainty"] == row["certainty"] for row in rows)
        return {row["lot"]["code"] if row["lot"] else None: row["certainty"] for row in rows}

    return ask


def test_what_came_at_one_of_two_numbers_is_possible_of_what_was_there_at_one_of_them(
    tell, used, contents
) -> None:
    """[7.1] A unit on both sides of a zone is used for once: nobody knows of which of the reels."""
    tell(*START, FED, splice("K1", 8, zone={"until": at(9)}))
    tell(passing_at(1, "B1", 7), passing_at(2, "B1", 10), passing_at(3, "B2", 10))

    assert used("L0") == {"B1": "possible"}
    assert used("L1", ever="true") == used("L1", explain="true") == {"B1": "possible", "B2": "exact"}
    assert used("L0", "L1") == {"B1": "exact", "B2": "exact"}
    assert used("L0", asOf=at(7)) == {"B1": "exact"}
    assert contents("B1") == contents("B1", ever="true") == {"L0": "possible", "L1": "possible"}
    assert contents("B1", asOf=at(7)) == {"L0": "exact"}


def test_what_both_reels_hold_came_at_whichever_number(tell, used, contents) -> None:
    again = {**reel("K3", "L0"), "id": "reel K3"}
    halves = event("split", "halved", 5, package="K0", into=[{"package": "K8"}])
    feeds = [{"package": "K8", "sequenceFrom": 1, "sequenceTo": 9}]
    tell(*START, again, halves, event("feed", "half", 5, run="RUN", feeds=feeds))
    tell({**splice("K3", 8, zone={"until": at(9)}), "into": "K8"})
    tell(passing_at(1, "B1", 7), passing_at(2, "B1", 10))

    assert used("L0") == used("L0", "L1") == {"B1": "exact"}
    assert contents("B1") == {"L0": "exact"}


def test_what_a_board_got_by_itself_or_on_its_panel_is_possible_of_either(tell, used, contents) -> None:
    """[7.7] One line put it into the board and into its panel: the board holds it once."""
    tell(*START, FED, splice("K1", 8, zone={"until": at(9)}))
    tell(event("assembledInto", "on", 6, links=[{"unit": "B1", "into": "B2", "relation": "panelOf"}]))
    tell(passing_at(1, "B2", 7), passing_at(2, "B1", 10))

    assert used("L0") == used("L1") == {"B1": "possible"}
    assert contents("B1") == {"L0": "possible", "L1": "possible"}


def test_what_its_panel_passed_without_a_board_says_nothing_of_that(tell, used, contents) -> None:
    tell(*START, FED, splice("K1", 9, zone={"until": at(9)}))
    on = event("assembledInto", "on", 6, links=[{"unit": "B1", "into": "B2", "relation": "panelOf"}])
    tell(on, event("removed", "off", 8, unit="B2", part="B1"))
    tell(passing_at(1, "B2", 7), passing_at(2, "B2", 10))

    assert used("L0", ever="true")["B1"] == "exact"
    assert contents("B1") == {"L0": "exact"}


def test_before_lots_were_known_of_a_range_and_after_it_neither_is_sure(tell, used, contents) -> None:
    bare = event("merged", "filled", 8, packages=[{"package": "K1"}], into="K5")
    feeds = [{"package": "K5", "sequenceFrom": 1, "sequenceTo": 9}]
    told = event("packageCreated", "bare", 5, package="K5", lots=[])
    poured = event("split", "poured", 6, package="K5", into=[{"package": "K6"}])
    tell(*START, told, poured, event("feed", "of K5", 5, run="RUN", feeds=feeds), bare)
    tell(passing_at(1, "B1", 7), passing_at(2, "B1", 10))

    assert used("L1") == {"B1": "possible"}
    assert contents("B1") == {"L1": "possible", None: "possible"}
