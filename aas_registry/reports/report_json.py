"""The report as JSON: the one form that is signed and that programs read."""

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.reports import TraceReport


def report_json(report: TraceReport) -> bytes:
    """Return the report as canonical JSON (``schemas/report-1.0.json``).

    Raises:
        RefusedError: A text is no Unicode, or a number is not exact.

    Source:
        RFC 8785.
    """
    return canonical_bytes(report.as_json())
