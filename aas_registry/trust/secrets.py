"""Secrets of principals: tokens that machines send, passwords that people type.

A token is 256 random bits, so that a plain SHA-256 of it is safe to store and quick
to look up on every request. A password is guessable, so it is stored with Argon2id.
"""

import hashlib
import secrets
from functools import cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TOKEN_PREFIX = "aasr_"  # noqa: S105 - lets secret scanners recognise a token that leaked

_TOKEN_BYTES = 32
_MOST_PASSWORD_BYTES = 1024
_HASHER = PasswordHasher()


class TokenSecret(NamedTuple):
    """A token that was just made.

    Attributes:
        text: What a machine sends with each request; shown once, stored nowhere.
        sha256: The digest of the text, which is stored.
    """

    text: str
    sha256: str


def new_token() -> TokenSecret:
    """Return a token of 256 random bits, and the digest to store."""
    text = TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    return TokenSecret(text, token_digest(text))


def token_digest(text: str) -> str:
    """Return the digest under which a token is stored: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password in its encoded form.

    Source:
        RFC 9106, section 4, second recommended option (the library's default).
    """
    return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


@cache
def _nobody() -> str:
    """Return what is compared with when nobody has the name, so that the answer takes as long."""
    return _HASHER.hash(secrets.token_hex(16))


def password_matches(password: str, stored: str | None) -> bool:
    """Return whether a password is the one that was stored.

    Args:
        password: The password that was typed; one longer than 1,024 bytes never matches.
        stored: The encoded hash; None where nobody has the name. That takes as long,
            so that nobody learns which names exist.
    """
    typed = password.encode("utf-8", "surrogatepass")
    if len(typed) > _MOST_PASSWORD_BYTES:
        typed = b""
        stored = None
    try:
        _HASHER.verify(_nobody() if stored is None else stored, typed)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
