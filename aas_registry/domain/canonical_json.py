"""Canonical JSON (RFC 8785): one byte string for one value.

Documents are stored and signed in this form, so that equal content has equal
bytes and an equal digest on every machine.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Any, NoReturn

import orjson
import rfc8785

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits

# The next bracket, whole strings skipped (so that brackets inside them do not count). A string
# that never ends is taken to the end of the text, which matches too: so the scan stays linear.
_BRACKET = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))*+([\[\]{}]|\Z)', re.DOTALL)

_MAYBE_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

# A whole string, and whether it is the name of a member.
_STRING = re.compile(rb'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))(?:[ \t\r\n]*+(:))?', re.DOTALL)
_VALUE = re.compile(rb"[\[{,]")
# A whole string; or a number as JSON has it, or a word that stands for one.
_NUMBER = re.compile(
    rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
    rb"|(NaN|-?Infinity|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+)",
    re.DOTALL,
)
_MOST_DIGITS = 640  # in a row; Python converts as many in whatever way it is started
_LONG_NUMBER = re.compile(b"[0-9]{%d}" % (_MOST_DIGITS + 1))
_DOUBLE_DIGITS = 17  # significant; no double needs more
_SURE_CHARS = 16  # at most 15 significant digits, which every double in this range gives back
_SURE_RANGE = 1e-290, 1e290

# Without exotic values orjson's compact form is the canonical one, at a fiftieth of the time.
_PLAIN = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
_PLAIN |= orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
# Where a number may begin: a quick look, which digits after a comma in a text deceive.
_MAYBE_NUMBERS = [re.compile(each) for each in (rb'":[-0-9]', rb"\[[-0-9]", rb",[-0-9]")]
# Whole numbers of so few digits are exact, and written by orjson as RFC 8785 says.
_SMALL_NUMBERS = re.compile(rb'(?:"(?:[^"\\]++|\\.)*+"|[^"0-9]++|[0-9]{1,15}+(?![0-9.eE]))*+')
# Texts beyond U+FFFF: only with them do UTF-8 and UTF-16 order keys differently.
_BEYOND_BMP = re.compile(rb"[\xf0-\xf4]")
_MOST_EXACT = 2**53 - 1
_STEP_CHARS = 200  # of a key in a path

_Node = tuple["_Node", str | int] | None  # the container, and the key or index in it


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
    if plain and _is_canonical(value, plain):
        return plain
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as cause:
        place = _path_to(value, _is_inexact)  # a number that RFC 8785 cannot write, if it is that
        raise RefusedError(error(Code.JSON_NUMBER, str(cause), path=place)) from cause


def _path_to(value: Any, is_sought: Callable[[Any], bool]) -> str | None:
    """Return the path of a value in JSON; None where it is not there, or is all of it."""
    waiting: list[tuple[_Node, Any]] = [(None, value)]
    while waiting:
        node, current = waiting.pop()
        if is_sought(current):
            steps: list[str] = []
            while node is not None:
                node, step = node
                steps.append(f"[{step}]" if isinstance(step, int) else f".{step[:_STEP_CHARS]}")
            return "".join(reversed(steps)).removeprefix(".") or None
        if isinstance(current, dict):
            waiting.extend(((node, key), each) for key, each in current.items())
        elif isinstance(current, list):
            waiting.extend(((node, index), each) for index, each in enumerate(current))
    return None


def _is_inexact(number: Any) -> bool:
    if isinstance(number, float):
        return not isfinite(number)
    return isinstance(number, int) and abs(number) > _MOST_EXACT


def _is_canonical(value: Any, plain: bytes) -> bool:
    if not plain.isascii() and _BEYOND_BMP.search(plain):
        return False
    if b"null" in plain and orjson.loads(plain) != value:  # to orjson NaN is a null as well
        return False
    if not any(each.search(plain) for each in _MAYBE_NUMBERS) and plain[:1] in b'{["tfn':
        return True
    return _SMALL_NUMBERS.fullmatch(plain) is not None


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of ``content`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def loads_strict(content: bytes, *, max_depth: int, exact_numbers: bool = False) -> Any:
    """Parse JSON as an attacker would not like it.

    Args:
        content: UTF-8 JSON, with or without a byte order mark.
        max_depth: Deepest nesting of objects and arrays that is taken.
        exact_numbers: Refuse a fraction that double precision does not give back as it stands.

    Returns:
        The value: dict, list, str, int, float, bool or None.

    Raises:
        RefusedError: Not UTF-8, not JSON, a duplicate key, too deep, half a surrogate pair,
            ``NaN``/``Infinity``, or a number of too many digits. The finding names the place.

    Source:
        RFC 8259; RFC 7493 (I-JSON) section 2.2 for numbers, 2.3 for duplicate names.
    """
    _refuse_long_numbers(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise RefusedError(
            error(Code.NOT_UTF8, f"Byte {cause.start} is not UTF-8.", path=f"byte {cause.start}")
        ) from cause
    refuse_deep_json(text, max_depth=max_depth)
    if _MAYBE_SURROGATE.search(text):
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError as cause:
            if "surrogate" in cause.msg:
                message = "A string holds half a surrogate pair."
                found = error(Code.JSON_INVALID, message, row=cause.lineno, column=cause.colno)
                raise RefusedError(found) from cause
    return _parsed(text, content, exact_numbers=exact_numbers)


def _parsed(text: str, content: bytes, *, exact_numbers: bool) -> Any:
    members = _Members()
    try:
        value = json.loads(
            text,
            object_pairs_hook=members,
            parse_float=_exact_float if exact_numbers else None,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as cause:
        raise RefusedError(
            error(Code.JSON_INVALID, cause.msg, row=cause.lineno, column=cause.colno)
        ) from cause
    except _NumberError as cause:
        sought = cause.text.encode()
        at = next(each.start() for each in _NUMBER.finditer(content) if each[1] == sought)
        raise RefusedError(error(cause.code, str(cause), **_position(content, at))) from cause
    members.refuse_doubled(value)
    return value


def loads_bounded(content: bytes, *, limits: Limits, exact_numbers: bool = False) -> Any:
    """Parse the JSON of a request, which costs memory by its values more than by its bytes.

    Args:
        content: UTF-8 JSON.
        limits: ``body_values``, ``json_names``, ``nesting_depth``.
        exact_numbers: Refuse a fraction that double precision does not give back as it stands.

    Raises:
        RefusedError: JSON-TOO-LARGE, or what `loads_strict` raises.
    """
    refuse_crowded_json(content, limits=limits)
    return loads_strict(content, max_depth=limits.nesting_depth, exact_numbers=exact_numbers)


def refuse_crowded_json(content: bytes, *, limits: Limits) -> None:
    """Refuse JSON of more values than ``body_values``, or more names than ``json_names``.

    Raises:
        RefusedError: JSON-TOO-LARGE; the finding names row and column.
    """
    if sum(content.count(each) for each in (b"[", b"{", b",")) > limits.body_values:
        beyond = next(islice(_VALUE.finditer(content), limits.body_values, None))
        message = f"The JSON has more than {limits.body_values} objects, arrays, members and items."
        raise RefusedError(error(Code.JSON_TOO_LARGE, message, **_position(content, beyond.start())))
    refuse_named_json(content, max_names=limits.json_names)


def refuse_named_json(content: bytes, *, max_names: int) -> None:
    """Refuse JSON whose members have more different names: each is kept until all is parsed.

    Raises:
        RefusedError: JSON-TOO-LARGE; the finding names row and column.
    """
    if content.count(b":") <= max_names:
        return
    names: set[bytes] = set()
    for found in _STRING.finditer(content):
        if found[2] and found[1] not in names:
            names.add(found[1])
            if len(names) > max_names:
                message = f"The JSON has more than {max_names} different names of members."
                raise RefusedError(error(Code.JSON_TOO_LARGE, message, **_position(content, found.start())))


def _position(content: bytes, at: int) -> dict[str, int]:
    """Return row and column of a byte, both from 1."""
    line = content.rfind(b"\n", 0, at) + 1
    column = len(content[line:at].decode("utf-8-sig", "replace")) + 1
    return {"row": content.count(b"\n", 0, at) + 1, "column": column}


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


class _Members:
    """Makes objects of their members, and remembers one that has a key twice."""

    def __init__(self) -> None:
        self._doubled: tuple[dict[str, Any], list[tuple[str, Any]]] | None = None

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            # The last one: an earlier one may be lost as the value of a key that stands twice.
            self._doubled = members, pairs
        return members

    def refuse_doubled(self, value: Any) -> None:
        """Refuse a value that holds an object with a key twice; only now is its path known."""
        if self._doubled is None:
            return
        holder, pairs = self._doubled
        counts = Counter(key for key, _ in pairs)
        key = next(key for key, count in counts.items() if count > 1)[:_STEP_CHARS]
        path = _path_to(value, lambda each: each is holder)
        message = f"The key {key!r} stands twice."
        raise RefusedError(error(Code.JSON_DUPLICATE_KEY, message, path=f"{path}.{key}" if path else key))


class _NumberError(ValueError):
    """A number that is none, or that cannot be kept."""

    def __init__(self, code: Code, text: str, why: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"{text[:100]} {why}")


def _refuse_constant(name: str) -> NoReturn:
    raise _NumberError(Code.JSON_INVALID, name, "is not JSON.")


def _exact_float(text: str) -> float:
    number = float(text)
    low, high = _SURE_RANGE
    if (len(text) <= _SURE_CHARS and low < abs(number) < high) or repr(number) == text:
        return number
    digits = text.lower().partition("e")[0].replace("-", "").replace(".", "").strip("0")
    if not digits:
        return number
    places = min(len(digits), _DOUBLE_DIGITS) - 1
    if number and isfinite(number):
        exact = Decimal(text)
        if exact == Decimal(f"{number:.{places}e}") or exact == number:
            return number
    raise _NumberError(Code.JSON_NUMBER, text, "cannot be kept exactly (RFC 8785).")


def _refuse_long_numbers(content: bytes) -> None:
    """Refuse numbers of very many digits before a copy is made of any."""
    step = _MOST_DIGITS // 2  # so many digits in a row fill such a block, wherever they begin
    if not any(content[at : at + step].isdigit() for at in range(0, len(content), step)):
        return
    for number in _NUMBER.finditer(content):
        if number.start(1) >= 0 and _LONG_NUMBER.search(content, *number.span(1)):
            message = f"A number has more than {_MOST_DIGITS} digits."
            raise RefusedError(error(Code.JSON_NUMBER, message, **_position(content, number.start())))
