"""Boards that left by themselves, and in what is nobody's: their shipments are lost from no answer."""

import pytest
from page_visitor import visit, words_of

LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}
NOW = "2026-03-10T20:00:00Z"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-10T{hour:02}:00:00+00:00", **members}


def into(number, hour, unit, parent, relation="partOf"):
    return event("assembledInto", number, hour, links=[{"unit": unit, "into": parent, "relation": relation}])


def left(number, hour, unit, shipment, customer="meditec"):
    return event("shipped", number, hour, units=[unit], shipment=shipment, customer=customer)


def back(number, hour, unit):
    return event("returned", number, hour, units=[unit])


def made(board="meditec", pump="railway"):
    for_whom = {"customer": board} if board else {}
    return [
        event("packageCreated", "reel", 1, package="REEL", lots=[LOT]),
        event("unitCreated", "board", 1, units=["BRD-1"], kind="board", **for_whom),
        event("unitCreated", "pump", 1, units=["PUMP-1"], **({"customer": pump} if pump else {})),
        event("consumed", "used", 2, unit="BRD-1", package="REEL"),
    ]


@pytest.fixture
def ask(suppliers, asker):
    """Return a function that asks with what the lot left, as somebody, after some events."""

    def told(events, role="quality", party=None, *, level="shipment", **query):
        answer = asker("production").post("/trace/v1/events", json=events).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "duplicate"}, answer
        client = asker(role, party)
        (lot,) = asker("quality").get("/trace/v1/lots", query_string={"code": "L-1"}).get_json()["result"]
        where = f"/trace/v1/lots/{lot['id']}/where-used"
        found = client.get(where, query_string={"level": level, "asOf": NOW, **query}).get_json()
        if level == "customer":
            return [(each["customer"], each["certainty"]) for each in found["result"]]
        return [(each["serial"], each["shipment"]["id"]) for each in found["result"]]

    return told


BUILT_IN_LATER = [*made(), left("spare", 9, "BRD-1", "S-1"), into("built in", 11, "BRD-1", "PUMP-1")]
CAME_BACK = [*BUILT_IN_LATER, back("back", 10, "BRD-1")]
AUDITOR = ("customer_auditor", "meditec")


def test_what_ever_left_counts_the_board_that_came_back_and_was_built_into_a_product(ask):
    assert ask(CAME_BACK, ever="true") == [("BRD-1", "S-1")]
    assert ask(CAME_BACK) == []
    assert ask(CAME_BACK, ever="true", customer="meditec") == [("BRD-1", "S-1")]
    assert ask(CAME_BACK, *AUDITOR, ever="true") == [("BRD-1", "S-1")]


def test_what_ever_left_counts_the_product_too(ask):
    events = [*CAME_BACK, left("pump left", 12, "PUMP-1", "S-2", "railway")]

    assert ask(events, ever="true") == [("BRD-1", "S-1"), ("PUMP-1", "S-2")]
    assert ask(events) == [("PUMP-1", "S-2")]
    assert ask(events, level="customer") == [("railway", "exact")]


def test_a_board_that_left_and_was_built_in_since_is_with_its_own_shipment(ask, asker):
    assert ask(BUILT_IN_LATER) == [("BRD-1", "S-1")]
    assert ask(BUILT_IN_LATER, ever="true") == [("BRD-1", "S-1")]
    assert shipments_of_unit(asker("quality"), "BRD-1") == ["S-1"]


def test_it_is_with_the_products_once_that_left_with_it(ask, asker):
    events = [*BUILT_IN_LATER, left("pump left", 12, "PUMP-1", "S-2", "railway")]

    assert ask(events) == [("PUMP-1", "S-2")]
    assert ask(events, ever="true") == [("BRD-1", "S-1"), ("PUMP-1", "S-2")]
    assert shipments_of_unit(asker("quality"), "BRD-1") == ["S-2"]
    came_back = [*events, back("pump back", 13, "PUMP-1")]
    assert ask(came_back) == []
    assert shipments_of_unit(asker("quality"), "BRD-1") == []


