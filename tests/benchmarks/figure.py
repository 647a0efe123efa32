"""What a benchmark answers: one number with its target."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number.

    Attributes:
        name: What was measured, in words without spaces.
        value: The number.
        unit: ``x`` for a ratio against a rival in the same run, else a unit.
        target: What it must reach.
        bound: Whether the target is the least or the most that is allowed.
        detail: The times behind a ratio, for the reader.
    """

    name: str
    value: float
    unit: str
    target: float
    bound: Literal["at least", "at most"]
    detail: str = ""

    @property
    def reaches_target(self) -> bool:
        """Return whether the number is good enough."""
        return self.value >= self.target if self.bound == "at least" else self.value <= self.target

    def __str__(self) -> str:
        """Return the line of the report: name, value, target, verdict, and the times behind it."""
        verdict = "ok" if self.reaches_target else "SHORT"
        sign = "≥" if self.bound == "at least" else "≤"
        return f"{self.name:<60} {self.value:>12.3f} {self.unit:<4} {sign} {self.target:<8g} {verdict:<6}{self.detail}".rstrip()
