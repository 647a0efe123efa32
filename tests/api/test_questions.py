"""The questions of where-used and contents: sets of things, what ever was, to whom, and as of now.

Worked out by hand on small plants, and held against the second engine (`tests/engine`), which
shares nothing with the product. Days are of March 2026; the clock stands on the 16th.
"""

import pytest
from engine.answers import contents as contents_of
from engine.answers import where_used as reached
from engine.asked import Asked
from engine.record import Recorded
from engine.replay import Plant
from engine.scopes import Scope
from engine.vocabulary import lot_of
from page_visitor import mentions

BOLT_LOT = {"manufacturer": "Bolt", "mpn": "BZX84"}


def at(day, hour=6):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def said(kind, day, /, **members):
    return {"type": kind, "happenedAt": at(day), **members}


def lot(code):
    return {**BOLT_LOT, "lotCode": code}


def reel(package, *codes, **members):
    return said("packageCreated", 1, package=package, lots=[lot(code) for code in codes], **members)


def boards(*units, day=2, **members):
    return said("unitCreated", day, units=list(units), **{"firstSequence": 1, **members})


def used(unit, package, day=3, **members):
    return said("consumed", day, unit=unit, package=package, **members)


def put(unit, into, day=4, **members):
    return said("assembledInto", day, links=[{"unit": unit, "into": into, **members}])


def shipped(shipment, customer, *units, day=8):
    return said("shipped", day, units=list(units), shipment=shipment, customer=customer)


def numbered(events):
    return [{"id": f"e{number}", **event} for number, event in enumerate(events)]


@pytest.fixture
def tell(suppliers, asker):
    """Send events, all of which are taken."""

    def send(*events):
        answer = asker("production").post("/trace/v1/events", json=numbered(events))
        assert {each["state"] for each in answer.get_json()["result"]} == {"accepted"}, answer.get_json()

    return send


def lot_id(asker, code):
    return asker.get(f"/trace/v1/lots?code={code}").get_json()["result"][0]["id"]


def unit_id(asker, serial):
    return asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"][0]["id"]


def ask(asker, *, status=200, **query):
    answer = asker.get("/trace/v1/where-used", query_string={"level": "board", **query})
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def of_lot(asker, code, **query):
    answer = asker.get(
        f"/trace/v1/lots/{lot_id(asker, code)}/where-used", query_string={"level": "board", **query}
    )
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def sure(answer):
    return {row["serial"]: row["certainty"] for row in answer["result"]}


