"""Cursors: where the next page of a list begins, sealed.

A cursor carries the key of the last row that was answered, encrypted and bound to the
context it was given in (route, filters, scope). A cursor that somebody made up, changed,
or took from another list is refused. Nobody can read the key, which holds integers that
count what others own, and its length says as little.

AES-SIV (RFC 5297) needs no nonce: the same place in the same list has the same cursor.
"""

import base64
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from aas_registry.domain.canonical_json import canonical_bytes, loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.findings import error

CursorKey = tuple[str | int | None, ...]

_PADDED_BYTES = 32
_MOST_CHARS = 4096
# Beyond these an integer is not exact in canonical JSON; it travels as text with this prefix.
_EXACT = 2**53 - 1


class Cursors:
    """Seals and opens cursors.

    Args:
        secret: Any bytes that only this registry's workers share.
    """

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(hmac.digest(secret, b"aas-registry cursors v2", "sha512"))

    def seal(self, key: CursorKey, *, context: str) -> str:
        """Return the cursor for the page after ``key``.

        Args:
            key: Values of the ordering columns of the last row: texts, integers or None.
            context: The list that the cursor belongs to: a digest of route, filters and scope.
        """
        body = canonical_bytes([_packed(value) for value in key])
        padded = body.ljust(-(-len(body) // _PADDED_BYTES) * _PADDED_BYTES)  # JSON ends with any white space
        sealed = self._cipher.encrypt(padded, [context.encode()])
        return _text_of(sealed)

    def open(self, text: str, *, context: str) -> CursorKey:
        """Return the key that a cursor carries.

        Raises:
            InvalidRequestError: The cursor was not given for this context (``CURSOR-INVALID``).
        """
        if len(text) > _MOST_CHARS:
            raise _not_ours()
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if _text_of(sealed) != text:  # bits at its end that no byte uses would give it a second text
                raise _not_ours()
            body = self._cipher.decrypt(sealed, [context.encode()])
        except (ValueError, InvalidTag) as cause:
            raise _not_ours() from cause
        return tuple(_unpacked(value) for value in loads_strict(body, max_depth=2))


def _text_of(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")


def _packed(value: str | int | None) -> Sequence[str | int] | None:
    if value is None:
        return None
    if isinstance(value, int) and not -_EXACT <= value <= _EXACT:
        return ["n", str(value)]
    return ["v", value]


def _unpacked(value: Sequence[str | int] | None) -> str | int | None:
    if value is None:
        return None
    return int(value[1]) if value[0] == "n" else value[1]


def _not_ours() -> InvalidRequestError:
    code = Code.CURSOR_INVALID
    return InvalidRequestError(code.meaning, code=code, findings=[error(code, code.meaning, path="cursor")])
