"""Which events count: those that are in effect, and of equal ones the first.

An event is in effect unless a correction that is in effect itself says that it was an error. So
a correction that is corrected gives back what it took away. Pure functions over events that are
handed in; whatever the order of arrival, the result is the same, save which of equal events is first.

Source:
    docs/semantics.md, 1.2 and 1.3.
"""

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStanding:
    """What decides about an event.

    Attributes:
        content: Equal for events that say the same, of one source and time.
        recorded: Orders equal events: when it was recorded, then its number.
        corrects: The id of the event that it says was an error; None where it is no correction.
    """

    content: str
    recorded: tuple[datetime, int]
    corrects: str | None = None


def counting(events: Mapping[str, EventStanding]) -> set[str]:
    """Return the events that count.

    Args:
        events: Events by their ids; with each come its corrections, theirs, and all that are equal to any.
    """
    effective = in_effect(events)
    first: dict[str, str] = {}
    for number in sorted(effective, key=lambda each: events[each].recorded):
        first.setdefault(events[number].content, number)
    return set(first.values())


def rings(events: Mapping[str, EventStanding]) -> set[str]:
    """Return the corrections that name each other in a ring, or themselves: they take nothing away."""
    targets = _targets(events)
    left = Counter(targets.values())
    ready = deque(number for number in events if not left[number])
    outside = set(ready)
    while ready:
        target = targets.get(ready.popleft())
        if target is not None:
            left[target] -= 1
            if not left[target]:
                outside.add(target)
                ready.append(target)
    return events.keys() - outside


def open_rings(events: Mapping[str, EventStanding]) -> list[frozenset[str]]:
    """Return each ring of corrections of which no member was corrected by another."""
    effective = in_effect(events)
    return [frozenset(ring) for ring in _in_turn(events) if effective.issuperset(ring)]


def _in_turn(events: Mapping[str, EventStanding]) -> list[list[str]]:
    """Return each ring, its members as each names the next."""
    within, targets = rings(events), _targets(events)
    found: list[list[str]] = []
    while within:
        ring = [min(within)]
        while targets[ring[-1]] != ring[0]:
            ring.append(targets[ring[-1]])
        within.difference_update(ring)
        found.append(ring)
    return found


def in_effect(events: Mapping[str, EventStanding]) -> set[str]:
    """Return the events that no correction took away, of equal ones all; ``events`` as for `counting`."""
    silent = rings(events) | _equal_to_closed(events)
    targets = {number: target for number, target in _targets(events).items() if number not in silent}
    left = Counter(targets.values())
    ready = deque(number for number in events if not left[number])
    effective = set(events)
    while ready:
        number = ready.popleft()
        target = targets.get(number)
        if target is None:
            continue
        if number in effective:
            effective.discard(target)
        left[target] -= 1
        if not left[target]:
            ready.append(target)
    for ring in _in_turn(events):
        effective -= _taken_in_opened(ring, effective)
    return effective


def _taken_in_opened(ring: Sequence[str], effective: Collection[str]) -> set[str]:
    """Return what members of a ring take away once another correction took one of them away: from it on."""
    opened = next((place for place, each in enumerate(ring) if each not in effective), None)
    taken = set[str]()
    if opened is not None:
        for before, each in pairwise([*ring[opened:], *ring[:opened]]):
            if before in effective and before not in taken:
                taken.add(each)
    return taken


def _equal_to_closed(events: Mapping[str, EventStanding]) -> set[str]:
    """Return the corrections that say nothing, as an equal one in a ring does that no other one opens."""
    within, targets = rings(events), _targets(events)
    said = {events[each].content for each in within}
    equal = {each for each in targets if each not in within and events[each].content in said}
    if not equal:
        return set()
    opened = in_effect({number: each for number, each in events.items() if number not in equal})
    still = {events[each].content for each in within & opened}
    return {each for each in equal if events[each].content in still}


def _targets(events: Mapping[str, EventStanding]) -> dict[str, str]:
    return {
        number: each.corrects
        for number, each in events.items()
        if each.corrects is not None and each.corrects in events
    }
