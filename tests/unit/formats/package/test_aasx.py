"""AASX packages as they are in the world: read whole, with a finding for what is odd."""

import io
import json

import pytest
from aas_content import AAS_TYPES, SUBMODEL_XML, make_parts, make_rels, make_submodel, make_xml, make_zip

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.domain.profile import Profile
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.package.aasx import read_aasx
from aas_registry.formats.package.upload import read_upload

THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
FILE = {"modelType": "File", "idShort": "Doc", "contentType": "application/pdf"}


def read(parts: dict[str, bytes], limits: Limits) -> AasPackage:
    return read_aasx(ZipContainer(io.BytesIO(make_zip(parts)), limits=limits), limits=limits)


def refusal(parts: dict[str, bytes], limits: Limits) -> Finding:
    with pytest.raises(RefusedError) as raised:
        read(parts, limits)
    return raised.value.findings[0]


def codes(package: AasPackage) -> list[Code]:
    return [finding.code for finding in package.findings]


def data_naming(value: str) -> bytes:
    return json.dumps({"submodels": [make_submodel(submodelElements=[{**FILE, "value": value}])]}).encode()


def test_reads_data_files_thumbnail_and_their_media_types(limits: Limits) -> None:
    parts = make_parts(data_naming("/aasx/files/a.pdf"), supplements={"aasx/files/a.pdf": b"%PDF"})
    parts["thumbnail.png"] = b"png"
    parts["_rels/.rels"] = make_rels(
        [(f"{AAS_TYPES}/aasx-origin", "/aasx/aasx-origin"), (THUMBNAIL, "thumbnail.png")]
    )

    package = read(parts, limits)

    assert [(each.part, each.media_type, each.read()) for each in package.files] == [
        ("/aasx/files/a.pdf", "application/pdf", b"%PDF")
    ]
    assert package.thumbnail is not None
    assert (package.thumbnail.part, package.thumbnail.media_type) == ("/thumbnail.png", "image/png")
    assert package.identifiables[0].part == "/aasx/data.xml"
    assert package.findings == ()
    assert package.file_at("/AASX/files/a.pdf") == package.files[0]


def test_reads_old_relationship_names_and_says_so(limits: Limits) -> None:
    old = "http://www.admin-shell.io/aasx/relationships"
    parts = make_parts(make_xml(SUBMODEL_XML), types=old, supplements={"aasx/a.pdf": b"%PDF"})

    package = read(parts, limits)

    assert len(package.identifiables) == len(package.files) == 1
    assert codes(package) == [Code.AASX_RELATIONSHIP_LEGACY] * 3


def test_reads_an_origin_marked_external_and_says_so(limits: Limits) -> None:
    package = read(make_parts(make_xml(SUBMODEL_XML), mode=' TargetMode="External"'), limits)

    assert len(package.identifiables) == 1
    assert codes(package) == [Code.AASX_RELATIONSHIP_LEGACY]


