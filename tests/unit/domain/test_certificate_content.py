"""A certificate attests only what its text names."""

import unicodedata
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.certificate_content import (
    ClaimedSubject,
    DocumentText,
    labelled_lots,
    match_content,
)
from aas_registry.domain.verdicts import Status

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LOT = ClaimedSubject(manufacturer="Arro", mpn="GRM-188.R71", lot_code="C-2291-77")


def status_of(text: str | None, *subjects: ClaimedSubject) -> Status:
    return match_content(DocumentText(text), subjects or [LOT], at=NOW).status


@pytest.mark.parametrize(
    "text",
    [
        "Certificate\nPart GRM-188.R71\nLot code: C-2291-77\nQty 500",
        "grm-188.r71 lot c-2291-77",
        "Lots: A-1, C-2291-77, B-2. Part GRM-188.R71.",
        "Part | Lot\nGRM-188.R71 | C-2291-77",
        "GRM-188.R71 Lot C-2291-77".translate({ord(char): ord(char) + 0xFEE0 for char in "GRMLCot0127-"}),
        "GRM\u00ad-188.R71 Lot C-22\u200b91-77",
        "Lot size 500, lot C-2291-77 of GRM-188.R71",
    ],
)
def test_passes_where_lot_and_part_are_named(text: str) -> None:
    assert status_of(text) is Status.PASSED


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("code", ["\u00c9-7", "E\u0301-7", "\uff25\u0301-\uff17", "E\u0301\u00ad-7"])
def test_the_text_and_the_code_may_be_composed_otherwise(code: str, form: Literal["NFC", "NFD"]) -> None:
    subject = ClaimedSubject(manufacturer="Arro", mpn="GRM-188.R71", lot_code=code)
    text = unicodedata.normalize(form, "Part GRM-188.R71 Lot code: \u00c9-7")

    assert status_of(text, subject) is Status.PASSED
    assert status_of(text.replace("7", "8"), subject) is not Status.PASSED


@pytest.mark.parametrize(
    "text",
    [
        "Part GRM-188.R71 Lot code: C-2291-78",
        "Part GRM-188.R71 Lot No. 4711",
        "Part GRM-188.R71\nLot\nC-9999",
        "GRM-188.R71, batch number: XY12",
        "GRM-188.R71 Charge 00815",
        "GRM-188.R71 Chargen-Nr.: 00815",
        "GRM-188.R71 Losnummer 00815",
        "GRM-188.R71 Lot # AB77",
        "Part GRM-188.R71 Lot code: C-2291-771",
        "Part GRM-188.R71 Lot code: XC-2291-77",
        "Part GRM-188.R71 Lot code: 9-C-2291-77",
    ],
)
def test_fails_where_another_lot_is_labelled(text: str) -> None:
    assert status_of(text) is Status.FAILED


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " \n ",
        "We declare that part GRM-188.R71 conforms to RoHS.",
        "Lot C-2291-77, no part number here",
        "Lot size: 500. Free of charge. Part GRM-188.R71",
        "Part GRM-188.R71 Lot code: C-2291-\n77",
        "GRM-188.R71 Lot code: AB12; replaces our order C-2291-77",
    ],
)
def test_is_unknown_where_the_text_does_not_say(text: str | None) -> None:
    assert status_of(text) is Status.UNKNOWN


def test_a_certificate_must_cover_every_lot_it_was_submitted_for() -> None:
    other = ClaimedSubject(manufacturer="Arro", mpn="GRM-188.R71", lot_code="C-2291-99")
    text = "Part GRM-188.R71, lots: C-2291-77, C-2291-78"

    assert status_of(text, LOT, other) is Status.FAILED
    assert status_of(text + ", C-2291-99", LOT, other) is Status.PASSED


def test_a_declaration_for_a_part_needs_the_part_only() -> None:
    part = ClaimedSubject(manufacturer="Arro", mpn="GRM-188.R71")

    assert status_of("RoHS declaration for GRM-188.R71", part) is Status.PASSED
    assert status_of("RoHS declaration for GRM-188.R72", part) is Status.UNKNOWN


def test_a_document_that_speaks_of_nothing_is_unknown() -> None:
    assert match_content(DocumentText("Lot C-2291-77"), [], at=NOW).status is Status.UNKNOWN


def test_leading_zeros_tell_codes_apart() -> None:
    lot = ClaimedSubject(manufacturer="Arro", mpn="M1", lot_code="00123")

    assert status_of("M1 lot 123", lot) is Status.FAILED
    assert status_of("M1 lot 00123", lot) is Status.PASSED


def test_a_code_with_a_regular_expression_in_it_is_only_a_code() -> None:
    lot = ClaimedSubject(manufacturer="Arro", mpn="M1", lot_code=".*")

    assert status_of("M1 lot AB12", lot) is not Status.PASSED


def test_a_text_that_repeats_a_code_within_longer_ones_without_end_is_for_a_person() -> None:
    lot = ClaimedSubject(manufacturer="Arro", mpn="M1", lot_code="11")

    check = match_content(DocumentText("1" * 1_000_000 + " lot AB12"), [lot], at=NOW)

    assert check.status is Status.UNKNOWN
    assert "too often" in check.reason


def test_a_text_is_searched_for_many_codes_once() -> None:
    text = DocumentText("M1 lots: " + ", ".join(f"A{number}" for number in range(5000)))
    lots = [ClaimedSubject(manufacturer="Arro", mpn="M1", lot_code=f"A{number}") for number in range(1000)]

    assert match_content(text, lots, at=NOW).status is Status.PASSED
    assert text.chars > 5000


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    assert status_of(text) in Status


def test_a_long_hostile_text_is_read_in_linear_steps() -> None:
    assert labelled_lots("lot " * 50_000 + "lot lot-------" * 10_000) == ()
