"""Sections 6 to 8 of semantics.md, rule by rule: what the second engine must answer, by hand."""

from fractions import Fraction

from engine.answers import where_used
from engine.asked import Asked
from engine.plants import FUTURE, at
from engine.telling import (
    boards,
    inside,
    kinds,
    left,
    lot,
    named,
    plant,
    put,
    reel,
    said,
    told,
    used,
    view,
    waiting,
    where,
)

RUN = {"id": "R1", "station": "ST1"}


def spliced(new: str, running: str, hour: float, **members) -> dict:
    return said("merged", hour, packages=[{"package": new}], into=running, how="splice", **members)


def removed(unit: str, hour: float, **members) -> dict:
    return said("removed", hour, unit=unit, **members)


def test_6_1_one_lot_is_exact_and_several_are_possible() -> None:
    two = said("packageCreated", 9, package="K1", lots=[lot("L1"), lot("L2")])
    of = view(two, reel("K2", "L3"), boards("B1"), used("B1", "K1", 2), used("B1", "K2", 2))

    assert inside(of, "B1") == {"l1": "possible", "l2": "possible", "l3": "exact"}
    assert where(of, "L1", "L2") == {"b1": "exact"}


def test_6_2_a_split_holds_what_the_old_package_held_then() -> None:
    merge = said("merged", 3, packages=[{"package": "K2"}], into="K1")
    split = [said("split", hour, package="K1", into=[{"package": f"N{hour}"}]) for hour in (2, 4)]
    uses = (boards("B1", "B2"), used("B1", "N2", 5), used("B2", "N4", 5))
    of = view(reel("K1", "L1"), reel("K2", "L2"), merge, *split, *uses)

    assert inside(of, "B1") == {"l1": "exact"}
    assert inside(of, "B2") == {"l1": "possible", "l2": "possible"}


def test_6_2_what_is_merged_is_there_from_then_on_and_alone_it_is_exact() -> None:
    merge = said("merged", 3, packages=[{"package": "K2"}], into="K1")
    uses = (reel("K2", "L2"), merge, boards("B1", "B2"), used("B1", "K1", 2), used("B2", "K1", 4))

    both = view(reel("K1", "L1"), *uses)

    assert (inside(both, "B1"), inside(both, "B2")) == ({"l1": "exact"}, {"l1": "possible", "l2": "possible"})
    assert inside(view(*uses), "B2") == {"l2": "exact"}
    assert inside(view(reel("K1", "L2"), *uses), "B2") == {"l2": "exact"}


def test_6_2_a_new_label_is_the_same_material() -> None:
    of = view(
        reel("K1", "L1"), said("relabelled", 2, package="K1", into="N1"), boards("B1"), used("B1", "N1", 3)
    )

    assert where(of, "L1") == {"b1": "exact"}
    one = next(each for each in of.packages.direct if each.value == "k1")
    assert {named(row): word for row, word in where_used(of, Asked(packages=frozenset({one}))).items()} == {
        "b1": "exact"
    }


def test_6_2_packages_that_are_split_into_each_other_end() -> None:
    splits = [said("split", n, package=f"K{n}", into=[{"package": f"K{3 - n}"}]) for n in (1, 2)]

    assert inside(view(reel("K1", "L1"), *splits, boards("B1"), used("B1", "K2", 3)), "B1") == {"l1": "exact"}


def spliced_run(**zone) -> dict[str, dict[str, str]]:
    """Return what boards hold of a label of L1 that L2 joins at 3 and L3 at 8: B1 … B5 at 2, 4, 5, 6, 9."""
    reels = [reel(f"K{n}", f"L{n}") for n in (1, 2, 3)]
    passes = [
        said("unitProcessed", hour, units=[f"B{n}"], run="R1", firstSequence=n)
        for n, hour in enumerate((2, 4, 5, 6, 9), start=1)
    ]
    fed = said(
        "feed",
        10,
        run="R1",
        feeds=[{"package": "K1", "sequenceFrom": 1, "sequenceTo": 5, "quantityPerUnit": 2}],
    )
    names = [f"B{n}" for n in range(1, 6)]
    of = view(
        *reels,
        boards(*names),
        *passes,
        fed,
        spliced("K2", "K1", 3, **zone),
        spliced("K3", "K1", 8, zone={"until": at(8)}),
    )
    return {name: inside(of, name) for name in names}


OLD, GREY, NEW = {"l1": "exact"}, {"l1": "possible", "l2": "possible"}, {"l2": "exact"}
THIRD = {"l3": "exact"}


