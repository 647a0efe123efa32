"""Small AAS content for the tests: bodies, environments, and packages of one lot."""

import base64
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import AasPackage
from aas_registry.formats.aasx_writer import write_aasx
from aas_registry.formats.lot_package import build_lot_package

Body = dict[str, Any]


def id64(identifier: str) -> str:
    """Return an identifier as it stands in an address."""
    return base64.urlsafe_b64encode(identifier.encode()).decode().rstrip("=")


def shell(identifier: str, *, submodels: Sequence[str] = (), **asset_ids: str) -> Body:
    """Return a shell that names submodels and specific asset ids."""
    asset: Body = {"assetKind": "Instance", "globalAssetId": f"{identifier}/asset"[:2048]}
    if asset_ids:
        asset["specificAssetIds"] = [{"name": name, "value": value} for name, value in asset_ids.items()]
    body: Body = {
        "modelType": "AssetAdministrationShell",
        "id": identifier,
        "idShort": "Shell",
        "assetInformation": asset,
    }
    if submodels:
        body["submodels"] = [reference("Submodel", each) for each in submodels]
    return body


def reference(kind: str, identifier: str) -> Body:
    """Return a model reference to an identifiable."""
    return {"type": "ModelReference", "keys": [{"type": kind, "value": identifier}]}


def submodel(identifier: str, *elements: Body, semantic_id: str | None = None) -> Body:
    """Return a submodel."""
    body: Body = {"modelType": "Submodel", "id": identifier, "idShort": "Data"}
    if semantic_id:
        body["semanticId"] = {
            "type": "ExternalReference",
            "keys": [{"type": "GlobalReference", "value": semantic_id}],
        }
    if elements:
        body["submodelElements"] = list(elements)
    return body


def text(id_short: str | None, value: str = "a value") -> Body:
    """Return a text property; without an idShort where a list holds it."""
    body = {"modelType": "Property", "valueType": "xs:string", "value": value}
    return body if id_short is None else {**body, "idShort": id_short}


def collection(id_short: str, *members: Body) -> Body:
    """Return a collection of elements."""
    return {"modelType": "SubmodelElementCollection", "idShort": id_short, "value": list(members)}


def texts(id_short: str, *values: str) -> Body:
    """Return a list of text properties."""
    return {
        "modelType": "SubmodelElementList",
        "idShort": id_short,
        "typeValueListElement": "Property",
        "valueTypeListElement": "xs:string",
        "value": [text(None, value) for value in values],
    }


def concept(identifier: str, id_short: str = "Concept") -> Body:
    """Return a concept description."""
    return {"modelType": "ConceptDescription", "id": identifier, "idShort": id_short}


def environment(*bodies: Mapping[str, Any]) -> bytes:
    """Return an AAS environment as JSON."""
    members = {
        "AssetAdministrationShell": "assetAdministrationShells",
        "Submodel": "submodels",
        "ConceptDescription": "conceptDescriptions",
    }
    listed: dict[str, list[Mapping[str, Any]]] = {}
    for body in bodies:
        listed.setdefault(members[str(body["modelType"])], []).append(body)
    return json.dumps(listed).encode()


def lot_shell(identifier: str, *, code: str, mpn: str = "CAP-100N", maker: str = "Bolt", **more: str) -> Body:
    """Return a shell whose asset is a lot, as its specific asset ids say."""
    return shell(identifier, manufacturer=maker, mpn=mpn, lotCode=code, **more)


def lot_package(code: str = "0042", *, maker: str = "Bolt Components GmbH", **facts: Any) -> AasPackage:
    """Return the package of one lot, with nameplate and lot data."""
    stated = {
        "date_codes": ("2611", "2612"),
        "quantity": Decimal(4000),
        "unit_of_measure": "pcs",
        "delivery_note": "DN-7",
    }
    known = LotFacts(
        manufacturer=maker,
        mpn="CAP-100N-0603",
        lot_code=code,
        shell=f"https://bolt.example/lots/{code}",
        **(stated | facts),
    )
    return build_lot_package(known)


def lot_aasx(code: str = "0042", **facts: Any) -> bytes:
    """Return the AASX of one lot."""
    return write_aasx(lot_package(code, **facts))
