"""Sections 1 to 5 of semantics.md, rule by rule: what the second engine must answer, by hand."""

from engine.telling import (
    boards,
    kinds,
    listing,
    lot,
    named,
    plant,
    put,
    reel,
    said,
    told,
    unit,
    used,
    view,
    waiting,
    where,
)

UNDO = {"type": "correction", "happenedAt": "2026-04-01T00:00:00Z"}


def undo(what: str, event_id: str) -> dict:
    return UNDO | {"id": event_id, "corrects": what}


def test_1_1_what_happened_later_or_was_recorded_later_does_not_count() -> None:
    events = (reel("K1", "L1"), boards("B1", "B2"), used("B1", "K1", 2), used("B2", "K1", 5))

    assert where(view(*events), "L1") == {"b1": "exact", "b2": "exact"}
    assert where(view(*events, hour=4), "L1") == {"b1": "exact"}
    assert where(view(*events, recorded=2), "L1") == {"b1": "exact"}


def test_1_2_equal_events_of_one_source_count_once() -> None:
    use = used("B1", "K1", 2, source="line.1", quantity=2)
    twice = (reel("K1", "L1", quantity=2), boards("B1"), use, use)

    assert kinds(view(*twice)) == []
    # Both without a source are equal, too; from two sources they are not.
    bare = [{m: v for m, v in each.items() if m != "source"} for each in twice]
    assert kinds(view(*bare)) == []
    assert kinds(view(*twice[:3], use | {"source": "line.2"})) == ["overdrawn"]


def test_1_2_of_equal_events_the_next_counts_when_the_first_is_corrected() -> None:
    use = used("B1", "K1", 2, source="line.1")
    events = (reel("K1", "L1"), boards("B1"), use, use, undo("e2", "c1"))

    assert where(view(*events), "L1") == {"b1": "exact"}
    assert where(view(*events, undo("e3", "c2")), "L1") == {}
    # Sent again after the error was taken away, it counts.
    assert where(view(*events[:3], undo("e2", "c1"), use), "L1") == {"b1": "exact"}


def test_1_3_a_correction_can_be_corrected() -> None:
    events = (reel("K1", "L1"), boards("B1"), used("B1", "K1", 2), undo("e2", "c1"))

    assert where(view(*events), "L1") == {}
    assert where(view(*events, recorded=2), "L1") == {"b1": "exact"}
    assert where(view(*events, undo("c1", "c2")), "L1") == {"b1": "exact"}
    assert where(view(*events, undo("c1", "c2"), undo("c2", "c3")), "L1") == {}


def test_1_3_a_ring_takes_nothing_away_until_something_else_breaks_it() -> None:
    ring = (undo("c2", "c1"), undo("c1", "c2"), undo("c3", "c3"))

    assert told(view(*ring), "correctionRing") == [(("c1", "c2"), []), (("c3",), [])]
    # What equals one of the ring says nothing.
    assert told(view(*ring, undo("c1", "c4")), "correctionRing") == [(("c1", "c2"), []), (("c3",), [])]
    later = undo("c1", "c5") | {"source": "another"}
    assert told(view(*ring, later), "correctionRing") == [(("c3",), [])]


def test_1_3_a_correction_waits_for_what_it_corrects_and_takes_its_names() -> None:
    events = (
        undo("late", "c1"),
        reel("K1", "L1"),
        said("unitCreated", 0, "late", units=["B1"]),
        used("B1", "K1", 2),
    )

    assert where(view(*events), "L1") == {}
    assert waiting(view(*events)) == ["e3"]


def test_1_4_what_is_dated_ahead_is_not_there_before_its_time() -> None:
    events = (reel("K1", "L1"), boards("B1"), used("B1", "K1", "2098-01-01T00:00:00Z"))

    now = view(*events)

    assert (where(now, "L1"), kinds(now)) == ({}, ["datedAhead"])
    then = view(*events, hour=24 * 365 * 73)
    assert (where(then, "L1"), kinds(then)) == ({"b1": "exact"}, [])


