"""Honest packages, whole or with one part turned hostile."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aas_content import AAS_TYPES, SUBMODEL_XML, make_parts, make_rels, make_submodel, make_xml, make_zip
from hostile_files.raw_zip import Item

RELS_PART = "_rels/.rels"
ORIGIN_RELS_PART = "aasx/_rels/aasx-origin.rels"
TYPES_PART = "[Content_Types].xml"
CORE_PART = "docProps/core.xml"
DATA_PART = "aasx/data.xml"
JSON_PART = "aasx/data.json"


def honest_parts(**changed: bytes) -> dict[str, bytes]:
    """Return the parts of a package that is taken."""
    return {**make_parts(make_xml(SUBMODEL_XML)), **changed}


def package_with(parts: Mapping[str, bytes]) -> bytes:
    """Return an honest package with some parts added or replaced."""
    return make_zip({**honest_parts(), **parts})


def json_package(content: bytes) -> bytes:
    """Return a package whose AAS data are JSON of these bytes."""
    return make_zip(make_parts(content, data_name=JSON_PART))


def items_with(*extra: Item, without: Sequence[str] = ()) -> list[Item]:
    """Return an honest package as entries of the raw writer, and some more."""
    parts = {name: content for name, content in honest_parts().items() if name not in without}
    return [*(Item(name=name, content=content) for name, content in parts.items()), *extra]


def environment(*submodels: Any) -> bytes:
    """Return AAS JSON of these submodels."""
    return json.dumps({"submodels": list(submodels)}).encode()


def submodel_json(**members: Any) -> bytes:
    """Return AAS JSON of one honest submodel with some members added or replaced."""
    return environment(make_submodel(**members))


def relationships(kind: str, targets: Sequence[str]) -> bytes:
    """Return a relationships part whose entries are all of one AAS kind."""
    return make_rels([(f"{AAS_TYPES}/{kind}", target) for target in targets])
