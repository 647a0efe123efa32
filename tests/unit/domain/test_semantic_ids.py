"""Semantic ids: the spellings of one identifier have one key, and no JSON is an error."""

from typing import Any

import pytest

from aas_registry.domain.semantic_ids import comparable, main_semantic_id_of, semantic_ids_of, versioned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0173-1#02-AAO677#002", "0173-1#02-AAO677#003"),
        ("0173-1#02-AAO677#002", "https://api.eclass-cdp.com/0173-1-02-AAO677-004"),
        ("0173-1#02-AAO677#002", "0173-1---02-AAO677---001"),
        ("0173-1#02-ABK161#002/0173-1#01-AHX838#002", "https://api.eclass-cdp.com/ 0173-1-02-ABK161-002/0173-1-01-AHX838-002"),
        ("0173-1#02-ABM220#001/0173-1#01-AHY911#001", "0173-1#02-ABM220#001~0/0173-1#01-AHY911#002"),
        ("0112/2///61987#ABN590#002", "0112/2///61987#ABN590#003"),
        ("0112/2///61360_7#AAS034", "0112/2///61360_7#AAS034#001"),
        ("https://admin-shell.io/A/1/0", "http://admin-shell.io/a/1/0/"),
    ],
)  # fmt: skip
def test_spellings_of_one_concept_are_comparable(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0173-1#02-AAO677#002", "0173-1#02-AAO678#002"),
        ("0173-1#02-ABI501#001", "0173-1#02-ABI501#001/0173-1#01-AHF580#001"),
        ("https://admin-shell.io/a/1/0", "https://admin-shell.io/a/2/0"),
        ("0112/2///61987#ABA300#008", "0112/2///61987#ABA302#008"),
    ],
)
def test_different_concepts_are_not_comparable(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


def test_a_version_counts_where_it_is_asked_for() -> None:
    assert versioned("0173-1#01-AHF578#001") != versioned("0173-1#01-AHF578#003")
    assert versioned("https://api.eclass-cdp.com/0173-1-01-AHF578-003") == versioned("0173-1#01-AHF578#003")


def reference(*values: Any) -> dict[str, Any]:
    return {"keys": [{"type": "GlobalReference", "value": value} for value in values]}


def test_reads_the_semantic_id_first_and_then_the_supplemental_ones() -> None:
    element = {"semanticId": reference("a", "b"), "supplementalSemanticIds": [reference("c"), reference("d")]}

    assert list(semantic_ids_of(element)) == ["a", "b", "c", "d"]
    assert main_semantic_id_of(element) == "a"


@pytest.mark.parametrize(
    "odd",
    [None, 1, "a", [], {}, {"keys": None}, {"keys": "abc"}, {"keys": [1, None, {}]}, reference(7, "", None)],
)
def test_what_is_no_reference_names_nothing(odd: Any) -> None:
    element = {"semanticId": odd, "supplementalSemanticIds": [odd]}

    assert list(semantic_ids_of(element)) == []
    assert list(semantic_ids_of({"supplementalSemanticIds": odd})) == []
    assert main_semantic_id_of(element) is None


def test_passes_over_values_and_references_beyond_all_measure() -> None:
    many = [reference(str(number)) for number in range(1000)]

    assert list(semantic_ids_of({"semanticId": reference("x" * 513)})) == []
    assert len(list(semantic_ids_of({"supplementalSemanticIds": many}))) == 32
