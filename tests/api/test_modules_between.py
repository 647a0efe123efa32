"""What does not fit, or is dated ahead, of what stands between a board and what it is asked for."""

import pytest


def at(hour, day=1):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, day=1, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour, day), **members}


LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "L1"}
AHEAD = 30

# A board in a module in a product, of which everything was reported; and another product.
PLANT = [
    event("packageCreated", "reel", 1, package="K1", lots=[LOT]),
    event("unitCreated", "board", 1, units=["B"]),
    event("unitCreated", "module", 1, units=["M"], kind="assembly"),
    event("unitCreated", "products", 1, units=["P", "Q"], kind="product", customer="meditec"),
    event("unitProcessed", "passed", 2, units=["B"], run="SMT", firstSequence=1),
    event("consumed", "used", 2, unit="B", package="K1"),
    event("unitCompleted", "done", 3, units=["B"], run="SMT"),
    event("assembledInto", "built", 4, links=[{"unit": "B", "into": "M"}, {"unit": "M", "into": "P"}]),
]
BOX = {"container": "BOX"}
PACKED = event("assembledInto", "packed", 5, links=[{"unit": "P", "into": BOX, "relation": "packedIn"}])


@pytest.fixture
def headline(suppliers, asker):
    mes = asker("production")

    def told(*events, customer=None, **query):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted"}, answer
        who = asker("quality") if customer is None else asker("customer_auditor", customer)
        (lot,) = asker("quality").get("/trace/v1/lots?code=L1").get_json()["result"]
        answer = who.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=query)
        return answer.get_json()["headline"]

    return told


@pytest.mark.parametrize("module", [{}, {"customer": "railway"}])
def test_a_board_of_theirs_was_part_of_their_product_by_a_module_that_is_not(headline, asker, module):
    """[11] Also once the module was taken out of it; with the chain that leads there."""
    own = event("unitCreated", "own", 1, units=["B"], customer="meditec")
    left = event("shipped", "left", 5, units=["P"], shipment="S1", customer="meditec")
    whose = event("unitCreated", "whose", 1, units=["M"], **module)
    headline(*PLANT, own, whose, left, event("removed", "out", 6, unit="P", part="M"))
    auditor = asker("customer_auditor", "meditec")
    (lot,) = asker("quality").get("/trace/v1/lots?code=L1").get_json()["result"]

    def told(**query):
        asked = {"lot": lot["id"], "explain": "true", **query}
        rows = auditor.get("/trace/v1/where-used", query_string=asked).get_json()["result"]
        assert all(row["why"]["steps"] for row in rows)
        return {row["serial"] for row in rows}

    assert told(level="product", ever="true") == {"P", "B"}
    assert "P" in told(level="shipment", ever="true")
    assert told(level="product", asOf=at(5)) == {"P"}
    assert told(level="product") == told(level="board", ever="true") == {"B"}


@pytest.mark.parametrize("level", ["board", "product", "shipment"])
def test_what_does_not_fit_of_a_module_touches_the_answer_about_its_board(headline, level):
    taken_out = event("removed", "of another", 6, unit="Q", part="M")

    before = headline(*PLANT, level=level)
    after = headline(taken_out, level=level)

    assert (before["anomalies"], before["isComplete"]) == ({}, True)
    assert (after["anomalies"], after["isComplete"]) == ({"notIn": 1}, False)


def test_a_module_that_will_be_taken_out_touches_the_answer_before_its_time(headline):
    later = event("removed", "soon", 6, day=AHEAD, unit="P", part="M")

    told = headline(*PLANT, later, level="product")

    assert (told["datedAhead"], told["isComplete"]) == (1, False)


def test_the_carton_touches_only_the_answer_that_asks_with_what_they_left(headline):
    twice = [event("shipped", f"left {hour}", hour, units=[BOX], shipment=f"S{hour}") for hour in (6, 7)]

    of_shipments = headline(*PLANT, PACKED, *twice, level="shipment")
    of_products = headline(level="product")

    assert (of_shipments["anomalies"], of_shipments["isComplete"]) == ({"shippedTwice": 1}, False)
    assert (of_products["anomalies"], of_products["isComplete"]) == ({}, True)


def test_a_carton_that_will_leave_touches_the_answer_about_shipments(headline):
    later = event("shipped", "soon", 6, day=AHEAD, units=[BOX], shipment="S1")

    told = headline(*PLANT, PACKED, later, level="shipment")

    assert (told["datedAhead"], told["isComplete"]) == (1, False)


def test_what_is_dated_ahead_of_anothers_module_is_not_told(headline):
    whose = [
        event("unitCreated", f"of {customer}", 1, units=[unit], customer=customer)
        for unit, customer in (("B", "meditec"), ("M", "acmedrive"))
    ]
    later = event("tested", "soon", 6, day=AHEAD, units=["M"], result="passed")

    before = headline(*PLANT, *whose, customer="meditec", level="board")
    after = headline(later, customer="meditec", level="board")

    assert before["datedAhead"] == after["datedAhead"] == 0
