"""What was found while something was read or checked, and where.

A finding never stops anything by itself: the caller decides by severity. An
``error`` that refuses an upload, and a violated constraint that is stored with
its finding, are the same kind of value.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aas_registry.domain.codes import Code


class Severity(StrEnum):
    """How bad a finding is: ``error`` violates a rule, ``warning`` was mended, ``info`` tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found, and the place.

    Attributes:
        severity: How bad it is.
        code: The stable code.
        message: One sentence for a person.
        file: Name of the uploaded file.
        part: Part of a package, such as ``/aasx/data.xml``.
        path: Element path (``submodels[0].submodelElements[2]``), id of a submodel with the
            idShort path in it, or the member, field, parameter or header of a request.
        constraint: Constraint id of the metamodel, such as ``AASd-120``.
        row: Row of a table, line of a text, number of an event in its request; from 1.
        column: Column of a table, character of a line or of a label's text; from 1.
        value: What stands there, shortened.
    """

    severity: Severity
    code: Code
    message: str
    file: str | None = None
    part: str | None = None
    path: str | None = None
    constraint: str | None = None
    row: int | None = None
    column: int | None = None
    value: str | None = None

    @property
    def place(self) -> str:
        """Return where it is, as a person says it; empty where nobody can say."""
        named = {
            "file": self.file, "part": self.part, "at": self.path, "row": self.row, "column": self.column,
        }  # fmt: skip
        return ", ".join(f"{name} {value}" for name, value in named.items() if value is not None)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as the API answers it: absent members are left out."""
        members = {
            "severity": self.severity.value,
            "code": self.code.value,
            "message": self.message,
            "file": self.file,
            "part": self.part,
            "path": self.path,
            "constraint": self.constraint,
            "row": self.row,
            "column": self.column,
            "value": self.value,
        }
        return {key: value for key, value in members.items() if value is not None}


def error(code: Code, message: str, **place: Any) -> Finding:
    """Return a finding of severity ``error``; ``place`` names attributes of `Finding`."""
    return Finding(severity=Severity.ERROR, code=code, message=message, **place)


def warning(code: Code, message: str, **place: Any) -> Finding:
    """Return a finding of severity ``warning``."""
    return Finding(severity=Severity.WARNING, code=code, message=message, **place)


def info(code: Code, message: str, **place: Any) -> Finding:
    """Return a finding of severity ``info``."""
    return Finding(severity=Severity.INFO, code=code, message=message, **place)


@dataclass(slots=True)
class FindingList:
    """Findings up to a number, however many are told; one more says how many those are.

    Attributes:
        most: Most that are listed.
    """

    most: int
    _listed: list[Finding] = field(default_factory=list)
    _unlisted: int = 0
    _worst: Finding | None = None

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take findings; those beyond the number are only counted."""
        for each in findings:
            if len(self._listed) < self.most:
                self._listed.append(each)
                continue
            self._unlisted += 1
            if self._worst is None or _WORST_FIRST[each.severity] < _WORST_FIRST[self._worst.severity]:
                self._worst = each

    def listed(self) -> tuple[Finding, ...]:
        """Return the first findings; the one for the rest is as bad as the worst of these, with its code."""
        if self._worst is None:
            return tuple(self._listed)
        if self._unlisted == 1:  # it may itself say that there were more
            return (*self._listed, self._worst)
        message = f"At least {self._unlisted} more findings are not listed."
        more = Finding(severity=self._worst.severity, code=self._worst.code, message=message)
        return (*self._listed, more)


_WORST_FIRST = {severity: rank for rank, severity in enumerate(Severity)}
