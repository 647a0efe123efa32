"""Tokens and passwords."""

import hashlib

from aas_registry.trust.secrets import (
    TOKEN_PREFIX,
    hash_password,
    new_token,
    password_matches,
    token_digest,
)


def test_a_token_carries_256_bits_and_is_stored_as_sha256() -> None:
    token = new_token()

    assert token.text.startswith(TOKEN_PREFIX)
    assert len(token.text) == len(TOKEN_PREFIX) + 43
    assert token.sha256 == hashlib.sha256(token.text.encode()).hexdigest() == token_digest(token.text)


def test_no_two_tokens_are_equal() -> None:
    assert len({new_token().text for _ in range(100)}) == 100


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password("correct horse")

    assert stored.startswith("$argon2id$")
    assert "correct" not in stored
    assert password_matches("correct horse", stored)
    assert not password_matches("correct horse ", stored)


def test_nobody_has_a_matching_password() -> None:
    assert not password_matches("", None)
    assert not password_matches("anything", None)


def test_a_damaged_hash_and_an_endless_password_never_match() -> None:
    assert not password_matches("anything", "not a hash")
    assert not password_matches("x" * 2000, hash_password("x" * 2000))


def test_a_password_that_is_no_text_never_matches() -> None:
    assert not password_matches("\ud800", hash_password("other"))
