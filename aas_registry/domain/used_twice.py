"""What is used or given twice: a designator by two packages, a number of a run by two units.

Source:
    docs/semantics.md, 7.4 and 7.6.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.anomalies import Anomaly, AnomalyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UseOnPlaces:
    """An exact use in one unit, with the designators at which it still is."""

    feed: int
    package: int
    event: int
    began: datetime
    places: frozenset[str]


def find_places_used_twice(unit: int, uses: Iterable[UseOnPlaces]) -> Iterator[Anomaly]:
    """Yield where several packages are on one designator, once for the same events."""
    at: defaultdict[str, list[UseOnPlaces]] = defaultdict(list)
    for use in uses:
        for place in use.places:
            at[place].append(use)
    found: defaultdict[frozenset[int], dict[str, datetime]] = defaultdict(dict)
    for place, here in sorted(at.items()):
        first: dict[int, datetime] = {}
        for use in here:
            first[use.package] = min(use.began, first.get(use.package, use.began))
        if len(first) > 1:
            found[frozenset(use.event for use in here)][place] = sorted(first.values())[1]
    for events, places in found.items():
        yield Anomaly(
            kind=AnomalyKind.DESIGNATOR_TWICE,
            subject=unit,
            key="\n".join(places),
            events=events,
            things=frozenset({unit}),
            holds_from=min(places.values()),
        )


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
    events: set[int] = set()
    for unit, event, passed_at in passes:
        first[unit] = min(passed_at, first.get(unit, passed_at))
        events.add(event)
    if len(first) > 1:
        yield Anomaly(
            kind=AnomalyKind.SEQUENCE_TWICE,
            subject=run,
            key=str(number),
            events=frozenset(events),
            things=frozenset(first),
            holds_from=sorted(first.values())[1],
        )
