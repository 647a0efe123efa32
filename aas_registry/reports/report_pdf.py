"""The report as PDF/A-3b for people, with ``report.json`` attached to it.

Typeset by typst with the fonts that its package carries, so that every machine makes the
same pages. Those fonts know Latin, Greek and Cyrillic letters, and PDF/A allows no glyph
without a font: any other character is written by its code point, such as ``[U+65E5]``.
The attached ``report.json`` has every text as it is.
"""

import json
import unicodedata
from pathlib import Path
from typing import Any

import typst

from aas_registry.domain.clock import ClockState
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.reports import STANDS_ALONE, Direction, ReportCertificate, TraceReport
from aas_registry.domain.verdicts import time_text

# More rows make a PDF that nobody reads and few viewers open; all of them are attached.
MOST_PDF_ROWS = 10_000

_FONTS = typst.Fonts(include_system_fonts=False)  # read once, not for every report
_TEMPLATE = Path(__file__).with_name("report.typ")
_COVERED = (
    (0x0020, 0x04FF),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2027),
    (0x2030, 0x203A),
    (0x20AC, 0x20AC),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2190, 0x22FF),
)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me"})


def report_pdf(report: TraceReport, content: bytes) -> bytes:
    """Typeset the report.

    Args:
        report: What to show.
        content: ``report.json``, which is attached byte for byte.

    Raises:
        InvalidRequestError: It cannot be typeset (code ``REPORT-GLYPHS``).
    """
    view = json.dumps(displayable(_view(report)), ensure_ascii=False)
    try:
        pdf = typst.compile(
            _TEMPLATE,
            format="pdf",
            font_paths=_FONTS,
            ignore_system_fonts=True,
            pdf_standards="a-3b",
            pdf_tags=False,  # a structure tree makes a long table ten times as large
            timestamp=report.generated_at.replace(microsecond=0),
            sys_inputs={"view": view, "report": content.decode()},
        )
    except typst.TypstError as cause:
        raise InvalidRequestError(cause.message[:500], code=Code.REPORT_GLYPHS) from cause
    assert isinstance(pdf, bytes)
    return pdf


def displayable(value: Any) -> Any:
    """Return a JSON value as people read it, with no character that the fonts lack.

    Texts show such a character by its code point; numbers, answers and what is absent
    become texts; lists and mappings keep their shape.
    """
    if isinstance(value, list):
        return [displayable(entry) for entry in value]
    if isinstance(value, dict):
        return {key: displayable(entry) for key, entry in value.items()}
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return "".join(
        char
        if any(low <= ord(char) <= high for low, high in _COVERED)
        and unicodedata.category(char) not in _UNPRINTABLE
        else f"[U+{ord(char):04X}]"
        for char in unicodedata.normalize("NFC", str(value))
    )


_CLOCK_WORDS = {
    ClockState.STEADY: "goes on from the last recording",
    ClockState.BEHIND: "behind the last recording, as an administrator confirmed; only the order is certain",
    ClockState.JUMPED: "JUMPED, and nobody has confirmed it: the times of this report may be wrong",
}


def _view(report: TraceReport) -> dict[str, Any]:
    subject = f"{report.subject.kind} {report.subject.name}"
    where_used = report.direction is Direction.WHERE_USED
    total = len(report.rows)
    rows_note = "1 row." if total == 1 else f"{total} rows."
    if total > MOST_PDF_ROWS:
        rows_note = (
            f"This PDF lists the first {MOST_PDF_ROWS} of {total} rows. All {total} stand in report.json,"
            " which is attached to this PDF and covered by its signature."
        )
    return {
        "title": f"Where {subject} was used" if where_used else f"What is in {subject}",
        "id": report.id,
        "facts": [
            *([label, value] for label, value in report.subject.details.items()),
            ["Site", report.scope],
            ["Customer", report.customer or "all customers"],
            ["As it stood on", time_text(report.as_of)],
            ["As recorded on", time_text(report.recorded_as_of)],
            ["Made on", f"{time_text(report.generated_at)} by {report.generator}"],
            ["Clock", _CLOCK_WORDS[report.clock.state]],
            ["Truncation", "none"],
        ],
        "headlines": [[each.label, each.exact, each.possible, each.assumed] for each in report.headlines],
        "told": [] if report.completeness is None else list(report.completeness.told),
        "gaps": list(report.gaps) or ["None is known."],
        "stands": STANDS_ALONE,
        "certificates": [_certificate(entry) for entry in report.certificates],
        "columns": [column.title for column in report.columns],
        "rows": [[row[column.key] for column in report.columns] for row in report.rows[:MOST_PDF_ROWS]],
        "rowsNote": rows_note,
        "evidence": [[entry.kind, entry.file, entry.sha256] for entry in report.evidence],
    }


def _certificate(certificate: ReportCertificate) -> dict[str, Any]:
    number = f" {certificate.document_number}" if certificate.document_number else ""
    return {
        "title": f"{certificate.document_type}{number}: {certificate.file_name}",
        "state": certificate.state,
        "lots": ", ".join(certificate.lots) or "no single lot",
        "sha256": certificate.sha256,
        "original": "withheld: it also names what is not told here" if certificate.is_withheld else None,
        "checks": [[check.name, check.status.value, check.reason] for check in certificate.checks],
    }
