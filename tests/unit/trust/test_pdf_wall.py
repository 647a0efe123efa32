"""What no PDF of evidence may be, and what it may."""

import zlib
from dataclasses import replace

import pytest
from certificate_samples import paper, signed, signing_party
from hostile_files.pdf_files import CATALOG, PAGE, PAGES, pdf_of, stream

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.settings import Settings
from aas_registry.trust.pdf_reading import OpenedPdf
from aas_registry.trust.pdf_wall import refuse_hostile_pdf

LIMITS = Settings(certificate_unpacked_bytes=1 << 20, certificate_structure_bytes=1 << 18).limits


def is_taken(content: bytes) -> bool:
    """Answer whether the wall lets a document pass."""
    try:
        refuse_hostile_pdf(OpenedPdf(content), limits=LIMITS)
    except RefusedError:
        return False
    return True


def refusal(content: bytes, limits: Limits = LIMITS) -> Code:
    with pytest.raises(RefusedError) as raised:
        refuse_hostile_pdf(OpenedPdf(content), limits=limits, file="c.pdf", part="/c.pdf")
    assert raised.value.findings[0].file == "c.pdf"
    assert raised.value.findings[0].part == "/c.pdf"
    return raised.value.code


def with_attachment(name: bytes, content: bytes) -> bytes:
    catalog = CATALOG[:-2] + b"/Names<</EmbeddedFiles<</Names[(a)4 0 R]>>>>>>"
    filespec = b"<</Type/Filespec/F(%s)/EF<</F 5 0 R>>>>" % name
    return pdf_of(catalog, PAGES, PAGE, filespec, stream(content, b"/Type/EmbeddedFile"))


@pytest.mark.parametrize(
    "content",
    [
        paper(),
        signed(paper(), signing_party("Bolt")),
        b"\xef\xbb\xbf" + pdf_of(CATALOG, PAGES, PAGE),
        pdf_of(CATALOG, PAGES, PAGE) + b"\n\0\x1a",
        with_attachment(b"data.xml", b"<measurements/>"),
        with_attachment(b"data.json", b"{}"),
        b"%PDF-1.7 and nothing that could be read",
    ],
    ids=["paper", "signed", "mark", "padding", "xml", "json", "malformed"],
)
def test_what_is_merely_odd_passes(content: bytes) -> None:
    assert is_taken(content)


def test_active_content_of_a_document_that_is_damaged_is_found_by_its_name() -> None:
    damaged = pdf_of(CATALOG[:-2] + b"/OpenAction<</S/J#61vaScript/JS(x)>>>>", PAGES, PAGE)[:-40]

    assert refusal(damaged) is Code.PDF_ACTIVE


def test_encryption_of_a_document_that_is_damaged_is_found_by_its_name() -> None:
    assert refusal(b"%PDF-1.7\ntrailer<</Encrypt 4 0 R>>") is Code.PDF_ENCRYPTED


def test_a_stream_that_unpacks_to_more_than_the_limit_refuses() -> None:
    bomb = stream(zlib.compress(bytes(2 << 20)), b"/Filter/FlateDecode")

    assert refusal(pdf_of(CATALOG, PAGES, PAGE, bomb)) is Code.PDF_TOO_LARGE


def test_a_stream_that_is_packed_twice_is_unpacked_twice() -> None:
    bomb = stream(zlib.compress(zlib.compress(bytes(2 << 20))), b"/Filter[/FlateDecode/FlateDecode]")

    assert refusal(pdf_of(CATALOG, PAGES, PAGE, bomb)) is Code.PDF_TOO_LARGE


def test_an_end_mark_within_a_stream_hides_nothing() -> None:
    packed = zlib.compressobj(0)
    content = (
        packed.compress(b"endstream") + packed.flush(zlib.Z_FULL_FLUSH) + packed.compress(bytes(2 << 20))
    )

    bomb = stream(content + packed.flush(), b"/Filter/FlateDecode")

    assert refusal(pdf_of(CATALOG, PAGES, PAGE, bomb)) is Code.PDF_TOO_LARGE


