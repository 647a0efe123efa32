"""A submodel against its template: every kind of deviation, for every element, with its path."""

from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from template_samples import complete, places

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import children_of
from aas_registry.domain.findings import Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.verification import verify_identifiable
from aas_registry.formats.templates.catalogue import check_template, load_template, template_names
from aas_registry.settings import Settings

LIMITS = Settings().limits

TEMPLATES = pytest.mark.parametrize(("name", "version"), template_names())
MEMBER = {"Submodel": "submodelElements", "Entity": "statements"}


def found(submodel: dict[str, Any]) -> list[tuple[Code, str | None]]:
    return [(finding.code, finding.path) for finding in check_template(submodel, limits=LIMITS)]


def cardinalities(name: str, version: str) -> dict[str, str]:
    """Return what our template says, by path; for lists by the path of the first member."""
    return {
        path: element["qualifiers"][0]["value"] for path, element, _ in places(load_template(name, version))
    }


def nameplate(**changed: Any) -> dict[str, Any]:
    submodel = complete("digital_nameplate", "3.0")
    for element in submodel["submodelElements"]:
        element.update(changed.get(element["idShort"], {}))
    return submodel


def element_of(submodel: dict[str, Any], path: str) -> dict[str, Any]:
    return next(element for here, element, _ in places(submodel) if here == path)


@TEMPLATES
def test_a_complete_submodel_is_valid_and_deviates_in_nothing(
    name: str, version: str, limits: Limits
) -> None:
    submodel = complete(name, version)

    assert verify_identifiable(IdentifiableKind.SUBMODEL, submodel, limits=limits) == ()
    assert check_template(submodel, limits=LIMITS) == ()


@TEMPLATES
def test_finds_every_mandatory_element_that_is_missing(name: str, version: str) -> None:
    said = cardinalities(name, version)
    mandatory = [
        path for path, value in said.items() if value in ("One", "OneToMany") and not path.endswith("]")
    ]

    assert mandatory
    for path in mandatory:
        submodel = complete(name, version)
        _, element, container = next(each for each in places(submodel) if each[0] == path)
        container[MEMBER.get(container["modelType"], "value")].remove(element)

        assert found(submodel) == [(Code.TEMPLATE_VIOLATED, path)]


@TEMPLATES
def test_finds_every_element_of_another_type(name: str, version: str) -> None:
    for path in cardinalities(name, version):
        submodel = complete(name, version)
        element_of(submodel, path).update(modelType="Range", valueType="xs:int")

        assert found(submodel) == [(Code.TEMPLATE_TYPE, path)]


@TEMPLATES
def test_finds_every_element_that_is_there_once_too_often(name: str, version: str) -> None:
    said = cardinalities(name, version)
    single = [
        path for path, value in said.items() if value in ("One", "ZeroToOne") and not path.endswith("]")
    ]

    assert single
    for path in single:
        submodel = complete(name, version)
        _, element, container = next(each for each in places(submodel) if each[0] == path)
        again = deepcopy(element) | {"idShort": f"{element['idShort']}_02"}
        container[MEMBER.get(container["modelType"], "value")].append(again)

        assert found(submodel) == [(Code.TEMPLATE_CARDINALITY, f"{path}_02")]


@TEMPLATES
def test_finds_every_mandatory_text_without_a_value(name: str, version: str) -> None:
    for path, value in cardinalities(name, version).items():
        submodel = complete(name, version)
        element = element_of(submodel, path)
        if value in ("One", "OneToMany") and element["modelType"] in (
            "Property",
            "MultiLanguageProperty",
            "File",
        ):
            del element["value"]

            assert found(submodel) == [(Code.TEMPLATE_VALUE_MISSING, path)]


@TEMPLATES
def test_of_a_template_only_the_structure_is_judged(name: str, version: str) -> None:
    template = load_template(name, version)
    template["submodelElements"] = template["submodelElements"][1:]

    assert check_template(template, limits=LIMITS) == ()

    template["submodelElements"][0]["modelType"] = "Blob"

    assert [code for code, _ in found(template)] == [Code.TEMPLATE_TYPE]


def test_a_deviation_is_a_warning_that_names_the_template_and_the_place() -> None:
    submodel = nameplate(SerialNumber={"valueType": "xs:int"})

    (finding,) = check_template(submodel, part="/aasx/data.xml", path="submodels[2]", limits=LIMITS)

    assert (finding.severity, finding.part, finding.path) == (
        Severity.WARNING, "/aasx/data.xml", "submodels[2]/SerialNumber",
    )  # fmt: skip
    assert "digital_nameplate 3.0" in finding.message


