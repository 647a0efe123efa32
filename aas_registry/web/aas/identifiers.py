"""Identifiers in addresses: base64url, as the AAS API writes them."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aas_registry.domain.canonical_json import loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, RefusedError
from aas_registry.web.routing import invalid_request, registry

_WORST_UTF8 = 4
_BASE64URL = re.compile("[A-Za-z0-9_-]*")
_IDENTIFIER, _ASSET_IDS, _SEMANTIC_ID = "identifier", "assetIds", "semanticId"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # no database keeps U+0000 or half a surrogate pair


def decode_identifier(text: str) -> str:
    """Return the identifier behind a path segment.

    Args:
        text: base64url of UTF-8, with or without padding.

    Raises:
        InvalidRequestError: Not base64url, not UTF-8, or over ``identifier_chars``; the
            finding's path is the parameter, here and below.

    Source:
        IDTA-01002, "Encoding of identifiers in paths": base64url without padding.
    """
    most = registry().limits.identifier_chars
    try:
        found = _decode(text, _IDENTIFIER, most_bytes=most * _WORST_UTF8).decode("utf-8")
    except UnicodeDecodeError as cause:
        raise _invalid(_IDENTIFIER) from cause
    if len(found) > most:
        raise invalid_request(Code.ID_TOO_LONG.meaning, code=Code.ID_TOO_LONG, path=_IDENTIFIER)
    return _storable(found, _IDENTIFIER)


def encode_identifier(identifier: str) -> str:
    """Return the path segment for an identifier."""
    return base64.urlsafe_b64encode(identifier.encode()).rstrip(b"=").decode()


def decode_asset_ids(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name, value) of specific asset ids, each given as base64url of its JSON object.

    Raises:
        InvalidRequestError: One is not such an object.
    """
    try:
        return [
            (_storable(found["name"], _ASSET_IDS), _storable(found["value"], _ASSET_IDS))
            for found in (_decoded_json(text, _ASSET_IDS) for text in texts)
        ]
    except (KeyError, TypeError) as cause:
        raise _invalid(_ASSET_IDS) from cause


def decode_semantic_id(text: str | None) -> str | None:
    """Return the value of the first key of a reference, given as base64url of its JSON.

    Raises:
        InvalidRequestError: It is no reference.
    """
    if text is None:
        return None
    try:
        return _storable(_decoded_json(text, _SEMANTIC_ID)["keys"][0]["value"], _SEMANTIC_ID)
    except (KeyError, IndexError, TypeError) as cause:
        raise _invalid(_SEMANTIC_ID) from cause


def _storable(value: Any, place: str) -> str:
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        raise _invalid(place)
    return value


def _decoded_json(text: str, place: str) -> Any:
    limits = registry().limits
    content = _decode(text, place, most_bytes=limits.identifier_chars * _WORST_UTF8 * 2)
    try:
        return loads_strict(content, max_depth=limits.nesting_depth)
    except RefusedError as cause:
        raise RefusedError(*(replace(each, path=place) for each in cause.findings)) from cause


def _decode(text: str, place: str, *, most_bytes: int) -> bytes:
    if len(text) > most_bytes * 4 // 3 + 4:
        raise invalid_request(Code.ID_TOO_LONG.meaning, code=Code.ID_TOO_LONG, path=place)
    bare = text.rstrip("=")
    if not _BASE64URL.fullmatch(bare):
        raise _invalid(place)
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError) as cause:
        raise _invalid(place) from cause


def _invalid(place: str) -> InvalidRequestError:
    message = "The identifier is not base64url of UTF-8 text."
    return invalid_request(message, code=Code.ID_INVALID, path=place)
