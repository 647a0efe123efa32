"""Material lots: filters, pages, and candidates where a code fits several."""

import pytest
from aas_samples import environment, id64, lot_aasx, lot_shell, shell, submodel

from aas_registry.domain.lot_facts import LOT_DATA

LOTS = "/trace/v1/lots"


def codes(response):
    return [lot["code"] for lot in response.get_json()["result"]]


@pytest.fixture
def three_lots(bolt):
    bolt.upload(lot_aasx("0042"), "a.aasx")
    bolt.upload(lot_aasx("42", date_codes=("2620",), delivery_note="DN-8"), "b.aasx")
    bolt.upload(environment(lot_shell("urn:shell:x", code="0042", mpn="RES-10K", maker="Ohm")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["0042", "42", "0042"]),
        ({"code": "0042"}, ["0042", "0042"]),
        ({"code": "42"}, ["42"]),
        ({"code": "042"}, []),
        ({"manufacturer": "bolt  components GMBH"}, ["0042", "42"]),
        ({"mpn": "res-10k"}, ["0042"]),
        ({"code": "0042", "mpn": "RES-10K"}, ["0042"]),
        ({"dateCode": "2612"}, ["0042"]),
        ({"deliveryNote": "DN-8"}, ["42"]),
        ({"deliveryNote": "\uff24\uff2e-8"}, ["42"]),
        ({"code": "\uff10\uff10\uff14\u200b\uff12"}, ["0042", "0042"]),
        ({"mpn": "res\u00ad-10k"}, ["0042"]),
        ({"manufacturer": "Bo\ufefflt\u3000Components GmbH"}, ["0042", "42"]),
        ({"deliveryNote": "DN-8", "dateCode": "2612"}, []),
    ],
)
def test_filters_narrow_the_list(quality, three_lots, query, found):
    assert codes(quality.get(LOTS, query_string=query)) == found


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (LOTS, "code"),
        (LOTS, "manufacturer"),
        (LOTS, "mpn"),
        (LOTS, "dateCode"),
        (LOTS, "deliveryNote"),
        ("/trace/v1/units", "serial"),
    ],
)
@pytest.mark.parametrize("text", ["\u200b", "\u00ad \ue000\u3164"])
def test_a_name_of_which_nothing_can_be_seen_is_refused(quality, path, name, text):
    answer = quality.get(path, query_string={name: text})

    assert answer.status_code == 400
    (finding,) = answer.get_json()["findings"]
    assert (finding["code"], finding["path"]) == ("REQUEST-INVALID", name)
    assert "nothing that can be seen" in finding["message"]


def test_a_code_that_fits_several_answers_with_all_of_them(quality, three_lots):
    lots = quality.get(LOTS, query_string={"code": "0042"}).get_json()["result"]

    assert {(lot["manufacturer"], lot["mpn"]) for lot in lots} == {
        ("Bolt Components GmbH", "CAP-100N-0603"),
        ("Ohm", "RES-10K"),
    }
    assert len({lot["id"] for lot in lots}) == 2


def test_candidates_are_those_that_the_asker_may_see(bolt, arro, quality):
    bolt.upload(environment(lot_shell("urn:bolt:1", code="0042")))
    arro.upload(environment(lot_shell("urn:arro:1", code="0042", mpn="OTHER")))

    assert [lot["mpn"] for lot in bolt.get(LOTS + "?code=0042").get_json()["result"]] == ["CAP-100N"]
    assert [lot["mpn"] for lot in arro.get(LOTS + "?code=0042").get_json()["result"]] == ["OTHER"]
    assert len(quality.get(LOTS + "?code=0042").get_json()["result"]) == 2


def test_one_lot_shows_what_each_party_says_of_it(bolt, arro, quality):
    bolt.upload(lot_aasx("0042"), "a.aasx")
    arro.upload(
        environment(
            lot_shell(
                "urn:arro:1",
                code="0042",
                mpn="cap-100n-0603",
                maker="BOLT Components GmbH",
                quantity="1000.5",
                deliveryNote="A-1",
            )
        )
    )
    [lot] = quality.get(LOTS).get_json()["result"]

    submissions = quality.get(f"{LOTS}/{lot['id']}").get_json()["submissions"]

    assert [(said["party"], said["quantity"], said["deliveryNote"]) for said in submissions] == [
        ("bolt", "4000", "DN-7"),
        ("arro", "1000.5", "A-1"),
    ]
    assert lot["dateCodes"] == ["2611", "2612"]