def test_6_3_before_within_and_after_a_zone_of_a_run() -> None:
    assert list(spliced_run(zone={"run": "R1", "sequenceTo": 3}).values()) == [OLD, GREY, GREY, NEW, THIRD]


def test_6_3_a_zone_ends_at_a_time_or_after_its_pieces_or_with_the_next_splice() -> None:
    assert list(spliced_run(zone={"until": at(4)}).values()) == [OLD, GREY, NEW, NEW, THIRD]
    assert list(spliced_run(greyZone=3).values()) == [OLD, GREY, GREY, NEW, THIRD]
    assert list(spliced_run(greyZone=2).values()) == [OLD, GREY, NEW, NEW, THIRD]
    assert list(spliced_run().values()) == [OLD, GREY, GREY, GREY, THIRD]


def test_6_3_a_third_package_meets_the_second_and_other_uses_stay() -> None:
    reels = [reel(f"K{n}", f"L{n}") for n in (1, 2, 3)]
    events = (*reels, boards("B1", "B2"), spliced("K2", "K1", 3), spliced("K3", "K1", 5))

    of = view(*events, used("B1", "K1", 6), used("B2", "K2", 6))

    assert inside(of, "B1") == {"l2": "possible", "l3": "possible"}
    assert inside(of, "B2") == {"l2": "exact"}


def test_6_4_what_is_in_a_package_of_no_known_lot_leaves_the_rest_possible() -> None:
    bare = said("packageCreated", 0, package="K2")
    merge = said("merged", 1, packages=[{"package": "K1"}, {"package": "K2"}], into="K3")

    assert inside(view(reel("K1", "L1"), bare, merge, boards("B1"), used("B1", "K3", 2)), "B1") == {
        "l1": "possible"
    }


def test_6_5_more_used_than_was_in_it_and_two_measures_are_listed() -> None:
    start = (reel("K1", "L1", quantity=10), boards("B1"))

    assert kinds(view(*start, used("B1", "K1", 1, quantity=10))) == []
    over = view(*start, used("B1", "K1", 1, quantity=500))
    assert (kinds(over), where(over, "L1")) == (["overdrawn"], {"b1": "exact"})
    assert kinds(view(*start, used("B1", "K1", 1, quantity=500, unitOfMeasure="kg"))) == ["unitsOfMeasure"]


def test_7_2_a_use_by_a_range_happened_when_the_unit_passed() -> None:
    fed = said("feed", 9, run="R1", feeds=[{"package": "K1", "sequenceFrom": 1, "sequenceTo": 2}])
    passes = [said("unitProcessed", n, units=[f"B{n}"], run="R1", firstSequence=n) for n in (1, 2, 3)]
    events = (reel("K1", "L1"), boards("B1", "B2", "B3"), *passes, fed)

    assert where(view(*events), "L1") == {"b1": "exact", "b2": "exact"}
    assert where(view(*events, hour=1.5), "L1") == {"b1": "exact"}


def test_7_3_a_posting_in_bulk_is_assumed_whatever_it_claims() -> None:
    of = view(reel("K1", "L1"), boards("B1"), used("B1", "K1", 1, basis="backflush", certainty="exact"))

    assert where(of, "L1") == {"b1": "assumed"}


def set_up(hour: float, slot: str, label: str | None) -> dict:
    return said("setUp", hour, station="st 1", slots=[{"slot": slot, "package": label}])


def test_7_3_a_set_up_speaks_for_passes_that_nobody_reported() -> None:
    start = (reel("K1", "L1"), reel("K2", "L2"), boards("B1", "B2", hour=0))
    run = {"id": "R1", "station": "ST 1"}
    passes = (
        said("unitProcessed", 2, units=["B1"], run=run, firstSequence=1),
        said("unitProcessed", 4, units=["B2"], run=run, firstSequence=2),
    )
    events = (*start, *passes, set_up(1, "F1", "K1"), set_up(3, "F1", "K2"))

    assert (where(view(*events), "L1"), where(view(*events), "L2")) == ({"b1": "assumed"}, {"b2": "assumed"})
    assert where(view(*events, set_up(3.5, "F1", None)), "L2") == {}
    against = view(*events, used("B2", "K1", 4, run="R1", slot="f1"))
    assert where(against, "L1") == {"b1": "assumed", "b2": "exact"}
    assert (where(against, "L2"), told(against, "setupAgainstReport")) == ({}, [(("e6", "e7"), ["b2"])])
    # Another slot is spoken for; what agrees is no contradiction.
    assert where(view(*events, used("B2", "K1", 4, run="R1", slot="f2")), "L2") == {"b2": "assumed"}
    assert kinds(view(*events, used("B2", "K2", 4, run="R1", slot="f1"))) == []


