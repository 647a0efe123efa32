"""CA certificates as an administrator hands them over to be pinned."""

from dataclasses import dataclass
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError

_PEM = b"-----BEGIN "


@dataclass(frozen=True, slots=True)
class AnchorCertificate:
    """A CA certificate: its DER, the SHA-256 of that, and its subject (RFC 4514)."""

    der: bytes
    sha256: str
    subject: str


def read_anchor(content: bytes) -> AnchorCertificate:
    """Read exactly one CA certificate, PEM or DER.

    Raises:
        InvalidRequestError: None or several, not readable, or not a CA (RFC 5280, 4.2.1.9).
    """
    try:
        if _PEM in content:
            (certificate,) = x509.load_pem_x509_certificates(content)
        else:
            certificate = x509.load_der_x509_certificate(content)
        is_ca = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, x509.ExtensionNotFound) as cause:
        raise _invalid() from cause
    if not is_ca:
        raise _invalid()
    der = certificate.public_bytes(Encoding.DER)
    return AnchorCertificate(der, sha256(der).hexdigest(), certificate.subject.rfc4514_string())


def read_revocation_list(content: bytes) -> bytes:
    """Read a certificate revocation list, PEM or DER, and return its DER.

    Raises:
        InvalidRequestError: It is none.
    """
    try:
        read = x509.load_pem_x509_crl if _PEM in content else x509.load_der_x509_crl
        found = read(content)
    except ValueError as cause:
        raise InvalidRequestError("The content is no certificate revocation list.") from cause
    return found.public_bytes(Encoding.DER)


def _invalid() -> InvalidRequestError:
    return InvalidRequestError(Code.ANCHOR_INVALID.meaning, code=Code.ANCHOR_INVALID)
