"""Our submodel templates: valid AAS, found in both places, and what they make mandatory."""

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import iterate_elements
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.templates import check_template, fill_template, load_template, template_names
from aas_registry.formats.verification import verify_identifiable

DATA = {"LotCode": "0042", "DateCodes": ["2419", "2420"], "Quantity": "12.5"}


def test_knows_its_templates() -> None:
    assert template_names() == (("lot_data", "1.0"), ("lot_nameplate", "1.0"), ("quality_certificate", "1.0"))


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
    assert check_template(filled) == ()


def test_refuses_to_leave_out_what_is_mandatory() -> None:
    with pytest.raises(InvalidRequestError) as raised:
        fill_template(load_template("lot_data", "1.0"), identifier="urn:a", values={"Quantity": "1"})

    assert raised.value.code is Code.TEMPLATE_VIOLATED


def test_names_what_a_submodel_lacks() -> None:
    filled = fill_template(load_template("lot_data", "1.0"), identifier="urn:a", values=DATA)
    filled["submodelElements"] = filled["submodelElements"][1:]

    assert [(finding.code, finding.path) for finding in check_template(filled)] == [
        (Code.TEMPLATE_VIOLATED, "LotCode")
    ]


def test_says_nothing_about_a_submodel_of_another_template() -> None:
    assert check_template({"modelType": "Submodel", "id": "urn:a"}) == ()
