"""The page of a lot names what came back of it, and where its label went on with another reel."""

import pytest
from page_visitor import visit, words_of


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
