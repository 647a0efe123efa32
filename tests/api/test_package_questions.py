"""Questions about packages, and narrowed ones, over HTTP: what was divided, what came into a package, and why.

Held against the second engine (`tests/engine`) where that answers them.
"""

import pytest
from engine.answers import where_used as reached
from engine.asked import Asked
from engine.record import Recorded
from engine.replay import Plant
from engine.vocabulary import moment

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, *codes, hour=1, **members):
    lots = [{**LOT, "lotCode": code} for code in codes]
    return event("packageCreated", f"reel {package}", hour, package=package, lots=lots, **members)


def split(package, into, hour):
    return event("split", f"split {into}", hour, package=package, into=[{"package": into}])


def merged(package, into, hour):
    return event("merged", f"merged {package}", hour, packages=[{"package": package}], into=into)


def use(unit, package, hour):
    return event("consumed", f"use {unit} {package}", hour, unit=unit, package=package)


BOARDS = event("unitCreated", "made", 1, units=["B1", "B2", "B3"])


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} == {"accepted"}, answer

    return send


@pytest.fixture
def ask(quality):
    """Ask where material went; lots are asked for by their codes."""

    def send(*codes, **query):
        found = [quality.get("/trace/v1/lots", query_string={"code": code}).get_json() for code in codes]
        asked = {"level": "board", "lot": [each["result"][0]["id"] for each in found], **query}
        return quality.get("/trace/v1/where-used", query_string=asked).get_json()["result"]

    return send


def sure(rows):
    return {row["serial"]: row["certainty"] for row in rows}


def of_package(events, label):
    """Return what the second engine answers."""
    at_once = [Recorded(each, moment(at(20))) for each in events]
    view = Plant(at_once, moment(at(20))).view()
    one = next(
        each for each in (*view.packages.direct, *view.packages.flows) if each.value == label.casefold()
    )
    found = reached(view, Asked(packages=frozenset({one})))
    return {min(holder.value for holder in unit).upper(): word for unit, word in found.items()}


DIVIDED = {
    "before its lot is said": [reel("P", "L1"), split("P", "X", 8), reel("X", "L1", hour=9)],
    "after its lot was said": [reel("P", "L1"), reel("X", "L1"), split("P", "X", 8)],
    "without a lot": [reel("P", "L1"), split("P", "X", 8)],
    "of several lots": [reel("P", "L1", "L2"), reel("X", "L1", "L2"), split("P", "X", 8)],
}


@pytest.mark.parametrize("how", DIVIDED)
def test_what_was_split_off_a_package_is_of_it_whatever_its_label_says(tell, ask, how) -> None:
    plant = [*DIVIDED[how], BOARDS, use("B1", "X", 7), use("B2", "X", 10), use("B3", "P", 10)]
    tell(*plant)

    for label, held in (("P", ["B1", "B2", "B3"]), ("X", ["B1", "B2"])):
        assert sure(ask(package=label)) == dict.fromkeys(held, "exact") == of_package(plant, label), label


def test_what_was_split_off_a_receipt_came_with_it(tell, ask) -> None:
    note = {"deliveryNote": "DN", "from": "bolt"}
    tell(reel("P", "L1", receipt=note), reel("X", "L1"), split("P", "X", 8), BOARDS, use("B1", "X", 9))

    assert sure(ask(receipt="DN")) == sure(ask("L1", deliveryNote="DN")) == {"B1": "exact"}


def test_of_a_package_that_is_topped_up_either_may_have_been_used(tell, ask) -> None:
    """[6.2] What came into a package that is asked for is not asked for with it."""
    plant = [
        reel("P", "L1"),
        reel("Q", "L2"),
        merged("Q", "P", 8),
        BOARDS,
        use("B1", "P", 7),
        use("B2", "P", 9),
    ]
    tell(*plant)

    assert sure(ask(package="P")) == {"B1": "exact", "B2": "possible"} == of_package(plant, "P")
    assert sure(ask(package="Q")) == {"B2": "possible"} == of_package(plant, "Q")
    assert sure(ask(package=["P", "Q"])) == {"B1": "exact", "B2": "exact"}


