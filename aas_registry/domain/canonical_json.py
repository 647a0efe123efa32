"""Canonical JSON (RFC 8785): one byte string for one value.

Documents are stored and signed in this form, so that equal content has equal
bytes and an equal digest on every machine.
"""

import hashlib
import json
import re
from typing import Any

import orjson
import rfc8785

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

# The next bracket, whole strings skipped (so that brackets inside them do not count). A string
# that never ends is taken to the end of the text, which matches too: so the scan stays linear.
_BRACKET = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))*+([\[\]{}]|\Z)', re.DOTALL)

_MAYBE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

# Without exotic values orjson's compact form is the canonical one, at a fiftieth of the time.
_PLAIN = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
_PLAIN |= orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
# Where a number may begin: a quick look, which digits after a comma in a text deceive.
_MAYBE_NUMBERS = [re.compile(each) for each in (rb'":[-0-9]', rb"\[[-0-9]", rb",[-0-9]")]
_NO_NUMBER = re.compile(rb'(?:"(?:[^"\\]++|\\.)*+"|[^"0-9]++)*+')
# Texts beyond U+FFFF: only with them do UTF-8 and UTF-16 order keys differently.
_BEYOND_BMP = re.compile(rb"[\xf0-\xf4]")


def canonical_bytes(value: Any) -> bytes:
    """Return ``value`` as canonical JSON, UTF-8.

    Raises:
        RefusedError: A number is not exact in IEEE 754, or a string is no Unicode text.

    Source:
        RFC 8785, section 3.2.
    """
    try:
        plain = orjson.dumps(value, option=_PLAIN)
    except orjson.JSONEncodeError:  # rfc8785 says what is wrong, where anything is
        plain = b""
    if plain and _is_canonical(plain):
        return plain
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as cause:
        raise RefusedError(error(Code.JSON_NUMBER, str(cause))) from cause


def _is_canonical(plain: bytes) -> bool:
    # To orjson NaN is a null as well.
    if b"null" in plain or (not plain.isascii() and _BEYOND_BMP.search(plain)):
        return False
    if not any(each.search(plain) for each in _MAYBE_NUMBERS) and plain[:1] in b'{["tfn':
        return True
    return _NO_NUMBER.fullmatch(plain) is not None


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of ``content`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def loads_strict(content: bytes, *, max_depth: int) -> Any:
    """Parse JSON as an attacker would not like it.

    Args:
        content: UTF-8 JSON, with or without a byte order mark.
        max_depth: Deepest nesting of objects and arrays that is taken.

    Returns:
        The value: dict, list, str, int, float, bool or None.

    Raises:
        RefusedError: Not UTF-8, not JSON, a duplicate key, too deep, half a surrogate pair, or
            ``NaN``/``Infinity``.

    Source:
        RFC 8259; RFC 7493 (I-JSON) section 2.3 for duplicate names.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise RefusedError(
            error(Code.NOT_UTF8, f"Byte {cause.start} is not UTF-8.", path=f"byte {cause.start}")
        ) from cause
    refuse_deep_json(text, max_depth=max_depth)
    if _MAYBE_SURROGATE.search(text):
        _refuse_half_pairs(text)
    try:
        return json.loads(text, object_pairs_hook=_unique_members, parse_constant=_refuse_constant)
    except json.JSONDecodeError as cause:
        raise RefusedError(
            error(Code.JSON_INVALID, cause.msg, row=cause.lineno, column=cause.colno)
        ) from cause
    except ValueError as cause:  # an integer with more digits than Python converts
        raise RefusedError(error(Code.JSON_NUMBER, "A number has too many digits.")) from cause


def refuse_deep_json(text: str, *, max_depth: int) -> None:
    """Refuse JSON text nested deeper than ``max_depth``, before anything recursive sees it.

    Raises:
        RefusedError: Too deep; the finding names row and column.
    """
    depth = 0
    for bracket in _BRACKET.finditer(text):
        if bracket[1] and bracket[1] in "[{":
            depth += 1
            if depth > max_depth:
                row = text.count("\n", 0, bracket.start(1)) + 1
                column = bracket.start(1) - text.rfind("\n", 0, bracket.start(1))
                message = f"The JSON is nested deeper than {max_depth} levels."
                raise RefusedError(error(Code.JSON_TOO_DEEP, message, row=row, column=column))
        elif bracket[1]:
            depth -= 1


def _refuse_half_pairs(text: str) -> None:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as cause:
        if "surrogate" in cause.msg:
            message = "A string holds half a surrogate pair."
            found = error(Code.JSON_INVALID, message, row=cause.lineno, column=cause.colno)
            raise RefusedError(found) from cause


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RefusedError(
                    error(
                        Code.JSON_DUPLICATE_KEY,
                        f"The key {key[:200]!r} stands twice.",
                        path=key[:200],
                    )
                )
            seen.add(key)
    return members


def _refuse_constant(name: str) -> Any:
    raise RefusedError(error(Code.JSON_INVALID, f"{name} is not JSON."))
