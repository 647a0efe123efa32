"""Suppliers with CAs of their own, a time-stamping authority, and certificates on paper."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import typst

from aas_registry.trust import pki
from aas_registry.trust.pdf_signer import sign_pdf
from aas_registry.trust.signer import Signer
from aas_registry.trust.time_stamps import LocalTimeStamps

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3 * 365)


@dataclass(frozen=True)
class SigningParty:
    """A root and a signer below it."""

    root: pki.Authority
    leaf: pki.Authority

    @property
    def signer(self) -> Signer:
        return Signer(self.leaf.key, (self.leaf.certificate, self.root.certificate))

    @property
    def root_pem(self) -> bytes:
        return self.root.certificate_pem


@cache
def signing_party(name: str, *, since: datetime = NOW, leaf_days: int = 365) -> SigningParty:
    """Return a company that signs, with a CA of its own; the same for the same name."""
    root = pki.make_root(pki.name_of(f"{name} root", organization=name), now=since, days=7300)
    subject = pki.name_of("inspector", organization=name)
    return SigningParty(root, pki.make_leaf(subject, issuer=root, now=since, days=leaf_days))


@cache
def time_stamping() -> SigningParty:
    """Return a time-stamping authority."""
    root = pki.make_root(pki.name_of("TSA root", organization="Tempus"), now=LONG_AGO, days=7300)
    subject = pki.name_of("TSA", organization="Tempus")
    leaf = pki.make_leaf(subject, issuer=root, now=LONG_AGO, days=3650, use=pki.LeafUse.TIMESTAMP)
    return SigningParty(root, leaf)


@cache
def paper(lot_code: str = "0042", mpn: str = "CAP-100N-0603", *, more: str = "") -> bytes:
    """Return a certificate without a signature."""
    text = f"= Certificate 3.1\nPart {mpn} \\ Lot code: {lot_code} \\ Quantity 4000 {more}"
    pages = typst.compile(text.encode(), format="pdf", ignore_system_fonts=True, timestamp=NOW)
    assert isinstance(pages, bytes)
    return pages


def signed(pdf: bytes, party: SigningParty, *, at: datetime = NOW, time_stamped: bool = False) -> bytes:
    """Return the certificate with a signature, and a time-stamp where one is wanted."""
    stamps = LocalTimeStamps(time_stamping().leaf, at) if time_stamped else None
    return sign_pdf(pdf, party.signer, now=at, time_stamps=stamps)
