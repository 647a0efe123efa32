"""Concept descriptions: kept per submitter, one served; what all share stands in `test_shells.py`."""

import pytest
from aas_samples import concept, environment, id64

ADDRESS = "/api/v3/concept-descriptions"
ONE = f"{ADDRESS}/{id64('urn:cd:1')}"


def test_each_submitter_keeps_its_own(bolt, arro):
    assert bolt.post(ADDRESS, json=concept("urn:cd:1", "OfBolt")).status_code == 201
    assert arro.post(ADDRESS, json=concept("urn:cd:1", "OfArro")).status_code == 201

    for asker, name in ((bolt, "OfBolt"), (arro, "OfArro")):
        assert asker.get(ONE).get_json()["idShort"] == name
        assert [each["idShort"] for each in asker.get(ADDRESS).get_json()["result"]] == [name]


def test_one_is_served_to_the_plant_the_oldest_first(bolt, arro, quality):
    arro.upload(environment(concept("urn:cd:1", "OfArro")))
    bolt.upload(environment(concept("urn:cd:1", "OfBolt"), concept("urn:cd:2")))

    assert quality.get(ONE).get_json()["idShort"] == "OfArro"
    assert [each["idShort"] for each in quality.get(ADDRESS).get_json()["result"]] == ["OfArro", "Concept"]


def test_the_plants_own_is_served_where_it_is_decided_so(bolt, quality):
    bolt.post(ADDRESS, json=concept("urn:cd:1", "OfBolt"))
    quality.post(ADDRESS, json=concept("urn:cd:1", "OfThePlant"))
    assert quality.get(ONE).get_json()["idShort"] == "OfBolt"

    decided = quality.put(
        f"/trace/v1/identifiers/concept_description/{id64('urn:cd:1')}/decision",
        json={"party": None, "reason": "The plant's texts are used here."},
    )

    assert decided.status_code == 204
    assert quality.get(ONE).get_json()["idShort"] == "OfThePlant"
    assert [each["idShort"] for each in quality.get(ADDRESS).get_json()["result"]] == ["OfThePlant"]
    assert bolt.get(ONE).get_json()["idShort"] == "OfBolt"


def test_another_is_served_when_one_is_deleted(bolt, arro, quality):
    arro.post(ADDRESS, json=concept("urn:cd:1", "OfArro"))
    bolt.post(ADDRESS, json=concept("urn:cd:1", "OfBolt"))

    arro.delete(ONE)

    assert quality.get(ONE).get_json()["idShort"] == "OfBolt"
    assert [each["idShort"] for each in quality.get(ADDRESS).get_json()["result"]] == ["OfBolt"]


def test_changing_one_leaves_the_others_as_they_are(bolt, arro):
    bolt.post(ADDRESS, json=concept("urn:cd:1", "OfBolt"))
    arro.post(ADDRESS, json=concept("urn:cd:1", "OfArro"))

    arro.put(ONE, json=concept("urn:cd:1", "Changed"))

    assert bolt.get(ONE).get_json()["idShort"] == "OfBolt"


def test_the_versions_are_those_of_the_one_that_is_served(bolt, arro, quality):
    for asker, name in ((arro, "A"), (bolt, "B")):
        asker.post(ADDRESS, json=concept("urn:cd:1", name))
        asker.put(ONE, json=concept("urn:cd:1", name + "2"))

    versions = quality.get(f"/trace/v1/documents/concept_description/{id64('urn:cd:1')}/versions").get_json()

    assert [each["version"] for each in versions["result"]] == [2, 1]


@pytest.mark.parametrize("limit", [1, 2])
def test_pages_serve_each_once(bolt, arro, quality, limit):
    for number in range(3):
        bolt.post(ADDRESS, json=concept(f"urn:cd:{number}", "OfBolt"))
        arro.post(ADDRESS, json=concept(f"urn:cd:{number}", "OfArro"))

    seen, query = [], {"limit": limit}
    while True:
        page = quality.get(ADDRESS, query_string=query).get_json()
        seen += [(each["id"], each["idShort"]) for each in page["result"]]
        if "cursor" not in page["paging_metadata"]:
            break
        query["cursor"] = page["paging_metadata"]["cursor"]

    assert seen == [(f"urn:cd:{number}", "OfBolt") for number in range(3)]
