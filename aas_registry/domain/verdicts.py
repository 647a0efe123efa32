"""Verdicts: what was checked, how it came out, and why.

Every check has one of three statuses. *Unknown* is its own status and is never
shown, counted or acted on as passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check, with its reason and its time.

    Attributes:
        name: What was checked, a stable word such as ``signature``.
        status: How it came out.
        reason: One sentence for a person.
        at: When it was checked.
        file: The file of a bundle it speaks of; None where there is only one file.
    """

    name: str
    status: Status
    reason: str
    at: datetime
    file: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the check as the API and the report show it."""
        members: dict[str, Any] = {
            "name": self.name,
            "status": self.status.value,
            "reason": self.reason,
            "at": time_text(self.at),
        }
        return members if self.file is None else {**members, "file": self.file}


def worst(statuses: Iterable[Status]) -> Status:
    """Return failed before unknown before passed; of nothing checked, unknown."""
    found = set(statuses)
    if Status.FAILED in found:
        return Status.FAILED
    if Status.UNKNOWN in found or not found:
        return Status.UNKNOWN
    return Status.PASSED


def time_text(moment: datetime) -> str:
    """Return a time as statements and reports spell it: RFC 3339, with its offset, ``Z`` for UTC."""
    return moment.isoformat().replace("+00:00", "Z")


class BundleOutcome(StrEnum):
    """What the verification of a whole bundle says."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerdict:
    """What the verification of a report bundle found.

    Attributes:
        outcome: Verified only where every check passed under a pinned root.
        checks: Every check; those that speak of a file name it.
        not_checked: What no check of this verification can say, one sentence each.
        subject: What the report speaks of, as it says itself; None where it is unreadable.
    """

    outcome: BundleOutcome
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    subject: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as ``verify --json`` prints it."""
        return {
            "outcome": self.outcome.value,
            "subject": self.subject,
            "checks": [check.as_json() for check in self.checks],
            "notChecked": list(self.not_checked),
        }


def outcome_of(checks: Iterable[Check]) -> BundleOutcome:
    """Return the outcome that the checks together allow."""
    status = worst(check.status for check in checks)
    return {
        Status.PASSED: BundleOutcome.VERIFIED,
        Status.FAILED: BundleOutcome.FAILED,
        Status.UNKNOWN: BundleOutcome.UNKNOWN,
    }[status]