def test_a_label_that_says_otherwise_held_its_own_before_the_split(tell, ask) -> None:
    plant = [
        reel("P", "L1"),
        reel("X", "L2"),
        split("P", "X", 8),
        BOARDS,
        use("B1", "X", 7),
        use("B2", "X", 9),
    ]
    tell(*plant)

    assert sure(ask(package="P")) == {"B2": "possible"} == of_package(plant, "P")
    assert sure(ask(package="X")) == {"B1": "exact", "B2": "possible"} == of_package(plant, "X")


def test_a_narrowed_row_is_explained_as_surely_as_it_is_there(tell, ask) -> None:
    tell(reel("P", "L1"), BOARDS, use("B1", "P", 7))

    (row,) = ask("L1", deliveryNote="DN-1", explain="true")

    assert row["certainty"] == row["why"]["certainty"] == "possible"
    assert [step["certainty"] for step in row["why"]["steps"]] == ["possible", "possible"]


def test_a_narrowed_row_is_explained_by_what_is_meant(tell, ask) -> None:
    notes = [{"receipt": {"deliveryNote": note}} for note in ("DN-1", "DN-2")]
    tell(
        reel("P", "L1", **notes[0]), reel("Q", "L1", **notes[1]), BOARDS, use("B1", "Q", 6), use("B1", "P", 7)
    )

    (row,) = ask("L1", deliveryNote="DN-1", explain="true")

    assert row["certainty"] == row["why"]["certainty"] == "exact"
    assert [step["from"]["name"] for step in row["why"]["steps"]] == ["L1", "P"]
    assert row["why"]["uses"] == 1


def test_what_came_into_a_package_is_told_by_the_way_it_came(tell, ask) -> None:
    """The lot is on P's label too, but P's own is of another delivery note."""
    notes = [{"receipt": {"deliveryNote": note}} for note in ("DN-1", "DN-2")]
    tell(
        reel("Q", "L1", **notes[0]),
        reel("P", "L1", **notes[1]),
        merged("Q", "P", 6),
        BOARDS,
        use("B1", "P", 7),
    )

    (row,) = ask("L1", deliveryNote="DN-1", explain="true")

    assert row["certainty"] == "possible"
    told = [(step["fact"], step["from"]["name"], step["certainty"]) for step in row["why"]["steps"]]
    assert told == [("holds", "L1", "exact"), ("merge", "Q", "possible"), ("used", "P", "possible")]


DN1, DN2 = {"receipt": {"deliveryNote": "DN-1"}}, {"receipt": {"deliveryNote": "DN-2"}}
NARROWED_TO_2541 = {"dateCodeFrom": "2541", "dateCodeTo": "2541"}
NARROWED_TO_DN1 = {"deliveryNote": "DN-1"}


def relabelled(package, into, hour):
    return event("relabelled", f"relabelled {into}", hour, package=package, into=into)


@pytest.mark.parametrize("divided", [split, relabelled])
@pytest.mark.parametrize("lots", [(), ("L1",)], ids=["no lot said", "its lot said"])
@pytest.mark.parametrize(
    ("of_old", "of_new", "narrowing", "found"),
    [
        ({}, {"dateCode": "2541"}, NARROWED_TO_2541, "exact"),
        ({}, {"dateCode": "2530"}, NARROWED_TO_2541, None),
        ({"dateCode": "2530"}, {"dateCode": "2541"}, NARROWED_TO_2541, "exact"),
        ({"dateCode": "2541"}, {"dateCode": "2530"}, NARROWED_TO_2541, None),
        ({"dateCode": "2541"}, {}, NARROWED_TO_2541, "exact"),
        ({}, DN1, NARROWED_TO_DN1, "exact"),
        ({}, DN2, NARROWED_TO_DN1, None),
        (DN2, DN1, NARROWED_TO_DN1, "exact"),
        (DN1, DN2, NARROWED_TO_DN1, None),
        (DN2, {"dateCode": "2541"}, NARROWED_TO_DN1, None),
        (DN1, {"dateCode": "2541"}, NARROWED_TO_DN1 | NARROWED_TO_2541, "exact"),
        (DN1, {}, NARROWED_TO_DN1 | NARROWED_TO_2541, "possible"),
    ],
)
def test_what_was_divided_is_of_what_its_own_label_says(
    tell, ask, divided, lots, of_old, of_new, narrowing, found
) -> None:
    new = reel("X", *lots, **of_new)
    tell(reel("P", "L1", **of_old), new, divided("P", "X", 8), BOARDS, use("B1", "X", 7), use("B2", "X", 9))

    rows = ask("L1", **narrowing, explain="true")

    assert sure(rows) == ({} if found is None else dict.fromkeys(["B1", "B2"], found))
    assert {row["why"]["steps"][-1]["certainty"] for row in rows} <= {found}


