"""A lot's certificate as a page of PDF: its text names the lot as a certificate must."""

from datetime import UTC, date, datetime
from decimal import Decimal

from aas_registry.domain.certificate_claims import AcceptanceSampling
from aas_registry.domain.certificate_content import ClaimedSubject, DocumentText, match_content
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.verdicts import Status
from aas_registry.formats.pdf.certificate import CertificateText, write_certificate_pdf
from aas_registry.settings import Settings
from aas_registry.trust.pdf_text import pdf_text

FACTS = LotFacts(
    manufacturer="Bolt GmbH",
    mpn="B-1",
    lot_code="00471",
    shell="https://bolt.example/00471",
    quantity=Decimal(500),
)
TEXT = CertificateText(
    number="C-1",
    title="Certificate of conformity",
    issued_on=date(2026, 3, 2),
    designation="Bolt",
    sampling=AcceptanceSampling(80, 0, 1, 0),
    measurements=[("Length", "mm", "9.9", "10.0", "10.1")],
)
AT = datetime(2026, 3, 16, tzinfo=UTC)


def claimed(lot_code: str) -> ClaimedSubject:
    return ClaimedSubject(manufacturer="Bolt GmbH", mpn="B-1", lot_code=lot_code)


def test_the_text_covers_its_lot_and_no_other() -> None:
    text = pdf_text(write_certificate_pdf(FACTS, TEXT), limits=Settings().limits)

    assert match_content(DocumentText(text), [claimed("00471")], at=AT).status is Status.PASSED
    assert match_content(DocumentText(text), [claimed("00472")], at=AT).status is Status.FAILED


def test_names_the_plan_and_what_was_found() -> None:
    text = pdf_text(write_certificate_pdf(FACTS, TEXT), limits=Settings().limits)

    assert text is not None
    assert "n = 80, Ac = 0, Re = 1" in text
    assert "0 nonconforming" in text