def test_reads_several_data_parts_and_split_parts(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts["aasx/two.json"] = json.dumps({"submodels": [make_submodel("urn:two")]}).encode()
    parts["aasx/three.json"] = json.dumps({"submodels": [make_submodel("urn:three")]}).encode()
    parts["aasx/_rels/aasx-origin.rels"] = make_rels(
        [(f"{AAS_TYPES}/aas-spec", "data.xml"), (f"{AAS_TYPES}/aas-spec", "./two.json")]
    )
    parts["aasx/_rels/data.xml.rels"] = make_rels([(f"{AAS_TYPES}/aas-spec-split", "three.json")])

    package = read(parts, limits)

    assert [entry.identifier for entry in package.identifiables] == [
        "urn:example:submodel", "urn:two", "urn:three",
    ]  # fmt: skip


def test_takes_the_same_content_as_xml_and_json_once(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    same = {"modelType": "Submodel", "id": "urn:example:submodel"}
    parts["aasx/data.json"] = json.dumps({"submodels": [same]}).encode()
    parts["aasx/_rels/aasx-origin.rels"] = make_rels(
        [(f"{AAS_TYPES}/aas-spec", "data.xml"), (f"{AAS_TYPES}/aas-spec", "data.json")]
    )

    package = read(parts, limits)

    assert len(package.identifiables) == 1
    assert [(finding.code, finding.severity) for finding in package.findings] == [
        (Code.AAS_DUPLICATE_ID, "info")
    ]


def test_missing_supplementary_parts_are_findings(limits: Limits) -> None:
    parts = make_parts(data_naming("/aasx/files/b.pdf"), supplements={"aasx/files/a.pdf": b""})
    del parts["aasx/files/a.pdf"]

    package = read(parts, limits)

    assert package.files == ()
    assert codes(package) == [Code.AASX_PART_MISSING] * 2
    assert package.findings[1].path == "submodels[0]/Doc"


def test_reads_a_file_that_only_an_element_names(limits: Limits) -> None:
    parts = make_parts(data_naming("/aasx/files/a%20b.pdf"))
    parts["aasx/files/a b.pdf"] = b"%PDF"

    package = read(parts, limits)

    assert [each.part for each in package.files] == ["/aasx/files/a b.pdf"]
    assert package.findings == ()


@pytest.mark.parametrize(
    "value", ["https://example.com/a.pdf", "urn:a", "//host/a.pdf", "/../a.pdf", "mailto:a@b"]
)
def test_an_address_outside_is_no_part(value: str, limits: Limits) -> None:
    package = read(make_parts(data_naming(value), data_name="aasx/data.json"), limits)

    assert package.files == ()
    assert Code.AASX_PART_MISSING not in codes(package)


@pytest.mark.parametrize("value", ["aasx\\files\\a.pdf", "\\aasx\\files\\a.pdf", "file:///aasx/files/a.pdf"])
def test_reads_a_file_that_is_named_oddly_and_says_so(value: str, limits: Limits) -> None:
    parts = make_parts(data_naming(value))
    parts["aasx/files/a.pdf"] = b"%PDF"

    package = read(parts, limits)

    assert [each.part for each in package.files] == ["/aasx/files/a.pdf"]
    assert package.file_at(value) == package.files[0]
    assert Code.AASX_PART_ODDLY_NAMED in codes(package)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("files/a.pdf", "aasx/files/a.pdf"),
        ("./files/a.pdf", "aasx/files/a.pdf"),
        ("../a.pdf", "a.pdf"),
        ("files/a.pdf", "files/a.pdf"),
        ("aasx/files/a.pdf", "aasx/files/a.pdf"),
    ],
)
def test_reads_a_file_that_is_named_relative_to_the_data_or_the_root_and_says_so(
    value: str, part: str, limits: Limits
) -> None:
    parts = make_parts(data_naming(value))
    parts[part] = b"%PDF"

    package = read(parts, limits)

    assert [each.part for each in package.files] == [f"/{part}"]
    assert package.file_at(value, source="/aasx/data.xml") == package.files[0]
    assert codes(package) == [Code.AASX_PART_ODDLY_NAMED]


def test_the_part_beside_the_data_is_meant_before_the_one_below_the_root(limits: Limits) -> None:
    parts = make_parts(data_naming("files/a.pdf"))
    parts |= {"files/a.pdf": b"root", "aasx/files/a.pdf": b"beside"}

    package = read(parts, limits)

    named = package.file_at("files/a.pdf", source="/aasx/data.xml")
    assert named is not None
    assert named.read() == b"beside"
    assert package.unnamed == {"/files/a.pdf"}


def test_reads_parts_that_relationships_name_by_an_address(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML), supplements={"aasx/a.pdf": b"%PDF"})
    for name in ("_rels/.rels", "aasx/_rels/aasx-origin.rels", "aasx/_rels/data.xml.rels"):
        parts[name] = parts[name].replace(b'Target="/', b'Target="file:///')

    package = read(parts, limits)

    assert [each.part for each in package.files] == ["/aasx/a.pdf"]
    assert codes(package) == [Code.AASX_PART_ODDLY_NAMED] * 3


