"""Secrets of principals: tokens that machines send, passwords that people type.

A token is 256 random bits, so that a plain SHA-256 of it is safe to store and quick
to look up on every request. A password is guessable, so it is stored with Argon2id.
"""

import hashlib
import hmac
import secrets
from functools import cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aas_registry.domain.errors import BusyError
from aas_registry.domain.identifiers import folded
from aas_registry.domain.places import Claimant, Places

TOKEN_PREFIX = "aasr_"  # noqa: S105 - lets secret scanners recognise a token that leaked

_TOKEN_BYTES = 32
_DEVICE_BYTES = 16
_BUCKETS = 2**18
_LEAST_PASSWORD_CHARS = 10
_MOST_PASSWORD_BYTES = 1024
_MOST_WAITING = 100
_MOST_WAITING_OF_ONE = 10
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


def new_session_id() -> TokenSecret:
    """Return the id of a session of 256 random bits, which its cookie carries, and the digest to store."""
    text = secrets.token_urlsafe(_TOKEN_BYTES)
    return TokenSecret(text, token_digest(text))


def new_device_id() -> str:
    """Return 128 random bits that tell one device of a user from another."""
    return secrets.token_urlsafe(_DEVICE_BYTES)


def bucket_name(kind: str, counted: str, *, secret: bytes) -> str:
    """Return one of 262,144 names under which failed logins of a kind are counted.

    Whoever does not know the secret can neither choose two things that share a name, nor read from
    a name what was typed, which may be a password in the wrong field.
    """
    digest = hmac.digest(secret, f"{kind} {counted}".encode("utf-8", "surrogatepass"), "sha256")
    return f"{kind} {int.from_bytes(digest[:4]) % _BUCKETS}"


def token_digest(text: str) -> str:
    """Return the digest under which a token or session is stored: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_fit(password: str) -> bool:
    """Return whether a password can be set.

    It has 10 characters or more, some of which can be seen, and is no longer than what ever matches.
    """
    typed_bytes = len(password.encode("utf-8", "surrogatepass"))
    if typed_bytes <= _MOST_PASSWORD_BYTES and not folded(password).strip():
        return False
    return len(password) >= _LEAST_PASSWORD_CHARS and typed_bytes <= _MOST_PASSWORD_BYTES


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


class PasswordChecks:
    """The password checks of one process: each costs CPU and memory, so only so many run at once.

    Devices and addresses that an account knows have places and a line of their own, which a flood of
    strangers cannot take. Who finds none is told at once where to wait: a thread that waited would be
    missing elsewhere. Whoever sends many logins, right or wrong, has no more turns than others.
    """

    def __init__(self, places: int) -> None:
        """Let so many run at once of each kind."""
        self._places = {
            is_known: Places(places, most_waiting=_MOST_WAITING, most_of_one=_MOST_WAITING_OF_ONE)
            for is_known in (False, True)
        }

    def matches(self, password: str, stored: str | None, *, claimant: Claimant, is_known: bool) -> bool:
        """Return whether a password is the stored one.

        Args:
            password: The password that was typed.
            stored: The encoded hash; None where nobody has the name.
            claimant: Who has its turns with whom.
            is_known: Whether the account knows the device or address.

        Raises:
            BusyError: No place was free to check it.
        """
        places = self._places[is_known]
        if not places.take(claimant):
            raise BusyError(places, claimant)
        try:
            return password_matches(password, stored)
        finally:
            places.give_back()
