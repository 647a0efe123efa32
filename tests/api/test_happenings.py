"""The timeline of a unit: everything that is on record of it, in order of time, at both times."""

import pytest


def at(day, hour=6):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, day, hour=6, **members):
    return {"type": event_type, "id": number, "happenedAt": at(day, hour), **members}


BOLT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}
PLANT = [
    event("packageCreated", "reel", 1, package="REEL-1", lots=[BOLT]),
    event("unitCreated", "panel", 2, units=["PANEL"], kind="panel", customer="meditec"),
    event("consumed", "paste", 2, 7, unit="PANEL", package="REEL-1", quantity=8),
    event(
        "unitCreated",
        "board",
        2,
        8,
        units=["B1"],
        kind="board",
        product="PCB",
        customer="meditec",
        run="RUN-1",
        firstSequence=4,
    ),
    event(
        "assembledInto",
        "cut",
        2,
        8,
        links=[{"unit": "B1", "into": "PANEL", "relation": "panelOf", "position": "1"}],
    ),
    event(
        "feed",
        "feeds",
        2,
        9,
        run="RUN-1",
        feeds=[
            {"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 9, "designators": ["R1"], "slot": "12"}
        ],
    ),
    event("tested", "test", 3, units=["B1"], test="ICT", result="failed"),
    event("removed", "rework", 3, 8, unit="B1", package="REEL-1", designators=["R1"], reason="cracked"),
    event("unitCreated", "pump", 4, units=["P1"], kind="product", customer="meditec"),
    event("unitCreated", "other pump", 4, units=["ZC-P2"], kind="product", customer="railway"),
    event("assembledInto", "assembly", 4, links=[{"unit": "B1", "into": "P1", "position": "left"}]),
    event("shipped", "shipping", 5, units=["P1"], shipment="S-9", customer="meditec"),
    event("returned", "back", 8, units=["P1"], reason="display dark"),
    event("assembledInto", "by mistake", 9, links=[{"unit": "B1", "into": "ZC-P2"}]),
    event("correction", "no mistake", 10, corrects="by mistake"),
    event("consumed", "waits", 11, unit="B1", package="REEL-9", quantity=1),
]


@pytest.fixture
def plant(suppliers, asker):
    answer = asker("production").post("/trace/v1/events", json=PLANT)
    assert {each["state"] for each in answer.get_json()["result"]} == {"accepted", "pending", "corrected"}, (
        answer.get_json()
    )


@pytest.fixture
def auditor(suppliers, asker):
    return asker("customer_auditor", "meditec")


def unit_id(asker, serial):
    return asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"][0]["id"]


def timeline(asker, quality, serial, **query):
    answer = asker.get(f"/trace/v1/units/{unit_id(quality, serial)}/timeline", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["result"]


def told(rows):
    return [(row["kind"], row["other"] and row["other"]["name"], row["event"]) for row in rows]


OF_BOARD = [
    ("used", "REEL-1", "paste"),
    ("declared", None, "board"),
    ("passed", "RUN-1", "board"),
    ("used", "REEL-1", "feeds"),
    ("putInto", "PANEL", "cut"),
    ("tested", None, "test"),
    ("removed", "REEL-1", "rework"),
    ("putInto", "P1", "assembly"),
    ("shipped", "S-9", "shipping"),
    ("returned", None, "back"),
    ("corrected", None, "no mistake"),
    ("waits", None, "waits"),
]


def test_a_unit_has_a_timeline_of_everything_that_happened_to_it(plant, quality):
    rows = timeline(quality, quality, "B1")

    assert told(rows) == OF_BOARD
    paste, declared, passed, used, cut, test, removed, *_, corrected, waits = rows
    assert (paste["onPanel"], paste["quantity"], used["onPanel"], used["slot"]) == (True, "8", False, "12")
    assert (declared["unitKind"], declared["product"], declared["customer"]) == ("board", "PCB", "meditec")
    assert [name["value"] for name in declared["names"]] == ["B1"]
    assert (passed["sequence"], used["designators"], used["happenedAt"]) == (4, ["R1"], at(2, 8))
    assert (cut["relation"], cut["position"]) == ("panelOf", "1")
    assert (test["test"], test["result"], removed["reason"]) == ("ICT", "failed", "cracked")
    assert (corrected["corrects"], waits["waitsFor"]) == ("by mistake", ["package REEL-9"])
    assert all(row["recordedAt"] > row["happenedAt"] for row in rows)


def test_what_was_put_into_a_unit_left_it_and_where_it_went_are_told(plant, quality):
    quality.post("/trace/v1/events", json=event("removed", "taken", 12, unit="P1", part="B1"))
    quality.post(
        "/trace/v1/events", json=event("assembledInto", "again", 13, links=[{"unit": "B1", "into": "ZC-P2"}])
    )

    rows = timeline(quality, quality, "P1")

    assert told(rows)[:4] == [
        ("declared", None, "pump"),
        ("tookIn", "B1", "assembly"),
        ("shipped", "S-9", "shipping"),
        ("returned", None, "back"),
    ]
    assert rows[3]["reason"] == "display dark"
    assert told(rows)[4:] == [("gaveUp", "B1", "taken")]


def test_what_a_set_up_put_in_and_that_the_work_was_completed_are_told(plant, quality):
    station = {"id": "RUN-S", "station": "Mounter 2"}
    sent = [
        event(
            "setUp",
            "set-up",
            1,
            station="Mounter 2",
            slots=[{"slot": "7", "package": "REEL-1", "designators": ["C9"]}],
        ),
        event("unitCreated", "made", 2, units=["S1"], run=station, firstSequence=1, kind="board"),
        event("unitCompleted", "done", 3, units=["S1"], run="RUN-S"),
    ]
    answer = quality.post("/trace/v1/events", json=sent).get_json()["result"]
    assert {each["state"] for each in answer} == {"accepted"}

    rows = timeline(quality, quality, "S1")

    assert told(rows) == [
        ("declared", None, "made"),
        ("passed", "RUN-S", "made"),
        ("used", "REEL-1", "set-up"),
        ("completed", "RUN-S", "done"),
    ]
    assert (rows[2]["basis"], rows[2]["certainty"], rows[2]["designators"]) == ("setup", "assumed", ["C9"])


def test_a_timeline_is_paged_by_key(plant, quality):
    path, rows, cursor = f"/trace/v1/units/{unit_id(quality, 'B1')}/timeline", [], None

    while True:
        query = {"limit": 3} | ({} if cursor is None else {"cursor": cursor})
        page = quality.get(path, query_string=query).get_json()
        rows += page["result"]
        cursor = page["paging_metadata"].get("cursor")
        if cursor is None:
            break

    assert told(rows) == OF_BOARD


def test_a_timeline_ends_at_the_time_that_is_asked_for_and_as_it_was_recorded(plant, quality):
    recorded = quality.get(f"/trace/v1/units/{unit_id(quality, 'B1')}").get_json()["recordedAsOf"]
    quality.post("/trace/v1/events", json=event("correction", "no rework", 14, corrects="rework"))

    now = told(timeline(quality, quality, "B1"))
    then = told(timeline(quality, quality, "B1", recordedAsOf=recorded))

    assert told(timeline(quality, quality, "B1", asOf=at(2, 10))) == OF_BOARD[:5]
    assert ("removed", "REEL-1", "rework") in then
    assert ("corrected", None, "no rework") not in then
    assert ("removed", "REEL-1", "rework") not in now
    assert ("corrected", None, "no rework") in now


def test_a_name_that_was_given_later_is_in_the_timeline(plant, quality):
    named = {"serial": "B1", "panel": "NUTZEN", "position": 2}
    quality.post("/trace/v1/events", json=event("unitCreated", "named", 12, units=[named]))

    rows = [row for row in timeline(quality, quality, "B1") if row["event"] == "named"]

    assert [name["value"] for row in rows for name in row["names"]] == ["B1", "NUTZEN/2"]


def send(asker, *events):
    answer = asker.post("/trace/v1/events", json=list(events)).get_json()["result"]
    assert {each["state"] for each in answer} <= {"accepted", "pending", "corrected", "duplicate"}, answer


def waiting(rows):
    return [(row["event"], row["waitsFor"]) for row in rows if row["kind"] == "waits"]


def test_each_line_of_an_event_waits_by_itself(plant, quality):
    links = [
        {"unit": "B1", "into": "P1"},
        {"unit": "LATE-1", "into": "P1"},
        {"unit": "b1", "into": "LATE-2"},
        {"unit": "ZC-P2", "into": "LATE-3"},
    ]
    send(quality, event("assembledInto", "some wait", 12, links=links))

    of_board, of_pump = (timeline(quality, quality, serial) for serial in ("B1", "P1"))

    assert waiting(of_board) == [("waits", ["package REEL-9"]), ("some wait", ["serial LATE-2"])]
    assert waiting(of_pump) == [("some wait", ["serial LATE-1"])]
    send(quality, event("unitCreated", "late", 2, units=["LATE-1"]))
    assert waiting(timeline(quality, quality, "P1")) == []
    assert ("tookIn", "LATE-1", "some wait") in told(timeline(quality, quality, "P1"))


def test_a_test_of_several_units_waits_for_none_that_is_known(plant, quality):
    send(quality, event("tested", "both", 12, units=["B1", "LATE-1"], result="passed"))

    rows = timeline(quality, quality, "B1")

    assert ("tested", None, "both") in told(rows)
    assert waiting(rows) == [("waits", ["package REEL-9"])]


def test_each_name_of_one_unit_waits_by_itself(plant, quality):
    send(quality, event("sameUnit", "same", 12, units=["B1", "LATE-1", "LATE-2"]))

    rows = timeline(quality, quality, "B1")

    assert waiting(rows)[1:] == [("same", ["serial LATE-1"]), ("same", ["serial LATE-2"])]


def test_what_is_undecided_does_not_wait(plant, quality):
    reels = [
        event("packageCreated", f"of {issuer}", 1, package={"id": "SAME", "issuer": issuer}, lots=[BOLT])
        for issuer in ("Acorn", "Birch")
    ]
    send(quality, *reels, event("consumed", "of either", 12, unit="B1", package="SAME"))

    assert waiting(timeline(quality, quality, "B1")) == [("waits", ["package REEL-9"])]


def test_of_equal_corrections_one_is_told(plant, quality):
    again = event("correction", "no mistake again", 10, corrects="by mistake")
    assert quality.post("/trace/v1/events", json=again).get_json()["result"][0]["state"] == "duplicate"
    between = quality.get(f"/trace/v1/units/{unit_id(quality, 'B1')}").get_json()["recordedAsOf"]

    def corrections(**query):
        rows = timeline(quality, quality, "B1", **query)
        return [(row["event"], row["corrects"]) for row in rows if row["kind"] == "corrected"]

    assert corrections() == [("no mistake", "by mistake")]
    send(quality, event("correction", "the first was none", 13, corrects="no mistake"))
    assert corrections() == [("no mistake again", "by mistake"), ("the first was none", "no mistake")]
    assert corrections(recordedAsOf=between) == [("no mistake", "by mistake")]


def test_a_customers_auditor_is_told_nothing_of_others_and_no_event(plant, quality, auditor):
    rows = timeline(auditor, quality, "B1")

    assert [kind for kind, _, _ in told(rows)] == [kind for kind, _, _ in OF_BOARD[:10]]
    assert {row["event"] for row in rows} == {None}
    assert {row["reason"] for row in rows} == {None}
    assert {row["sequence"] for row in rows} == {None}
    assert auditor.get(f"/trace/v1/units/{unit_id(quality, 'ZC-P2')}/timeline").status_code == 404
    quality.post(
        "/trace/v1/events", json=event("assembledInto", "again", 13, links=[{"unit": "B1", "into": "ZC-P2"}])
    )
    assert "ZC-P2" not in str(timeline(auditor, quality, "B1"))


# A board with two names and two numbers of a run, on a panel with a number of the same run; much at one time.
RICH = [
    event("packageCreated", "reel", 1, package="REEL-1", lots=[BOLT]),
    event("unitCreated", "made", 2, units=["B1", "B1-B", "B2"], kind="board", customer="meditec"),
    event("sameUnit", "same", 2, units=["B1", "B1-B"]),
    event("unitCreated", "panel", 2, units=["PANEL"], kind="panel", run="RUN-1", firstSequence=7),
    event(
        "assembledInto",
        "on panel",
        2,
        7,
        links=[{"unit": each, "into": "PANEL", "relation": "panelOf"} for each in ("B1", "B2")],
    ),
    event("unitProcessed", "numbered", 3, units=["B1", "B1-B"], run="RUN-1", firstSequence=1),
    event("unitProcessed", "numbered again", 3, 7, units=["B1", "B1-B"], run="RUN-1", firstSequence=3),
    event(
        "feed",
        "feeds",
        3,
        run="RUN-1",
        feeds=[
            {"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 9},
            {"package": "REEL-1", "sequenceFrom": 2, "sequenceTo": 4},
        ],
    ),
    event("setUp", "set-up", 2, station="S1", slots=[{"slot": "1", "package": "REEL-1"}]),
    event(
        "unitProcessed",
        "stationed",
        3,
        units=["B1", "B1-B"],
        run={"id": "RUN-S", "station": "S1"},
        firstSequence=1,
    ),
    event("unitCompleted", "done", 3, units=["B1", "B1-B"], run="RUN-1"),
    event("tested", "tests", 3, units=["B1", "B1-B"], result="passed"),
    event("unitCreated", "others", 2, units=["ZC-1", "ZC-2", "ZC-3"], customer="railway"),
    event(
        "assembledInto", "took", 4, links=[{"unit": each, "into": "B1"} for each in ("ZC-1", "B2", "ZC-2")]
    ),
    event("removed", "gave", 5, unit="B1", part="ZC-1"),
    event("removed", "gave back", 5, unit="B1", part="B2"),
    event("shipped", "ships", 6, units=["B1", "B1-B"], shipment="S-1"),
    event("removed", "taken", 7, unit="B1", package="REEL-1"),
    event("consumed", "waits", 7, unit="B1", package="NOBODY", quantity=1),
    event("assembledInto", "wait", 7, links=[{"unit": "B1", "into": each} for each in ("NO-1", "NO-2")]),
    event("correction", "no", 8, corrects="gave back"),
    event("correction", "no no", 8, corrects="no"),
]


def page_by_page(asker, path, limit):
    rows, cursor = [], None
    while True:
        query = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
        page = asker.get(path, query_string=query).get_json()
        assert len(page["result"]) <= limit
        rows += page["result"]
        cursor = page["paging_metadata"].get("cursor")
        if cursor is None:
            return rows


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_page_loses_what_another_tells(suppliers, quality, auditor, limit):
    send(quality, *RICH)
    path = f"/trace/v1/units/{unit_id(quality, 'B1')}/timeline"

    for asker in (quality, auditor):
        rows = asker.get(path, query_string={"limit": 100}).get_json()["result"]

        assert page_by_page(asker, path, limit) == rows


def test_a_unit_with_several_numbers_of_a_range_is_used_for_once(suppliers, quality, auditor):
    send(quality, *RICH)

    for asker in (quality, auditor):
        rows = timeline(asker, quality, "B1")

        used = sorted(
            (row["basis"], row["happenedAt"], row["onPanel"]) for row in rows if row["kind"] == "used"
        )
        assert used == [("machine", at(2), False), ("machine", at(3), False), ("setup", at(3), False)]
        passed = [row["other"]["name"] for row in rows if row["kind"] == "passed"]
        assert sorted(passed) == ["RUN-1"] * 5 + ["RUN-S"] * 2  # once with its panel


def of_kinds(rows, *kinds):
    return [
        (row["kind"], row["happenedAt"], row["other"] and row["other"]["name"], row["onPanel"])
        for row in rows
        if row["kind"] in kinds
    ]


def out(rows):
    return [
        (
            row["kind"],
            row["happenedAt"],
            row["other"] and row["other"]["name"],
            row["inside"] and row["inside"]["name"],
        )
        for row in rows
        if row["kind"] in {"shipped", "returned"}
    ]


def packed(number, day, hour, *links, relation="packedIn"):
    return event(
        "assembledInto",
        number,
        day,
        hour,
        links=[{"unit": unit, "into": into, "relation": relation} for unit, into in links],
    )


BOX, PALLET = {"container": "BOX"}, {"container": "PALLET"}
LEFT_INSIDE = [
    event("unitCreated", "boards", 2, units=["B1"], kind="board"),
    event("unitCreated", "pumps", 2, units=["P1"], kind="product", customer="meditec"),
    packed("assembly", 3, 6, ("B1", "P1"), relation="partOf"),
    packed("packing", 3, 7, ("P1", BOX), (BOX, PALLET)),
    event("shipped", "ships", 3, 8, units=[PALLET], shipment="S-1", customer="meditec"),
    event("returned", "box back", 3, 9, units=[BOX]),
    event("shipped", "ships again", 3, 10, units=[BOX], shipment="S-2"),
    event("returned", "pump back", 3, 11, units=["P1"], reason="dark"),
    event("returned", "pallet back", 3, 12, units=[PALLET]),
]


def test_what_left_inside_of_something_left_and_came_back_with_it(suppliers, quality, auditor):
    send(quality, *LEFT_INSIDE)
    of_pump = [
        ("shipped", at(3, 8), "S-1", "PALLET"),
        ("returned", at(3, 9), None, "BOX"),
        ("shipped", at(3, 10), "S-2", "BOX"),
        ("returned", at(3, 11), None, None),
    ]

    assert out(timeline(quality, quality, "P1")) == of_pump
    assert out(timeline(quality, quality, "B1")) == [*of_pump[:3], ("returned", at(3, 11), None, "P1")]
    hidden = [(kind, when, name, None) for kind, when, name, _ in of_pump]
    assert out(timeline(auditor, quality, "P1")) == hidden
    assert out(timeline(auditor, quality, "B1")) == [*hidden[:3], ("returned", at(3, 11), None, "P1")]
    assert out(timeline(quality, quality, "P1", asOf=at(3, 8))) == of_pump[:1]
    path = f"/trace/v1/units/{unit_id(quality, 'B1')}/timeline"
    for asker in (quality, auditor):
        assert page_by_page(asker, path, 1) == timeline(asker, quality, "B1")


def test_what_was_put_into_what_had_left_has_left_since_then_and_once(suppliers, quality):
    send(
        quality,
        event("unitCreated", "pumps", 2, units=["P1"], kind="product"),
        event("shipped", "ships", 3, 6, units=[BOX], shipment="S-1"),
        packed("late", 3, 7, ("P1", BOX)),
        event("removed", "out", 3, 8, unit="P1", part="P1"),
        packed("again", 3, 9, ("P1", BOX)),
    )

    assert out(timeline(quality, quality, "P1")) == [("shipped", at(3, 7), "S-1", "BOX")]


def test_a_product_of_others_leaves_without_a_customers_auditor(suppliers, quality, auditor):
    send(
        quality,
        event("unitCreated", "boards", 2, units=["B1"], kind="board", customer="meditec"),
        event("unitCreated", "pumps", 2, units=["ZC-P2"], kind="product", customer="railway"),
        packed("assembly", 3, 6, ("B1", "ZC-P2"), relation="partOf"),
        event("shipped", "ships", 3, 8, units=["ZC-P2"], shipment="ZC-S"),
        event("returned", "back", 3, 9, units=["ZC-P2"]),
    )

    assert out(timeline(quality, quality, "B1")) == [
        ("shipped", at(3, 8), "ZC-S", "ZC-P2"),
        ("returned", at(3, 9), None, "ZC-P2"),
    ]
    assert out(timeline(auditor, quality, "B1")) == []


ON_PANEL = [
    event("packageCreated", "reel", 1, package="REEL-1", lots=[BOLT]),
    event("unitCreated", "panel", 2, units=["PANEL"], kind="panel"),
    event("unitCreated", "boards", 2, units=["B1", "B2"], kind="board", customer="meditec"),
    packed("on panel", 2, 7, ("B1", "PANEL"), ("B2", "PANEL"), relation="panelOf"),
    event("unitProcessed", "pass", 2, 8, units=["PANEL", "B2"], run="RUN-1", firstSequence=5),
    event("consumed", "use", 2, 9, unit="PANEL", package="REEL-1", designators=["C1"], quantity=2),
    event("removed", "rework", 2, 10, unit="PANEL", package="REEL-1", designators=["C1"], reason="cracked"),
    event("removed", "found nothing", 2, 11, unit="PANEL", package="REEL-1", designators=["C9"]),
    event("removed", "cut", 2, 12, unit="PANEL", part="B1"),
    event("unitCompleted", "done", 2, 13, units=["PANEL"], run="RUN-1"),
    event("unitProcessed", "later pass", 2, 14, units=["PANEL"], run="RUN-2", firstSequence=1),
    event("unitCompleted", "later done", 2, 15, units=["PANEL"], run="RUN-2"),
]


def test_what_happened_to_a_panel_is_told_of_its_boards(suppliers, quality, auditor):
    send(quality, *ON_PANEL)
    kinds = ("passed", "used", "removed", "completed")
    of_board = [
        ("passed", at(2, 8), "RUN-1", True),
        ("used", at(2, 9), "REEL-1", True),
        ("removed", at(2, 10), "REEL-1", True),
        ("completed", at(2, 13), "RUN-1", True),
    ]
    later = [("passed", at(2, 14), "RUN-2", True), ("completed", at(2, 15), "RUN-2", True)]

    for asker in (quality, auditor):
        assert of_kinds(timeline(asker, quality, "B1"), *kinds) == of_board
        of_other = of_kinds(timeline(asker, quality, "B2"), *kinds)
        assert of_other == [of_board[0], ("passed", at(2, 8), "RUN-1", False), *of_board[1:], *later]
        path = f"/trace/v1/units/{unit_id(quality, 'B2')}/timeline"
        assert page_by_page(asker, path, 1) == timeline(asker, quality, "B2")
    (rework,) = (row for row in timeline(auditor, quality, "B1") if row["kind"] == "removed")
    assert (rework["reason"], rework["quantity"], rework["event"]) == (None, None, None)


def test_a_correction_about_a_panel_is_told_of_the_boards_that_were_on_it(suppliers, quality):
    send(
        quality,
        *ON_PANEL,
        event("correction", "no rework", 3, corrects="rework"),
        event("correction", "no later pass", 3, corrects="later pass"),
    )

    def corrections(serial):
        return [row["corrects"] for row in timeline(quality, quality, serial) if row["kind"] == "corrected"]

    assert corrections("B1") == ["rework"]
    assert sorted(corrections("B2")) == ["later pass", "rework"]
    assert of_kinds(timeline(quality, quality, "B1"), "removed") == []


def test_what_a_panel_passed_that_carried_a_board_twice_is_told_once(suppliers, quality):
    station = {"id": "RUN-1", "station": "S1"}
    send(
        quality,
        *ON_PANEL[1:4],
        event("unitProcessed", "both", 2, 8, units=["PANEL", "B1"], run=station, firstSequence=1),
        event("removed", "cut", 2, 9, unit="PANEL", part="B1"),
        packed("back on it", 2, 10, ("B1", "PANEL"), relation="panelOf"),
        event("unitProcessed", "again", 2, 11, units=["PANEL"], run="RUN-2", firstSequence=1),
    )

    rows = of_kinds(timeline(quality, quality, "B1"), "passed")

    assert rows == [
        ("passed", at(2, 8), "RUN-1", True),
        ("passed", at(2, 8), "RUN-1", False),
        ("passed", at(2, 11), "RUN-2", True),
    ]
