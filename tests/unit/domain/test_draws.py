"""What was taken of a package against what was in it."""

from datetime import UTC, datetime
from decimal import Decimal

from aas_registry.domain.draws import Draw, find_measures, find_overdrawn


def draw(hour, quantity, measure="pcs", rank=0):
    at = datetime(2026, 3, 1, hour, tzinfo=UTC)
    return Draw(happened_at=at, rank=rank, event=hour, measure=measure, quantity=Decimal(quantity))


def test_the_use_that_was_too_much_is_told() -> None:
    inside, uses = draw(5, 10), [draw(8, 4), draw(6, 4), draw(7, 4), draw(9, 4)]

    (found,) = find_overdrawn(1, inside, uses)

    assert (found.events, found.holds_from) == ({5, 8}, uses[0].happened_at)
    assert not list(find_overdrawn(1, inside, uses[:2]))


def test_other_units_of_measure_are_never_added() -> None:
    uses = [draw(6, 500, "kg"), draw(7, 10), draw(8, 1, "kg")]

    assert not list(find_overdrawn(1, draw(5, 10), uses))
    (found,) = find_measures(1, uses)
    assert (found.events, found.holds_from) == ({6, 7}, uses[1].happened_at)
    assert not list(find_measures(1, uses[:1]))


def test_a_third_unit_of_measure_changes_nothing() -> None:
    uses = [draw(6, 500, "kg"), draw(7, 10), draw(8, 1, "g")]

    assert list(find_measures(1, uses)) == list(find_measures(1, uses[:2]))