def test_2_ties_are_broken_by_the_hash_of_the_id() -> None:
    # SHA-256 of "a" begins with ca97…, of "b" with 3e23…: b is earlier, a is later and holds.
    events = (boards("B1", "P1", "P2"), put("B1", "P1", 1) | {"id": "a"}, put("B1", "P2", 1) | {"id": "b"})
    uses = (reel("K1", "L1"), used("B1", "K1", 2))

    assert where(view(*events, *uses), "L1", level="product") == {"p1": "exact"}
    assert where(view(events[2], events[1], events[0], *uses), "L1", level="product") == {"p1": "exact"}


def test_3_each_line_stands_alone() -> None:
    fed = said(
        "feed",
        2,
        run="R1",
        feeds=[{"package": each, "sequenceFrom": 1, "sequenceTo": 1} for each in ("K1", "K9")],
    )
    events = (reel("K1", "L1"), boards("B1", run="R1"), fed)

    assert where(view(*events), "L1") == {"b1": "exact"}
    assert waiting(view(*events)) == ["e2"]
    assert where(view(*events, reel("K9", "L9")), "L9") == {"b1": "exact"}
    assert waiting(view(*events, reel("K9", "L9"), undo("e3", "c1"))) == ["e2"]


def test_4_1_names_are_compared_in_one_form() -> None:
    assert where(view(reel("k 1", "L1"), boards("b\u00ad1"), used("\uff221", "K  1", 2)), "L1") == {
        "b1": "exact"
    }


def test_4_2_containers_are_known_by_being_named_and_units_by_namings() -> None:
    events = (
        reel("K1", "L1"),
        boards("B1"),
        used("B1", "K1", 1),
        put("B1", {"container": "C1"}, 2),
        put("B1", "P1", 3),
    )

    assert where(view(*events), "L1", level="product") == {"c1": "exact"}
    assert waiting(view(*events)) == ["e4"]


def test_4_3_a_name_that_is_given_after_its_use_is_the_same_name() -> None:
    assert where(view(reel("K1", "L1", 9), boards("B1", hour=9), used("B1", "K1", 2)), "L1") == {
        "b1": "exact"
    }


def test_4_3_a_label_with_other_lots_is_another_package() -> None:
    events = (
        reel("K1", "L1"),
        boards("B1", "B2"),
        used("B1", "K1", 2),
        reel("K1", "L2", 4),
        used("B2", "K1", 5),
    )

    now = view(*events)

    assert (where(now, "L1"), where(now, "L2")) == ({"b1": "exact"}, {"b2": "exact"})
    assert kinds(now) == ["labelReused"]
    again = view(reel("K1", "L1"), reel("K1", "L1", 4), said("packageCreated", 5, package="K1"))
    assert kinds(again) == []


def test_4_3_a_serial_made_anew_with_another_product_is_another_unit() -> None:
    first, second = boards("B1", product="P-100"), boards("B1", hour=20000, product="P-200")
    now = view(first, second, reel("K1", "L1"), used("B1", "K1", 2), used("B1", "K1", 20001))

    assert where(now, "L1") == {"b1": "exact", "b1+": "exact"}
    assert told(now, "serialReused") == [(("e0", "e1"), ["b1", "b1+"])]
    assert kinds(view(first, boards("B1", hour=3))) == []
    assert kinds(view(first, boards("B1", hour=3, kind="panel"))) == []  # no kind was said before
    assert kinds(view(boards("B1", kind="board"), boards("B1", hour=3, kind="panel"))) == ["serialReused"]


def test_4_3_a_creation_after_thirty_days_is_the_same_unit_until_somebody_decides() -> None:
    first, again = boards("B1"), boards("B1", hour=24 * 31)
    decided = said(
        "sameUnit",
        900,
        units=[{"serial": "B1", "at": first["happenedAt"]}, {"serial": "B1", "at": again["happenedAt"]}],
    )

    assert told(view(first, again), "createdAgain") == [(("e0", "e1"), ["b1"])]
    assert kinds(view(first, boards("B1", hour=24 * 30))) == []
    assert kinds(view(first, again, decided)) == []
    parted = view(first, again, said("nameReused", 24 * 30, unit="B1"))
    assert (kinds(parted), [named(each) for each in parted.names.units()]) == ([], ["b1", "b1+"])


