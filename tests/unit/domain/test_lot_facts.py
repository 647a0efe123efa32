"""Lot facts: found where suppliers put them, never guessed, never rounded."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.lot_facts import (
    LOT_DATA,
    LOT_NAMEPLATE,
    LotFacts,
    extract_lot_facts,
    parse_date,
    parse_quantity,
    read_lot_texts,
)
from aas_registry.settings import Settings

LIMITS = Settings().limits


def shell(*asset_ids: tuple[str, str]) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in asset_ids]
    return {"id": "urn:shell", "assetInformation": {"assetKind": "Instance", "specificAssetIds": named}}


def submodel(semantic_id: str, **values: Any) -> dict[str, Any]:
    elements = []
    for name, value in values.items():
        if isinstance(value, list):
            members = [{"modelType": "Property", "value": each} for each in value]
            elements.append({"modelType": "SubmodelElementList", "idShort": name, "value": members})
        elif isinstance(value, dict):
            texts = [{"language": language, "text": text} for language, text in value.items()]
            elements.append({"modelType": "MultiLanguageProperty", "idShort": name, "value": texts})
        else:
            elements.append({"modelType": "Property", "idShort": name, "value": value})
    keys = [{"type": "GlobalReference", "value": semantic_id}]
    return {"modelType": "Submodel", "semanticId": {"keys": keys}, "submodelElements": elements}


LOT = (("manufacturer", "Example GmbH"), ("mpn", "007"), ("lotCode", "0042"))


def facts_of(shell_body: dict[str, Any], *submodels: dict[str, Any]) -> tuple[LotFacts | None, list[Code]]:
    named = {f"urn:{index}": each for index, each in enumerate(submodels)}
    facts, findings = extract_lot_facts(shell_body, read_lot_texts(named, limits=LIMITS), limits=LIMITS)
    return facts, [finding.code for finding in findings]


def test_says_where_it_stopped_reading() -> None:
    many = submodel(LOT_DATA, dateCodes=[str(number) for number in range(LIMITS.lot_texts + 10)])

    facts, findings = extract_lot_facts(
        shell(*LOT), read_lot_texts({"urn:0": many}, limits=LIMITS), limits=LIMITS
    )

    assert facts is not None
    assert len(facts.date_codes) == LIMITS.lot_date_codes
    assert {finding.code for finding in findings} == {Code.LOT_FACTS_INCOMPLETE}
    assert len(findings) == 2
    assert all(finding.path.startswith("urn:0/dateCodes") for finding in findings if finding.path)


@pytest.mark.parametrize(
    "asset_ids",
    [
        LOT,
        (("ManufacturerName", "Example GmbH"), ("ManufacturerPartNumber", "007"), ("LotNumber", "0042")),
        (("manufacturerId", "Example GmbH"), ("manufacturerPartId", "007"), ("batchId", "0042")),
        (("MANUFACTURER", "Example GmbH"), ("manufacturer part number", "007"), ("batch-number", " 0042 ")),
    ],
)
def test_reads_the_names_that_suppliers_use_and_keeps_leading_zeros(
    asset_ids: tuple[tuple[str, str], ...],
) -> None:
    assert facts_of(shell(*asset_ids)) == (
        LotFacts(manufacturer="Example GmbH", mpn="007", lot_code="0042", shell="urn:shell"),
        [],
    )


def test_reads_everything_of_our_own_submodels() -> None:
    nameplate = submodel(
        LOT_NAMEPLATE,
        ManufacturerName={"de": "Beispiel", "en": "Example"},
        ManufacturerPartNumber="007",
        LotCode="0042",
        CountryOfOrigin="DE",
        DateOfManufacture="2024-05-06",
    )
    data = submodel(
        LOT_DATA,
        LotCode="0042",
        DateCodes=["2419", "2420", "2419"],
        Quantity="4000.50",
        UnitOfMeasure="C62",
        DeliveryNote="0001",
        InternalPartNumber="00471",
    )

    assert facts_of(shell(), nameplate, data) == (
        LotFacts(
            manufacturer="Example", mpn="007", lot_code="0042", shell="urn:shell",
            date_codes=("2419", "2420"), quantity=Decimal("4000.50"), unit_of_measure="C62",
            delivery_note="0001", internal_part_number="00471", country_of_origin="DE",
            manufactured_on=date(2024, 5, 6),
        ),
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    "semantic_id",
    [
        "https://admin-shell.io/zvei/nameplate/1/0/Nameplate",
        "https://admin-shell.io/zvei/nameplate/2/0/Nameplate",
        "https://admin-shell.io/idta/nameplate/3/0/Nameplate",
    ],
)
def test_reads_the_digital_nameplate(semantic_id: str) -> None:
    nameplate = submodel(
        semantic_id,
        ManufacturerName={"en": "Example"},
        OrderCodeOfManufacturer="ORDER-1",
        ProductArticleNumberOfManufacturer="ARTICLE-1",
        BatchNumber="0042",
    )

    facts, codes = facts_of(shell(), nameplate)

    assert facts is not None
    assert (facts.manufacturer, facts.mpn, facts.lot_code, codes) == ("Example", "ORDER-1", "0042", [])


def test_does_not_read_submodels_of_other_meaning() -> None:
    assert facts_of(shell(), submodel("urn:poems", LotCode="1", Manufacturer="x", Mpn="y")) == (None, [])


def test_a_name_goes_before_an_identifier_of_the_manufacturer() -> None:
    nameplate = submodel(LOT_NAMEPLATE, ManufacturerName="Example GmbH")

    facts, codes = facts_of(shell(("manufacturerId", "BPNL0001"), *LOT[1:]), nameplate)

    assert facts is not None
    assert (facts.manufacturer, codes) == ("Example GmbH", [])


def test_a_shell_without_a_lot_code_is_no_lot() -> None:
    assert facts_of(shell(*LOT[:2])) == (None, [])


@pytest.mark.parametrize("missing", [0, 1])
def test_an_incomplete_lot_is_not_recorded_but_told(missing: int) -> None:
    assert facts_of(shell(*(LOT[index] for index in (0, 1, 2) if index != missing))) == (
        None,
        [Code.LOT_FACTS_INCOMPLETE],
    )


def test_two_different_statements_are_told_and_the_first_is_taken() -> None:
    facts, codes = facts_of(shell(*LOT), submodel(LOT_DATA, LotCode="0043"))

    assert facts is not None
    assert (facts.lot_code, codes) == ("0042", [Code.LOT_FACT_CONFLICT])


def test_case_and_white_space_make_no_conflict() -> None:
    assert facts_of(shell(("lotCode", "a 1"), *LOT[:2]), submodel(LOT_DATA, LotCode="A  1"))[1] == []


@pytest.mark.parametrize(
    "quantity", ["-1", "1.0000001", "many", "1e400", "NaN", "Infinity", "9000000000000", "1,5"]
)
def test_a_quantity_that_cannot_be_kept_exactly_is_a_finding(quantity: str) -> None:
    facts, codes = facts_of(shell(*LOT), submodel(LOT_DATA, Quantity=quantity))

    assert facts is not None
    assert (facts.quantity, codes) == (None, [Code.LOT_FACT_INVALID])


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("0", "0"),
        ("007", "7"),
        ("+1.5", "1.5"),
        ("1E3", "1000"),
        ("0.000001", "0.000001"),
        ("1.50000000", "1.5"),
    ],
)
def test_quantities_are_exact(text: str, quantity: str) -> None:
    assert parse_quantity(text) == Decimal(quantity)


def test_date_codes_may_stand_in_one_text() -> None:
    facts, _ = facts_of(shell(*LOT, ("dateCode", "2419, 2420;2421")))

    assert facts is not None
    assert facts.date_codes == ("2419", "2420", "2421")


@pytest.mark.parametrize("code", ["x" * 256, "a\nb", "a\x00b"])
def test_a_code_that_is_no_code_is_not_taken(code: str) -> None:
    assert facts_of(shell(*LOT[:2], ("lotCode", code))) == (None, [Code.LOT_FACT_INVALID])


@pytest.mark.parametrize("missing", range(3))
def test_a_name_of_which_nothing_can_be_seen_makes_no_lot(missing: int) -> None:
    said = [(name, "\u200b\u00ad" if at == missing else value) for at, (name, value) in enumerate(LOT)]

    facts, codes = facts_of(shell(*said))

    assert facts is None
    assert codes[0] is Code.LOT_FACT_INVALID


def test_a_date_that_is_none_is_a_finding() -> None:
    facts, codes = facts_of(shell(*LOT), submodel(LOT_NAMEPLATE, DateOfManufacture="06.05.2024"))

    assert facts is not None
    assert (facts.manufactured_on, codes) == (None, [Code.LOT_FACT_INVALID])


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "2026-03-01Z", "2026-03-01+01:00", "2026-03-01T12:00:00.5Z", "2026-03-01 12:00"],
)
def test_dates_are_read_with_and_without_a_time(text: str) -> None:
    assert parse_date(text) == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-W10-5",
        "20260301",
        "2026-03-01garbage",
        "2026-03-01+99",
        "2026-03-01+01:99",
        "2026-02-30",
        "2026-3-1",
        "\u0662026-03-01",
    ],
)
def test_no_date_is_made_of_other_texts(text: str) -> None:
    assert parse_date(text) is None


def test_of_a_submodel_no_more_is_read_than_tells_that_there_is_more() -> None:
    many = submodel(LOT_DATA, Poem=["x"] * 10, DateCodes=["2419"] * (LIMITS.lot_texts + 10))

    said = read_lot_texts({"urn:0": many, "urn:1": submodel("urn:poems")}, limits=LIMITS)

    assert len(said["urn:0"]) == LIMITS.lot_texts + 1
    assert {statement.name for statement in said["urn:0"]} == {"datecodes"}
    assert said["urn:1"] == ()
