"""The words in which both are compared: things by their names, rows as counted tuples."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

Answers = dict[Any, Any]
ALL_LOTS = "all lots"
LEVELS = ("board", "product", "shipment", "customer")
UnitKey = tuple[tuple[str, str, str], ...]


def unit_key(names: Iterable[tuple[str, str, str]]) -> UnitKey:
    """Return what stands for a unit: its names, a place on a panel without issuer."""
    return tuple(
        sorted({(scheme, "" if scheme == "panel" else issuer, value) for scheme, issuer, value in names})
    )


def counted(rows: Iterable[Any]) -> dict[Any, int]:
    """Return rows in any order: two units of the same names count as two."""
    return dict(Counter(rows))


def is_summed(subject: Any, *, is_plant: bool) -> bool:
    """Return whether groups and receivers are asked of it: the plant asks for all lots, an auditor for each."""
    return not is_plant or subject == ALL_LOTS


def thousandths(amount: Any) -> Fraction | None:
    """Return a quantity as both know it: pieces of a use that is spread over designators are rounded."""
    return None if amount is None else Fraction(round(Fraction(str(amount)) * 1000), 1000)


def is_only_named(unit: UnitKey, told: Iterable[Any]) -> bool:
    """Return whether a unit is a carton or pallet of which nothing is told but its label."""
    return all(scheme == "container" for scheme, _, _ in unit) and not any(told)


def kind_of(unit: UnitKey, kind: str) -> str | None:
    """Return the kind as it is compared: what a thing is that has a container's label, nobody need say."""
    return None if any(scheme == "container" for scheme, _, _ in unit) else kind


def is_told_without_things(kind: str) -> bool:
    """Return whether the things of a contradiction are left out: the engine reads none of what is dated ahead."""
    return kind == "datedAhead"


def is_told_of_each(kind: str) -> bool:
    """Return whether what the same events say of several names, or numbers of a run, is several contradictions."""
    return kind in {"sequenceTwice", "serialReused", "labelReused", "createdAgain"}


def touching(kinds: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return how many contradictions touch an answer; of those that are told of each name, whether any does."""
    some = ((kind, count) for kind, count in kinds if count and not is_told_without_things(kind))
    return {kind: 1 if is_told_of_each(kind) else count for kind, count in some}
