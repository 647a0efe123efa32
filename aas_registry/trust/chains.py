"""Certificate chains: from a signer to an anchor that was pinned, as of a moment.

RFC 5280 path validation by pyHanko's certificate validator, against pinned anchors
only: never the operating system's roots, never the network, never a name alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)
from pyhanko_certvalidator.path import ValidationPath

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.verdicts import Status


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """Whether a certificate leads to a pinned anchor.

    Attributes:
        status: Passed, failed (forged or unusable), or unknown (no anchor for it).
        reason: One sentence.
        path: The certificates from the signer up to and with the anchor; empty unless passed.
        leads_elsewhere: The chain ends at an issuer that is not pinned.
    """

    status: Status
    reason: str
    path: tuple[x509.Certificate, ...] = ()
    leads_elsewhere: bool = False

    @property
    def anchor_sha256(self) -> str | None:
        """Return the digest of the anchor's DER, or None where no anchor was reached."""
        return digest_of(der_of(self.path[-1])) if self.path else None


def check_chain(
    leaf: x509.Certificate,
    *,
    others: Sequence[x509.Certificate],
    anchors: Sequence[bytes],
    moment: datetime,
    most_others: int,
) -> ChainFinding:
    """Say whether ``leaf`` leads to one of the anchors, judged at ``moment``.

    Revocation is not judged here (see `aas_registry.trust.revocation`).

    Args:
        leaf: The signer's certificate.
        others: Certificates that came with the signature; they may serve as intermediates.
        anchors: Pinned CA certificates, DER.
        moment: The time at which every certificate must be valid.
        most_others: How many certificates may come along. A chain has three or four; more is an
            attack on path building, and nothing is judged.

    Source:
        RFC 5280, section 6.1.
    """
    if len(others) > most_others:
        return ChainFinding(Status.UNKNOWN, f"The signature carries {len(others)} certificates.")
    if not anchors:
        return ChainFinding(Status.UNKNOWN, "No trust anchor is pinned for this party.")
    if not _may_sign(leaf):
        return ChainFinding(Status.FAILED, "The signer's certificate is not for signatures.")
    try:
        path = _valid_path(leaf, others=others, anchors=anchors, moment=moment)
    except (PathBuildingError, PathValidationError, InvalidCertificateError) as cause:
        return _broken_chain(cause, leaf, others=others, anchors=anchors)
    except (ValueError, TypeError, KeyError, RecursionError) as cause:
        return ChainFinding(Status.UNKNOWN, f"A certificate cannot be read: {type(cause).__name__}.")
    found = tuple(certificate_of(entry) for entry in path.iter_certs(include_root=True))
    reason = f"Leads to the pinned anchor {found[0].subject.rfc4514_string()}."
    return ChainFinding(Status.PASSED, reason, tuple(reversed(found)))


def certificate_of(certificate: asn1.Certificate) -> x509.Certificate:
    """Return an ASN.1 certificate as the cryptography library's.

    Raises:
        ValueError: It is malformed.
    """
    try:
        return x509.load_der_x509_certificate(certificate.dump())
    except (x509.InvalidVersion, UnsupportedAlgorithm) as cause:
        raise ValueError(str(cause)) from cause


def read_pem_chain(content: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file, the first one first.

    Returns:
        None of them where one is malformed, or has a key of a kind that cannot be judged.
    """
    try:
        chain = tuple(x509.load_pem_x509_certificates(content))
        for each in chain:
            each.public_key()  # raises where the kind is not known
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return ()
    return chain


def unit_of(certificate: x509.Certificate) -> str | None:
    """Return the organizational unit of a certificate's subject: the purpose of a registry's key."""
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return str(units[0].value) if len(units) == 1 else None


def der_of(certificate: x509.Certificate) -> bytes:
    """Return the DER of a certificate."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _valid_path(
    leaf: x509.Certificate,
    *,
    others: Sequence[x509.Certificate],
    anchors: Sequence[bytes],
    moment: datetime,
) -> ValidationPath:
    context = ValidationContext(
        trust_roots=[asn1.Certificate.load(anchor, strict=True) for anchor in anchors],
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(
        asn1.Certificate.load(der_of(leaf), strict=True),
        intermediate_certs=[asn1.Certificate.load(der_of(other), strict=True) for other in others],
        validation_context=context,
    )
    return asyncio.run(validator.async_validate_path())


def _may_sign(leaf: x509.Certificate) -> bool:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except (ValueError, x509.DuplicateExtension):
        return False
    return usage.digital_signature or usage.content_commitment


def _broken_chain(
    cause: PathBuildingError | PathValidationError | InvalidCertificateError,
    leaf: x509.Certificate,
    *,
    others: Sequence[x509.Certificate],
    anchors: Sequence[bytes],
) -> ChainFinding:
    if isinstance(cause, PathBuildingError):
        pinned = {x509.load_der_x509_certificate(anchor).subject for anchor in anchors}
        claimed = pinned & {certificate.issuer for certificate in (leaf, *others)}
        if claimed:
            name = claimed.pop().rfc4514_string()
            reason = f"Names {name} as its issuer, but the pinned certificate of that name did not sign it."
            return ChainFinding(Status.FAILED, reason)
        reason = f"Signed under {leaf.issuer.rfc4514_string()}, which is not pinned for this party."
        return ChainFinding(Status.UNKNOWN, reason, leads_elsewhere=True)
    message = cause.failure_msg
    if isinstance(cause, ExpiredError):
        return ChainFinding(Status.UNKNOWN, f"A certificate of the chain had expired: {message}")
    if isinstance(cause, DisallowedAlgorithmError):
        return ChainFinding(Status.UNKNOWN, f"The chain uses an algorithm that proves nothing: {message}")
    if isinstance(cause, NotYetValidError | RevokedError):
        return ChainFinding(Status.FAILED, f"A certificate of the chain was not valid: {message}")
    return ChainFinding(Status.FAILED, f"The chain does not hold: {message}")
