"""Removals take pieces out of a unit's uses: by designator where that is known, else the latest first."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aas_registry.domain.held_spans import Span
from aas_registry.domain.removals import Removal, Stock, Use, fold_removals, fold_stocks


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def use(feed=1, package=10, hour=7, places=(), quantity=None, **more):
    return Use(
        feed=feed,
        package=package,
        installed_at=at(hour),
        designators=places,
        quantity=None if quantity is None else Decimal(quantity),
        **more,
    )


def taken(hour, package=None, places=(), quantity=None, **more):
    return Removal(
        happened_at=at(hour),
        rank=hour,
        event=hour,
        package=package,
        designators=places,
        quantity=None if quantity is None else Decimal(quantity),
        **more,
    )


def voids(uses, *removals):
    """What was taken: feed, pieces, emptied designators, and whether nothing is left."""
    found = fold_removals(uses, removals).voids
    return [
        (void.feed, None if void.quantity is None else str(void.quantity), void.designators, void.closes)
        for void in found
    ]


def test_a_use_ends_when_its_last_place_is_empty() -> None:
    removals = [taken(9, places=("R2",)), taken(8, places=("R1",))]

    found = fold_removals([use(places=("R1", "R2"))], removals).voids

    assert [(void.valid_to.hour, void.designators, void.closes) for void in found] == [
        (8, ("R1",), False),
        (9, ("R2",), True),
    ]


@pytest.mark.parametrize(
    ("removal", "closes"),
    [
        (taken(8, package=10), [True]),
        (taken(8, package=10, quantity=1), [False]),
        (taken(8, package=10, quantity=2), [True]),
        (taken(8, package=11), []),
        (taken(8, places=("R1",)), []),
        (taken(8, package=10, places=("R1",)), [False]),
        (taken(8, package=10, places=("R1", "R2")), [True]),
        (taken(6, package=10), []),
        (taken(7, package=10), [True]),
    ],
)
def test_of_a_use_without_places_only_its_package_is_taken(removal, closes) -> None:
    assert [void.closes for void in fold_removals([use(quantity=2)], [removal]).voids] == closes


def test_a_removal_touches_only_what_was_there_before_it() -> None:
    old, new = use(feed=1, hour=7, places=("R1",)), use(feed=2, package=20, hour=9, places=("R1",))

    found = fold_removals([old, new], [taken(8, places=("R1",)), taken(10, places=("R1",))]).voids

    assert [(void.feed, void.valid_to.hour) for void in found] == [(1, 8), (2, 10)]


def test_without_a_designator_pieces_are_taken_and_nobody_knows_where() -> None:
    four = use(places=("C1", "C2", "C3", "C4"), quantity=4)

    assert voids([four], taken(8, package=10, quantity=1)) == [(1, "1", (), False)]
    assert voids([four], taken(8, package=10, quantity=4)) == [(1, "4", ("C1", "C2", "C3", "C4"), True)]


def test_what_is_missing_somewhere_is_found_when_the_others_are_taken() -> None:
    three = use(places=("C1", "C2", "C3"))

    found = voids([three], taken(8, package=10, quantity=1), taken(9, places=("C1",)), taken(10, package=10))

    assert found == [(1, "1", (), False), (1, "1", ("C1",), False), (1, "1", ("C2", "C3"), True)]


def test_the_latest_use_of_a_package_is_taken_first() -> None:
    uses = [use(feed=1, hour=5, quantity=2), use(feed=2, hour=6, quantity=2), use(feed=3, hour=9, quantity=2)]

    assert voids(uses, taken(8, package=10, quantity=3)) == [(2, "2", (), True), (1, "1", (), False)]


def test_of_two_uses_at_one_time_the_rank_decides() -> None:
    one, other = use(feed=1, quantity=1, rank=5), use(feed=2, quantity=1, rank=4)

    assert voids([one, other], taken(8, package=10, quantity=1)) == [(1, "1", (), True)]
    assert voids([other, one], taken(8, package=10, quantity=1)) == [(1, "1", (), True)]


def test_of_two_uses_or_removals_in_one_event_the_place_decides() -> None:
    one, other = use(feed=1, quantity=1, place=1), use(feed=2, quantity=1, place=0)
    all_of_it, one_piece = taken(8, package=10), taken(8, package=10, quantity=1, place=1)

    for uses in ([one, other], [other, one]):
        assert voids(uses, taken(8, package=10, quantity=1)) == [(1, "1", (), True)]
        for removals in ([all_of_it, one_piece], [one_piece, all_of_it]):
            missed = fold_removals(uses, removals).missed
            assert [each.removal.quantity for each in missed] == [1]


def test_a_quantity_is_spread_evenly_over_its_designators() -> None:
    assert voids([use(places=("C1", "C2"), quantity=6)], taken(8, places=("C1",))) == [
        (1, "3.000000", ("C1",), False)
    ]
    assert voids(
        [use(places=("C1", "C2"), quantity=6)],
        taken(8, places=("C1",), quantity=1),
        taken(9, places=("C1",)),
    ) == [(1, "1", (), False), (1, "2.000000", ("C1",), False)]


def test_of_an_unknown_number_of_pieces_some_are_left() -> None:
    assert voids([use()], taken(8, package=10, quantity=5)) == [(1, "5", (), False)]
    assert voids([use()], taken(8, package=10)) == [(1, None, (), True)]


def test_all_uses_of_a_package_are_taken_where_nothing_more_is_said() -> None:
    uses = [use(feed=1, quantity=1), use(feed=2, places=("R1",)), use(feed=3, package=11)]

    assert sorted(each[0] for each in voids(uses, taken(8, package=10))) == [1, 2]


def test_grams_are_no_pieces_and_pieces_need_not_be_named() -> None:
    grams = use(quantity=2, unit_of_measure="g")

    assert voids([grams], taken(8, package=10, quantity=1)) == []
    assert voids([use(quantity=2, unit_of_measure="PCS")], taken(8, package=10, quantity=1)) != []
    assert voids([grams], taken(8, package=10)) == [(1, "2", (), True)]


@pytest.mark.parametrize(
    ("removal", "is_missed"),
    [
        (taken(8, package=10), False),
        (taken(8, package=11), True),
        (taken(6, package=10), True),
        (taken(8, package=10, quantity=2), False),
        (taken(8, package=10, quantity=3), True),
        (taken(8, places=("R1",)), False),
        (taken(8, places=("R1", "R3")), True),
        (taken(8, package=10, places=("R3",)), True),
        (taken(8, package=10, places=("R1", "R2"), quantity=3), True),
    ],
)
def test_what_a_removal_does_not_find_is_told(removal, is_missed) -> None:
    found = fold_removals([use(places=("R1", "R2"))], [removal])

    assert bool(found.missed) is is_missed


def test_what_was_taken_out_already_is_not_found_again() -> None:
    again = [taken(8, places=("R1",)), taken(9, places=("R1",)), taken(10, package=10), taken(11, package=10)]

    found = fold_removals([use(places=("R1", "R2"))], again)

    assert [each.removal.event for each in found.missed] == [9, 11]


def test_of_a_use_without_places_a_place_that_no_use_names_is_a_piece() -> None:
    bare = use(quantity=1)

    assert not fold_removals([bare], [taken(8, package=10, places=("R9",))]).missed
    assert fold_removals([bare], [taken(8, package=10, places=("R8", "R9"))]).missed


def test_what_is_dated_ahead_is_not_there_before_its_time() -> None:
    ahead = use(feed=2, hour=8, quantity=1, counts_from=at(11))

    assert voids([use(quantity=1), ahead], taken(9, 10), taken(11, 10)) == [
        (1, "1", (), True),
        (2, "1", (), True),
    ]


def test_as_of_each_time_a_removal_finds_the_uses_that_count_then() -> None:
    """Use 2 counts before noon, and use 1 always: what was taken out of it is told with the times of that."""
    stocks = [
        Stock(until=at(12), uses=[use(1, quantity=1), use(2, hour=8, quantity=1)]),
        Stock(until=at(23), uses=[use(1, quantity=1)]),
    ]

    found = fold_stocks(stocks, [taken(9, 10, quantity=1), taken(13, 10, quantity=1)])

    assert [(each.feed, each.counts_from, each.counts_until) for each in found.voids] == [
        (2, None, at(12)),
        (1, at(12), None),
    ]
    assert [(each.removal.event, each.span) for each in found.missed] == [(13, Span(at(13)))]


def test_what_a_removal_takes_at_all_times_is_told_once() -> None:
    stocks = [Stock(until=at(12), uses=[use(1), use(2, 20)]), Stock(until=at(23), uses=[use(1)])]

    (void,) = fold_stocks(stocks, [taken(9, 10)]).voids

    assert (void.feed, void.counts_from, void.counts_until) == (1, None, None)
