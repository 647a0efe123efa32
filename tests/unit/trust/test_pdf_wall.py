"""What no PDF of evidence may be, and what it may."""

import zlib

import pytest
from certificate_samples import paper, signed, signing_party
from hostile_files.pdf_files import CATALOG, PAGE, PAGES, pdf_of, stream

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.settings import Settings
from aas_registry.trust.pdf_wall import refuse_hostile_pdf

LIMITS = Settings(certificate_unpacked_bytes=1 << 20, certificate_structure_bytes=1 << 18).limits


def refusal(content: bytes, limits: Limits = LIMITS) -> Code:
    with pytest.raises(RefusedError) as raised:
        refuse_hostile_pdf(content, limits=limits, file="c.pdf", part="/c.pdf")
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
    refuse_hostile_pdf(content, limits=LIMITS)


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
