"""What bodies are searched by: found where it is well formed, passed over where it is not."""

from typing import Any

import pytest
from aas_samples import iterate_elements
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.document_facts import (
    asset_ids_of,
    semantic_id_of,
    submodel_refs_of,
    thumbnail_path_of,
)
from aas_registry.domain.elements import iterate_files, text_of

MEMBERS = (
    "semanticId", "keys", "value", "assetInformation", "specificAssetIds", "globalAssetId", "name",
    "submodels", "defaultThumbnail", "path", "submodelElements", "modelType", "idShort", "statements",
    "inputVariables", "text", "language",
)  # fmt: skip
TYPES = ("Submodel", "File", "Operation", "Entity", "SubmodelElementList", "SubmodelElementCollection")
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", *TYPES]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=5),
    max_leaves=20,
)
bodies = st.dictionaries(st.sampled_from(MEMBERS), odd)


def test_reads_what_a_shell_is_found_by() -> None:
    shell = {
        "assetInformation": {
            "globalAssetId": "urn:asset",
            "specificAssetIds": [{"name": "lot", "value": "0042"}, {"name": "lot"}, 7],
            "defaultThumbnail": {"path": "/a.png"},
        },
        "submodels": [{"keys": [{"value": "urn:a"}, {"value": "urn:b"}]}, {"keys": []}, None],
    }

    assert asset_ids_of(shell) == [("lot", "0042"), ("globalAssetId", "urn:asset")]
    assert submodel_refs_of(shell) == ["urn:b"]
    assert thumbnail_path_of(shell) == "/a.png"


@pytest.mark.parametrize("semantic_id", [None, {}, [], {"keys": None}, {"keys": [{"value": 7}]}])
def test_has_no_semantic_id_where_none_is_readable(semantic_id: Any) -> None:
    assert semantic_id_of({"semanticId": semantic_id}) is None


def test_takes_the_first_key_of_the_semantic_id() -> None:
    assert semantic_id_of({"semanticId": {"keys": [{"value": "a"}, {"value": "b"}]}}) == "a"


@given(bodies)
def test_no_json_makes_a_reader_of_bodies_raise(body: dict[str, Any]) -> None:
    for modelled in (body, {**body, "modelType": "Submodel"}):
        for read in (semantic_id_of, asset_ids_of, submodel_refs_of, thumbnail_path_of, text_of):
            read(modelled)
        assert all(str(path) for path, _ in iterate_elements(modelled))
        assert all(str(each.path) for each in iterate_files(modelled))
