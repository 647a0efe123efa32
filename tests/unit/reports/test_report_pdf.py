"""The PDF of a report: for people, with the JSON attached byte for byte."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bundle_samples import make_report

from aas_registry.domain.reports import TraceReport
from aas_registry.reports import report_pdf as module
from aas_registry.reports.report_json import report_json
from aas_registry.reports.report_pdf import displayable, report_pdf
from aas_registry.settings import Settings
from aas_registry.trust.pdf_attachments import attachments
from aas_registry.trust.pdf_text import pdf_text


def typeset(report: TraceReport) -> tuple[bytes, str]:
    content = report_pdf(report, report_json(report))
    text = pdf_text(content, limits=Settings(certificate_pages=500).limits)
    assert text is not None
    return content, text


def test_carries_the_very_json() -> None:
    report = make_report()
    content, _ = typeset(report)

    assert attachments(content) == {"report.json": report_json(report)}


def test_shows_question_answer_gaps_and_certificates() -> None:
    _, text = typeset(make_report(rows=3))

    for part in (
        "Where lot 0042 was used",
        "plant-1",
        "all customers",
        "possible",
        "Line 2 was silent on 3 March.",
        "No independent witness",
        "EN 10204 3.1 77: certificate.pdf",
        "passed",
        "3 rows.",
        "SN000002",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("behind", "accepted", "words"),
    [
        (timedelta(0), timedelta(0), "goes on from the last recording"),
        (timedelta(hours=1), timedelta(hours=1), "as an administrator confirmed; only the order is certain"),
        (timedelta(hours=1), timedelta(0), "JUMPED, and nobody has confirmed it"),
    ],
)
def test_says_how_the_clock_stood(behind: timedelta, accepted: timedelta, words: str) -> None:
    report = make_report()
    clock = replace(report.clock, last=report.clock.now + behind, accepted=accepted)

    _, text = typeset(replace(report, clock=clock))

    assert words in " ".join(text.split())


def test_is_the_same_on_every_machine() -> None:
    report = make_report()

    assert typeset(report)[0] == typeset(report)[0]


def test_lists_every_row_of_a_long_answer() -> None:
    _, text = typeset(make_report(rows=1500))

    assert all(f"SN{row:06}" in text for row in range(1500))


def test_says_plainly_when_it_lists_a_part_of_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PDF_ROWS", 2)
    content, text = typeset(make_report(rows=5))

    assert "the first 2 of 5 rows" in " ".join(text.split())
    assert "SN000004" not in text
    assert b"SN000004" in (attachments(content) or {})["report.json"]


def test_a_character_without_a_glyph_is_written_by_its_code_point() -> None:
    report = make_report(name="日本-42")
    _, text = typeset(report)

    assert "[U+65E5][U+672C]-42" in text
    assert "日本-42".encode() in report_json(report)


@pytest.mark.parametrize(
    "text", ["plain", "Straße µΩ ±5 %", "Ελληνικά", "Кириллица", "→ ≤ ✓".replace("✓", "≥")]
)
def test_letters_that_the_fonts_know_stay(text: str) -> None:
    assert displayable(text) == text


def test_every_character_that_is_let_through_can_be_typeset() -> None:
    known = [chr(number) for number in range(0x10000) if displayable(chr(number)) == chr(number)]
    report = make_report()
    rows = [{"serial": " ".join(known[start : start + 100]), "product": "", "certainty": ""}
            for start in range(0, len(known), 100)]  # fmt: skip

    assert len(known) > 1500
    assert typeset(replace(report, rows=rows))[0].startswith(b"%PDF-")


@pytest.mark.parametrize(
    "text", ["\0", "\u200b", "\ud800", "a\nb", "\U0001f600", "#panic()", "*bold* $x$ @ref <a>"]
)
def test_no_text_of_a_supplier_breaks_the_page(text: str) -> None:
    report = make_report()
    shown = replace(report, gaps=[text])

    assert report_pdf(shown, report_json(report)).startswith(b"%PDF-")


def test_markup_in_a_text_is_only_text() -> None:
    _, text = typeset(replace(make_report(), gaps=["#panic() *bold* \\ $x$"]))

    assert "#panic() *bold* \\ $x$" in text
