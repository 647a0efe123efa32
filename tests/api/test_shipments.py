"""Shipments: what left with them at any depth, who finds them, and that all views say the same."""

import re

import pytest
from page_visitor import mentions, visit, words_of

LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-10T{hour:02}:00:00+00:00", **members}


def put(number, hour, unit, into, relation="packedIn"):
    return event("assembledInto", number, hour, links=[{"unit": unit, "into": into, "relation": relation}])


def box(name):
    return {"container": name}


# A pump with a board in it, in a carton on a pallet, beside the pump of another; and boards of each way to leave.
PLANT = [
    event("packageCreated", "reel", 1, package="REEL", lots=[LOT]),
    event("unitCreated", "pumps", 1, units=["PUMP-1", "LATE-1", "EARLY-1"], customer="meditec"),
    event("unitCreated", "others", 1, units=["ZC-PUMP", "ZC-LONE"], customer="railway"),
    event("unitCreated", "boards", 1, units=["BRD-1", "BRD-2"], kind="board"),
    event("unitCreated", "panel", 1, units=["PNL-1"], kind="panel"),
    event("unitCreated", "on panel", 1, units=["BRD-3"], kind="board", customer="meditec"),
    *(
        event("consumed", f"in {unit}", 2, unit=unit, package="REEL")
        for unit in ("BRD-1", "BRD-2", "BRD-3", "PUMP-1", "LATE-1", "EARLY-1", "ZC-PUMP", "ZC-LONE")
    ),
    put("board", 3, "BRD-1", "PUMP-1", "partOf"),
    put("other board", 3, "BRD-2", "ZC-PUMP", "partOf"),
    put("board on panel", 3, "BRD-3", "PNL-1", "panelOf"),
    put("pack", 4, "PUMP-1", box("CRT-1")),
    put("pack late", 4, "LATE-1", box("CRT-1")),
    put("pack other", 4, "ZC-PUMP", box("CRT-1")),
    put("pack early", 4, "EARLY-1", box("CRT-2")),
    put("pack panel", 4, "PNL-1", box("CRT-3")),
    put("stack", 5, box("CRT-1"), box("PLT-1")),
    put("stack panels", 5, box("CRT-3"), box("PLT-3")),
    event("shipped", "pallet", 6, units=[box("PLT-1")], shipment="SHP-1", order="ZC-PO", customer="railway"),
    event("shipped", "late", 7, units=["LATE-1"], shipment="SHP-2", customer="reseller"),
    event("shipped", "early", 6, units=["EARLY-1"], shipment="SHP-3", customer="reseller"),
    event("shipped", "carton", 7, units=[box("CRT-2")], shipment="SHP-4", customer="reseller"),
    event("shipped", "panels", 7, units=[box("PLT-3")], shipment="SHP-5", customer="reseller"),
    event("shipped", "lone", 7, units=["ZC-LONE"], shipment="SHP-6", customer="railway"),
]
LEFT_WITH = {
    "SHP-1": {"PUMP-1"},
    "SHP-2": {"LATE-1"},
    "SHP-4": {"EARLY-1"},
    "SHP-5": {"BRD-3"},
}
SHIPMENT_OF = {unit: shipment for shipment, units in LEFT_WITH.items() for unit in units} | {"BRD-1": "SHP-1"}


@pytest.fixture
def plant(suppliers, asker):
    answer = asker("production").post("/trace/v1/events", json=PLANT).get_json()
    assert {each["state"] for each in answer["result"]} == {"accepted"}, answer


@pytest.fixture
def auditor(plant, app, registry):
    return visit(app, registry, "customer_auditor", "meditec")


def units_on_page(visitor, shipment):
    words = words_of(visitor.get(visitor.get("/search", query_string={"q": shipment}).location))
    every = {"PUMP-1", "LATE-1", "EARLY-1", "BRD-1", "BRD-2", "BRD-3", "ZC-PUMP", "ZC-LONE"}
    return {each for each in every if each in words}


