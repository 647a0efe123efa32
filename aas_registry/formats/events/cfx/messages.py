"""The messages that the CFX SDK publishes, and what the registry takes each of them to state.

Every one of them is taken and kept; most are none of the genealogy's business. Of the others some
say what the registry's vocabulary of facts has no word for yet; these are kept, too, and are
understood anew when it has.

Source:
    CFX SDK 2, "CFX Topics, Messages, and Data Structures"; its names of version 1 where they differ.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aas_registry.formats.events.cfx.materials import (
    MaterialsApplied,
    MaterialsInitialized,
    MaterialsInstalled,
    MaterialsJoined,
    MaterialsLoaded,
    MaterialsSplit,
    MaterialsUnapplied,
    MaterialsUninstalled,
    MaterialsUnloaded,
)
from aas_registry.formats.events.cfx.parts import CfxPart
from aas_registry.formats.events.cfx.units import (
    InitializedUnits,
    UnitsInspected,
    UnitsTested,
    WorkCompleted,
    WorkStarted,
)

_OTHER = "not a genealogy message"


class CfxMeaning(NamedTuple):
    """What a message is taken to state.

    Attributes:
        states: In words.
        body: How its body is read; of one that states nothing, nothing is read.
    """

    states: str
    body: type[CfxPart] = CfxPart


_NAMED = "the units, with the serial numbers and the places on a panel or carrier by which they go"
_USED = "per line, that material of the package is in the unit"
_WITHIN = "(in an envelope, of which `Source` is the station)"
_REPORT = "a pass of the units at the station, with the slots of which it tells"
_CHECKED = "per unit, how its {} ended all in all (nothing where it was skipped)"
_MEANINGS: Mapping[str, CfxMeaning] = {
    "CFX.Materials.Management.BlockMaterialsRequest": CfxMeaning("kept; asks to block packages, no fact yet"),
    "CFX.Materials.Management.MaterialsChainSplit": CfxMeaning(
        "kept; spliced packages were parted again, no fact yet"
    ),
    "CFX.Materials.Management.MaterialsConsumed": CfxMeaning(
        "kept; how much of packages was used and spoiled, in no unit that is named: no fact yet"
    ),
    "CFX.Materials.Management.MaterialsInitialized": CfxMeaning(
        "per line, a package, its quantity, and its lot where manufacturer, part number and lot code are "
        "given",
        MaterialsInitialized,
    ),
    "CFX.Materials.Management.MaterialsJoined": CfxMeaning(
        "that from now on either package may be in what is used by the leading one's label, until that is "
        "spliced to again; each goes on by its own label",
        MaterialsJoined,
    ),
    "CFX.Materials.Management.MaterialsSplit": CfxMeaning(
        "that the new package holds what the source package held, and how much", MaterialsSplit
    ),
    "CFX.Materials.Storage.MaterialsLoaded": CfxMeaning(
        f"per line with a place, that the slot of the station holds the package {_WITHIN}", MaterialsLoaded
    ),
    "CFX.Materials.Storage.MaterialsUnloaded": CfxMeaning(
        f"per package, that the slot of the station that held it holds nothing {_WITHIN}", MaterialsUnloaded
    ),
    "CFX.Materials.Storage.SplicePointDetected": CfxMeaning(
        "kept; from here the next package of a splice is used, no fact yet: uses name it themselves"
    ),
    "CFX.Production.Application.MaterialsApplied": CfxMeaning(
        f"{_USED}, and how much was applied (`QuantityApplied`, else `QuantityInstalled`); {_REPORT} "
        f"{_WITHIN}",
        MaterialsApplied,
    ),
    "CFX.Production.Application.MaterialsUnapplied": CfxMeaning(
        "per line, that material of the package is in the unit no more", MaterialsUnapplied
    ),
    "CFX.Production.Assembly.MaterialsInstalled": CfxMeaning(
        f"{_USED}, at which designators, from which slot and feeder; of spliced packages of the one that "
        f"is consumed, within a grey zone possibly of either; nothing where nothing was installed; {_REPORT} "
        f"{_WITHIN}",
        MaterialsInstalled,
    ),
    "CFX.Production.Assembly.MaterialsUninstalled": CfxMeaning(
        "per line, that the parts at the designators, or of the package, are in the unit no more",
        MaterialsUninstalled,
    ),
    "CFX.Production.ReworkAndRepair.UnitsRepaired": CfxMeaning(
        "kept; which defects were repaired, no fact yet: parts that were changed are told by "
        "`MaterialsUninstalled` and `MaterialsInstalled`"
    ),
    "CFX.Production.TestAndInspection.UnitsInspected": CfxMeaning(
        _CHECKED.format("inspection"), UnitsInspected
    ),
    "CFX.Production.TestAndInspection.UnitsTested": CfxMeaning(_CHECKED.format("test"), UnitsTested),
    "CFX.Production.UnitsDeparted": CfxMeaning(
        "kept; units left a station, which tells nothing of what was done"
    ),
    "CFX.Production.UnitsDisqualified": CfxMeaning("kept; units were scrapped, no fact yet"),
    "CFX.Production.UnitsInitialized": CfxMeaning(_NAMED, InitializedUnits),
    "CFX.Production.WorkCompleted": CfxMeaning(
        f"{_NAMED}, where it lists them; that these, else all units of the transaction, completed their pass "
        f"of the station, if the result is `Completed` {_WITHIN}",
        WorkCompleted,
    ),
    "CFX.Production.WorkStarted": CfxMeaning(
        f"{_NAMED}; that they passed the station, with transaction and lane {_WITHIN}", WorkStarted
    ),
}
_PUBLISHED: Mapping[str, str] = {
    "CFX": (
        "AreYouThereRequest AreYouThereResponse EndpointConnected EndpointShuttingDown "
        "GetEndpointInformationRequest GetEndpointInformationResponse Heartbeat NotSupportedResponse "
        "WhoIsThereRequest WhoIsThereResponse"
    ),
    "CFX.InformationSystem.DataTransfer": "FileTransferRequest FileTransferResponse",
    "CFX.InformationSystem.OperatorValidation": "ValidateOperatorRequest ValidateOperatorResponse",
    "CFX.InformationSystem.ProductionScheduling": "WorkOrdersScheduled WorkOrdersUnscheduled",
    "CFX.InformationSystem.TopicValidation": "ValidateTopicRequest ValidateTopicResponse",
    "CFX.InformationSystem.UnitValidation": "ValidateUnitsRequest ValidateUnitsResponse",
    "CFX.InformationSystem.WorkOrderManagement": (
        "WorkOrderQuantityUpdated WorkOrderStatusUpdated WorkOrdersCreated WorkOrdersDeleted "
        "WorkOrdersUpdated"
    ),
    "CFX.Maintenance": (
        "GetResourceInformationRequest GetResourceInformationResponse "
        "GetResourceMaintenanceAndServiceRequest GetResourceMaintenanceAndServiceResponse "
        "GetResourceMaintenanceStatusRequest GetResourceMaintenanceStatusResponse "
        "GetResourceSetupRequest GetResourceSetupResponse ResourceInformationEvent "
        "ResourceMaintenanceAndServiceEvent ResourceMaintenanceStatusEvent ResourceSetupEvent"
    ),
    "CFX.Materials.Management": (
        "BlockMaterialsRequest BlockMaterialsResponse GetMaterialInformationRequest "
        "GetMaterialInformationResponse MaterialsChainSplit MaterialsConsumed MaterialsInitialized "
        "MaterialsJoined MaterialsModified MaterialsRetired MaterialsSplit UnblockMaterialsRequest "
        "UnblockMaterialsResponse"
    ),
    "CFX.Materials.Management.MSDManagement": (
        "MaterialsExpired MaterialsOpened MaterialsPlacedInDryStorage MaterialsRemovedFromDryStorage "
        "MaterialsRestored"
    ),
    "CFX.Materials.Storage": (
        "GetLoadedMaterialsRequest GetLoadedMaterialsResponse MaterialCarriersLoaded "
        "MaterialCarriersUnloaded MaterialsEmpty MaterialsLoaded MaterialsUnloaded SplicePointDetected "
        "ValidateStationSetupRequest ValidateStationSetupResponse"
    ),
    "CFX.Materials.Transport": (
        "CheckpointReached CreateTransportOrderRequest CreateTransportOrderResponse "
        "GetTransportOrderStatusRequest GetTransportOrderStatusResponse StartTransferRequest "
        "StartTransferResponse TransportOrderCompleted TransportOrderStarted TransportOrderStatusChanged"
    ),
    "CFX.Production": (
        "ActivateRecipeRequest ActivateRecipeResponse ActivitiesExecuted BlockMaterialLocationsRequest "
        "BlockMaterialLocationsResponse GetActiveRecipeRequest GetActiveRecipeResponse "
        "GetAvailableRecipesRequest GetAvailableRecipesResponse GetRecipeRequest GetRecipeResponse "
        "GetRequiredSetupRequest GetRequiredSetupResponse GetUnitInfoRequest GetUnitInfoResponse "
        "LocalRecipeChanged LockStationRequest LockStationResponse OperatorActivated OperatorDeactivated "
        "ReadingsRecorded RecipeActivated RecipeDeactivated RecipeModified SetupRequirementsChanged "
        "ToolsCleaned ToolsLoaded ToolsUnloaded ToolsUsed UnblockMaterialLocationsRequest "
        "UnblockMaterialLocationsResponse UnitsArrived UnitsDeparted UnitsDisqualified UnitsInitialized "
        "UnlockStationRequest UnlockStationResponse UpdateRecipeRequest UpdateRecipeResponse "
        "WorkCompleted WorkOrderActionExecuted WorkStageCompleted WorkStagePaused WorkStageResumed "
        "WorkStageStarted WorkStarted"
    ),
    "CFX.Production.Application": "MaterialsApplied MaterialsUnapplied",
    "CFX.Production.Application.Solder": "PCBSelectiveSoldered",
    "CFX.Production.Assembly": "MaterialsInstalled MaterialsUninstalled UnitsPersonalized",
    "CFX.Production.Assembly.PressInsertion": (
        "ConditionCompleted GetConditionPermissionRequest GetConditionPermissionResponse"
    ),
    "CFX.Production.Hermes": (
        "GetMagazineDataRequest GetMagazineDataResponse GetWorkOrderDataRequest GetWorkOrderDataResponse "
        "MagazineArrived MagazineDeparted"
    ),
    "CFX.Production.LoadingAndUnloading": "UnitsLoaded UnitsUnloaded",
    "CFX.Production.Processing": "UnitsProcessed",
    "CFX.Production.ReworkAndRepair": "UnitsRepaired",
    "CFX.Production.TestAndInspection": (
        "GetInspectionInfoRequest GetInspectionInfoResponse UnitsInspected UnitsTested"
    ),
    "CFX.ResourcePerformance": (
        "CalibrationPerformed ChangeSleepStateRequest ChangeSleepStateResponse EnergyConsumed "
        "EnergyConsumptionRequest EnergyConsumptionResponse FaultAcknowledged FaultCleared FaultOccurred "
        "GetActiveFaultsRequest GetActiveFaultsResponse HandleFaultRequest HandleFaultResponse "
        "LogEntryRecorded MaintenancePerformed ModifyStationParametersRequest "
        "ModifyStationParametersResponse ProcessDataRecorded SleepStateChanged StageStateChanged "
        "StationOffline StationOnline StationParametersModified StationStateChanged ToolChanged"
    ),
    "CFX.ResourcePerformance.PressInsertion": "ComponentsPressed",
    "CFX.ResourcePerformance.SMTPlacement": "ComponentsPlaced",
    "CFX.ResourcePerformance.SolderPastePrinting": (
        "CleanSqueegeeRequest CleanSqueegeeResponse CleanStencilRequest CleanStencilResponse "
        "SqueegeeCleaned StencilCleaned"
    ),
    "CFX.ResourcePerformance.THTInsertion": "ComponentsInserted",
    "CFX.Sensor.Identification": (
        "IdentifiersNotRead IdentifiersRead IdentifyUnitsRequest IdentifyUnitsResponse"
    ),
}
_EARLIER: Mapping[str, str] = {
    "CFX.Materials.Management": "MaterialsEmpty",
    "CFX.Materials.Transport": "MaterialTransportCompleted MaterialTransportStarted",
    "CFX.Production.Assembly": "ToolsUsed",
    "CFX.ResourcePerformance": (
        "ModifyStationParameterRequest ModifyStationParameterResponse StationParameterModified"
    ),
    "CFX.ResourcePerformance.SMTPlacement": "ToolChanged",
    "CFX.ResourcePerformance.SolderPastePrinting": "SqueegeeChanged StencilChanged",
}


def _whole_names(published: Mapping[str, str]) -> Iterator[str]:
    return (f"{topic}.{name}" for topic, names in published.items() for name in names.split())


MESSAGES: Mapping[str, CfxMeaning] = {
    name: _MEANINGS.get(name, CfxMeaning(_OTHER))
    for name in sorted((*_whole_names(_PUBLISHED), *_whole_names(_EARLIER)))
}
_SHORT = {name.rpartition(".")[2]: name for name in _whole_names(_PUBLISHED)}


def whole_name(message: str) -> str | None:
    """Return the whole name of a message, of which the last part is enough; None for no message of CFX."""
    name = _SHORT.get(message, message)
    return name if name in MESSAGES else None