def test_7_4_two_units_on_one_number_are_both_answered_and_listed() -> None:
    fed = said("feed", 3, run="R1", feeds=[{"package": "K1", "sequenceFrom": 1, "sequenceTo": 1}])
    of = view(reel("K1", "L1"), boards("B1", run="R1"), boards("B2", hour=1, run="R1"), fed)

    assert where(of, "L1") == {"b1": "exact", "b2": "exact"}
    assert told(of, "sequenceTwice") == [(("e1", "e2"), ["b1", "b2"])]


def test_7_5_pieces_are_counted_by_designator() -> None:
    four = (
        reel("K1", "L1"),
        boards("B1"),
        used("B1", "K1", 1, quantity=4, designators=["C1", "C2", "C3", "C4"]),
    )

    assert left(view(*four, removed("B1", 2, package="K1", designators=["C2"])), "B1") == [
        ("k1", 3, "C1 C3 C4")
    ]
    # Four placed, one removed, it is not known which.
    assert left(view(*four, removed("B1", 2, package="K1", quantity=1)), "B1") == [("k1", 3, "C1 C2 C3 C4")]
    assert left(view(*four, removed("B1", 2, package="K1")), "B1") == []
    spread = view(reel("K1", "L1"), boards("B1"), used("B1", "K1", 1, quantity=3, designators=["C1", "C2"]))
    assert left(spread, "B1") == [("k1", 3, "C1 C2")]


def test_7_5_without_designators_the_latest_use_gives_first() -> None:
    uses = (reel("K1", "L1"), boards("B1"), used("B1", "K1", 1, quantity=2), used("B1", "K1", 2, quantity=2))

    assert left(view(*uses, removed("B1", 3, package="K1", quantity=3)), "B1") == [("k1", 1, "")]
    # It touches what was placed before it or at its time only.
    assert left(view(*uses, removed("B1", 1, package="K1")), "B1") == [("k1", 2, "")]
    assert left(view(*uses, removed("B1", 3, package="K1", quantity=1), hour=2.5), "B1") == [
        ("k1", 2, ""),
        ("k1", 2, ""),
    ]


def test_7_5_of_a_range_that_is_dated_ahead_nothing_is_taken_out_before_its_time() -> None:
    numbers = {"package": "K1", "sequenceFrom": 1, "sequenceTo": 1, "quantityPerUnit": 1}
    early, late = (
        said("feed", 1, run="R1", feeds=[numbers]),
        said("feed", FUTURE.isoformat(), run="R1", feeds=[numbers]),
    )
    start = (reel("K1", "L1"), boards("B1", run="R1"), early, late)

    of = view(*start, said("removed", 2, unit="B1", package="K1"))
    after = plant(*start, said("removed", 2, unit="B1", package="K1")).view(FUTURE)

    assert left(of, "B1") == []
    assert left(after, "B1") == [("k1", 1, "")]


def test_7_5_what_a_removal_cannot_find_is_listed() -> None:
    use = (
        reel("K1", "L1"),
        reel("K2", "L2"),
        boards("B1"),
        used("B1", "K1", 1, quantity=1, designators=["C1"]),
    )
    once = removed("B1", 2, designators=["C1"])

    assert (kinds(view(*use, once)), where(view(*use, once), "L1")) == ([], {})
    ((events, (unit, package)),) = told(view(*use, once, removed("B1", 3, package="K1")), "removedTwice")
    assert (events, unit, package.value) == (("e5",), "b1", "k1")
    assert kinds(view(*use, removed("B1", 2, package="K2"))) == ["removedTwice"]
    # Place, remove, place again.
    assert where(view(*use, once, used("B1", "K1", 4, designators=["C1"])), "L1") == {"b1": "exact"}


def test_7_6_two_packages_on_one_designator_are_both_answered_and_listed() -> None:
    uses = [used("B1", f"K{n}", n, designators=["C1"]) for n in (1, 2)]
    start = (reel("K1", "L1"), reel("K2", "L2"), boards("B1"))

    of = view(*start, *uses)

    assert inside(of, "B1") == {"l1": "exact", "l2": "exact"}
    assert told(of, "designatorTwice") == [(("e3", "e4"), ["b1"])]
    assert kinds(view(*start, *uses, removed("B1", 1.5, package="K1", designators=["C1"]))) == []
    assert kinds(view(*start, uses[0], uses[1] | {"certainty": "possible"})) == []


