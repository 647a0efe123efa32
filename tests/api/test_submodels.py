"""Submodels of the AAS API; what all repositories share stands in `test_shells.py`."""

import json

import pytest
from aas_samples import collection, id64, submodel, text, texts

ADDRESS = "/api/v3/submodels"


def semantic_id(value):
    reference = {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}
    return id64(json.dumps(reference))


def test_filters_by_semantic_id(bolt):
    bolt.post(ADDRESS, json=submodel("urn:sm:1", semantic_id="urn:template:1"))
    bolt.post(ADDRESS, json=submodel("urn:sm:2", semantic_id="urn:template:2"))

    found = bolt.get(ADDRESS, query_string={"semanticId": semantic_id("urn:template:2")})

    assert [each["id"] for each in found.get_json()["result"]] == ["urn:sm:2"]


@pytest.mark.parametrize(
    "text",
    [
        "!!",
        id64("7"),
        id64("{}"),
        id64('{"keys": []}'),
        id64('{"keys": [{"value": 1}]}'),
        id64('{"keys": [{"value": "\\ud800"}]}'),
        id64("[" * 300),
    ],
)
def test_refuses_a_semantic_id_that_is_none(bolt, text):
    assert bolt.get(ADDRESS, query_string={"semanticId": text}).status_code == 400


def test_keeps_a_submodel_of_many_kinds_of_elements(bolt):
    body = submodel(
        "urn:sm:1",
        text("Leading", "0042"),
        collection("Outer", texts("Codes", "1", "2"), collection("Inner", text("Deep"))),
        {"modelType": "Range", "idShort": "Span", "valueType": "xs:int", "min": "1", "max": "2"},
        {
            "modelType": "Entity",
            "idShort": "Reel",
            "entityType": "CoManagedEntity",
            "statements": [text("Serial", "R-1")],
        },
        {
            "modelType": "MultiLanguageProperty",
            "idShort": "Name",
            "value": [{"language": "de", "text": "Spule"}],
        },
    )

    assert bolt.post(ADDRESS, json=body).status_code == 201
    assert bolt.get(f"{ADDRESS}/{id64('urn:sm:1')}").get_json() == body


@pytest.mark.parametrize("wrong", [[text("A"), text("A")], [text("A") | {"valueType": "xs:int"}]])
def test_refuses_elements_that_violate_a_constraint(bolt, wrong):
    response = bolt.post(ADDRESS, json=submodel("urn:sm:1", *wrong))

    assert response.status_code == 400
    assert response.get_json()["messages"][0]["code"] == "AAS-CONSTRAINT"


def test_put_of_the_same_content_makes_no_version(bolt):
    body = submodel("urn:sm:1", text("A"))
    bolt.post(ADDRESS, json=body)

    assert bolt.put(f"{ADDRESS}/{id64('urn:sm:1')}", json=body).status_code == 204
    versions = bolt.get(f"/trace/v1/documents/submodel/{id64('urn:sm:1')}/versions").get_json()
    assert [each["version"] for each in versions["result"]] == [1]
