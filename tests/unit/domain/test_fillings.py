"""What packages held: drawn from what their parents held at that time, whatever came later.

Packages are 10 and more, lots are 1 to 9.
"""

import itertools
from datetime import UTC, datetime

import pytest

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Flow, fold_fillings

OLD, NEW, THIRD, PART = 10, 11, 12, 13
LOT_OF_OLD, LOT_OF_NEW, LOT_OF_THIRD = 1, 2, 3
STATED = {
    OLD: {LOT_OF_OLD: Certainty.EXACT},
    NEW: {LOT_OF_NEW: Certainty.EXACT},
    THIRD: {LOT_OF_THIRD: Certainty.EXACT},
}
BEGINNING, END = 0, 24


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def flow(kind, parent, child, hour, *, until=None, rank=0, place=0, assumed=False):
    return Flow(
        parent=parent,
        child=child,
        kind=kind,
        at=at(hour),
        rank=rank,
        place=place,
        assumed=assumed,
        zone_end=None if until is None else at(until),
    )


def splice(parent, child, hour, **more):
    return flow(LinkKind.SPLICE, parent, child, hour, **more)


def split(parent, child, hour, **more):
    return flow(LinkKind.SPLIT, parent, child, hour, **more)


def merge(parent, child, hour, **more):
    return flow(LinkKind.MERGE, parent, child, hour, **more)


def held(flows, package, *, stated=None, packages=False):
    """What a package held: source, certainty, from which hour, until which."""
    every = fold_fillings(STATED if stated is None else stated, flows).get(package, [])
    return sorted(
        (
            0 if each.source is None else each.source,
            each.grade.certainty.name.lower(),
            BEGINNING if each.valid_from is None else each.valid_from.hour,
            END if each.valid_to is None else each.valid_to.hour,
        )
        for each in every
        if each.is_package is packages
    )


def test_a_package_holds_its_lot_always_and_of_several_each_possibly() -> None:
    two = {OLD: {1: Certainty.EXACT, 2: Certainty.EXACT}}

    assert held([], OLD) == [(1, "exact", BEGINNING, END)]
    assert held([], OLD, stated=two) == [(1, "possible", BEGINNING, END), (2, "possible", BEGINNING, END)]


def test_a_splice_is_before_within_and_after() -> None:
    assert held([splice(NEW, OLD, 10, until=12)], OLD) == [
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, 12),
        (2, "exact", 12, END),
        (2, "possible", 10, 12),
    ]


def test_a_third_reel_meets_the_second_and_never_the_first() -> None:
    closed = [splice(NEW, OLD, 10, until=12), splice(THIRD, OLD, 14, until=16)]
    opened = [splice(NEW, OLD, 10), splice(THIRD, OLD, 14)]

    assert [each for each in held(closed, OLD) if each[0] != LOT_OF_NEW] == [
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, 12),
        (3, "exact", 16, END),
        (3, "possible", 14, 16),
    ]
    assert held(opened, OLD) == [
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, 14),
        (2, "possible", 10, END),
        (3, "possible", 14, END),
    ]
    assert held(opened, THIRD) == [(3, "exact", BEGINNING, END)]


def test_two_reels_of_one_lot_leave_no_doubt() -> None:
    same = {OLD: {1: Certainty.EXACT}, NEW: {1: Certainty.EXACT}}

    assert held([splice(NEW, OLD, 10, until=12)], OLD, stated=same) == [(1, "exact", BEGINNING, END)]
    assert held([merge(OLD, THIRD, 10), merge(NEW, THIRD, 10)], THIRD, stated=same) == [
        (1, "exact", BEGINNING, END)
    ]


def test_what_one_of_two_may_hold_is_not_sure() -> None:
    either = {**STATED, PART: {1: Certainty.EXACT, 2: Certainty.EXACT}}

    assert held([merge(PART, OLD, 10)], OLD, stated=either) == [
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, END),
        (2, "possible", 10, END),
    ]
    assert held([split(PART, OLD, 10)], OLD, stated=either) == [
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, END),
        (2, "possible", 10, END),
    ]


