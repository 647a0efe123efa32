"""Ids that several hold: lists, lookups, exports and structures follow what is served; who decides."""

import io
import json

import pytest
from aas_samples import aasx, environment, id64, lot_shell, reference, shell, submodel, text
from as_built_samples import node, relation, structure

from aas_registry.domain.package import PackageFile

ID = "https://bolt.example/1"
CONFLICTS, PINS = "/trace/v1/identifiers/conflicts", "/trace/v1/identifiers/pins"
DECISION = f"/trace/v1/identifiers/submodel/{id64(ID)}/decision"


def of(name, identifier=ID):
    return submodel(identifier, text("Of", name))


def holder_of(asker, identifier=ID):
    """Return whose submodel somebody is served."""
    (element,) = asker.get(f"/api/v3/submodels/{id64(identifier)}").get_json()["submodelElements"]
    return element["value"]


@pytest.fixture
def both(bolt, arro, clock):
    """Arro holds an id, and then Bolt does."""
    arro.upload(environment(of("arro")))
    clock.advance(minutes=1)
    bolt.upload(environment(of("bolt")))


@pytest.mark.usefixtures("both")
def test_a_conflict_is_listed_with_holders_times_and_why_one_is_served(quality, administrator, clock):
    (told,) = quality.get(CONFLICTS).get_json()["result"]

    assert (told["kind"], told["id"], told["holders"], told["isDiffering"]) == ("submodel", ID, 2, True)
    assert (told["whyServed"], told["decision"]) == ("first", None)
    assert [(each["party"], each["isServed"], each["pinnedPrefix"]) for each in told["objects"]] == [
        ("arro", True, None),
        ("bolt", False, None),
    ]
    assert told["objects"][1]["heldSince"].startswith(clock.now.strftime("%Y-%m-%dT%H:%M:%S"))

    administrator.post(PINS, json={"prefix": "https://bolt.example/", "party": "bolt"})
    (told,) = administrator.get(
        CONFLICTS, query_string={"kind": "submodel", "onlyDiffering": "true"}
    ).get_json()["result"]
    assert (told["whyServed"], told["objects"][0]["pinnedPrefix"]) == ("pinned", "https://bolt.example/")
    assert quality.get(CONFLICTS, query_string={"kind": "shell"}).get_json()["result"] == []


@pytest.mark.usefixtures("both")
def test_a_pin_and_its_removal_change_what_the_plant_is_served(bolt, arro, quality, administrator):
    pinned = administrator.post(PINS, json={"prefix": "https://bolt.example/", "party": "bolt"})

    assert pinned.status_code == 201
    assert [holder_of(each) for each in (quality, bolt, arro)] == ["bolt", "bolt", "arro"]
    (pin,) = administrator.get(PINS).get_json()["result"]
    assert (pin["prefix"], pin["party"]) == ("https://bolt.example/", "bolt")
    assert pin["pinnedBy"].endswith(" (token)")
    again = administrator.post(PINS, json={"prefix": "https://bolt.example/", "party": None})
    assert (again.status_code, again.get_json()["messages"][0]["code"]) == (409, "PREFIX-PINNED")

    for status in (204, 404):
        removed = administrator.delete(f"{PINS}/{id64('https://bolt.example/')}")
        assert removed.status_code == status
    assert holder_of(quality) == "arro"
    audit = administrator.get("/trace/v1/audit").get_json()["result"]
    assert [
        (each["what"], each["subject"], each["detail"]) for each in audit if "prefix" in each["what"]
    ] == [
        ("prefix unpinned", "https://bolt.example/", None),
        ("prefix pinned", "https://bolt.example/", "bolt"),
    ]


@pytest.mark.usefixtures("both")
def test_quality_decides_for_one_id_with_a_reason_and_audit(bolt, arro, quality, administrator):
    administrator.post(PINS, json={"prefix": "https://", "party": "arro"})

    decided = quality.put(DECISION, json={"party": "bolt", "reason": "Bolt makes it."})

    assert decided.status_code == 204
    assert [holder_of(each) for each in (quality, bolt, arro)] == ["bolt", "bolt", "arro"]
    (told,) = quality.get(CONFLICTS).get_json()["result"]
    assert told["whyServed"] == "decided"
    assert (told["decision"]["party"], told["decision"]["reason"]) == ("bolt", "Bolt makes it.")
    assert told["decision"]["by"].endswith(" (token)")
    (entry,) = [
        each
        for each in administrator.get("/trace/v1/audit").get_json()["result"]
        if each["what"] == "identifier decided"
    ]
    assert (entry["role"], entry["subject"]) == ("quality", ID)
    assert entry["detail"] == "submodel: bolt: Bolt makes it."
    assert administrator.put(DECISION, json={"party": "arro", "reason": "No."}).status_code == 204
    assert holder_of(quality) == "arro"


