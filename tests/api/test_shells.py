"""Shells of the AAS API, and what all three repositories of identifiables share."""

import base64
import json

import pytest
from aas_samples import concept, environment, id64, reference, shell, submodel

ADDRESS = "/api/v3/shells"
KINDS = {
    "shells": shell,
    "submodels": submodel,
    "concept-descriptions": concept,
}


def code_of(response):
    return response.get_json()["messages"][0]["code"]


def asset_id(name, value):
    return base64.urlsafe_b64encode(json.dumps({"name": name, "value": value}).encode()).decode().rstrip("=")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def make(kind):
    return KINDS[kind]


def test_posts_gets_puts_and_deletes(bolt, kind, make):
    body = make("https://bolt.example/a b/ü?#")
    address = f"/api/v3/{kind}/{id64(body['id'])}"

    posted = bolt.post(f"/api/v3/{kind}", json=body)
    got = bolt.get(address)
    changed = bolt.put(address, json=body | {"idShort": "Other"})
    after = bolt.get(address)
    deleted = bolt.delete(address)

    assert (posted.status_code, posted.headers["Location"]) == (201, address)
    assert posted.get_json() == got.get_json() == body
    assert got.headers["ETag"] == posted.headers["ETag"] != after.headers["ETag"]
    assert (changed.status_code, changed.data) == (204, b"")
    assert after.get_json()["idShort"] == "Other"
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert bolt.get(address).status_code == 404
    assert bolt.delete(address).status_code == 404
    assert bolt.get(f"/api/v3/{kind}").get_json()["result"] == []


def test_put_stores_what_is_new(bolt, kind, make):
    body = make("urn:x:1")
    address = f"/api/v3/{kind}/{id64('urn:x:1')}"

    response = bolt.put(address, json=body)

    assert (response.status_code, response.headers["Location"]) == (201, address)
    assert bolt.get(address).get_json() == body


def test_a_deleted_id_can_be_used_by_its_holder_and_by_others(bolt, arro, kind, make):
    body = make("urn:x:1")
    bolt.post(f"/api/v3/{kind}", json=body)
    bolt.delete(f"/api/v3/{kind}/{id64('urn:x:1')}")

    other = arro.post(f"/api/v3/{kind}", json=body)
    again = bolt.post(f"/api/v3/{kind}", json=body)

    assert other.status_code == again.status_code == 201


def test_an_id_on_record_is_a_conflict(bolt, kind, make):
    body = make("urn:x:1")
    bolt.post(f"/api/v3/{kind}", json=body)

    response = bolt.post(f"/api/v3/{kind}", json=body)

    assert response.status_code == 409
    assert code_of(response) == "IDENTIFIER-EXISTS"


def test_answers_canonical_json(bolt, kind, make):
    body = make("urn:x:1")

    got = bolt.post(f"/api/v3/{kind}", json=dict(reversed(body.items())))

    assert got.text == json.dumps(body, sort_keys=True, separators=(",", ":"))
    assert got.headers["Content-Type"] == "application/json"


def test_padding_of_an_identifier_is_accepted(bolt, kind, make):
    identifiers = ["urn:x:1", "urn:x:12", "urn:x:123"]
    for identifier in identifiers:
        bolt.post(f"/api/v3/{kind}", json=make(identifier))
        padded = base64.urlsafe_b64encode(identifier.encode()).decode()

        assert bolt.get(f"/api/v3/{kind}/{padded}").get_json()["id"] == identifier
        assert bolt.get(f"/api/v3/{kind}/{padded.rstrip('=')}").get_json()["id"] == identifier


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("!!!", "ID-INVALID"),
        ("a", "ID-INVALID"),
        ("_w", "ID-INVALID"),  # a byte that is not UTF-8
        ("AA", "ID-INVALID"),  # U+0000
        ("urn:x:1", "ID-INVALID"),
        ("%C3%BC", "ID-INVALID"),
        (id64("x" * 2049), "ID-TOO-LONG"),
        ("A" * 20000, "ID-TOO-LONG"),
    ],
)
def test_refuses_an_identifier_that_is_none(bolt, kind, text, code):
    for method in ("GET", "PUT", "DELETE"):
        response = bolt.send(method, f"/api/v3/{kind}/{text}", json={} if method == "PUT" else None)

        assert response.status_code == 400
        assert code_of(response) == code