SPEC = f"{AAS_TYPES}/aas-spec"
DATA = json.dumps({"submodels": [make_submodel()]}).encode()


def test_reads_a_target_without_a_slash_from_the_root_and_says_so(limits: Limits) -> None:
    parts = make_parts(DATA)
    parts["_rels/.rels"] = make_rels([(f"{AAS_TYPES}/aasx-origin", "aasx/aasx-origin")])
    parts["aasx/_rels/aasx-origin.rels"] = make_rels([(SPEC, "aasx/data.xml")])

    package = read(parts, limits)

    assert [each.part for each in package.identifiables] == ["/aasx/data.xml"]
    assert [(each.code, each.part) for each in package.findings] == [
        (Code.AASX_PART_ODDLY_NAMED, "/aasx/aasx-origin")
    ]
    assert "'/aasx/aasx/data.xml'" in package.findings[0].message


def test_the_part_beside_the_source_is_meant_before_the_one_below_the_root(limits: Limits) -> None:
    other = json.dumps({"submodels": [make_submodel("urn:other")]}).encode()
    parts = make_parts(DATA)
    parts["aasx/_rels/aasx-origin.rels"] = make_rels([(SPEC, "data.xml")])

    package = read({**parts, "data.xml": other}, limits)

    assert [each.part for each in package.identifiables] == ["/aasx/data.xml"]
    assert Code.AASX_PART_ODDLY_NAMED not in codes(package)


def test_a_target_that_leads_upwards_is_read_from_its_source_only(limits: Limits) -> None:
    parts = make_parts(DATA)
    parts["aasx/_rels/aasx-origin.rels"] = make_rels([(SPEC, "../aasx/data.xml")])

    assert codes(read(parts, limits)) == []


def test_the_refusal_names_the_target_that_is_missing(limits: Limits) -> None:
    parts = make_parts(DATA)
    parts["aasx/_rels/aasx-origin.rels"] = make_rels([(SPEC, "gone.xml")])

    with pytest.raises(RefusedError) as raised:
        read(parts, limits)

    assert [each.code for each in raised.value.findings] == [Code.AASX_NO_SPEC, Code.AASX_PART_MISSING]
    assert "'/aasx/gone.xml'" in raised.value.findings[1].message


