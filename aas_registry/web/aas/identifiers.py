"""Identifiers in addresses: base64url, as the AAS API writes them."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from aas_registry.domain.canonical_json import loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.web.routing import registry

_WORST_UTF8 = 4
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # no database keeps U+0000 or half a surrogate pair


def decode_identifier(text: str) -> str:
    """Return the identifier behind a path segment.

    Args:
        text: base64url of UTF-8, with or without padding.

    Raises:
        InvalidRequestError: Not base64url, not UTF-8, or over 2,048 characters.

    Source:
        IDTA-01002, "Encoding of identifiers in paths": base64url without padding.
    """
    most = registry().limits.identifier_chars
    try:
        found = _decode(text, most_bytes=most * _WORST_UTF8).decode("utf-8")
    except UnicodeDecodeError as cause:
        raise _invalid() from cause
    if len(found) > most:
        raise InvalidRequestError(Code.ID_TOO_LONG.meaning, code=Code.ID_TOO_LONG)
    return _storable(found)


def encode_identifier(identifier: str) -> str:
    """Return the path segment for an identifier."""
    return base64.urlsafe_b64encode(identifier.encode()).rstrip(b"=").decode()


def decode_asset_ids(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return (name, value) of specific asset ids, each given as base64url of its JSON object.

    Raises:
        InvalidRequestError: One is not such an object.
    """
    return [_name_and_value(_decoded_json(text)) for text in texts]


def decode_semantic_id(text: str | None) -> str | None:
    """Return the value of the first key of a reference, given as base64url of its JSON.

    Raises:
        InvalidRequestError: It is no reference.
    """
    if text is None:
        return None
    try:
        return _storable(_decoded_json(text)["keys"][0]["value"])
    except (KeyError, IndexError, TypeError) as cause:
        raise _invalid() from cause


def _name_and_value(found: Any) -> tuple[str, str]:
    try:
        return _storable(found["name"]), _storable(found["value"])
    except (KeyError, TypeError) as cause:
        raise _invalid() from cause


def _storable(value: Any) -> str:
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        raise _invalid()
    return value


def _decoded_json(text: str) -> Any:
    limits = registry().limits
    content = _decode(text, most_bytes=limits.identifier_chars * _WORST_UTF8 * 2)
    return loads_strict(content, max_depth=limits.nesting_depth)


def _decode(text: str, *, most_bytes: int) -> bytes:
    if len(text) > most_bytes * 4 // 3 + 4:
        raise InvalidRequestError(Code.ID_TOO_LONG.meaning, code=Code.ID_TOO_LONG)
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as cause:
        raise _invalid() from cause


def _invalid() -> InvalidRequestError:
    return InvalidRequestError("The identifier is not base64url of UTF-8 text.", code=Code.ID_INVALID)
