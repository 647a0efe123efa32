"""Base64url: every content has one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.trust import base64url


@given(st.binary(max_size=40))
def test_gives_back_the_content(content: bytes) -> None:
    text = base64url.text_of(content)

    assert base64url.content_of(text) == content
    assert "=" not in text


@pytest.mark.parametrize("text", ["A", "AB", "AA==", "A+/B", "AA A", "AAA\n", "é", "AAAAA"])
def test_another_text_of_the_same_content_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        base64url.content_of(text)
