"""Keys for one use each, made from a root: who holds one knows neither the root nor another.

HKDF (RFC 5869) with SHA-256. No salt: the roots are random, and the same root must give every
worker the same keys.
"""

from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32


class KeyUse(StrEnum):
    """What a key that is derived from the session root makes."""

    COOKIES = "cookies"
    CURSORS = "cursors"


def derive_key(root: bytes, use: KeyUse) -> bytes:
    """Return the 32 bytes of the key for one use.

    Args:
        root: Random bytes that only this registry's workers share.
        use: What the key makes.

    Source:
        RFC 5869.
    """
    label = f"aas-registry {use} v1".encode()
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=label).derive(root)
