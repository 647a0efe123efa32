"""What became of contradictions: of each span of time by itself, as if that alone were asked about.

Of what was known before and what is found now, pieces that hold at the same times are compared: so that as of
each time it is told since when one is known, and when it was resolved, as far as that time is concerned.

Source:
    docs/semantics.md, section 10.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from aas_registry.domain.anomalies import Anomaly, marks_of


class Fate(Enum):
    """What became of a contradiction that was known."""

    KEPT = auto()
    RENEWED = auto()  # it goes on, with other events, things or places
    RESOLVED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyChanges:
    """What became of those that were known, and what is new.

    Attributes:
        past: By place among those that were known, their pieces in order; of one that did not change, none.
        begun: Those that are new, each with the places of those that go on in it.
    """

    past: Mapping[int, Sequence[tuple[Anomaly, Fate]]]
    begun: Mapping[Anomaly, frozenset[int]]


def compare_anomalies(known: Sequence[Anomaly], found: Iterable[Anomaly]) -> AnomalyChanges:
    """Return what changed, of those that were known and of those that are found now of the same."""
    before, now = _changed(known, found)
    by_mark: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for number, each in before.items():
        for mark in marks_of(each):
            by_mark[mark].add(number)
    begun: dict[Anomaly, frozenset[int]] = {}
    going_on: defaultdict[int, list[Anomaly]] = defaultdict(list)
    for new in now:
        alike = {number for mark in marks_of(new) for number in by_mark[mark]}
        for piece in new.cut_at({at for number in alike for at in before[number].span}):
            begun[piece] = frozenset(each for each in alike if before[each].span.meets(piece.span))
            for number in begun[piece]:
                going_on[number].append(piece)
    past = {number: list(_past(each, going_on[number])) for number, each in before.items()}
    for piece in (piece for pieces in past.values() for piece, fate in pieces if fate is Fate.KEPT):
        begun.pop(piece, None)
    return AnomalyChanges(past=past, begun=begun)


def _changed(
    known: Sequence[Anomaly], found: Iterable[Anomaly]
) -> tuple[Mapping[int, Anomaly], Iterable[Anomaly]]:
    """Return those that were known, by place, and those that are found; without what is as it was."""
    now: dict[tuple[object, ...], Anomaly] = {}
    for each in found:
        now.setdefault(_identity(each), each)
    before = {number: each for number, each in enumerate(known) if now.get(_identity(each)) != each}
    for number, each in enumerate(known):
        if number not in before:
            del now[_identity(each)]
    return before, now.values()


def _identity(each: Anomaly) -> tuple[object, ...]:
    return each.kind, each.subject, each.key, each.holds_from


def _past(before: Anomaly, going_on: Sequence[Anomaly]) -> Iterator[tuple[Anomaly, Fate]]:
    """Yield the pieces of one that was known, each with what became of it."""
    for piece in before.cut_at({at for new in going_on for at in new.span}):
        if piece in going_on:
            yield piece, Fate.KEPT
        else:
            goes_on = any(new.span.meets(piece.span) for new in going_on)
            yield piece, Fate.RENEWED if goes_on else Fate.RESOLVED
