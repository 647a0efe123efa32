"""Submodel elements by idShort path."""

import pytest
from aas_samples import collection, id64, lot_package, submodel, text, texts

from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind, PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx

SUBMODEL = f"/api/v3/submodels/{id64('urn:sm:1')}"
ELEMENTS = f"{SUBMODEL}/submodel-elements"


@pytest.fixture
def filled(bolt):
    bolt.post(
        "/api/v3/submodels",
        json=submodel(
            "urn:sm:1", text("First", "1"), collection("Outer", texts("Codes", "a", "b")), text("Last")
        ),
    )
    return bolt


def code_of(response):
    return response.get_json()["messages"][0]["code"]


def test_lists_the_elements_in_their_order_and_in_pages(filled):
    first = filled.get(ELEMENTS + "?limit=2").get_json()
    rest = filled.get(ELEMENTS, query_string={"cursor": first["paging_metadata"]["cursor"]}).get_json()

    assert [each["idShort"] for each in first["result"]] == ["First", "Outer"]
    assert [each["idShort"] for each in rest["result"]] == ["Last"]
    assert rest["paging_metadata"] == {}


@pytest.mark.parametrize(
    ("path", "member"),
    [("First", "First"), ("Outer.Codes", "Codes"), ("Outer.Codes[1]", None), ("Outer%2ECodes%5B1%5D", None)],
)
def test_answers_an_element_by_its_path(filled, path, member):
    response = filled.get(f"{ELEMENTS}/{path}")

    assert response.status_code == 200
    assert response.get_json().get("idShort") == member


@pytest.mark.parametrize(
    "path", ["Nowhere", "Outer.Nowhere", "Outer.Codes[2]", "First.Deeper", "Outer[0]", "first"]
)
def test_an_element_that_is_not_there_is_not_found(filled, path):
    for method, body in (("GET", None), ("PUT", text("Any")), ("DELETE", None)):
        response = filled.send(method, f"{ELEMENTS}/{path}", json=body)

        assert response.status_code == 404
        assert code_of(response) == "ELEMENT-NOT-FOUND"


@pytest.mark.parametrize(
    "path",
    ["a..b", "[0]", "a[", "a[x]", ".a", "a[99999999999]", "a" * 5000, "a." * 200 + "a", "%00.", "a[0]b"],
)
def test_a_malformed_path_is_refused(filled, path):
    response = filled.get(f"{ELEMENTS}/{path}")

    assert response.status_code in {400, 404}
    assert code_of(response) in {"ID-SHORT-PATH-INVALID", "NOT-FOUND"}


@pytest.mark.parametrize(
    ("parent", "element", "path"),
    [
        ("", text("New"), "New"),
        ("/Outer", text("New"), "Outer.New"),
        ("/Outer.Codes", text(None, "c"), "Outer.Codes%5B2%5D"),
    ],
)
def test_adds_an_element(filled, parent, element, path):
    response = filled.post(ELEMENTS + parent, json=element)

    assert response.status_code == 201, response.get_json()
    assert response.headers["Location"] == f"{ELEMENTS}/{path}"
    assert response.get_json() == element
    assert filled.get(response.headers["Location"]).get_json() == element


def test_an_id_short_that_is_taken_is_a_conflict(filled):
    for parent, name in (("", "First"), ("/Outer", "Codes")):
        response = filled.post(ELEMENTS + parent, json=text(name))

        assert response.status_code == 409
        assert code_of(response) == "ELEMENT-EXISTS"


@pytest.mark.parametrize(
    ("parent", "element"),
    [
        ("", {}),
        ("", 7),
        ("", text(None)),
        ("", text("9")),
        ("", text("A") | {"colour": "red"}),
        ("/First", text("Under a property")),
        ("/Outer.Codes", {"modelType": "Blob", "contentType": "a/b"}),  # the list holds properties
    ],
)
def test_refuses_an_element_that_does_not_belong_there(filled, parent, element):
    before = filled.get(SUBMODEL).data

    response = filled.post(ELEMENTS + parent, json=element)

    assert response.status_code == 400
    assert filled.get(SUBMODEL).data == before


def test_replaces_an_element(filled):
    assert filled.put(f"{ELEMENTS}/Outer.Codes[0]", json=text(None, "z")).status_code == 204
    assert filled.put(f"{ELEMENTS}/Last", json=text("Renamed", "2")).status_code == 204

    after = filled.get(SUBMODEL).get_json()["submodelElements"]
    assert [each["idShort"] for each in after] == ["First", "Outer", "Renamed"]
    assert [each["value"] for each in after[1]["value"][0]["value"]] == ["z", "b"]