def test_a_running_label_of_which_nobody_said_the_lot_may_have_held_anything() -> None:
    assert held([splice(NEW, PART, 10, until=12)], PART) == [
        (0, "possible", 10, 12),
        (2, "exact", 12, END),
        (2, "possible", 10, 12),
    ]


@pytest.mark.parametrize(
    ("hour", "lots"),
    [(9, [(1, "exact")]), (11, [(1, "possible"), (2, "possible")]), (13, [(2, "exact")])],
)
@pytest.mark.parametrize("kind", [LinkKind.SPLIT, LinkKind.RELABEL])
def test_what_is_divided_holds_what_the_label_held_at_that_time(kind, hour, lots) -> None:
    flows = [splice(NEW, OLD, 10, until=12), flow(kind, OLD, PART, hour)]

    assert [(lot, sure) for lot, sure, _, _ in held(flows, PART)] == lots


def test_a_part_held_it_from_its_beginning_and_tells_since_when_that_is_said() -> None:
    (filling,) = (each for each in fold_fillings(STATED, [split(OLD, PART, 10)])[PART] if not each.is_package)

    assert (filling.valid_from, filling.grade.since) == (None, at(10))


def test_a_part_of_a_part_that_was_told_late_is_of_the_same_lot() -> None:
    assert held([split(PART, 14, 9), split(OLD, PART, 10)], 14) == [(1, "exact", BEGINNING, END)]


def test_a_label_with_another_lot_was_right_before_something_was_put_to_it() -> None:
    assert held([split(OLD, NEW, 10)], NEW) == [
        (1, "possible", 10, END),
        (2, "exact", BEGINNING, 10),
        (2, "possible", 10, END),
    ]
    assert held([split(OLD, PART, 10)], PART, stated={OLD: {}, PART: {2: Certainty.EXACT}}) == [
        (2, "exact", BEGINNING, END)
    ]


def test_merged_packages_hold_each_possibly_from_then_on() -> None:
    assert held([merge(NEW, OLD, 10)], OLD) == [
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, END),
        (2, "possible", 10, END),
    ]
    assert held([merge(OLD, PART, 10), merge(NEW, PART, 10)], PART) == [
        (1, "possible", BEGINNING, END),
        (2, "possible", BEGINNING, END),
    ]  # a label that begins so
    assert held([merge(OLD, PART, 10), merge(NEW, PART, 11)], PART) == [
        (1, "exact", BEGINNING, 11),
        (1, "possible", 11, END),
        (2, "possible", 11, END),
    ]
    assert held([merge(OLD, PART, 10)], PART) == [(1, "exact", BEGINNING, END)]


@pytest.mark.parametrize("taken", [split(PART, THIRD, 9), merge(PART, PART, 10, place=1)])
def test_what_something_was_taken_from_held_something_before_a_merge(taken) -> None:
    assert held([taken, merge(OLD, PART, 10)], PART) == [(0, "possible", 10, END), (1, "possible", 10, END)]
    assert held([split(PART, THIRD, 11), merge(OLD, PART, 10)], PART) == [(1, "exact", BEGINNING, END)]


def test_what_is_merged_within_a_zone_is_there_after_it() -> None:
    flows = [splice(NEW, OLD, 10, until=12), merge(THIRD, OLD, 11)]

    assert [(lot, sure) for lot, sure, begins, _ in held(flows, OLD) if begins == 12] == [
        (2, "possible")
    ] or [each for each in held(flows, OLD) if each[3] == END] == [
        (2, "possible", 10, END),
        (3, "possible", 11, END),
    ]


def test_something_of_no_known_lot_leaves_the_others_in_doubt() -> None:
    flows = [merge(PART, OLD, 10)]

    assert held(flows, OLD) == [
        (0, "possible", 10, END),
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, END),
    ]


def test_an_assumed_flow_makes_nothing_sure() -> None:
    assert held([split(OLD, PART, 10, assumed=True)], PART) == [(1, "assumed", BEGINNING, END)]