def test_a_customers_auditor_finds_the_shipments_of_their_units_at_any_depth(auditor):
    found = auditor.get("/search", query_string={"q": "SHP"}).text
    assert re.findall(r'class="hit-title">([^<]+)<', found) == sorted(LEFT_WITH)
    for shipment, units in LEFT_WITH.items():
        assert units_on_page(auditor, shipment) == units, shipment
    for text in ("SHP-3", "SHP-6", "ZC-PO"):
        assert "Nothing carries" in words_of(auditor.get("/search", query_string={"q": text})), text


def test_nothing_of_others_is_told_of_a_shipment_that_holds_a_unit_of_theirs(auditor):
    page = auditor.get(auditor.get("/search", query_string={"q": "SHP-1"}).location)

    assert "PUMP-1" in page.text
    assert "you are not told to whom it went" in words_of(page)
    for text in ("ZC-", "railway", "CRT-1", "PLT-1", "BRD-2"):
        assert not mentions(page.text, text), text


def test_the_shipment_of_others_is_a_page_that_is_not_there(auditor, app, registry):
    plants = visit(app, registry, "quality")

    for shipment in ("SHP-3", "SHP-6"):
        page = plants.get("/search", query_string={"q": shipment}).location
        assert plants.get(page).status_code == 200
        assert auditor.get(page).status_code == 404


def test_what_left_with_its_carton_later_is_not_with_the_shipment_before(plant, app, registry):
    plants = visit(app, registry, "quality")

    assert units_on_page(plants, "SHP-3") == set()
    assert units_on_page(plants, "SHP-4") == {"EARLY-1"}
    assert units_on_page(plants, "SHP-1") == {"PUMP-1", "ZC-PUMP"}


def units_with_ids(quality):
    found = {}
    for serial in (*SHIPMENT_OF, "BRD-2", "ZC-PUMP", "ZC-LONE", "CRT-1", "PNL-1"):
        (row,) = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        found[serial] = row["id"]
    return found


def test_a_unit_tells_the_shipment_with_which_what_it_is_in_left(auditor, quality, asker):
    asks = asker("customer_auditor", "meditec")
    told, theirs = {}, {}

    for serial, number in units_with_ids(quality).items():
        told[serial] = [
            each["shipment"] for each in quality.get(f"/trace/v1/units/{number}").get_json()["shipped"]
        ]
        answer = asks.get(f"/trace/v1/units/{number}")
        if answer.status_code == 200:
            theirs[serial] = [each["shipment"] for each in answer.get_json()["shipped"]]
            assert {each["order"] for each in answer.get_json()["shipped"]} == {None}

    of_plant = {**SHIPMENT_OF, "BRD-2": "SHP-1", "ZC-PUMP": "SHP-1", "ZC-LONE": "SHP-6"}
    assert told == {
        **{unit: [shipment] for unit, shipment in of_plant.items()},
        "CRT-1": ["SHP-1"],
        "PNL-1": ["SHP-5"],
    }
    assert theirs == {unit: [shipment] for unit, shipment in SHIPMENT_OF.items()}


def test_the_page_of_a_unit_and_where_used_tell_the_same_shipment(auditor, app, registry, quality, asker):
    asks = asker("customer_auditor", "meditec")
    (lot,) = quality.get("/trace/v1/lots", query_string={"code": "L-1"}).get_json()["result"]
    path = f"/trace/v1/lots/{lot['id']}/where-used"

    for reader in (quality, asks):
        rows = reader.get(path, query_string={"level": "shipment"}).get_json()["result"]

        assert rows
        for row in rows:
            unit = reader.get(f"/trace/v1/units/{row['id']}").get_json()
            assert [each["shipment"] for each in unit["shipped"]] == [row["shipment"]["id"]], row["serial"]
    board = units_with_ids(quality)["BRD-1"]
    assert "SHP-1" in words_of(auditor.get(f"/units/{board}"))
    assert "SHP-1" in words_of(visit(app, registry, "quality").get(f"/units/{board}"))


