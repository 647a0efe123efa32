"""CFX messages with the members that the SDK's documentation prints, and values of our own."""

from datetime import UTC, datetime
from typing import Any

from aas_registry.domain.events import Event
from aas_registry.formats.events.json import RawEvent, understand
from aas_registry.settings import Settings

LIMITS = Settings().limits
NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)
REEL, TAIL, PASTE = "REEL-7", "REEL-8", "PASTE-1"
FEEDER = {
    "$type": "CFX.Structures.SMTPlacement.SMDTapeFeeder, CFX", "BaseUniqueIdentifier": "BANK-2", "BaseName": None,
    "LaneNumber": 1, "TapeWidth": 8.0, "TapePitch": 4.0, "UniqueIdentifier": "FDR-31", "Name": "left 31",
}  # fmt: skip


def package(identifier: str | None = REEL, **more: Any) -> dict[str, Any]:
    """Return a ``MaterialPackage``."""
    return {"UniqueIdentifier": identifier, "InternalPartNumber": "47-100", "Quantity": 812.0, **more}


def place(slot: str = "SLOT31", **more: Any) -> dict[str, Any]:
    """Return a ``MaterialLocation``."""
    return {"LocationIdentifier": "L-31", "LocationName": slot, "CarrierInformation": FEEDER, **more}


def component(designator: str | None, time: str = "2026-03-01T09:00:05.1234567+01:00") -> dict[str, Any]:
    """Return an ``InstalledComponent``."""
    return {"ReferenceDesignator": designator, "InstallationTime": time}


def installed(unit: str | None = "PNL-3", position: int | None = 1, **more: Any) -> dict[str, Any]:
    """Return an ``InstalledMaterial``."""
    return {
        "UnitIdentifier": unit, "UnitPositionNumber": position, "QuantityInstalled": 2.0, "QuantityNonInstalled": 0.0,
        "Material": package(), "CarrierLocation": place(),
        "InstalledComponents": [component("C1"), component("C2")], "NonInstalledComponents": [], **more,
    }  # fmt: skip


def uninstalled(unit: str | None = "PNL-3", position: int | None = 1, **more: Any) -> dict[str, Any]:
    """Return an ``UninstalledMaterial``."""
    return {
        "UnitIdentifier": unit, "UnitPositionNumber": position, "QuantityUninstalled": 1.0,
        "Material": package(), "UninstalledComponents": [component("C2")], **more,
    }  # fmt: skip


