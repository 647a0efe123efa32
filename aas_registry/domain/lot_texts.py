"""Lot texts: where suppliers write what they know of a lot, as name, text and place.

| source | what is read of it |
| --- | --- |
| the shell's ``specificAssetIds`` | all |
| our lot-data and lot-nameplate submodels, IDTA Digital Nameplate 1.0 to 3.0 | the elements at the top |
| IDTA Technical Data 1.0 to 2.0 | ``GeneralInformation`` only: the rest is of the supplier's own making |
| Catena-X Batch and SerialPart | local identifiers, part type and manufacturing information |

Names are compared without case and punctuation; where an idShort says nothing, the semantic
id of the Digital Nameplate does. Total over any JSON.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aas_registry.domain.elements import Body, children_of, text_of
from aas_registry.domain.semantic_ids import comparable, semantic_ids_of, versioned

LOT_DATA = "https://aas-registry.example/submodels/LotData/1/0"
LOT_NAMEPLATE = "https://aas-registry.example/submodels/LotNameplate/1/0"
_MAX_STEP_CHARS = 128


class _Source(Enum):
    """A pattern of semantic ids in their `versioned` spelling."""

    FLAT = re.compile(
        rf"{re.escape(versioned(LOT_DATA))}|{re.escape(versioned(LOT_NAMEPLATE))}"
        r"|https://admin-shell\.io/(?:zvei|idta)/nameplate/[123]/\d{1,3}(?:/\d{1,3})?/nameplate"
    )
    TECHNICAL = re.compile(
        r"0173-1#01-ahx837#\d{3}"
        r"|https://admin-shell\.io/(?:(?:tmp|sandbox)/sg2|zvei)/technicaldata/submodel/1/\d{1,3}"
    )
    CATENA_X = re.compile(
        r"urn:[bs]amm:io\.catenax\.(?:batch:\d{1,3}(?:\.\d{1,3}){2}#batch"
        r"|serial_part:\d{1,3}(?:\.\d{1,3}){2}#serialpart)"
    )


_NAME_OF_SEMANTIC_ID: Mapping[str, str] = {
    comparable(value): name
    for name, values in {
        "manufacturername": ("0112/2///61987#ABA565#009", "0173-1#02-AAO677#004"),
        "ordercodeofmanufacturer": ("0112/2///61987#ABA950#008", "0173-1#02-AAO227#004"),
        "productarticlenumberofmanufacturer": ("0112/2///61987#ABA581#007", "0173-1#02-AAO676#005"),
        "dateofmanufacture": ("0112/2///61987#ABB757#007", "0173-1#02-AAR972#004"),
        "countryoforigin": ("0112/2///61987#ABP462#001", "0173-1#02-AAO259#007"),
    }.items()
    for value in values
}
# Catena-X calls these by words that mean something else on a nameplate.
_MANUFACTURING = {"date": "manufacturingdate", "country": "countryoforigin"}


@dataclass(frozen=True, slots=True)
class LotText:
    """One value under a name.

    Attributes:
        name: Lower case, letters and digits only.
        text: Without white space around it; not empty.
        path: The place of the value: the submodel's id, a slash, the idShort path.
    """

    name: str
    text: str
    path: str


def texts_of_shell(shell: Body) -> Iterator[LotText]:
    """Yield what the specific asset ids of a shell say."""
    asset = shell.get("assetInformation")
    entries = asset.get("specificAssetIds") if isinstance(asset, Mapping) else None
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            path = f"assetInformation.specificAssetIds[{index}]"
            yield from _lot_text(entry.get("name"), entry.get("value"), path)


def texts_of_submodel(identifier: str, submodel: Body) -> Iterator[LotText]:
    """Yield what a submodel says of a lot; nothing where it follows none of the sources."""
    match _source(submodel):
        case _Source.FLAT:
            yield from _flat(submodel, identifier)
        case _Source.TECHNICAL:
            for element in _named(submodel, "generalinformation"):
                yield from _flat(element, f"{identifier}/{_step(element)}", separator=".")
        case _Source.CATENA_X:
            yield from _catena_x(submodel, identifier)


def states_lot_facts(submodel: Body) -> bool:
    """Return whether a submodel's semantic ids name one of the sources."""
    return _source(submodel) is not None


def _source(submodel: Body) -> _Source | None:
    keys = [versioned(value) for value in semantic_ids_of(submodel)]
    return next((source for key in keys for source in _Source if source.value.fullmatch(key)), None)


def _flat(container: Body, path: str, *, separator: str = "/") -> Iterator[LotText]:
    for element in children_of(container):
        known = (_NAME_OF_SEMANTIC_ID.get(comparable(value)) for value in semantic_ids_of(element))
        name = next((name for name in known if name), element.get("idShort"))
        here = f"{path}{separator}{_step(element)}"
        yield from _lot_text(name, text_of(element), here)
        if element.get("modelType") == "SubmodelElementList":
            for index, member in enumerate(children_of(element)):
                yield from _lot_text(name, text_of(member), f"{here}[{index}]")


def _catena_x(submodel: Body, identifier: str) -> Iterator[LotText]:
    for group in _named(submodel, "localidentifiers"):
        for index, pair in enumerate(children_of(group)):
            said = {_key(each.get("idShort")): text_of(each) for each in children_of(pair)}
            yield from _lot_text(said.get("key"), said.get("value"), f"{identifier}/{_step(group)}[{index}]")
    for group in _named(submodel, "parttypeinformation"):
        yield from _flat(group, f"{identifier}/{_step(group)}", separator=".")
    for group in _named(submodel, "manufacturinginformation"):
        for element in children_of(group):
            name = _MANUFACTURING.get(_key(element.get("idShort")))
            yield from _lot_text(name, text_of(element), f"{identifier}/{_step(group)}.{_step(element)}")


def _named(container: Body, key: str) -> Iterator[dict[str, Any]]:
    return (each for each in children_of(container) if _key(each.get("idShort")) == key)


def _lot_text(name: object, value: object, path: str) -> Iterator[LotText]:
    if isinstance(name, str) and isinstance(value, str) and value.strip():
        yield LotText(_key(name), value.strip(), path)


def _key(name: object) -> str:
    return re.sub(r"[^0-9a-z]", "", name[:_MAX_STEP_CHARS].casefold()) if isinstance(name, str) else ""


def _step(element: Body) -> str:
    return str(element.get("idShort"))[:_MAX_STEP_CHARS]
