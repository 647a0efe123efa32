"""The runs that decide whether where-used is complete, and whose uses count as reported there."""

import pytest


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, *lots):
    held = [{"manufacturer": "Ohm Parts", "mpn": mpn, "lotCode": code} for mpn, code in lots]
    return event("packageCreated", f"reel {package}", 1, package=package, lots=held)


def made(*names, **members):
    return event("unitCreated", f"made {names[0]}", 2, units=list(names), **{"firstSequence": 1, **members})


def passed(run, *names, hour=7):
    return [
        event("unitProcessed", f"{run} {names[0]}", hour, units=list(names), run=run, firstSequence=1),
        event("unitCompleted", f"{run} {names[0]} done", hour + 2, units=list(names), run=run),
    ]


def use(unit, package, **more):
    return event("consumed", f"use {unit} {package}", 7, unit=unit, package=package, **more)


PANELS = [
    made("P1", "P2", kind="panel"),
    made("B1", "B2"),
    event(
        "assembledInto",
        "on panels",
        3,
        links=[{"unit": f"B{n}", "into": f"P{n}", "relation": "panelOf"} for n in (1, 2)],
    ),
]
FED = {"package": "K1", "sequenceFrom": 1, "sequenceTo": 1}


@pytest.fixture
def headline(asker):
    """Tell events, and return what where-used says of one or several lots."""
    mes, quality = asker("production"), asker("quality")

    def told(*events, **about):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted"}, answer
        if about:
            return quality.get("/trace/v1/where-used", query_string=about).get_json()["headline"]
        lot = quality.get("/trace/v1/lots?code=L1").get_json()["result"][0]["id"]
        return quality.get(f"/trace/v1/lots/{lot}/where-used").get_json()["headline"]

    return told


def test_another_part_type_that_the_reel_may_hold_is_no_report_of_the_one_that_was_asked_for(headline):
    events = [
        reel("K1", ("R-100", "L1"), ("C-1", "L2")),
        reel("K2", ("C-1", "L3")),
        made("B1", "B2"),
        *passed("SMT", "B1", "B2"),
        use("B1", "K1"),
        use("B2", "K2"),
    ]

    told = headline(*events)
    of_package = headline(package="K1")

    assert (told["coverage"]["unitsReported"], told["isComplete"]) == (1, False)
    # Of the whole reel both part types were asked for: of the second board one was not reported.
    assert (of_package["coverage"]["unitsReported"], of_package["isComplete"]) == (2, False)


def test_a_package_that_was_divided_off_is_of_the_part_types_of_what_came(headline):
    events = [
        reel("K1", ("R-100", "L1")),
        event("split", "divided", 2, package="K1", into=[{"package": "K2"}]),
        made("B1", "B2"),
        *passed("SMT", "B1", "B2"),
        use("B1", "K2"),
        use("B2", "K1"),
    ]

    told = headline(*events, package="K2")

    assert told["units"]["exact"] == 1
    assert (told["coverage"]["unitsReported"], told["isComplete"]) == (2, True)


def test_a_reached_board_that_passed_no_run_leaves_unknown_how_many_were_built(headline):
    one = [reel("K1", ("R-100", "L1")), made("B1", "B2"), *passed("SMT", "B1"), use("B1", "K1")]

    before = headline(*one)
    after = headline(use("B2", "K1"))

    assert (before["coverage"]["unitsBuilt"], before["isComplete"]) == (1, True)
    assert after["units"]["exact"] == 2
    assert (after["coverage"]["unitsBuilt"], after["isComplete"]) == (None, False)


def test_what_a_panel_passed_its_boards_passed(headline):
    fed = event("feed", "fed", 7, run="SMT", feeds=[FED])
    events = [
        reel("K1", ("R-100", "L1")),
        *PANELS,
        *passed("SMT", "P1", "P2"),
        fed,
        *passed("ICT", "B1", hour=9),
    ]

    before = headline(*events)
    after = headline(use("P2", "K1"))

    coverage = before["coverage"]
    assert before["units"]["exact"] == 1
    assert (coverage["unitsPassed"], coverage["unitsBuilt"], coverage["unitsReported"]) == (2, 2, 1)
    assert before["isComplete"] is False
    assert after["units"]["exact"] == 2
    assert (after["coverage"]["unitsReported"], after["isComplete"]) == (2, True)