def test_a_product_that_left_before_the_spare_part_came_into_it_is_told_beside_it(ask):
    events = [*BUILT_IN_LATER, left("pump left", 10, "PUMP-1", "S-2", "railway")]

    assert ask(events) == [("BRD-1", "S-1"), ("PUMP-1", "S-2")]


def test_what_is_narrowed_has_no_row_more(ask):
    events = [*CAME_BACK, left("pump left", 12, "PUMP-1", "S-2", "railway")]

    narrowed = ask(events, ever="true", customer="meditec")
    assert set(narrowed) <= set(ask(events, ever="true"))
    assert narrowed == [("BRD-1", "S-1")]


@pytest.mark.parametrize("relation", ["partOf", "packedIn"])
def test_a_board_in_what_is_nobodys_left_with_that(relation, ask, asker, app, registry):
    parent = "PUMP-1" if relation == "partOf" else {"container": "CRT-1"}
    events = [*made(pump=None), into("in", 3, "BRD-1", parent, relation), left("sent", 4, parent, "S-1")]

    assert ask(events, *AUDITOR) == [("BRD-1", "S-1")]
    assert ask(events, *AUDITOR, ever="true") == [("BRD-1", "S-1")]
    auditor = asker(*AUDITOR)
    assert shipments_of_unit(auditor, "BRD-1") == ["S-1"]
    visitor = visit(app, registry, *AUDITOR)
    page = words_of(visitor.get(visitor.get("/search", query_string={"q": "S-1"}).location))
    assert "BRD-1" in page
    assert "PUMP-1" not in page


def test_a_board_in_a_module_that_another_customers_product_left_with_did_not_leave(ask, asker):
    made_of_nobody = [*made(pump=None), into("in", 3, "BRD-1", "PUMP-1")]
    others = [
        event("unitCreated", "other", 1, units=["ZC-1"], customer="railway"),
        into("module", 4, "PUMP-1", "ZC-1"),
        left("other left", 5, "ZC-1", "S-9", "railway"),
    ]

    events = [*made_of_nobody, *others]
    assert ask(events) == [("ZC-1", "S-9")]
    assert ask(events, *AUDITOR) == []
    assert ask(events, *AUDITOR, ever="true") == []
    assert shipments_of_unit(asker(*AUDITOR), "BRD-1") == []


def test_the_chain_of_a_board_that_left_by_itself_ends_with_its_shipment(ask, asker):
    ask(CAME_BACK)
    (lot,) = asker("quality").get("/trace/v1/lots", query_string={"code": "L-1"}).get_json()["result"]
    query = {"level": "shipment", "ever": "true", "explain": "true", "asOf": NOW}
    found = asker("quality").get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=query).get_json()

    (row,) = found["result"]
    assert row["why"]["steps"][-1]["fact"] == "shipped"
    assert "BRD-1" in str(row["why"]["steps"][-1])


def test_it_does_not_matter_which_was_recorded_first(ask):
    pump_left = [left("pump left", 12, "PUMP-1", "S-2", "railway"), back("pump back", 13, "PUMP-1")]

    ask(pump_left[1:] + made())
    ask([into("built in", 11, "BRD-1", "PUMP-1"), *pump_left])
    assert ask([left("spare", 9, "BRD-1", "S-1")]) == []


def shipments_of_unit(client, serial):
    (unit,) = client.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
    detail = client.get(f"/trace/v1/units/{unit['id']}", query_string={"asOf": NOW}).get_json()
    return [each["shipment"] for each in detail["shipped"]]


def test_what_left_in_a_product_is_by_itself_only_since_it_was_taken_out(ask):
    """[8.3, 9.3] As of a time before that, it left with the product alone."""
    whole = [*made(), into("in", 3, "BRD-1", "PUMP-1"), left("sent", 5, "PUMP-1", "S-1")]
    ask([*whole, event("removed", "out", 9, unit="PUMP-1", part="BRD-1")])

    told = {hour: ask([], ever="true", asOf=f"2026-03-10T{hour:02}:00:00Z") for hour in (4, 7, 9)}

    assert told == {4: [], 7: [("PUMP-1", "S-1")], 9: [("BRD-1", "S-1"), ("PUMP-1", "S-1")]}
