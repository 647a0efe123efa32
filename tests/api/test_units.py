"""Units over HTTP: found by any name, and what is around one."""

import pytest

AT = "2026-03-02T06:00:00+00:00"


def event(event_type, number, **members):
    return {"type": event_type, "id": number, "happenedAt": AT, **members}


@pytest.fixture
def mes(suppliers, asker):
    return asker("production")


def find(asker, serial):
    return asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]


def test_a_serial_that_two_customers_use_answers_with_both(mes, quality) -> None:
    mes.post(
        "/trace/v1/events",
        json=[
            event("unitCreated", "1", units=[{"serial": "100", "issuer": "Meditec"}], customer="meditec"),
            event("unitCreated", "2", units=[{"serial": "100", "issuer": "Railway"}], customer="railway"),
        ],
    )

    assert {(row["customer"], row["names"][0]["issuer"]) for row in find(quality, "100")} == {
        ("meditec", "Meditec"),
        ("railway", "Railway"),
    }


def test_a_unit_is_found_by_each_of_its_names(mes, quality) -> None:
    names = {"serial": "SN-1", "panel": "PANEL-1", "position": 3}
    mes.post("/trace/v1/events", json=event("unitCreated", "1", units=[names]))

    found = [find(quality, name) for name in ("sn-1", "PANEL-1", "panel-1/3")]

    assert [len(rows) for rows in found] == [1, 1, 1]
    assert {rows[0]["serial"] for rows in found} == {"SN-1"}


def test_a_label_given_later_belongs_to_the_same_unit(mes, quality) -> None:
    place = {"panel": "PANEL-1", "position": 3}
    mes.post("/trace/v1/events", json=event("unitCreated", "1", units=[place]))
    mes.post("/trace/v1/events", json=event("unitCreated", "2", units=[{"serial": "SN-1", **place}]))

    assert find(quality, "SN-1")[0]["id"] == find(quality, "PANEL-1")[0]["id"]


def test_a_unit_tells_what_is_around_it(mes, quality) -> None:
    mes.post(
        "/trace/v1/events",
        json=[
            event("unitCreated", "1", units=["B1"], product="PCB"),
            event("unitCreated", "2", units=["P1"], kind="product"),
            event("assembledInto", "3", links=[{"unit": "B1", "into": "P1", "position": "left"}]),
            event("tested", "4", units=["P1"], result="passed", test="ICT"),
            event("shipped", "5", units=["P1"], shipment="S-1", order="4711", customer="meditec"),
        ],
    )

    product = quality.get(f"/trace/v1/units/{find(quality, 'P1')[0]['id']}").get_json()
    board = quality.get(f"/trace/v1/units/{find(quality, 'B1')[0]['id']}").get_json()

    assert [(part["unit"]["serial"], part["position"]) for part in product["parts"]] == [("B1", "left")]
    assert [(test["test"], test["result"]) for test in product["tests"]] == [("ICT", "passed")]
    assert [(each["shipment"], each["customer"]) for each in product["shipped"]] == [("S-1", "meditec")]
    assert [(each["unit"]["serial"], each["relation"]) for each in board["partOf"]] == [("P1", "partOf")]
    assert board["product"] == "PCB"


def test_what_is_said_last_of_a_unit_counts_whatever_arrives_first(mes, quality) -> None:
    later = {
        **event("unitCreated", "1", units=["B1"], customer="railway"),
        "happenedAt": "2026-03-09T06:00:00Z",
    }
    sooner = event("unitCreated", "2", units=["B1"], customer="meditec", product="PCB")

    mes.post("/trace/v1/events", json=[later, sooner])

    row = find(quality, "B1")[0]
    assert (row["customer"], row["product"], row["createdAt"]) == ("railway", "PCB", AT)


def test_an_unknown_serial_answers_with_nothing(mes, quality) -> None:
    assert find(quality, "nobody") == []
    assert quality.get("/trace/v1/units").status_code == 400