@pytest.mark.usefixtures("both")
def test_what_comes_back_behind_another_is_listed_pinned_and_decided_for(arro, quality, administrator):
    def served():
        (told,) = quality.get(CONFLICTS).get_json()["result"]
        return [(each["party"], each["isServed"]) for each in told["objects"]]

    arro.delete(f"/api/v3/submodels/{id64(ID)}")
    arro.upload(environment(of("arro again")))

    assert (holder_of(quality), served()) == ("bolt", [("bolt", True), ("arro", False)])
    administrator.post(PINS, json={"prefix": ID, "party": "arro"})
    assert (holder_of(quality), served()) == ("arro again", [("arro", True), ("bolt", False)])
    assert quality.put(DECISION, json={"party": "bolt", "reason": "x"}).status_code == 204
    assert quality.put(DECISION, json={"party": "arro", "reason": "x"}).status_code == 204
    assert holder_of(quality) == "arro again"


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (DECISION, {"party": None, "reason": "x"}, 404, "IDENTIFIER-NOT-HELD"),
        (DECISION, {"party": "nobody", "reason": "x"}, 404, "PARTY-UNKNOWN"),
        (DECISION, {"party": "bolt", "reason": " "}, 400, "REQUEST-INVALID"),
        (DECISION, {"party": "bolt"}, 400, "REQUEST-INVALID"),
        (DECISION.replace("submodel", "shell"), {"party": "bolt", "reason": "x"}, 404, "IDENTIFIER-NOT-HELD"),
    ],
)
def test_only_a_holder_of_a_conflict_is_decided_for(quality, path, body, status, code):
    answer = quality.put(path, json=body)

    assert (answer.status_code, answer.get_json()["messages"][0]["code"]) == (status, code)
    assert holder_of(quality) == "arro"


@pytest.mark.parametrize("role", ["production", "auditor"])
def test_others_neither_see_nor_decide(asker, suppliers, role):
    other = asker(role)

    assert other.get(CONFLICTS).status_code == 403
    assert other.put(DECISION, json={"party": "bolt", "reason": "x"}).status_code == 403


def test_quality_pins_nothing(quality):
    assert quality.get(PINS).status_code == 403
    assert quality.post(PINS, json={"prefix": "urn:", "party": "bolt"}).status_code == 403


@pytest.mark.parametrize("prefix", ["", "x" * 251])
def test_a_prefix_has_bounds(administrator, prefix):
    assert administrator.post(PINS, json={"prefix": prefix, "party": "bolt"}).status_code == 400


def test_pins_and_conflicts_are_paged(bolt, arro, administrator):
    for number in range(3):
        administrator.post(PINS, json={"prefix": f"urn:{number}", "party": None})
        for each in (bolt, arro):
            each.upload(environment(of("x", f"urn:shared:{number}")))

    for path, name in ((PINS, "prefix"), (CONFLICTS, "id")):
        seen, query = [], {"limit": 2}
        while True:
            page = administrator.get(path, query_string=query).get_json()
            seen += [each[name] for each in page["result"]]
            if "cursor" not in page["paging_metadata"]:
                break
            query["cursor"] = page["paging_metadata"]["cursor"]
        assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(("first", "then"), [("arro", "bolt"), ("bolt", "arro")])
def test_a_walk_through_pages_meets_each_id_once_though_another_is_served_meanwhile(
    bolt, arro, quality, first, then
):
    def decide_all(party):
        for each in names:
            told = {"party": party, "reason": "x"}
            assert quality.put(DECISION.replace(id64(ID), id64(each)), json=told).status_code == 204

    names = [f"{ID}/{number}" for number in range(3)]
    arro.upload(environment(*(of("arro", each) for each in names)))
    bolt.upload(environment(*(of("bolt", each) for each in names)))
    decide_all(first)
    begun = quality.get("/api/v3/submodels?limit=2").get_json()
    decide_all(then)

    cursor = begun["paging_metadata"]["cursor"]
    rest = quality.get("/api/v3/submodels", query_string={"cursor": cursor}).get_json()["result"]
    every = quality.get("/api/v3/submodels").get_json()["result"]

    assert [each["id"] for each in begun["result"] + rest] == names
    assert [(each["id"], each["submodelElements"][0]["value"]) for each in every] == [
        (each, then) for each in names
    ]


def test_a_shell_is_found_by_the_asset_ids_of_the_one_that_is_served(bolt, arro, quality):
    def found(serial):
        wanted = id64(json.dumps({"name": "serial", "value": serial}))
        return len(quality.get("/api/v3/shells", query_string={"assetIds": wanted}).get_json()["result"])

    arro.post("/api/v3/shells", json=shell(ID, serial="A"))
    bolt.post("/api/v3/shells", json=shell(ID, serial="B"))
    assert (found("A"), found("B")) == (1, 0)

    quality.put(DECISION.replace("submodel", "shell"), json={"party": "bolt", "reason": "x"})

    assert (found("A"), found("B")) == (0, 1)


def exported(asker, **selection):
    answer = asker.post("/trace/v1/exports", json={"format": "json"} | selection)
    assert answer.status_code == 200, answer.text
    return json.load(io.BytesIO(answer.data))