def held(asker, serial, **query):
    answer = asker.get(f"/trace/v1/units/{unit_id(asker, serial)}/contents", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def codes(answer):
    return {row["lot"]["code"]: row["certainty"] for row in answer["result"]}


# as of now


def test_what_is_dated_ahead_is_left_out_and_counted_until_its_time_has_come(tell, quality, clock) -> None:
    tell(reel("R1", "L1"), boards("B1", "B2"), used("B1", "R1"), used("B2", "R1", day=20))

    before, inside = of_lot(quality, "L1"), held(quality, "B2")
    clock.advance(days=5)
    after = of_lot(quality, "L1")

    assert sure(before) == {"B1": "exact"}
    assert before["headline"]["datedAhead"] == 1
    assert before["headline"]["asOf"].startswith("2026-03-16T08:")
    assert inside["result"] == []
    assert inside["datedAhead"] == 1
    assert sure(after) == {"B1": "exact", "B2": "exact"}
    assert after["headline"]["datedAhead"] == 0


def test_a_removal_and_a_shipment_of_tomorrow_are_not_there_today(tell, quality) -> None:
    tell(
        reel("R1", "L1"),
        boards("B1"),
        used("B1", "R1"),
        said("removed", 20, unit="B1", package="R1"),
        shipped("S1", "meditec", "B1", day=21),
    )

    now = of_lot(quality, "L1")
    assert sure(now) == {"B1": "exact"}
    assert now["headline"]["datedAhead"] == 2
    assert of_lot(quality, "L1", level="shipment")["result"] == []
    later = of_lot(quality, "L1", level="shipment", asOf=at(20, 1))
    assert later["headline"]["asOf"] == at(20, 1)


def test_a_feed_dated_ahead_says_nothing_before_its_time_whenever_its_units_passed(tell, quality) -> None:
    feeds = [{"package": "R1", "sequenceFrom": 1, "sequenceTo": 1, "from": at(2)}]
    tell(reel("R1", "L1"), boards("B1", run="RUN"), said("feed", 25, run="RUN", feeds=feeds))

    assert of_lot(quality, "L1")["result"] == []
    assert of_lot(quality, "L1")["headline"]["datedAhead"] == 1
    assert held(quality, "B1")["result"] == []
    assert sure(of_lot(quality, "L1", asOf=at(26))) == {"B1": "exact"}


def test_a_clock_that_is_minutes_ahead_makes_nothing_dated_ahead(tell, quality) -> None:
    soon = {"type": "consumed", "happenedAt": "2026-03-16T08:03:00+00:00", "unit": "B1", "package": "R1"}
    tell(reel("R1", "L1"), boards("B1"), soon)

    assert of_lot(quality, "L1")["headline"]["datedAhead"] == 0


# levels and groups


SHIPPED = (
    reel("R1", "L1"),
    boards("B1", "B2", "B3"),
    boards("P1", "P2", kind="product"),
    used("B1", "R1"),
    used("B2", "R1", certainty="possible"),
    used("B3", "R1"),
    put("B1", "P1"),
    put("B2", "P2"),
    shipped("S1", "meditec", "P1"),
    shipped("S2", "railway", "P2"),
)


def test_level_customer_says_to_whom(tell, quality) -> None:
    tell(*SHIPPED)

    answer = of_lot(quality, "L1", level="customer")

    assert {row["customer"]: row["certainty"] for row in answer["result"]} == {
        "meditec": "exact",
        "railway": "possible",
    }
    assert answer["headline"]["units"] == {"exact": 1, "possible": 1, "assumed": 0, "total": 2}


def test_receivers_are_paged(tell, quality) -> None:
    tell(*SHIPPED)

    first = of_lot(quality, "L1", level="customer", limit=1)
    second = of_lot(quality, "L1", level="customer", limit=1, cursor=first["paging_metadata"]["cursor"])

    assert {row["customer"] for row in (*first["result"], *second["result"])} == {"meditec", "railway"}


@pytest.mark.parametrize("level", ["shipment", "customer"])
def test_groups_by_customer_of_what_left_name_who_received_it(tell, quality, level) -> None:
    tell(*SHIPPED)

    answer = of_lot(quality, "L1", level=level, groupBy="customer")

    assert {each["group"]: each["total"] for each in answer["groups"]} == {"meditec": 1, "railway": 1}
    assert answer["headline"]["units"]["total"] == 2


NESTED = (
    reel("R1", "L1"),
    boards("B1", "B2", "B3"),
    boards("M1", "M2", kind="assembly", customer="meditec"),
    boards("P1", kind="product", customer="railway"),
    used("B1", "R1"),
    used("B2", "R1"),
    used("B3", "R1"),
    put("B1", "M1"),
    put("M1", "P1"),
    put("B2", "M2"),
    put("B3", "P1"),
)


@pytest.mark.parametrize(
    ("level", "ever", "groups"),
    [
        ("board", "false", {"meditec": 2, "railway": 1}),
        ("board", "true", {"meditec": 2, "railway": 1}),
        ("product", "false", {"meditec": 1, "railway": 1}),
    ],
)
def test_groups_by_customer_name_whose_auditor_sees_the_unit(
    tell, quality, asker, level, ever, groups
) -> None:
    tell(*NESTED)

    answer = of_lot(quality, "L1", level=level, ever=ever, groupBy="customer")

    assert {each["group"]: each["total"] for each in answer["groups"]} == groups
    if level == "board":
        for customer, number in groups.items():
            asked = {"lot": lot_id(quality, "L1"), "level": level, "ever": ever}
            seen = ask(asker("customer_auditor", customer), **asked)
            narrowed = ask(quality, **asked, customer=customer)
            assert len(seen["result"]) == len(narrowed["result"]) == number


def test_a_unit_of_the_past_is_of_the_customer_of_then(tell, quality) -> None:
    tell(*NESTED, said("removed", 6, unit="M1", part="B1"), put("B1", "P1", day=7))

    def groups(**query):
        found = of_lot(quality, "L1", level="board", groupBy="customer", **query)["groups"]
        return {each["group"]: each["total"] for each in found}

    assert groups() == groups(ever="true") == {"meditec": 1, "railway": 2}
    assert groups(asOf=at(5)) == {"meditec": 2, "railway": 1}
    assert groups(asOf=at(6, 12)) == {None: 1, "meditec": 1, "railway": 1}


def test_a_unit_is_with_the_latest_of_its_own_shipment_and_its_cartons(tell, quality) -> None:
    tell(
        reel("R1", "L1"),
        boards("B1"),
        used("B1", "R1"),
        shipped("S1", "meditec", "B1", day=5),
        put("B1", {"container": "BOX"}, day=6, relation="packedIn"),
        shipped("S2", "railway", {"container": "BOX"}, day=7),
    )

    answer = of_lot(quality, "L1", level="shipment")

    assert [(row["serial"], row["shipment"]["id"]) for row in answer["result"]] == [("B1", "S2")]


# what ever was


EVER = (
    reel("R1", "L1"),
    reel("R2", "L2"),
    boards("B1", "B2"),
    boards("P1", "P2", kind="product"),
    used("B1", "R1", day=3),
    used("B2", "R2", day=3),
    put("B1", "P1", day=4),
    shipped("S1", "meditec", "P1", day=5),
    said("returned", 6, units=["P1"]),
    said("removed", 7, unit="P1", part="B1"),
    said("removed", 8, unit="B1", package="R1"),
    put("B1", "P2", day=9),
)


def test_ever_counts_what_once_held_it_at_every_level(tell, quality) -> None:
    tell(*EVER)

    def rows(level, **query):
        return {
            row.get("serial", row.get("customer"))
            for row in of_lot(quality, "L1", level=level, **query)["result"]
        }

    assert all(rows(level) == set() for level in ("board", "product", "shipment", "customer"))
    assert rows("board", ever="true") == {"B1"}
    assert rows("product", ever="true") == {"P1"}  # P2 got the board when the part was out
    assert rows("shipment", ever="true") == {"P1"}
    assert rows("customer", ever="true") == {"meditec"}
    assert rows("board", ever="true", asOf=at(2)) == set()


def test_contents_ever_tell_what_was_taken_out_and_what_is_in_it_no_more(tell, quality) -> None:
    tell(*EVER)

    assert codes(held(quality, "P1")) == {}
    (once,) = held(quality, "P1", ever="true")["result"]
    assert (once["lot"]["code"], once["unit"]["serial"], once["removedAt"]) == ("L1", "B1", at(8))
    assert codes(held(quality, "P2", ever="true")) == {}
    assert codes(held(quality, "B1", ever="true")) == {"L1": "exact"}


def test_groups_count_what_ever_was(tell, quality) -> None:
    tell(*EVER)

    answer = of_lot(quality, "L1", level="shipment", groupBy="customer", ever="true")

    assert [(each["group"], each["total"]) for each in answer["groups"]] == [("meditec", 1)]
    assert answer["headline"]["ever"] is True


# sets


def set_plant(tell):
    note = {"deliveryNote": "DN-1", "from": "bolt"}
    tell(
        said("receipt", 1, **note),
        reel("R1", "L1", receipt=note, dateCode="2541", internalPartNumber="IPN-7"),
        reel("R2", "L2", dateCode="2546"),
        reel("BOTH", "L1", "L2"),
        reel("R3", "L3"),
        said("merged", 1, packages=[{"package": "R1"}, {"package": "R2"}], into="MIX"),
        boards("B1", "B2", "B3", "B4", "B5"),
        used("B1", "R1"),
        used("B2", "R2"),
        used("B3", "BOTH"),
        used("B4", "R3"),
        used("B5", "MIX"),
    )


def test_lots_together_are_one_question(tell, quality) -> None:
    set_plant(tell)
    numbers = [lot_id(quality, code) for code in ("L1", "L2")]

    one, both = ask(quality, lot=numbers[:1]), ask(quality, lot=numbers)

    assert sure(one) == {"B1": "exact", "B3": "possible", "B5": "possible"}
    assert sure(one) == sure(of_lot(quality, "L1"))
    assert sure(both) == dict.fromkeys(("B1", "B2", "B3", "B5"), "exact")
    assert [(each["kind"], each["name"]) for each in both["headline"]["asked"]] == [
        ("lot", "L1"),
        ("lot", "L2"),
    ]
    assert both["headline"]["lot"] is None
    assert both["headline"]["units"]["exact"] == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"package": "R1"}, {"B1": "exact", "B5": "possible"}),
        ({"package": ["R1", "R2"]}, {"B1": "exact", "B2": "exact", "B5": "exact"}),
        ({"package": " r1 "}, {"B1": "exact", "B5": "possible"}),
        ({"receipt": "DN-1"}, {"B1": "exact", "B5": "possible"}),
        ({"dateCode": "2541"}, {"B1": "exact", "B5": "possible"}),
        ({"dateCode": ["2541", "2546"]}, {"B1": "exact", "B2": "exact", "B5": "exact"}),
        ({"partNumber": "IPN-7"}, {"B1": "exact", "B5": "possible"}),
        ({"partNumber": "bzx84"}, dict.fromkeys(("B1", "B2", "B3", "B4", "B5"), "exact")),
        ({"package": "R3", "dateCode": "2546"}, {"B2": "exact", "B4": "exact", "B5": "possible"}),
    ],
)
def test_packages_receipts_date_codes_and_part_numbers_are_asked_about(tell, quality, query, found) -> None:
    set_plant(tell)

    assert sure(ask(quality, **query)) == found


