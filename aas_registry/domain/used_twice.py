"""What is used or given twice: a designator by two packages, a number of a run by two units.

Source:
    docs/semantics.md, 7.4 and 7.6.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.held_spans import Span, StatedSpan, joined, spans_between, told_once, without


@dataclass(frozen=True, slots=True, kw_only=True)
class UseOnPlaces:
    """An exact use in one unit.

    Attributes:
        places: Its designators.
        emptied: Those that were emptied, each with a span for which they were.
    """

    feed: int
    package: int
    event: int
    began: datetime
    places: frozenset[str]
    emptied: Sequence[tuple[Collection[str], Span]] = ()


def find_places_used_twice(unit: int, uses: Iterable[UseOnPlaces]) -> Iterator[Anomaly]:
    """Yield where several packages are on one designator, once for the same events at the same time."""
    at: defaultdict[str, list[tuple[UseOnPlaces, Span]]] = defaultdict(list)
    for use in uses:
        for place in use.places:
            gone = [span for places, span in use.emptied if place in places]
            at[place] += [(use, span) for span in without(Span(use.began), gone)]
    for events, places, span in told_once(
        each for place, here in sorted(at.items()) for each in _used_twice(place, here)
    ):
        yield Anomaly(
            kind=AnomalyKind.DESIGNATOR_TWICE,
            subject=unit,
            key=places,
            events=events,
            things=frozenset({unit}),
            holds_from=span.begins,
            holds_until=span.ends,
        )


def _used_twice(place: str, here: Sequence[tuple[UseOnPlaces, Span]]) -> Iterator[StatedSpan]:
    if len({use.package for use, _ in here}) == 1:
        return
    told = []
    for span in spans_between(span for _, span in here):
        there = [use for use, lasts in here if lasts.meets(span)]
        if len({use.package for use in there}) > 1:
            told.append(StatedSpan(frozenset(use.event for use in there), place, span))
    yield from joined(told)


def find_number_given_twice(
    run: int, number: int, passes: Iterable[tuple[int, int, datetime]]
) -> Iterator[Anomaly]:
    """Yield that several units passed a run on one number.

    Args:
        run: The run.
        number: Its number.
        passes: Unit, event and time of each pass on it.
    """
    first: dict[int, datetime] = {}
    events: dict[int, datetime] = {}
    for unit, event, passed_at in passes:
        first[unit] = min(passed_at, first.get(unit, passed_at))
        events[event] = min(passed_at, events.get(event, passed_at))
    if len(first) > 1:
        since = sorted(first.values())[1]
        yield Anomaly(
            kind=AnomalyKind.SEQUENCE_TWICE,
            subject=run,
            key=str(number),
            events=frozenset(events),
            things=frozenset(first),
            later_events=frozenset((event, at) for event, at in events.items() if at > since),
            later_things=frozenset((unit, at) for unit, at in first.items() if at > since),
            holds_from=since,
        )
