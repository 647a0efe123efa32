"""Where AAS JSON is not of the metamodel's structure, and a copy that is.

aas-core stops at the first thing that it cannot parse. The walk here goes on: one finding
per unknown member, missing member, wrong type, empty list, unknown literal, null. The
*mended copy* leaves out or replaces what offends, so that aas-core can verify the rest;
it is never stored. The walk keeps its own stack, so no depth exhausts Python's.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, error
from aas_registry.formats.aas.metamodel import MAX_FINDINGS
from aas_registry.formats.aas.metamodel_table import Member, MetamodelTable, ModelClass, Shape

_QUOTED_CHARS = 100
_MISFIT = object()
_NAMES = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}
_WANTED = {
    Shape.TEXT: "a text",
    Shape.LITERAL: "a text",
    Shape.BYTES: "a text in base64",
    Shape.TRUTH: "true or false",
    Shape.OBJECT: "an object",
}


@dataclass(slots=True)
class Structure:
    """What the walk found.

    Attributes:
        findings: In the order of the document, at most as many as asked and one that says so.
        mended: A copy that aas-core can parse; the body itself where nothing was mended.
        replaced: Paths of values that the copy lacks or has a stand-in for.
        unsure: Paths of objects about which the copy may say something that the body does not.
        is_cut_off: There were more findings; the rest was not looked at, and the copy is none.
    """

    findings: list[Finding] = field(default_factory=list)
    mended: Any = None
    replaced: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    is_cut_off: bool = False

    def speaks_of_mended(self, path: str) -> bool:
        """Return whether a finding at this path may come from the mending alone."""
        if path in self.unsure or path in self.replaced:
            return True
        ends = (place for place, character in enumerate(path) if character in ".[")
        return any(path[:end] in self.replaced for end in ends)


class _PathStep(NamedTuple):
    holder: "_PathStep | None"
    step: str
    model: ModelClass | None  # None: a member, or the start of the path

    def path(self, last: str = "") -> str:
        steps = [last]
        place: _PathStep | None = self
        while place is not None:
            steps.append(place.step)
            place = place.holder
        return "".join(reversed(steps)).removeprefix(".")


class _Task(NamedTuple):
    source: Mapping[str, Any]
    model: ModelClass
    target: dict[str, Any]
    place: _PathStep


def examine(
    table: MetamodelTable,
    type_name: str,
    body: Any,
    *,
    path: str = "",
    part: str | None = None,
    most: int = MAX_FINDINGS,
) -> Structure:
    """Return where a body is not as its class says.

    Args:
        table: The version of the metamodel.
        type_name: Class that the body must be of; of an abstract one, ``modelType`` says which.
        body: Parsed JSON of any form, already bounded (``formats.container.json_bounds``).
        path: Place in the file, for findings.
        part: Name of the part in its package, for findings; None outside a package.
        most: Findings after which the rest is not looked at.
    """
    return _StructureWalk(table, part, most).run(type_name, body, path)


class _StructureWalk:
    def __init__(self, table: MetamodelTable, part: str | None, most: int) -> None:
        self._most = most
        self._table = table
        self._part = part
        self._found = Structure()
        self._waiting: list[_Task] = []
        self._stand_ins: dict[str, dict[str, Any]] = {}

    def run(self, type_name: str, body: Any, path: str) -> Structure:
        start = _PathStep(None, path, None)
        mended = self._object(type_name, body, start)
        self._found.mended = self._stand_in(type_name) if mended is _MISFIT else mended
        if mended is _MISFIT:
            self._found.replaced.add(path)
        stack = self._take_waiting()
        while stack and not self._found.is_cut_off:
            self._members(stack.pop())
            stack += self._take_waiting()
        return self._found

    def _take_waiting(self) -> list[_Task]:
        tasks, self._waiting = self._waiting[::-1], []
        return tasks

    def _members(self, task: _Task) -> None:
        members = task.model.members
        for key, value in task.source.items():
            if self._found.is_cut_off:
                return
            member = members.get(key)
            if member is not None:
                self._member(member, value, task)
            elif key != "modelType":
                message = f"{task.model.name} has no member {key[:_QUOTED_CHARS]!r}"
                self._report(Code.AAS_MEMBER_UNKNOWN, message, task.place.path(f".{key[:_QUOTED_CHARS]}"))
        for key in task.model.required:
            if key not in task.source:
                message = f"{task.model.name} lacks the member {key!r}"
                self._report(Code.AAS_MEMBER_MISSING, message, task.place.path(f".{key}"))
                self._replace(members[key], task)

    def _member(self, member: Member, value: Any, task: _Task) -> None:
        place = _PathStep(task.place, f".{member.name}", None)
        if not member.is_list:
            fitting = self._value(member, value, place)
        elif isinstance(value, list):
            fitting = self._items(member, value, place, task)
        else:
            fitting = self._misfit(value, "an array", place)
        if fitting is not _MISFIT:
            task.target[member.name] = fitting
        elif member.is_required or not (isinstance(value, list) and not value):
            self._replace(member, task)

    def _items(self, member: Member, values: list[Any], place: _PathStep, task: _Task) -> Any:
        if not values:
            self._report(Code.AAS_LIST_EMPTY, f"The list {member.name!r} is empty", place.path())
            return [] if member.is_required else _MISFIT
        fitting = []
        for index, value in enumerate(values):
            if self._found.is_cut_off:
                break
            item = self._value(member, value, _PathStep(place, f"[{index}]", None))
            if item is _MISFIT:
                item = self._stand_in(member.type_name, value)
                self._found.replaced.add(place.path(f"[{index}]"))
                self._doubt(task.place)
            fitting.append(item)
        return fitting

    def _value(self, member: Member, value: Any, place: _PathStep) -> Any:
        match member.shape:
            case Shape.OBJECT:
                return self._object(member.type_name, value, place)
            case Shape.TRUTH:
                fits = isinstance(value, bool)
            case Shape.BYTES:
                fits = isinstance(value, str) and _is_base64(value)
            case _:
                fits = isinstance(value, str)
        if not fits:
            return self._misfit(value, _WANTED[member.shape], place)
        if member.literals and value not in member.literals:
            message = f"{value[:_QUOTED_CHARS]!r} is no literal of {member.name!r}"
            self._report(Code.AAS_VALUE_LITERAL, message, place.path())
            return _MISFIT
        return value

    def _object(self, type_name: str, value: Any, place: _PathStep) -> Any:
        if not isinstance(value, dict):
            return self._misfit(value, _WANTED[Shape.OBJECT], place)
        choices = self._table.choices[type_name]
        model = next(iter(choices.values())) if len(choices) == 1 else None
        fits = True
        if model is None or model.has_model_type:
            named = value.get("modelType")
            if isinstance(named, str) and named in choices:
                model = choices[named]
            else:
                if model is None and "modelType" not in value:
                    model = self._table.classes.get(type_name)
                message = f"The modelType {str(named)[:_QUOTED_CHARS]!r} is no {type_name}"
                if named is None:
                    message = f"The {type_name} does not say its modelType"
                self._report(Code.AAS_MODEL_TYPE, message, place.path(".modelType"))
                fits = model is not None
                if model is None and isinstance(named, str):
                    model = self._table.classes.get(named)
        if model is None:
            return _MISFIT
        target = {"modelType": model.name} if model.has_model_type else {}
        self._waiting.append(_Task(value, model, target, place._replace(model=model)))
        return target if fits else _MISFIT

    def _misfit(self, value: Any, wanted: str, place: _PathStep) -> Any:
        if value is None:
            self._report(Code.AAS_VALUE_NULL, f"The value is null instead of {wanted}", place.path())
        else:
            found = _NAMES.get(type(value), "a number")
            if found == wanted[: len(found)]:
                found = "a text that is none"
            self._report(Code.AAS_VALUE_TYPE, f"The value is {found} instead of {wanted}", place.path())
        return _MISFIT

    def _replace(self, member: Member, task: _Task) -> None:
        self._found.replaced.add(task.place.path(f".{member.name}"))
        self._doubt(task.place)
        if member.is_required:
            task.target[member.name] = self._stand_in_of(member)

    def _doubt(self, place: _PathStep | None) -> None:
        # Constraints of an element look into its values, those of a list into its items.
        reached_element = False
        while place is not None:
            if place.model is not None:
                if reached_element and place.model.name != "SubmodelElementList":
                    return
                self._found.unsure.add(place.path())
                reached_element = reached_element or place.model.has_model_type
            place = place.holder

    def _stand_in_of(self, member: Member) -> Any:
        if member.is_list:
            return []
        match member.shape:
            case Shape.OBJECT:
                return self._stand_in(member.type_name)
            case Shape.TRUTH:
                return False
            case Shape.LITERAL:
                return "xs:string" if "xs:string" in member.literals else min(member.literals)
            case _:
                return ""

    def _stand_in(self, type_name: str, value: Any = None) -> dict[str, Any]:
        known = self._stand_ins.get(type_name)
        if known is None:
            model = min(self._table.choices[type_name].values(), key=lambda each: len(each.required))
            known = {"modelType": model.name} if model.has_model_type else {}
            known |= {name: self._stand_in_of(model.members[name]) for name in model.required}
            self._stand_ins[type_name] = known
        name = value.get("idShort") if isinstance(value, dict) else None
        return {**known, "idShort": name} if isinstance(name, str) and "modelType" in known else known

    def _report(self, code: Code, message: str, path: str) -> None:
        found = self._found.findings
        if len(found) < self._most:
            found.append(error(code, f"{message}.", path=path or None, part=self._part))
        elif not self._found.is_cut_off:
            message = f"More than {self._most} findings; the rest was not looked at."
            found.append(error(code, message, path=path or None, part=self._part))
            self._found.is_cut_off = True


def _is_base64(text: str) -> bool:
    # Line breaks are allowed (XML Schema 1.0, 3.2.16); other characters are passed over unless told.
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return False
    return True
