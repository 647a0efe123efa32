"""Sections 9 to 11 of semantics.md, rule by rule, and the cases from daily work, by hand."""

import csv
import json
from pathlib import Path

import pytest
from engine.answers import contents, where_used
from engine.asked import Asked
from engine.coverage import coverage
from engine.plants import FUTURE, at, recorded_at
from engine.scopes import Scope
from engine.telling import (
    asked,
    boards,
    inside,
    kinds,
    left,
    listing,
    lot,
    plant,
    put,
    reel,
    said,
    told,
    unit,
    used,
    view,
    where,
)
from engine.unknown import unknown_contents, unknown_where_used

R_100 = ("ohm", "r-100")


def events_of(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_9_1_the_set_is_one_question_and_the_surest_way_counts() -> None:
    two = said("packageCreated", 0, package="K1", lots=[lot("L1"), lot("L2")])
    events = (
        two,
        reel("K2", "L1"),
        boards("B1", "B2"),
        used("B1", "K1", 1),
        used("B2", "K1", 1),
        used("B2", "K2", 1),
    )

    assert where(view(*events), "L1") == {"b1": "possible", "b2": "exact"}
    assert where(view(*events), "L1", "L2") == {"b1": "exact", "b2": "exact"}
    assumed = view(two, boards("B1"), used("B1", "K1", 1, certainty="assumed"))
    assert where(assumed, "L1") == {"b1": "assumed"}


def test_9_1_a_receipt_a_part_number_and_a_package_are_asked_alike() -> None:
    whole = reel("K1", "L1", receipt={"deliveryNote": "DN 7", "from": "Arro"}, internalPartNumber="47-100")
    note = said("receipt", 0, deliveryNote="DN 7", **{"from": "Arro"})
    of = view(note, whole, boards("B1"), used("B1", "K1", 1))

    for question in (Asked(receipts=frozenset({"arro|dn 7"})), Asked(part_numbers=frozenset({"47-100"}))):
        assert len(coverage(of, question).runs) == 0
        assert list(where_used(of, question).values()) == ["exact"]


def test_9_2_levels_count_each_unit_once() -> None:
    ship = said("shipped", 3, units=["X1"], shipment="SH1", customer="Acorn")
    events = (reel("K1", "L1"), boards("B1", "B2", "M1", "X1"), *(used(f"B{n}", "K1", 1) for n in (1, 2)))
    of = view(*events, put("B1", "M1", 2), put("B2", "X1", 2), put("M1", "X1", 2), ship)

    assert where(of, "L1") == {"b1": "exact", "b2": "exact"}
    assert where(of, "L1", level="product") == {"x1": "exact"}
    assert where(of, "L1", level="shipment") == {"sh1": "exact"}
    assert where(of, "L1", level="customer") == {"acorn": "exact"}


def test_9_3_ever_counts_what_held_it_and_what_that_was_part_of_meanwhile() -> None:
    events = (
        reel("K1", "L1"),
        boards("B1", "X1", "X2", "X3"),
        put("B1", "X3", 0.5),
        said("removed", 0.75, unit="X3", part="B1"),
        used("B1", "K1", 1),
        put("B1", "X1", 2),
        said("removed", 3, unit="X1", part="B1"),
        said("removed", 4, unit="B1", package="K1"),
        put("B1", "X2", 5),
    )

    assert where(view(*events), "L1", level="product") == {}
    assert where(view(*events), "L1", ever=True) == {"b1": "exact"}
    assert where(view(*events), "L1", level="product", ever=True) == {"x1": "exact"}
    assert where(view(*events, hour=3.5), "L1", level="product", ever=True) == {"x1": "exact", "b1": "exact"}


def test_9_4_contents_are_the_same_walk_backwards() -> None:
    of = view(
        reel("K1", "L1"), boards("B1", "X1"), used("B1", "K1", 1, certainty="possible"), put("B1", "X1", 2)
    )

    assert inside(of, "X1") == inside(of, "B1") == {"l1": "possible"}


def test_9_5_what_waits_is_undecided_or_has_no_lot_is_part_of_the_answer() -> None:
    issued = [{"serial": "B2", "issuer": each} for each in ("Acorn", "Birch")]
    bare = said("packageCreated", 0, package="K2")
    events = (
        reel("K1", "L1"),
        reel("K3", "L3"),
        bare,
        boards("B1", *issued),
        used("B1", "K9", 1),
        used("B2", "K1", 1),
    )
    of = view(*events, used("B1", "K2", 1), used("B1", "K1", "2098-01-01T00:00:00Z"), used("B8", "K3", 1))

    beside = unknown_where_used(of, asked("L1"))

    assert (beside.waiting, beside.undecided, beside.ahead) == (1, 1, 1)
    assert [each.value for each in beside.without_lot] == ["k2"]
    assert unknown_where_used(of, asked("L3")).waiting == 2
    assert unknown_contents(of, unit(of, "B1")).waiting == 1


def test_9_5_contradictions_that_touch_an_answer_are_counted_by_kind() -> None:
    twice = (
        boards("B1", "X1", "X2"),
        put("B1", "X1", 2),
        put("B1", "X2", 3),
        boards("B7"),
        said("returned", 1, units=["B7"]),
    )
    of = view(reel("K1", "L1"), *twice, used("B1", "K1", 1))

    assert unknown_where_used(of, asked("L1")).contradictions == (("twoParents", 1),)


def ten_boards() -> list[dict]:
    names = [f"B{n}" for n in range(1, 11)]
    passed = said(
        "unitProcessed", 1, units=names, run={"id": "R1", "station": "ST1"}, firstSequence=1, source="line.1"
    )
    done = said("unitCompleted", 5, units=names, run="R1", source="line.1")
    uses = [used(name, "K1", 2, source="line.1", slot="F1", run="R1") for name in names[:6]]
    return [reel("K1", "L1", hour=0), boards(*names), passed, *uses, done]


def test_9_6_built_are_those_that_completed_and_reported_those_with_a_use() -> None:
    of = view(*ten_boards())

    found = coverage(of, asked("L1"))

    assert (found.built, found.reported, found.uses, found.is_complete) == (
        10,
        6,
        {(*R_100, "machine"): 6},
        False,
    )
    assert [source for source, _ in found.runs[0].last_spoke] == ["line.1"]
    unfinished = coverage(view(*ten_boards()[:-1]), asked("L1"))
    assert (unfinished.built, unfinished.passed, unfinished.reported) == (None, 10, 6)
    rest = [used(f"B{n}", "K1", 2, source="line.1") for n in range(7, 11)]
    assert coverage(view(*ten_boards(), *rest), asked("L1")).is_complete


def test_9_6_a_set_up_reports_nobody() -> None:
    slots = [{"slot": "F1", "package": "K1"}]
    found = coverage(view(*ten_boards(), said("setUp", 0, station="ST1", slots=slots)), asked("L1"))

    assert (found.built, found.reported, found.is_complete) == (10, 6, False)
    assert found.uses == {(*R_100, "machine"): 6, (*R_100, "setup"): 4}


def test_9_6_another_lot_of_the_same_part_is_a_report_and_another_part_is_none() -> None:
    same = [reel("K2", "L2"), *(used(f"B{n}", "K2", 2) for n in (7, 8))]
    other = [
        said("packageCreated", 0, package="K3", lots=[lot("L3", "C-1")]),
        *(used(f"B{n}", "K3", 2) for n in (9, 10)),
    ]

    assert coverage(view(*ten_boards(), *same, *other), asked("L1")).reported == 8


def test_9_5_a_pass_of_a_run_in_question_touches_whoever_passed() -> None:
    rest = [used(f"B{n}", "K1", 2) for n in range(7, 11)]
    whole = [*ten_boards(), *rest]
    done = [said("unitCompleted", 6, units=["B99"], **run) for run in ({"run": "R1"}, {})]
    passed = said("unitProcessed", 6, units=[None], run="R1", firstSequence=1)

    assert [unknown_where_used(view(*whole, each), asked("L1")).waiting for each in done] == [1, 1]
    assert unknown_where_used(view(*whole, passed), asked("L1")).unread == 1
    assert not coverage(view(*whole, done[0]), asked("L1")).is_complete
    other = done[0] | {"run": "R2"}
    assert coverage(view(*whole, other), asked("L1")).is_complete


def test_9_6_a_run_is_fed_in_vain_while_nobody_of_the_range_has_passed() -> None:
    rest = [used(f"B{n}", "K1", 2) for n in range(7, 11)]
    fed = said("feed", 3, run="R2", feeds=[{"package": "K1", "sequenceFrom": 1, "sequenceTo": 9}])
    passed = said("unitProcessed", 4, units=["B1"], run="R2", firstSequence=1)
    done = said("unitCompleted", 6, units=["B1"], run="R2")

    found = coverage(view(*ten_boards(), *rest, fed), asked("L1"))

    assert (found.built, found.is_complete, [each.run for each in found.runs]) == (None, False, ["r1", "r2"])
    assert coverage(view(*ten_boards(), *rest, fed, passed, done), asked("L1")).is_complete


def test_10_a_contradiction_says_since_when_it_is_known_and_what_resolved_it() -> None:
    undo = said("correction", 9, "undo", corrects="e2")
    events = (boards("B1", "X1", "X2"), put("B1", "X1", 2), put("B1", "X2", 3), undo)

    ((anomaly, since, by),) = plant(*events).history()

    assert (anomaly.kind, since, by) == ("twoParents", recorded_at(2), "undo")


def of_two_customers() -> list[dict]:
    events = [
        reel("K1", "L1"),
        reel("K2", "L2"),
        boards("A1", customer="Acorn"),
        boards("Z1", customer="Birch"),
    ]
    events += [boards("X1", customer="Acorn"), put("A1", "X1", 2), used("A1", "K1", 1), used("Z1", "K1", 1)]
    ship = said("shipped", 3, units=["X1", "Z1"], shipment="SH1", order="PO-1", customer="Birch")
    return [*events, used("Z1", "K2", 1), ship]


def test_11_an_auditor_sees_units_of_their_customer_alone() -> None:
    of = view(*of_two_customers())

    assert where(of, "L1", customer="ACORN") == {"a1": "exact"}
    assert where(of, "L2", customer="Acorn") == {}
    # Their units are told with a shipment of another's, but not whose order it was.
    assert where(of, "L1", level="shipment", customer="Acorn") == {"sh1": "exact"}
    assert (Scope(of, "Acorn").order("sh1"), Scope(of, "Birch").order("sh1")) == (None, "po-1")
    assert where(of, "L1", level="customer", customer="Acorn") == {None: "exact"}


def test_11_a_unit_without_customer_is_for_that_of_what_it_is_part_of() -> None:
    start = (reel("K1", "L1"), boards("B1"), used("B1", "K1", 1), boards("X1", customer="Acorn"))

    assert where(view(*start, put("B1", "X1", 2)), "L1", customer="Acorn") == {"b1": "exact"}
    assert where(view(*start, put("B1", "X1", 2), hour=1.5), "L1", customer="Acorn") == {}


def test_11_created_for_the_wrong_customer_and_corrected() -> None:
    wrong = said("unitCreated", 1, "wrong", units=["B1"], customer="Birch")
    start = (reel("K1", "L1"), boards("B1", customer="Acorn"), used("B1", "K1", 0), wrong)
    corrected = (*start, said("correction", 5, corrects="wrong"))

    assert where(view(*corrected), "L1", customer="Acorn") == {"b1": "exact"}
    assert where(view(*corrected), "L1", customer="Birch") == {}
    assert where(view(*corrected, recorded=2), "L1", customer="Birch") == {}
    assert where(view(*corrected, recorded=3), "L1", customer="Birch") == {"b1": "exact"}


def test_11_of_an_undecided_line_they_are_told_only_that_it_is() -> None:
    one, other = {"serial": "B1", "issuer": "Acorn"}, {"serial": "B1", "issuer": "Birch"}
    start = (
        reel("K1", "L1"),
        boards(one, customer="Acorn"),
        boards(other, customer="Birch"),
        boards("A2", customer="Acorn"),
    )
    of = view(*start, used("B1", "K1", 1), used("B1", "K1", 2), used("A2", "K9", 2), used("U9", "K1", 2))

    theirs, plants = (unknown_where_used(of, asked("L1"), Scope(of, each)) for each in ("Acorn", None))

    assert (theirs.undecided, theirs.waiting) == (1, 1)
    assert (plants.undecided, plants.waiting) == (2, 2)
    assert Scope(of, "Acorn").told(of.anomalies[0]) is None


def test_11_that_units_are_on_one_number_is_told_to_no_customer() -> None:
    events = [boards(f"A{n}", hour=n, customer="Acorn", run="R1") for n in (1, 2)]
    of = view(*events, boards("Z1", customer="Birch", run="R1"))

    (anomaly,) = of.anomalies

    assert (len(anomaly.things), anomaly.events) == (3, ("e0", "e1", "e2"))
    assert Scope(of, "Acorn").told(anomaly) is None


def test_c02_the_reel_that_a_list_announces_is_the_reel_that_is_scanned(cases: Path) -> None:
    scanned = events_of(cases / "c02-scanned.json")
    rows = list(csv.DictReader((cases / "c02-reels.csv").open()))
    of = view(
        listing(*((each["Reel id"], each["Lot code"]) for each in rows), maker=rows[0]["Manufacturer"]),
        *scanned,
    )

    assert {each.code: word for each, word in contents(of, unit(of, "C02-B1")).items()} == {
        "c02-lot": "exact"
    }


def test_c03_a_splice_is_a_zone(cases: Path) -> None:
    of = view(*events_of(cases / "c03-splice.json"))

    assert inside(of, "C03-B1") == {"c03-old-lot": "exact"}
    assert inside(of, "C03-B2") == {"c03-old-lot": "possible", "c03-new-lot": "possible"}


def test_c04_each_line_stands_alone_and_a_null_list_is_empty() -> None:
    # The messages are CFX; of their own vocabulary: one line without an id of the part.
    uses = [used("C04-B1", {"id": each}, 1, designators=None) for each in ("C04-REEL", None)]
    of = view(reel("C04-REEL", "L1"), boards("C04-B1"), uses[0] | {"designators": None}, uses[1])

    assert where(of, "L1") == {"c04-b1": "exact"}
    assert [line.event for line, _ in of.states["problem"]] == ["e3"]


def test_c05_two_placed_one_removed_one_placed_are_two(cases: Path) -> None:
    assert left(view(*events_of(cases / "c05-one-of-two-removed.json")), "C05-B1") == [
        ("c05-r", 1, "C2"),
        ("c05-r", 1, "C1"),
    ]


def test_c08_nothing_is_part_of_itself(cases: Path) -> None:
    of = view(*events_of(cases / "c08-part-of-itself.json"))

    assert told(of, "partOfItself") == [(("c08-4", "c08-5"), ["c08-a", "c08-b"]), (("c08-6",), ["c08-c"])]


def test_c09_one_serial_of_two_and_one_made_twice(cases: Path) -> None:
    assert told(view(*events_of(cases / "c09-serial-of-two.json")), "undecided") == [
        (("c09-4",), ["acorn:c09-0001", "birch:c09-0001"])
    ]
    assert kinds(view(*events_of(cases / "c09-serial-made-twice.json"))) == ["serialReused"]


def test_c14_what_one_source_sends_again_counts_once(cases: Path) -> None:
    assert left(view(*events_of(cases / "c14-sent-again.json")), "C14-B1") == [("c14-r", 2, "R1 R2")]


def test_6_1_a_lot_that_cannot_be_read_is_one_of_several() -> None:
    lots = [lot("L1"), lot("L2"), {"manufacturer": "Ohm", "mpn": "R-100"}]
    of = view(said("packageCreated", 0, package="K1", lots=lots), boards("B1"), used("B1", "K1", 1))

    assert where(of, "L1", "L2") == {"b1": "possible"}
    assert [each.value for each in unknown_where_used(of, asked("L1", "L2")).without_lot] == ["k1"]


@pytest.mark.parametrize("other", [{"package": "K9"}, {"package": None}])
def test_6_2_what_came_from_a_package_that_is_not_known_can_be_anything(other) -> None:
    together = said("merged", 1, packages=[{"package": "K1"}, other], into="K2")
    of = view(reel("K1", "L1"), together, boards("B1"), used("B1", "K2", 2))

    assert where(of, "L1") == {"b1": "possible"}
    beside = unknown_where_used(of, asked("L1"))
    assert (beside.waiting, beside.unread) == ((1, 0) if other["package"] else (0, 1))
    assert [each.value for each in beside.without_lot] == ["k2"]


def test_6_3_after_a_splice_of_a_reel_that_is_not_known_the_old_one_is_there_no_more() -> None:
    splice = said("merged", 2, packages=[{"package": "K9"}], into="K1", how="splice", zone={"until": at(3)})
    uses = (used("B1", "K1", 1), used("B2", "K1", 3), used("B3", "K1", 4))
    of = view(reel("K1", "L1"), boards("B1", "B2", "B3"), splice, *uses)

    assert where(of, "L1") == {"b1": "exact", "b2": "possible"}


def test_9_5_a_name_that_waits_to_be_one_with_others_touches_these() -> None:
    start = (reel("K1", "L1"), boards("B1", "B2"), used("B1", "K1", 1), used("B2", "K1", 1))
    of = view(*start, said("sameUnit", 2, units=["U8", "B1", "U9"]))

    assert unknown_where_used(of, asked("L1")).waiting == 2
    assert [unknown_contents(of, unit(of, each)).waiting for each in ("B1", "B2")] == [2, 0]


def test_9_5_a_line_that_cannot_be_read_touches_by_what_of_it_can_be() -> None:
    start = (reel("K1", "L1"), reel("K2", "L2"), boards("B1", "B2"), used("B1", "K1", 1), used("B2", "K2", 1))
    link = said("assembledInto", 2, links=[{"unit": "B1", "into": {"panel": "P1"}}])
    split = said("split", 2, package="K2", into=[{"package": None}])
    of = view(*start, link, split)

    assert [unknown_where_used(of, asked(each)).unread for each in ("L1", "L2")] == [1, 1]
    assert [unknown_contents(of, unit(of, each)).unread for each in ("B1", "B2")] == [1, 0]


def test_11_what_may_be_in_a_unit_of_theirs_is_told_to_an_auditor() -> None:
    run = {"id": "R1", "station": "ST1"}
    start = (
        reel("K1", "L1"),
        boards("A1", customer="Acorn", hour=2, run=run),
        boards("Z1", customer="Birch", hour=2, run=run, firstSequence=2),
        put("A1", "P1", 1, relation="panelOf"),
        boards("P1", hour=0),
        said("removed", 4, unit="P1", part="A1"),
    )
    numbers = {"package": "K9", "sequenceFrom": 1, "sequenceTo": 1}
    for line, birch in (
        (said("feed", 5, run="R1", feeds=[numbers]), 0),
        (said("setUp", 1, station="ST1", slots=[{"slot": "F1", "package": "K9"}]), 1),
        (said("setUp", 3, station="ST1", slots=[{"slot": "F1", "package": "K9"}]), None),
        (used("P1", "K9", 3), 0),
        (used("P1", "K9", 5), None),
    ):
        of = view(*start, line)
        told = [unknown_where_used(of, asked("L1"), Scope(of, each)).waiting for each in ("Acorn", "Birch")]
        assert told == ([0, 0] if birch is None else [1, birch])
        assert unknown_contents(of, unit(of, "A1")).waiting == told[0]


def test_11_a_set_up_that_cannot_be_read_is_told_of_what_passed_while_it_stood() -> None:
    run = {"id": "R1", "station": "ST1"}
    start = (reel("K1", "L1"), boards("A1", customer="Acorn", hour=2, run=run))
    start += (
        boards("A2", customer="Acorn", hour=4, run=run, firstSequence=2),
        boards("Z1", customer="Birch"),
    )
    ended = said("setUp", 3, station="ST1", slots=[{"slot": "F1", "package": None}])
    for slot, hour, held in (("F1", 1, [1, 0]), (None, 1, [1, 1]), ("F2", 1, [1, 1]), ("F1", 3.5, [0, 1])):
        unread = said("setUp", hour, station="ST1", slots=[{"slot": slot, "package": {"id": None}}])
        of = view(*start, ended, unread)
        told = [unknown_where_used(of, asked("L1"), Scope(of, each)).unread for each in ("Acorn", "Birch")]
        assert told == [1, 0], (slot, hour)
        assert [unknown_contents(of, unit(of, each)).unread for each in ("A1", "A2")] == held


def test_9_5_what_is_dated_ahead_is_counted_by_what_it_would_touch() -> None:
    start = (reel("K1", "L1"), reel("K2", "L2"), boards("B1", "B2", run="R1"), used("B1", "K1", 1))
    time = FUTURE.isoformat()
    numbers = {"package": "K1", "sequenceFrom": 2, "sequenceTo": 2}
    for line, of_lot, of_b1, of_b2 in (
        (said("feed", time, run="R1", feeds=[numbers]), 1, 0, 1),
        (said("setUp", time, station="ST1", slots=[{"slot": "F1", "package": "K1"}]), 1, 0, 0),
        (said("split", time, package="K1", into=[{"package": "K9"}]), 1, 0, 0),
        (said("merged", time, packages=[{"package": "K2"}], into="K1"), 0, 1, 0),
        (said("unitProcessed", time, units=["B1"], run="R2", firstSequence=1), 1, 1, 0),
    ):
        of = view(*start, line)
        inside = [unknown_contents(of, unit(of, each)).ahead for each in ("B1", "B2")]
        assert (unknown_where_used(of, asked("L1")).ahead, *inside) == (of_lot, of_b1, of_b2), line

    flows = [said("relabelled", time, package=each, into=into) for each, into in (("K8", "K9"), ("K1", "K8"))]
    assert unknown_where_used(view(*start, *flows, used("B2", "K9", time)), asked("L1")).ahead == 3
