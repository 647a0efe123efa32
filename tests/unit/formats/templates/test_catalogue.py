"""Our submodel templates: valid AAS, found in both places, and what they make mandatory."""

import itertools
from typing import Any

import pytest
from aas_samples import iterate_elements

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.findings import Severity
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.verification import verify_identifiable
from aas_registry.formats.templates.catalogue import (
    check_template,
    fill_template,
    load_template,
    template_names,
)
from aas_registry.settings import Settings

LIMITS = Settings().limits

DATA = {"LotCode": "0042", "DateCodes": ["2419", "2420"], "Quantity": "12.5"}


def test_knows_its_templates() -> None:
    assert template_names() == (
        ("carbon_footprint", "1.0"),
        ("digital_nameplate", "3.0"),
        ("digital_quality_documents", "1.0"),
        ("handover_documentation", "2.0"),
        ("hierarchical_structures", "1.1"),
        ("lot_data", "1.0"),
        ("lot_nameplate", "1.0"),
        ("product_change_notification", "1.0"),
        ("quality_certificate", "1.0"),
        ("technical_data", "2.0"),
    )


@pytest.mark.parametrize(("name", "version"), template_names())
def test_every_template_is_valid_and_every_element_has_a_semantic_id(
    name: str, version: str, limits: Limits
) -> None:
    template = load_template(name, version)

    assert template["kind"] == "Template"
    assert verify_identifiable(IdentifiableKind.SUBMODEL, template, limits=limits) == ()
    assert all("semanticId" in element for _, element in iterate_elements(template))


@pytest.mark.parametrize(("name", "version"), [("poem", "1.0"), ("lot_data", "9.9"), ("..", "submodels")])
def test_an_unknown_template_is_not_found(name: str, version: str) -> None:
    with pytest.raises(NotFoundError):
        load_template(name, version)


def test_a_loaded_template_is_a_copy() -> None:
    load_template("lot_data", "1.0")["id"] = "changed"

    assert load_template("lot_data", "1.0")["id"] != "changed"


def test_fills_a_template_to_a_valid_instance(limits: Limits) -> None:
    filled = fill_template(load_template("lot_data", "1.0"), identifier="urn:lot:data", values=DATA)

    assert verify_identifiable(IdentifiableKind.SUBMODEL, filled, limits=limits) == ()
    assert (filled["kind"], filled["id"]) == ("Instance", "urn:lot:data")
    assert {str(path): element["value"] for path, element in iterate_elements(filled) if "idShort" not in element} == {
        "DateCodes[0]": "2419", "DateCodes[1]": "2420",
    }  # fmt: skip
    assert check_template(filled, limits=LIMITS) == ()


def test_refuses_to_leave_out_what_is_mandatory() -> None:
    with pytest.raises(InvalidRequestError) as raised:
        fill_template(load_template("lot_data", "1.0"), identifier="urn:a", values={"Quantity": "1"})

    assert raised.value.code is Code.TEMPLATE_VIOLATED


def test_names_what_a_submodel_lacks() -> None:
    filled = fill_template(load_template("lot_data", "1.0"), identifier="urn:a", values=DATA)
    filled["submodelElements"] = filled["submodelElements"][1:]

    assert [(finding.code, finding.path) for finding in check_template(filled, limits=LIMITS)] == [
        (Code.TEMPLATE_VIOLATED, "LotCode")
    ]


def test_says_nothing_about_a_submodel_of_another_template() -> None:
    assert check_template({"modelType": "Submodel", "id": "urn:a"}, limits=LIMITS) == ()


def follows(*values: str) -> dict[str, Any]:
    first, *others = (
        {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}
        for value in values
    )
    return {"modelType": "Submodel", "id": "urn:a", "semanticId": first, "supplementalSemanticIds": others}


@pytest.mark.parametrize(
    ("semantic_id", "title"),
    [
        ("https://admin-shell.io/zvei/nameplate/1/0/Nameplate", "digital_nameplate 1.0"),
        ("https://admin-shell.io/zvei/nameplate/2/0/Nameplate/", "digital_nameplate 2.0"),
        ("https://admin-shell.io/ZVEI/TechnicalData/Submodel/1/2", "technical_data 1.2"),
        ("0173-1#01-AHF578#001", "handover_documentation 1.2"),
        ("https://api.eclass-cdp.com/0173-1-01-AHF578-001", "handover_documentation 1.2"),
        ("https://admin-shell.io/idta/HierarchicalStructures/1/0/Submodel", "hierarchical_structures 1.0"),
        ("https://admin-shell.io/idta/CarbonFootprint/CarbonFootprint/0/9", "carbon_footprint 0.9"),
        ("0173-1#01-AHX837#009", "technical_data 2.0 that is not known"),
    ],
)
def test_another_version_of_a_known_template_is_told_and_not_compared(semantic_id: str, title: str) -> None:
    (finding,) = check_template(follows(semantic_id), path="urn:a", limits=LIMITS)

    assert (finding.severity, finding.code, finding.path) == (Severity.INFO, Code.TEMPLATE_VERSION, "urn:a")
    assert title in finding.message


@pytest.mark.parametrize(
    ("one", "two"),
    list(
        itertools.permutations(
            [
                "https://aas-registry.example/submodels/LotData/1/0",
                "http://admin-shell.io/idta/nameplate/3/0/Nameplate",
                "0173-1#01-AHX837#002",
                "https://admin-shell.io/idta/SubmodelTemplate/DigitalQualityDocument/1/0",
            ],
            2,
        )
    ),
)
def test_of_two_templates_the_one_that_a_submodel_names_first_counts(one: str, two: str) -> None:
    alone = check_template(follows(one), limits=LIMITS)

    assert alone
    assert check_template(follows(one, two), limits=LIMITS) == alone


@pytest.mark.parametrize(
    "semantic_id",
    [
        "0173-1#01-AHX837#002",
        "https://api.eclass-cdp.com/0173-1-01-AHX837-002",
        "http://admin-shell.io/idta/nameplate/3/0/Nameplate",
        "https://admin-shell.io/idta/nameplate/3/0/Nameplate/",
    ],
)
def test_a_template_is_known_by_any_spelling_of_its_semantic_id(semantic_id: str) -> None:
    assert {finding.code for finding in check_template(follows(semantic_id), limits=LIMITS)} == {
        Code.TEMPLATE_VIOLATED
    }


def test_a_submodel_that_names_two_templates_of_one_structure_is_compared_with_the_closer_one() -> None:
    quality = "https://admin-shell.io/idta/SubmodelTemplate/DigitalQualityDocument/1/0"
    ours = "https://aas-registry.example/submodels/QualityCertificate/1/0"

    assert "digital_quality_documents 1.0" in check_template(follows(quality), limits=LIMITS)[0].message
    assert "quality_certificate 1.0" in check_template(follows(quality, ours), limits=LIMITS)[0].message