def test_what_is_said_to_have_come_with_a_delivery_is_its_whether_or_not_its_line_is_stated(
    tell, quality
) -> None:
    first, second = ({"deliveryNote": "DN-3", "from": "bolt", "line": each} for each in "12")
    tell(
        said("receipt", 1, **first),
        reel("R1", "L1", receipt=first),
        reel("R2", "L2", receipt=second),
        boards("B1", "B2"),
        used("B1", "R1"),
        used("B2", "R2"),
    )

    both = {"B1": "exact", "B2": "exact"}
    assert sure(ask(quality, receipt="DN-3", receiptFrom="bolt")) == both
    assert sure(ask(quality, package=["R1", "R2"], deliveryNote="DN-3")) == both


def test_a_delivery_of_which_no_package_is_told_is_on_record(tell, quality) -> None:
    tell(said("receipt", 1, deliveryNote="DN-4", lots=[lot("L1")]), boards("B1"))

    answer = ask(quality, receipt="DN-4")

    assert (answer["result"], answer["headline"]["isComplete"]) == ([], False)
    ask(quality, receipt="DN-5", status=404)


def test_a_label_is_looked_up_as_it_was_on_record(tell, quality, asker) -> None:
    tell(reel("R1", "L1"), boards("B1", "B2"), used("B1", "R1"))
    then = ask(quality, package="R1")["headline"]["recordedAsOf"]
    again = {**reel("R1", "L2"), "id": "again", "happenedAt": at(5)}
    asker("production").post("/trace/v1/events", json=[again])

    ask(quality, package="R1", status=409)
    assert sure(ask(quality, package="R1", recordedAsOf=then)) == {"B1": "exact"}


