"""As-built structures over HTTP: answered at every level, for whom may see them, and never as genealogy."""

import pytest
from aas_samples import environment, id64, shell
from as_built_samples import node, relation, structure


def address(identifier):
    return f"/trace/v1/shells/{id64(identifier)}/as-built"


def product_of(identifier, *parts, archetype="OneDown"):
    """Return a shell and its structure: it consists of the assets of other shells."""
    bom = f"{identifier}/bom"
    nodes = [node(f"N{number}", f"{part}/asset", count="2") for number, part in enumerate(parts)]
    stated = [relation("HasPart", bom, "Entry", f"Entry.N{number}") for number in range(len(parts))]
    entry = node("Entry", f"{identifier}/asset", *nodes, *stated)
    return shell(identifier, submodels=[bom]), structure(bom, entry, archetype=archetype)


def links(answer):
    return [(each["parent"], each["child"], each["quantity"]) for each in answer["links"]]


@pytest.fixture
def car(bolt):
    """Upload a car of boards of resistors, as Bolt."""
    content = environment(
        *product_of("urn:car", "urn:board"), *product_of("urn:board", "urn:r", "urn:c"), shell("urn:r")
    )
    return bolt.upload(content).get_json()


def test_answers_every_level_with_whose_word_it_is(quality, car):
    answer = quality.get(address("urn:car")).get_json()

    assert links(answer) == [
        ("urn:car/asset", "urn:board/asset", 2),
        ("urn:board/asset", "urn:r/asset", 2),
        ("urn:board/asset", "urn:c/asset", 2),
    ]
    assert (answer["asset"], answer["certainty"], answer["isTruncated"]) == (
        "urn:car/asset",
        "assumed",
        False,
    )
    assert [(each["submodel"], each["statedBy"], each["level"]) for each in answer["structures"]] == [
        ("urn:car/bom", "bolt", 0),
        ("urn:board/bom", "bolt", 1),
    ]
    assert answer["findings"] == []


def test_begins_at_the_shell_that_is_asked_for(bolt, car):
    assert len(links(bolt.get(address("urn:board")).get_json())) == 2
    assert links(bolt.get(address("urn:r")).get_json()) == []


def test_an_upload_answers_what_it_states(car):
    assert car["asBuilt"] == [
        {"submodel": "urn:car/bom", "archetype": "OneDown", "nodes": 2, "links": 1},
        {"submodel": "urn:board/bom", "archetype": "OneDown", "nodes": 3, "links": 2},
    ]


def test_a_structure_exists_for_those_who_see_its_submodel(bolt, arro, quality, car):
    arro.upload(environment(*product_of("urn:arro:truck", "urn:board")))

    seen = arro.get(address("urn:arro:truck")).get_json()

    assert links(seen) == [("urn:arro:truck/asset", "urn:board/asset", 2)]
    assert len(links(quality.get(address("urn:arro:truck")).get_json())) == 3
    response = arro.get(address("urn:car"))
    assert (response.status_code, response.get_json()["messages"][0]["code"]) == (404, "SHELL-NOT-FOUND")


def test_it_is_no_genealogy_and_no_event(quality, car):
    assert quality.get("/trace/v1/events").get_json()["result"] == []
    assert quality.get("/trace/v1/lots").get_json()["result"] == []


def test_the_same_twice_changes_nothing_and_a_deleted_structure_is_gone(bolt, car):
    bolt.upload(environment(*product_of("urn:car", "urn:board"), shell("urn:x")))
    before = links(bolt.get(address("urn:car")).get_json())

    bolt.delete(f"/api/v3/submodels/{id64('urn:board/bom')}")

    assert len(before) == 3
    assert links(bolt.get(address("urn:car")).get_json()) == before[:1]


def test_a_cycle_through_several_shells_ends_and_is_told_in_each_submodel(bolt):
    bolt.upload(environment(*product_of("urn:a", "urn:b"), *product_of("urn:b", "urn:a")))

    answer = bolt.get(address("urn:a")).get_json()

    assert links(answer) == [("urn:a/asset", "urn:b/asset", 2), ("urn:b/asset", "urn:a/asset", 2)]
    assert {each["code"] for each in answer["findings"]} == {"AS-BUILT-CYCLE"}


def test_what_an_upload_gets_wrong_is_a_finding_of_it(bolt):
    top, bom = product_of("urn:a", "urn:b")
    bom["submodelElements"][0]["statements"].append(
        relation("HasPart", "urn:a/bom", "Entry", "Entry.Nowhere")
    )

    findings = bolt.upload(environment(top, bom)).get_json()["findings"]

    assert ("AS-BUILT-REFERENCE", "urn:a/bom/Entry.HasPart_Entry_Nowhere") in [
        (each["code"], each.get("path")) for each in findings
    ]