def test_reads_files_that_hang_on_the_origin(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts["aasx/a.pdf"] = b"%PDF"
    parts["aasx/_rels/aasx-origin.rels"] = make_rels(
        [(f"{AAS_TYPES}/aas-spec", "data.xml"), (f"{AAS_TYPES}/aas-suppl", "a.pdf")]
    )

    assert [each.part for each in read(parts, limits).files] == ["/aasx/a.pdf"]


# One name as programs write it, as some file systems do, and with what nobody sees.
COMPOSED, DECOMPOSED, INVISIBLE = "Pr\u00fcfung", "Pru\u0308fung", "Pr\u00fcf\u00adung"


@pytest.mark.parametrize("value", [f"/aasx/files/{COMPOSED}.pdf", f"files/{COMPOSED}.pdf"])
@pytest.mark.parametrize("name", [DECOMPOSED, INVISIBLE, "\uff30r\u00fcfung"])
def test_reads_a_file_whose_name_looks_the_same_and_says_so(value: str, name: str, limits: Limits) -> None:
    part = f"aasx/files/{name}.pdf"
    parts = make_parts(data_naming(value)) | {part: b"%PDF"}
    types = parts["[Content_Types].xml"].replace(b'Extension="pdf"', b'Extension="other"')
    override = f'<Override PartName="/aasx/files/{COMPOSED}.pdf" ContentType="application/pdf"/></Types>'
    parts["[Content_Types].xml"] = types.replace(b"</Types>", override.encode())

    package = read(parts, limits)

    assert [(each.part, each.media_type) for each in package.files] == [(f"/{part}", "application/pdf")]
    assert package.file_at(value, source="/aasx/data.xml") == package.files[0]
    assert codes(package).count(Code.AASX_PART_ODDLY_NAMED) == 1
    assert package.unnamed == frozenset()


def test_of_two_parts_that_look_the_same_neither_is_taken(limits: Limits) -> None:
    value = f"/aasx/files/{COMPOSED}.pdf"
    parts = make_parts(data_naming(value))
    for name in (INVISIBLE, f"{DECOMPOSED}\u200b"):
        parts[f"aasx/files/{name}.pdf"] = name.encode()

    package = read(parts, limits)

    assert package.file_at(value) is None
    assert codes(package).count(Code.AASX_PART_MISSING) == 1
    assert len(package.unnamed) == 2


def test_the_very_name_is_meant_before_one_that_looks_the_same(limits: Limits) -> None:
    value = f"files/{COMPOSED}.pdf"
    parts = make_parts(data_naming(value))
    # Beside the data there is one that looks the same; from the root the very name.
    parts |= {f"aasx/files/{DECOMPOSED}.pdf": b"alike", f"files/{COMPOSED}.pdf": b"exact"}
    parts[f"aasx/files/{INVISIBLE}.pdf"] = b"alike, too"

    package = read(parts, limits)

    named = package.file_at(value, source="/aasx/data.xml")
    assert named is not None
    assert named.read() == b"exact"
    assert "read as" in package.findings[0].message


def test_reads_parts_that_relationships_name_in_letters_composed_otherwise(limits: Limits) -> None:
    parts = make_parts(
        DATA, data_name=f"aasx/{DECOMPOSED}.json", supplements={f"aasx/{DECOMPOSED}.pdf": b"%PDF"}
    )
    parts[f"{DECOMPOSED}.png"] = b"png"
    for name in [each for each in parts if each.endswith(".rels")]:
        parts[name] = parts[name].replace(DECOMPOSED.encode(), COMPOSED.encode())
    root = [(f"{AAS_TYPES}/aasx-origin", "/aasx/aasx-origin"), (THUMBNAIL, f"{COMPOSED}.png")]
    parts["_rels/.rels"] = make_rels(root)

    package = read(parts, limits)

    assert [each.part for each in package.identifiables] == [f"/aasx/{DECOMPOSED}.json"]
    assert [each.part for each in package.files] == [f"/aasx/{DECOMPOSED}.pdf"]
    assert package.thumbnail is not None
    assert package.thumbnail.part == f"/{DECOMPOSED}.png"
    assert codes(package) == [Code.AASX_PART_ODDLY_NAMED] * 3


def test_a_missing_thumbnail_is_a_finding(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts["_rels/.rels"] = make_rels(
        [(f"{AAS_TYPES}/aasx-origin", "/aasx/aasx-origin"), (THUMBNAIL, "thumbnail.png")]
    )

    package = read(parts, limits)

    assert package.thumbnail is None
    assert codes(package) == [Code.AASX_PART_MISSING]


def test_tells_of_a_part_that_nothing_names(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts["aasx/orphan.bin"] = b"1"

    package = read(parts, limits)

    assert [(finding.code, finding.part) for finding in package.findings] == [
        (Code.AASX_PART_UNREFERENCED, "/aasx/orphan.bin")
    ]
    assert [(each.part, each.read()) for each in package.files] == [("/aasx/orphan.bin", b"1")]


def with_backslashes(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name.replace("/", "\\"): content for name, content in parts.items()}


def test_reads_names_with_backslashes_each_with_an_error(limits: Limits) -> None:
    parts = make_parts(data_naming("/aasx/files/a.pdf"), supplements={"aasx/files/a.pdf": b"%PDF"})

    package = read(with_backslashes(parts) | {"aasx\\files\\": b""}, limits)

    assert [(each.part, each.read()) for each in package.files] == [("/aasx/files/a.pdf", b"%PDF")]
    assert {(each.code, each.severity) for each in package.findings} == {
        (Code.AASX_PART_ODDLY_NAMED, Severity.ERROR)
    }
    assert sorted(str(each.part) for each in package.findings) == sorted(
        f"/{name}" for name in parts if "/" in name
    )


def test_refuses_names_with_backslashes_where_nothing_may_be_wrong(limits: Limits) -> None:
    parts = with_backslashes(make_parts(make_xml(SUBMODEL_XML)))

    with pytest.raises(RefusedError) as raised:
        read_upload(
            recognise(io.BytesIO(make_zip(parts)), "a.aasx", limits=limits),
            limits=limits,
            profile=Profile.STRICT,
        )

    assert raised.value.code is Code.AASX_PART_ODDLY_NAMED


def test_refuses_a_backslash_that_makes_two_names_one(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML)) | {"aasx\\Data.xml": b"other"}

    assert refusal(parts, limits).code is Code.ZIP_PART_DUPLICATE


@pytest.mark.parametrize(
    "name", ["\\a", "a\\..\\b", "C:\\a", "a\\\\b", "a\\%5c..", "a\\%2e%2e\\b", "a\uff3cb"]
)
def test_refuses_backslashes_that_lead_out_of_the_package(name: str, limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML)) | {name: b"x"}

    assert refusal(parts, limits).code is Code.ZIP_PART_NAME


def test_tells_files_that_no_object_names_from_those_that_one_does(limits: Limits) -> None:
    supplements = {"aasx/named.pdf": b"1", "aasx/alone.pdf": b"2"}
    parts = make_parts(data_naming("/aasx/Named.pdf"), supplements=supplements)
    parts |= {"aasx/orphan.bin": b"3", "docProps/core.xml": b"<core/>", "docprops/App.xml": b"<app/>"}

    package = read(parts, limits)

    assert [each.part for each in package.files] == ["/aasx/alone.pdf", "/aasx/named.pdf", "/aasx/orphan.bin"]
    assert package.unnamed == {"/aasx/alone.pdf", "/aasx/orphan.bin"}


def test_a_data_part_that_is_a_supplement_too_is_no_file_of_nobody(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML), supplements={"aasx/data.xml": make_xml(SUBMODEL_XML)})

    assert read(parts, limits).unnamed == frozenset()


