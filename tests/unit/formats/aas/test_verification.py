"""What is written through the AAS API obeys the metamodel, or is refused with every finding."""

from typing import Any

import pytest
from aas_content import make_submodel

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.verification import (
    require_valid,
    require_valid_element,
    verify_element,
    verify_identifiable,
)

SHELL = {
    "modelType": "AssetAdministrationShell",
    "id": "urn:shell",
    "assetInformation": {"assetKind": "Instance", "globalAssetId": "urn:asset"},
}
CONCEPT = {"modelType": "ConceptDescription", "id": "urn:concept"}
PROPERTY = {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0042"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (IdentifiableKind.SHELL, SHELL),
        (IdentifiableKind.SUBMODEL, make_submodel()),
        (IdentifiableKind.CONCEPT_DESCRIPTION, CONCEPT),
    ],
)
def test_accepts_valid_identifiables(kind: IdentifiableKind, body: Any, limits: Limits) -> None:
    require_valid(kind, body, limits=limits)

    assert verify_identifiable(kind, body, limits=limits) == ()


def test_accepts_what_only_3_0_allows(limits: Limits) -> None:
    require_valid_element({"modelType": "Capability", "idShort": "X"}, limits=limits)


def test_accepts_a_valid_element(limits: Limits) -> None:
    require_valid_element(PROPERTY, limits=limits)

    assert verify_element(PROPERTY, limits=limits) == ()


def test_refuses_a_violation_with_every_finding(limits: Limits) -> None:
    body = make_submodel(idShort="1 2", description=[], poem=1, kind="Poem")

    with pytest.raises(InvalidRequestError) as raised:
        require_valid(IdentifiableKind.SUBMODEL, body, limits=limits)

    assert [(finding.code, finding.path) for finding in raised.value.findings] == [
        (Code.AAS_LIST_EMPTY, "description"),
        (Code.AAS_MEMBER_UNKNOWN, "poem"),
        (Code.AAS_VALUE_LITERAL, "kind"),
        (Code.AAS_CONSTRAINT, "idShort"),
    ]
    assert raised.value.code is Code.AAS_LIST_EMPTY


def test_refuses_an_element_whose_value_is_not_of_its_type(limits: Limits) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        require_valid_element({**PROPERTY, "valueType": "xs:int", "value": "many"}, limits=limits)

    assert raised.value.code is Code.AAS_CONSTRAINT


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, Code.AAS_VALUE_NULL),
        ([], Code.AAS_VALUE_TYPE),
        ("text", Code.AAS_VALUE_TYPE),
        ({}, Code.AAS_MODEL_TYPE),
        (SHELL, Code.AAS_MODEL_TYPE),
        ({**make_submodel(), "poem": 1}, Code.AAS_MEMBER_UNKNOWN),
        ({"modelType": 7}, Code.AAS_MODEL_TYPE),
    ],
)
def test_finds_what_is_no_submodel(body: Any, code: Code, limits: Limits) -> None:
    assert verify_identifiable(IdentifiableKind.SUBMODEL, body, limits=limits)[0].code is code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, Code.AAS_VALUE_NULL),
        (make_submodel(), Code.AAS_MODEL_TYPE),
        ({"modelType": "Submodel", "id": "a"}, Code.AAS_MODEL_TYPE),
        ({"modelType": "Property"}, Code.AAS_MEMBER_MISSING),
        ([PROPERTY], Code.AAS_VALUE_TYPE),
    ],
)
def test_finds_what_is_no_element(body: Any, code: Code, limits: Limits) -> None:
    assert verify_element(body, limits=limits)[0].code is code


def test_refuses_an_id_over_the_limit(limits: Limits) -> None:
    with pytest.raises(RefusedError) as raised:
        verify_identifiable(IdentifiableKind.SUBMODEL, make_submodel("x" * 2049), limits=limits)

    assert raised.value.code is Code.ID_TOO_LONG


def test_refuses_depth_that_would_exhaust_the_stack(limits: Limits) -> None:
    element: dict[str, Any] = {"modelType": "Capability", "idShort": "End"}
    for _ in range(20_000):
        element = {"modelType": "SubmodelElementCollection", "idShort": "Level", "value": [element]}

    with pytest.raises(RefusedError) as raised:
        verify_element(element, limits=limits)

    assert raised.value.code is Code.JSON_TOO_DEEP
