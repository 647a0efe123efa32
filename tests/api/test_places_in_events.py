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
