"""What is said of a slot becomes set-ups, whatever the order."""

import itertools
from datetime import UTC, datetime, timedelta

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import SlotStatement, UnitsPassed, place_outside_runs, set_ups

SIX = datetime(2026, 3, 1, 6, tzinfo=UTC)


def said(
    number: int,
    hour: int,
    package: int | None = None,
    *,
    empties: bool = False,
    rank: int = 0,
    place: int = 0,
):
    return SlotStatement(
        number=number,
        package=package,
        empties=empties,
        happened_at=SIX + timedelta(hours=hour),
        rank=rank,
        place=place,
    )


def folded(*statements):
    return [
        (each.number, None if until is None else (until - SIX).seconds // 3600)
        for each, until in set_ups(statements)
    ]


def test_of_two_in_one_event_the_place_decides() -> None:
    for order in itertools.permutations([said(1, 0, 7), said(2, 0, 8, place=1)]):
        assert folded(*order) == [(2, None)]


def test_a_set_up_stands_until_another_is_said_of_the_slot() -> None:
    for order in itertools.permutations([said(1, 0, 7), said(2, 2, 8), said(3, 5)]):
        assert folded(*order) == [(1, 2), (2, 5), (3, None)]


def test_of_one_time_the_last_in_order_holds() -> None:
    assert folded(said(1, 0, 7, rank=5), said(2, 0, 8, rank=9)) == [(2, None)]


def test_what_is_taken_out_ends_the_slot_that_held_it_alone() -> None:
    out = said(2, 2, 7, empties=True)

    assert folded(said(1, 0, 7), out) == [(1, 2), (2, None)]
    assert folded(said(1, 0, 8), out) == [(1, None)]
    assert folded(out) == []
    assert folded(said(1, 0, 7), out, said(3, 3, 7, empties=True)) == [(1, 2), (2, None)]


def test_units_are_left_out_of_a_pass_with_their_places() -> None:
    units = tuple(Name(Scheme.SERIAL, each) for each in ("B1", "B2"))
    passed = UnitsPassed(units=units, sequence=(4, 5), slots=(("F1",), ()))

    assert passed.of([1]) == UnitsPassed(units=units[1:], sequence=(5,), slots=((),))


def test_a_place_outside_of_runs_is_below_any_range_and_one_for_a_transaction() -> None:
    first, other = (place_outside_runs(digest_of(each)) for each in (b"T1", b"T2"))

    assert max(first, other) < 0
    assert first != other
    assert min(first, other) >= -(2**63)