def test_an_element_cannot_take_the_name_of_a_sibling(filled):
    assert filled.put(f"{ELEMENTS}/Last", json=text("First")).status_code == 409


def test_removes_an_element_and_the_versions_before_keep_it(filled, clock):
    before = clock.now
    clock.advance(seconds=1)

    response = filled.delete(f"{ELEMENTS}/Outer.Codes[0]")

    old = filled.get(
        f"/trace/v1/documents/submodel/{id64('urn:sm:1')}", query_string={"at": before.isoformat()}
    )
    assert (response.status_code, response.data) == (204, b"")
    assert filled.get(f"{ELEMENTS}/Outer.Codes[0]").get_json()["value"] == "b"
    assert len(old.get_json()["submodelElements"][1]["value"][0]["value"]) == 2


def test_removing_the_last_element_leaves_a_valid_submodel(bolt):
    bolt.post("/api/v3/submodels", json=submodel("urn:sm:1", text("Only")))

    assert bolt.delete(f"{ELEMENTS}/Only").status_code == 204
    assert bolt.get(SUBMODEL).get_json() == submodel("urn:sm:1")
    assert bolt.get(ELEMENTS).get_json() == {"paging_metadata": {}, "result": []}


def test_elements_of_a_submodel_that_is_not_there_are_not_found(bolt):
    for method, path in (
        ("GET", ""),
        ("POST", ""),
        ("GET", "/A"),
        ("PUT", "/A"),
        ("DELETE", "/A"),
        ("POST", "/A"),
    ):
        response = bolt.send(method, ELEMENTS + path, json=None if method in {"GET", "DELETE"} else text("A"))

        assert response.status_code == 404
        assert code_of(response) == "SUBMODEL-NOT-FOUND"


def with_file(
    value="/aasx/files/certificate.pdf",
    media_type="application/pdf",
    content=b"%PDF-1.7 not really",
    part="/aasx/files/certificate.pdf",
):
    body = submodel(
        "urn:sm:1",
        {"modelType": "File", "idShort": "Paper", "contentType": "application/pdf", "value": value},
        text("A"),
    )
    return AasPackage(
        metamodel="3.1",
        identifiables=(
            Identifiable(kind=IdentifiableKind.SUBMODEL, identifier="urn:sm:1", id_short="Data", body=body),
        ),
        files=(PackageFile.of(part, media_type, content),),
    )


def test_answers_the_file_that_an_element_names(bolt):
    bolt.upload(write_aasx(with_file()), "a.aasx")

    response = bolt.get(f"{ELEMENTS}/Paper/attachment")

    assert response.data == b"%PDF-1.7 not really"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == "attachment; filename=certificate.pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_survives_a_write_of_another_element(bolt):
    bolt.upload(write_aasx(with_file()), "a.aasx")

    bolt.put(f"{ELEMENTS}/A", json=text("A", "changed"))

    assert bolt.get(f"{ELEMENTS}/Paper/attachment").status_code == 200


def test_a_file_of_a_long_name_survives_a_write_of_another_element(bolt):
    name = f"/aasx/files/{'long' * 300}.pdf"
    bolt.upload(write_aasx(with_file(name, part=name)), "a.aasx")

    changed = bolt.put(f"{ELEMENTS}/A", json=text("A", "changed"))

    assert changed.status_code == 204
    assert bolt.get(f"{ELEMENTS}/Paper/attachment").data == b"%PDF-1.7 not really"


def test_a_media_type_of_a_package_cannot_break_the_answer(bolt):
    bolt.upload(write_aasx(with_file(media_type="text/html\nSet-Cookie: a=b")), "a.aasx")

    response = bolt.get(f"{ELEMENTS}/Paper/attachment")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "value", ["https://bolt.example/certificate.pdf", "/aasx/files/other.pdf", "file:///etc/passwd"]
)
def test_an_element_that_names_no_stored_file_has_no_attachment(bolt, value):
    bolt.upload(write_aasx(with_file(value)), "a.aasx")

    for path in ("Paper", "A"):
        response = bolt.get(f"{ELEMENTS}/{path}/attachment")

        assert response.status_code == 404
        assert code_of(response) == "ELEMENT-NOT-FOUND"


def test_the_elements_of_an_uploaded_lot_are_readable(bolt):
    bolt.upload(write_aasx(lot_package("0042")), "a.aasx")
    address = f"/api/v3/submodels/{id64('https://bolt.example/lots/0042/LotData')}/submodel-elements"

    assert bolt.get(f"{address}/LotCode").get_json()["value"] == "0042"
