"""Small AAS content for the tests: bodies, environments, and packages of one lot."""

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from aas_registry.domain.elements import children_of
from aas_registry.domain.id_short_path import IdShortPath
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind, Metamodel, PackageFile
from aas_registry.formats.aas.environment_writer import source_of, write_json, write_xml
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import build_lot_package

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


def write_environment_json(identifiables: Sequence[Identifiable]) -> bytes:
    """Return an environment as canonical JSON (RFC 8785)."""
    stream = io.BytesIO()
    write_json(source_of(identifiables), stream)
    return stream.getvalue()


def write_environment_xml(identifiables: Sequence[Identifiable], *, metamodel: Metamodel = "3.1") -> bytes:
    """Return an environment as XML, UTF-8."""
    stream = io.BytesIO()
    write_xml(source_of(identifiables), stream, metamodel=metamodel)
    return stream.getvalue()


def iterate_elements(
    container: Mapping[str, Any], parent: IdShortPath | None = None
) -> Iterator[tuple[IdShortPath, Body]]:
    """Yield every element that has a path, parents before members, in document order."""
    is_list = container.get("modelType") == "SubmodelElementList"
    for position, child in enumerate(children_of(container)):
        name = child.get("idShort")
        step = position if is_list else name if isinstance(name, str) and name else None
        if step is not None:
            path = IdShortPath((step,)) if parent is None else parent.child(step)
            yield path, child
            yield from iterate_elements(child, path)


def aasx(
    *bodies: Mapping[str, Any], files: Sequence[PackageFile] = (), thumbnail: PackageFile | None = None
) -> bytes:
    """Return a package of the metamodel 3.1 with some objects and files."""
    kinds = {kind.model_type: kind for kind in IdentifiableKind}
    entries = tuple(
        Identifiable(
            kind=kinds[body["modelType"]], identifier=body["id"], id_short=body.get("idShort"), body=body
        )
        for body in bodies
    )
    package = AasPackage(metamodel="3.1", identifiables=entries, files=tuple(files), thumbnail=thumbnail)
    return write_aasx(package)


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
