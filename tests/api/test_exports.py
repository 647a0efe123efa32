"""Exports over HTTP: any selection, in any form, with its files, and nothing of another."""

import gc
import hashlib
import io
import json
import posixpath
import re
import zipfile

import pytest
from aas_content import make_parts, make_zip
from aas_samples import (
    aasx,
    concept,
    environment,
    id64,
    lot_aasx,
    lot_shell,
    reference,
    shell,
    submodel,
    text,
)

from aas_registry.domain.package import PackageFile
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.settings import Settings

EXPORTS = "/trace/v1/exports"
LIMITS = Settings().limits


def file(id_short, value, media_type="application/pdf"):
    return {"modelType": "File", "idShort": id_short, "contentType": media_type, "value": value}


def pdf(part, content):
    return PackageFile.of(part, "application/pdf", content)


def read(answer, name="a.aasx"):
    assert answer.status_code == 200, answer.text
    return read_upload(recognise(io.BytesIO(answer.data), name, limits=LIMITS), limits=LIMITS)


def ids(found):
    return sorted(each.identifier for each in found.identifiables)


def bodies(found):
    return {each.identifier: each.body for each in found.identifiables}


def contents(found):
    return {each.part: each.read() for each in found.files}


@pytest.fixture
def machine(bolt):
    """Bolt's shell with a submodel, a concept description, a file and a picture."""
    picture = PackageFile.of("/aasx/files/machine.png", "image/png", b"a picture")
    uploaded = aasx(
        shell("urn:bolt:shell", submodels=["urn:bolt:sm", "urn:nowhere"])
        | {
            "assetInformation": {
                "assetKind": "Instance",
                "globalAssetId": "urn:bolt:asset",
                "defaultThumbnail": {"path": "/aasx/files/machine.png", "contentType": "image/png"},
            }
        },
        submodel(
            "urn:bolt:sm", text("PartA"), file("Paper", "/aasx/files/a.pdf"), semantic_id="urn:concept:1"
        ),
        concept("urn:concept:1"),
        concept("urn:concept:unused"),
        files=(pdf("/aasx/files/a.pdf", b"%PDF bolt"), picture),
        thumbnail=picture,
    )
    return bolt.upload(uploaded, "machine.aasx").get_json()


def test_a_shell_brings_submodels_concept_descriptions_files_and_thumbnail(bolt, machine):
    answer = bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell")})
    found = read(answer)

    assert ids(found) == ["urn:bolt:shell", "urn:bolt:sm", "urn:concept:1"]
    assert contents(found) == {"/aasx/files/a.pdf": b"%PDF bolt", "/aasx/files/machine.png": b"a picture"}
    assert found.thumbnail.read() == b"a picture"
    assert [each.severity for each in found.findings if each.severity != "info"] == []
    assert answer.mimetype == "application/aas+zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=aas-export.aasx"
    assert answer.headers["Export-Data-Format"] == "xml"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_json_and_xml_say_the_same_objects(bolt, machine, form):
    answer = bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell"), "format": form})
    found = read(answer, f"a.{form}")

    assert ids(found) == ["urn:bolt:shell", "urn:bolt:sm", "urn:concept:1"]
    assert answer.mimetype == f"application/{form}"
    for each in found.identifiables:
        stored = bolt.get(f"/trace/v1/documents/{each.kind.value}/{id64(each.identifier)}")
        assert json.loads(stored.data) == each.body


def test_a_lot_brings_the_shells_that_state_it(bolt):
    [lot] = bolt.upload(lot_aasx("0042"), "lot.aasx").get_json()["lots"]
    bolt.upload(lot_aasx("0099"), "other.aasx")

    answer = bolt.get(EXPORTS, query_string={"lot": lot["id"]})

    assert "https://bolt.example/lots/0042" in ids(read(answer))
    assert all("0042" in each for each in ids(read(answer)))
    assert answer.headers["Content-Disposition"] == "attachment; filename=lot-0042.aasx"


def test_several_of_each_may_be_named_and_overlap(bolt, machine):
    lots = [bolt.upload(lot_aasx(code), "lot.aasx").get_json()["lots"][0]["id"] for code in ("1", "2")]
    query = [("lot", each) for each in lots] + [
        ("shell", id64("urn:bolt:shell")),
        ("submodel", id64("urn:bolt:sm")),
        ("submodel", id64("urn:bolt:sm")),
    ]
    named = {"lots": lots, "shells": ["urn:bolt:shell"], "submodels": ["urn:bolt:sm"]}

    got, posted = bolt.get(EXPORTS, query_string=query), bolt.post(EXPORTS, json=named)

    assert len(ids(read(got))) == 3 + 2 * 3
    assert posted.data == got.data


