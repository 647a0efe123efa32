"""Stays and removals follow from facts by their times, never by their order."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aas_registry.domain.events import Action, Relation
from aas_registry.domain.genealogy import (
    Movement,
    Removal,
    Use,
    fold_removals,
    stays_in_parents,
    stays_in_shipments,
)


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def move(action, hour, target=None, *, rank=0, relation=Relation.PART_OF, event=0):
    is_attached = action is Action.ATTACH
    return Movement(
        action=action,
        happened_at=at(hour),
        rank=rank,
        event=event or hour,
        target=target,
        relation=relation if is_attached else None,
    )


def spans(stays):
    return [
        (stay.target, stay.valid_from.hour, None if stay.valid_to is None else stay.valid_to.hour)
        for stay in stays
    ]


def test_a_new_parent_ends_the_stay_in_the_old_one() -> None:
    moves = [move(Action.ATTACH, 9, 2), move(Action.ATTACH, 7, 1)]

    stays = stays_in_parents(moves)

    assert spans(stays) == [(1, 7, 9), (2, 9, None)]
    assert stays[0].ended_by == 9


def test_a_unit_is_taken_only_out_of_the_parent_that_it_is_in() -> None:
    moves = [move(Action.ATTACH, 7, 1), move(Action.DETACH, 8, 2), move(Action.DETACH, 9, 1)]

    assert spans(stays_in_parents(moves)) == [(1, 7, 9)]


def test_saying_twice_that_a_unit_is_in_its_parent_is_one_stay() -> None:
    assert spans(stays_in_parents([move(Action.ATTACH, 7, 1), move(Action.ATTACH, 8, 1)])) == [(1, 7, None)]


def test_coming_back_empties_the_carton_but_not_the_product() -> None:
    packed = [move(Action.ATTACH, 7, 1, relation=Relation.PACKED_IN), move(Action.RETURN, 8)]
    built = [move(Action.ATTACH, 7, 1), move(Action.RETURN, 8)]

    assert spans(stays_in_parents(packed)) == [(1, 7, 8)]
    assert spans(stays_in_parents(built)) == [(1, 7, None)]


def test_what_left_and_came_back_may_leave_again() -> None:
    moves = [move(Action.SHIP, 7, 5), move(Action.RETURN, 9), move(Action.SHIP, 11, 6)]

    assert spans(stays_in_shipments(moves)) == [(5, 7, 9), (6, 11, None)]


def test_of_two_moves_at_one_time_the_rank_decides() -> None:
    one, other = move(Action.ATTACH, 7, 1, rank=1), move(Action.ATTACH, 7, 2, rank=2)

    assert spans(stays_in_parents([one, other])) == spans(stays_in_parents([other, one])) == [(2, 7, None)]


def use(feed=1, package=10, hour=7, places=(), quantity=None):
    return Use(
        feed=feed,
        package=package,
        installed_at=at(hour),
        designators=places,
        quantity=None if quantity is None else Decimal(quantity),
    )


def taken(hour, package=None, places=(), quantity=None):
    return Removal(
        happened_at=at(hour),
        rank=hour,
        event=hour,
        package=package,
        designators=places,
        quantity=None if quantity is None else Decimal(quantity),
    )


def test_a_use_ends_when_its_last_place_is_empty() -> None:
    removals = [taken(9, places=("R2",)), taken(8, places=("R1",))]

    voids = fold_removals([use(places=("R1", "R2"))], removals)

    assert [(void.valid_to.hour, void.designators, void.closes) for void in voids] == [
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
        (taken(8, package=10, places=("R1",)), [True]),
        (taken(6, package=10), []),
        (taken(7, package=10), [True]),
    ],
)
def test_of_a_use_without_places_only_its_package_is_taken(removal, closes) -> None:
    assert [void.closes for void in fold_removals([use(quantity=2)], [removal])] == closes


def test_a_removal_touches_only_what_was_there_before_it() -> None:
    old, new = use(feed=1, hour=7, places=("R1",)), use(feed=2, package=20, hour=9, places=("R1",))

    voids = fold_removals([old, new], [taken(8, places=("R1",)), taken(10, places=("R1",))])

    assert [(void.feed, void.valid_to.hour) for void in voids] == [(1, 8), (2, 10)]