def test_the_run_in_which_it_is_said_to_have_been_used_is_in_question_too(headline):
    events = [
        reel("K1", ("R-100", "L1")),
        made("B1", "B2"),
        *passed("ICT", "B1"),
        *passed("SMT", "B2"),
        use("B1", "K1", run="SMT"),
    ]

    before = headline(*events)
    after = headline(use("B2", "K1", run="SMT"))

    assert (before["coverage"]["unitsPassed"], before["coverage"]["unitsReported"]) == (2, 1)
    assert (before["isComplete"], after["isComplete"]) == (False, True)


def test_a_set_of_two_part_types_is_complete_only_where_both_are_reported(headline):
    events = [
        reel("K1", ("R-100", "L1")),
        reel("K2", ("C-1", "L2")),
        made("B1", "B2"),
        *passed("SMT", "B1", "B2"),
        use("B1", "K1"),
        use("B2", "K1"),
        use("B1", "K2"),
    ]

    of_one = headline(*events, package="K1")
    of_both = headline(package=["K1", "K2"])
    after = headline(use("B2", "K2"), package=["K1", "K2"])

    assert of_one["isComplete"] is True
    assert (of_both["coverage"]["unitsReported"], of_both["isComplete"]) == (2, False)
    assert after["isComplete"] is True


def fed(run, first, last, *, hour=6, package="K1"):
    feeds = [{"package": package, "sequenceFrom": first, "sequenceTo": last}]
    return event("feed", f"fed {run} {first} {package}", hour, run=run, feeds=feeds)


WHOLE = [reel("K1", ("R-100", "L1")), made("B1", customer="meditec"), *passed("SMT", "B1"), use("B1", "K1")]


def test_a_run_that_was_fed_and_that_nobody_is_known_to_have_passed_is_in_question(
    suppliers, headline, asker
):
    def told(head):
        cover = head["coverage"]
        return head["isComplete"], cover["unitsPassed"], cover["unitsBuilt"], cover["unitsReported"]

    assert told(headline(*WHOLE, reel("K2", ("R-100", "L2")), fed("TOP", 1, 9, package="K2"))) == (
        True,
        1,
        1,
        1,
    )

    assert told(headline(fed("TOP", 1, 9))) == (False, 1, None, 1)
    assert told(headline(package="K1")) == (False, 1, None, 1)
    # A completion alone tells nobody's number.
    done = event("unitCompleted", "top done", 9, units=["B1"], run="TOP")
    assert told(headline(done)) == (False, 1, None, 1)
    # What nobody is known to have passed is no customer's.
    lot = asker("quality").get("/trace/v1/lots?code=L1").get_json()["result"][0]["id"]
    theirs = asker("customer_auditor", "meditec").get(f"/trace/v1/lots/{lot}/where-used")
    assert told(theirs.get_json()["headline"])[0]
    # Once one of it has passed: a range is told to the end of the reel.
    assert told(headline(made("B2"), *passed("TOP", "B2"))) == (True, 2, 2, 2)


def test_numbers_of_a_run_in_question_that_were_fed_and_that_nobody_passed_are_not_built(headline):
    assert headline(*WHOLE, fed("SMT", 1, 9))["isComplete"]

    told = headline(fed("SMT", 10, 20))

    assert (told["isComplete"], told["coverage"]["unitsBuilt"]) == (False, None)


def test_a_package_fed_in_vain_before_it_held_the_material_asks_for_no_run(headline):
    came = event("merged", "came", 8, packages=[{"package": "K1"}], into="K3")
    told = headline(*WHOLE, reel("K3", ("R-100", "L3")), fed("TOP", 1, 9, package="K3", hour=6), came)

    assert told["isComplete"]
    assert not headline(fed("TOP", 10, 19, package="K3", hour=9))["isComplete"]
