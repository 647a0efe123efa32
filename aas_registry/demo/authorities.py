"""The suppliers' CAs and signers, kept in the demo's folder so that a second start finds them.

Each supplier has a CA of its own and a signer below it. Their private keys lie here in
the clear to everyone who can read the folder: they vouch for invented companies only.
"""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aas_registry.trust.pki import (
    Authority,
    LeafUse,
    make_leaf,
    make_revocation_list,
    make_root,
    name_of,
)
from aas_registry.trust.signer import Signer

_VALID_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = 20 * 365
_LISTED_AT = datetime(2026, 3, 14, tzinfo=UTC)  # after every seeded signature: older lists tell nothing
_ANCHOR, _REVOCATIONS, _KEY, _LEAF = "ca.pem", "revoked.crl", "key.pem", "certificate.pem"


@dataclass(frozen=True, slots=True)
class DemoAuthority:
    """A CA with its one leaf.

    Attributes:
        anchor_pem: The CA's certificate, which the plant pins.
        revocation_list: Its CRL, DER; it names nobody.
        leaf: Key and certificate of who signs, or issues time-stamps.
    """

    anchor_pem: bytes
    revocation_list: bytes
    leaf: Authority

    @property
    def signer(self) -> Signer:
        """Return the signer of documents."""
        return Signer(self.leaf.key, (self.leaf.certificate, x509.load_pem_x509_certificate(self.anchor_pem)))


def supplier_authority(folder: Path, code: str, name: str) -> DemoAuthority:
    """Return a supplier's CA, made where the folder does not hold it.

    Args:
        folder: The folder that holds one for each authority; each appears whole or not at all.
        code: The supplier's short name, which names its folder.
        name: The organisation in the certificates.
    """
    return _authority(folder, code, name, unit="Quality", use=LeafUse.SIGN)


def time_stamp_authority(folder: Path) -> DemoAuthority:
    """Return the demo's own time-stamping authority; an outside one replaces it in production."""
    return _authority(folder, "time-stamps", "Demo time-stamps", unit="Time-stamps", use=LeafUse.TIMESTAMP)


def _authority(folder: Path, code: str, name: str, *, unit: str, use: LeafUse) -> DemoAuthority:
    place = folder / code
    if not place.is_dir():
        root = make_root(name_of(f"{name} CA", organization=name), now=_VALID_FROM, days=_DAYS)
        subject = name_of(f"{unit} department", organization=name, unit=unit)
        leaf = make_leaf(subject, issuer=root, now=_VALID_FROM, days=_DAYS // 2, use=use)
        key_pem = leaf.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        revocations = make_revocation_list(root, revoked=(), number=1, now=_LISTED_AT, days=_DAYS)
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{code}-", dir=folder))
        try:
            (made / _ANCHOR).write_bytes(root.certificate_pem)
            (made / _REVOCATIONS).write_bytes(revocations)
            (made / _KEY).write_bytes(key_pem)
            (made / _LEAF).write_bytes(leaf.certificate_pem)
            made.rename(place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    key = serialization.load_pem_private_key((place / _KEY).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    certificate = x509.load_pem_x509_certificate((place / _LEAF).read_bytes())
    return DemoAuthority(
        (place / _ANCHOR).read_bytes(), (place / _REVOCATIONS).read_bytes(), Authority(key, certificate)
    )
