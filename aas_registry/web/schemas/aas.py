"""Objects of the AAS, as the metamodel describes them (IDTA-01001); here is what any of them has."""

from typing import Any, Literal

from pydantic import ConfigDict

from aas_registry.web.schemas.answer import AnswerModel, absent, shown

_METAMODEL = "IDTA-01001; its JSON Schema describes every member."


class MetamodelJson(AnswerModel):
    """Base of what the metamodel describes: it may have the members that stand there."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"description": _METAMODEL})


class KeyJson(AnswerModel):
    """A step of a reference."""

    type: str = shown("What the step leads to.", "Submodel")
    value: str = shown("Its id, or its place.", "urn:bolt:submodel:nameplate-7")


class ReferenceJson(MetamodelJson):
    """A reference, such as that from a shell to a submodel."""

    type: Literal["ModelReference", "ExternalReference"] = shown("What it leads to.")
    keys: list[KeyJson] = shown("The steps.")


class ShellJson(MetamodelJson):
    """A shell."""

    model_type: Literal["AssetAdministrationShell"] | None = absent(
        "What it is; absent where a file was taken without it.", "AssetAdministrationShell"
    )
    id: str = shown("Its id.", "urn:bolt:shell:board-7")
    id_short: str | None = absent("Its short name.", "Board7")
    asset_information: dict[str, Any] = shown("What asset it stands for.", {"assetKind": "Instance"})


class SubmodelJson(MetamodelJson):
    """A submodel."""

    model_type: Literal["Submodel"] | None = absent(
        "What it is; absent where a file was taken without it.", "Submodel"
    )
    id: str = shown("Its id.", "urn:bolt:submodel:nameplate-7")
    id_short: str | None = absent("Its short name.", "Nameplate")


class ConceptDescriptionJson(MetamodelJson):
    """A concept description."""

    model_type: Literal["ConceptDescription"] | None = absent(
        "What it is; absent where a file was taken without it.", "ConceptDescription"
    )
    id: str = shown("Its id.", "urn:bolt:concept:lot")
    id_short: str | None = absent("Its short name.", "Lot")


class SubmodelElementJson(MetamodelJson):
    """A submodel element."""

    model_type: str = shown("What it is, such as `Property`.", "Property")
    id_short: str | None = absent("Its short name; what stands in a list has none.", "SerialNumber")


class EnvironmentJson(AnswerModel):
    """An environment: objects with all that belongs to them; what there is none of is absent."""

    asset_administration_shells: list[ShellJson] | None = absent("Shells.")
    submodels: list[SubmodelJson] | None = absent(
        "Submodels.", [{"modelType": "Submodel", "id": "urn:bolt:7"}]
    )
    concept_descriptions: list[ConceptDescriptionJson] | None = absent("Concept descriptions.")


class ServiceDescriptionJson(AnswerModel):
    """Which profiles this server belongs to (IDTA-01002)."""

    profiles: list[str] = shown(
        "The profiles.",
        ["https://admin-shell.io/aas/API/3/1/SubmodelRepositoryServiceSpecification/SSP-001"],
    )