def test_date_codes_and_deliveries_narrow_and_what_nobody_said_is_possible(tell, quality) -> None:
    set_plant(tell)

    def narrowed(**query):
        return sure(ask(quality, partNumber="BZX84", **query))

    unknown = {"B3": "possible", "B4": "possible"}
    assert narrowed(dateCodeFrom="2540", dateCodeTo="2545") == {"B1": "exact", "B5": "possible", **unknown}
    assert narrowed(dateCodeFrom="2542") == {"B2": "exact", "B5": "possible", **unknown}
    assert narrowed(dateCodeTo="2530") == unknown
    assert narrowed(deliveryNote="dn-1") == {"B1": "exact", "B2": "possible", "B5": "possible", **unknown}
    assert sure(of_lot(quality, "L2", dateCodeTo="2545")) == {"B3": "possible"}


def test_a_customer_narrows_to_units_that_are_built_for_it(tell, quality) -> None:
    tell(reel("R1", "L1"), boards("B1", customer="meditec"), boards("B2"), used("B1", "R1"), used("B2", "R1"))

    answer = of_lot(quality, "L1", customer="meditec")

    assert sure(answer) == {"B1": "exact"}
    assert of_lot(quality, "L1", customer="railway")["result"] == []
    path = f"/trace/v1/lots/{lot_id(quality, 'L1')}/where-used?customer=nobody"
    assert quality.get(path).status_code == 404