def test_a_supplier_reads_only_its_own_statements_of_a_lot_that_others_deliver_too(bolt, arro):
    bolt.upload(lot_aasx("0042"), "a.aasx")
    arro.upload(
        environment(lot_shell("urn:arro:1", code="0042", mpn="CAP-100N-0603", maker="Bolt Components GmbH"))
    )

    [lot] = arro.get(LOTS).get_json()["result"]

    assert [said["party"] for said in lot["submissions"]] == ["arro"]
    assert lot["dateCodes"] == []
    assert codes(arro.get(LOTS + "?dateCode=2611")) == []
    assert codes(arro.get(LOTS + "?deliveryNote=DN-7")) == []


def test_pages_have_no_duplicate_and_no_gap(bolt):
    for number in range(7):
        bolt.upload(environment(lot_shell(f"urn:shell:{number}", code=f"L{number}")))

    seen, query = [], {"limit": 2}
    while True:
        page = bolt.get(LOTS, query_string=query).get_json()
        assert len(page["result"]) <= 2
        seen += [lot["code"] for lot in page["result"]]
        if "cursor" not in page["paging_metadata"]:
            break
        query["cursor"] = page["paging_metadata"]["cursor"]

    assert seen == [f"L{number}" for number in range(7)]


def test_a_cursor_works_only_with_the_filters_it_was_given_for(bolt, three_lots):
    cursor = bolt.get(LOTS + "?limit=1").get_json()["paging_metadata"]["cursor"]

    refused = bolt.get(LOTS, query_string={"cursor": cursor, "code": "42"})

    assert bolt.get(LOTS, query_string={"cursor": cursor}).status_code == 200
    assert refused.status_code == 400
    assert refused.get_json()["messages"][0]["code"] == "CURSOR-INVALID"


def test_a_lot_follows_writes_of_the_aas_api(bolt):
    data = submodel(
        "urn:data:1",
        {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0042"},
        {"modelType": "Property", "idShort": "Quantity", "valueType": "xs:decimal", "value": "10"},
        semantic_id=LOT_DATA,
    )
    bolt.post("/api/v3/submodels", json=data)
    body = shell("urn:shell:1", submodels=["urn:data:1"], manufacturer="Bolt", mpn="CAP")
    assert bolt.post("/api/v3/shells", json=body).status_code == 201
    [before] = bolt.get(LOTS).get_json()["result"]

    bolt.put(
        f"/api/v3/submodels/{id64('urn:data:1')}/submodel-elements/LotCode",
        json={"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0043"},
    )
    [after] = bolt.get(LOTS).get_json()["result"]

    assert (before["code"], before["submissions"][0]["quantity"]) == ("0042", "10")
    assert after["code"] == "0043"
    assert bolt.get(f"{LOTS}/{before['id']}").status_code == 404


@pytest.mark.parametrize("kind", ["shells/urn:shell:1", "submodels/urn:data:1"])
def test_a_lot_ends_with_the_object_that_states_it(bolt, kind):
    data = submodel(
        "urn:data:1",
        {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0042"},
        semantic_id=LOT_DATA,
    )
    bolt.upload(
        environment(data, shell("urn:shell:1", submodels=["urn:data:1"], manufacturer="Bolt", mpn="CAP"))
    )
    path, _, identifier = kind.partition("/")

    assert codes(bolt.get(LOTS)) == ["0042"]
    assert bolt.delete(f"/api/v3/{path}/{id64(identifier)}").status_code == 204
    assert codes(bolt.get(LOTS)) == []


def test_a_shell_may_name_a_submodel_that_comes_later(bolt):
    bolt.upload(environment(shell("urn:shell:1", submodels=["urn:data:1"], manufacturer="Bolt", mpn="CAP")))
    data = submodel(
        "urn:data:1",
        {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0042"},
        semantic_id=LOT_DATA,
    )

    later = bolt.upload(environment(data))

    assert [lot["code"] for lot in later.get_json()["lots"]] == ["0042"]


def test_a_shell_says_nothing_with_the_submodel_of_another_party(bolt, arro):
    data = submodel(
        "urn:data:1",
        {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "SECRET-7"},
        semantic_id=LOT_DATA,
    )
    bolt.upload(environment(data))

    answer = arro.upload(
        environment(shell("urn:shell:1", submodels=["urn:data:1"], manufacturer="Bolt", mpn="CAP"))
    )

    assert answer.get_json()["lots"] == []
    assert "SECRET-7" not in answer.text


@pytest.mark.parametrize("lot", ["TE9ULTk", "A" * 22, "1", "%20"])
def test_an_id_that_was_not_given_here_is_not_found(quality, lot):
    response = quality.get(f"{LOTS}/{lot}")

    assert response.status_code == 404
    assert response.get_json()["messages"][0]["code"] == "LOT-NOT-FOUND"
