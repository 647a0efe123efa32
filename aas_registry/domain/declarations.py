"""What a thing is said to be: each member is what was said of it last.

A unit's product and customer, a run's line, a package's kind: every statement gives some members,
and what it leaves out stays as it was said. Folded from all statements in effect, whatever the
order in which they arrived.

Source:
    docs/semantics.md, section 5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One statement about one thing.

    Attributes:
        happened_at: When it was said to hold.
        rank: Orders statements of the same time, as does `place` those of one event.
        members: What it gives; a member that it leaves out is not there.
    """

    happened_at: datetime
    rank: int
    place: int
    members: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a thing is, from one time (None: from the beginning) to another (None: still)."""

    members: Mapping[str, Any]
    valid_from: datetime | None
    valid_to: datetime | None = None


def fold_declarations(stated: Iterable[Declaration]) -> list[Declared]:
    """Return what a thing is over time; what was said first of a member held from the beginning.

    What was said twice at one time counts as the later in the order of events says.
    """
    ordered = sorted(stated, key=lambda each: (each.happened_at, each.rank, each.place))
    known: dict[str, Any] = {}
    for each in ordered:
        known = {**each.members, **known}
    spans: list[tuple[datetime | None, dict[str, Any]]] = [(None, known)]
    for each in ordered:
        known = {**known, **each.members}
        if known == spans[-1][1]:
            continue
        if spans[-1][0] == each.happened_at:
            spans.pop()
            if spans[-1][1] == known:
                continue
        spans.append((each.happened_at, known))
    ends = [start for start, _ in spans[1:]] + [None]
    return [
        Declared(members=members, valid_from=start, valid_to=end)
        for (start, members), end in zip(spans, ends, strict=True)
    ]
