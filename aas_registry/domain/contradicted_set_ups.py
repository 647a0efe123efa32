"""Set-ups that say another package than a report does: the report holds.

Source:
    docs/semantics.md, 7.3 and 7.8.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.held_spans import Span, StatedSpan, joined, spans_between, told_once, union_of
from aas_registry.domain.items import EARLIEST


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodSetUp:
    """What a slot of a station held for a while; ``package`` is None for nothing."""

    station: int
    slot_key: str
    package: int | None
    event: int
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPass:
    """A unit's pass of a run: by which events it was told, and at which stations beside the run's.

    Attributes:
        events: Each with the time for which it tells the pass.
    """

    run: int
    number: int
    passed_at: datetime
    stations: frozenset[int]
    events: Mapping[int, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotReport:
    """What a report says that a unit got from a slot.

    Attributes:
        run: In which run; of none, it is of no pass but those that its event tells.
        alternatives: What the packages of which it may be one have in common; None where it is this one.
    """

    slot_key: str
    package: int
    event: int
    used_at: datetime
    run: int | None = None
    alternatives: str | None = None


Stations = Mapping[int, Sequence[tuple[int, Span]]]
"""Of each run at which stations it is said to be, and for which span."""


def find_contradicted(
    unit: int,
    passes: Iterable[ToldPass],
    reports: Iterable[SlotReport],
    stood: Iterable[StoodSetUp],
    stations: Stations,
) -> Iterator[Anomaly]:
    """Yield where reports about a unit say another package than a set-up, once for the same events."""
    said: defaultdict[str, list[SlotReport]] = defaultdict(list)
    for report in reports:
        said[report.slot_key].append(report)
    held = [each for each in stood if each.slot_key in said]
    found = (
        each
        for passed in passes
        for one in held
        if one.valid_from <= passed.passed_at and (one.valid_to is None or passed.passed_at < one.valid_to)
        for each in _contradicted(one, passed, said[one.slot_key], stations)
    )
    for events, places, span in told_once(found):
        yield Anomaly(
            kind=AnomalyKind.SETUP_AGAINST_REPORT,
            subject=unit,
            key=places,
            events=events,
            things=frozenset({unit}),
            holds_from=span.begins,
            holds_until=span.ends,
        )


def _contradicted(
    held: StoodSetUp, passed: ToldPass, said: Iterable[SlotReport], stations: Stations
) -> Iterator[StatedSpan]:
    """Yield when reports contradict what a set-up says of a pass: each while it is about that pass."""
    since = Span(passed.passed_at)
    there = (
        [since] if held.station in passed.stations else _moved_to(held.station, passed.run, stations, since)
    )
    about = [
        (report, span)
        for report in said
        for span in (_about(report, held, passed, stations) if there else ())
        if any(span.meets(each) for each in there)
    ]
    if all(report.package == held.package for report, _ in about):
        return
    place = f"{passed.run} {passed.number} {held.station} {held.slot_key}"
    told = []
    for span in spans_between([*there, *(span for _, span in about)]):
        if any(each.meets(span) for each in there):
            against = _against(held, [report for report, lasts in about if lasts.meets(span)])
            told += [StatedSpan(frozenset({held.event, *against}), place, span)] if against else []
    yield from joined(told)


def _about(report: SlotReport, held: StoodSetUp, passed: ToldPass, stations: Stations) -> list[Span]:
    """Return when it is known that a report is about a pass of the station of a set-up."""
    since = Span(report.used_at)
    if report.run == passed.run:
        return [since]
    at_station = [] if report.run is None else _moved_to(held.station, report.run, stations, since)
    told_at = passed.events.get(report.event)
    told = [] if told_at is None else [Span(max(told_at, report.used_at))]
    return union_of([*at_station, *told])


def _moved_to(station: int, run: int, stations: Stations, since: Span) -> list[Span]:
    return [
        Span(max(since.begins or EARLIEST, span.begins or EARLIEST), span.ends)
        for there, span in stations.get(run, ())
        if there == station and span.meets(since)
    ]


def _against(held: StoodSetUp, about: Sequence[SlotReport]) -> set[int]:
    """Return the events of the reports that say another package."""
    agreed = {(each.event, each.alternatives) for each in about if each.package == held.package}
    return {
        each.event
        for each in about
        if each.package != held.package
        and (each.alternatives is None or (each.event, each.alternatives) not in agreed)
    }
