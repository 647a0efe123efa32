from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.corrections import EventStanding, counting, open_rings, rings

START = datetime(2026, 3, 1, tzinfo=UTC)


def standing(number: int, corrects: int | None = None, content: str | None = None) -> EventStanding:
    recorded = (START + timedelta(seconds=number), number)
    return EventStanding(content=content or f"content {number}", recorded=recorded, corrects=corrects)


def test_an_event_that_was_corrected_does_not_count() -> None:
    assert counting({1: standing(1), 2: standing(2, corrects=1)}) == {2}


def test_a_correction_that_was_corrected_gives_back_what_it_took_away() -> None:
    events = {1: standing(1), 2: standing(2, corrects=1), 3: standing(3, corrects=2)}

    assert counting(events) == {1, 3}
    assert counting(events | {4: standing(4, corrects=3)}) == {2, 4}


def test_a_second_correction_holds_where_the_first_was_corrected() -> None:
    events = {
        1: standing(1), 2: standing(2, corrects=1), 3: standing(3, corrects=2), 4: standing(4, corrects=1),
    }  # fmt: skip

    assert counting(events) == {3, 4}


def test_a_ring_is_told_until_another_correction_names_one_of_it() -> None:
    events = {1: standing(1, corrects=2), 2: standing(2, corrects=1), 3: standing(3, corrects=3)}

    assert open_rings(events) == [{1, 2}, {3}]
    assert open_rings(events | {4: standing(4, corrects=1)}) == [{3}]
    assert open_rings({1: standing(1), 2: standing(2, corrects=1)}) == []


def test_corrections_in_a_ring_take_nothing_away() -> None:
    events = {1: standing(1, corrects=2), 2: standing(2, corrects=1), 3: standing(3, corrects=3)}

    assert rings(events) == {1, 2, 3}
    assert counting(events) == {1, 2, 3}


def test_a_ring_can_be_corrected_from_outside() -> None:
    events = {1: standing(1, corrects=2), 2: standing(2, corrects=1), 3: standing(3, corrects=1)}

    assert rings(events) == {1, 2}
    assert counting(events) == {2, 3}


def test_a_ring_that_was_opened_is_a_chain_from_there_on() -> None:
    """3 was in effect, too, though 2 names it, and nothing names 2 any longer."""
    ring = {1: standing(1, corrects=2), 2: standing(2, corrects=3), 3: standing(3, corrects=1)}

    assert counting(ring | {4: standing(4, corrects=1)}) == {2, 4}
    assert counting(ring | {4: standing(4, corrects=1), 5: standing(5, corrects=2)}) == {3, 4, 5}


def test_what_equals_one_of_a_ring_opens_it_as_little() -> None:
    ring = {
        1: standing(1, corrects=2), 2: standing(2, corrects=3), 3: standing(3, corrects=1, content="same"),
    }  # fmt: skip
    events = ring | {4: standing(4, corrects=1, content="same")}

    assert open_rings(events) == [{1, 2, 3}]
    assert counting(events) == {1, 2, 3}
    assert open_rings(events | {5: standing(5, corrects=3)}) == []
    assert counting(events | {5: standing(5, corrects=3)}) == {2, 4, 5}


def test_of_equal_events_the_first_counts_and_the_next_where_it_was_corrected() -> None:
    events = {1: standing(1, content="same"), 2: standing(2, content="same")}

    assert counting(events) == {1}
    assert counting(events | {3: standing(3, corrects=1)}) == {2, 3}


def test_what_is_not_on_record_is_not_missed() -> None:
    assert counting({2: standing(2, corrects=1)}) == {2}


def test_a_long_chain_needs_no_stack() -> None:
    chain = {number: standing(number, corrects=number - 1 or None) for number in range(1, 5001)}

    assert counting(chain) == set(range(2, 5001, 2))


@given(st.dictionaries(st.integers(1, 12), st.none() | st.integers(1, 12), max_size=12))
def test_an_event_is_in_effect_unless_a_correction_in_effect_names_it_but_of_a_closed_ring(
    corrects: dict[int, int | None],
) -> None:
    events = {number: standing(number, corrects=target) for number, target in corrects.items()}

    effective, closed = counting(events), {each for ring in open_rings(events) for each in ring}

    assert closed <= effective & rings(events)
    for number in events.keys() - closed:
        named = [each for each, target in corrects.items() if target == number]
        assert (number in effective) is not any(each in effective for each in named)
