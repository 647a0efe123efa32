"""Set-ups that say another package than a report does: the report holds.

Source:
    docs/semantics.md, 7.3 and 7.8.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.held_spans import Span, StatedSpan, joined, spans_between, told_once


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
        happened_at: When it happened, where it counts from a later time on only.
        run: In which run; of none, it is of no pass but those that its event tells.
        alternatives: What the packages of which it may be one have in common; None where it is this one.
    """

    slot_key: str
    package: int
    event: int
    used_at: datetime
    happened_at: datetime | None = None
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
    every = sorted(passes, key=lambda each: each.passed_at)
    found = (
        each
        for one in held
        for passed in _first_at(one.station, every, stations)
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


def _first_at(station: int, passes: Iterable[ToldPass], stations: Stations) -> Iterable[ToldPass]:
    """Return the passes of a station; one that is told several times happened when it was told first."""
    first: dict[tuple[int, int], ToldPass] = {}
    for each in passes:
        if station in each.stations or _is_at(station, each.run, stations, each.passed_at):
            first.setdefault((each.run, each.number), each)
    return first.values()


def _contradicted(
    held: StoodSetUp, passed: ToldPass, said: Iterable[SlotReport], stations: Stations
) -> Iterator[StatedSpan]:
    """Yield when reports contradict what a set-up says of a pass: each while it is about that pass."""
    since = Span(passed.passed_at)
    about = [
        (report, span)
        for report in said
        for span in _about(report, held, passed, stations)
        if span.meets(since)
    ]
    if all(report.package == held.package for report, _ in about):
        return
    place = f"{passed.run} {passed.number} {held.station} {held.slot_key}"
    told = []
    for span in spans_between([since, *(span for _, span in about)]):
        if since.meets(span):
            against = _against(held, [report for report, lasts in about if lasts.meets(span)])
            told += [StatedSpan(frozenset({held.event, *against}), place, span)] if against else []
    yield from joined(told)


def _about(report: SlotReport, held: StoodSetUp, passed: ToldPass, stations: Stations) -> list[Span]:
    """Return when it is known that a report is about a pass of the station of a set-up."""
    since = Span(report.used_at)
    if report.run == passed.run:
        return [since]
    happened_at = report.happened_at or report.used_at
    if report.run is not None and _is_at(held.station, report.run, stations, happened_at):
        return [since]
    told_at = passed.events.get(report.event)
    return [] if told_at is None else [Span(max(told_at, report.used_at))]


def _is_at(station: int, run: int, stations: Stations, at: datetime) -> bool:
    return any(there == station and span.holds(at) for there, span in stations.get(run, ()))


def _against(held: StoodSetUp, about: Sequence[SlotReport]) -> set[int]:
    """Return the events of the reports that say another package."""
    agreed = {(each.event, each.alternatives) for each in about if each.package == held.package}
    return {
        each.event
        for each in about
        if each.package != held.package
        and (each.alternatives is None or (each.event, each.alternatives) not in agreed)
    }
