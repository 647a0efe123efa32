"""Draws: what was taken of a package, against what was in it.

Pure functions over all that was taken of one package, in the order in which it happened.

Source:
    docs/semantics.md, 6.5.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.held_spans import Span, StatedSpan, joined
from aas_registry.domain.items import EARLIEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """An amount that was said of a package.

    Attributes:
        rank: Orders draws of the same time.
        measure: The unit of measure, in the form in which it is compared.
    """

    happened_at: datetime
    rank: int
    event: int
    measure: str
    quantity: Decimal


class AmountInside(NamedTuple):
    """How much was in a package, as it is known for a span of time; None where nobody said."""

    span: Span
    inside: Draw | None


def find_overdrawn(
    package: int, contents: Sequence[AmountInside], draws: Iterable[Draw]
) -> Iterator[Anomaly]:
    """Yield that more was taken of a package than was in it, from the draw on that was too much.

    Args:
        package: Of which.
        contents: How much was in it, one after the other.
        draws: All that was taken.
    """
    ordered = _in_order(draws)
    for events, _, span in joined(
        each for content in contents for each in _told(content, _too_much(content.inside, ordered))
    ):
        yield _found(AnomalyKind.OVERDRAWN, package, events, span)


def find_measures(package: int, contents: Sequence[AmountInside], draws: Iterable[Draw]) -> Iterator[Anomaly]:
    """Yield that a package was counted in several units of measure: first in one, then first in another."""
    ordered = _in_order(draws)
    for events, _, span in joined(
        each for content in contents for each in _told(content, _other_measure(content.inside, ordered))
    ):
        yield _found(AnomalyKind.UNITS_OF_MEASURE, package, events, span)


def _too_much(inside: Draw | None, ordered: Iterable[Draw]) -> tuple[Draw, Draw] | None:
    """Return what was in a package, and what was too much."""
    if inside is None:
        return None
    left = inside.quantity
    for draw in ordered:
        if draw.measure == inside.measure:
            left -= draw.quantity
            if left < 0:
                return inside, draw
    return None


def _other_measure(inside: Draw | None, ordered: Sequence[Draw]) -> tuple[Draw, Draw] | None:
    """Return what was said first, and what was first said in another unit of measure."""
    said = ordered if inside is None else _in_order([inside, *ordered])
    other = next((each for each in said if each.measure != said[0].measure), None)
    return None if other is None else (said[0], other)


def _told(content: AmountInside, stating: tuple[Draw, Draw] | None) -> Iterator[StatedSpan]:
    if stating is not None:
        since = max(content.span.begins or EARLIEST, *(each.happened_at for each in stating))
        if content.span.ends is None or since < content.span.ends:
            events = frozenset(each.event for each in stating)
            yield StatedSpan(events, "", Span(since, content.span.ends))


def _found(kind: AnomalyKind, package: int, events: frozenset[int], span: Span) -> Anomaly:
    return Anomaly(
        kind=kind,
        subject=package,
        events=events,
        things=frozenset({package}),
        holds_from=span.begins,
        holds_until=span.ends,
    )


def with_joined(inside: Draw | None, more: tuple[Decimal, str] | None) -> Draw | None:
    """Return what is in a label that a quantity, in its unit of measure, was joined to; None if not known."""
    if inside is None or more is None or more[1] != inside.measure:
        return None
    return replace(inside, quantity=inside.quantity + more[0])


def _in_order(draws: Iterable[Draw]) -> list[Draw]:
    return sorted(draws, key=lambda each: (each.happened_at, each.rank, each.quantity))
