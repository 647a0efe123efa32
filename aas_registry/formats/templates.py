"""Our submodel templates: find them, fill them, compare a submodel with them.

The data lie in ``submodels/`` of the source tree and in ``_data/submodels`` of an
installed package; this module is the one that knows both places.
"""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import children_of
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.findings import Finding, error

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_data" / "submodels", _PACKAGE.parent / "submodels")
_MANDATORY = frozenset({"One", "OneToMany"})


def template_names() -> tuple[tuple[str, str], ...]:
    """Return name and version of every template, in ascending order."""
    found = (path.parent for place in _PLACES for path in place.glob("*/*/template.json"))
    return tuple(sorted({(folder.parent.name, folder.name) for folder in found}))


def load_template(name: str, version: str) -> dict[str, Any]:
    """Return a template: a submodel of kind ``Template`` as AAS JSON, a copy of its own.

    Args:
        name: Folder, such as ``lot_data``.
        version: Folder in it, such as ``1.0``.

    Raises:
        NotFoundError: There is no such template.
    """
    return deepcopy(_load(name, version))


def fill_template(
    template: Mapping[str, Any], *, identifier: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a submodel instance made from a template.

    Args:
        template: As `load_template` gives it.
        identifier: The submodel's id.
        values: By idShort: text for a Property or MultiLanguageProperty (English), a
            mapping for a collection, a list for a list, ``(value, media type)`` for a File.
            Elements without a value are left out.

    Raises:
        InvalidRequestError: TEMPLATE-VIOLATED: a mandatory element has no value.
    """
    filled: dict[str, Any] = {
        "modelType": "Submodel",
        "id": identifier,
        "idShort": template["idShort"],
        "kind": "Instance",
        "administration": template["administration"],
        "semanticId": template["semanticId"],
        "submodelElements": _filled_members(template, values, template["idShort"]),
    }
    if "supplementalSemanticIds" in template:
        filled["supplementalSemanticIds"] = template["supplementalSemanticIds"]
    return deepcopy(filled)


def check_template(submodel: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what a submodel lacks of the template whose semantic id it carries.

    Returns:
        One finding TEMPLATE-VIOLATED per missing mandatory element; empty where nothing is
        missing and where the submodel follows no template of ours.
    """
    semantic_ids = set(_semantic_ids(submodel))
    for name, version in template_names():
        template = _load(name, version)
        if set(_semantic_ids(template)) <= semantic_ids:
            return tuple(
                error(Code.TEMPLATE_VIOLATED, f"{name} {version} makes {path!r} mandatory.", path=path)
                for path in _missing(template, submodel, "")
            )
    return ()


@cache
def _load(name: str, version: str) -> dict[str, Any]:
    if (name, version) not in template_names():
        raise NotFoundError(f"There is no template {name!r} {version!r}.")
    paths = (place / name / version / "template.json" for place in _PLACES)
    content = next(path for path in paths if path.is_file()).read_bytes()
    template: dict[str, Any] = json.loads(content)["submodels"][0]
    return template


def _filled_members(
    container: Mapping[str, Any], values: Mapping[str, Any], path: str
) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = []
    for element in children_of(container):
        name = element["idShort"]
        value = values.get(name)
        if value is not None:
            members.append(_filled(element, value, f"{path}.{name}"))
        elif _is_mandatory(element):
            message = f"The template makes {path}.{name} mandatory."
            raise InvalidRequestError(message, code=Code.TEMPLATE_VIOLATED)
    return members


def _filled(element: Mapping[str, Any], value: Any, path: str) -> dict[str, Any]:
    filled = {key: kept for key, kept in element.items() if key not in {"qualifiers", "description"}}
    match element["modelType"]:
        case "MultiLanguageProperty":
            filled["value"] = [{"language": "en", "text": value}]
        case "SubmodelElementCollection":
            filled["value"] = _filled_members(element, value, path)
        case "SubmodelElementList":
            prototype = children_of(element)[0]
            filled["value"] = [
                _filled(prototype, item, f"{path}[{index}]") for index, item in enumerate(value)
            ]
        case "File":
            filled["value"], filled["contentType"] = value
        case _:
            filled["value"] = value
    return filled


def _missing(template: Mapping[str, Any], actual: Mapping[str, Any], path: str) -> Iterator[str]:
    is_list = template.get("modelType") == "SubmodelElementList"
    for element in children_of(template):
        name = element.get("idShort")
        found = [child for child in children_of(actual) if is_list or child.get("idShort") == name]
        place = f"{path}[0]" if is_list else f"{path}.{name}".removeprefix(".")
        if not found and _is_mandatory(element):
            yield place
        for index, child in enumerate(found):
            yield from _missing(element, child, f"{path}[{index}]" if is_list else place)


def _is_mandatory(element: Mapping[str, Any]) -> bool:
    return any(entry.get("value") in _MANDATORY for entry in element.get("qualifiers", ()))


def _semantic_ids(submodel: Mapping[str, Any]) -> Iterator[str]:
    for reference in (submodel.get("semanticId"), *(submodel.get("supplementalSemanticIds") or ())):
        for key in (reference or {}).get("keys") or ():
            yield str(key.get("value"))
