"""Opaque ids: the text that stands for an integer id outside the registry.

One AES block per id: eight bytes say what kind of thing of which site it names, one
is there to choose, seven hold the number. Without the secret nobody can make one,
tell two neighbours apart or count what others own; with it the same number always
has the same text. It is a name, not a permission: every read still asks for the scope.

AES-128 in ECB mode is right here and nowhere else: exactly one block, which never
holds the same plain text for two different things.

No text begins with a hyphen: a command line would take it for an option.
"""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError

_TEXT_CHARS = 22
_PADDING = "=="
_CHECK_BYTES = 8
_NUMBER_BYTES = 7
_SALTS = 256
_KEY_BYTES = 16


def opaque_id_key(root: bytes) -> bytes:
    """Return the key of opaque ids that a root makes; nobody finds the root from it.

    Args:
        root: Any bytes that only this registry's workers share.
    """
    return hmac.digest(root, b"aas-registry opaque ids v1", "sha256")


class OpaqueIds:
    """Names integers by texts of 22 base64url characters, and reads them back.

    Args:
        key: What `opaque_id_key` gave; only its first 16 bytes count.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(algorithms.AES128(key[:_KEY_BYTES]), modes.ECB())  # noqa: S305 - see the module

    def encode(self, kind: str, site: str, number: int) -> str:
        """Return the text for a number.

        Args:
            kind: The kind of thing that is named, such as ``lot`` or ``unit``.
            site: The plant the number belongs to.
            number: The id, from 0 up to 2**56 - 1.

        Raises:
            OverflowError: The number is negative or does not fit seven bytes.
        """
        start, end = _check_bytes(kind, site), number.to_bytes(_NUMBER_BYTES, "big")
        encryptor = self._cipher.encryptor()
        blocks = (encryptor.update(start + bytes([salt]) + end) for salt in range(_SALTS))
        texts = (base64.urlsafe_b64encode(block)[:_TEXT_CHARS].decode("ascii") for block in blocks)
        return next(text for text in texts if not text.startswith("-"))

    def decode(self, kind: str, site: str, text: str) -> int:
        """Return the number that a text names.

        Raises:
            NotFoundError: The text was not given by this registry for this kind and site
                (code ``ID-INVALID``).
        """
        if len(text) != _TEXT_CHARS:
            raise _not_ours()
        try:
            block = self._cipher.decryptor().update(base64.urlsafe_b64decode(text + _PADDING))
        except ValueError as cause:
            raise _not_ours() from cause
        if not hmac.compare_digest(block[:_CHECK_BYTES], _check_bytes(kind, site)):
            raise _not_ours()
        number = int.from_bytes(block[-_NUMBER_BYTES:], "big")
        if self.encode(kind, site, number) != text:  # another salt or spelling would be a second name
            raise _not_ours()
        return number


def _check_bytes(kind: str, site: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{site}".encode()).digest()[:_CHECK_BYTES]


def _not_ours() -> NotFoundError:
    return NotFoundError(Code.ID_INVALID.meaning, code=Code.ID_INVALID)
