"""Spans of time, and what is told once for the same events in each of them."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.held_spans import (
    Span,
    StatedSpan,
    cut_at,
    spans_between,
    told_once,
    union_of,
    without,
)


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def span(begins=None, ends=None):
    return Span(*(None if hour is None else at(hour) for hour in (begins, ends)))


def test_a_span_is_without_its_end() -> None:
    assert [span(6, 8).holds(at(hour)) for hour in (5, 6, 7, 8)] == [False, True, True, False]
    assert [span(6, 8).meets(other) for other in (span(4, 6), span(None, 7), span(7), span(8))] == [
        False,
        True,
        True,
        False,
    ]


def test_it_is_cut_at_times_within() -> None:
    assert cut_at(span(6), [None, at(5), at(6), at(9), at(8)]) == [span(6, 8), span(8, 9), span(9)]
    assert cut_at(span(None, 9), [at(9)]) == [span(None, 9)]


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ([], [span(6)]),
        ([span(5, 7), span(8, 9)], [span(7, 8), span(9)]),
        ([span(8)], [span(6, 8)]),
        ([span()], []),
    ],
)
def test_what_does_not_hold_is_left_out(gone, left) -> None:
    assert without(span(6), gone) == left


def test_what_follows_upon_each_other_is_one() -> None:
    assert union_of([span(8, 9), span(6, 8), span(11, 12), span(11)]) == [span(6, 9), span(11)]


def test_between_times_the_same_hold() -> None:
    assert spans_between([span(6, 8), span(7)]) == [span(6, 7), span(7, 8), span(8)]
    assert spans_between([span(None, 8)]) == [span(None, 8), span(8)]
    assert not spans_between([])


def test_the_same_events_are_told_once_at_a_time() -> None:
    events = frozenset({1, 2})
    places = {"C1": span(6, 9), "C2": span(7, 9), "C3": span(7, 8)}

    told = told_once(StatedSpan(events, place, lasts) for place, lasts in places.items())

    assert [(each.places, each.span) for each in told] == [
        ("C1", span(6, 7)),
        ("C1\nC2\nC3", span(7, 8)),
        ("C1\nC2", span(8, 9)),
    ]
