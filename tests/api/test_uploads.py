"""Uploads over HTTP: taken whole or not at all, the very bytes back, and what the answer says."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from aas_samples import concept, environment, id64, lot_aasx, lot_package, lot_shell, shell, submodel, text
from certificate_samples import paper

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import Identifiable, IdentifiableKind, PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services.certificates import certificates

FACTS = LotFacts(manufacturer="Bolt", mpn="CAP-100N", lot_code="0042", shell="urn:example:lot:1")

LISTS = ("shells", "submodels", "conceptDescriptions", "lots", "certificates", "files", "findings")


def codes_of(response):
    return [finding["code"] for finding in response.get_json()["findings"]]


def ids_of(asker, path):
    return [each["id"] for each in asker.get(path).get_json()["result"]]


def test_answers_what_was_taken_of_an_aasx(bolt, clock):
    response = bolt.upload(lot_aasx("0042"), "lot.aasx")

    taken = response.get_json()
    assert response.status_code == 201, taken
    assert response.headers["Location"] == f"/trace/v1/uploads/{taken['id']}"
    assert [each["id"] for each in taken["shells"]] == ["https://bolt.example/lots/0042"]
    assert {each["change"] for each in taken["shells"] + taken["submodels"]} == {"added"}
    assert [(lot["manufacturer"], lot["mpn"], lot["code"]) for lot in taken["lots"]] == [
        ("Bolt Components GmbH", "CAP-100N-0603", "0042")
    ]
    assert taken["findings"] == []
    assert taken["party"] == "bolt"
    assert taken["fileName"] == "lot.aasx"
    assert taken["receivedAt"] == clock.now.isoformat()
    assert taken["isNew"] is True
    assert all(name in taken for name in LISTS)


def test_what_was_taken_is_readable_through_the_aas_api(bolt):
    taken = bolt.upload(lot_aasx(), "lot.aasx").get_json()

    statuses = [
        bolt.get(f"/api/v3/{kind}/{id64(each['id'])}").status_code
        for kind in ("shells", "submodels")
        for each in taken[kind]
    ]

    assert len(statuses) >= 3
    assert set(statuses) == {200}


def test_gives_back_the_very_bytes(bolt):
    content = lot_aasx()
    upload = bolt.upload(content, "my lot ä.aasx").get_json()

    original = bolt.get(f"/trace/v1/uploads/{upload['id']}/original")

    assert original.data == content
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert original.headers["Content-Disposition"].startswith("attachment;")
    assert original.headers["ETag"] == f'"{upload["sha256"]}"'


def test_the_same_bytes_again_answer_200_and_nothing_new(bolt):
    first = bolt.upload(lot_aasx(), "lot.aasx").get_json()

    again = bolt.upload(lot_aasx(), "other name.aasx")

    assert again.status_code == 200
    assert again.get_json() == first | {"isNew": False, "unchanged": True}
    assert ids_of(bolt, "/trace/v1/uploads") == [first["id"]]


def test_the_same_bytes_of_another_holder_are_an_upload_of_their_own(bolt, arro):
    content = environment(concept("urn:concept:1"))

    assert bolt.upload(content).status_code == 201
    assert arro.upload(content).status_code == 201


def test_takes_xml_and_a_single_object(bolt):
    xml = (
        b'<environment xmlns="https://admin-shell.io/aas/3/1"><submodels><submodel>'
        b"<id>urn:x:1</id></submodel></submodels></environment>"
    )

    assert bolt.upload(xml, "data.xml").status_code == 201
    assert bolt.upload(environment(submodel("urn:x:2"))).status_code == 201
    assert ids_of(bolt, "/api/v3/submodels") == ["urn:x:1", "urn:x:2"]


def test_a_dry_run_checks_everything_and_keeps_nothing(bolt):
    answer = bolt.upload(lot_aasx(), "lot.aasx", dryRun="true")

    checked = answer.get_json()
    assert answer.status_code == 200
    assert checked["id"] is None
    assert "Location" not in answer.headers
    assert [(lot["id"], lot["code"]) for lot in checked["lots"]] == [(None, "0042")]
    for path in ("/trace/v1/uploads", "/trace/v1/lots", "/api/v3/shells", "/api/v3/submodels"):
        assert bolt.get(path).get_json()["result"] == []
    assert bolt.upload(lot_aasx(), "lot.aasx").status_code == 201


def test_a_dry_run_refuses_what_an_upload_refuses(arro):
    assert arro.upload(b"not one of them", dryRun="true").status_code == 400


def test_options_may_stand_in_the_form(bolt):
    form = {"file": (io.BytesIO(lot_aasx()), "lot.aasx"), "dryRun": "true"}

    assert bolt.post("/trace/v1/uploads", data=form).get_json()["id"] is None
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []


@pytest.mark.parametrize("fields", [{"dryRun": "perhaps"}, {"colour": "red"}, {"onBehalfOf": "x" * 300}])
def test_refuses_form_fields_that_are_not_documented(bolt, fields):
    form = {"file": (io.BytesIO(lot_aasx()), "lot.aasx")} | fields

    response = bolt.post("/trace/v1/uploads", data=form)

    assert response.status_code == 400
    assert codes_of(response) == ["REQUEST-INVALID"]


def test_the_plant_uploads_on_behalf_of_a_party(quality, bolt):
    upload = quality.upload(lot_aasx(), "lot.aasx", onBehalfOf="bolt").get_json()

    assert upload["party"] == "bolt"
    assert ids_of(bolt, "/trace/v1/uploads") == [upload["id"]]
    assert bolt.get("/api/v3/shells").get_json()["result"] != []


def test_the_plant_uploads_for_itself_unless_told(quality, bolt):
    upload = quality.upload(lot_aasx(), "lot.aasx").get_json()

    assert upload["party"] is None
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []


def test_on_behalf_of_a_party_that_is_not_on_record_is_refused(quality):
    response = quality.upload(lot_aasx(), onBehalfOf="nobody")

    assert response.status_code == 404
    assert response.get_json()["messages"][0]["code"] == "PARTY-UNKNOWN"


def test_a_supplier_submits_for_itself_only(bolt):
    texts = set()
    for party in ("arro", "nobody"):
        response = bolt.upload(lot_aasx(), onBehalfOf=party)
        assert response.status_code == 403
        texts.add(response.get_json()["messages"][0]["text"])

    assert len(texts) == 1
    assert bolt.upload(lot_aasx(), "lot.aasx", onBehalfOf="Bolt").status_code == 201


def test_pages_are_newest_first_without_duplicate_or_gap(bolt, clock):
    sent = []
    for number in range(7):
        clock.advance(seconds=number % 2)  # some arrive within one instant
        sent.append(bolt.upload(environment(submodel(f"urn:sm:{number}"))).get_json()["id"])

    pages, query = [], {"limit": 3}
    while True:
        page = bolt.get("/trace/v1/uploads", query_string=query).get_json()
        pages.append([each["id"] for each in page["result"]])
        if "cursor" not in page["paging_metadata"]:
            break
        query["cursor"] = page["paging_metadata"]["cursor"]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [each for page in pages for each in page] == sent[::-1]


def test_newest_first_holds_over_several_workers(registry, make_registry, make_asker, suppliers, clock):
    workers = [make_asker("quality", registry=each) for each in (registry, make_registry())]

    sent = []
    for number in range(6):
        clock.advance(seconds=1)
        worker = workers[number % 2]
        sent.append(worker.upload(environment(submodel(f"urn:sm:{number}"))).get_json()["id"])

    assert ids_of(workers[0], "/trace/v1/uploads") == sent[::-1]


def test_a_violated_constraint_is_a_finding_and_the_content_is_taken(bolt):
    response = bolt.upload(environment(submodel("urn:sm:1", text("A"), text("A"))))

    findings = response.get_json()["findings"]
    finding = next(each for each in findings if each["code"] == "AAS-CONSTRAINT")
    assert response.status_code == 201
    assert finding["severity"] == "error"
    assert finding["file"] == "lot.json"
    assert finding["path"].startswith("submodels[0]")
    assert finding["constraint"] == "AASd-022"
    assert finding["message"]
    assert bolt.get(f"/api/v3/submodels/{id64('urn:sm:1')}").status_code == 200


def packed(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


SECOND_UNREADABLE = b'{"submodels": [{"modelType": "Submodel", "id": "urn:sm:1"}, ["urn:sm:2"]]}'
HOSTILE = {
    "empty": (b"", "UPLOAD-EMPTY"),
    "no known type": (b"hello", "UPLOAD-TYPE-UNKNOWN"),
    "truncated": (lot_aasx()[:-40], "ZIP-INVALID"),
    "a zip without origin": (packed([("a.txt", b"a")]), "AASX-NO-ORIGIN"),
    "a name that leaves the package": (packed([("../a.txt", b"a")]), "ZIP-PART-NAME"),
    "json too deep": (b'{"submodels":' + b"[" * 5000 + b"]" * 5000 + b"}", "JSON-TOO-DEEP"),
    "json cut off": (b'{"submodels": [', "JSON-INVALID"),
    "duplicate keys": (b'{"submodels": [], "submodels": []}', "JSON-DUPLICATE-KEY"),
    "not utf-8": (b'{"submodels": "\xff"}', "NOT-UTF8"),
    "doctype": (b'<!DOCTYPE a [<!ENTITY b "c">]><environment/>', "XML-DOCTYPE"),
    "nothing in it": (b"{}", "AAS-EMPTY"),
    "an id too long": (environment(submodel("x" * 2049)), "ID-TOO-LONG"),
    "metamodel 2.0": (
        b'{"assets": [], "submodels": [{"identification": {"id": "a"}}]}',
        "METAMODEL-UNSUPPORTED",
    ),
    "a second submodel that cannot be understood": (SECOND_UNREADABLE, "AAS-UNREADABLE"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refuses_and_stores_nothing(bolt, name):
    content, code = HOSTILE[name]

    response = bolt.upload(content, "hostile.bin")

    refused = response.get_json()
    assert response.status_code == 400, refused
    assert refused["messages"][0]["code"] == code
    assert refused["findings"][0]["code"] == code
    assert refused["findings"][0]["file"] == "hostile.bin"
    for path in ("/trace/v1/uploads", "/trace/v1/lots", "/api/v3/shells", "/api/v3/submodels"):
        assert bolt.get(path).get_json()["result"] == []


def test_ids_of_another_party_are_taken_as_ones_own(bolt, arro):
    bolt.upload(environment(submodel("urn:shared")))

    response = arro.upload(environment(submodel("urn:free"), submodel("urn:shared")))

    assert response.status_code == 201
    assert {each["change"] for each in response.get_json()["submodels"]} == {"added"}
    assert "bolt" not in response.text.lower()
    assert len(arro.get("/api/v3/submodels").get_json()["result"]) == 2


def test_an_upload_brings_the_next_version_of_what_the_party_holds(bolt):
    bolt.upload(environment(submodel("urn:sm:1", text("A", "one"))))

    changed = bolt.upload(environment(submodel("urn:sm:1", text("A", "two")), submodel("urn:sm:2")))

    assert {each["id"]: each["change"] for each in changed.get_json()["submodels"]} == {
        "urn:sm:1": "changed",
        "urn:sm:2": "added",
    }


def test_only_multipart_with_one_file_is_taken(bolt):
    raw = bolt.post("/trace/v1/uploads", data=lot_aasx(), content_type="application/octet-stream")
    none = bolt.post("/trace/v1/uploads", data={"other": (io.BytesIO(b"x"), "x")})
    two = bolt.post("/trace/v1/uploads", data={"file": [(io.BytesIO(b"x"), "x"), (io.BytesIO(b"y"), "y")]})

    assert raw.status_code == 415
    assert none.status_code == 400
    assert two.status_code == 400


def multipart(name_field, content, part_type=b"application/json"):
    return b"\r\n".join(
        [
            b"--frontier",
            b"Content-Disposition: form-data; name=file; " + name_field,
            b"Content-Type: " + part_type,
            b"",
            content,
            b"--frontier--",
            b"",
        ]
    )


@pytest.mark.parametrize(
    "name_field",
    [b"filename*=UTF-8''a%0D%0Ab%00.json", b'filename="a\x00b.json"', b"filename*=UTF-8''%E2%80%AE"],
)
def test_hostile_file_names_can_be_listed_and_downloaded(bolt, name_field):
    content = environment(submodel("urn:sm:1"))

    response = bolt.post(
        "/trace/v1/uploads",
        data=multipart(name_field, content, b"a\x00b/<script>"),
        content_type="multipart/form-data; boundary=frontier",
    )
    upload = response.get_json()
    original = bolt.get(f"/trace/v1/uploads/{upload['id']}/original")

    assert response.status_code == 201
    assert original.data == content
    assert upload["mediaType"] == "application/octet-stream"


def test_long_values_of_an_imperfect_file_can_be_stored_and_searched(bolt):
    long = "".join(chr(0x4E00 + number % 20000) for number in range(2048))
    content = environment(
        shell("urn:shell:" + long[:2038], submodels=[long], **{long: long}) | {"idShort": "x" * 5000},
        submodel(long, semantic_id=long),
    )

    response = bolt.upload(content)

    assert response.status_code == 201, response.get_json()["messages"]
    for identifier, kind in (("urn:shell:" + long[:2038], "shells"), (long, "submodels")):
        found = bolt.get(f"/api/v3/{kind}/{id64(identifier)}")
        assert found.status_code == 200
        assert found.get_json()["id"] == identifier
    assert bolt.upload(content + b" ").get_json()["submodels"] == [{"id": long, "change": "unchanged"}]


def test_an_upload_with_an_unknown_id_is_not_found(bolt):
    for path in ("/trace/v1/uploads/abc", "/trace/v1/uploads/" + "A" * 22 + "/original"):
        response = bolt.get(path)

        assert response.status_code == 404
        assert response.get_json()["messages"][0]["code"] == "UPLOAD-NOT-FOUND"


def test_a_lot_without_part_number_is_a_finding(bolt):
    content = environment(shell("urn:shell:1", lotCode="0042", manufacturer="Bolt"))

    response = bolt.upload(content)

    assert response.status_code == 201
    assert codes_of(response) == ["LOT-FACTS-INCOMPLETE"]
    assert response.get_json()["lots"] == []


def test_a_lot_is_known_by_specific_asset_ids_alone(bolt):
    response = bolt.upload(environment(lot_shell("urn:shell:1", code="0042")))

    assert [lot["code"] for lot in response.get_json()["lots"]] == ["0042"]


def stored_files(registry):
    return {path.name for path in (registry.settings.data_dir / "files").rglob("*") if path.is_file()}


def with_files(*files, thumbnail=None, **facts):
    """Return the AASX of a lot with further files, that no certificate names, and a thumbnail."""
    package = replace(lot_package(**facts), thumbnail=thumbnail, files=files)
    return write_aasx(package)


def test_the_thumbnail_is_stored_like_other_files_and_told_of(bolt, registry):
    picture = PackageFile.of("/thumbnail.png", "image/png", b"\x89PNG picture")

    taken = bolt.upload(with_files(thumbnail=picture), "lot.aasx").get_json()

    assert taken["thumbnail"] == "/thumbnail.png"
    assert [(each["part"], each["mediaType"], each["size"]) for each in taken["files"]] == [
        ("/thumbnail.png", "image/png", picture.size)
    ]
    assert registry.files.read(taken["files"][0]["sha256"]) == b"\x89PNG picture"
    registry.files.sweep(named_digests(registry).intersection, older_than_s=0)
    assert registry.files.read(taken["files"][0]["sha256"]) == b"\x89PNG picture"


def named_digests(registry):
    with registry.read() as connection:
        return {row[0] for row in connection.exec_driver_sql("SELECT sha256 FROM stored_file")}


def test_an_upload_without_thumbnail_says_so(bolt):
    assert bolt.upload(lot_aasx(), "lot.aasx").get_json()["thumbnail"] is None


@pytest.mark.parametrize("dry", ["true", "false"])
def test_a_file_that_is_damaged_refuses_the_whole_package_and_leaves_nothing(bolt, registry, dry):
    package = with_files(PackageFile.of("/aasx/files/a.bin", "text/plain", b"abc"), code="0042")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as read, zipfile.ZipFile(stream, "w") as written:
        for name in read.namelist():
            written.writestr(name, b"very special content" if name.endswith("a.bin") else read.read(name))
    damaged = stream.getvalue().replace(b"very special content", b"very damaged content")

    response = bolt.upload(damaged, "lot.aasx", dryRun=dry)

    (finding,) = response.get_json()["findings"]
    assert response.status_code == 400
    assert (finding["code"], finding["file"]) == ("ZIP-INVALID", "lot.aasx")
    assert finding["part"] == "/aasx/files/a.bin"
    assert stored_files(registry) == set()


def test_a_refusal_in_the_transaction_leaves_no_file(bolt, registry):
    name = "urn:a\0b"
    last = Identifiable(kind=IdentifiableKind.SUBMODEL, identifier=name, id_short=None, body=submodel(name))
    package = replace(lot_package(), files=(PackageFile.of("/aasx/files/a.bin", "text/plain", b"abc"),))
    package = replace(package, identifiables=(*package.identifiables, last))

    response = bolt.upload(write_aasx(package, data_format="json"), "lot.aasx")

    assert response.status_code == 400
    assert "U+0000" in response.text
    assert stored_files(registry) == set()
    assert bolt.get("/api/v3/shells").get_json()["result"] == []


def test_a_dry_run_leaves_no_file(bolt, registry):
    bolt.upload(lot_aasx(), "lot.aasx", dryRun="true")

    assert stored_files(registry) == set()


def test_a_certificate_over_the_limit_is_kept_as_a_file_with_a_finding(make_registry, make_asker, suppliers):
    document = PackageFile.of("/aasx/files/c.pdf", "application/pdf", b"%PDF-1.7" + bytes(5000))
    certificate = LotCertificate(
        file=document,
        number="C-1",
        document_type="Certificate of conformity",
        title="C-1",
        issued_on=date(2026, 3, 1),
    )
    content = write_aasx(build_lot_package(FACTS, certificates=[certificate]))
    registry = make_registry(certificate_bytes=5000)

    taken = make_asker("supplier", "bolt", registry=registry).upload(content, "lot.aasx").get_json()

    assert taken["certificates"] == []
    assert [
        finding["part"] for finding in taken["findings"] if finding["code"] == "CERTIFICATE-TOO-LARGE"
    ] == ["/aasx/files/c.pdf"]
    assert registry.files.read(taken["files"][0]["sha256"]) == document.read()


def lot_with_certificates(*parts):
    """Return a package whose quality documents name these parts, in that order."""
    named = [
        LotCertificate(
            file=PackageFile.of(part, "application/pdf", paper()),
            number=f"C-{number}",
            document_type="Certificate of conformity",
            title=f"C-{number}",
            issued_on=date(2026, 3, 1),
        )
        for number, part in enumerate(parts)
    ]
    package = build_lot_package(FACTS, certificates=named)
    return write_aasx(replace(package, files=tuple({file.part: file for file in package.files}.values())))


def test_a_document_that_several_claims_name_is_examined_once(bolt, monkeypatch):
    examined = []
    examine = certificates.examine

    def counting(*arguments, **named):
        examined.append(named["part"])
        return examine(*arguments, **named)

    monkeypatch.setattr(certificates, "examine", counting)
    content = lot_with_certificates("/aasx/a.pdf", "/aasx/b.pdf", "/aasx/a.pdf", "/aasx/a.pdf")

    taken = bolt.upload(content, "lot.aasx").get_json()

    assert examined == ["/aasx/a.pdf", "/aasx/b.pdf"]
    assert sorted(each["part"] for each in taken["certificates"]) == ["/aasx/a.pdf"] * 3 + ["/aasx/b.pdf"]


@pytest.mark.parametrize(
    ("limits", "names", "count"),
    [
        ({"package_certificates": 2}, ("/a.pdf", "/b.pdf", "/c.pdf", "/d.pdf"), 2),
        ({"package_certificates": 2}, ("/a.pdf", "/a.pdf", "/a.pdf"), 2),
        ({"package_text_chars": 1}, ("/a.pdf", "/b.pdf"), 1),
    ],
)
def test_more_certificates_than_the_limit_stay_files_and_one_finding_says_so(
    make_registry, make_asker, suppliers, limits, names, count
):
    asker = make_asker("supplier", "bolt", registry=make_registry(**limits))

    taken = asker.upload(lot_with_certificates(*names), "lot.aasx").get_json()

    assert len(taken["certificates"]) == count
    assert (
        codes_of(asker.upload(lot_with_certificates(*names), "lot.aasx")).count("CERTIFICATE-TOO-MANY") == 1
    )
    assert len(taken["files"]) == len(set(names))


@pytest.mark.parametrize("place", ["query", "form"])
def test_the_strict_profile_refuses_what_violates_the_metamodel(bolt, place):
    content = environment(submodel("urn:sm:1", text("A"), text("A")))
    form = {"file": (io.BytesIO(content), "a.json")} | ({"profile": "strict"} if place == "form" else {})
    query = {"profile": "strict"} if place == "query" else {}

    response = bolt.post("/trace/v1/uploads", data=form, query_string=query)

    assert response.status_code == 400
    assert "AAS-CONSTRAINT" in codes_of(response)
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []
    assert bolt.upload(lot_aasx(), "lot.aasx", profile="strict").status_code == 201
    assert bolt.upload(lot_aasx("2"), "lot.aasx", profile="lenient").status_code == 400


def test_what_was_taken_with_errors_is_refused_when_it_is_sent_again_as_strict(bolt):
    wrong = environment(submodel("urn:sm:1", text("A"), text("A")))
    bolt.upload(wrong, "a.json")
    right = bolt.upload(lot_aasx(), "lot.aasx").get_json()

    refused = bolt.upload(wrong, "a.json", profile="strict")
    again = bolt.upload(lot_aasx(), "lot.aasx", profile="strict")

    assert (refused.status_code, codes_of(refused)[0]) == (400, "AAS-CONSTRAINT")
    assert (again.status_code, again.get_json()["id"]) == (200, right["id"])
    assert bolt.upload(wrong, "a.json").status_code == 200


@pytest.mark.parametrize("path", ["/shells", "/submodels", "/concept-descriptions"])
def test_takes_a_list_as_an_aas_api_answered_it(bolt, path):
    bolt.upload(environment(shell("urn:a:1"), submodel("urn:a:2", text("A")), concept("urn:a:3")))
    answer = bolt.get(f"/api/v3{path}").data

    taken = bolt.upload(answer, "answer.json").get_json()
    refused = bolt.upload(answer, "answer.json", profile="strict")

    assert len(taken["shells"] + taken["submodels"] + taken["conceptDescriptions"]) == 1
    assert (taken["findings"][0]["code"], taken["findings"][0]["path"]) == ("AAS-LIST-ALONE", "result")
    assert (refused.status_code, codes_of(refused)[0]) == (400, "AAS-LIST-ALONE")


def test_a_list_of_uploads_counts_what_their_receipts_list(make_registry, make_asker, suppliers):
    bolt = make_asker("supplier", "bolt", registry=make_registry(receipt_entries=2))
    sent = bolt.upload(environment(*(submodel(f"urn:sm:{number}") for number in range(5)))).get_json()

    (listed,) = bolt.get("/trace/v1/uploads").get_json()["result"]
    receipt = bolt.get(f"/trace/v1/uploads/{sent['id']}").get_json()

    assert (len(receipt["submodels"]), receipt["counts"]["submodels"]) == (2, 5)
    assert listed == {name: value for name, value in receipt.items() if name in listed}
    assert set(receipt) - set(listed) >= {"submodels", "lots", "files", "findings"}