def test_4_3_a_place_on_a_carrier_is_another_board_with_another_serial() -> None:
    place = {"panel": "P", "position": 1}
    events = (
        reel("K1", "L1"),
        boards(place | {"serial": "B1"}, hour=1),
        used(place, "K1", 2),
        boards(place | {"serial": "B2"}, hour=3),
        used(place, "K1", 4),
    )

    assert where(view(*events), "L1") == {"p/1 b1": "exact", "p/1+ b2": "exact"}
    assert where(view(*reversed(events)), "L1") == {"p/1 b1": "exact", "p/1+ b2": "exact"}


def test_4_3_whose_a_place_is_of_two_serials_of_one_time_nobody_knows_until_it_is_told() -> None:
    place = {"panel": "P", "position": 1}
    told = (
        reel("K1", "L1"),
        boards(place | {"serial": "B1"}, place | {"serial": "B2"}, hour=1),
        used(place, "K1", 2),
    )
    both = view(*told)

    assert where(both, "L1") == {}
    assert [len(means["unit"]) for _, means in both.open("undecided")] == [2]
    later = view(*told, boards(place | {"serial": "B1"}, hour=3), used(place, "K1", 4))
    assert list(where(later, "L1").values()) == ["exact"]


def test_4_3_a_place_that_is_created_again_is_another_board() -> None:
    place = {"panel": "P", "position": 1}
    events = (
        reel("K1", "L1"),
        boards(place),
        used(place, "K1", 1),
        boards(place, hour=2),
        used(place, "K1", 3),
    )

    assert where(view(*events), "L1") == {"p/1": "exact", "p/1+": "exact"}
    # A serial number that is told of the present holder is its name.
    assert where(view(*events[:3], boards(place | {"serial": "B1"}, hour=2)), "L1") == {"p/1 b1": "exact"}


def test_4_3_a_parted_serial_parts_the_place_it_is_told_with() -> None:
    both = {"panel": "P", "position": 1, "serial": "B1"}
    now = view(boards(both, product="P-100"), boards(both, hour=2, product="P-200"))

    assert [named(each) for each in now.names.units()] == ["p/1 b1", "p/1+ b1+"]


def test_4_6_a_board_with_the_number_of_its_panel_goes_by_its_place() -> None:
    place = {"panel": "P", "position": 1}
    marked = place | {"serial": "p"}
    events = (reel("K1", "L1"), boards(marked), used(marked, "K1", 2), used("P", "K1", 2))
    panel = boards("P", hour=9, kind="panel")

    assert where(view(*events), "L1") == {"p/1 p": "exact"}
    assert where(view(*events, panel), "L1") == {"p/1": "exact", "p": "exact"}
    assert where(view(*events, panel, undo("e4", "c1")), "L1") == {"p/1 p": "exact"}
    # A number of another issuer is another one, and what is said of the panel is said of all its names.
    other = boards({"serial": "P", "issuer": "Acorn"}, hour=9, kind="panel")
    assert where(view(*events, other), "L1") == {"p/1 p": "exact"}
    assert where(view(*events, boards(marked, kind="panel")), "L1") == {"p/1 p": "exact"}


def test_4_4_a_name_without_issuer_means_the_only_one_or_is_undecided() -> None:
    one, other = {"serial": "B1", "issuer": "Acorn"}, {"serial": "B1", "issuer": "Birch"}
    start = (reel("K1", "L1"), boards(one), used("B1", "K1", 2))

    assert where(view(*start), "L1") == {"acorn:b1": "exact"}
    two = view(*start, boards(other))
    assert (where(two, "L1"), told(two, "undecided")) == ({}, [(("e2",), ["acorn:b1", "birch:b1"])])
    assert where(view(*start, boards(other), boards("B1")), "L1") == {"b1": "exact"}
    assert where(view(*start, boards(other), undo("e1", "c1")), "L1") == {"birch:b1": "exact"}
    never = view(reel("K1", "L1"), boards("B1"), used(one, "K1", 2))
    assert (where(never, "L1"), waiting(never)) == ({}, ["e2"])