def test_streams_that_are_read_over_and_over_refuse() -> None:
    engine = zlib.compressobj(0)
    empty = engine.compress(b"") + engine.flush(zlib.Z_SYNC_FLUSH)
    nested = b"".join(b"stream\n" + empty + b"endstream\n" for _ in range(200)) + b"stream\n" + empty * 2000

    assert refusal(b"%PDF-1.7\n" + nested * 8) is Code.PDF_TOO_LARGE


def test_structure_beside_the_streams_is_bounded() -> None:
    assert refusal(pdf_of(CATALOG, PAGES, PAGE, b"[" + b"0 " * (1 << 18) + b"]")) is Code.PDF_TOO_LARGE


@pytest.mark.parametrize("name", [b"a.exe", b"A.EXE", b"a.exe. ", b"a.pdf.js"])
def test_a_program_is_known_by_its_name(name: bytes) -> None:
    assert refusal(with_attachment(name, b"anything")) is Code.PDF_PROGRAM


def test_a_program_is_known_by_its_first_bytes() -> None:
    assert refusal(with_attachment(b"data.xml", b"MZ\x90")) is Code.PDF_PROGRAM


def test_a_second_document_after_the_end_refuses() -> None:
    assert refusal(pdf_of(CATALOG, PAGES, PAGE) * 2) is Code.FILE_POLYGLOT


def _form(*fields: bytes) -> bytes:
    return pdf_of(CATALOG[:-2] + b"/AcroForm<</Fields[4 0 R]>>>>", PAGES, PAGE, *fields)


def test_fields_that_are_reached_in_more_ways_than_there_may_be_objects_refuse() -> None:
    levels = [b"<</T(a)/Kids[" + b"%d 0 R " % number * 10 + b"]>>" for number in range(5, 12)]

    refuse_hostile_pdf(OpenedPdf(_form(*levels[:3], b"<</FT/Tx/T(a)>>")), limits=LIMITS)
    assert refusal(_form(*levels, b"<</FT/Tx/T(a)>>")) is Code.PDF_TOO_LARGE
    assert refusal(_form(b"<</T(a)/Kids[4 0 R]>>")) is Code.PDF_TOO_LARGE


@pytest.mark.parametrize("widths", [b"/W[0 0 0]", b"/#57 [%\n 0 -1 +0 9]", b"/W %[1 1 1]\r[0 0 0]", b"/W[]"])
def test_a_table_whose_entries_take_no_bytes_refuses(widths: bytes) -> None:
    assert refusal(pdf_of(CATALOG, PAGES, PAGE, stream(b"", b"/Type/XRef" + widths))) is Code.PDF_TOO_LARGE


@pytest.mark.parametrize("widths", [b"/W[1 2 1]", b"/W [ 0 4 0 ]", b"/W[0 [500 600]]", b"/Widths[0 0 0]"])
def test_other_widths_pass(widths: bytes) -> None:
    assert is_taken(pdf_of(CATALOG, PAGES, PAGE, b"<<" + widths + b">>"))


def test_an_object_stream_cannot_hide_what_it_is_behind_white_space() -> None:
    hidden = stream(zlib.compress(bytes(1 << 19)), b"/Type/ObjStm" + b" " * 5_000 + b"/Filter/FlateDecode")

    assert refusal(pdf_of(CATALOG, PAGES, PAGE, hidden)) is Code.PDF_TOO_LARGE


def test_a_document_that_was_added_to_more_often_than_the_limit_refuses() -> None:
    once = replace(LIMITS, certificate_revisions=1)

    refuse_hostile_pdf(OpenedPdf(paper()), limits=once)
    assert refusal(signed(paper(), signing_party("Bolt")), once) is Code.PDF_TOO_LARGE
