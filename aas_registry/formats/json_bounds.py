"""Bounds on parsed JSON, before anything recursive or costly sees it.

The walk keeps its own stack, so no depth of the value can exhaust Python's.
"""

from math import isfinite
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.id_short_path import MAX_PATH_CHARS
from aas_registry.domain.limits import Limits

# aas-core checks these by regular expressions that take up to 5 ns per squared character.
_PATTERNED = frozenset(
    {
        "idShort", "version", "revision", "templateId", "contentType", "language",
        "lastUpdate", "minInterval", "maxInterval",
    }
)  # fmt: skip
_TYPED = frozenset({"value", "min", "max"})
_PATTERN_FREE_CHARS = 128
_MOST_EXACT = 2**53 - 1

_Place = tuple["_Place", str | int] | None


def refuse_unbounded(value: Any, *, limits: Limits, part: str | None = None) -> None:
    """Refuse AAS JSON that is too deep, too large, or no Unicode text.

    Args:
        value: Parsed JSON.
        limits: ``nesting_depth`` (levels), ``aas_elements`` (objects with a ``modelType``).
        part: Part of the package, for findings.

    Raises:
        RefusedError: JSON-TOO-DEEP, AAS-TOO-MANY-ELEMENTS, ID-SHORT-PATH-TOO-LONG,
            JSON-NUMBER, JSON-INVALID (a NUL or half a surrogate pair in a string), or
            AAS-VALUE-TOO-LONG (so many long values where short ones belong that checking
            them would take minutes).
    """
    _Walk(limits, part).run(value)


class _Walk:
    def __init__(self, limits: Limits, part: str | None) -> None:
        self._limits = limits
        self._part = part
        self._elements = 0
        self._pattern_cost = 0
        self._stack: list[tuple[Any, _Place, int, int]] = []

    def run(self, value: Any) -> None:
        self._push(value, None, 1, 0)
        while self._stack:
            current, place, depth, chars = self._stack.pop()
            if depth > self._limits.nesting_depth:
                message = f"The JSON is nested deeper than {self._limits.nesting_depth} levels."
                self._refuse(Code.JSON_TOO_DEEP, message, place)
            if isinstance(current, dict):
                self._enter_object(current, place, depth, chars)
            else:
                for index, item in enumerate(current):
                    self._push(item, (place, index), depth + 1, chars)

    def _enter_object(self, members: dict[str, Any], place: _Place, depth: int, chars: int) -> None:
        if "modelType" in members:
            self._elements += 1
            if self._elements > self._limits.aas_elements:
                message = f"There are more than {self._limits.aas_elements} elements."
                self._refuse(Code.AAS_TOO_MANY_ELEMENTS, message, place)
        chars += self._path_chars(members, place, chars)
        typed = members.get("valueType", "xs:string") != "xs:string"
        for key, item in members.items():
            self._check_text(key, place)
            self._push(item, (place, key), depth + 1, chars)
            if isinstance(item, str) and (key in _PATTERNED or (typed and key in _TYPED)):
                self._spend(item, (place, key))

    def _path_chars(self, members: dict[str, Any], place: _Place, above: int) -> int:
        id_short = members.get("idShort")
        chars = len(id_short) + 1 if isinstance(id_short, str) else 0
        # A single long name is a matter of its pattern; a path that nobody can ask for, of the whole.
        if above and chars and above + chars > MAX_PATH_CHARS:
            message = f"The idShort path of an element has more than {MAX_PATH_CHARS} characters."
            self._refuse(Code.ID_SHORT_PATH_TOO_LONG, message, place)
        return chars

    def _push(self, value: Any, place: _Place, depth: int, chars: int) -> None:
        if isinstance(value, str):
            self._check_text(value, place)
        elif isinstance(value, int | float):
            if not -_MOST_EXACT <= value <= _MOST_EXACT and (isinstance(value, int) or not isfinite(value)):
                self._refuse(Code.JSON_NUMBER, "A number cannot be kept exactly (RFC 8785).", place)
        elif isinstance(value, dict | list):
            self._stack.append((value, place, depth, chars))

    def _check_text(self, text: str, place: _Place) -> None:
        if "\x00" in text:
            message = "A string holds U+0000, which no AAS text may."
            self._refuse(Code.JSON_INVALID, message, place, constraint="AASd-130")
        if text.isascii():
            return
        try:
            text.encode()
        except UnicodeEncodeError:
            self._refuse(Code.JSON_INVALID, "A string holds half a surrogate pair.", place)

    def _spend(self, text: str, place: _Place) -> None:
        if len(text) > _PATTERN_FREE_CHARS:
            self._pattern_cost += len(text) ** 2
        if self._pattern_cost > self._limits.pattern_cost:
            message = f"A value of {len(text)} characters stands where the metamodel has a short pattern."
            self._refuse(Code.AAS_VALUE_TOO_LONG, message, place)

    def _refuse(self, code: Code, message: str, place: _Place, constraint: str | None = None) -> None:
        found = error(code, message, part=self._part, path=_path(place), constraint=constraint)
        raise RefusedError(found)


def _path(place: _Place) -> str | None:
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step[:200]}")
    return "".join(reversed(steps)).removeprefix(".")[:2000] or None