def test_a_shell_brings_its_holders_submodel_whichever_is_served(bolt, arro, quality):
    arro.upload(environment(of("arro")))
    bolt.upload(environment(of("bolt"), shell("urn:bolt:shell", submodels=[ID])))
    assert holder_of(quality) == "arro"

    for asker in (quality, bolt):
        (brought,) = exported(asker, shells=["urn:bolt:shell"])["submodels"]
        assert brought["submodelElements"][0]["value"] == "bolt"
    (named,) = exported(quality, submodels=[ID])["submodels"]
    assert named["submodelElements"][0]["value"] == "arro"


def test_an_export_holds_each_id_once_and_says_of_which_there_are_several(bolt, arro, quality):
    for asker, name in ((arro, "arro"), (bolt, "bolt")):
        asker.upload(environment(of(name), shell(f"urn:{name}:shell", submodels=[ID])))

    shells = ["urn:arro:shell", "urn:bolt:shell"]
    answer = quality.post(
        "/trace/v1/exports", json={"format": "json", "dryRun": True, "shells": shells}
    ).get_json()

    assert answer["submodels"] == 1
    assert [each["code"] for each in answer["findings"]] == ["AAS-DUPLICATE-ID"]


def test_each_party_states_its_lot_though_another_holds_its_ids(bolt, arro, quality):
    squatted = lot_shell(ID, code="B1") | {"submodels": [reference("Submodel", f"{ID}/data")]}
    arro.upload(environment(shell(ID), submodel(f"{ID}/data")))

    taken = bolt.upload(environment(squatted, submodel(f"{ID}/data"))).get_json()

    (lot,) = taken["lots"]
    assert quality.get(f"/trace/v1/lots/{lot['id']}").status_code == 200
    (brought,) = exported(quality, lots=[lot["id"]])["assetAdministrationShells"]
    assert brought["assetInformation"]["specificAssetIds"]


def test_the_plant_is_told_that_its_own_object_is_not_the_one_that_is_served(bolt, arro, quality):
    bolt.upload(environment(of("bolt")))

    own = quality.upload(environment(of("plant"))).get_json()
    of_arro = arro.upload(environment(of("arro"))).get_json()
    on_behalf = quality.upload(environment(of("other")), onBehalfOf="arro").get_json()

    assert [each["code"] for each in own["findings"]] == ["IDENTIFIER-KEPT-BACK"]
    assert of_arro["findings"] == on_behalf["findings"] == []


CAR = "https://bolt.example/car"
ATTACHMENT = f"/api/v3/submodels/{id64(ID)}/submodel-elements/F/attachment"


def paper_of(name):
    """Return a package with the contested submodel, whose file is this party's own."""
    file = {"modelType": "File", "idShort": "F", "contentType": "text/plain", "value": "/aasx/files/a.txt"}
    content = PackageFile.of("/aasx/files/a.txt", "text/plain", f"of {name}".encode())
    return aasx(submodel(ID, text("Of", name), file), files=[content])


def test_an_attachment_of_a_contested_id_is_the_own_one_and_the_plant_gets_the_pinned_one(
    bolt, arro, quality, administrator
):
    arro.upload(paper_of("arro"))
    bolt.upload(paper_of("bolt"))

    def served():
        return [each.get(ATTACHMENT).data for each in (quality, arro, bolt)]

    assert served() == [b"of arro", b"of arro", b"of bolt"]
    administrator.post(PINS, json={"prefix": "https://bolt.example/", "party": "bolt"})
    assert served() == [b"of bolt", b"of arro", b"of bolt"]

    arro.delete(f"/api/v3/submodels/{id64(ID)}")
    assert arro.get(ATTACHMENT).status_code == 404
    assert bolt.get(ATTACHMENT).data == b"of bolt"


def structure_of(name):
    """Return a car with a contested structure, in which is what this party says."""
    entry = node(
        "Entry", f"{CAR}/asset", node("N", f"urn:part of {name}"), relation("HasPart", ID, "Entry", "Entry.N")
    )
    return environment(shell(CAR, submodels=[ID]), structure(ID, entry, archetype="OneDown"))


def test_an_as_built_structure_of_a_contested_id_is_the_own_one_and_the_plant_gets_the_pinned_one(
    bolt, arro, quality, administrator
):
    arro.upload(structure_of("arro"))
    bolt.upload(structure_of("bolt"))

    def served():
        answers = [each.get(f"/trace/v1/shells/{id64(CAR)}/as-built") for each in (quality, arro, bolt)]
        return [
            (
                [each["child"] for each in answer.get_json()["links"]],
                [each["statedBy"] for each in answer.get_json()["structures"]],
            )
            for answer in answers
        ]

    of_arro, of_bolt = (["urn:part of arro"], ["arro"]), (["urn:part of bolt"], ["bolt"])
    assert served() == [of_arro, of_arro, of_bolt]
    administrator.post(PINS, json={"prefix": "https://bolt.example/", "party": "bolt"})
    assert served() == [of_bolt, of_arro, of_bolt]


@pytest.mark.usefixtures("both")
def test_a_decision_without_a_reason_is_told_an_example_of_one(quality):
    answer = quality.put(DECISION, json={"party": "bolt", "reason": ""})

    (found,) = answer.get_json()["findings"]
    assert (answer.status_code, found["path"]) == (400, "reason")
    assert found["message"] == 'expected text such as "They made it" (body)'
