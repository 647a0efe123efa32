"""Cursors: opened only where they were given."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.trust.cursors import Cursors

CURSORS = Cursors(b"a secret")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
VALUES = (
    st.none() | st.integers(-(2**70), 2**70) | st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
)


@given(st.lists(VALUES, max_size=4).map(tuple))
def test_gives_back_the_key(key: tuple[str | int | None, ...]) -> None:
    assert CURSORS.open(CURSORS.seal(key, context="lots"), context="lots") == key


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = CURSORS.seal(("a", 1), context="lots")

    with pytest.raises(InvalidRequestError) as caught:
        CURSORS.open(cursor, context="units")

    assert caught.value.code is Code.CURSOR_INVALID


def test_a_cursor_of_another_registry_is_refused() -> None:
    cursor = Cursors(b"another secret").seal(("a", 1), context="lots")

    with pytest.raises(InvalidRequestError):
        CURSORS.open(cursor, context="lots")


def test_any_changed_character_is_refused() -> None:
    cursor = CURSORS.seal(("a", 1), context="lots")

    for position, char in enumerate(cursor):
        forged = cursor[:position] + ("B" if char == "A" else "A") + cursor[position + 1 :]
        with pytest.raises(InvalidRequestError):
            CURSORS.open(forged, context="lots")


@pytest.mark.parametrize(
    "text",
    ["", "A", "AAAAA", "é", "A" * 5000, "!!!!", base64.urlsafe_b64encode(b"[" * 1000).decode()],
)
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        CURSORS.open(text, context="lots")

    assert caught.value.code is Code.CURSOR_INVALID


@pytest.mark.parametrize(
    "respell",
    [
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: text[:4] + " " + text[4:],
        lambda text: text.replace("-", "+").replace("_", "/"),
        lambda text: text[:-1] + ALPHABET[ALPHABET.index(text[-1]) ^ 1],
    ],
    ids=["padding", "line end", "white space", "another alphabet", "bits that no byte uses"],
)
def test_a_cursor_has_one_spelling_only(respell: Callable[[str], str]) -> None:
    # 80 bytes: the last character has two bits that belong to none of them.
    cursor = CURSORS.seal(("a" * 40,), context="lots")
    again = respell(cursor)

    assert len(cursor) == 107
    assert again != cursor
    with pytest.raises(InvalidRequestError) as caught:
        CURSORS.open(again, context="lots")

    assert caught.value.code is Code.CURSOR_INVALID


def test_nobody_reads_the_key_and_its_length_tells_little() -> None:
    cursors = [CURSORS.seal((number,), context="lots") for number in (7, 70_000_000)]
    contents = [base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)) for cursor in cursors]

    assert len({len(content) for content in contents}) == 1
    assert b"70000000" not in contents[1]


def test_the_same_place_has_the_same_cursor() -> None:
    assert CURSORS.seal(("a", 1), context="lots") == CURSORS.seal(("a", 1), context="lots")
