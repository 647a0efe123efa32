"""Why a row of where-used or contents is there: the chain of statements from the lot to the unit.

REEL-1 holds lot L-1; REEL-1-A was split from it. A panel of two boards was fed REEL-1 by the run
RUN-1; board B1 is in product P1, packed in BOX, which left with S-9. REEL-2, of L-2, was joined to
the running REEL-1-A, whose zone ends with number 4 of RUN-2.
"""

from decimal import Decimal

import pytest


def at(day, hour=6):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, day, hour=6, **members):
    return {"type": event_type, "id": number, "happenedAt": at(day, hour), **members}


def reel(package, *codes, number=None):
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code} for code in codes]
    return event("packageCreated", number or f"made {package}", 1, package=package, lots=lots)


def put(number, unit, into, relation="partOf", day=3, **more):
    return event(
        "assembledInto", number, day, links=[{"unit": unit, "into": into, "relation": relation, **more}]
    )


PLANT = [
    reel("REEL-1", "L-1"),
    reel("REEL-2", "L-2"),
    event("split", "halved", 1, 9, package="REEL-1", into=[{"package": "REEL-1-A", "quantity": 500}]),
    event(
        "unitCreated",
        "panels",
        2,
        units=["PANEL"],
        kind="panel",
        run={"id": "RUN-1", "line": "Line 4"},
        firstSequence=1,
    ),
    event(
        "feed",
        "feeds",
        2,
        run="RUN-1",
        feeds=[
            {
                "package": "REEL-1",
                "sequenceFrom": 1,
                "sequenceTo": 9,
                "designators": ["R1"],
                "slot": "12",
                "quantityPerUnit": 1,
            }
        ],
    ),
    event("unitCreated", "boards", 2, 7, units=["B1", "B2"], kind="board", customer="meditec"),
    put("cut", "B1", "PANEL", "panelOf", day=2, position="1"),
    event("unitCreated", "products", 3, units=["P1"], kind="product", customer="meditec"),
    put("assembly", "B1", "P1", position="left"),
    put("packing", "P1", {"container": "BOX"}, "packedIn", day=5),
    event("shipped", "shipping", 6, units=[{"container": "BOX"}], shipment="S-9", customer="meditec"),
    event("unitCreated", "second run", 4, units=["C1", "C2"], kind="board", run="RUN-2", firstSequence=1),
    event("unitCreated", "second run, later", 4, 12, units=["C3", "C4"], run="RUN-2", firstSequence=3),
    event("unitCreated", "second run, last", 4, 14, units=["C5"], run="RUN-2", firstSequence=5),
    event(
        "feed",
        "more feeds",
        4,
        run="RUN-2",
        feeds=[{"package": "REEL-1-A", "sequenceFrom": 1, "sequenceTo": 9, "basis": "backflush"}],
    ),
    event(
        "consumed",
        "by hand",
        4,
        15,
        unit="C5",
        package="REEL-1-A",
        designators=["R9"],
        quantity=1,
        run="RUN-2",
    ),
    event(
        "merged",
        "splice",
        4,
        11,
        packages=[{"package": "REEL-2"}],
        into="REEL-1-A",
        how="splice",
        zone={"run": "RUN-2", "sequenceTo": 4},
    ),
]


@pytest.fixture
def plant(suppliers, asker):
    answer = asker("production").post("/trace/v1/events", json=PLANT)
    assert [each for each in answer.get_json()["result"] if each["state"] != "accepted"] == []


@pytest.fixture
def auditor(suppliers, asker):
    return asker("customer_auditor", "meditec")


def lot_id(asker, code):
    return asker.get(f"/trace/v1/lots?code={code}").get_json()["result"][0]["id"]


def unit_id(asker, serial):
    return asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"][0]["id"]


def explained(asker, quality, code, serial, **query):
    answer = asker.get(
        f"/trace/v1/lots/{lot_id(quality, code)}/where-used", query_string={"explain": "true", **query}
    )
    assert answer.status_code == 200, answer.get_json()
    row = next(row for row in answer.get_json()["result"] if row["serial"] == serial)
    assert row["why"]["certainty"] == row["certainty"]
    return row["why"]