def test_what_a_spliced_label_held_is_asked_by_package_and_date_code(tell, quality) -> None:
    tell(
        reel("OLD", "L1", dateCode="2541"),
        reel("NEW", "L1", dateCode="2546"),
        boards("B1", "B2", "B3"),
        used("B1", "OLD", day=3),
        said("merged", 4, packages=[{"package": "NEW"}], into="OLD", how="splice", zone={"until": at(5)}),
        used("B2", "OLD", day=5),
        used("B3", "OLD", day=6),
    )

    assert sure(ask(quality, dateCode="2541")) == {"B1": "exact", "B2": "possible"}
    assert sure(ask(quality, package="NEW")) == {"B2": "possible", "B3": "exact"}
    assert sure(ask(quality, package=["OLD", "NEW"])) == dict.fromkeys(("B1", "B2", "B3"), "exact")
    assert sure(ask(quality, dateCode=["2541", "2546"])) == dict.fromkeys(("B1", "B2", "B3"), "exact")


def test_a_set_is_asked_at_every_level_grouped_paged_and_as_of_earlier(tell, quality) -> None:
    tell(*SHIPPED, reel("R2", "L2"), boards("B4"), used("B4", "R2", day=10))
    both = {"package": ["R1", "R2"]}

    groups = ask(quality, **both, level="product", groupBy="product")
    page = ask(quality, **both, limit=3)
    rest = ask(quality, **both, limit=3, cursor=page["paging_metadata"]["cursor"])

    assert groups["headline"]["units"]["total"] == 4
    assert sorted([*sure(page), *sure(rest)]) == ["B1", "B2", "B3", "B4"]
    assert sorted(sure(ask(quality, **both, asOf=at(5)))) == ["B1", "B2", "B3"]
    assert {row["customer"] for row in ask(quality, **both, level="customer")["result"]} == {
        "meditec",
        "railway",
    }


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "QUESTION-EMPTY"),
        ({"package": "NOBODYS"}, 404, "SUBJECT-NOT-FOUND"),
        ({"receipt": "DN-9"}, 404, "SUBJECT-NOT-FOUND"),
        ({"dateCode": "1901"}, 404, "SUBJECT-NOT-FOUND"),
        ({"partNumber": "XYZ"}, 404, "SUBJECT-NOT-FOUND"),
        ({"lot": "MN8SMiDgxQSrDSUZWoXVKw"}, 404, "LOT-NOT-FOUND"),
        ({"package": ["R1", "NOBODYS"]}, 404, "SUBJECT-NOT-FOUND"),
        ({"package": "SAME"}, 409, "SUBJECT-AMBIGUOUS"),
        ({"receipt": "DN-2"}, 409, "SUBJECT-AMBIGUOUS"),
        ({"package": [f"X{n}" for n in range(101)]}, 400, "QUESTION-TOO-LARGE"),
        ({"package": "R1", "dateCodeFrom": "25"}, 400, "REQUEST-INVALID"),
    ],
)
def test_what_cannot_be_asked_is_answered_with_its_code(tell, quality, query, status, code) -> None:
    notes = [{"deliveryNote": "DN-2", "from": sender} for sender in ("bolt", "arro")]
    tell(
        *(said("receipt", 1, **note) for note in notes),
        *(reel(name, "L1", receipt=note) for name, note in zip(("R1", "R2"), notes, strict=True)),
        *(reel({"id": "SAME", "issuer": issuer}, "L1") for issuer in ("bolt", "arro")),
        boards("B1", "B2"),
        used("B1", {"id": "SAME", "issuer": "bolt"}),
        used("B2", "R2"),
    )

    refused = ask(quality, status=status, **query)

    assert refused["messages"][0]["code"] == code


