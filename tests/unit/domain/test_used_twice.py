"""Two packages on one designator, two units on one number."""

from dataclasses import replace
from datetime import UTC, datetime

from aas_registry.domain.held_spans import Span
from aas_registry.domain.used_twice import UseOnPlaces, find_number_given_twice, find_places_used_twice


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def use(package, hour, *places):
    return UseOnPlaces(feed=hour, package=package, event=hour, began=at(hour), places=frozenset(places))


def test_two_packages_on_one_place_are_told_once_for_the_same_events() -> None:
    found = list(find_places_used_twice(9, [use(1, 6, "C1", "C2"), use(2, 7, "C1", "C2"), use(3, 8, "C3")]))

    assert [(each.key, each.events, each.holds_from) for each in found] == [("C1\nC2", {6, 7}, at(7))]


def test_two_uses_of_one_package_fit() -> None:
    assert not list(find_places_used_twice(9, [use(1, 6, "C1"), use(1, 7, "C1")]))


def test_a_unit_that_passes_twice_on_its_number_fits() -> None:
    assert not list(find_number_given_twice(9, 7, [(1, 6, at(6)), (1, 7, at(7))]))
    (found,) = find_number_given_twice(9, 7, [(1, 8, at(8)), (1, 6, at(6)), (2, 7, at(7))])
    assert (found.things, found.events, found.holds_from) == ({1, 2}, {6, 7, 8}, at(7))


def test_units_that_pass_on_the_number_later_are_touched_since_then() -> None:
    (found,) = find_number_given_twice(9, 7, [(1, 6, at(6)), (2, 7, at(7)), (3, 8, at(8))])

    assert (found.later_things, found.later_events) == ({(3, at(8))}, {(8, at(8))})


def test_it_holds_while_both_are_there_and_is_told_apart_where_a_place_is_cleared() -> None:
    first = replace(use(1, 6, "C1", "C2"), emptied=[(("C1",), Span(at(9), at(11))), (("C2",), Span(at(10)))])

    found = list(find_places_used_twice(9, [first, use(2, 7, "C1", "C2")]))

    assert [(each.key, each.span) for each in found] == [
        ("C1\nC2", Span(at(7), at(9))),
        ("C2", Span(at(9), at(10))),
        ("C1", Span(at(11))),
    ]
