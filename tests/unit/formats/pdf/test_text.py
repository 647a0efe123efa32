"""A page of text as PDF."""

import io

import pytest
from pypdf import PdfReader

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.formats.pdf.text import TextPage, write_text_pdf


def page(**changes) -> TextPage:
    given = {
        "heading": "Bolt GmbH",
        "title": "Certificate",
        "fields": [("Lot code", "00471"), ("Maß", "5 µm (±1 %)")],
    }
    return TextPage(**{**given, **changes})


def test_is_read_back_as_it_was_written() -> None:
    content = write_text_pdf(page(table=[("Name", "Mean"), ("Height", "1.10")], closing=["The end."]))

    reader = PdfReader(io.BytesIO(content), strict=True)
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    for piece in (
        "Bolt GmbH",
        "Certificate",
        "Lot code",
        "00471",
        "Maß",
        "5 µm (±1 %)",
        "Height",
        "1.10",
        "The end.",
    ):
        assert piece in text


def test_the_same_page_gives_the_same_bytes() -> None:
    assert write_text_pdf(page()) == write_text_pdf(page())


def test_refuses_a_character_that_the_standard_fonts_lack() -> None:
    with pytest.raises(InvalidRequestError, match="standard fonts"):
        write_text_pdf(page(title="証明書"))


def test_refuses_more_than_a_page() -> None:
    with pytest.raises(InvalidRequestError, match="one page"):
        write_text_pdf(page(closing=["line"] * 60))
