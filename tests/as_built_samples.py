"""Hierarchical-structure submodels (IDTA 02011): nodes, relationships, references."""

from typing import Any

Body = dict[str, Any]
STRUCTURE = "https://admin-shell.io/idta/HierarchicalStructures/1/1/Submodel"
_RELATION = "https://admin-shell.io/idta/HierarchicalStructures/{}/1/0"


def external(value: str) -> Body:
    """Return an external reference."""
    return {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": value}]}


def node(name: str, asset: str | None, *statements: Body, count: str | None = None) -> Body:
    """Return an entity; with an asset it is self-managed."""
    said = list(statements)
    if count is not None:
        said.append(
            {"modelType": "Property", "idShort": "BulkCount", "valueType": "xs:unsignedLong", "value": count}
        )
    body: Body = {"modelType": "Entity", "idShort": name, "entityType": "CoManagedEntity"}
    if asset is not None:
        body |= {"entityType": "SelfManagedEntity", "globalAssetId": asset}
    return body | ({"statements": said} if said else {})


def relation(kind: str, submodel: str, first: str, second: str, *, other: str | None = None) -> Body:
    """Return ``HasPart``, ``IsPartOf`` or ``SameAs`` between two paths; the second may be another's."""
    return {
        "modelType": "RelationshipElement",
        "idShort": f"{kind}_{second.replace('.', '_')}",
        "semanticId": external(_RELATION.format(kind)),
        "first": to_entity(submodel, first),
        "second": to_entity(other or submodel, second),
    }


def to_entity(submodel: str, path: str) -> Body:
    """Return a model reference to an entity."""
    steps = [{"type": "Entity", "value": step} for step in path.split(".")]
    return {"type": "ModelReference", "keys": [{"type": "Submodel", "value": submodel}, *steps]}


def structure(
    identifier: str, *elements: Body, archetype: str | None = "Full", semantic_id: str = STRUCTURE
) -> Body:
    """Return a hierarchical-structure submodel."""
    said = list(elements)
    if archetype is not None:
        said.append(
            {"modelType": "Property", "idShort": "ArcheType", "valueType": "xs:string", "value": archetype}
        )
    return {
        "modelType": "Submodel",
        "id": identifier,
        "idShort": "HierarchicalStructures",
        "semanticId": external(semantic_id),
        "submodelElements": said,
    }
