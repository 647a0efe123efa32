"""As-built structures, as they are answered."""

from aas_registry.domain.as_built import Archetype, PartRelation
from aas_registry.web.schemas.answer import YES, AnswerModel, FindingJson, shown

_KEY = "urn:bolt:asset:board-7"


class StructureJson(AnswerModel):
    """A submodel that states a structure."""

    submodel: str = shown("Id of the submodel.", "urn:bolt:submodel:structure-7")
    stated_by: str | None = shown("Code of the party that states it; null for the plant.", "bolt")
    archetype: Archetype | None = shown("How much of the structure it shows; null where it does not say.")
    level: int = shown("0 for the shell that was asked for, one more for what it consists of.", 0)


class NodeJson(AnswerModel):
    """A node of a structure: an asset, or an element that has none."""

    key: str = shown("What the links call it.", _KEY)
    asset: str | None = shown("Global asset id; null where none is stated.", _KEY)
    submodel: str = shown("Id of the submodel that states it.", "urn:bolt:submodel:structure-7")
    path: str = shown("idShort path of the element.", "EntryNode")


class PartLinkJson(AnswerModel):
    """What a submodel says of two nodes."""

    parent: str = shown("Key of the whole.", _KEY)
    child: str = shown("Key of the part.", "urn:bolt:asset:resistor-1")
    relation: PartRelation = shown("The kind of relationship that is stated.")
    quantity: int | None = shown("How many of the part, in pieces; null where none is stated.", 4)
    is_stated: bool = shown("Whether a relationship states it; else the node is nested.", YES)
    submodel: str = shown("Id of the submodel that states it.", "urn:bolt:submodel:structure-7")
    path: str = shown("idShort path of what states it.", "EntryNode.HasPart1")


class AsBuiltJson(AnswerModel):
    """What suppliers' submodels say the asset of a shell consists of."""

    shell: str = shown("Id of the shell.", "urn:bolt:shell:board-7")
    asset: str | None = shown("Global asset id of the shell; null where it has none.", _KEY)
    certainty: str = shown("How sure it is: always `assumed`, for a supplier says so.", "assumed")
    is_truncated: bool = shown("Whether there is more than is answered.")
    structures: list[StructureJson] = shown("The submodels, from the top down.")
    nodes: list[NodeJson] = shown("The nodes of all structures.")
    links: list[PartLinkJson] = shown("The links of all structures.")
    findings: list[FindingJson] = shown("What was noticed.", [])