def test_what_is_ambiguous_is_asked_again_by_what_the_error_says(tell, quality) -> None:
    tell(
        *(reel({"id": "SAME", "issuer": issuer}, "L1") for issuer in ("bolt", "arro")),
        *(said("receipt", 1, deliveryNote="DN-2", **{"from": sender}) for sender in ("bolt", "arro")),
        reel("R1", "L1", receipt={"deliveryNote": "DN-2", "from": "bolt"}),
        reel("R2", "L1", receipt={"deliveryNote": "DN-2", "from": "arro"}),
        boards("B1", "B2", "B3"),
        used("B1", {"id": "SAME", "issuer": "bolt"}),
        used("B2", "R2"),
    )
    told = ask(quality, package="SAME", status=409)["messages"][0]["text"]
    ids = told.rstrip(".").rpartition(": ")[2].split(", ")

    assert sorted(str(sure(ask(quality, package=each))) for each in ids) == ["{'B1': 'exact'}", "{}"]
    assert sure(ask(quality, receipt="DN-2", receiptFrom="arro")) == {"B2": "exact"}


# customers


def test_an_auditor_asks_about_what_its_units_hold_and_nothing_else_exists(tell, quality, asker) -> None:
    auditor = asker("customer_auditor", "meditec")
    tell(
        reel("R1", "L1", dateCode="2541"),
        reel("R2", "L2", dateCode="2546"),
        boards("B1", customer="meditec"),
        boards("B2", customer="railway"),
        used("B1", "R1"),
        used("B2", "R1"),
        used("B2", "R2"),
        shipped("S1", "meditec", "B1"),
        shipped("S2", "railway", "B2"),
        used("B2", "R1", day=25),
    )
    l1 = lot_id(quality, "L1")

    mine = ask(auditor, lot=l1)
    assert sure(mine) == {"B1": "exact"}
    assert mine["headline"]["datedAhead"] == 0
    assert sure(ask(auditor, dateCode="2541", ever="true")) == {"B1": "exact"}
    assert [row["customer"] for row in ask(auditor, lot=l1, level="customer")["result"]] == ["meditec"]
    groups = ask(auditor, lot=l1, level="shipment", groupBy="customer")["groups"]
    assert [(each["group"], each["total"]) for each in groups] == [("meditec", 1)]
    for hidden, unknown in (
        ({"package": "R2"}, {"package": "R9"}),
        ({"dateCode": "2546"}, {"dateCode": "2547"}),
        ({"package": ["R1", "R2"]}, {"package": ["R1", "R9"]}),
    ):
        answers = [ask(auditor, status=404, **query)["messages"][0] for query in (hidden, unknown)]
        assert answers[0]["code"] == answers[1]["code"] == "SUBJECT-NOT-FOUND"
    refused = auditor.get(f"/trace/v1/where-used?lot={l1}&customer=railway")
    assert refused.status_code == 403


def test_an_auditor_sees_ever_only_what_was_part_of_its_own(tell, quality, asker) -> None:
    auditor = asker("customer_auditor", "meditec")
    tell(
        reel("R1", "L1"),
        boards("B1", customer="meditec"),
        boards("P1", kind="product", customer="railway"),
        boards("P2", kind="product", customer="meditec"),
        used("B1", "R1"),
        put("B1", "P1", day=4),
        shipped("S1", "railway", "P1", day=5),
        said("removed", 6, unit="P1", part="B1"),
        put("B1", "P2", day=7),
    )
    number = lot_id(quality, "L1")

    assert sure(ask(auditor, lot=number, level="product", ever="true")) == {"P2": "exact"}
    assert sure(ask(quality, lot=number, level="product", ever="true")) == {"P1": "exact", "P2": "exact"}
    # [8.3] What was taken out of what is away is away by itself.
    (row,) = ask(auditor, lot=number, level="shipment", ever="true")["result"]
    assert (row["serial"], row["shipment"]["id"], row["shipment"]["customer"]) == ("B1", "S1", None)


