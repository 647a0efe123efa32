"""What a set-up says of a slot, and a report about a unit that passed while it stood."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.contradicted_set_ups import SlotReport, StoodSetUp, ToldPass, find_contradicted
from aas_registry.domain.held_spans import Span

UNIT, RUN, ELSEWHERE, STATION, REEL, OTHER = range(1, 7)


def at(hour):
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def passed(hour, number=1):
    return ToldPass(
        run=RUN, number=number, passed_at=at(hour), stations=frozenset({STATION}), events={hour: at(hour)}
    )


def told(passes, reports, held, **stations):
    moves = {RUN: [], ELSEWHERE: [], **stations.get("stations", {})}
    return list(find_contradicted(UNIT, passes, reports, held, moves))


def report(package=OTHER, hour=9, **more):
    return SlotReport(**{"slot_key": "f1", "package": package, "event": 90, "used_at": at(hour), **more})


def stood(package, begin=6, end=None, slot="f1", event=60):
    valid_to = None if end is None else at(end)
    return StoodSetUp(
        station=STATION, slot_key=slot, package=package, event=event, valid_from=at(begin), valid_to=valid_to
    )


@pytest.mark.parametrize("about", [{"run": RUN}, {"run": ELSEWHERE}, {"event": 8}])
def test_a_report_about_the_pass_is_compared(about) -> None:
    here = {ELSEWHERE: [(STATION, Span())]}
    (found,) = told([passed(8)], [report(**about)], [stood(REEL)], stations=here)

    assert (found.events, found.holds_from) == ({60, about.get("event", 90)}, at(9))


def test_a_report_about_another_pass_is_not() -> None:
    there = {ELSEWHERE: [(ELSEWHERE, Span())]}

    assert not told([passed(8)], [report(run=ELSEWHERE)], [stood(REEL)], stations=there)


def test_a_report_is_about_the_station_at_which_its_run_was_as_it_happened() -> None:
    moves = {ELSEWHERE: [(STATION, Span(None, at(10))), (7, Span(at(10), at(12))), (STATION, Span(at(12)))]}

    found = [
        [each.span for each in told([passed(8)], [about], [stood(REEL)], stations=moves)]
        for about in (
            *(report(run=ELSEWHERE, hour=hour) for hour in (9, 10, 12)),
            report(run=ELSEWHERE, hour=12, happened_at=at(11)),
        )
    ]

    assert found == [[Span(at(9))], [], [Span(at(12))], []]


def test_a_second_report_states_it_from_its_time_on() -> None:
    reports = [report(run=RUN), report(run=RUN, hour=11, event=91)]

    found = told([passed(8)], reports, [stood(REEL)])

    assert [(each.span, each.events) for each in found] == [
        (Span(at(9), at(11)), {60, 90}),
        (Span(at(11)), {60, 90, 91}),
    ]


def test_a_set_up_counts_while_it_stands() -> None:
    held = [stood(REEL, 6, 8), stood(OTHER, 8, 10, event=80), stood(None, 10, event=100)]

    def events(hour):
        return [each.events for each in told([passed(hour)], [report(run=RUN)], held)]

    assert [events(hour) for hour in (5, 6, 8, 10)] == [[], [{60, 90}], [], [{100, 90}]]


def test_one_of_several_that_agrees_fits() -> None:
    several = [report(package, run=RUN, alternatives="reel of two") for package in (REEL, OTHER)]

    assert not told([passed(8)], several, [stood(REEL)])
    assert told([passed(8)], several, [stood(99)])


def test_slots_and_passes_of_the_same_events_are_told_once_since_the_first() -> None:
    slots = [stood(REEL, slot=slot) for slot in ("f1", "f2")]
    reports = [report(run=RUN, slot_key=slot) for slot in ("f1", "f2")]

    found = told([passed(11, 2), passed(10)], reports, slots)

    assert [(each.span, each.key.count("\n")) for each in found] == [
        (Span(at(10), at(11)), 1),
        (Span(at(11)), 3),
    ]
