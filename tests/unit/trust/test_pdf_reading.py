"""A PDF of evidence is passive: what acts is found wherever it hides."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from hostile_files.pdf_files import pdf_of
from pypdf import PdfWriter

from aas_registry.domain.verdicts import Status
from aas_registry.settings import Settings
from aas_registry.trust.pdf_attachments import attachments
from aas_registry.trust.pdf_reading import OpenedPdf, check_passive
from aas_registry.trust.pdf_text import pdf_text

LIMITS = Settings().limits


PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"


def page(extra: bytes = b"") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]" + extra + b">>"


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra, content)


def test_a_plain_document_passes(pdf: bytes) -> None:
    assert check_passive(OpenedPdf(pdf), limits=LIMITS)[0] is Status.PASSED
    assert (
        check_passive(OpenedPdf(pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, page())), limits=LIMITS)[0]
        is Status.PASSED
    )


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
        b"/OpenAction<</S/J#61vaScript/#4a#53(app.alert(1))>>",
        b"/OpenAction<</S/Launch/F(calc.exe)>>",
        b"/AA<</WC<</S/SubmitForm/F(somewhere)>>>>",
        b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>",
        b"/AcroForm<</XFA(form)/Fields[]>>",
        b"/OpenAction 4 0 R",
        b"/Outlines<</First<</A<</Next[<</S/Launch/F(x)>>]/S/URI>>>>>>",
    ],
)
def test_active_content_fails(catalog: bytes) -> None:
    content = pdf_of(
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>", PAGES, page(), b"<</S/JavaScript/JS(app.alert(1))>>"
    )

    status, reason = check_passive(OpenedPdf(content), limits=LIMITS)

    assert status is Status.FAILED
    assert "active content" in reason


def test_active_content_in_a_compressed_object_stream_fails() -> None:
    inner = b"5 0 <</S/JavaScript/JS(app.alert(1))>>"
    packed = zlib.compress(inner)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>",
        PAGES,
        page(),
        stream(packed, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"),
    ]
    output = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(parts, start=1):
        offsets.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = [(0, 0, 255), *((1, offset, 0) for offset in offsets), (2, 4, 0), (1, len(output), 0)]
    table = b"".join(bytes([kind]) + where.to_bytes(2, "big") + bytes([last]) for kind, where, last in rows)
    position = len(output)
    output += b"6 0 obj\n" + stream(table, b"/Type/XRef/Size 7/W[1 2 1]/Root 1 0 R") + b"\nendobj\n"
    output += b"startxref\n%d\n%%%%EOF\n" % position

    assert b"JavaScript" not in output
    assert check_passive(OpenedPdf(bytes(output)), limits=LIMITS)[0] is Status.FAILED


def test_an_encrypted_document_fails(pdf: bytes) -> None:
    writer = PdfWriter(clone_from=BytesIO(pdf))
    writer.encrypt("secret", algorithm="AES-256")
    output = BytesIO()
    writer.write(output)

    status, reason = check_passive(OpenedPdf(output.getvalue()), limits=LIMITS)

    assert status is Status.FAILED
    assert "encrypted" in reason
    assert pdf_text(output.getvalue(), limits=LIMITS) is None


def test_a_file_that_is_two_kinds_at_once_does_not_pass(pdf: bytes) -> None:
    assert check_passive(OpenedPdf(b"<html>" + pdf), limits=LIMITS)[0] is Status.FAILED
    assert check_passive(OpenedPdf(b"PK\x03\x04" + pdf), limits=LIMITS)[0] is Status.FAILED
    assert check_passive(OpenedPdf(pdf + b"PK\x05\x06" + b"\0" * 18), limits=LIMITS)[0] is Status.UNKNOWN


def test_an_endless_page_tree_ends() -> None:
    content = pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>")

    assert check_passive(OpenedPdf(content), limits=LIMITS)[0] is Status.PASSED
    assert not pdf_text(content, limits=LIMITS)


def test_deep_nesting_is_unknown() -> None:
    deep = b"[" * 50_000 + b"]" * 50_000
    content = pdf_of(b"<</Type/Catalog/Pages 2 0 R/X 4 0 R>>", PAGES, page(), deep)

    assert check_passive(OpenedPdf(content), limits=LIMITS)[0] is Status.UNKNOWN


# text


def test_the_text_is_read_page_by_page(paper: Callable[[str], bytes]) -> None:
    text = pdf_text(paper("Lot code: C-2291-77\n#pagebreak()\nPart GRM188R71"), limits=LIMITS)

    assert text is not None
    assert text.split("\n") == ["Lot code: C-2291-77", "Part GRM188R71"]


def test_a_document_longer_than_the_limit_counts_as_unread(paper: Callable[[str], bytes]) -> None:
    content = paper("Lot code: C-2291-77\n#pagebreak()\nPart GRM188R71")

    assert pdf_text(content, limits=replace(LIMITS, certificate_pages=1)) is None
    assert pdf_text(content, limits=replace(LIMITS, certificate_text_chars=10)) is None


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"no pdf", b"%PDF-1.7\n" + b"[" * 100_000])
def test_what_is_no_pdf_has_no_text(content: bytes) -> None:
    assert not pdf_text(content, limits=LIMITS)


def test_a_stream_that_unpacks_without_end_is_not_read() -> None:
    bomb = zlib.compress(b"BT (x) Tj ET\n" * 8_000_000, 9)
    content = pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        PAGES,
        page(b"/Contents 4 0 R"),
        stream(bomb, b"/Filter/FlateDecode"),
    )

    assert pdf_text(content, limits=LIMITS) is None


def test_forms_that_draw_each_other_without_end_are_not_followed() -> None:
    def form(inner: int) -> bytes:
        drawing = b"/F Do " * 30
        resources = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>" % inner
        return stream(drawing, resources)

    forms = [form(number) for number in range(6, 16)]
    content = pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        PAGES,
        page(b"/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>"),
        stream(b"/F Do"),
        *forms,
        stream(b"BT ET"),
    )

    assert not pdf_text(content, limits=LIMITS)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def drawn(drawing: bytes, *, form: bytes = b"", filters: bytes = b"") -> bytes:
    """Return a document whose page draws, and has a form."""
    resources = b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    inner = stream(form, b"/Subtype/Form/BBox[0 0 9 9]" + resources)
    return pdf_of(CATALOG, PAGES, page(b"/Contents 4 0 R" + resources), stream(drawing, filters), font, inner)


TEXT = b"BT /F 9 Tf (Lot) Tj ET"


def test_a_text_is_read_from_a_page_and_from_a_form() -> None:
    assert (pdf_text(drawn(TEXT), limits=LIMITS) or "").strip() == "Lot"
    assert (pdf_text(drawn(b"/X Do", form=TEXT), limits=LIMITS) or "").strip() == "Lot"


@pytest.mark.parametrize(
    "content",
    [
        drawn(TEXT + b" q" * 40_000),
        drawn(b"/X Do", form=TEXT + b" q" * 40_000),
        drawn(zlib.compress(TEXT + b" q" * 40_000), filters=b"/Filter/FlateDecode"),
    ],
    ids=["page", "form", "packed"],
)
def test_a_drawing_of_more_instructions_than_the_limit_counts_as_unread(content: bytes) -> None:
    assert pdf_text(content, limits=replace(LIMITS, certificate_page_bytes=50_000)) is None
    assert pdf_text(content, limits=replace(LIMITS, certificate_page_bytes=200_000)) is not None


def test_a_form_that_spends_what_is_left_counts_as_unread() -> None:
    content = drawn(b"/X Do", form=TEXT + b" q" * 500)

    assert pdf_text(content, limits=replace(LIMITS, certificate_operations=600)) is None
    assert pdf_text(content, limits=replace(LIMITS, certificate_operations=900)) is not None


@pytest.mark.parametrize("named", [b"/Filter/ASCII85Decode", b"/Filter[/A#385]", b"/Filter 9 0 R"])
def test_a_long_document_with_a_filter_without_bounds_counts_as_unread(named: bytes) -> None:
    limits = replace(LIMITS, certificate_structure_bytes=1_000)

    assert pdf_text(drawn(TEXT, form=b" " * 900, filters=named), limits=limits) is None
    assert pdf_text(drawn(TEXT, form=b" " * 900), limits=limits) is not None


@pytest.mark.parametrize("number", [b"1.2.3", b"--1", b"+-.", b"."])
def test_a_number_that_is_none_makes_a_document_unreadable_and_nothing_worse(number: bytes) -> None:
    catalog = b"<</Type/Catalog/Pages 2 0 R/A[" + number + b"]>>"

    assert check_passive(OpenedPdf(pdf_of(catalog, PAGES, page())), limits=LIMITS)[0] is Status.UNKNOWN


@pytest.mark.parametrize(
    "named", [b"BrotliDecode", b"Fl", b"AHx", b"A85", b"LZW", b"RL", b"CCF", b"DCT", b"JBIG2Decode"]
)
def test_what_is_packed_in_a_way_that_is_not_read_counts_as_unread(named: bytes) -> None:
    drawn = stream(b"BT ET", b"/Filter/" + named)
    held = stream(b"{}", b"/Type/EmbeddedFile/Filter/" + named)
    files = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)5 0 R]>>>>>>"

    content = pdf_of(
        files, PAGES, page(b"/Contents 4 0 R"), drawn, b"<</Type/Filespec/F(a)/EF<</F 6 0 R>>>>", held
    )

    assert pdf_text(content, limits=LIMITS) is None
    assert attachments(content) is None
