"""Keys for texts that are too long for an index."""

import pytest

from aas_registry.storage.index_keys import index_key, is_digest


@pytest.mark.parametrize("text", ["", "urn:example:1", "x" * 1000, "漢" * 333])
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    assert index_key(text) == text
    assert not is_digest(index_key(text))


@pytest.mark.parametrize("text", ["x" * 1001, "漢" * 334, "\U0001f600" * 2048])
def test_a_text_that_is_too_long_stands_as_its_digest(text: str) -> None:
    key = index_key(text)

    assert is_digest(key)
    assert len(key.encode()) < 100
    assert index_key(text) == key != index_key(text + "x")