def test_a_unit_that_came_back_is_not_said_to_have_left_or_never_to_have_left(
    auditor, quality, app, registry, asker
):
    asker("production").post("/trace/v1/events", json=event("returned", "back", 8, units=["LATE-1"]))
    page = f"/units/{units_with_ids(quality)['LATE-1']}"

    for reader in (auditor, visit(app, registry, "quality")):
        words = words_of(reader.get(page))

        assert "Left with It has not left, or has come back, as far as is known." in words
        assert "left with SHP-2" in words
    assert "Event" not in words_of(auditor.get(page))


@pytest.fixture
def tell(suppliers, asker):
    def send(*events):
        answer = asker("production").post("/trace/v1/events", json=events).get_json()["result"]
        assert all(each["state"] in {"accepted", "corrected"} for each in answer), answer

    return send


@pytest.fixture
def away(quality):
    """Ask with which shipments units left that hold the lot, and which contradictions are listed."""

    def ask(**query):
        lot = quality.get("/trace/v1/lots", query_string={"code": "L-1"}).get_json()["result"][0]["id"]
        asked = {"lot": lot, "level": "shipment", **query}
        rows = quality.get("/trace/v1/where-used", query_string=asked).get_json()["result"]
        listed = quality.get("/trace/v1/anomalies", query_string={"state": "open"}).get_json()["result"]
        return {row["serial"]: row["shipment"]["id"] for row in rows}, [each["kind"] for each in listed]

    return ask


def out(number, hour, part, unit):
    return event("removed", number, hour, unit=unit, part=part)


MADE = (
    event("packageCreated", "reel", 1, package="REEL", lots=[LOT]),
    event("unitCreated", "made", 1, units=["PUMP", "MOD", "BRD", "PUMP-2"]),
    event("consumed", "used", 2, unit="BRD", package="REEL"),
    put("in module", 3, "BRD", "MOD", "partOf"),
    put("in pump", 3, "MOD", "PUMP", "partOf"),
    event("shipped", "gone", 5, units=["PUMP"], shipment="SHP-1"),
)


def test_what_was_taken_out_of_a_product_that_had_left_is_away_until_it_comes_back(tell, away):
    """[8.3] Whatever was told first."""
    tell(*MADE[:2], out("service", 7, "MOD", "PUMP"), event("returned", "back", 9, units=["MOD"]))
    tell(*reversed(MADE[2:]))

    at = {hour: f"2026-03-10T{hour:02}:00:00+00:00" for hour in (4, 6, 8)}
    assert away() == ({}, [])
    assert away(ever="true") == ({"PUMP": "SHP-1", "MOD": "SHP-1"}, [])
    assert away(asOf=at[4]) == ({}, [])
    assert away(asOf=at[6]) == ({"PUMP": "SHP-1"}, [])
    assert away(asOf=at[8]) == ({"MOD": "SHP-1"}, [])

    tell(event("correction", "not gone", 10, corrects="gone"))
    assert away() == ({}, ["notShipped"])
    assert away(asOf=at[8])[0] == {}


def test_what_was_put_into_something_else_there_is_away_too(tell, away):
    tell(*MADE, put("swapped", 7, "BRD", box("CRT"), "packedIn"))
    assert away() == ({"BRD": "SHP-1"}, ["twoParents"])

    tell(event("returned", "pump back", 8, units=["PUMP"]))
    assert away()[0] == {"BRD": "SHP-1"}

    tell(event("shipped", "again", 9, units=["BRD"], shipment="SHP-2"))
    assert away() == ({"BRD": "SHP-2"}, ["shippedTwice", "twoParents"])


def test_what_was_taken_out_before_it_left_or_after_it_came_back_is_here(tell, away):
    tell(*MADE[:5], event("consumed", "too", 2, unit="PUMP-2", package="REEL"))
    tell(
        put("second", 3, "PUMP-2", box("CRT")),
        event("shipped", "carton", 4, units=[box("CRT")], shipment="S-2"),
    )
    tell(out("before", 5, "MOD", "PUMP"), event("shipped", "gone", 5, units=["PUMP"], shipment="SHP-1"))
    tell(event("returned", "carton back", 6, units=[box("CRT")]), out("after", 7, "PUMP-2", box("CRT")))
    tell(event("returned", "back", 9, units=["MOD"]))

    assert away() == ({}, ["notShipped"])