ONCE_IN_P1 = (
    reel("R1", "L1"),
    reel("R2", "L2"),
    boards("B1", "SC"),
    used("B1", "R1"),
    used("SC", "R2"),
    put("SC", "B1", day=3),
    boards("P1", kind="product", customer="meditec"),
    put("B1", "P1", day=4),
    shipped("S1", "meditec", "P1", day=5),
    said("removed", 6, unit="P1", part="B1"),
)
"""A board with a part, shipped in a product, and taken out of it."""

AT_ANOTHER = (
    boards("ZC-P", kind="product", customer="railway"),
    put("B1", "ZC-P", day=7),
    boards({"serial": "B1", "panel": "ZC-CARRIER", "position": 3}, kind="assembly", product="ZC-PCB"),
    used("SC", "R1", day=8, designators=["ZC-C1"]),
    said("removed", 9, unit="B1", package="R1"),
)


def test_a_part_that_is_another_customers_now_is_told_as_the_product_that_it_was_in(
    tell, quality, asker
) -> None:
    """[11] Also what was in the part, until it was taken out; whatever becomes of it at the other."""
    auditor = asker("customer_auditor", "meditec")

    def told():
        number = unit_id(quality, "P1")
        answer = held(auditor, "P1", ever="true", explain="true")
        page = auditor.get(f"/units/{number}?ever=true", headers={"Accept": "text/html"}).text
        assert mentions(page, "P1")
        assert not mentions(page, "ZC-")
        assert not mentions(page, "B1")
        return answer["result"]

    tell(*ONCE_IN_P1)
    before = told()
    tell(*({"id": f"z{number}", **event} for number, event in enumerate(AT_ANOTHER)))

    rows = [(row["lot"]["code"], row["unit"]["serial"], row["removedAt"]) for row in before]
    assert sorted(rows) == [("L1", "P1", at(6)), ("L2", "P1", at(6))]
    assert [row["why"]["steps"][-1]["endedAt"] for row in before] == [at(6), at(6)]
    assert [row["why"]["steps"][-1]["into"]["name"] for row in before] == ["P1", "P1"]
    assert told() == before
    first = held(auditor, "P1", ever="true", limit=1)
    second = held(auditor, "P1", ever="true", limit=1, cursor=first["paging_metadata"]["cursor"])
    assert len(codes(first) | codes(second)) == 2
    assert codes(held(auditor, "P1")) == {}
    theirs = held(quality, "P1", ever="true")["result"]
    assert {row["unit"]["serial"] for row in theirs} == {"B1", "SC"}


def test_a_product_that_once_held_a_lot_is_told_to_its_customer_at_every_level(tell, quality, asker) -> None:
    """[9.4, 11] What contents reaches from the product, where-used reaches from the lot."""
    levels = ("board", "product", "shipment", "customer")
    auditor = asker("customer_auditor", "meditec")

    def told(who, **query):
        asked = {level: ask(who, package="R1", level=level, ever="true", **query) for level in levels}
        return {level: [sure_of(row) for row in answer["result"]] for level, answer in asked.items()}

    def sure_of(row):
        return row.get("serial", row.get("customer")), row["certainty"]

    tell(*ONCE_IN_P1)
    right = {level: [("P1", "exact")] for level in levels} | {"customer": [("meditec", "exact")]}

    assert told(auditor) == told(quality, customer="meditec") == right
    assert ask(auditor, package="R1")["result"] == []
    for level in ("board", "product", "shipment"):
        for who, query in ((auditor, {}), (quality, {"customer": "meditec"})):
            asked = {"package": "R1", "level": level, "ever": "true", "explain": "true", **query}
            (row,) = ask(who, **asked)["result"]
            assert mentions(str(row), "B1") == (who is quality), (level, row)
            assert row["why"]["certainty"] == "exact"
    tell(*({"id": f"z{number}", **event} for number, event in enumerate(AT_ANOTHER)))
    assert told(auditor) == right
    assert told(asker("customer_auditor", "railway"))["product"] == [("ZC-P", "exact")]


def test_suppliers_ask_nothing_about_sets(tell, bolt) -> None:
    assert bolt.get("/trace/v1/where-used?package=R1").status_code == 403


# the second engine