def test_a_date_code_that_is_asked_for_stands_on_the_package_that_says_it(tell, ask) -> None:
    new = [reel("X", dateCode="2530"), reel("Y"), split("P", "X", 8), split("P", "Y", 8)]
    tell(reel("P", "L1", dateCode="2541"), *new, BOARDS, use("B1", "X", 9), use("B2", "Y", 9))

    assert sure(ask(dateCode="2541")) == {"B2": "exact"}
    assert sure(ask(dateCode="2530")) == {"B1": "exact"}
    assert sure(ask(dateCode=["2530", "2541"])) == {"B1": "exact", "B2": "exact"}


SAID_ANEW = {
    "receipt": [{"receipt": {"deliveryNote": note}} for note in ("DN-1", "DN-2")],
    "partNumber": [{"internalPartNumber": number} for number in ("47-1", "47-2")],
    "dateCode": [{"dateCode": code} for code in ("2541", "2530")],
}


@pytest.mark.parametrize("kind", SAID_ANEW)
def test_of_what_was_said_anew_each_time_has_its_own(tell, ask, kind) -> None:
    """[5] A package is of the delivery note, date code and part number that are said as of the time."""
    before, after = SAID_ANEW[kind]
    again = event("packageCreated", "again", 5, package="P", **after)
    tell(reel("P", "L1", **before, hour=2), again, BOARDS, use("B1", "P", 1))
    first, second = (
        next(iter(each["receipt"].values() if kind == "receipt" else each.values()))
        for each in (before, after)
    )

    for hour, told, not_told in ((1, first, second), (3, first, second), (5, second, first)):
        assert sure(ask(**{kind: told}, asOf=at(hour))) == {"B1": "exact"}, hour
        assert ask(**{kind: not_told}, asOf=at(hour)) == [], hour


def test_what_flows_later_says_nothing_of_what_a_package_is_of(tell, ask) -> None:
    """[1.5] Before the split nobody knows of what date code the package is that is asked for."""
    tell(reel("P", "L1", dateCode="2530"), split("P", "X", 8), BOARDS, use("B1", "X", 5))

    for hour, found in ((7, "possible"), (8, "exact")):
        assert sure(ask(package="X", dateCodeTo="2535", asOf=at(hour))) == {"B1": found}, hour
    assert sure(ask(package="X", dateCodeFrom="2535", asOf=at(7))) == {"B1": "possible"}
    assert ask(package="X", dateCodeFrom="2535") == []


def test_what_came_of_no_known_lot_may_be_the_lot_that_is_said_of_the_label_divided_from_it(
    tell, ask
) -> None:
    tell(
        reel("P", "L1", receipt={"deliveryNote": "DN-1"}),
        reel("Q", receipt={"deliveryNote": "DN-2"}),
        merged("Q", "P", 6),
        reel("X", "L1"),
        split("P", "X", 7),
        BOARDS,
        use("B1", "X", 8),
    )

    for query in ({"package": "P"}, {"package": "Q"}, {"receipt": "DN-1"}, {"receipt": "DN-2"}):
        (row,) = ask(**query, explain="true")
        assert row["certainty"] == row["why"]["certainty"] == "possible", query
    for note in ("DN-1", "DN-2"):
        assert sure(ask("L1", deliveryNote=note)) == {"B1": "possible"}, note
    assert sure(ask("L1")) == sure(ask(package=["P", "Q"])) == {"B1": "exact"}
