"""What a shell, submodel or concept description is searched by, read from its AAS JSON.

Bodies that were stored with findings may hold any JSON below their id, so every function
here is total: what is not of the metamodel's form is passed over, and never raises.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]


def semantic_id_of(body: Body) -> str | None:
    """Return the value of the first key of the semanticId; None where there is none."""
    return next(iter(_key_values(body.get("semanticId"))), None)


def asset_ids_of(body: Body) -> list[tuple[str, str]]:
    """Return the specific asset ids of a shell as (name, value), then its ``globalAssetId``."""
    asset = body.get("assetInformation")
    if not isinstance(asset, Mapping):
        return []
    found = [
        (name, value)
        for each in _objects(asset.get("specificAssetIds"))
        if (name := _text(each.get("name"))) and (value := _text(each.get("value")))
    ]
    global_id = _text(asset.get("globalAssetId"))
    return [*found, ("globalAssetId", global_id)] if global_id else found


def submodel_refs_of(body: Body) -> list[str]:
    """Return the ids of the submodels that a shell names, in its order."""
    named = (_key_values(each) for each in _objects(body.get("submodels")))
    return [values[-1] for values in named if values]


def thumbnail_path_of(body: Body) -> str | None:
    """Return where a shell says its thumbnail is; None where it names none."""
    asset = body.get("assetInformation")
    thumbnail = asset.get("defaultThumbnail") if isinstance(asset, Mapping) else None
    return _text(thumbnail.get("path")) if isinstance(thumbnail, Mapping) else None


def file_values_of(body: Body) -> list[str]:
    """Return where the ``File`` elements, at any depth, and the thumbnail say that their content is."""
    thumbnail = thumbnail_path_of(body)
    found = {} if thumbnail is None else {thumbnail: None}
    for each in objects_in(body):
        if each.get("modelType") == "File" and (named := _text(each.get("value"))):
            found[named] = None
    return list(found)


def objects_in(body: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object in a body, itself first, at any depth."""
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _key_values(reference: Any) -> list[str]:
    keys = reference.get("keys") if isinstance(reference, Mapping) else None
    return [value for key in _objects(keys) if (value := _text(key.get("value")))]


def _objects(value: Any) -> Iterator[Body]:
    return (each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else iter(())


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
