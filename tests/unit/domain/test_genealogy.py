"""Stays follow from facts by their times, never by their order."""

from datetime import UTC, datetime

from aas_registry.domain.events import Action, Relation
from aas_registry.domain.genealogy import Movement, fold_movements

UNIT = 100


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def move(action, hour, target=None, *, unit=UNIT, rank=0, place=0, relation=Relation.PART_OF, event=0):
    is_attached = action is Action.ATTACH
    return Movement(
        unit=unit,
        action=action,
        happened_at=at(hour),
        rank=rank,
        place=place,
        event=event or hour,
        target=target,
        relation=relation if is_attached else None,
    )


def stays_in_parents(moves, unit=UNIT):
    return fold_movements(moves).parents[unit]


def stays_in_shipments(moves):
    return fold_movements(moves).shipments[UNIT]


def found(*moves):
    """Kinds of anomalies, each with its events and things."""
    return [
        (each.kind.value, sorted(each.events), sorted(each.things))
        for each in fold_movements(moves).anomalies
    ]


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
    left = [move(Action.SHIP, 7, 5), move(Action.RETURN, 8)]
    packed = [move(Action.ATTACH, 7, 1, relation=Relation.PACKED_IN), *left]
    built = [move(Action.ATTACH, 7, 1), *left]

    assert spans(stays_in_parents(packed)) == [(1, 7, 8)]
    assert spans(stays_in_parents(built)) == [(1, 7, None)]


def test_what_left_and_came_back_may_leave_again() -> None:
    moves = [move(Action.SHIP, 7, 5), move(Action.RETURN, 9), move(Action.SHIP, 11, 6)]

    assert spans(stays_in_shipments(moves)) == [(5, 7, 9), (6, 11, None)]


def test_of_two_moves_at_one_time_the_rank_decides() -> None:
    one, other = move(Action.ATTACH, 7, 1, rank=1), move(Action.ATTACH, 7, 2, rank=2)

    assert spans(stays_in_parents([one, other])) == spans(stays_in_parents([other, one])) == [(2, 7, None)]


def test_of_two_moves_in_one_event_the_place_decides() -> None:
    links = [move(Action.ATTACH, 7, 1, place=0), move(Action.ATTACH, 7, 2, place=1)]
    ring = [move(Action.ATTACH, 7, 2, unit=1, place=0), move(Action.ATTACH, 7, 1, unit=2, place=1)]

    for order in (links, links[::-1]):
        assert spans(stays_in_parents(order)) == [(2, 7, None)]
    for order in (ring, ring[::-1]):
        assert (spans(stays_in_parents(order, 1)), stays_in_parents(order, 2)) == ([(2, 7, None)], [])


def test_what_would_be_in_itself_is_not_put_there() -> None:
    a, b, c = (
        move(Action.ATTACH, hour, into, unit=unit) for hour, unit, into in ((7, 1, 2), (8, 2, 3), (9, 3, 1))
    )

    assert found(c, a, b) == [("partOfItself", [7, 8, 9], [1, 2, 3])]
    assert [spans(stays_in_parents([c, b, a], unit)) for unit in (1, 2, 3)] == [
        [(2, 7, None)],
        [(3, 8, None)],
        [],
    ]
    assert found(move(Action.ATTACH, 7, 1, unit=1)) == [("partOfItself", [7], [1])]


def test_what_was_taken_out_before_closes_no_ring() -> None:
    out = move(Action.DETACH, 8, 2, unit=1)

    assert found(move(Action.ATTACH, 7, 2, unit=1), out, move(Action.ATTACH, 9, 1, unit=2)) == []


def test_what_is_put_elsewhere_without_being_taken_out_has_two_parents() -> None:
    first, second = move(Action.ATTACH, 7, 1), move(Action.ATTACH, 9, 2)

    assert found(first, second) == [("twoParents", [7, 9], [1, 2, UNIT])]
    assert found(first, move(Action.DETACH, 8), second) == []
    assert found(move(Action.ATTACH, 7, 1, relation=Relation.PANEL_OF), second) == []


def test_what_cannot_be_taken_out_or_left_twice_is_told() -> None:
    put, left = move(Action.ATTACH, 7, 1), move(Action.SHIP, 7, 5)

    assert found(put, move(Action.DETACH, 8, 2)) == [("notIn", [8], [2, UNIT])]
    assert found(put, move(Action.DETACH, 8), move(Action.DETACH, 9)) == [("notIn", [9], [UNIT])]
    assert found(left, move(Action.SHIP, 8, 6)) == [("shippedTwice", [7, 8], [UNIT])]
    assert found(left, move(Action.SHIP, 8, 5)) == []
    assert found(left, *(move(Action.RETURN, at) for at in (8, 9))) == [("notShipped", [9], [UNIT])]


def test_what_came_back_without_having_left_stays_where_it_is() -> None:
    packed = move(Action.ATTACH, 7, 1, relation=Relation.PACKED_IN)
    back = move(Action.RETURN, 9)

    assert found(packed, back) == [("notShipped", [9], [UNIT])]
    (stay,) = fold_movements([packed, back]).parents[UNIT]
    assert stay.valid_to is None


def test_what_left_inside_of_something_comes_back_out_of_it() -> None:
    packed = move(Action.ATTACH, 7, 1, relation=Relation.PACKED_IN)
    moves = [packed, move(Action.SHIP, 8, 5, unit=1), move(Action.RETURN, 9)]

    assert found(*moves) == []
    (stay,) = fold_movements(moves).parents[UNIT]
    assert stay.valid_to is not None


def test_what_comes_back_brings_what_had_left_by_itself_and_was_put_into_it() -> None:
    alone, inside = move(Action.SHIP, 6, 4), move(Action.ATTACH, 7, 1)
    (stay,) = stays_in_shipments([alone, inside, move(Action.SHIP, 8, 5, unit=1)])
    assert stay.valid_to is None

    (stay,) = stays_in_shipments(
        [alone, inside, move(Action.SHIP, 8, 5, unit=1), move(Action.RETURN, 9, unit=1)]
    )
    assert (stay.valid_to, stay.ended_by) == (at(9), 9)


def test_what_had_not_left_brings_nothing_back() -> None:
    (stay,) = stays_in_shipments(
        [move(Action.SHIP, 6, 4), move(Action.ATTACH, 7, 1), move(Action.RETURN, 9, unit=1)]
    )

    assert stay.valid_to is None
