"""Where-used and contents over HTTP, on a small plant whose answers are known by hand.

REEL-1 holds lot L-1, REEL-2 lot L-2, REEL-3 both, in unknown order. Boards B1 to B6 passed one
run: REEL-1 fed 1 to 3, REEL-2 fed 4 to 6, REEL-3 fed 1 to 2. B1 is in product P1 (Meditec), B2 in
P2 (Railway), both packed in carton BOX; B1 lost its REEL-1 material at R1 on 4 March.
"""

import pytest

from aas_registry.services import access, parties

BOLT_LOT = {"manufacturer": "Bolt", "mpn": "BZX84"}


def at(day, hour=6):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, day, **members):
    return {"type": event_type, "id": number, "happenedAt": at(day), **members}


def reel(package, *codes):
    lots = [{**BOLT_LOT, "lotCode": code} for code in codes]
    return event("packageCreated", package, 1, package=package, lots=lots)


def feeding(package, first, last, *designators, **more):
    return {
        "package": package,
        "sequenceFrom": first,
        "sequenceTo": last,
        "designators": list(designators),
        **more,
    }


PLANT = [
    reel("REEL-1", "L-1"),
    reel("REEL-2", "L-2"),
    reel("REEL-3", "L-1", "L-2"),
    event(
        "unitCreated",
        "boards",
        2,
        units=[f"B{number}" for number in range(1, 7)],
        product="PCB-1",
        run={"id": "RUN-1", "line": "Line 4"},
        firstSequence=1,
    ),
    event(
        "feed",
        "feeds",
        2,
        run="RUN-1",
        feeds=[
            feeding("REEL-1", 1, 3, "R1", quantityPerUnit=1, slot="12"),
            feeding("REEL-2", 4, 6, "R1", basis="backflush"),
            feeding("REEL-3", 1, 2, "R2", "R3"),
        ],
    ),
    event("unitCreated", "p1", 3, units=["P1"], kind="product", product="PUMP", customer="meditec"),
    event("unitCreated", "p2", 3, units=["P2"], kind="product", product="RELAY", customer="Railway Systems"),
    event(
        "assembledInto",
        "assembly",
        3,
        links=[{"unit": "B1", "into": "P1", "position": "left"}, {"unit": "B2", "into": "P2"}],
    ),
    event("removed", "rework", 4, unit="B1", package="REEL-1", designators=["R1"], reason="cracked"),
    event(
        "assembledInto",
        "packing",
        5,
        links=[
            {"unit": product, "into": {"container": "BOX"}, "relation": "packedIn"}
            for product in ("P1", "P2")
        ],
    ),
    event(
        "shipped",
        "shipping",
        6,
        units=[{"container": "BOX"}],
        shipment="S-9",
        order="4711",
        customer="meditec",
    ),
]


@pytest.fixture
def plant(suppliers, asker):
    mes = asker("production")
    answer = mes.post("/trace/v1/events", json=PLANT)
    assert {each["state"] for each in answer.get_json()["result"]} == {"accepted"}
    return mes


def lot_id(asker, code):
    return asker.get(f"/trace/v1/lots?code={code}").get_json()["result"][0]["id"]


def where_used(asker, code, **query):
    answer = asker.get(f"/trace/v1/lots/{lot_id(asker, code)}/where-used", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def certainties(answer):
    return {row["serial"]: row["certainty"] for row in answer["result"]}


def unit_id(asker, serial):
    return asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"][0]["id"]


def contents(asker, serial, **query):
    answer = asker.get(f"/trace/v1/units/{unit_id(asker, serial)}/contents", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["result"]


def test_boards_are_told_with_their_certainty(plant, quality) -> None:
    first, second = where_used(quality, "L-1", level="board"), where_used(quality, "L-2", level="board")

    assert certainties(first) == {"B1": "possible", "B2": "exact", "B3": "exact"}
    assert certainties(second) == {
        "B1": "possible",
        "B2": "possible",
        "B4": "assumed",
        "B5": "assumed",
        "B6": "assumed",
    }
    assert second["headline"]["units"] == {"exact": 0, "possible": 2, "assumed": 3, "total": 5}


def test_products_are_what_boards_are_part_of_and_loose_boards_are_not_lost(plant, quality) -> None:
    answer = where_used(quality, "L-1", level="product")

    assert certainties(answer) == {"P1": "possible", "P2": "exact", "B3": "exact"}
    coverage = answer["headline"]["coverage"]
    assert {name: coverage[name] for name in ("unitsPassed", "unitsBuilt", "unitsReported")} == {
        "unitsPassed": 6,
        "unitsBuilt": None,
        "unitsReported": 3,
    }
    assert [each["units"] for each in coverage["uses"]] == [{"backflush": 3, "machine": 3}]


def test_shipments_are_reached_through_cartons(plant, quality) -> None:
    rows = where_used(quality, "L-1", level="shipment")["result"]

    assert [(row["serial"], row["shipment"]["id"], row["shipment"]["order"]) for row in rows] == [
        ("P1", "S-9", "4711"),
        ("P2", "S-9", "4711"),
    ]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("product", {"PCB-1": (1, 0), "PUMP": (0, 1), "RELAY": (1, 0)}),
        ("day", {"2026-03-02": (1, 0), "2026-03-03": (1, 1)}),
        ("line", {"Line 4": (2, 1)}),
        ("customer", {None: (1, 0), "meditec": (0, 1), "railway": (1, 0)}),
    ],
)
def test_groups_count_exact_and_possible_apart(plant, quality, by, groups) -> None:
    answer = where_used(quality, "L-1", groupBy=by)

    found = {each["group"]: (each["exact"], each["possible"]) for each in answer["groups"]}
    assert found == groups
    assert answer["headline"]["units"]["total"] == 3