def test_an_identifier_may_have_2048_characters(bolt, kind, make):
    longest = "urn:" + "ü漢" * 1022

    assert bolt.post(f"/api/v3/{kind}", json=make(longest)).status_code == 201
    assert bolt.get(f"/api/v3/{kind}/{id64(longest)}").get_json()["id"] == longest
    too_long = bolt.post(f"/api/v3/{kind}", json=make(longest + "x"))
    assert too_long.status_code == 400
    assert bolt.get(f"/api/v3/{kind}").get_json()["result"] == [make(longest)]


def test_the_id_in_the_body_must_be_that_of_the_address(bolt, kind, make):
    response = bolt.put(f"/api/v3/{kind}/{id64('urn:x:1')}", json=make("urn:x:2"))

    assert response.status_code == 400
    assert code_of(response) == "IDENTIFIER-MISMATCH"


def test_refuses_what_violates_the_metamodel(bolt, kind, make):
    response = bolt.post(f"/api/v3/{kind}", json=make("urn:x:1") | {"idShort": "9 is no letter"})

    assert response.status_code == 400
    assert code_of(response) == "AAS-CONSTRAINT"
    assert bolt.get(f"/api/v3/{kind}").get_json()["result"] == []


@pytest.mark.parametrize(
    "body",
    [{}, [], 7, None, "text", {"id": 7}, {"modelType": "Submodel"}, {"modelType": "Nothing", "id": "a"}],
)
def test_refuses_what_is_no_such_object(bolt, kind, body):
    response = bolt.post(f"/api/v3/{kind}", data=json.dumps(body), content_type="application/json")

    assert response.status_code == 400
    assert code_of(response) in {"AAS-VALUE-TYPE", "AAS-VALUE-NULL", "AAS-MODEL-TYPE", "AAS-MEMBER-MISSING"}


def test_refuses_unknown_members(bolt, kind, make):
    response = bolt.post(f"/api/v3/{kind}", json=make("urn:x:1") | {"colour": "red"})

    assert response.status_code == 400


def test_pages_without_duplicate_or_gap(bolt, kind, make):
    identifiers = [f"urn:x:{number}" for number in range(7)]
    for identifier in identifiers:
        bolt.post(f"/api/v3/{kind}", json=make(identifier))

    pages, query = [], {"limit": 3}
    while True:
        page = bolt.get(f"/api/v3/{kind}", query_string=query).get_json()
        pages.append([each["id"] for each in page["result"]])
        if "cursor" not in page["paging_metadata"]:
            break
        query["cursor"] = page["paging_metadata"]["cursor"]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == identifiers


def test_a_full_last_page_has_no_cursor(bolt, kind, make):
    for number in range(2):
        bolt.post(f"/api/v3/{kind}", json=make(f"urn:x:{number}"))

    page = bolt.get(f"/api/v3/{kind}?limit=2").get_json()

    assert page["paging_metadata"] == {}
    assert len(page["result"]) == 2


def test_what_comes_and_goes_between_pages_shifts_nothing(bolt, kind, make):
    for number in range(5):
        bolt.post(f"/api/v3/{kind}", json=make(f"urn:x:{number}"))
    first = bolt.get(f"/api/v3/{kind}?limit=2").get_json()

    bolt.delete(f"/api/v3/{kind}/{id64('urn:x:1')}")
    bolt.post(f"/api/v3/{kind}", json=make("urn:x:new"))
    rest = bolt.get(f"/api/v3/{kind}", query_string={"cursor": first["paging_metadata"]["cursor"]}).get_json()

    assert [each["id"] for each in rest["result"]] == ["urn:x:2", "urn:x:3", "urn:x:4", "urn:x:new"]


def test_filters_by_id_short(bolt, kind, make):
    bolt.post(f"/api/v3/{kind}", json=make("urn:x:1") | {"idShort": "Wanted"})
    bolt.post(f"/api/v3/{kind}", json=make("urn:x:2"))

    found = bolt.get(f"/api/v3/{kind}?idShort=Wanted").get_json()["result"]

    assert [each["id"] for each in found] == ["urn:x:1"]


