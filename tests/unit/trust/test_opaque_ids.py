"""Opaque ids: stable, unguessable, bound to kind and site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError
from aas_registry.trust.opaque_ids import OpaqueIds, opaque_id_key

IDS = OpaqueIds(opaque_id_key(b"a secret"))


@given(st.integers(0, 2**56 - 1))
def test_gives_back_the_number(number: int) -> None:
    text = IDS.encode("lot", "plant-1", number)

    assert len(text) == 22
    assert IDS.decode("lot", "plant-1", text) == number


def test_is_the_same_text_in_every_worker() -> None:
    assert OpaqueIds(opaque_id_key(b"a secret")).encode("lot", "plant-1", 7) == IDS.encode(
        "lot", "plant-1", 7
    )


def test_neighbours_look_unrelated() -> None:
    one, two = (IDS.encode("lot", "plant-1", number) for number in (1, 2))

    assert sum(left == right for left, right in zip(one, two, strict=True)) < 8


@pytest.mark.parametrize(
    ("kind", "site", "ids"),
    [
        ("unit", "plant-1", IDS),
        ("lot", "plant-2", IDS),
        ("lot", "plant-1", OpaqueIds(opaque_id_key(b"another secret"))),
    ],
)
def test_a_text_of_another_kind_site_or_secret_names_nothing(kind: str, site: str, ids: OpaqueIds) -> None:
    text = ids.encode(kind, site, 7)

    with pytest.raises(NotFoundError) as caught:
        IDS.decode("lot", "plant-1", text)

    assert caught.value.code is Code.ID_INVALID


@pytest.mark.parametrize(
    "text", ["", "7", "A" * 22, "A" * 21, "A" * 23, "é" * 22, "../" + "A" * 19, "=" * 22]
)
def test_a_made_up_text_names_nothing(text: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        IDS.decode("lot", "plant-1", text)

    assert caught.value.code is Code.ID_INVALID


def test_one_number_has_one_text_only() -> None:
    text = IDS.encode("lot", "plant-1", 7)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sibling = text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]

    with pytest.raises(NotFoundError):
        IDS.decode("lot", "plant-1", sibling)


def test_no_text_begins_like_an_option_of_a_command_line() -> None:
    texts = {IDS.encode("lot", "plant-1", number) for number in range(2000)}

    assert len(texts) == 2000
    assert not [text for text in texts if text.startswith("-")]
