"""Our submodel templates: find them, fill them, compare a submodel with them.

The data lie in ``submodels/`` of the source tree and in ``_data/submodels`` of an
installed package; this module is the one that knows both places.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import children_of
from aas_registry.domain.errors import InvalidRequestError, NotFoundError
from aas_registry.domain.findings import Finding, info
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage, IdentifiableKind
from aas_registry.domain.semantic_ids import comparable, semantic_ids_of, versioned
from aas_registry.formats.templates.comparison import compare
from aas_registry.formats.templates.structure import MANDATORY, MANY, Slot, cardinality_of, compile_template

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "_data" / "submodels", _PACKAGE.parent / "submodels")
_EARLIER = "earlier_versions.json"
_MORE = "More deviations from templates than these were found."


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
        template: A template of ours (`load_template`).
        identifier: The submodel's id.
        values: By idShort: text for a Property or MultiLanguageProperty (English), a
            mapping for a collection, a list for a list, ``(value, media type)`` for a File,
            two references for a relationship, one for a reference, a mapping with
            ``globalAssetId`` and its statements for an Entity, anything for an event. A list
            gives an element that may be there several times a number each. Elements without
            a value are left out.

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


def check_template(
    submodel: Mapping[str, Any], *, limits: Limits, part: str | None = None, path: str = ""
) -> tuple[Finding, ...]:
    """Return how a submodel deviates from the template whose semantic id it carries.

    Args:
        submodel: AAS JSON of any shape.
        limits: ``template_findings``.
        part: Name of the part in its package, for findings; None outside a package.
        path: Place of the submodel, put before the idShort path with a slash between; may be empty.

    Returns:
        Warnings TEMPLATE-VIOLATED (an element is missing), TEMPLATE-TYPE,
        TEMPLATE-CARDINALITY and TEMPLATE-VALUE-MISSING with the idShort path, and an info where
        there are more; or one info TEMPLATE-VERSION where it follows a version that is not
        compared; empty where it deviates in nothing, or follows no template of ours.
    """
    keys = dict.fromkeys(versioned(value) for value in semantic_ids_of(submodel))
    catalogue = _catalogue()
    followed = [each for key in keys for each in catalogue.followed.get(key, ()) if each.keys <= keys.keys()]
    if followed:
        # Ours extends that of the standard, and names both. Of several, the first that it names.
        template = max(followed, key=lambda each: len(each.keys))
        found = _first(compare(template.root, submodel, title=template.title), limits.template_findings)
    else:
        found = list(_of_another_version(catalogue, keys))
    return tuple(
        replace(each, part=part, path="/".join(filter(None, (path, each.path))) or None) for each in found
    )


def check_templates(package: AasPackage, *, limits: Limits) -> tuple[Finding, ...]:
    """Return the same for all submodels of a package; paths begin with their ids.

    Args:
        package: A package that was read.
        limits: ``listed_findings`` bounds all of them, ``template_findings`` those of each submodel.
    """
    found = chain.from_iterable(
        check_template(each.body, limits=limits, part=each.part, path=each.identifier)
        for each in package.of_kind(IdentifiableKind.SUBMODEL)
    )
    return tuple(_first(found, limits.listed_findings))


def _first(found: Iterable[Finding], most: int) -> list[Finding]:
    first = list(islice(found, most + 1))
    if len(first) > most:
        first[most:] = [info(Code.TEMPLATE_VIOLATED, _MORE)]
    return first


@dataclass(frozen=True, slots=True)
class _Followed:
    title: str
    keys: frozenset[str]
    root: Slot


@dataclass(frozen=True, slots=True)
class _Catalogue:
    followed: Mapping[str, Sequence[_Followed]]
    other_versions: Mapping[str, str]
    current: Mapping[str, str]  # without the version of an IRDI, which is the template's version


@cache
def _catalogue() -> _Catalogue:
    followed: dict[str, list[_Followed]] = {}
    current: dict[str, str] = {}
    for name, version in template_names():
        template = _load(name, version)
        keys = frozenset(versioned(value) for value in semantic_ids_of(template))
        title = f"{name} {version}"
        for key in keys:
            followed.setdefault(key, []).append(_Followed(title, keys, compile_template(template)))
            current[comparable(key)] = title
    place = next(place for place in _PLACES if (place / _EARLIER).is_file())
    earlier: dict[str, dict[str, str]] = json.loads((place / _EARLIER).read_bytes())
    others = {
        versioned(value): f"{name} {version}"
        for name, versions in earlier.items()
        for value, version in versions.items()
    }
    return _Catalogue(followed, others, current)


def _of_another_version(catalogue: _Catalogue, keys: Iterable[str]) -> Iterator[Finding]:
    for key in sorted(keys):
        if key in catalogue.other_versions:
            message = f"The submodel follows {catalogue.other_versions[key]}; it was compared with nothing."
            yield info(Code.TEMPLATE_VERSION, message)
        elif comparable(key) in catalogue.current:
            title = catalogue.current[comparable(key)]
            message = f"{key!r} is a version of {title} that is not known; it was compared with nothing."
            yield info(Code.TEMPLATE_VERSION, message)


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
        name, cardinality = element["idShort"], cardinality_of(element)
        value, place = values.get(name), f"{path}.{name}"
        if value is None and cardinality in MANDATORY:
            message = f"The template makes {place} mandatory."
            raise InvalidRequestError(message, code=Code.TEMPLATE_VIOLATED)
        is_list = element["modelType"] == "SubmodelElementList"
        if cardinality in MANY and isinstance(value, list) and not is_list:
            members += [
                {**_filled(element, each, f"{place}{number:02}"), "idShort": f"{name}{number:02}"}
                for number, each in enumerate(value, start=1)
            ]
        elif value is not None:
            members.append(_filled(element, value, place))
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
        case "Entity":
            filled["globalAssetId"] = value["globalAssetId"]
            filled["statements"] = _filled_members(element, value, path)
        case "RelationshipElement":
            filled["first"], filled["second"] = value
        case "File":
            filled["value"], filled["contentType"] = value
        case "BasicEventElement":
            pass  # it says itself what it observes
        case _:
            filled["value"] = value
    return {key: kept for key, kept in filled.items() if kept != []}