def test_finds_files_in_every_kind_of_container(limits: Limits) -> None:
    list_of_files = {
        "modelType": "SubmodelElementList",
        "idShort": "List",
        "typeValueListElement": "File",
        "value": [{"modelType": "File", "contentType": "a/b", "value": "/one"}],
    }
    entity = {
        "modelType": "Entity",
        "idShort": "Thing",
        "entityType": "CoManagedEntity",
        "statements": [{**FILE, "value": "/two"}, list_of_files],
    }
    parts = make_parts(json.dumps({"submodels": [make_submodel(submodelElements=[entity])]}).encode())

    package = read({**parts, "one": b"1", "two": b"2"}, limits)

    assert [each.part for each in package.files] == ["/one", "/two"]


def test_refuses_a_package_without_origin(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    del parts["_rels/.rels"]

    assert refusal(parts, limits).code is Code.AASX_NO_ORIGIN


@pytest.mark.parametrize("missing", ["aasx/data.xml", "aasx/_rels/aasx-origin.rels"])
def test_refuses_a_package_without_data(missing: str, limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    del parts[missing]

    assert refusal(parts, limits).code is Code.AASX_NO_SPEC


def test_refuses_data_that_is_neither_xml_nor_json_and_names_the_part(limits: Limits) -> None:
    finding = refusal(make_parts(b"%PDF"), limits)

    assert (finding.code, finding.part) == (Code.UPLOAD_TYPE_UNKNOWN, "/aasx/data.xml")


@pytest.mark.parametrize("target", ["../../../etc/passwd", "..\\a", "/../a", "http://[x"])
def test_refuses_a_relationship_that_leaves_the_package(target: str, limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts["aasx/_rels/data.xml.rels"] = make_rels([(f"{AAS_TYPES}/aas-suppl", target)])

    assert refusal(parts, limits).code is Code.ZIP_PART_NAME


def test_reads_a_package_without_content_types_and_says_so(limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML), supplements={"aasx/a.pdf": b""})
    del parts["[Content_Types].xml"]

    package = read(parts, limits)

    assert package.files[0].media_type == "application/octet-stream"
    assert codes(package) == [Code.AASX_PART_MISSING]
