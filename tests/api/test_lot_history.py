"""The page of a lot names what came back of it, and where its label went on with another reel."""

import re

import pytest
from page_visitor import visit, words_of

from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.services import access, parties
from aas_registry.services.genealogy.lot_history import lot_history


def at(day, hour=6):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, day, hour=6, **members):
    return {"type": event_type, "id": number, "happenedAt": at(day, hour), **members}


def reel(package, code):
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code}]
    return event("packageCreated", package, 1, package=package, lots=lots)


def passing(number, hour, *units):
    run, first = {"id": "RUN-1"}, int(units[0][1:])
    return event(
        "unitCreated", number, 2, hour, units=list(units), run=run, firstSequence=first, customer="meditec"
    )


PLANT = [
    reel("REEL-1", "L-1"),
    reel("REEL-2", "L-2"),
    passing("first", 7, "B1", "B2", "B3"),
    passing("zone", 9, "B4", "B5"),
    passing("last", 11, "B6"),
    event(
        "feed", "feeds", 2, 12, run="RUN-1", feeds=[{"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 9}]
    ),
    event(
        "merged",
        "splice",
        2,
        8,
        packages=[{"package": "REEL-2"}],
        into="REEL-1",
        how="splice",
        zone={"run": "RUN-1", "sequenceTo": 5},
    ),
    event("shipped", "out", 4, units=["B1", "B2", "B6"], shipment="S-9"),
    event("returned", "back", 6, units=["B1", "B6"], reason="short circuit"),
    event("shipped", "out again", 8, units=["B1"], shipment="S-10"),
]


@pytest.fixture
def plant(suppliers, asker):
    answer = asker("production").post("/trace/v1/events", json=PLANT)
    assert [each for each in answer.get_json()["result"] if each["state"] != "accepted"] == []


def lot_page(app, registry, asker, code, *who, query=""):
    lot = asker.get(f"/trace/v1/lots?code={code}").get_json()["result"][0]["id"]
    answer = visit(app, registry, *who).get(f"/lots/{lot}{query}")
    assert answer.status_code == 200
    return words_of(answer)


def test_a_lot_names_what_came_back_and_where_it_is_now(plant, app, registry, quality):
    words = lot_page(app, registry, quality, "L-1", "quality")

    assert "1 product that holds this lot, or may hold it, came back." in words
    assert "short circuit left again with S-10" in words
    assert "short circuit in the plant" in lot_page(app, registry, quality, "L-2", "quality")
    before = lot_page(app, registry, quality, "L-1", "quality", query="?asOf=2026-03-07T00:00")
    assert "short circuit in the plant" in before
    assert "came back" not in lot_page(
        app, registry, quality, "L-1", "quality", query="?asOf=2026-03-05T00:00"
    )


def test_a_spliced_label_shows_its_zone(plant, app, registry, quality):
    old, new = (lot_page(app, registry, quality, code, "quality") for code in ("L-1", "L-2"))

    assert "REEL-1 before the splice exact the beginning" in old
    assert "within the zone possible" in old
    assert "after the zone" not in old.split("Label Where")[1].split("Where it went")[0]
    assert "within the zone possible" in new
    assert "after the zone exact" in new
    counts = {
        place: [
            line.split()[-1]
            for line in (old + new).replace("REEL-1 ", "\n").splitlines()
            if place in line[:16]
        ]
        for place in ("before the", "within the", "after the")
    }
    assert {place: len(found) for place, found in counts.items()} == {
        "before the": 1,
        "within the": 2,
        "after the": 1,
    }


def spans(app, registry, asker, code, query=""):
    """Return the rows of the table of spliced labels: place, how sure, units."""
    return [
        (place, sure, int(units)) for place, sure, _, units in stretches(app, registry, asker, code, query)
    ]


def stretches(app, registry, asker, code, query=""):
    """Return the rows of the table of spliced labels: place, how sure, until when, units."""
    lot = asker.get(f"/trace/v1/lots?code={code}").get_json()["result"][0]["id"]
    text = visit(app, registry, "quality").get(f"/lots/{lot}{query}").text
    if 'id="spliced"' not in text:
        return []
    table = text.split('id="spliced"')[1].split("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("<tr>")[2:]]
    told = [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in rows]
    return [(place, sure, ends, units) for _, place, sure, _, ends, units in told]


def splice(number, hour, new="REEL-2", **members):
    joined = {"packages": [{"package": new}], "into": "REEL-1", "how": "splice"}
    return event("merged", number, 2, hour, **joined, **members)


UNTIL_TEN = {"zone": {"until": at(2, 10)}}


@pytest.fixture
def tell(suppliers, asker):
    def send(*events):
        answer = asker("production").post("/trace/v1/events", json=list(events))
        assert [each for each in answer.get_json()["result"] if each["state"] != "accepted"] == []

    return send


def made(*units, **members):
    return event("unitCreated", f"made {units}", 1, units=list(units), **{"firstSequence": 1, **members})


def use(unit, hour, **members):
    return event("consumed", f"use {unit} {hour}", 2, hour, unit=unit, package="REEL-1", **members)


REELS = [reel("REEL-1", "L-1"), reel("REEL-2", "L-2"), reel("REEL-3", "L-3")]


def test_a_unit_that_passed_again_is_counted_where_it_passed_first(plant, tell, app, registry, quality):
    tell(event("unitProcessed", "again", 2, 9, units=["B3"], run="RUN-1", firstSequence=3))

    assert spans(app, registry, quality, "L-1") == [
        ("before the splice", "exact", 3),
        ("within the zone", "possible", 2),
    ]


def test_a_label_of_two_lots_is_told_before_its_splice_and_within(tell, app, registry, quality):
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code} for code in ("L-1", "L-9")]
    both = event("packageCreated", "both", 1, package="REEL-1", lots=lots)
    uses = [use("B1", 7), use("B2", 9), use("B3", 11)]
    tell(both, REELS[1], made("B1", "B2", "B3"), splice("s", 8, **UNTIL_TEN), *uses)

    assert spans(app, registry, quality, "L-1") == [
        ("before the splice", "possible", 1),
        ("within the zone", "possible", 1),
    ]


def test_where_both_reels_are_of_one_lot_each_stretch_is_exact(tell, app, registry, quality):
    uses = [use("B1", 7), use("B2", 9), use("B3", 11)]
    tell(REELS[0], reel("REEL-2", "L-1"), made("B1", "B2", "B3"), splice("s", 8, **UNTIL_TEN), *uses)

    assert spans(app, registry, quality, "L-1") == [
        ("before the splice", "exact", 1),
        ("within the zone", "exact", 1),
        ("after the zone", "exact", 1),
    ]


def test_a_lot_between_two_splices(tell, app, registry, quality):
    second = splice("t", 12, "REEL-3", zone={"until": at(2, 13)})
    uses = [use("B1", 9), use("B2", 11), use("B3", 12)]
    tell(*REELS, made("B1", "B2", "B3"), splice("s", 8, **UNTIL_TEN), second, *uses)

    assert spans(app, registry, quality, "L-2") == [
        ("within the zone", "possible", 1),
        ("between two zones", "exact", 1),
        ("within the zone", "possible", 1),
    ]
    assert spans(app, registry, quality, "L-2", query=f"?asOf={at(2, 11)[:16]}") == [
        ("within the zone", "possible", 1),
        ("after the zone", "exact", 1),
    ]


def test_what_flows_into_a_label_later_does_not_end_its_zone_before(tell, app, registry, quality, clock):
    def told(query=""):
        return [(place, ends) for place, _, ends, _ in stretches(app, registry, quality, "L-1", query)]

    tell(*REELS, made("B1"), splice("s1", 8), use("B1", 9))
    before = told()
    assert [place for place, _ in before] == ["before the splice", "within the zone"]
    clock.advance(minutes=1)
    then = clock.now.isoformat()[:16]
    clock.advance(minutes=1)

    tell(splice("s2", 12, new="REEL-3"))

    assert told(f"?asOf={at(2, 10)[:16]}") == told(f"?recordedAsOf={then}") == before
    assert told(f"?asOf={at(2, 13)[:16]}") == told() != before


def test_boards_are_counted_and_their_panel_is_not(tell, app, registry, quality):
    on_it = [{"unit": f"B{n}", "into": "PANEL", "relation": "panelOf"} for n in (1, 2)]
    panel = [made("PANEL", kind="panel"), made("B1", "B2"), event("assembledInto", "on", 1, 7, links=on_it)]
    tell(*REELS, *panel, splice("s", 8, **UNTIL_TEN), use("PANEL", 9))

    assert spans(app, registry, quality, "L-2")[0] == ("within the zone", "possible", 2)


def test_what_set_ups_put_in_counts_and_what_was_taken_out_does_not(tell, app, registry, quality):
    station = {"station": "ST-1", "slots": [{"slot": "F1", "package": "REEL-1"}]}
    passed = [
        event(
            "unitProcessed",
            f"pass {unit}",
            2,
            hour,
            units=[unit],
            run={"id": "R", "station": "ST-1"},
            firstSequence=1,
        )
        for unit, hour in (("B1", 7), ("B2", 9), ("B3", 9))
    ]
    gone = event("removed", "out", 3, unit="B3", package="REEL-1")
    tell(
        *REELS,
        made("B1", "B2", "B3"),
        event("setUp", "set up", 2, 6, **station),
        splice("s", 8, **UNTIL_TEN),
        *passed,
        gone,
    )

    assert spans(app, registry, quality, "L-1") == [
        ("before the splice", "exact", 1),
        ("within the zone", "possible", 1),
    ]


def test_of_several_numbers_of_a_range_a_unit_uses_the_grey_zone_once(tell, app, registry, quality):
    feeds = [{"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 9, "quantityPerUnit": 1}]
    passed = [
        event("unitProcessed", f"pass {number}", 2, hour, units=[unit], run="RUN", firstSequence=number)
        for number, unit, hour in ((1, "B1", 9), (2, "B1", 10), (3, "B2", 11), (4, "B3", 12))
    ]
    fed = event("feed", "feeds", 2, 13, run="RUN", feeds=feeds)
    tell(*REELS, made("B1", "B2", "B3"), splice("s", 8, greyZone=2), *passed, fed)

    assert spans(app, registry, quality, "L-2") == [
        ("within the zone", "possible", 2),
        ("after the zone", "exact", 1),
    ]


def test_a_third_reel_is_not_sure_before_its_zone_is_over_though_nobody_knows_the_second(
    tell, app, registry, asker, quality
):
    waits = splice("s", 8, **UNTIL_TEN)
    assert asker("production").post("/trace/v1/events", json=waits).get_json()["result"][0]["waitsFor"]
    second = splice("t", 12, "REEL-3", zone={"until": at(2, 13)})
    tell(REELS[0], REELS[2], made("B1", "B2"), second, use("B1", 12), use("B2", 14))

    assert spans(app, registry, quality, "L-3") == [
        ("within the zone", "possible", 1),
        ("after the zone", "exact", 1),
    ]
    asked = {"package": "REEL-3", "level": "board"}
    rows = quality.get("/trace/v1/where-used", query_string=asked).get_json()["result"]
    assert {row["serial"]: row["certainty"] for row in rows} == {"B1": "possible", "B2": "exact"}


@pytest.mark.parametrize("customer", ["meditec", "railway"])
def test_no_auditor_is_told_of_spliced_labels_that_count_the_units_of_everybody(
    plant, registry, quality, customer
):
    """No auditor has the page; what it is made of keeps to that all the same."""
    administrator = access.local_administrator(registry)
    known = {each.code: each.id for each in parties.list_parties(registry, administrator, PageRequest(10))}
    role, site = Role.CUSTOMER_AUDITOR, administrator.site
    auditor = Principal(name="auditor", role=role, site=site, party=known[customer])
    (lot,) = quality.get("/trace/v1/lots?code=L-1").get_json()["result"]

    told = lot_history(registry, auditor, lot["id"])

    assert told.spans == []
    assert {unit.names[0].value for unit, *_ in told.returned} == ({"B1"} if customer == "meditec" else set())
