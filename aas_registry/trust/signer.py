"""The registry's own signing key of one purpose, loaded once.

ECDSA on P-256 with SHA-256, DER. The key comes from an encrypted PKCS#8 file; a
hardware token can stand behind the same three members later.
"""

from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError


class Purpose(StrEnum):
    """What a key of the registry signs; its certificate says so as organizational unit."""

    COUNTERSIGN = "countersign"
    REPORT = "report"


class Signer:
    """A private key with its certificate chain.

    Attributes:
        key_id: SHA-256 of the public key (SubjectPublicKeyInfo), 64 hexadecimal digits.
        chain: The certificate of the key, then its issuers up to and with the root.
    """

    key_id: str
    chain: tuple[x509.Certificate, ...]

    def __init__(self, key: ec.EllipticCurvePrivateKey, chain: tuple[x509.Certificate, ...]) -> None:
        self._key = key
        self.chain = chain
        self.key_id = key_id_of(chain[0])

    @classmethod
    def load(cls, *, key_pem: bytes, chain_pem: bytes, passphrase: str) -> "Signer":
        """Read a signer from an encrypted PKCS#8 key and its PEM chain.

        Raises:
            ConfigurationError: The passphrase is wrong, a file is damaged, the key is not
                on P-256, or the chain belongs to another key (code ``KEY-UNREADABLE``).
        """
        try:
            key = serialization.load_pem_private_key(key_pem, passphrase.encode())
            chain = tuple(x509.load_pem_x509_certificates(chain_pem))
        except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
            raise _unreadable("The key or its chain cannot be read") from cause
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise _unreadable("The key is not on the curve P-256")
        if key.public_key() != chain[0].public_key():
            raise _unreadable("The chain belongs to another key")
        return cls(key, chain)

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate of the key."""
        return self.chain[0]

    @property
    def chain_pem(self) -> bytes:
        """Return the chain as PEM, the key's certificate first, the root last."""
        return b"".join(entry.public_bytes(serialization.Encoding.PEM) for entry in self.chain)

    def sign(self, content: bytes) -> bytes:
        """Return the signature of ``content``: ECDSA with SHA-256, as DER."""
        return self._key.sign(content, ec.ECDSA(hashes.SHA256()))


def key_id_of(certificate: x509.Certificate) -> str:
    """Return the id of a certificate's key: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal."""
    return digest_of(
        certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def _unreadable(message: str) -> ConfigurationError:
    return ConfigurationError(f"{message}.", code=Code.KEY_UNREADABLE)
