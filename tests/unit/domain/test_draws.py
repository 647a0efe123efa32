"""What was taken of a package against what was in it."""

from datetime import UTC, datetime
from decimal import Decimal

from aas_registry.domain.draws import AmountInside, Draw, find_measures, find_overdrawn
from aas_registry.domain.held_spans import Span


def draw(hour, quantity, measure="pcs", rank=0):
    at = datetime(2026, 3, 1, hour, tzinfo=UTC)
    return Draw(happened_at=at, rank=rank, event=hour, measure=measure, quantity=Decimal(quantity))


def holding(*said):
    """Return what was in a package from the time of each statement on."""
    ends = [each.happened_at for each in said[1:]] + [None]
    return [AmountInside(Span(each.happened_at, end), each) for each, end in zip(said, ends, strict=True)]


NOTHING_SAID = [AmountInside(Span(), None)]


def test_the_use_that_was_too_much_is_told() -> None:
    inside, uses = draw(5, 10), [draw(8, 4), draw(6, 4), draw(7, 4), draw(9, 4)]

    (found,) = find_overdrawn(1, holding(inside), uses)

    assert (found.events, found.holds_from) == ({5, 8}, uses[0].happened_at)
    assert not list(find_overdrawn(1, holding(inside), uses[:2]))


def test_it_is_too_much_until_more_is_counted_and_since_less_is() -> None:
    contents = holding(draw(5, 10), draw(10, 50), draw(12, 3))

    found = list(find_overdrawn(1, contents, [draw(6, 4), draw(8, 7)]))

    assert [(each.span, each.events) for each in found] == [
        (Span(draw(8, 0).happened_at, draw(10, 0).happened_at), {5, 8}),
        (Span(draw(12, 0).happened_at), {12, 6}),
    ]


def test_a_count_in_the_unit_of_measure_of_the_uses_ends_what_differed() -> None:
    (found,) = find_measures(1, holding(draw(5, 1, "kg"), draw(10, 50)), [draw(6, 4)])

    assert found.span == Span(draw(6, 0).happened_at, draw(10, 0).happened_at)


def test_other_units_of_measure_are_never_added() -> None:
    uses = [draw(6, 500, "kg"), draw(7, 10), draw(8, 1, "kg")]

    assert not list(find_overdrawn(1, holding(draw(5, 10)), uses))
    (found,) = find_measures(1, NOTHING_SAID, uses)
    assert (found.events, found.holds_from) == ({6, 7}, uses[1].happened_at)
    assert not list(find_measures(1, NOTHING_SAID, uses[:1]))


def test_a_third_unit_of_measure_changes_nothing() -> None:
    uses = [draw(6, 500, "kg"), draw(7, 10), draw(8, 1, "g")]

    assert list(find_measures(1, NOTHING_SAID, uses)) == list(find_measures(1, NOTHING_SAID, uses[:2]))