def test_all_of_a_party_is_what_it_holds(bolt, arro, quality, machine):
    arro.upload(environment(shell("urn:arro:shell", submodels=["urn:bolt:sm"]), submodel("urn:arro:sm")))

    everything = read(quality.get(EXPORTS, query_string={"party": "bolt"}))

    assert ids(everything) == ["urn:bolt:shell", "urn:bolt:sm", "urn:concept:1", "urn:concept:unused"]
    assert (
        bolt.get(EXPORTS, query_string={"party": "bolt"}).data
        == quality.get(EXPORTS, query_string={"party": "bolt"}).data
    )


def test_the_shell_of_one_party_brings_nothing_of_another(bolt, arro, quality, machine):
    arro.upload(
        environment(
            shell("urn:arro:shell", submodels=["urn:bolt:sm"]),
            submodel("urn:arro:sm", semantic_id="urn:concept:1"),
        )
    )

    for asker in (arro, quality):
        found = read(asker.post(EXPORTS, json={"shells": ["urn:arro:shell"], "submodels": ["urn:arro:sm"]}))
        assert ids(found) == ["urn:arro:shell", "urn:arro:sm"]
        assert not found.files


def test_concept_descriptions_are_the_submitters_own_or_else_the_plants(bolt, arro, quality):
    for asker, name in ((quality, "Plant"), (bolt, "Bolt"), (arro, "Arro")):
        asker.upload(environment(concept("urn:c", name), submodel(f"urn:{name}", semantic_id="urn:c")))
    quality.upload(environment(concept("urn:only", "Plant")))
    bolt.upload(environment(submodel("urn:Bolt:2", semantic_id="urn:only")))

    def concepts(**named):
        return {
            each["id"]: each.get("idShort")
            for each in quality.post(EXPORTS, json={"format": "json", **named}).get_json()[
                "conceptDescriptions"
            ]
        }

    assert concepts(submodels=["urn:Bolt"]) == {"urn:c": "Bolt"}
    assert concepts(submodels=["urn:Arro"]) == {"urn:c": "Arro"}
    assert concepts(submodels=["urn:Bolt:2"]) == {"urn:only": "Plant"}
    both = quality.post(EXPORTS, json={"submodels": ["urn:Bolt", "urn:Arro"], "dryRun": True}).get_json()
    assert [each["code"] for each in both["findings"]] == ["AAS-DUPLICATE-ID"]


def test_one_part_name_with_two_contents_is_renamed_in_the_copy_alone(bolt):
    for number, content in ((1, b"%PDF one"), (2, b"%PDF two"), (3, b"%PDF one")):
        papers = (pdf("/aasx/files/a.pdf", content),)
        bolt.upload(
            aasx(submodel(f"urn:{number}", file("Paper", "/aasx/files/a.pdf")), files=papers), "a.aasx"
        )

    answer = bolt.post(EXPORTS, json={"submodels": ["urn:1", "urn:2", "urn:3"]})
    found = read(answer)
    values = {each: body["submodelElements"][0]["value"] for each, body in bodies(found).items()}

    new = f"/aasx/files/a-{hashlib.sha256(b'%PDF two').hexdigest()[:12]}.pdf"
    assert values == {"urn:1": "/aasx/files/a.pdf", "urn:2": new, "urn:3": "/aasx/files/a.pdf"}
    assert contents(found) == {"/aasx/files/a.pdf": b"%PDF one", new: b"%PDF two"}
    assert answer.headers["Export-Findings"] == "1"
    stored = bolt.get(f"/api/v3/submodels/{id64('urn:2')}").get_json()
    assert stored["submodelElements"][0]["value"] == "/aasx/files/a.pdf"


@pytest.mark.parametrize("value", ["files/a.pdf", "../a.pdf", "../../a.pdf"])
def test_a_file_that_is_named_relative_to_the_data_goes_out_where_it_is_found_again(bolt, value):
    data = environment(submodel("urn:1", file("Paper", value)))
    parts = make_parts(data, data_name="aasx/deep/data.json")
    part = posixpath.normpath(f"aasx/deep/{value}")
    bolt.upload(make_zip(parts | {part: b"%PDF a"}), "a.aasx")

    found = read(bolt.post(EXPORTS, json={"submodels": ["urn:1"]}))
    entry = found.identifiables[0]
    named = found.file_at(entry.body["submodelElements"][0]["value"], source=entry.part)

    assert named.read() == b"%PDF a"
    assert found.unnamed == frozenset()
    stored = bolt.get(f"/api/v3/submodels/{id64('urn:1')}/submodel-elements/Paper/attachment")
    assert stored.data == b"%PDF a"


