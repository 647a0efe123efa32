"""Draws: what was taken of a package, against what was in it.

Pure functions over all that was taken of one package, in the order in which it happened.

Source:
    docs/semantics.md, 6.5.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from aas_registry.domain.anomalies import Anomaly, AnomalyKind


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


def find_overdrawn(package: int, inside: Draw, draws: Iterable[Draw]) -> Iterator[Anomaly]:
    """Yield that more was taken of a package than was in it, from the draw on that was too much."""
    left = inside.quantity
    for draw in _in_order(draws):
        if draw.measure != inside.measure:
            continue
        left -= draw.quantity
        if left < 0:
            yield Anomaly(
                kind=AnomalyKind.OVERDRAWN,
                subject=package,
                events=frozenset({inside.event, draw.event}),
                things=frozenset({package}),
                holds_from=draw.happened_at,
            )
            return


def find_measures(package: int, draws: Iterable[Draw]) -> Iterator[Anomaly]:
    """Yield that a package was counted in several units of measure: first in one, then first in another."""
    ordered = _in_order(draws)
    other = next((each for each in ordered if each.measure != ordered[0].measure), None)
    if other is not None:
        yield Anomaly(
            kind=AnomalyKind.UNITS_OF_MEASURE,
            subject=package,
            events=frozenset({ordered[0].event, other.event}),
            things=frozenset({package}),
            holds_from=other.happened_at,
        )


def joined(inside: Draw | None, more: tuple[Decimal, str] | None) -> Draw | None:
    """Return what is in a label that a quantity, in its unit of measure, was joined to; None if not known."""
    if inside is None or more is None or more[1] != inside.measure:
        return None
    return replace(inside, quantity=inside.quantity + more[0])


def _in_order(draws: Iterable[Draw]) -> list[Draw]:
    return sorted(draws, key=lambda each: (each.happened_at, each.rank, each.quantity))
