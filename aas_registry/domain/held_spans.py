"""Spans of time in which something holds, and what is told once for the same events in each of them.

Pure functions over spans that are handed in; a span begins at a time (None: always did) and ends before
another (None: never).

Source:
    docs/semantics.md, section 10.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from aas_registry.domain.items import EARLIEST, LATEST


class Span(NamedTuple):
    """From one time up to, and without, another."""

    begins: datetime | None = None
    ends: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Return whether a time is in it."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)

    def meets(self, other: "Span") -> bool:
        """Return whether both hold at any time."""
        begins = max(self.begins or EARLIEST, other.begins or EARLIEST)
        return begins < min(self.ends or LATEST, other.ends or LATEST)


class StatedSpan(NamedTuple):
    """Events state something of a place, or several on lines, from one time to another."""

    events: frozenset[int]
    places: str
    span: Span


def cut_at(span: Span, times: Collection[datetime | None]) -> list[Span]:
    """Return a span in pieces that end at those of some times that are within."""
    within = {at for at in times if at is not None and at != span.begins and span.holds(at)}
    return [Span(*ends) for ends in pairwise([span.begins, *sorted(within), span.ends])]


def without(span: Span, gone: Iterable[Span]) -> list[Span]:
    """Return what is left of a span in which something does not hold for other spans."""
    left = [span]
    for other in gone:
        pieces = [piece for each in left for piece in cut_at(each, other)]
        left = [each for each in pieces if not each.meets(other)]
    return left


def told_once(stated: Iterable[StatedSpan]) -> Iterator[StatedSpan]:
    """Yield what the same events state of several places once for each span."""
    by_events: defaultdict[frozenset[int], list[StatedSpan]] = defaultdict(list)
    for each in stated:
        by_events[each.events].append(each)
    for events, some in by_events.items():
        if len(some) == 1:
            yield some[0]
            continue
        told: list[StatedSpan] = []
        for span in spans_between(each.span for each in some):
            places = sorted({each.places for each in some if each.span.meets(span)})
            told += [StatedSpan(events, "\n".join(places), span)] if places else []
        yield from joined(told)


def joined(told: Iterable[StatedSpan]) -> Iterator[StatedSpan]:
    """Yield spans in their order, those that follow upon each other and say the same as one."""
    last: StatedSpan | None = None
    for each in told:
        goes_on = last is not None and last[:2] == each[:2] and last.span.ends == each.span.begins
        if last is not None and not goes_on:
            yield last
        begins = last.span.begins if goes_on and last is not None else each.span.begins
        last = each._replace(span=Span(begins, each.span.ends))
    if last is not None:
        yield last


def spans_between(spans: Iterable[Span]) -> list[Span]:
    """Return the time from the first of some spans on, in pieces in each of which the same of them hold."""
    times: set[datetime] = set()
    for each in spans:
        times |= {each.begins or EARLIEST} | ({each.ends} if each.ends is not None else set())
    begins = [None if at == EARLIEST else at for at in sorted(times)]
    return [Span(*ends) for ends in pairwise([*begins, None])] if begins else []


def union_of(spans: Iterable[Span]) -> list[Span]:
    """Return in which spans any of some holds."""
    found: list[Span] = []
    for each in sorted(spans, key=lambda one: (one.begins or EARLIEST, one.ends or LATEST)):
        if found and (each.begins or EARLIEST) <= (found[-1].ends or LATEST):
            ends = max(found[-1].ends or LATEST, each.ends or LATEST)
            found[-1] = Span(found[-1].begins, None if ends == LATEST else ends)
        else:
            found.append(each)
    return found
