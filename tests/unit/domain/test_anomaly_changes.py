"""What became of contradictions, of each span of time by itself."""

from datetime import UTC, datetime

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.anomaly_changes import Fate, compare_anomalies


def at(hour):
    return None if hour is None else datetime(2026, 3, 1, hour, tzinfo=UTC)


def twice(begins, ends=None, key="C1", events=(1, 2)):
    return Anomaly(
        kind=AnomalyKind.DESIGNATOR_TWICE,
        subject=9,
        key=key,
        events=frozenset(events),
        things=frozenset({9}),
        holds_from=at(begins),
        holds_until=at(ends),
    )


def test_what_is_found_again_did_not_change() -> None:
    changes = compare_anomalies([twice(6)], [twice(6)])

    assert (changes.past, changes.begun) == ({}, {})


def test_what_ends_earlier_is_kept_up_to_then_and_resolved_after() -> None:
    changes = compare_anomalies([twice(6)], [twice(6, 10)])

    assert changes.past == {0: [(twice(6, 10), Fate.KEPT), (twice(10), Fate.RESOLVED)]}
    assert not changes.begun


def test_what_holds_longer_is_known_since_then_for_the_time_that_is_new() -> None:
    changes = compare_anomalies([twice(6, 10)], [twice(6)])

    assert changes.past == {0: [(twice(6, 10), Fate.KEPT)]}
    assert changes.begun == {twice(10): frozenset()}


def test_what_is_stated_by_more_goes_on() -> None:
    more = [twice(6, 8), twice(8, events=(1, 2, 3))]

    changes = compare_anomalies([twice(6)], more)

    assert changes.past == {0: [(twice(6, 8), Fate.KEPT), (twice(8), Fate.RENEWED)]}
    assert changes.begun == {more[1]: frozenset({0})}


def test_at_another_place_of_the_same_events_it_goes_on() -> None:
    changes = compare_anomalies([twice(6)], [twice(6, key="C2")])

    assert changes.past == {0: [(twice(6), Fate.RENEWED)]}
    assert changes.begun == {twice(6, key="C2"): frozenset({0})}


def test_what_is_stated_later_is_no_part_of_what_holds_before() -> None:
    later = Anomaly(
        kind=AnomalyKind.SEQUENCE_TWICE,
        subject=9,
        key="7",
        events=frozenset({6, 7, 8}),
        things=frozenset({1, 2, 3}),
        later_events=frozenset({(8, at(8))}),
        later_things=frozenset({(3, at(8))}),
        holds_from=at(7),
    )

    before, after = later.cut_at([at(8)])

    assert (before.events, before.things, before.later_things) == ({6, 7}, {1, 2}, frozenset())
    assert (after.events, after.things, after.later_things) == ({6, 7, 8}, {1, 2, 3}, frozenset())