def test_filters_by_asset_ids_that_all_must_match(bolt):
    bolt.post(ADDRESS, json=shell("urn:x:1", lotCode="0042", mpn="A"))
    bolt.post(ADDRESS, json=shell("urn:x:2", lotCode="0042", mpn="B"))

    def found(*wanted):
        query = [("assetIds", asset_id(name, value)) for name, value in wanted]
        return [each["id"] for each in bolt.get(ADDRESS, query_string=query).get_json()["result"]]

    assert found(("lotCode", "0042")) == ["urn:x:1", "urn:x:2"]
    assert found(("lotCode", "0042"), ("mpn", "B")) == ["urn:x:2"]
    assert found(("globalAssetId", "urn:x:1/asset")) == ["urn:x:1"]
    assert found(("lotCode", "42")) == []


def test_filters_forget_what_a_later_version_does_not_say(bolt):
    bolt.post(ADDRESS, json=shell("urn:x:1", lotCode="0042"))
    bolt.put(f"{ADDRESS}/{id64('urn:x:1')}", json=shell("urn:x:1", lotCode="0043"))

    old = bolt.get(ADDRESS, query_string={"assetIds": asset_id("lotCode", "0042")})
    new = bolt.get(ADDRESS, query_string={"assetIds": asset_id("lotCode", "0043")})

    assert old.get_json()["result"] == []
    assert len(new.get_json()["result"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "!!",
        "bm8",
        id64('{"name": 1, "value": "a"}'),
        id64('{"name": "a\\u0000", "value": "a"}'),
        id64('["a"]'),
    ],
)
def test_refuses_asset_ids_that_are_none(bolt, text):
    assert bolt.get(ADDRESS, query_string={"assetIds": text}).status_code == 400


def test_lists_submodel_references_in_pages(bolt):
    names = ["urn:sm:1", "urn:sm:2", "urn:sm:3"]
    bolt.post(ADDRESS, json=shell("urn:x:1", submodels=names))
    address = f"{ADDRESS}/{id64('urn:x:1')}/submodel-refs"

    first = bolt.get(address + "?limit=2").get_json()
    rest = bolt.get(
        address, query_string={"limit": 2, "cursor": first["paging_metadata"]["cursor"]}
    ).get_json()

    assert first["result"] + rest["result"] == [reference("Submodel", each) for each in names]
    assert rest["paging_metadata"] == {}


def test_what_the_plant_writes_is_the_plants(bolt, quality, kind, make):
    bolt.post(f"/api/v3/{kind}", json=make("urn:x:1"))
    address = f"/api/v3/{kind}/{id64('urn:x:1')}"
    own = make("urn:x:1") | {"idShort": "OfThePlant"}

    added = quality.put(address, json=own)

    assert (added.status_code, added.get_json()) == (201, own)
    assert quality.get(address).get_json() == bolt.get(address).get_json() == make("urn:x:1")
    assert bolt.delete(address).status_code == 204
    assert quality.get(address).get_json() == own
    assert quality.delete(address).status_code == 204


def test_the_plant_may_not_change_what_a_party_holds(bolt, quality, kind, make):
    bolt.post(f"/api/v3/{kind}", json=make("urn:x:1"))
    address = f"/api/v3/{kind}/{id64('urn:x:1')}"

    assert quality.get(address).get_json() == make("urn:x:1")
    deleted = quality.delete(address)
    assert deleted.status_code == 404
    assert "of its own" in deleted.get_json()["messages"][0]["text"]
    assert quality.get(address).status_code == bolt.get(address).status_code == 200


def test_an_upload_and_a_write_are_one_record(bolt, kind, make):
    bolt.upload(environment(make("urn:x:1")))

    assert bolt.post(f"/api/v3/{kind}", json=make("urn:x:1")).status_code == 409
    assert bolt.put(f"/api/v3/{kind}/{id64('urn:x:1')}", json=make("urn:x:1")).status_code == 204


def test_describes_its_profiles_to_anyone(app):
    answer = app.test_client().get("/api/v3/description", headers={"Origin": "https://viewer.example"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert all(
        profile.startswith("https://admin-shell.io/aas/API/3/") for profile in answer.get_json()["profiles"]
    )
