"""Where AAS JSON is not of the metamodel's structure: every place, and what was mended."""

from typing import Any

import pytest
from aas_content import make_submodel

from aas_registry.domain.codes import Code
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.conformance import ELEMENT, TypedBody, check, check_best
from aas_registry.formats.aas.metamodel import MAX_FINDINGS, RULES_3_0, RULES_3_1, parse
from aas_registry.formats.aas.structure import Structure, examine

KEY = {"type": "Submodel", "value": "urn:a"}
REFERENCE = {"type": "ModelReference", "keys": [KEY]}
PROPERTY = {"modelType": "Property", "idShort": "Code", "valueType": "xs:string"}
LIST = {"modelType": "SubmodelElementList", "idShort": "All", "typeValueListElement": "Property"}


def structure_of(body: Any, type_name: str = "Submodel") -> Structure:
    return examine(RULES_3_1.table, type_name, body)


def found(structure: Structure) -> list[tuple[Code, str | None]]:
    return [(finding.code, finding.path) for finding in structure.findings]


def with_element(**members: Any) -> dict[str, Any]:
    return make_submodel(submodelElements=[{**PROPERTY, **members}])


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        (make_submodel(poem=1), Code.AAS_MEMBER_UNKNOWN, "poem"),
        (make_submodel(**{"a.b[0]": 1}), Code.AAS_MEMBER_UNKNOWN, "a.b[0]"),
        (make_submodel(idShort=None), Code.AAS_VALUE_NULL, "idShort"),
        (make_submodel(idShort=1), Code.AAS_VALUE_TYPE, "idShort"),
        (make_submodel(kind="Poem"), Code.AAS_VALUE_LITERAL, "kind"),
        (make_submodel(kind=["Instance"]), Code.AAS_VALUE_TYPE, "kind"),
        (make_submodel(semanticId=[]), Code.AAS_VALUE_TYPE, "semanticId"),
        (make_submodel(semanticId={"keys": [KEY]}), Code.AAS_MEMBER_MISSING, "semanticId.type"),
        (make_submodel(semanticId={**REFERENCE, "keys": []}), Code.AAS_LIST_EMPTY, "semanticId.keys"),
        (make_submodel(qualifiers={}), Code.AAS_VALUE_TYPE, "qualifiers"),
        (make_submodel(qualifiers=[]), Code.AAS_LIST_EMPTY, "qualifiers"),
        (make_submodel(submodelElements=[7]), Code.AAS_VALUE_TYPE, "submodelElements[0]"),
        (make_submodel(submodelElements=[{}]), Code.AAS_MODEL_TYPE, "submodelElements[0].modelType"),
        (with_element(modelType="Poem"), Code.AAS_MODEL_TYPE, "submodelElements[0].modelType"),
        (with_element(valueType="poem"), Code.AAS_VALUE_LITERAL, "submodelElements[0].valueType"),
        (with_element(modelType="Blob", value="abc"), Code.AAS_VALUE_TYPE, "submodelElements[0].value"),
        (with_element(modelType="Blob", value="YW!Jj"), Code.AAS_VALUE_TYPE, "submodelElements[0].value"),
        (with_element(modelType="Blob", value="YWJj-_=="), Code.AAS_VALUE_TYPE, "submodelElements[0].value"),
        (make_submodel(submodelElements=[{**LIST, "orderRelevant": 1}]), Code.AAS_VALUE_TYPE,
         "submodelElements[0].orderRelevant"),
    ],
)  # fmt: skip
def test_names_place_and_kind_and_mends_a_copy(body: Any, code: Code, path: str) -> None:
    structure = structure_of(body)

    assert (code, path) in found(structure)
    assert all(finding.message.endswith(".") for finding in structure.findings)
    parse(RULES_3_1, "Submodel", structure.mended)


@pytest.mark.parametrize("body", [None, 7, "text", [], {}, {"modelType": {}}, {"modelType": "Poem"}])
def test_mends_what_is_nothing_like_it(body: Any) -> None:
    for type_name in (ELEMENT, *(kind.model_type for kind in IdentifiableKind)):
        structure = structure_of(body, type_name)

        assert structure.findings
        parse(RULES_3_1, type_name, structure.mended)


def test_names_every_violation_not_only_the_first() -> None:
    body = make_submodel(
        poem=1, kind=2, submodelElements=[{**PROPERTY, "valueType": 3}, {"modelType": "Ode"}]
    )

    assert set(found(structure_of(body))) == {
        (Code.AAS_MEMBER_UNKNOWN, "poem"),
        (Code.AAS_VALUE_TYPE, "kind"),
        (Code.AAS_MODEL_TYPE, "submodelElements[1].modelType"),
        (Code.AAS_VALUE_TYPE, "submodelElements[0].valueType"),
    }


def test_leaves_a_sound_body_alone() -> None:
    structure = structure_of(make_submodel(semanticId=REFERENCE))

    assert structure.findings == []
    assert structure.mended == make_submodel(semanticId=REFERENCE)


def test_bounds_the_findings_and_says_so() -> None:
    structure = structure_of(make_submodel(**{f"poem{number}": 1 for number in range(2 * MAX_FINDINGS)}))

    assert len(structure.findings) == MAX_FINDINGS + 1
    assert f"More than {MAX_FINDINGS}" in structure.findings[-1].message


def test_walks_deeper_than_the_interpreter_recurses() -> None:
    element: dict[str, Any] = {"modelType": "Capability", "poem": 1}
    for _ in range(20_000):
        element = {"modelType": "SubmodelElementCollection", "value": [element]}

    assert structure_of(make_submodel(submodelElements=[element])).findings[0].code is Code.AAS_MEMBER_UNKNOWN


def test_finds_constraints_beside_what_was_mended() -> None:
    body = make_submodel(poem=1, submodelElements=[{**PROPERTY, "idShort": "1"}, {"modelType": "Ode"}])

    constraints = [
        each
        for each in check(RULES_3_1, TypedBody("Submodel", body))
        if each.constraint or "ID" in each.message
    ]

    assert [each.path for each in constraints] == ["submodelElements[0].idShort"]


@pytest.mark.parametrize(
    "body",
    [
        with_element(valueType="poem", value="7"),
        make_submodel(semanticId={"type": "ModelReference", "keys": [{"type": "Poem", "value": "a"}]}),
        make_submodel(submodelElements=[{**LIST, "valueTypeListElement": "xs:int", "value": [
            {"modelType": "Property", "valueType": "int", "value": "1"}]}]),
    ],
)  # fmt: skip
def test_is_silent_about_what_the_mending_alone_would_violate(body: Any) -> None:
    assert [each.code for each in check(RULES_3_1, TypedBody("Submodel", body))] == [Code.AAS_VALUE_LITERAL]


def test_takes_the_version_that_fits_better() -> None:
    newer = {"modelType": "Entity", "idShort": "Part"}
    older = {"modelType": "Capability", "idShort": "X"}

    assert check_best([TypedBody(ELEMENT, newer)]) == (RULES_3_1, [])
    assert check_best([TypedBody(ELEMENT, older)]) == (RULES_3_0, [])