def test_a_file_may_have_the_name_of_the_data(bolt):
    papers = (pdf("/aasx/data.json", b"{}"),)
    bolt.upload(aasx(submodel("urn:1", file("Paper", "/aasx/data.json")), files=papers), "a.aasx")

    found = read(bolt.post(EXPORTS, json={"submodels": ["urn:1"]}))

    assert list(contents(found).values()) == [b"{}"]
    assert found.file_at(found.identifiables[0].body["submodelElements"][0]["value"]).read() == b"{}"


def test_equal_content_gives_equal_bytes_whoever_came_first(bolt, quality, make_registry):
    first = [submodel("urn:1", text("PartA")), submodel("urn:2", text("PartB"))]
    for each in first:
        bolt.upload(environment(each))
    before = bolt.post(EXPORTS, json={"submodels": ["urn:1", "urn:2"]})
    for each in ("urn:1", "urn:2"):
        bolt.delete(f"/api/v3/submodels/{id64(each)}")
    for each in reversed(first):
        bolt.post("/api/v3/submodels", json=each)

    after = bolt.post(EXPORTS, json={"submodels": ["urn:2", "urn:1"]})

    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_the_entity_tag_saves_the_work_until_the_content_changes(bolt, machine):
    query = {"shell": id64("urn:bolt:shell")}
    tag = bolt.get(EXPORTS, query_string=query).headers["ETag"]

    same = bolt.get(EXPORTS, query_string=query, headers={"If-None-Match": tag})
    bolt.put(f"/api/v3/submodels/{id64('urn:bolt:sm')}", json=submodel("urn:bolt:sm", text("PartB")))
    other = bolt.get(EXPORTS, query_string=query, headers={"If-None-Match": tag})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200
    assert other.headers["ETag"] != tag
    assert (
        bolt.get(EXPORTS, query_string={**query, "format": "json"}).headers["ETag"] != other.headers["ETag"]
    )


def test_a_dry_run_tells_what_the_export_would_hold(bolt, machine):
    told = bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell"), "dryRun": "true"}).get_json()
    made = bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell")})

    assert told.pop("sha256OfContent") == made.headers["ETag"].strip('"')
    assert told == {
        "format": "aasx",
        "fileName": "aas-export.aasx",
        "dataFormat": "xml",
        "metamodel": "3.1",
        "shells": 1,
        "submodels": 1,
        "conceptDescriptions": 1,
        "files": 2,
        "size": len(made.data),
        "findings": [],
    }


def test_what_leaves_stands_in_the_audit_trail_and_nothing_else_does(bolt, administrator, machine):
    query = {"shell": id64("urn:bolt:shell")}
    tag = bolt.get(EXPORTS, query_string=query).headers["ETag"]
    bolt.get(EXPORTS, query_string=query, headers={"If-None-Match": tag})
    bolt.get(EXPORTS, query_string={**query, "dryRun": "true"})
    bolt.get(EXPORTS, query_string={"shell": id64("urn:none")})

    entries = administrator.get("/trace/v1/audit").get_json()["result"]

    made = [each for each in entries if each["what"] == "export made"]
    held = "shells: 1, submodels: 1, conceptDescriptions: 1, files: 2, sha256OfContent: "
    assert [(each["role"], each["subject"], each["detail"]) for each in made] == [
        ("supplier", "aas-export.aasx", held + tag.strip('"'))
    ]


