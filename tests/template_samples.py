"""Complete submodels made from our templates: every element there, every list with two members."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from aas_registry.domain.elements import children_of
from aas_registry.formats.templates.catalogue import fill_template, load_template

TEXTS = {
    "xs:anyURI": "https://maker.example/p/1", "xs:boolean": "true", "xs:date": "2026-03-16",
    "xs:dateTime": "2026-03-16T08:00:00Z", "xs:decimal": "1.5", "xs:double": "1.5", "xs:float": "1.5", "xs:int": "3",
    "xs:positiveInteger": "3", "xs:nonNegativeInteger": "3", "xs:unsignedLong": "3",
}  # fmt: skip
REFERENCE = {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": "urn:maker:a"}]}
MODEL_REFERENCE = {"type": "ModelReference", "keys": [{"type": "Submodel", "value": "urn:maker:s"}]}
VALUES: dict[str, Any] = {
    "File": ("/aasx/files/a.pdf", "application/pdf"),
    "RelationshipElement": (MODEL_REFERENCE, MODEL_REFERENCE),
    "ReferenceElement": REFERENCE,
    "BasicEventElement": True,
}


def complete(name: str, version: str) -> dict[str, Any]:
    """Return a submodel that has every element of a template, a copy of its own."""
    return deepcopy(_complete(name, version))


def complete_values(template: dict[str, Any], text: Callable[[], str]) -> dict[str, Any]:
    """Return values for every element of a template.

    Args:
        template: As `load_template` gives it.
        text: Gives the next text.
    """
    return _members(template, text)


@cache
def _complete(name: str, version: str) -> dict[str, Any]:
    template = load_template(name, version)
    values = complete_values(template, lambda: "text")
    return fill_template(template, identifier=f"urn:sample:{name}", values=values)


def places(container: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield idShort path, element and container of every element below."""
    is_list = container["modelType"] == "SubmodelElementList"
    for index, element in enumerate(children_of(container)):
        here = f"{path}[{index}]" if is_list else f"{path}.{element['idShort']}".removeprefix(".")
        yield here, element, container
        yield from places(element, here)


def _members(container: dict[str, Any], text: Callable[[], str]) -> dict[str, Any]:
    return {each["idShort"]: _value(each, text) for each in children_of(container)}


def _value(element: dict[str, Any], text: Callable[[], str]) -> Any:
    match element["modelType"]:
        case "Property" if element["valueType"] != "xs:string":
            return TEXTS[element["valueType"]]
        case "SubmodelElementList":
            return [_value(each, text) for each in children_of(element) for _ in range(2)] or None
        case "SubmodelElementCollection" | "Entity":
            return {"globalAssetId": "urn:maker:asset", **_members(element, text)}
    return VALUES.get(element["modelType"]) or text()