def unit(identifier: str | None = "BRD-1", number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a ``UnitPosition``."""
    return {
        "UnitIdentifier": identifier, "PositionNumber": number, "PositionName": f"IMAGE{number}", "X": 12.5, "Y": 3.25,
        "Rotation": 90.0, "FlipX": False, "FlipY": False, "Status": "Pass", **more,
    }  # fmt: skip


def detail(identifier: str | None = REEL, **more: Any) -> dict[str, Any]:
    """Return a ``MaterialPackageDetail``."""
    return {
        "UniqueIdentifier": identifier, "InternalPartNumber": "47-100", "Manufacturer": "Bolt",
        "ManufacturerPartNumber": "BZX84", "Vendor": "Arro", "VendorPartNumber": "A-9", "ManufacturerLotCode": "L-1",
        "Created": "2026-03-01T06:00:00+01:00", "ManufactureDate": "2025-11-05T00:00:00", "Units": None,
        "InitialQuantity": 5000.0, "Quantity": 5000.0, "Status": "Active", "MaterialData": None, **more,
    }  # fmt: skip


def checked(result: str, *names: str, **more: Any) -> dict[str, Any]:
    """Return a ``TestedUnit``."""
    tests = [
        {"TestName": name, "TestEndTime": "2026-03-01T10:00:00+01:00", "Result": result} for name in names
    ]
    return {
        "UnitIdentifier": "BRD-1",
        "UnitPositionNumber": None,
        "OverallResult": result,
        "Tests": tests,
        **more,
    }


LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "CFX.Materials.Management.MaterialsInitialized": ("Materials", detail()),
    "CFX.Materials.Storage.MaterialsLoaded": ("Materials", place(MaterialPackage=package())),
    "CFX.Production.Application.MaterialsApplied": (
        "AppliedMaterials",
        installed(
            QuantityInstalled=0.0, InstalledComponents=[], Material=package(PASTE), CarrierLocation=None,
            QuantityApplied={"Value": 3.25, "ValueUnits": "g", "ExpectedValue": 3.5, "ExpectedValueUnits": "g"},
        ),
    ),
    "CFX.Production.Application.MaterialsUnapplied": (
        "UnappliedMaterials", uninstalled(QuantityUninstalled=3.25, UninstalledComponents=[]),
    ),
    "CFX.Production.Assembly.MaterialsInstalled": ("InstalledMaterials", installed()),
    "CFX.Production.Assembly.MaterialsUninstalled": ("UninstalledMaterials", uninstalled()),
    "CFX.Production.TestAndInspection.UnitsInspected": (
        "InspectedUnits",
        {"UnitIdentifier": "BRD-1", "UnitPositionNumber": None, "OverallResult": "Failed", "Inspections": []},
    ),
    "CFX.Production.TestAndInspection.UnitsTested": ("TestedUnits", checked("Passed", "ICT")),
    "CFX.Production.UnitsInitialized": ("Units", unit()),
    "CFX.Production.WorkCompleted": ("Units", unit()),
    "CFX.Production.WorkStarted": ("Units", unit()),
}  # fmt: skip
"""By message that states something per line: the list, and a line of it."""

SPLIT = {
    "SourceMaterialPackageIdentifier": REEL, "SourceMaterialPackageRemainingQuantity": 4000.0,
    "NewMaterialPackageIdentifier": "REEL-9", "NewMaterialPackageQuantity": 1000.0,
}  # fmt: skip

JOINED = {"LeadingMaterialPackage": package(), "TrailingMaterialPackage": package(TAIL)}

KEPT: dict[str, dict[str, Any]] = {
    "CFX.Heartbeat": {"CFXHandle": "Placer.X1.SN1", "HeartbeatFrequency": "00:05:00", "ActiveFaults": []},
    "CFX.Materials.Management.BlockMaterialsRequest": {
        "MaterialPackageIdentifiers": [REEL], "Reason": "SuspectedProblem", "Comments": "cracked", "Blocker": None,
    },
    "CFX.Materials.Management.MaterialsChainSplit": {
        "SplittedMaterialPackage": package(TAIL), "RemainingMaterialPackage": package(),
    },
    "CFX.Materials.Management.MaterialsConsumed": {
        "ConsumedMaterials": [
            {
                "MaterialLocation": place(MaterialPackage=package()), "QuantityUsed": 42.0,
                "QuantitySpoiled": 2.0, "RemainingQuantity": 770.0,
            }
        ]
    },
    "CFX.Materials.Storage.SplicePointDetected": {
        "DepletedMaterial": place(MaterialPackage=package(Quantity=0.0)),
        "NewlyActiveMaterial": place(MaterialPackage=package(TAIL)),
    },
    "CFX.Production.ReworkAndRepair.UnitsRepaired": {
        "TransactionId": "5f0b0000-0000-4000-8000-000000000001", "RepairOperator": None,
        "RepairedUnits": [{"UnitIdentifier": "BRD-1", "OverallResult": "RepairSuccessful", "Repairs": []}],
    },
    "CFX.Production.UnitsDeparted": {"PrimaryIdentifier": "PNL-3", "UnitCount": 1, "Units": [unit()], "Lane": 1},
    "CFX.Production.UnitsDisqualified": {
        "Reason": "DefectiveRepairNotPossible", "Comments": "dropped", "Units": [unit()],
    },
}  # fmt: skip
"""By message that is kept: a body with the members that the SDK's documentation prints."""


def enveloped(name: str, body: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a message in its envelope."""
    return {
        "MessageName": name, "Version": "1.7", "TimeStamp": "2026-03-01T09:00:00.1234567+01:00",
        "UniqueID": f"6d4c3a55-0000-4000-8000-{number:012}", "Source": "Placer.X1.SN1", "Target": None,
        "RequestID": None, "MessageBody": body, **more,
    }  # fmt: skip


def understood(value: Any, message: str | None = None) -> Event:
    """Return what an event says that was received ``NOW``."""
    return understand(RawEvent(value=value, message=message), LIMITS, received_at=NOW)[0]
