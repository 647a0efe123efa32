"""Data identifiers: what they mean, and where a MAT-Label bends them."""

import pytest

from aas_registry.domain.data_identifiers import Meaning, is_mat_label, meaning_of


@pytest.mark.parametrize(
    ("identifier", "meaning"),
    [
        ("1P", Meaning.MANUFACTURER_PART),
        ("P", Meaning.CUSTOMER_PART),
        ("1T", Meaning.LOT),
        ("10D", Meaning.DATE_CODE),
        ("13E", Meaning.MOISTURE),
        ("20Z", Meaning.OTHER),
        ("10", Meaning.LOT),
        ("00", Meaning.LICENCE_PLATE),
        ("8020", Meaning.OTHER),
        ("2T", None),
        ("999Y", None),
    ],
)
def test_an_identifier_has_one_meaning(identifier: str, meaning: Meaning | None) -> None:
    assert meaning_of(identifier) is meaning


def test_a_mat_label_has_meanings_of_its_own() -> None:
    assert is_mat_label(frozenset({"12S", "P"}))
    assert not is_mat_label(frozenset({"P"}))
    assert meaning_of("30P") is Meaning.DISTRIBUTOR_PART
    assert meaning_of("30P", mat_label=True) is Meaning.ROHS
    assert meaning_of("2T", mat_label=True) is Meaning.LOT
    assert meaning_of("1P", mat_label=True) is Meaning.MANUFACTURER_PART