def on_panel(*units: str, hour: float) -> dict:
    return said(
        "assembledInto", hour, links=[{"unit": each, "into": "P1", "relation": "panelOf"} for each in units]
    )


def test_7_7_what_was_used_on_a_panel_is_in_each_of_its_boards() -> None:
    start = (
        reel("K1", "L1"),
        reel("K2", "L2"),
        boards("P1", "B1", "B2", "X1"),
        used("P1", "K1", 1, quantity=8),
    )
    links = (on_panel("B1", "B2", hour=2), put("B1", "X1", 4), used("P1", "K2", 5))
    of = view(*start, *links)

    assert where(of, "L1") == {"b1": "exact", "b2": "exact"}  # the panel is counted no more
    assert where(of, "L2") == {"b2": "exact"}  # B1 had left
    assert left(of, "B1") == [("k1", None, "")]  # eight are the panel's, and no board's
    assert where(view(*start), "L1") == {"p1": "exact"}


def test_8_1_put_into_another_it_has_left_the_first() -> None:
    of = view(
        reel("K1", "L1"),
        boards("B1", "X1", "X2"),
        used("B1", "K1", 1),
        put("B1", "X2", 3),
        put("B1", "X1", 2),
    )

    assert where(of, "L1", level="product") == {"x2": "exact"}
    assert told(of, "twoParents") == [(("e3", "e4"), ["b1", "x1", "x2"])]
    out = said("removed", 2.5, unit="X1", part="B1")
    assert kinds(view(boards("B1", "X1", "X2"), put("B1", "X1", 2), out, put("B1", "X2", 3))) == []


def test_8_2_the_latest_statement_of_a_ring_holds_nothing() -> None:
    links = (put("A", "B", 1), put("B", "C", 2), put("C", "A", 3))
    start = (reel("K1", "L1"), boards("A", "B", "C"), used("A", "K1", 0))

    for order in (links, links[::-1]):
        of = view(*start, *order)
        assert where(of, "L1", level="product") == {"c": "exact"}
        assert kinds(of) == ["partOfItself"]


def test_8_3_what_is_not_in_or_did_not_leave_changes_nothing() -> None:
    start = (reel("K1", "L1"), boards("B1", "X1"), used("B1", "K1", 0), put("B1", "X1", 1))
    of = view(*start, said("removed", 2, unit="B1", part="X1"), said("returned", 3, units=["B1"]))

    assert where(of, "L1", level="product") == {"x1": "exact"}
    assert kinds(of) == ["notIn", "notShipped"]


def shipped(unit: object, shipment: str, hour: float, **members) -> dict:
    return said("shipped", hour, units=[unit], shipment=shipment, **members)


def test_8_3_shipped_again_it_is_with_the_later_shipment() -> None:
    of = view(
        reel("K1", "L1"), boards("B1"), used("B1", "K1", 0), shipped("B1", "SH2", 3), shipped("B1", "SH1", 2)
    )

    assert where(of, "L1", level="shipment") == {"sh2": "exact"}
    assert told(of, "shippedTwice") == [(("e3", "e4"), ["b1"])]
    back = view(
        boards("B1"), shipped("B1", "SH1", 1), said("returned", 2, units=["B1"]), shipped("B1", "SH2", 3)
    )
    assert kinds(back) == []


def test_8_4_a_return_ends_the_shipment_and_the_packing_but_not_the_product() -> None:
    carton = {"container": "C1"}
    start = (
        reel("K1", "L1"),
        boards("B1", "X1"),
        used("B1", "K1", 0),
        put("B1", "X1", 1),
        put("X1", carton, 2, relation="packedIn"),
    )
    back = (shipped(carton, "SH1", 3), said("returned", 4, units=["X1"]))

    assert where(view(*start, back[0]), "L1", level="shipment") == {"sh1": "exact"}
    of = view(*start, *back)
    assert (where(of, "L1", level="shipment"), where(of, "L1", level="product")) == ({}, {"x1": "exact"})
    assert where(of, "L1", level="shipment", ever=True) == {"sh1": "exact"}
    assert (kinds(of), waiting(of)) == ([], [])


def test_quantities_are_exact_numbers() -> None:
    of = view(
        reel("K1", "L1"),
        boards("B1"),
        used("B1", "K1", 0, quantity="0.3"),
        removed("B1", 1, package="K1", quantity="0.1"),
    )

    assert left(of, "B1") == [("k1", Fraction(1, 5), "")]