def in_unit(asker, serial, **query):
    answer = asker.get(
        f"/trace/v1/units/{unit_id(asker, serial)}/contents", query_string={"explain": "true", **query}
    )
    assert answer.status_code == 200, answer.get_json()
    rows = answer.get_json()["result"]
    assert all(row["why"]["certainty"] == row["certainty"] for row in rows)
    return rows


def said(why):
    return [
        (step["fact"], step["from"]["name"], step["into"]["name"], step["certainty"], step["event"])
        for step in why["steps"]
    ]


def test_a_unit_is_explained_from_the_lot_to_the_shipment(plant, quality):
    why = explained(quality, quality, "L-1", "P1", level="shipment")

    assert said(why) == [
        ("holds", "L-1", "REEL-1", "exact", "made REEL-1"),
        ("used", "REEL-1", "RUN-1", "exact", "feeds"),
        ("passed", "RUN-1", "PANEL", "exact", "panels"),
        ("onPanel", "PANEL", "B1", "exact", "cut"),
        ("partOf", "B1", "P1", "exact", "assembly"),
        ("packedIn", "P1", "BOX", "exact", "packing"),
        ("shipped", "BOX", "S-9", "exact", "shipping"),
    ]
    use = why["steps"][1]
    assert (use["basis"], use["slot"], use["designators"]) == ("machine", "12", ["R1"])
    assert (use["sequenceFrom"], use["sequenceTo"], Decimal(use["quantity"])) == (1, 9, 1)
    assert [step["happenedAt"] for step in why["steps"]] == [
        at(1),
        at(2),
        at(2),
        at(2),
        at(3),
        at(5),
        at(6),
    ]
    assert all(step["recordedAt"] > step["happenedAt"] for step in why["steps"])
    assert why["steps"][0]["from"] == {"kind": "lot", "id": lot_id(quality, "L-1"), "name": "L-1"}
    assert why["steps"][4]["into"] == {"kind": "unit", "id": unit_id(quality, "P1"), "name": "P1"}


def test_material_that_was_split_and_spliced_is_explained_by_the_zone(plant, quality):
    before = explained(quality, quality, "L-1", "C1", level="board")
    within = explained(quality, quality, "L-2", "C3", level="board")
    after = explained(quality, quality, "L-2", "C5", level="board")

    assert said(before)[:3] == [
        ("holds", "L-1", "REEL-1", "exact", "made REEL-1"),
        ("split", "REEL-1", "REEL-1-A", "exact", "halved"),
        ("used", "REEL-1-A", "RUN-2", "assumed", "more feeds"),
    ]
    assert before["steps"][2]["basis"] == "backflush"
    assert said(within)[1] == ("splice", "REEL-2", "REEL-1-A", "possible", "splice")
    # Of its two uses the sure one is told: what was put in by hand after the zone.
    assert (after["certainty"], after["uses"]) == ("exact", 2)
    assert said(after) == [
        ("holds", "L-2", "REEL-2", "exact", "made REEL-2"),
        ("splice", "REEL-2", "REEL-1-A", "exact", "splice"),
        ("used", "REEL-1-A", "C5", "exact", "by hand"),
    ]
    assert after["steps"][2]["run"] == "RUN-2"


@pytest.mark.parametrize(("asked", "certainty"), [(["OLD"], "possible"), (["OLD", "NEW"], "exact")])
def test_a_label_that_is_asked_for_is_as_sure_as_its_row_within_the_zone(
    suppliers, quality, asked, certainty
):
    zone = {"how": "splice", "zone": {"until": at(3)}}
    sent = [
        reel("OLD", "L-1"),
        reel("NEW", "L-2"),
        event("unitCreated", "board", 1, units=["B1"]),
        event("merged", "joined", 2, packages=[{"package": "NEW"}], into="OLD", **zone),
        event("consumed", "use", 2, 9, unit="B1", package="OLD"),
    ]
    quality.post("/trace/v1/events", json=sent)

    query = {"package": asked, "level": "board", "explain": "true"}
    (row,) = quality.get("/trace/v1/where-used", query_string=query).get_json()["result"]

    assert (row["certainty"], row["why"]["certainty"]) == (certainty, certainty)
    assert row["why"]["steps"][-1]["certainty"] == certainty


