"""CFX messages become statements, in their envelope or bare."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.events import Fed, LotName, PackageLinked, PackageStated, Removed, UnitsStated
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.formats.events.json import RawEvent, understand
from aas_registry.settings import Settings

LIMITS = Settings().limits
NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


def understood(value, message=None):
    return understand(RawEvent(value=value, message=message), LIMITS, received_at=NOW)[0]


def installed(**more):
    return {
        "InstalledMaterials": [
            {
                "UnitIdentifier": "PANEL",
                "UnitPositionNumber": 1,
                "QuantityInstalled": 0.30000000000000004,
                "Material": {"UniqueIdentifier": "R1"},
                "InstalledComponents": [
                    {"ReferenceDesignator": "C1", "InstallationTime": "2026-03-01T06:00:05.1234567-04:00"},
                    {"ReferenceDesignator": "C2", "InstallationTime": "2026-03-01T06:00:02-04:00"},
                ],
                **more,
            }
        ]
    }


def test_installed_material_is_fed_to_the_unit_at_its_position() -> None:
    stated, fed = understood(installed(), "MaterialsInstalled").facts

    assert isinstance(stated, UnitsStated)
    assert isinstance(fed, Fed)
    assert fed.unit == panel_position("PANEL", 1)
    assert stated.units == ((fed.unit,),)
    assert (fed.designators, fed.quantity_per_unit) == (("C1", "C2"), Decimal("0.3"))


def test_a_bare_installation_happened_when_its_first_component_was_placed() -> None:
    said = understood(installed(), "CFX.Production.Assembly.MaterialsInstalled")

    assert said.happened_at == datetime(2026, 3, 1, 10, 0, 2, tzinfo=UTC)
    assert (said.zone_minutes, said.time_given) == (-240, True)


def test_without_a_time_the_time_of_receipt_stands_and_is_marked() -> None:
    said = understood({"TransactionId": "t"}, "CFX.Production.WorkCompleted")

    assert (said.happened_at, said.time_given) == (NOW, False)


def test_an_identifier_without_a_position_is_a_serial() -> None:
    for position in (None, 0):
        _, fed = understood(installed(UnitPositionNumber=position), "MaterialsInstalled").facts
        assert isinstance(fed, Fed)
        assert fed.unit == Name(Scheme.SERIAL, "PANEL")


def test_uninstalled_material_is_a_removal() -> None:
    removed = {
        "UnitIdentifier": "B1",
        "QuantityUninstalled": 1,
        "Material": {"UniqueIdentifier": "R1"},
        "UninstalledComponents": [{"ReferenceDesignator": "C1"}],
    }

    (said,) = understood({"UninstalledMaterials": [removed]}, "MaterialsUninstalled").facts

    assert isinstance(said, Removed)
    assert (said.unit, said.designators) == (Name(Scheme.SERIAL, "B1"), ("C1",))


def test_a_negative_installation_names_the_reversal() -> None:
    with pytest.raises(RefusedError) as refused:
        understood(installed(QuantityInstalled=-1), "MaterialsInstalled")

    assert refused.value.code is Code.EVENT_QUANTITY_NEGATIVE
    assert refused.value.findings[0].path == "InstalledMaterials[0].QuantityInstalled"


@pytest.mark.parametrize("spelling", ["ManufacturerLotCode", "ManufacuterLotCode"])
def test_both_spellings_of_the_lot_code_are_read(spelling) -> None:
    package = {
        "UniqueIdentifier": "R1",
        "Manufacturer": "Bolt",
        "ManufacturerPartNumber": "BZX84",
        spelling: "L-1",
        "InitialQuantity": 5000.0,
    }

    (said,) = understood({"Materials": [package]}, "MaterialsInitialized").facts

    assert isinstance(said, PackageStated)
    assert said.lots == (LotName(manufacturer="Bolt", mpn="BZX84", lot_code="L-1"),)
    assert said.quantities == (("label", Decimal(5000)),)


def test_a_package_without_a_whole_lot_name_has_no_lot() -> None:
    (said,) = understood(
        {"Materials": [{"UniqueIdentifier": "R1", "ManufacturerLotCode": "L-1", "Manufacturer": ""}]},
        "MaterialsInitialized",
    ).facts

    assert isinstance(said, PackageStated)
    assert said.lots == ()


def test_a_split_links_the_new_package_to_the_original() -> None:
    (said,) = understood(
        {
            "OriginalMaterialPackage": {"UniqueIdentifier": "R1", "Quantity": -4},
            "NewMaterialPackage": {"UniqueIdentifier": "R2", "Quantity": 250.0},
        },
        "CFX.Materials.Management.MaterialsSplit",
    ).facts

    assert isinstance(said, PackageLinked)
    assert (said.parent.value, said.child.value, said.quantity) == ("R1", "R2", Decimal(250))


def test_initialised_units_go_by_label_position_and_panel() -> None:
    body = {
        "PrimaryIdentifier": "PANEL",
        "Units": [
            {"UnitIdentifier": "B1", "PositionNumber": 1},
            {"UnitIdentifier": "B2", "PositionNumber": 2},
        ],
    }

    (said,) = understood(body, "UnitsInitialized").facts

    assert isinstance(said, UnitsStated)
    assert said.units[0] == (Name(Scheme.SERIAL, "B1"), panel_position("B1", 1), panel_position("PANEL", 1))


def test_units_that_share_a_carrier_go_by_its_positions() -> None:
    body = {"Units": [{"UnitIdentifier": "C", "PositionNumber": number} for number in (1, 2)]}

    (said,) = understood(body, "WorkStarted").facts

    assert isinstance(said, UnitsStated)
    assert said.units == ((panel_position("C", 1),), (panel_position("C", 2),))


def test_an_envelope_gives_id_time_and_source() -> None:
    said = understood(
        {
            "MessageName": "CFX.Production.WorkCompleted",
            "UniqueID": "f3b2c8ec",
            "TimeStamp": "2026-03-01T06:00:00+01:00",
            "Source": "Line.4",
            "MessageBody": {"$type": "CFX.Production.WorkCompleted, CFX", "TransactionID": "t"},
        }
    )

    assert (said.event_id, said.source, said.zone_minutes) == ("f3b2c8ec", "Line.4", 60)


@pytest.mark.parametrize(
    ("value", "message", "path"),
    [
        ({}, "CFX.Heartbeat", "message"),
        ({"MessageName": "CFX.Heartbeat", "UniqueID": "1", "MessageBody": {}}, None, "MessageName"),
        ({"InstalledMaterials": [{}]}, "MaterialsInstalled", "InstalledMaterials[0].UnitIdentifier"),
        ({}, "MaterialsSplit", "OriginalMaterialPackage"),
        ({"MessageName": "x", "MessageBody": []}, None, "UniqueID"),
    ],
)
def test_a_message_of_another_form_is_refused_by_its_path(value, message, path) -> None:
    with pytest.raises(RefusedError) as refused:
        understood(value, message)

    assert refused.value.findings[0].path == path
