"""Why what ever held material is there: the chain as it was then, with what ended of it, and by which event.

Board B1 was given material of REEL-1 by hand, was part of P1, and left in it with S-1, in a box; that came
back, B1 was taken out of P1 and put into P2, and then the material was taken out of B1. Board B2 was
given the same, which was taken out before B2 became part of P3.
"""

import pytest


def at(day, hour=6):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, day, hour=6, **members):
    return {"type": event_type, "id": number, "happenedAt": at(day, hour), **members}


def put(number, unit, into, day, relation="partOf"):
    links = [{"unit": unit, "into": into, "relation": relation}]
    return event("assembledInto", number, day, links=links)


def use(number, unit, day, *designators):
    return event("consumed", number, day, unit=unit, package="REEL-1", designators=list(designators))


BOX = {"container": "BOX"}
LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}
STORY = [
    event("packageCreated", "reel", 1, package="REEL-1", lots=[LOT]),
    event("unitCreated", "boards", 2, units=["B1", "B2"], customer="meditec"),
    event("unitCreated", "products", 2, units=["P1", "P2", "P3"], kind="product", customer="meditec"),
    use("given", "B1", 3, "R1"),
    use("given, too", "B2", 3, "R1"),
    event("removed", "out of B2", 4, unit="B2", package="REEL-1"),
    put("into P1", "B1", "P1", 4),
    put("into P3", "B2", "P3", 5),
    put("packing", "P1", BOX, 5, "packedIn"),
    event("shipped", "sent", 6, units=[BOX], shipment="S-1", customer="meditec"),
    event("returned", "back", 8, units=["P1"]),
    event("removed", "out of P1", 9, unit="P1", part="B1"),
    put("into P2", "B1", "P2", 10),
    event("removed", "out of B1", 11, unit="B1", designators=["R1"]),
]


@pytest.fixture
def story(suppliers, asker):
    answer = asker("production").post("/trace/v1/events", json=STORY)
    assert [each for each in answer.get_json()["result"] if each["state"] != "accepted"] == []


def explained(asker, quality, **query):
    """Return why each row of where-used is there: statements, and of those that ended when and by what."""
    lot = quality.get("/trace/v1/lots?code=L-1").get_json()["result"][0]["id"]
    asked = {"ever": "true", "explain": "true", **query}
    answer = asker.get(f"/trace/v1/lots/{lot}/where-used", query_string=asked)
    assert answer.status_code == 200, answer.get_json()
    rows = answer.get_json()["result"]
    assert all(row["why"]["certainty"] == row["certainty"] for row in rows)
    return {row["serial"]: told(row) for row in rows}


def told(row):
    return [
        (
            step["fact"],
            step["into"]["name"],
            step["event"],
            step["endedAt"] and step["endedAt"][:10],
            step["endedBy"],
        )
        for step in row["why"]["steps"]
    ]


HOLDS = ("holds", "REEL-1", "reel", None, None)
USED = ("used", "B1", "given", "2026-03-11", "out of B1")


def test_a_use_that_was_taken_out_says_when_and_by_which_event(story, quality) -> None:
    assert explained(quality, quality, level="board") == {
        "B1": [HOLDS, USED],
        "B2": [HOLDS, ("used", "B2", "given, too", "2026-03-04", "out of B2")],
    }
    assert explained(quality, quality, level="board", ever="false") == {}


def test_what_a_board_was_part_of_while_it_held_it_is_told_with_its_end(story, quality) -> None:
    rows = explained(quality, quality, level="product")

    assert rows["P1"] == [HOLDS, USED, ("partOf", "P1", "into P1", "2026-03-09", "out of P1")]
    assert rows["P2"] == [HOLDS, USED, ("partOf", "P2", "into P2", None, None)]
    assert rows.keys() == {"P1", "P2", "B2"}  # B2 held it while it was part of nothing


def test_a_shipment_that_came_back_says_by_which_event(story, quality) -> None:
    (_, _, part, packed, sent) = explained(quality, quality, level="shipment")["P1"]

    assert part == ("partOf", "P1", "into P1", "2026-03-09", "out of P1")
    assert packed == ("packedIn", "BOX", "packing", "2026-03-08", "back")
    assert sent == ("shipped", "S-1", "sent", None, None)  # the box has not come back


def test_as_of_a_time_at_which_nothing_had_ended_nothing_has(story, quality) -> None:
    rows = explained(quality, quality, level="product", asOf=at(7))

    assert rows["P1"] == [HOLDS, ("used", "B1", "given", None, None), ("partOf", "P1", "into P1", None, None)]


def test_a_customers_auditor_is_told_when_it_ended_without_events(story, quality, asker) -> None:
    auditor = asker("customer_auditor", "meditec")
    rows = explained(auditor, quality, level="product")

    assert rows["P1"][1:] == [
        ("used", "B1", None, "2026-03-11", None),
        ("partOf", "P1", None, "2026-03-09", None),
    ]


def test_what_was_in_a_unit_is_explained_as_it_was_then(story, quality) -> None:
    found = quality.get("/trace/v1/units", query_string={"serial": "P1"}).get_json()["result"]
    path = f"/trace/v1/units/{found[0]['id']}/contents"

    (row,) = quality.get(f"{path}?ever=true&explain=true").get_json()["result"]

    assert told(row) == [HOLDS, USED, ("partOf", "P1", "into P1", "2026-03-09", "out of P1")]
    assert quality.get(f"{path}?explain=true").get_json()["result"] == []


def test_of_two_uses_the_one_is_told_that_was_in_that_product(story, quality, asker) -> None:
    # B1 is given the lot again, possibly, while it is part of nothing: exact is only what it held before.
    again = [
        event("removed", "out of P2", 12, unit="P2", part="B1"),
        {**use("again", "B1", 13, "R2"), "certainty": "possible"},
    ]
    asker("production").post("/trace/v1/events", json=again)

    rows = explained(quality, quality, level="product")

    assert rows["B1"] == [HOLDS, ("used", "B1", "again", None, None)]
    assert rows["P1"][1] == USED