@pytest.mark.parametrize(
    "spelling",
    [
        "0173-1#02-AAO677#002",
        "0173-1#02-AAO677#003",
        "https://api.eclass-cdp.com/0173-1-02-AAO677-004",
        "0112/2///61987#ABA565#001",
    ],
)
def test_knows_an_element_by_any_spelling_and_version_of_its_semantic_id(spelling: str) -> None:
    said = {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": spelling}]}
    submodel = nameplate(
        ManufacturerName={"idShort": "Maker", "semanticId": said, "supplementalSemanticIds": []}
    )

    assert check_template(submodel, limits=LIMITS) == ()


@pytest.mark.parametrize(
    "name", ["ManufacturerName", "manufacturername", "ManufacturerName01", "ManufacturerName__00__"]
)
def test_knows_an_element_by_its_id_short_without_case_and_number(name: str) -> None:
    submodel = nameplate(
        ManufacturerName={"idShort": name, "semanticId": None, "supplementalSemanticIds": None}
    )

    assert check_template(submodel, limits=LIMITS) == ()


def test_a_semantic_id_copied_to_another_element_displaces_nothing() -> None:
    wrong = nameplate()
    serial = element_of(wrong, "SerialNumber")
    element_of(wrong, "OrderCodeOfManufacturer").update(
        semanticId=serial["semanticId"], supplementalSemanticIds=serial["supplementalSemanticIds"]
    )

    assert check_template(wrong, limits=LIMITS) == ()


def test_elements_that_the_template_does_not_know_are_allowed() -> None:
    submodel = nameplate()
    submodel["submodelElements"] += [{"modelType": "Range", "idShort": "Torque", "valueType": "xs:int"}]

    assert check_template(submodel, limits=LIMITS) == ()


def test_a_node_in_a_node_in_a_node_is_compared_as_a_node() -> None:
    submodel = complete("hierarchical_structures", "1.1")
    node = element_of(submodel, "EntryNode.Node")
    inner = element_of(submodel, "EntryNode.Node.Node")
    inner["statements"] = [deepcopy(node)]
    element_of(submodel, "EntryNode.Node.Node.Node.BulkCount")["valueType"] = "xs:string"

    assert found(submodel) == [(Code.TEMPLATE_TYPE, "EntryNode.Node.Node.Node.BulkCount")]


def test_lists_no_more_deviations_than_the_limit_and_says_that_there_are_more() -> None:
    submodel = complete("handover_documentation", "2.0")
    documents = element_of(submodel, "Documents")
    documents["value"] = [{"modelType": "SubmodelElementCollection"}] * 200

    findings = check_template(submodel, limits=LIMITS)

    assert len(findings) == LIMITS.template_findings + 1
    assert findings[-1].severity is Severity.INFO


def test_a_list_of_other_members_than_the_template_says_is_found() -> None:
    submodel = nameplate(Markings={"typeValueListElement": "Property"})

    assert found(submodel) == [(Code.TEMPLATE_TYPE, "Markings")]


ODD: list[Any] = [None, True, 0, "", "x", [], {}, [[]], [None], {"keys": 3}, [{"keys": [{"value": 7}]}]]
MEMBERS = (
    "submodelElements", "semanticId", "supplementalSemanticIds", "idShort", "kind", "modelType", "value",
    "statements", "valueType", "typeValueListElement",
)  # fmt: skip


@TEMPLATES
def test_no_json_in_any_member_is_an_error(name: str, version: str) -> None:
    known = complete(name, version)["semanticId"]
    for member, odd in product(MEMBERS, ODD):
        at_the_top = complete(name, version) | {member: odd}
        everywhere = complete(name, version)
        for _, element, _ in list(places(everywhere)):
            element[member] = odd
        for submodel in (at_the_top, at_the_top | {"semanticId": known}, everywhere):
            findings = check_template(submodel, limits=LIMITS)

            assert all(finding.severity is not Severity.ERROR for finding in findings)


def test_compares_a_structure_of_any_depth() -> None:
    submodel = complete("hierarchical_structures", "1.1")
    node = children_of(element_of(submodel, "EntryNode"))[0]
    for _ in range(5000):
        node["statements"] = [{"modelType": "Entity", "idShort": "Node"}]
        node = node["statements"][0]

    assert check_template(submodel, limits=LIMITS) == ()
