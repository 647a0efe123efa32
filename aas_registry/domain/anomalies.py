"""Anomalies: what was accepted as it was said, and does not fit.

An anomaly is derived from the facts in effect, so that it begins and ends with them: whatever
the order of arrival, the same are found.

Source:
    docs/semantics.md, section 10.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aas_registry.domain.held_spans import Span, cut_at


class AnomalyKind(StrEnum):
    """What does not fit."""

    CORRECTION_RING = "correctionRing"
    DATED_AHEAD = "datedAhead"
    LABEL_REUSED = "labelReused"
    SERIAL_REUSED = "serialReused"
    CREATED_AGAIN = "createdAgain"
    UNDECIDED = "undecided"
    CONTENT_DISPUTED = "contentDisputed"
    UNITS_OF_MEASURE = "unitsOfMeasure"
    OVERDRAWN = "overdrawn"
    SETUP_AGAINST_REPORT = "setupAgainstReport"
    SEQUENCE_TWICE = "sequenceTwice"
    REMOVED_TWICE = "removedTwice"
    DESIGNATOR_TWICE = "designatorTwice"
    TWO_PARENTS = "twoParents"
    PART_OF_ITSELF = "partOfItself"
    NOT_IN = "notIn"
    NOT_SHIPPED = "notShipped"
    SHIPPED_TWICE = "shippedTwice"


# What follows from what is said of several customers' units at once is told to the plant alone; of a line
# that is undecided, its candidates are.
TOLD_TO_CUSTOMERS = frozenset(
    {
        AnomalyKind.SERIAL_REUSED,
        AnomalyKind.CREATED_AGAIN,
        AnomalyKind.SETUP_AGAINST_REPORT,
        AnomalyKind.REMOVED_TWICE,
        AnomalyKind.DESIGNATOR_TWICE,
        AnomalyKind.TWO_PARENTS,
        AnomalyKind.PART_OF_ITSELF,
        AnomalyKind.NOT_IN,
        AnomalyKind.NOT_SHIPPED,
        AnomalyKind.SHIPPED_TWICE,
    }
)


class AnomalyState(StrEnum):
    """Whether an anomaly still holds."""

    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """A contradiction between facts in effect.

    Attributes:
        kind: What does not fit.
        subject: The unit, package, run or event where it was found.
        key: Tells several of one subject apart: where it was found, each place on a line.
        events: What states it.
        things: Units and packages that it touches.
        later_events: Those of the events that state it from a later time of happening on, with this time.
        later_things: Those of the things that it touches from a later time on, with this time.
        holds_from: Before this time of happening there was none; None for always.
        holds_until: From this time of happening on there is none; None for never.
    """

    kind: AnomalyKind
    subject: int
    key: str = ""
    events: frozenset[int]
    things: frozenset[int] = frozenset()
    later_events: frozenset[tuple[int, datetime]] = frozenset()
    later_things: frozenset[tuple[int, datetime]] = frozenset()
    holds_from: datetime | None = None
    holds_until: datetime | None = None

    @property
    def span(self) -> Span:
        """Return when it holds."""
        return Span(self.holds_from, self.holds_until)

    def cut_at(self, times: Collection[datetime | None]) -> list["Anomaly"]:
        """Return it in pieces that end at those of some times at which it holds."""
        pieces = []
        for span in cut_at(self.span, times):
            events, later_events = _within(span, self.events, self.later_events)
            things, later_things = _within(span, self.things, self.later_things)
            piece = replace(self, holds_from=span.begins, holds_until=span.ends)
            piece = replace(piece, events=events, later_events=later_events)
            pieces.append(replace(piece, things=things, later_things=later_things))
        return pieces


_Later = frozenset[tuple[int, datetime]]


def _within(span: Span, every: frozenset[int], later: _Later) -> tuple[frozenset[int], _Later]:
    still = {(each, at) for each, at in later if span.begins is None or at > span.begins}
    never = {each for each, at in still if span.ends is not None and at >= span.ends}
    return every - never, frozenset((each, at) for each, at in still if each not in never)


_OF_TWO = frozenset({AnomalyKind.LABEL_REUSED, AnomalyKind.SERIAL_REUSED})
_ONCE_FOR_EVENTS = frozenset({AnomalyKind.DESIGNATOR_TWICE, AnomalyKind.SETUP_AGAINST_REPORT})


def marks_of(found: Anomaly) -> Iterator[tuple[object, ...]]:
    """Yield by what an anomaly is known again: another one with the same mark is it, however it changed.

    It is where it was found before: at some of the places, though others came to it or left it.
    What is told once for all places of the same events, or things, is the same wherever these are.
    """
    kind, subject = found.kind, found.subject
    for place in found.key.split("\n"):
        yield kind, subject, place
    if kind in _ONCE_FOR_EVENTS:
        yield kind, subject, found.events
    elif kind is AnomalyKind.UNDECIDED:
        yield kind, subject, found.things
    elif kind in _OF_TWO:
        yield kind, found.key, found.things
    elif kind is AnomalyKind.CONTENT_DISPUTED:
        yield kind, found.key


_IN_WORDS = {
    AnomalyKind.CORRECTION_RING: "corrections that take each other back",
    AnomalyKind.DATED_AHEAD: "dated in the future",
    AnomalyKind.LABEL_REUSED: "label given to another package",
    AnomalyKind.SERIAL_REUSED: "serial number given to another unit",
    AnomalyKind.CREATED_AGAIN: "created again after a long time",
    AnomalyKind.UNDECIDED: "name that means several things",
    AnomalyKind.CONTENT_DISPUTED: "a list and an event say different lots of one label",
    AnomalyKind.UNITS_OF_MEASURE: "one package in several units of measure",
    AnomalyKind.OVERDRAWN: "more used than was in the package",
    AnomalyKind.SETUP_AGAINST_REPORT: "set-up says another package than the report",
    AnomalyKind.SEQUENCE_TWICE: "several units on one number of a run",
    AnomalyKind.REMOVED_TWICE: "taken out, but was not there",
    AnomalyKind.DESIGNATOR_TWICE: "two packages on one designator",
    AnomalyKind.TWO_PARENTS: "put elsewhere without being taken out",
    AnomalyKind.PART_OF_ITSELF: "part of itself",
    AnomalyKind.NOT_IN: "taken out of what it was not in",
    AnomalyKind.NOT_SHIPPED: "came back without having left",
    AnomalyKind.SHIPPED_TWICE: "shipped again without having come back",
}


def told_in_words(counted: Mapping[AnomalyKind, int]) -> str:
    """Return in one sentence what does not fit in an answer; empty where everything fits."""
    if not counted:
        return ""
    kinds = ", ".join(f"{_IN_WORDS[kind]} ({count})" for kind, count in counted.items())
    return f"Contradictions touch this answer: {kinds}."
