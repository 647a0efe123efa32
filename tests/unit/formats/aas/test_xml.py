"""AAS XML: the namespace names the version, attributes beside the metamodel do not matter."""

from collections.abc import Callable
from typing import Any

import pytest
from aas_content import SUBMODEL_XML, make_xml

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.xml import read_xml


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_reads_by_the_rules_that_the_namespace_names(version: str, limits: Limits) -> None:
    namespace = f"https://admin-shell.io/aas/{version.replace('.', '/')}"

    environment = read_xml(make_xml(SUBMODEL_XML, namespace=namespace), limits=limits)

    assert environment.metamodel == version
    assert environment.identifiables[0].body == {"modelType": "Submodel", "id": "urn:example:submodel"}


def test_passes_over_schema_locations_and_comments(limits: Limits) -> None:
    xml = (
        b'<?xml version="1.0"?><!-- x --><e:environment xmlns:e="https://admin-shell.io/aas/3/1" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" version="9">'
        b'<e:submodels><e:submodel xsi:type="x"><e:id>urn:a</e:id></e:submodel></e:submodels></e:environment>'
    )

    assert read_xml(xml, limits=limits).identifiables[0].identifier == "urn:a"


def test_reads_a_single_submodel(limits: Limits) -> None:
    xml = b'<submodel xmlns="https://admin-shell.io/aas/3/1"><id>urn:a</id></submodel>'

    entry = read_xml(xml, limits=limits).identifiables[0]

    assert (entry.kind, entry.identifier, entry.path) == (IdentifiableKind.SUBMODEL, "urn:a", "")


@pytest.mark.parametrize(
    ("body", "stored", "codes"),
    [
        ("<poem/>", {"poem": ""}, {"poem": Code.AAS_MEMBER_UNKNOWN}),
        (
            "<poem a='1'><line>x</line><line>y</line></poem>",
            {"poem": {"line": "x", "line#1": "y", "@a": "1"}},
            {"poem": Code.AAS_MEMBER_UNKNOWN},
        ),
        (
            "<kind x='1'>Instance</kind>",
            {"kind": "Instance", "kind@x": "1"},
            {"kind@x": Code.AAS_MEMBER_UNKNOWN},
        ),
        ("<kind>Poem</kind>", {"kind": "Poem"}, {"kind": Code.AAS_VALUE_LITERAL}),
        ("<kind><a/></kind>", {"kind": {"a": ""}}, {"kind": Code.AAS_VALUE_TYPE}),
        (
            "<kind>Instance</kind><kind>Template</kind>",
            {"kind": "Instance", "kind#3": "Template"},
            {"kind#3": Code.AAS_MEMBER_UNKNOWN},
        ),
        ("<semanticId>x</semanticId>", {"semanticId": "x"}, {"semanticId": Code.AAS_VALUE_TYPE}),
        ("<qualifiers>x</qualifiers>", {"qualifiers": "x"}, {"qualifiers": Code.AAS_VALUE_TYPE}),
        ("<qualifiers/>", {"qualifiers": []}, {"qualifiers": Code.AAS_LIST_EMPTY}),
        ("lost", {"#text": "lost"}, {"#text": Code.AAS_MEMBER_UNKNOWN}),
        (
            "<submodelElements>lost<poem>x</poem></submodelElements>",
            {"submodelElements": [{"modelType": "Poem", "poem": "x"}], "submodelElements#text": "lost"},
            {
                "submodelElements#text": Code.AAS_MEMBER_UNKNOWN,
                "submodelElements[0].modelType": Code.AAS_MODEL_TYPE,
            },
        ),
        ("<o:id xmlns:o='urn:o'>x</o:id>", {"{urn:o}id": "x"}, {"{urn:o}id": Code.AAS_MEMBER_UNKNOWN}),
    ],
)
def test_keeps_what_the_metamodel_does_not_know_with_a_finding(
    body: str, stored: dict[str, Any], codes: dict[str, Code], limits: Limits
) -> None:
    xml = make_xml(f"<submodels><submodel><id>urn:a</id>\n{body}</submodel></submodels>")

    environment = read_xml(xml, limits=limits)

    assert environment.identifiables[0].body == {"modelType": "Submodel", "id": "urn:a", **stored}
    assert {each.path: each.code for each in environment.findings} == {
        f"submodels[0].{path}": code for path, code in codes.items()
    }


def test_gives_an_identifiable_without_an_id_one_of_its_content(limits: Limits) -> None:
    first = read_xml(make_xml("<submodels><submodel/></submodels>"), limits=limits)
    second = read_xml(make_xml("<submodels><submodel><id/></submodel></submodels>"), limits=limits)

    identifiers = {each.identifiables[0].identifier for each in (first, second)}
    assert len(identifiers) == 2
    assert all(each.startswith("urn:sha256:") for each in identifiers)
    assert all(Code.AAS_ID_SUBSTITUTED in {each.code for each in read.findings} for read in (first, second))


def test_reads_a_draft_of_3_0_by_the_names_of_its_elements(limits: Limits) -> None:
    xml = (
        b'<a:aasenv xmlns:a="http://www.admin-shell.io/aas/3/0"><a:submodels><a:submodel><a:id>urn:a</a:id>'
        b"<a:submodelElements><a:submodelElement><a:capability/></a:submodelElement></a:submodelElements>"
        b"</a:submodel></a:submodels></a:aasenv>"
    )

    environment = read_xml(xml, limits=limits)

    assert environment.metamodel == "3.0"
    assert environment.identifiables[0].body["submodelElements"] == [{"modelType": "Capability"}]
    assert (environment.findings[0].code, environment.findings[0].severity) == (Code.AAS_NAMESPACE, "error")


def test_refuses_a_root_that_cannot_stand_alone(limits: Limits) -> None:
    with pytest.raises(RefusedError) as raised:
        read_xml(b'<reference xmlns="https://admin-shell.io/aas/3/1"/>', limits=limits)

    assert raised.value.code is Code.AAS_UNREADABLE


def test_bounds_elements_that_the_metamodel_does_not_know(with_limits: Callable[..., Limits]) -> None:
    with pytest.raises(RefusedError) as raised:
        read_xml(make_xml("<poem/>" * 11), limits=with_limits(aas_elements=10))

    assert raised.value.code is Code.AAS_TOO_MANY_ELEMENTS


def test_reads_truth_and_base64_as_xml_schema_writes_them(limits: Limits) -> None:
    elements = (
        "<submodelElementList><idShort>List</idShort><orderRelevant> 1 </orderRelevant>"
        "<typeValueListElement>Capability</typeValueListElement></submodelElementList>"
        "<blob><idShort>Blob</idShort><value>aGVs\n bG8=</value><contentType>text/plain</contentType></blob>"
    )
    xml = make_xml(SUBMODEL_XML.replace("</id>", f"</id><submodelElements>{elements}</submodelElements>"))

    environment = read_xml(xml, limits=limits)

    listed, blob = environment.identifiables[0].body["submodelElements"]
    assert (listed["orderRelevant"], blob["value"], environment.findings) == (True, "aGVsbG8=", ())


def test_reports_a_violated_constraint_at_its_path(limits: Limits) -> None:
    xml = make_xml("<submodels><submodel><idShort>1</idShort><id>urn:a</id></submodel></submodels>")

    finding = read_xml(xml, limits=limits, part="/aasx/data.xml").findings[0]

    assert (finding.code, finding.path, finding.part) == (
        Code.AAS_CONSTRAINT,
        "submodels[0].idShort",
        "/aasx/data.xml",
    )
