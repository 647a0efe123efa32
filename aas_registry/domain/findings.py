"""What was found while something was read or checked, and where.

A finding never stops anything by itself: the caller decides by severity. An
``error`` that refuses an upload, and a violated constraint that is stored with
its finding, are the same kind of value.
"""

from dataclasses import dataclass
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
        path: Element path (``submodels[0].submodelElements[2]``) or JSON pointer.
        constraint: Constraint id of the metamodel, such as ``AASd-120``.
        row: Row of a table, line of NDJSON; counted from 1.
        column: Column of a table, or character of a label's text, counted from 1.
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
