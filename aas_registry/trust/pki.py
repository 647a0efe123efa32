"""A small public key infrastructure: roots, intermediates, leaves and CRLs.

Everything is ECDSA on P-256 with SHA-256, because Debian 12's ``openssl cms`` and
``pdfsig`` take it (they fail with Ed25519 certificates). Profiles follow RFC 5280.
`keys init`, the demo's supplier CAs and the tests make their certificates here;
nothing here decides whom to trust.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Name
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from aas_registry.domain.canonical_json import digest_of

__all__ = [
    "Authority",
    "LeafUse",
    "Name",
    "Revocation",
    "certificate_digest",
    "make_intermediate",
    "make_leaf",
    "make_revocation_list",
    "make_root",
    "name_of",
]

# RFC 5280, section 4.1.2.5: clocks differ, so a certificate is valid a little before it is made.
_CLOCK_SKEW = timedelta(minutes=5)


class LeafUse(StrEnum):
    """What a leaf certificate may be used for."""

    SIGN = "sign"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Authority:
    """A key with its certificate: a CA, or the holder of a leaf.

    Attributes:
        key: The private key.
        certificate: The certificate for it.
    """

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def certificate_der(self) -> bytes:
        """Return the certificate as DER, as anchors are pinned."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        """Return the certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self, passphrase: str) -> bytes:
        """Return the private key as PKCS#8, encrypted with the passphrase (PBES2, AES-256)."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()),
        )


@dataclass(frozen=True, slots=True)
class Revocation:
    """A certificate that its CA takes back.

    Attributes:
        certificate: The certificate.
        at: From when it is not valid any more.
        reason: Why.
    """

    certificate: x509.Certificate
    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise


def name_of(common_name: str, *, organization: str, unit: str | None = None) -> Name:
    """Return a distinguished name: O, then OU where one is given, then CN."""
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)]
    if unit is not None:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def make_root(
    subject: Name, *, now: datetime, days: int, key: ec.EllipticCurvePrivateKey | None = None
) -> Authority:
    """Return a self-signed CA that may issue intermediates and leaves.

    Args:
        subject: The distinguished name of the holder.
        now: The beginning of its validity, less a few minutes for other clocks.
        days: The number of days for which it is valid.
        key: The key to use; None makes one.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = _ca_builder(subject, key.public_key(), now=now, days=days, path_length=None)
    certificate = builder.issuer_name(subject).sign(key, hashes.SHA256())
    return Authority(key, certificate)


def make_intermediate(
    subject: Name,
    *,
    issuer: Authority,
    now: datetime,
    days: int,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """Return a CA below ``issuer`` that may issue leaves only."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = _ca_builder(subject, key.public_key(), now=now, days=days, path_length=0)
    return Authority(key, _issue(builder, issuer))


def make_leaf(
    subject: Name,
    *,
    issuer: Authority,
    now: datetime,
    days: int,
    use: LeafUse = LeafUse.SIGN,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """Return the holder of an end-entity certificate.

    Args:
        subject: The distinguished name of the holder.
        issuer: The CA that signs it.
        now: The beginning of its validity, less a few minutes for other clocks.
        days: The number of days for which it is valid.
        use: Whether it signs documents or issues RFC 3161 time-stamps.
        key: The key to use; None makes one.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(subject, key.public_key(), now=now, days=days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=True), critical=True)
    )
    if use is LeafUse.TIMESTAMP:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return Authority(key, _issue(builder, issuer))


def make_revocation_list(
    issuer: Authority, *, revoked: Sequence[Revocation], number: int, now: datetime, days: int
) -> bytes:
    """Return a certificate revocation list as DER.

    Args:
        issuer: The CA whose certificates it lists.
        revoked: The certificates that are taken back.
        number: The list's number; greater than that of the list before.
        now: The time at which it is issued (thisUpdate).
        days: The number of days until the next list (nextUpdate).

    Source:
        RFC 5280, section 5.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(now + timedelta(days=days))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key_id(issuer), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(entry.certificate.serial_number)
            .revocation_date(entry.at)
            .add_extension(x509.CRLReason(entry.reason), critical=False)
            .build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def certificate_digest(pem: bytes) -> str:
    """Return the SHA-256 of a PEM certificate's DER, as fingerprints are compared.

    Raises:
        ValueError: The text is no certificate.
    """
    certificate = x509.load_pem_x509_certificate(pem)
    return digest_of(certificate.public_bytes(serialization.Encoding.DER))


def _ca_builder(
    subject: Name,
    key: ec.EllipticCurvePublicKey,
    *,
    now: datetime,
    days: int,
    path_length: int | None,
) -> x509.CertificateBuilder:
    return (
        _builder(subject, key, now=now, days=days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
    )


def _builder(
    subject: Name, key: ec.EllipticCurvePublicKey, *, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issue(builder: x509.CertificateBuilder, issuer: Authority) -> x509.Certificate:
    builder = builder.issuer_name(issuer.certificate.subject)
    builder = builder.add_extension(_authority_key_id(issuer), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _authority_key_id(issuer: Authority) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