def test_4_5_an_announced_package_is_known_where_all_lists_say_one_lot() -> None:
    use = (boards("B1"), used("B1", "K1", 2))

    assert where(view(*use, listing(("K1", "L1")), listing(("K1", "L1"), key="bolt")), "L1") == {
        "b1": "exact"
    }
    assert kinds(view(*use, listing(("K1", "L1")), listing(("K1", "L2"), key="bolt"))) == ["undecided"]
    # A list that replaces another, and an event that makes the label known.
    assert where(view(*use, listing(("K1", "L1")), listing(("K2", "L1"))), "L1") == {}
    known = view(*use, listing(("K1", "L1")), reel("K1", "L2"))
    assert (where(known, "L1"), where(known, "L2"), kinds(known)) == (
        {},
        {"b1": "exact"},
        ["contentDisputed"],
    )


def test_4_5_an_issuer_in_the_event_is_compared_with_the_manufacturer() -> None:
    lists = (listing(("K1", "L1")), listing(("K1", "L1"), key="bolt", maker="Volt"))

    assert where(view(boards("B1"), used("B1", {"id": "K1", "issuer": "OHM"}, 2), *lists), "L1") == {
        "b1": "exact"
    }
    assert kinds(view(boards("B1"), used("B1", "K1", 2), *lists)) == ["undecided"]


def test_4_6_same_unit_joins_and_its_correction_parts() -> None:
    events = (reel("K1", "L1"), boards("B1", "B2", "B3"), used("B1", "K1", 2), put("B2", "B3", 3))
    same = said("sameUnit", 9, "same", units=["B1", "B2", "B9"])

    assert where(view(*events, same), "L1", level="product") == {"b3": "exact"}
    assert waiting(view(*events, same)) == ["same"]
    assert where(view(same, *events), "L1") == {"b1 b2": "exact"}
    assert where(view(*events, same, undo("same", "c1")), "L1", level="product") == {"b1": "exact"}


def test_4_6_each_name_is_meant_at_its_own_time() -> None:
    events = (boards("B1", product="P-100"), boards("B1", hour=5, product="P-200"), boards("M"))
    same = said("sameUnit", 9, units=[{"serial": "B1", "at": "2026-03-01T07:00:00Z"}, "M"])

    assert [named(each) for each in view(*events, same).names.units()] == ["b1 m", "b1+"]


def test_4_7_a_reused_serial_is_ended_by_same_unit_over_both() -> None:
    events = (boards("B1", product="P-100"), boards("B1", hour=5, product="P-200"))
    same = said("sameUnit", 9, "same", units=[{"serial": "B1", "at": "2026-03-01T07:00:00Z"}, "B1"])

    ((anomaly, _, by),) = plant(*events, same).history()

    assert (anomaly.kind, by) == ("serialReused", "same")


def test_5_each_member_is_the_latest_that_was_said_and_nothing_is_lost() -> None:
    run = {"id": "R1", "line": "line 1", "openedAt": "2026-03-01T06:00:00Z"}
    events = (
        boards("B1", hour=1, customer="Acorn", run=run),
        said("unitCreated", 3, "wrong", units=["B1"], customer="Birch"),
        said(
            "unitProcessed",
            4,
            units=["B1"],
            run={"id": "R1", "closedAt": "2026-03-01T09:00:00Z"},
            firstSequence=1,
        ),
    )

    def customer(of) -> str:
        return of.declared.unit(unit(of, "B1"))["customer"]

    assert customer(view(*events)) == "birch"
    assert customer(view(*events, hour=2)) == customer(view(*events, hour=0)) == "acorn"
    assert customer(view(*events, undo("wrong", "c1"))) == "acorn"
    assert customer(view(*events, undo("wrong", "c1"), recorded=1)) == "birch"
    assert view(*events).declared.run("r1")["line"] == "line 1"


def test_5_what_a_package_is_stays_as_it_was_said() -> None:
    events = (
        said("packageCreated", 0, package="K1", lots=[lot("L1")], kind="reel"),
        said("packageCreated", 1, package="K1"),
    )

    (one,) = view(*events).packages.direct

    assert view(*events).declared.package(one)["kind"] == "reel"
