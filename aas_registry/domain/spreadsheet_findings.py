"""Findings of a list: where they stand, and a bound on how many are told."""

from collections.abc import Sequence

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.spreadsheet_cells import CellValue, Problem, shown
from aas_registry.domain.spreadsheet_columns import Column


class SpreadsheetFindings:
    """Collects findings; what is over the bound is counted and told in one more."""

    def __init__(self, *, most: int) -> None:
        """Start without any; ``most`` are kept of each severity."""
        self._most = most
        self._kept: dict[Severity, list[Finding]] = {each: [] for each in Severity}
        self._more: dict[Severity, int] = dict.fromkeys(Severity, 0)

    def add(self, finding: Finding) -> None:
        """Keep a finding, or count it where there are too many of its severity."""
        if self._has_room(finding.severity):
            self._kept[finding.severity].append(finding)
        else:
            self._more[finding.severity] += 1

    def add_at(self, problem: Problem, row: int, place: tuple[int, Column], cell: CellValue = "") -> None:
        """Keep what is wrong with a cell; ``place`` is its column's number, from 1, and the column."""
        if not self._has_room(problem.severity):
            self._more[problem.severity] += 1  # without the text, which is what costs
            return
        number, column = place
        value = shown(cell)
        stands = f"{value!r} " if value else ""
        message = f"Column {column_letters(number)} ({column.header}): {stands}{problem.message}."
        self.add(
            Finding(
                severity=problem.severity,
                code=problem.code,
                message=message,
                row=row,
                column=number,
                value=value or None,
            )
        )

    @property
    def has_errors(self) -> bool:
        """Return whether anything refuses the list."""
        return bool(self._kept[Severity.ERROR])

    def _has_room(self, severity: Severity) -> bool:
        return len(self._kept[severity]) < self._most

    def all(self) -> Sequence[Finding]:
        """Return the findings: errors first, then by row and column."""
        found: list[Finding] = []
        for severity, kept in self._kept.items():
            found += sorted(kept, key=lambda each: (each.row or 0, each.column or 0))
            if self._more[severity]:
                message = f"There are {self._more[severity]} more of severity {severity.value}."
                found.append(Finding(severity=severity, code=Code.SPREADSHEET_MORE_FINDINGS, message=message))
        return found


def column_letters(number: int) -> str:
    """Return a column as spreadsheet programs name it: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number, from 1, of a column by its letters; the opposite of `column_letters`."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
