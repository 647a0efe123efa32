"""Of what one event says at one time its place decides (semantics, 2), whichever line was applied first.

Where the later one holds, the first one waits, so that it would hold wherever the order of arrival decided.
"""

import pytest


def said(kind, number, hour, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-02T{hour:02}:00:00+00:00", **members}


def reel(package, code):
    lots = [{"manufacturer": "Ohm", "mpn": "R-100", "lotCode": code}]
    return said("packageCreated", f"reel {package}", 1, package=package, lots=lots)


def made(*units, **members):
    return said("unitCreated", f"made {units}", 1, units=list(units), **{"firstSequence": 1, **members})


@pytest.fixture
def tell(suppliers, asker):
    def send(*events):
        for each in events:
            (answer,) = asker("production").post("/trace/v1/events", json=each).get_json()["result"]
            assert answer["state"] in {"accepted", "pending", "corrected"}, answer

    return send


@pytest.fixture
def unit(quality):
    def find(serial, rest="", **query):
        (found,) = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        return quality.get(f"/trace/v1/units/{found['id']}{rest}", query_string=query).get_json()

    return find


def test_of_two_links_to_different_parents_the_later_holds(tell, unit) -> None:
    links = [{"unit": "B1", "into": "LATE"}, {"unit": "B1", "into": "P1"}]
    tell(made("B1", "P1"), said("assembledInto", "links", 2, links=links), made("LATE"))

    assert [each["unit"]["serial"] for each in unit("B1")["partOf"]] == ["P1"]


def test_the_line_that_closes_a_ring_is_the_later(tell, unit) -> None:
    links = [{"unit": "LATE", "into": "B1"}, {"unit": "B1", "into": "P1"}, {"unit": "P1", "into": "LATE"}]
    tell(made("B1", "P1"), said("assembledInto", "links", 2, links=links), made("LATE"))

    parents = {
        name: [each["unit"]["serial"] for each in unit(name)["partOf"]] for name in ("LATE", "B1", "P1")
    }
    assert parents == {"LATE": ["B1"], "B1": ["P1"], "P1": []}


def test_of_two_uses_the_later_loses_the_piece_that_was_taken_out(tell, unit) -> None:
    feeds = [
        {"package": "K1", "sequenceFrom": 1, "sequenceTo": 1, "designators": [place], "slot": slot}
        for place, slot in (("C1", "F1"), ("C2", "F2"))
    ]
    fed = said("feed", "feeds", 2, run="R1", feeds=feeds)
    out = said("removed", "out", 3, unit="B1", package="K1", quantity=1)
    tell(reel("K1", "L1"), made("B1", run="R1"), fed, out)

    assert [row["designators"] for row in unit("B1", "/contents")["result"]] == [["C1"]]


def test_of_two_lines_about_one_slot_the_later_holds(tell, unit) -> None:
    slots = [{"slot": "F1", "package": "LATE"}, {"slot": "F1", "package": "K2"}]
    set_up = said("setUp", "set up", 1, station="ST", slots=slots)
    passed = said(
        "unitProcessed", "pass", 2, units=["B1"], run={"id": "R1", "station": "ST"}, firstSequence=1
    )
    tell(reel("K2", "L2"), made("B1"), set_up, passed, reel("LATE", "L1"))

    assert [row["lot"]["code"] for row in unit("B1", "/contents")["result"]] == ["L2"]


def test_of_a_place_with_two_serial_numbers_each_line_passes_as_the_board_that_it_names(
    tell, unit, quality
) -> None:
    """[4.3] Of which of them a line with the place alone is, nobody knows."""
    place = {"panel": "PNL", "position": 1}
    lines = [{**place, "serial": "B1"}, place, {**place, "serial": "B2"}, place]
    feeds = [{"package": f"K{n}", "sequenceFrom": n, "sequenceTo": n} for n in (1, 2, 3, 4)]
    tell(*(reel(f"K{n}", f"L{n}") for n in (1, 2, 3, 4)), said("feed", "fed", 1, run="R", feeds=feeds))
    tell(said("unitCreated", "both", 2, units=lines, run="R", firstSequence=1))

    held = {
        name: sorted(row["lot"]["code"] for row in unit(name, "/contents")["result"]) for name in ("B1", "B2")
    }
    assert held == {"B1": ["L1"], "B2": ["L3"]}
    listed = quality.get("/trace/v1/anomalies?kind=undecided").get_json()["result"]
    assert [len(each["things"]) for each in listed] == [2]


def test_of_names_that_are_reused_those_that_are_known_are_given_anew(tell, unit, quality) -> None:
    """[4.3] The place is another board's now, whether or not anybody named the serial number."""
    place = {"panel": "PNL", "position": 1}
    tell(reel("K1", "L1"), made({**place, "serial": "B1"}))
    tell(said("nameReused", "anew", 3, unit={**place, "serial": "B2"}))
    tell(said("consumed", "used", 4, unit=place, package="K1"))

    def waiting():
        events = quality.get("/trace/v1/events").get_json()["result"]
        return {each["id"]: each["waitsFor"] for each in events if each["waitsFor"]}

    assert waiting() == {"anew": ["serial B2"]}
    assert unit("B1", "/contents")["result"] == []
    lot = quality.get("/trace/v1/lots", query_string={"code": "L1"}).get_json()["result"][0]["id"]
    asked = {"lot": lot, "level": "board"}
    assert len(quality.get("/trace/v1/where-used", query_string=asked).get_json()["result"]) == 1

    tell(made("B2"))
    assert waiting() == {}