def test_rework_ends_a_use_from_its_day_on(plant, quality) -> None:
    before, after = at(3, 12), at(4, 12)

    assert certainties(where_used(quality, "L-1", level="board", asOf=before))["B1"] == "exact"
    assert certainties(where_used(quality, "L-1", level="board", asOf=after))["B1"] == "possible"
    assert contents(quality, "B1", asOf=before)[0]["designators"] == ["R1"]
    assert "R1" not in [place for row in contents(quality, "B1") for place in row["designators"]]


def test_what_was_removed_later_was_in_it_before_and_says_when_since(plant, quality) -> None:
    before = contents(quality, "B1", asOf=at(3, 12))[0]
    since = contents(quality, "B1", ever="true")[0]

    assert (before["package"], before["removedAt"]) == ("REEL-1", None)
    assert (since["package"], since["removedAt"]) == ("REEL-1", at(4))


def test_as_we_knew_it_before_is_another_question_than_as_it_stood(plant, quality, clock) -> None:
    known_at = clock().isoformat()
    clock.advance(hours=1)
    plant.post("/trace/v1/events", json=event("removed", "late", 4, unit="B2", package="REEL-1"))

    now = where_used(quality, "L-1", level="board")
    then = where_used(quality, "L-1", level="board", recordedAsOf=known_at)

    assert certainties(now)["B2"] == "possible"
    assert certainties(then)["B2"] == "exact"


def test_a_returned_product_is_no_longer_shipped(plant, quality) -> None:
    plant.post("/trace/v1/events", json=event("returned", "rma", 8, units=["P1"], reason="RMA 12"))

    now = where_used(quality, "L-1", level="shipment")
    then = where_used(quality, "L-1", level="shipment", asOf=at(7))

    assert [row["serial"] for row in now["result"]] == ["P2"]
    assert [row["serial"] for row in then["result"]] == ["P1", "P2"]


def test_contents_reach_every_depth_and_name_the_innermost_unit(plant, quality) -> None:
    rows = contents(quality, "BOX")

    assert {(row["unit"]["serial"], row["package"], row["lot"]["code"]) for row in rows} == {
        ("B1", "REEL-3", "L-1"),
        ("B1", "REEL-3", "L-2"),
        ("B2", "REEL-1", "L-1"),
        ("B2", "REEL-3", "L-1"),
        ("B2", "REEL-3", "L-2"),
    }
    fed = next(row for row in rows if row["package"] == "REEL-1")
    assert (fed["slot"], fed["run"], fed["quantity"], fed["basis"]) == ("12", "RUN-1", "1", "machine")
    assert fed["lot"]["id"] == lot_id(quality, "L-1")


def test_material_of_a_panel_is_in_the_boards_that_were_cut_from_it(plant, quality) -> None:
    plant.post(
        "/trace/v1/events",
        json=[
            event("unitCreated", "panel", 7, units=["PANEL"], kind="panel"),
            event("consumed", "paste", 7, unit="PANEL", package="REEL-1"),
            event("unitCreated", "cut", 7, units=["C1", "C2"]),
            event(
                "assembledInto",
                "nutzen",
                7,
                links=[{"unit": board, "into": "PANEL", "relation": "panelOf"} for board in ("C1", "C2")],
            ),
            event("assembledInto", "mount", 8, links=[{"unit": "C1", "into": "P2"}]),
        ],
    )

    boards = certainties(where_used(quality, "L-1", level="board"))
    products = certainties(where_used(quality, "L-1", level="product"))

    assert {"C1", "C2"} <= boards.keys()
    assert "PANEL" not in boards
    assert "PANEL" not in products
    assert {"P2", "C2"} <= products.keys()
    assert [row["package"] for row in contents(quality, "C1")] == ["REEL-1"]


