"""Where suppliers write what they know of a lot: templates of IDTA and aspects of Catena-X."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from template_samples import complete, places

from aas_registry.domain.lot_facts import extract_lot_facts, read_lot_texts
from aas_registry.domain.lot_texts import states_lot_facts, texts_of_shell, texts_of_submodel
from aas_registry.settings import Settings

LIMITS = Settings().limits


def shell(**asset_ids: str) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in asset_ids.items()]
    return {"id": "urn:shell", "assetInformation": {"assetKind": "Instance", "specificAssetIds": named}}


def said(submodel: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each.name: (each.text, each.path) for each in texts_of_submodel("urn:s", submodel)}


def prop(name: str | None, value: str) -> dict[str, Any]:
    return {"modelType": "Property", "idShort": name, "valueType": "xs:string", "value": value}


def collection(name: str | None, *members: dict[str, Any], kind: str = "Collection") -> dict[str, Any]:
    return {"modelType": f"SubmodelElement{kind}", "idShort": name, "value": list(members)}


def aspect(semantic_id: str, **identifiers: str) -> dict[str, Any]:
    pairs = [collection(None, prop("key", key), prop("value", value)) for key, value in identifiers.items()]
    return {
        "modelType": "Submodel",
        "semanticId": {"keys": [{"type": "GlobalReference", "value": semantic_id}]},
        "submodelElements": [
            prop("catenaXId", "urn:uuid:1"),
            collection("localIdentifiers", *pairs, kind="List"),
            collection(
                "manufacturingInformation", prop("date", "2026-03-16T08:00:00Z"), prop("country", "DEU")
            ),
            collection(
                "partTypeInformation",
                prop("manufacturerPartId", "007"),
                prop("customerPartId", "C-1"),
                prop("nameAtManufacturer", "Capacitor"),
            ),
        ],
    }


BATCH = "urn:samm:io.catenax.batch:2.0.1#Batch"


@pytest.mark.parametrize("semantic_id", [BATCH, "urn:bamm:io.catenax.batch:1.0.2#Batch"])
def test_a_catena_x_batch_is_a_lot(semantic_id: str) -> None:
    batch = aspect(semantic_id, manufacturerId="BPNL00000003B0Q0", batchId="0042")

    facts, findings = extract_lot_facts(
        shell(), read_lot_texts({"urn:s": batch}, limits=LIMITS), limits=LIMITS
    )

    assert facts is not None
    assert findings == ()
    assert (facts.manufacturer, facts.mpn, facts.lot_code) == ("BPNL00000003B0Q0", "007", "0042")
    assert (facts.internal_part_number, facts.country_of_origin) == ("C-1", "DEU")
    assert facts.manufactured_on == date(2026, 3, 16)
    assert said(batch)["batchid"] == ("0042", "urn:s/localIdentifiers[1]")
    assert said(batch)["countryoforigin"] == ("DEU", "urn:s/manufacturingInformation.country")


def test_a_catena_x_serial_part_is_no_lot_but_says_of_which_part_it_is() -> None:
    part = aspect(
        "urn:samm:io.catenax.serial_part:3.0.0#SerialPart", manufacturerId="BPNL1", partInstanceId="SN-1"
    )

    assert extract_lot_facts(shell(), read_lot_texts({"urn:s": part}, limits=LIMITS), limits=LIMITS) == (
        None,
        (),
    )
    assert said(part)["manufacturerpartid"] == ("007", "urn:s/partTypeInformation.manufacturerPartId")


def test_reads_the_general_information_of_technical_data_and_nothing_else() -> None:
    submodel = complete("technical_data", "2.0")
    submodel["submodelElements"].append(prop("LotCode", "no lot code: a technical property"))

    facts, _ = extract_lot_facts(
        shell(lotCode="0042"), read_lot_texts({"urn:s": submodel}, limits=LIMITS), limits=LIMITS
    )

    assert facts is not None
    assert (facts.manufacturer, facts.mpn, facts.lot_code) == ("text", "text", "0042")
    assert said(submodel)["manufacturername"] == ("text", "urn:s/GeneralInformation.ManufacturerName")
    assert "lotcode" not in said(submodel)


def test_reads_the_nameplate_whatever_its_elements_are_called() -> None:
    nameplate = complete("digital_nameplate", "3.0")
    for element in nameplate["submodelElements"]:
        element["idShort"] = f"X{element['idShort']}"

    facts, _ = extract_lot_facts(
        shell(lotCode="0042"), read_lot_texts({"urn:s": nameplate}, limits=LIMITS), limits=LIMITS
    )

    assert facts is not None
    assert (facts.manufacturer, facts.mpn, facts.country_of_origin) == ("text", "text", "text")
    assert facts.manufactured_on == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("semantic_id", "states"),
    [
        ("https://admin-shell.io/idta/nameplate/3/0/Nameplate", True),
        ("http://admin-shell.io/zvei/nameplate/1/0/Nameplate/", True),
        ("https://api.eclass-cdp.com/0173-1-01-AHX837-002", True),
        ("https://admin-shell.io/ZVEI/TechnicalData/Submodel/1/2", True),
        ("urn:samm:io.catenax.batch:3.0.0#Batch", True),
        ("urn:samm:io.catenax.batch:3.0.0#Other", False),
        ("https://admin-shell.io/idta/HierarchicalStructures/1/1/Submodel", False),
    ],
)
def test_knows_the_submodels_that_state_lot_facts(semantic_id: str, states: bool) -> None:
    assert states_lot_facts({"semanticId": {"keys": [{"value": semantic_id}]}}) is states


ODD: list[Any] = [None, True, 0, "", "x", [], {}, [[]], [None], {"keys": 3}, [{"keys": [{"value": 7}]}]]


def test_no_json_is_an_error() -> None:
    members = ("submodelElements", "idShort", "modelType", "value", "semanticId", "supplementalSemanticIds")
    for member, odd in product(members, ODD):
        for sample in (aspect(BATCH, batchId="1"), complete("technical_data", "2.0")):
            for _, element, _ in list(places(sample)):
                if "modelType" in element:
                    element[member] = odd

            assert all(each.text for each in texts_of_submodel("urn:s", sample))
        for body in (
            {member: odd},
            {"assetInformation": odd},
            {"assetInformation": {"specificAssetIds": odd}},
        ):
            assert list(texts_of_shell(body)) == []
            assert list(texts_of_submodel("urn:s", body)) == []


def test_of_endless_statements_a_bounded_number_is_read() -> None:
    codes = [("lotCode", f"{number}\x00") for number in range(5000)]
    body = {
        "assetInformation": {"specificAssetIds": [{"name": name, "value": value} for name, value in codes]}
    }

    facts, findings = extract_lot_facts({"id": "urn:a", **body}, {}, limits=LIMITS)

    assert facts is None
    assert len(findings) == LIMITS.lot_texts + 1
