"""Bounds on parsed JSON, before anything recursive or costly sees it.

The walk keeps its own stack, so no depth of the value can exhaust Python's.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any, NoReturn

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
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
_CONTAINERS = (dict, list)

_Step = str | int  # a key, or an index
_Child = tuple[_Step, Any, int]  # where, which object or list, characters of the idShort path above


def refuse_unbounded(value: Any, *, limits: Limits, part: str | None = None) -> None:
    """Refuse AAS JSON that is too deep, too large, or no Unicode text.

    Args:
        value: Parsed JSON.
        limits: Of these ``nesting_depth`` (levels), ``aas_elements`` (objects with a ``modelType``),
            ``id_short_path_chars`` and ``pattern_cost``.
        part: Part of the package, for findings.

    Raises:
        RefusedError: JSON-TOO-DEEP, AAS-TOO-MANY-ELEMENTS, ID-SHORT-PATH-TOO-LONG,
            JSON-NUMBER, JSON-INVALID (a NUL or half a surrogate pair in a string), or
            AAS-VALUE-TOO-LONG (so many long values where short ones belong that checking
            them would take minutes).
    """
    _JsonBounds(limits, part).check(value)


class _JsonBounds:
    def __init__(self, limits: Limits, part: str | None) -> None:
        self._limits = limits
        self._part = part
        self._elements = 0
        self._pattern_cost = 0
        self._steps: list[_Step] = []  # to the container that is walked

    def check(self, value: Any) -> None:
        waiting = [self._items([value], 0)]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
                del self._steps[-1:]
                continue
            step, container, chars = child
            if len(waiting) > 1:  # the value itself is at no step
                self._steps.append(step)
            if len(waiting) > self._limits.nesting_depth:
                message = f"The JSON is nested deeper than {self._limits.nesting_depth} levels."
                self._refuse(Code.JSON_TOO_DEEP, message)
            is_object = isinstance(container, dict)
            waiting.append(self._members(container, chars) if is_object else self._items(container, chars))

    def _items(self, items: list[Any], chars: int) -> Iterator[_Child]:
        for index, item in enumerate(items):
            if isinstance(item, str):
                self._check_text(item, index)
            elif isinstance(item, _CONTAINERS):
                yield index, item, chars
            else:
                self._check_number(item, index)

    def _members(self, members: dict[str, Any], above: int) -> Iterator[_Child]:
        if "modelType" in members:
            self._elements += 1
            if self._elements > self._limits.aas_elements:
                message = f"There are more than {self._limits.aas_elements} elements."
                self._refuse(Code.AAS_TOO_MANY_ELEMENTS, message)
        id_short = members.get("idShort")
        chars = len(id_short) + 1 if isinstance(id_short, str) else 0
        # A single long name is a matter of its pattern; a path that nobody can ask for, of the whole.
        if above and chars and above + chars > self._limits.id_short_path_chars:
            most = self._limits.id_short_path_chars
            message = f"The idShort path of an element has more than {most} characters."
            self._refuse(Code.ID_SHORT_PATH_TOO_LONG, message)
        typed = members.get("valueType", "xs:string") != "xs:string"
        for key, item in members.items():
            self._check_text(key)
            if isinstance(item, str):
                self._check_text(item, key)
                if len(item) > _PATTERN_FREE_CHARS and (key in _PATTERNED or (typed and key in _TYPED)):
                    self._spend(item, key)
            elif isinstance(item, _CONTAINERS):
                yield key, item, above + chars
            else:
                self._check_number(item, key)

    def _check_number(self, value: Any, step: _Step) -> None:
        if value is None or isinstance(value, bool) or -_MOST_EXACT <= value <= _MOST_EXACT:
            return
        if isinstance(value, int) or not isfinite(value):
            self._refuse(Code.JSON_NUMBER, "A number cannot be kept exactly (RFC 8785).", step)

    def _check_text(self, text: str, step: _Step | None = None) -> None:
        if text.isascii() and "\x00" not in text:
            return
        if "\x00" in text:
            message = "A string holds U+0000, which no AAS text may."
            self._refuse(Code.JSON_INVALID, message, step, constraint="AASd-130")
        try:
            text.encode()
        except UnicodeEncodeError:
            self._refuse(Code.JSON_INVALID, "A string holds half a surrogate pair.", step)

    def _spend(self, text: str, step: _Step) -> None:
        self._pattern_cost += len(text) ** 2
        if self._pattern_cost > self._limits.pattern_cost:
            message = f"A value of {len(text)} characters stands where the metamodel has a short pattern."
            self._refuse(Code.AAS_VALUE_TOO_LONG, message, step)

    def _refuse(
        self, code: Code, message: str, step: _Step | None = None, *, constraint: str | None = None
    ) -> NoReturn:
        steps = self._steps if step is None else [*self._steps, step]
        named = (f"[{each}]" if isinstance(each, int) else f".{each[:200]}" for each in steps)
        path = "".join(named).removeprefix(".")[:2000] or None
        raise RefusedError(error(code, message, part=self._part, path=path, constraint=constraint))