def test_a_circle_ends_and_nobody_in_it_is_in_doubt() -> None:
    for ranks in itertools.permutations((1, 2)):
        flows = [split(OLD, PART, 10, rank=ranks[0]), merge(PART, OLD, 10, rank=ranks[1])]
        assert held(flows, PART) == held(flows, OLD) == [(1, "exact", BEGINNING, END)]
    assert held([split(PART, 14, 10), split(14, PART, 10), split(14, 14, 10)], 14) == [
        (0, "exact", BEGINNING, END)
    ]


def test_the_package_that_was_spliced_on_is_gone_after_the_zone() -> None:
    flows = [splice(NEW, OLD, 10, until=12), split(OLD, PART, 14)]

    assert held(flows, OLD, packages=True) == [
        (OLD, "exact", BEGINNING, 10),
        (OLD, "possible", 10, 12),
        (NEW, "exact", 12, END),
        (NEW, "possible", 10, 12),
    ]
    assert held(flows, PART, packages=True) == [(NEW, "exact", BEGINNING, END)]


def test_the_order_in_which_flows_are_told_does_not_matter() -> None:
    flows = [
        splice(NEW, OLD, 10, until=12),
        merge(THIRD, OLD, 11),
        split(OLD, PART, 11, rank=5),
        flow(LinkKind.RELABEL, PART, 14, 9),
    ]
    found = fold_fillings(STATED, flows)

    for order in itertools.permutations(flows):
        again = fold_fillings(STATED, order)
        assert {key: set(each) for key, each in again.items()} == {
            key: set(each) for key, each in found.items()
        }


def test_of_two_reels_that_one_event_joins_the_one_that_it_names_last_goes_on() -> None:
    joined = [splice(NEW, OLD, 10, until=12), splice(THIRD, OLD, 10, until=12, place=1)]

    for order in (joined, joined[::-1]):
        assert held(order, OLD) == [
            (1, "exact", BEGINNING, 10),
            (2, "possible", 10, 12),
            (3, "exact", 12, END),
            (3, "possible", 10, 12),
        ]


def test_what_came_from_nobody_knows_where_is_of_no_known_lot() -> None:
    mixed = [merge(OLD, PART, 8), merge(None, PART, 8)]

    assert held(mixed, PART) == [(0, "possible", BEGINNING, END), (1, "possible", BEGINNING, END)]
    assert held(mixed, PART, packages=True) == [(OLD, "possible", BEGINNING, END)]
    assert held([split(None, PART, 8), merge(OLD, PART, 9)], PART) == [
        (0, "exact", BEGINNING, 9),
        (0, "possible", 9, END),
        (1, "possible", 9, END),
    ]
    assert held([splice(None, OLD, 10, until=12)], OLD) == [
        (0, "exact", 12, END),
        (0, "possible", 10, 12),
        (1, "exact", BEGINNING, 10),
        (1, "possible", 10, 12),
    ]


@pytest.mark.parametrize("kind", [LinkKind.SPLIT, LinkKind.RELABEL, LinkKind.MERGE])
@pytest.mark.parametrize("later", [THIRD, None])
def test_what_comes_later_takes_nothing_away_of_what_came_first_and_was_not_what_the_label_says(
    kind, later
) -> None:
    said = {**STATED, PART: {LOT_OF_OLD: Certainty.EXACT}, THIRD: {LOT_OF_OLD: Certainty.EXACT}}
    first = split(NEW, PART, 8)

    alone = held([first], PART, stated=said)
    both = held([first, flow(kind, later, PART, 10)], PART, stated=said)

    def until(hour, rows):
        return [(lot, sure) for lot, sure, begins, _ in rows if begins < hour]

    assert (LOT_OF_NEW, "possible", 8, END) in alone
    assert until(10, both) == until(10, alone)
    assert {lot for lot, *_, ends in both if ends == END} >= {LOT_OF_OLD, LOT_OF_NEW}