def test_what_xml_cannot_say_leaves_as_json(bolt):
    odd = submodel("urn:odd", text("PartA")) | {"unknownMember": [{"of": "somebody"}], "idShort": "\u0001"}
    clean = submodel("urn:clean", text("PartA"))
    assert bolt.upload(environment(odd, clean)).status_code == 201

    asked = {"submodels": ["urn:odd", "urn:clean"]}
    answer = bolt.post(EXPORTS, json=asked)
    told = bolt.post(EXPORTS, json={**asked, "dryRun": True}).get_json()
    refused = bolt.post(EXPORTS, json={**asked, "format": "xml"})

    assert bodies(read(answer)) == {"urn:odd": odd, "urn:clean": clean}
    assert answer.headers["Export-Data-Format"] == told["dataFormat"] == "json"
    assert [each["code"] for each in told["findings"]] == ["EXPORT-NOT-XML"]
    assert bodies(read(bolt.post(EXPORTS, json={**asked, "format": "json"}), "a.json")) == bodies(
        read(answer)
    )
    assert refused.status_code == 400
    assert refused.get_json()["messages"][0]["code"] == "EXPORT-NOT-XML"
    assert [re.search("urn:[a-z]+", each["message"])[0] for each in refused.get_json()["findings"]] == [
        "urn:odd"
    ]


def test_the_version_of_the_xml_can_be_asked_for(bolt, machine):
    def namespace(**query):
        answer = bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell"), **query})
        data = zipfile.ZipFile(io.BytesIO(answer.data)).read("aasx/data.xml")
        return re.search(rb'xmlns="([^"]+)"', data)[1].decode()[-3:]

    assert (namespace(), namespace(metamodel="3.0"), namespace(metamodel="3.1")) == ("3/1", "3/0", "3/1")


def test_names_the_part_that_never_came(bolt):
    bolt.upload(environment(submodel("urn:1", file("Paper", "/aasx/files/missing.pdf"))))

    told = bolt.post(EXPORTS, json={"submodels": ["urn:1"], "dryRun": True}).get_json()

    assert [each["code"] for each in told["findings"]] == ["AASX-PART-MISSING"]


def test_another_partys_documents_never_leave(bolt, arro, machine):
    [lot] = bolt.upload(lot_aasx("0042"), "lot.aasx").get_json()["lots"]
    for named in (
        {"lots": [lot["id"]]},
        {"shells": ["urn:bolt:shell"]},
        {"submodels": ["urn:bolt:sm"]},
        {"shells": ["urn:bolt:shell"], "format": "json"},
    ):
        [(member, _)] = [(key, value) for key, value in named.items() if key != "format"]
        made_up = {**named, member: ["A" * 22 if member == "lots" else "urn:made-up"]}

        answers = [arro.post(EXPORTS, json=each) for each in (named, made_up)]

        assert [each.status_code for each in answers] == [404, 404]
        told = [
            re.sub(r'urn:[a-z:-]+|"(correlationId|timestamp)": ?"[^"]*"', "", each.text) for each in answers
        ]
        assert told[0] == told[1]
    assert arro.get(EXPORTS, query_string={"party": "bolt"}).status_code == 403
    assert arro.get(EXPORTS, query_string={"party": "made up"}).status_code == 403


def test_a_lot_that_two_delivered_brings_the_askers_own(bolt, arro, quality):
    for asker, name in ((bolt, "bolt"), (arro, "arro")):
        [lot] = asker.upload(environment(lot_shell(f"urn:{name}", code="7"))).get_json()["lots"]

    assert ids(read(arro.get(EXPORTS, query_string={"lot": lot["id"]}))) == ["urn:arro"]
    assert ids(read(quality.get(EXPORTS, query_string={"lot": lot["id"]}))) == ["urn:arro", "urn:bolt"]


def test_what_was_deleted_or_replaced_is_not_exported(bolt, machine):
    bolt.delete(f"/api/v3/submodels/{id64('urn:bolt:sm')}")

    assert ids(read(bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell")}))) == ["urn:bolt:shell"]
    assert bolt.post(EXPORTS, json={"submodels": ["urn:bolt:sm"]}).status_code == 404


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({}, "EXPORT-EMPTY"),
        ({"lots": ["x"]}, "LOT-NOT-FOUND"),
        ({"shells": ["urn:none"]}, "SHELL-NOT-FOUND"),
        ({"submodels": ["urn:bolt:shell"]}, "SUBMODEL-NOT-FOUND"),
        (
            {"shells": ["'; DROP TABLE document; --", "../../etc/passwd", "\u202e", "x" * 2048]},
            "SHELL-NOT-FOUND",
        ),
        ({"party": "nobody"}, "PARTY-UNKNOWN"),
        ({"party": "meditec"}, "EXPORT-EMPTY"),
    ],
)
def test_what_is_not_there_is_named(quality, machine, named, code):
    answer = quality.post(EXPORTS, json=named)

    assert answer.status_code == 404
    assert answer.get_json()["messages"][0]["code"] == code


