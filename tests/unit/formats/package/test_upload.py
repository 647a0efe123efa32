"""The door: what is told apart by content, and what is refused with the place."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aas_content import SUBMODEL_XML, make_parts, make_submodel, make_xml, make_zip

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage, IdentifiableKind
from aas_registry.domain.profile import Profile
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload


def read(content: bytes, limits: Limits, name: str = "lot.aasx") -> AasPackage:
    return read_upload(recognise(io.BytesIO(content), name, limits=limits), limits=limits)


def refusal(content: bytes, limits: Limits, name: str = "lot.aasx") -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        read(content, limits, name)
    return raised.value


def as_json(*submodels: Any) -> bytes:
    return json.dumps({"submodels": submodels}).encode()


@pytest.mark.parametrize(
    "content",
    [
        as_json(make_submodel()),
        b"\xef\xbb\xbf \n" + as_json(make_submodel()),
        json.dumps(make_submodel()).encode(),
        make_xml(SUBMODEL_XML),
        make_xml(SUBMODEL_XML, namespace="https://admin-shell.io/aas/3/0"),
        make_xml(SUBMODEL_XML).decode().encode("utf-16").replace(b"UTF-8", b""),
        make_xml(SUBMODEL_XML).decode().replace("UTF-8", "UTF-16").encode("utf-16-le"),
        make_xml(SUBMODEL_XML).decode().replace("UTF-8", "UTF-16").encode("utf-16-be"),
        b" " * 600 + as_json(make_submodel()),
        b"\n" * 600 + make_xml(SUBMODEL_XML),
        make_zip(make_parts(make_xml(SUBMODEL_XML))),
        make_zip(make_parts(as_json(make_submodel()), data_name="aasx/data.json")),
    ],
)
def test_tells_the_kind_by_content_whatever_the_name(content: bytes, limits: Limits) -> None:
    package = read(content, limits, name="picture.png")

    assert [entry.identifier for entry in package.identifiables] == ["urn:example:submodel"]
    assert package.identifiables[0].kind is IdentifiableKind.SUBMODEL


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.UPLOAD_EMPTY),
        (b"%PDF-1.7", Code.UPLOAD_DOCUMENT_ALONE),
        (b"\x00" * 2000, Code.UPLOAD_TYPE_UNKNOWN),
        (b"PK\x03\x04 and no more", Code.ZIP_INVALID),
        (b"PK\x07\x08" + make_zip(make_parts(make_xml(SUBMODEL_XML))), Code.ZIP_OUTSIDE_DATA),
        (b"PK" + make_zip(make_parts(make_xml(SUBMODEL_XML))), Code.FILE_POLYGLOT),
        (b"PKG no,Lot code", Code.UPLOAD_TYPE_UNKNOWN),
        (make_zip(make_parts(make_xml(SUBMODEL_XML)))[:-30], Code.ZIP_INVALID),
        (b"<html/>", Code.UPLOAD_TYPE_UNKNOWN),
        (make_xml(SUBMODEL_XML, prolog="<!DOCTYPE x>"), Code.XML_DOCTYPE),
        (b"<a>" * 5000, Code.UPLOAD_TYPE_UNKNOWN),
        (make_xml("<submodels>" * 5000), Code.XML_TOO_DEEP),
        (b"[" * 5000 + b"]" * 5000, Code.JSON_TOO_DEEP),
        (b'{"submodels": [], "submodels": []}', Code.JSON_DUPLICATE_KEY),
        (b'{"submodels": ["\xff"]}', Code.NOT_UTF8),
        (json.dumps({"submodels": []}).encode("utf-16"), Code.NOT_UTF8),
        (b'{"submodels": ', Code.JSON_INVALID),
        (b'{"submodels": NaN}', Code.JSON_INVALID),
        (b"[]", Code.AAS_EMPTY),
        (b"{}", Code.AAS_EMPTY),
        (b'{"submodels": []}', Code.AAS_EMPTY),
        (make_xml(""), Code.AAS_EMPTY),
        (as_json(make_submodel("x" * 2049)), Code.ID_TOO_LONG),
        (as_json(None), Code.AAS_UNREADABLE),
        (b'{"submodels": {}}', Code.AAS_UNREADABLE),
        (as_json({"id": "urn:a"}), Code.AAS_UNREADABLE),
        (as_json({**make_submodel(), "id": {"long": "x" * 400}}), Code.AAS_UNREADABLE),
        (b'{"modelType": "Capability"}', Code.AAS_ELEMENT_ALONE),
        (b'<capability xmlns="https://admin-shell.io/aas/3/1"/>', Code.AAS_ELEMENT_ALONE),
        (make_xml(SUBMODEL_XML.replace("urn:example:submodel", "x" * 2049)), Code.ID_TOO_LONG),
    ],
)
def test_refuses_with_a_stable_code(content: bytes, code: Code, limits: Limits) -> None:
    refused = refusal(content, limits)

    assert refused.code is code
    assert refused.findings[0].file == "lot.aasx"


@pytest.mark.parametrize(
    ("content", "version"),
    [
        (make_xml("", namespace="http://www.admin-shell.io/aas/1/0"), "1.0"),
        (make_xml("", namespace="http://www.admin-shell.io/aas/2/0"), "2.0"),
        (make_xml("", namespace="https://admin-shell.io/aas/3/2"), "3.2"),
        (b'{"assets": [], "submodels": []}', "1.0 or 2.0"),
        (b'{"submodels": [{"modelType": {"name": "Submodel"}}]}', "1.0 or 2.0"),
        (b'{"assetAdministrationShells": [{"id": "x", "conceptDictionaries": []}]}', "1.0 or 2.0"),
        (b'{"assetAdministrationShells": [{"identification": {"id": "x"}}]}', "1.0 or 2.0"),
        (make_zip(make_parts(make_xml("", namespace="http://www.admin-shell.io/aas/2/0"))), "2.0"),
    ],
)
def test_refuses_another_metamodel_and_names_it(content: bytes, version: str, limits: Limits) -> None:
    refused = refusal(content, limits)

    assert refused.code is Code.METAMODEL_UNSUPPORTED
    assert version in str(refused)


@pytest.mark.parametrize(
    "part", ["aasx/data.xml", "_rels/.rels", "aasx/_rels/aasx-origin.rels", "[Content_Types].xml"]
)
def test_refuses_a_doctype_in_any_part_of_a_package(part: str, limits: Limits) -> None:
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts[part] = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + parts[part]

    refused = refusal(make_zip(parts), limits)

    assert refused.code is Code.XML_DOCTYPE
    assert refused.findings[0].part == f"/{part}"


def test_keeps_an_element_of_an_unknown_class_and_names_it(limits: Limits) -> None:
    second = make_submodel("urn:example:second", submodelElements=[{"modelType": "Poem", "idShort": "Ode"}])

    package = read(as_json(make_submodel(), second), limits)

    assert package.identifiables[1].body == second
    assert [(finding.code, finding.path) for finding in package.findings] == [
        (Code.AAS_MODEL_TYPE, "submodels[1].submodelElements[0].modelType")
    ]


def test_names_part_path_and_row_of_xml_that_is_not_of_the_metamodel(limits: Limits) -> None:
    xml = make_xml(
        "<submodels><submodel><id>urn:a</id></submodel>\n<submodel><id>urn:b</id>\n"
        "<submodelElements><property><idShort>A1</idShort>\n<valueType>poem</valueType></property>"
        "</submodelElements></submodel></submodels>"
    )

    finding = read(make_zip(make_parts(xml)), limits).findings[0]

    assert finding.code is Code.AAS_VALUE_LITERAL
    assert finding.part == "/aasx/data.xml"
    assert finding.path == "submodels[1].submodelElements[0].valueType"
    assert finding.row == 4


def test_strict_refuses_with_every_finding_errors_first(limits: Limits) -> None:
    bad = make_submodel(poem=1, submodelElements=[{"modelType": "Capability", "idShort": "X"}, {}])

    with pytest.raises(RefusedError) as raised:
        read_upload(
            recognise(io.BytesIO(as_json(bad)), "a.json", limits=limits),
            limits=limits,
            profile=Profile.STRICT,
        )

    severities = [finding.severity for finding in raised.value.findings]
    assert severities == sorted(severities)
    assert severities.count(Severity.ERROR) == 2
    assert raised.value.findings[-1].code is Code.AAS_NAMESPACE
    assert {finding.file for finding in raised.value.findings} == {"a.json"}


def test_strict_takes_what_has_no_error(limits: Limits) -> None:
    stream = io.BytesIO(as_json(make_submodel()))

    assert (
        read_upload(
            recognise(stream, "a.json", limits=limits), limits=limits, profile=Profile.STRICT
        ).findings
        == ()
    )


@pytest.mark.parametrize("identifier", [None, "", 7, True, {"short": 1}])
def test_substitutes_an_id_that_is_none_and_says_what_stood_there(limits: Limits, identifier: Any) -> None:
    package = read(as_json({**make_submodel(), "id": identifier}), limits)

    entry = package.identifiables[0]
    assert entry.identifier.startswith("urn:sha256:")
    assert entry.body["id"] == entry.identifier
    finding = next(each for each in package.findings if each.code is Code.AAS_ID_SUBSTITUTED)
    assert (finding.severity, finding.path) == ("error", "submodels[0].id")
    assert json.dumps(identifier) in finding.message


def test_reads_a_submodel_that_stands_among_the_shells_as_what_it_says(limits: Limits) -> None:
    content = json.dumps({"assetAdministrationShells": [make_submodel()], "submodels": [make_submodel("b")]})

    package = read(content.encode(), limits)

    assert [entry.kind for entry in package.identifiables] == [IdentifiableKind.SUBMODEL] * 2
    assert package.findings[0].path == "assetAdministrationShells[0].modelType"


def test_tells_empty_and_null_lists_of_an_environment(limits: Limits) -> None:
    content = json.dumps({"submodels": [make_submodel()], "conceptDescriptions": [], "a": 1})
    nothing = content.replace("[],", "null,")

    assert [(each.code, each.path) for each in read(content.encode(), limits).findings] == [
        (Code.AAS_LIST_EMPTY, "conceptDescriptions"),
        (Code.AAS_MEMBER_UNKNOWN, "a"),
    ]
    assert read(nothing.encode(), limits).findings[0].code is Code.AAS_VALUE_NULL


def test_takes_a_violated_constraint_as_a_finding_with_path_and_constraint(limits: Limits) -> None:
    twins = [{"modelType": "Capability", "idShort": "Twin"}] * 2

    package = read(as_json(make_submodel(submodelElements=twins)), limits)

    assert len(package.identifiables) == 1
    finding = package.findings[0]
    assert (finding.code, finding.severity, finding.path) == (Code.AAS_CONSTRAINT, "error", "submodels[0]")
    assert finding.file == "lot.aasx"


def test_names_the_constraint_where_the_metamodel_numbers_it(limits: Limits) -> None:
    key = {"type": "Submodel", "value": "urn:example:other"}
    external = {"type": "ExternalReference", "keys": [key]}

    package = read(as_json(make_submodel(semanticId=external)), limits)

    assert package.findings[0].path == "submodels[0].semanticId"
    assert package.findings[0].constraint == "AASd-122"


def test_lists_at_most_a_thousand_violations_and_says_so(limits: Limits) -> None:
    bad = [{"modelType": "Capability", "idShort": f"1{number}"} for number in range(2000)]

    package = read(as_json(make_submodel(submodelElements=bad)), limits)

    assert len(package.findings) == 1001
    assert "More than 1000" in package.findings[-1].message


@pytest.mark.parametrize(
    "bad",
    [
        {"modelType": "Property", "valueType": "xs:date", "value": "9" * 6000 + "-01-01"},
        {"modelType": "Property", "valueType": "xs:long", "value": "9" * 6000},
        {"modelType": "Blob", "contentType": "a/b", "value": "\u00e4"},
        {"modelType": "Blob", "contentType": "a/b", "value": "abc"},
        {"modelType": "Property", "valueType": 1},
        {"modelType": ["Property"]},
        {"modelType": None},
        None,
        7,
    ],
)
def test_odd_values_never_raise_another_error(bad: Any, limits: Limits) -> None:
    package = read(as_json(make_submodel(submodelElements=[bad])), limits)

    assert package.identifiables[0].body["submodelElements"] == [bad]
    assert package.findings[0].severity is Severity.ERROR


def test_reads_at_the_deepest_setting_without_exhausting_the_stack(
    with_limits: Callable[..., Limits],
) -> None:
    element: dict[str, Any] = {"modelType": "Capability", "idShort": "End"}
    for _ in range(125):
        element = {"modelType": "SubmodelElementCollection", "idShort": "Level", "value": [element]}

    package = read(as_json(make_submodel(submodelElements=[element])), with_limits(nesting_depth=256))

    assert package.findings == ()


def test_reads_xml_at_the_deepest_setting_without_exhausting_the_stack(
    with_limits: Callable[..., Limits],
) -> None:
    opening = "<submodelElementCollection><idShort>Level</idShort><value>"
    closing = "</value></submodelElementCollection>"
    body = f"{opening * 125}<capability/>{closing * 125}"
    xml = make_xml(SUBMODEL_XML.replace("</id>", f"</id><submodelElements>{body}</submodelElements>"))

    package = read(xml, with_limits(nesting_depth=256))

    assert len(package.identifiables) == 1


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_refuses_more_elements_than_the_limit(kind: str, with_limits: Callable[..., Limits]) -> None:
    few = with_limits(aas_elements=10)
    capabilities = [{"modelType": "Capability", "idShort": f"C{number}"} for number in range(11)]
    body = f"</id><submodelElements>{'<capability/>' * 11}</submodelElements>"
    content = {
        "json": as_json(make_submodel(submodelElements=capabilities)),
        "xml": make_xml(SUBMODEL_XML.replace("</id>", body)),
    }[kind]

    assert refusal(content, few).code is Code.AAS_TOO_MANY_ELEMENTS


def test_refuses_json_with_more_values_than_the_limit(
    with_limits: Callable[..., Limits],
) -> None:
    content = b'{"submodels": [' + b"[]," * 300 + b"[]]}"

    assert refusal(content, with_limits(json_values=10)).code is Code.AAS_TOO_MANY_ELEMENTS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (as_json(make_submodel()), Code.AAS_DATA_TOO_LARGE),
        (make_xml(SUBMODEL_XML), Code.AAS_DATA_TOO_LARGE),
        (make_zip(make_parts(make_xml(SUBMODEL_XML + " " * 100))), Code.ZIP_TOO_LARGE),
    ],
)
def test_refuses_data_over_the_limit(content: bytes, code: Code, with_limits: Callable[..., Limits]) -> None:
    assert refusal(content, with_limits(aas_data_bytes=100)).code is code


def test_says_when_the_rules_of_3_0_fit_better(limits: Limits) -> None:
    one_letter = {"modelType": "Capability", "idShort": "X"}  # 3.1 wants two characters

    package = read(as_json(make_submodel(submodelElements=[one_letter])), limits)

    assert package.metamodel == "3.0"
    assert [(finding.code, finding.severity) for finding in package.findings] == [
        (Code.AAS_NAMESPACE, "info")
    ]


def test_keeps_the_json_object_as_it_stood_in_the_file(limits: Limits) -> None:
    submodel = make_submodel(description=[{"language": "en", "text": "caf\u00e9 \r\n"}])

    assert read(as_json(submodel), limits).identifiables[0].body == submodel


def test_notes_members_that_an_environment_does_not_have(limits: Limits) -> None:
    content = json.dumps({"submodels": [make_submodel()], "$schema": "x"}).encode()

    package = read(content, limits)

    assert [(finding.severity, "$schema" in finding.message) for finding in package.findings] == [
        ("error", True)
    ]


def test_names_of_files_and_keys_never_break_an_answer(limits: Limits) -> None:
    refused = refusal(b'{"\\ud800": 1, "\\ud800": 2}', limits, name="lot\udcff.json")

    for member in refused.findings[0].as_json().values():
        assert str(member).encode()


def test_lists_as_many_findings_as_the_setting_says(limits: Limits) -> None:
    elements = [{"modelType": "Capability", "idShort": f"Odd{number}", "poem": 1} for number in range(20)]
    content = as_json(make_submodel(submodelElements=elements))

    package = read(content, replace(limits, listed_findings=5))

    assert [each.code for each in package.findings].count(Code.AAS_MEMBER_UNKNOWN) == 6
    assert any("More than 5 findings" in each.message for each in package.findings)


def test_a_finding_says_that_the_violation_is_stored_only_where_it_is(limits: Limits) -> None:
    content = as_json(make_submodel(poem=1))

    (taken,) = read(content, limits).findings
    with pytest.raises(RefusedError) as raised:
        read_upload(
            recognise(io.BytesIO(content), "a.json", limits=limits), limits=limits, profile=Profile.STRICT
        )

    assert taken.message == "Submodel has no member 'poem'; it is stored as it stands."
    assert raised.value.findings[0].message == "Submodel has no member 'poem'."


@pytest.mark.parametrize("number", ["0.12345678901234567890123", "1E-400"])
def test_refuses_a_number_that_would_be_stored_as_another(number: str, limits: Limits) -> None:
    content = as_json(make_submodel(poem="@")).replace(b'"@"', number.encode())

    refused = refusal(make_zip(make_parts(content, data_name="aasx/data.json")), limits)

    assert refused.code is Code.JSON_NUMBER
    assert refused.findings[0].row == 1
    assert refused.findings[0].part == "/aasx/data.json"
