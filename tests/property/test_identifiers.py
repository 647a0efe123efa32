"""The form in which texts are compared: stable, bounded, blind to what cannot be seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.identifiers import folded, matching_key, written_key

# Characters that fold, compose, reorder, vanish or grow, beside any others.
_CURIOUS = "\uff21\uff11\uff71\uff9e\u0301\u0308\u0345\u0327eEéÉßẞΣς\u0130\u0131\u01c5ﬀ½²①™\ufdfa\u1fb3\u1f80\u00ad\u200b\ufeff\u3164\ufe0f \t\n\u3000\u2028\x1d\x00"
texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(_CURIOUS)), max_size=300)
unseen = st.sampled_from(
    "\u00ad\u200b\u200d\u2060\ufeff\u034f\u115f\u1160\u3164\uffa0\ufe0f\U000e0100\U000e0041\x00\x07\x9f\ue000"
    "\ufdd0\ufffe\uffff\U0001fffe\U000effff"
)


@given(texts)
def test_a_key_is_its_own_key(text: str) -> None:
    key = matching_key(text)

    assert matching_key(key) == key
    assert folded(folded(text)) == folded(text)


@given(texts)
def test_a_key_fits_an_index_whatever_its_text_grows_to(text: str) -> None:
    assert len(matching_key(text).encode()) <= 1000


@given(texts, st.sampled_from(["NFC", "NFD"]))
def test_composition_does_not_matter(text: str, form: str) -> None:
    assert matching_key(unicodedata.normalize(form, text)) == matching_key(text)


@given(texts, unseen, st.integers(0, 300))
def test_what_cannot_be_seen_tells_nothing_apart(text: str, character: str, place: int) -> None:
    composed = unicodedata.normalize("NFKC", text)  # between a letter and its accent it does

    with_it = composed[:place] + character + composed[place:]

    assert matching_key(with_it) == matching_key(composed)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_of_plain_ascii_case_and_white_space_alone_are_left_out(text: str) -> None:
    assert matching_key(text) == written_key(text)


@given(st.text(unseen))
def test_what_has_nothing_to_be_seen_has_an_empty_key(text: str) -> None:
    assert matching_key(f" {text}\u3000{text}") == ""


@pytest.mark.parametrize("text", ["\uff23\uff10\uff16", "\u00e9", "e\u0301", "\ufb01"])
def test_compatibility_forms_fall_together_with_plain_ones(text: str) -> None:
    assert matching_key(text) == matching_key(unicodedata.normalize("NFKC", text).upper())
