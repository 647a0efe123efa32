"""Identifiers: what is made of a digest, and how codes are compared."""

from hashlib import sha256
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.identifiers import matching_key, tells_apart, uuid_of


@given(st.binary())
def test_a_uuid_of_a_digest_is_one_of_version_8(content: bytes) -> None:
    digest = sha256(content).digest()

    made = uuid_of(digest)

    assert (made.version, made.variant) == (8, RFC_4122)
    assert made == uuid_of(digest)
    assert made.hex[:12] == digest.hex()[:12]


def test_case_and_white_space_do_not_tell_codes_apart_and_leading_zeros_do() -> None:
    assert matching_key(" Ab  1 ") == matching_key("aB 1")
    assert matching_key("01") != matching_key("1")


@pytest.mark.parametrize(
    ("one", "other", "is_seen"),
    [
        ("X²", "X2", True),
        ("½", "1\u20442", True),
        ("\uff37L1", "WL1", True),
        ("x2", " X2\u200b", False),
        ("A  B", "a\u00a0b", False),
        ("É1", "E\u03011", False),
        ("X2", "X3", False),
    ],
)
def test_only_what_can_be_seen_tells_two_spellings_apart(one: str, other: str, is_seen: bool) -> None:
    assert tells_apart(one, other) is is_seen
    assert tells_apart(other, one) is is_seen
