"""Panels that pass a range again when their boards are cut off, and boards that pass by themselves, too."""

import pytest

LOTS = {"REEL-1": "L-1", "REEL-2": "L-2"}


def event(event_type, number, minute, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-10T09:{minute:02}:00+00:00", **members}


def passing(number, minute, unit, place):
    return event("unitProcessed", number, minute, units=[unit], run="RUN-1", firstSequence=place)


PLANT = [
    *(
        event(
            "packageCreated",
            reel,
            1,
            package=reel,
            lots=[{"manufacturer": "Bolt", "mpn": "C", "lotCode": lot}],
        )
        for reel, lot in LOTS.items()
    ),
    event("unitCreated", "panel", 2, units=["PNL-1"], kind="panel"),
    event("unitCreated", "board", 2, units=["BRD-1"], kind="board"),
    event("assembledInto", "on", 3, links=[{"unit": "BRD-1", "into": "PNL-1", "relation": "panelOf"}]),
    event("feed", "fed", 4, run="RUN-1", feeds=[{"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 9}]),
    passing("passed", 10, "PNL-1", 1),
]
CUT = event("removed", "cut", 20, unit="PNL-1", part="BRD-1")
SPLICED = event(
    "merged",
    "spliced",
    25,
    packages=[{"package": "REEL-2"}],
    into="REEL-1",
    how="splice",
    zone={"until": "2026-03-10T09:26:00+00:00"},
)


@pytest.fixture
def ask(suppliers, asker):
    """Return a function that asks where a lot is, after some more events."""
    quality = asker("quality")

    def told(*events, lot="L-1"):
        answer = asker("production").post("/trace/v1/events", json=[*PLANT, *events]).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "duplicate"}, answer
        (found,) = quality.get("/trace/v1/lots", query_string={"code": lot}).get_json()["result"]
        rows = quality.get(f"/trace/v1/lots/{found['id']}/where-used").get_json()["result"]
        return {each["serial"]: each["certainty"] for each in rows}

    return told


def test_a_pass_of_a_panel_that_is_told_again_puts_nothing_into_it(ask):
    assert ask(CUT, passing("again", 30, "PNL-1", 1)) == {"BRD-1": "exact"}


def test_what_a_panel_got_at_another_number_when_its_boards_had_left_is_in_it(ask):
    assert ask(CUT, passing("again", 30, "PNL-1", 2)) == {"BRD-1": "exact", "PNL-1": "exact"}


def test_of_two_reels_it_may_have_got_either(ask):
    more = [CUT, SPLICED, passing("again", 30, "PNL-1", 2)]

    assert ask(*more) == {"BRD-1": "exact"}
    assert ask(*more, lot="L-2") == {"PNL-1": "possible"}


def test_what_is_taken_out_of_a_panel_is_not_taken_out_of_a_board_that_passed_by_itself(ask):
    taken_out = event("removed", "out", 15, unit="PNL-1", package="REEL-1")
    more = [taken_out, CUT, SPLICED, passing("by itself", 30, "BRD-1", 2)]

    assert ask(taken_out, CUT) == {}
    assert ask(*more) == {"BRD-1": "possible"}
    assert ask(*more, lot="L-2") == {"BRD-1": "possible"}


def test_nor_what_a_set_up_put_into_it(ask):
    station = [
        event("setUp", "set up", 5, station="ST-1", slots=[{"slot": "F-1", "package": "REEL-2"}]),
        event(
            "unitProcessed", "at station", 6, units=["PNL-1"], run="RUN-2", firstSequence=1, station="ST-1"
        ),
        event("removed", "out", 15, unit="PNL-1", package="REEL-2"),
    ]
    own = event(
        "unitProcessed", "by itself", 7, units=["BRD-1"], run="RUN-2", firstSequence=2, station="ST-1"
    )

    assert ask(*station, lot="L-2") == {}
    assert ask(own, lot="L-2") == {"BRD-1": "assumed"}
