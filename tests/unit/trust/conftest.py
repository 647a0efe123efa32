"""A supplier with a CA of its own, a time-stamping authority, and certificates on paper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import typst

from aas_registry.domain.canonical_json import digest_of
from aas_registry.settings import Settings
from aas_registry.trust import pki
from aas_registry.trust.pdf_reading import OpenedPdf
from aas_registry.trust.pdf_signature import SignatureFinding, TrustAnchor, verify_pdf
from aas_registry.trust.signer import Signer

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3 * 365)


@dataclass(frozen=True)
class Supplier:
    """A root, an intermediate and a signer below it."""

    root: pki.Authority
    middle: pki.Authority
    leaf: pki.Authority

    @property
    def signer(self) -> Signer:
        chain = (self.leaf.certificate, self.middle.certificate, self.root.certificate)
        return Signer(self.leaf.key, chain)

    @property
    def anchor(self) -> TrustAnchor:
        return TrustAnchor(certificate=self.root.certificate_der)


def _make_supplier(name: str = "Arro", *, now: datetime = NOW, leaf_days: int = 365) -> Supplier:
    root = pki.make_root(pki.name_of(f"{name} root", organization=name), now=now, days=7300)
    middle = pki.make_intermediate(
        pki.name_of(f"{name} issuing", organization=name), issuer=root, now=now, days=3650
    )
    subject = pki.name_of("inspector", organization=name)
    return Supplier(root, middle, pki.make_leaf(subject, issuer=middle, now=now, days=leaf_days))


def _paper(text: str) -> bytes:
    pages = typst.compile(text.encode(), format="pdf", ignore_system_fonts=True, timestamp=NOW)
    assert isinstance(pages, bytes)
    return pages


@pytest.fixture(scope="session")
def supplier() -> Supplier:
    return _make_supplier()


@pytest.fixture(scope="session")
def make_supplier() -> Callable[..., Supplier]:
    return _make_supplier


@pytest.fixture(scope="session")
def time_stamping() -> tuple[pki.Authority, pki.Authority]:
    root = pki.make_root(pki.name_of("TSA root", organization="Tempus"), now=LONG_AGO, days=7300)
    subject = pki.name_of("TSA", organization="Tempus")
    leaf = pki.make_leaf(subject, issuer=root, now=LONG_AGO, days=3650, use=pki.LeafUse.TIMESTAMP)
    return root, leaf


@pytest.fixture(scope="session")
def paper() -> Callable[[str], bytes]:
    return _paper


@pytest.fixture(scope="session")
def pdf() -> bytes:
    return _paper("= Certificate 3.1\nPart GRM188R71 \\ Lot code: C-2291-77 \\ Quantity 500")


Verify = Callable[..., SignatureFinding]


@pytest.fixture
def verify(supplier: Supplier, time_stamping: tuple[pki.Authority, pki.Authority]) -> Verify:
    def run(content: bytes, **changes: object) -> SignatureFinding:
        question: dict[str, object] = {
            "sha256": digest_of(content),
            "anchors": [supplier.anchor],
            "time_stamp_anchors": [time_stamping[0].certificate_der],
            "limits": Settings().limits,
            "now": NOW,
        }
        return verify_pdf(OpenedPdf(content), **(question | changes))  # type: ignore[arg-type]

    return run