def test_material_of_a_unit_is_explained_up_to_the_unit_that_was_asked_for(plant, quality):
    (row,) = in_unit(quality, "BOX")

    assert [step["fact"] for step in row["why"]["steps"]] == [
        "holds",
        "used",
        "passed",
        "onPanel",
        "partOf",
        "packedIn",
    ]
    assert said(row["why"])[-1] == ("packedIn", "P1", "BOX", "exact", "packing")


def test_a_package_of_which_nobody_said_the_lot_is_explained_from_its_use(plant, quality):
    unnamed = event("packageCreated", "unnamed", 1, package="REEL-9")
    used = event("consumed", "use", 4, unit="B2", package="REEL-9", quantity=1)
    quality.post("/trace/v1/events", json=[unnamed, used])

    (row,) = in_unit(quality, "B2")

    assert said(row["why"]) == [("used", "REEL-9", "B2", "exact", "use")]


def test_of_equal_events_the_one_that_counts_is_named(plant, quality):
    again = [{**each, "id": f"{each['id']} again"} for each in PLANT if each["type"] == "feed"]
    assert {each["state"] for each in quality.post("/trace/v1/events", json=again).get_json()["result"]} == {
        "duplicate"
    }

    first = explained(quality, quality, "L-1", "B1", level="board")
    quality.post("/trace/v1/events", json=event("correction", "no feed", 7, corrects="feeds"))
    then = explained(quality, quality, "L-1", "B1", level="board")

    assert [said(why)[1][-1] for why in (first, then)] == ["feeds", "feeds again"]


def test_as_recorded_before_what_was_said_later_does_not_explain(plant, quality):
    known_at = quality.get(f"/trace/v1/units/{unit_id(quality, 'B1')}").get_json()["recordedAsOf"]
    quality.post("/trace/v1/events", json=event("correction", "no cut", 7, corrects="cut"))
    quality.post("/trace/v1/events", json=put("cut again", "B1", "PANEL", "panelOf", day=2))

    now = explained(quality, quality, "L-1", "B1", level="board")
    then = explained(quality, quality, "L-1", "B1", level="board", recordedAsOf=known_at)

    assert [said(why)[-1][-1] for why in (now, then)] == ["cut again", "cut"]


def test_a_page_is_explained_and_no_more_than_the_setting_at_once(plant, quality, registry):
    path, most = f"/trace/v1/lots/{lot_id(quality, 'L-1')}/where-used", registry.settings.explained_rows

    first = quality.get(path, query_string={"level": "board", "limit": 2, "explain": "true"}).get_json()
    cursor = first["paging_metadata"]["cursor"]
    second = quality.get(
        path, query_string={"level": "board", "limit": 2, "explain": "true", "cursor": cursor}
    ).get_json()

    assert [len(page["result"]) for page in (first, second)] == [2, 2]
    assert all(row["why"]["steps"] for page in (first, second) for row in page["result"])
    assert quality.get(f"{path}?explain=true&limit={most + 1}").status_code == 400
    assert quality.get(f"{path}?limit={most + 1}").status_code == 200
    assert quality.get(f"{path}?explain=true&groupBy=day").status_code == 400
    assert "why" not in quality.get(path).get_json()["result"][0]


def test_a_customers_auditor_is_told_the_way_without_events_panels_and_numbers(plant, quality, auditor):
    why = explained(auditor, quality, "L-1", "P1", level="shipment")

    assert said(why) == [
        ("holds", "L-1", "REEL-1", "exact", None),
        ("used", "REEL-1", "RUN-1", "exact", None),
        ("passed", "RUN-1", "B1", "exact", None),
        ("partOf", "B1", "P1", "exact", None),
        ("shipped", "P1", "S-9", "exact", None),
    ]
    assert {step["sequenceFrom"] for step in why["steps"]} == {None}
    assert [said(row["why"])[-1] for row in in_unit(auditor, "P1")] == [("partOf", "B1", "P1", "exact", None)]