PLANTS = {
    "shipped": SHIPPED,
    "ever": EVER,
    "moved between products": (
        reel("R1", "L1"),
        boards("B1"),
        boards("P1", "P2", "Q1", kind="product"),
        used("B1", "R1", day=3),
        put("B1", "P1", day=4),
        put("P1", "Q1", day=5),
        shipped("S1", "meditec", "Q1", day=6),
        said("returned", 7, units=["Q1"]),
        said("removed", 8, unit="Q1", part="P1"),
        shipped("S2", "railway", "P1", day=9),
        said("returned", 10, units=["P1"]),
        said("removed", 11, unit="P1", part="B1"),
        put("B1", "P2", day=12),
        said("removed", 13, unit="B1", package="R1"),
        shipped("S3", "arro", "P2", day=14),
    ),
    "packed": (
        reel("R1", "L1"),
        boards("B1", "B2"),
        used("B1", "R1"),
        used("B2", "R1", day=7),
        put("B1", {"container": "BOX"}, day=4, relation="packedIn"),
        put("B2", {"container": "BOX"}, day=4, relation="packedIn"),
        shipped("S1", "meditec", {"container": "BOX"}, day=5),
        said("returned", 6, units=["B2"]),
        shipped("S2", "railway", "B2", day=9),
    ),
    "merged and split": (
        reel("R1", "L1"),
        reel("R2", "L2"),
        reel("R3", "L3"),
        said("merged", 1, packages=[{"package": "R1"}, {"package": "R2"}], into="MIX"),
        said("split", 2, package="MIX", into=[{"package": "HALF"}]),
        boards("B1", "B2", "B3"),
        used("B1", "MIX"),
        used("B2", "HALF"),
        used("B3", "R3"),
        used("B3", "R1"),
    ),
    "cut panel": (
        reel("R1", "L1"),
        boards("PANEL", kind="panel"),
        boards("B1", "B2"),
        put("B1", "PANEL", day=2, relation="panelOf"),
        put("B2", "PANEL", day=2, relation="panelOf"),
        used("PANEL", "R1", day=3),
        said("removed", 4, unit="B1", package="R1"),
        shipped("S1", "meditec", "B2", day=5),
    ),
}


@pytest.mark.parametrize("name", PLANTS)
def test_the_second_engine_answers_the_same(tell, quality, clock, name) -> None:
    tell(*PLANTS[name])
    plant = Plant([Recorded(each, clock.now) for each in numbered(PLANTS[name])], clock.now)
    view = plant.view()
    scope = Scope(view)
    lots = sorted({each["lotCode"] for event in PLANTS[name] for each in event.get("lots", ())})
    sets = [[code] for code in lots] + [lots] + [lots[:2]]

    for asked in sets:
        wanted = Asked(lots=frozenset(lot_of(lot(code)) for code in asked))
        for level in ("board", "product", "shipment", "customer"):
            for ever in (False, True):
                query = {"level": level, "ever": str(ever).lower()}
                answer = ask(quality, lot=[lot_id(quality, code) for code in asked], **query)
                theirs = {
                    shown(row): word for row, word in reached(view, wanted, level, scope, ever=ever).items()
                }
                assert best(answer["result"], level) == theirs, (asked, query)
    for unit in view.names.units():
        for ever in (False, True):
            theirs = {each.code: word for each, word in contents_of(view, unit, scope, ever=ever).items()}
            answer = held(quality, shown(unit), ever=str(ever).lower())["result"]
            ours = best([{**row, "code": row["lot"]["code"].casefold()} for row in answer], "lot")
            assert ours == theirs, (shown(unit), ever)


def shown(row):
    """How the API calls what the engine answers: a unit by its name, all else by its text."""
    return row[0].value.upper() if isinstance(row, tuple) else row


def best(rows, level):
    names = {
        "shipment": lambda row: row["shipment"]["id"].casefold(),
        "customer": lambda row: row["customer"],
        "lot": lambda row: row["code"],
    }
    name = names.get(level, lambda row: row["serial"])
    found = {}
    for row in rows:
        words = ("exact", "possible", "assumed")
        found[name(row)] = min(found.get(name(row), "assumed"), row["certainty"], key=words.index)
    return found