@pytest.mark.parametrize(
    "query",
    [
        "format=zip",
        "shell=%20",
        "shell=%FF",
        "lot=a%00b",
        "metamodel=2.0",
        "unknown=1",
        "dryRun=perhaps",
        "party=a&party=b",
    ],
)
def test_a_question_that_is_none_is_refused(quality, query):
    assert quality.get(f"{EXPORTS}?{query}").status_code in {400, 404}


def test_the_name_of_the_file_is_safe_whatever_the_lot_is_called(bolt):
    odd = lot_shell("urn:1", code='"; x=1, ../../\u202eevil.exe')
    [lot] = bolt.upload(environment(odd)).get_json()["lots"]

    answer = bolt.get(EXPORTS, query_string={"lot": lot["id"]})

    assert re.fullmatch(r"attachment; filename=[A-Za-z0-9_-]+\.aasx", answer.headers["Content-Disposition"])


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"export_identifiables": 2}, "export_identifiables"),
        ({"export_bytes": 5}, "export_bytes"),
        ({"aas_data_bytes": 200}, "aas_data_bytes"),
    ],
)
def test_what_is_too_large_is_refused_and_names_the_setting(
    make_asker, make_registry, machine, changes, setting
):
    bounded = make_asker("quality", registry=make_registry(**changes))

    for named in ({"shells": ["urn:bolt:shell"]}, {"party": "bolt"}):
        answer = bounded.post(EXPORTS, json=named)

        assert answer.status_code == 413
        assert answer.get_json()["messages"][0]["code"] == "EXPORT-TOO-LARGE"
        assert setting in answer.get_json()["messages"][0]["text"]


def scratch_files():
    """Return the open files that have no name any more: what an export that was not closed leaves."""
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, io.BufferedRandom) and not each.closed]


def test_a_client_that_goes_away_leaves_no_file(bolt, settings):
    paper = b"%PDF" + bytes(3 * 1024 * 1024)
    bolt.upload(aasx(submodel("urn:1", file("Paper", "/a.pdf")), files=(pdf("/a.pdf", paper),)), "a.aasx")
    incoming = settings.data_dir / "files" / "incoming"
    before = len(scratch_files())

    answer = bolt.post(EXPORTS, json={"submodels": ["urn:1"]}, buffered=False)
    first = next(answer.iter_encoded())
    opened = len(scratch_files())
    answer.close()

    assert first
    assert opened > before
    assert len(scratch_files()) == before
    assert list(incoming.iterdir()) == []


def test_a_stored_file_that_is_gone_is_told_and_leaves_nothing_open(bolt, machine, settings):
    digest = hashlib.sha256(b"%PDF bolt").hexdigest()
    next((settings.data_dir / "files").glob(f"*/{digest}")).unlink()
    before = len(scratch_files())

    answer = bolt.get(EXPORTS, query_string={"shell": id64("urn:bolt:shell")})

    assert answer.status_code == 503
    assert len(scratch_files()) == before


def test_a_shell_of_the_plant_brings_the_submodels_that_it_names(quality, bolt, machine):
    quality.upload(environment(shell("urn:plant") | {"submodels": [reference("Submodel", "urn:bolt:sm")]}))

    found = read(quality.post(EXPORTS, json={"shells": ["urn:plant"]}))

    assert ids(found) == ["urn:bolt:sm", "urn:concept:1", "urn:plant"]


def test_a_file_that_comes_later_or_anew_belongs_to_the_body_that_named_it(bolt):
    body = submodel("urn:1", file("Paper", "/a.pdf"), file("Other", "/b.pdf"))
    brought = ({"/b.pdf": b"%PDF b"}, {"/a.pdf": b"%PDF 1"}, {"/a.pdf": b"%PDF 2"}, {})
    seen = []

    for contents_of in brought:
        papers = tuple(pdf(part, content) for part, content in contents_of.items())
        answer = bolt.upload(aasx(body, files=papers), "a.aasx").get_json()
        found = read(bolt.post(EXPORTS, json={"submodels": ["urn:1"]}))
        seen.append((answer["submodels"][0]["change"], contents(found)))

    assert seen == [
        ("added", {"/b.pdf": b"%PDF b"}),
        ("changed", {"/a.pdf": b"%PDF 1", "/b.pdf": b"%PDF b"}),
        ("changed", {"/a.pdf": b"%PDF 2", "/b.pdf": b"%PDF b"}),
        ("unchanged", {"/a.pdf": b"%PDF 2", "/b.pdf": b"%PDF b"}),
    ]
