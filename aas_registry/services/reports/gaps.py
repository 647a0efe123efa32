"""What reports say of their gaps: units of which nobody reported a use, and what is unknown."""

from collections.abc import Iterator

from aas_registry.services.genealogy.genealogy import Unknown, WhereUsedSummary


def coverage_gaps(head: WhereUsedSummary) -> Iterator[str]:
    """Yield what was not reported of the runs in question, and what could change the answer."""
    coverage = head.coverage
    if coverage.built is None and coverage.passed:
        yield "Nothing says how many units were built in these runs: no completed pass is on record."
    units, word = (coverage.passed, "passed") if coverage.built is None else (coverage.built, "completed")
    if coverage.reported < units:
        yield f"Of {units} units that {word} these runs, {units - coverage.reported} have no use reported."
    yield from unknown_gaps(head.unknown)


def unknown_gaps(unknown: Unknown) -> Iterator[str]:
    """Yield what could change an answer."""
    for count, what in (
        (unknown.waiting, "lines of events wait for a name, and could change the answer."),
        (unknown.undecided, "lines of events name what means several things."),
        (unknown.packages, "packages were used of which nobody named the lot."),
    ):
        if count:
            yield f"{count} {what}"