def test_splits_pass_material_on_and_a_circle_ends(plant, quality) -> None:
    plant.post(
        "/trace/v1/events",
        json=[
            event("split", "s1", 7, package="REEL-2", into=[{"package": "REEL-2A", "quantity": 50}]),
            event("merged", "s2", 7, packages=[{"package": "REEL-2A"}], into="REEL-2"),
            event("unitCreated", "d1", 7, units=["D1"]),
            event("consumed", "d2", 7, unit="D1", package="REEL-2A"),
            event("assembledInto", "loop", 7, links=[{"unit": "D1", "into": "D1"}]),
        ],
    )

    assert certainties(where_used(quality, "L-2", level="board"))["D1"] == "exact"
    assert certainties(where_used(quality, "L-2", level="product"))["D1"] == "exact"
    assert {row["lot"]["code"] for row in contents(quality, "D1")} == {"L-2"}


def test_a_customers_auditor_is_told_of_its_own_units_only(plant, quality, asker) -> None:
    meditec, nobody = asker("customer_auditor", "meditec"), asker("customer_auditor", "arro")
    lot = lot_id(quality, "L-1")

    answer = meditec.get(f"/trace/v1/lots/{lot}/where-used?level=board").get_json()
    grouped = meditec.get(f"/trace/v1/lots/{lot}/where-used?groupBy=customer").get_json()

    assert certainties(answer) == {"B1": "possible"}
    assert answer["headline"]["units"]["total"] == 1
    assert answer["headline"]["coverage"]["unitsPassed"] == 1
    assert [group["group"] for group in grouped["groups"]] == ["meditec"]
    assert meditec.get("/trace/v1/units?serial=P2").get_json()["result"] == []
    assert meditec.get(f"/trace/v1/units/{unit_id(quality, 'P2')}/contents").status_code == 404
    assert len(contents(meditec, "P1")) == 2
    assert nobody.get(f"/trace/v1/lots/{lot}/where-used").status_code == 404
    assert nobody.get(f"/trace/v1/lots/{lot}/where-used").get_json()["messages"][0]["code"] == "LOT-NOT-FOUND"


def test_another_customer_of_the_same_name_is_told_nothing(plant, quality, registry, asker) -> None:
    administrator = access.local_administrator(registry)
    parties.add_party(registry, administrator, code="namesake", name="meditec")
    namesake = asker("customer_auditor", "namesake")

    assert namesake.get("/trace/v1/units?serial=P1").get_json()["result"] == []
    assert namesake.get(f"/trace/v1/lots/{lot_id(quality, 'L-1')}/where-used").status_code == 404


def test_a_customer_that_events_named_before_it_was_on_record_sees_its_units(plant, registry, asker) -> None:
    for number, name in enumerate(("volta", "Volta Motors")):
        made = event("unitCreated", f"v{number}", 3, units=[f"V{number}"], customer=name)
        plant.post("/trace/v1/events", json=made)
    parties.add_party(registry, access.local_administrator(registry), code="volta", name="Volta Motors")

    volta = asker("customer_auditor", "volta")

    assert [len(volta.get(f"/trace/v1/units?serial=V{n}").get_json()["result"]) for n in (0, 1)] == [1, 1]


def test_suppliers_ask_no_genealogy(plant, quality, bolt) -> None:
    assert bolt.get(f"/trace/v1/lots/{lot_id(quality, 'L-1')}/where-used").status_code == 403
    assert bolt.get("/trace/v1/units?serial=B1").status_code == 403


def test_pages_follow_each_other_without_gap_or_repeat(plant, quality) -> None:
    address = f"/trace/v1/lots/{lot_id(quality, 'L-2')}/where-used?level=board&limit=2"
    seen, cursor = [], None
    for _ in range(3):
        page = quality.get(address + (f"&cursor={cursor}" if cursor else "")).get_json()
        seen += [row["serial"] for row in page["result"]]
        cursor = page["paging_metadata"].get("cursor")

    assert sorted(seen) == ["B1", "B2", "B4", "B5", "B6"]
    assert cursor is None


def test_contents_are_paged_by_unit_use_and_lot(plant, quality) -> None:
    whole = contents(quality, "BOX")
    address = f"/trace/v1/units/{unit_id(quality, 'BOX')}/contents?limit=1"
    seen, cursor = [], None
    for _ in whole:
        page = quality.get(address + (f"&cursor={cursor}" if cursor else "")).get_json()
        seen += page["result"]
        cursor = page["paging_metadata"].get("cursor")

    assert seen == whole


@pytest.mark.parametrize(
    "query",
    ["level=panel", "groupBy=colour", "asOf=2026-03-04", "limit=0", "asOf=2026-03-04T00:00:00", "x=1"],
)
def test_a_question_of_another_form_is_refused(plant, quality, query) -> None:
    assert quality.get(f"/trace/v1/lots/{lot_id(quality, 'L-1')}/where-used?{query}").status_code == 400


def test_a_made_up_lot_or_unit_is_not_found(plant, quality) -> None:
    assert quality.get("/trace/v1/lots/abc/where-used").get_json()["messages"][0]["code"] == "LOT-NOT-FOUND"
    assert quality.get("/trace/v1/units/abc/contents").get_json()["messages"][0]["code"] == "UNIT-NOT-FOUND"
    other = unit_id(quality, "B1")
    assert quality.get(f"/trace/v1/lots/{other}/where-used").status_code == 404
