"""A submodel against the structure of a template: what is missing, of a wrong type, too many.

An element is known by its semantic ids first, in any of their spellings and IRDI versions,
then by its idShort without case and number. What a template does not know is allowed. Total
over any JSON, and iterative: a body of any shape or depth is compared without an error.

A deviation is a *warning*: the template is broken, the metamodel is not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import Body, children_of, text_of
from aas_registry.domain.findings import Finding, warning
from aas_registry.domain.semantic_ids import comparable, semantic_ids_of
from aas_registry.formats.templates.structure import Slot, name_key

_LIST = "SubmodelElementList"
_WITH_TEXT = frozenset({"Property", "MultiLanguageProperty", "File"})
_MAX_STEP_CHARS = 128
_Place = tuple[Slot, Body, str]


def compare(root: Slot, submodel: Body, *, title: str) -> Iterator[Finding]:
    """Yield the deviations of a submodel, containers before what they hold.

    Args:
        root: The compiled template.
        submodel: AAS JSON; of kind ``Template`` only its structure is judged, for a
            template need not hold what it makes mandatory, nor any value.
        title: Name and version of the template, for the messages.
    """
    judge = _Judge(title, is_instance=submodel.get("kind") != "Template")
    body = {"modelType": "Submodel", "submodelElements": submodel.get("submodelElements")}
    stack: list[_Place] = [(root, body, "")]
    while stack:
        slot, container, path = stack.pop()
        places = _places(slot, children_of(container), path)
        yield from judge.count(slot, places, path)
        inside = []
        for place in places:
            found = judge.types(*place)
            yield from found or judge.value(*place)
            if not found and place[0].members:
                inside.append(place)
        stack.extend(reversed(inside))


class _Judge:
    def __init__(self, title: str, *, is_instance: bool) -> None:
        self._title = title
        self._is_instance = is_instance

    def count(self, slot: Slot, places: Sequence[_Place], path: str) -> Iterator[Finding]:
        seen = Counter(id(place[0]) for place in places)
        if self._is_instance:
            for member in slot.members:
                if member.is_mandatory and not seen[id(member)]:
                    where = f"{path}[0]" if slot.model_type == _LIST else _below(path, member.name)
                    message = f"{where!r} is missing; {self._title} makes it mandatory."
                    yield warning(Code.TEMPLATE_VIOLATED, message, path=where)
        met: set[int] = set()
        for member, _, where in places:
            if id(member) in met and member.is_single and slot.model_type != _LIST:
                message = f"{where!r} is one too many; {self._title} allows one {member.name}."
                yield warning(Code.TEMPLATE_CARDINALITY, message, path=where)
            met.add(id(member))

    def types(self, slot: Slot, element: Body, path: str) -> list[Finding]:
        wanted = (
            ("modelType", slot.model_type),
            ("valueType", slot.value_type),
            ("typeValueListElement", slot.member_type),
            ("valueTypeListElement", slot.member_value_type),
        )
        for member, expected in wanted:
            actual = element.get(member)
            if expected is not None and isinstance(actual, str) and actual != expected:
                message = f"The {member} of {path!r} is {actual[:64]}; {self._title} says {expected}."
                return [warning(Code.TEMPLATE_TYPE, message, path=path)]
        return []

    def value(self, slot: Slot, element: Body, path: str) -> list[Finding]:
        if not self._is_instance or not slot.is_mandatory or slot.model_type not in _WITH_TEXT:
            return []
        # Numbers and truth values in place of text are the metamodel's concern.
        if text_of(element) is not None or isinstance(element.get("value"), int | float):
            return []
        message = f"{path!r} has no value; {self._title} makes it mandatory."
        return [warning(Code.TEMPLATE_VALUE_MISSING, message, path=path)]


def _places(slot: Slot, children: Sequence[Body], path: str) -> list[_Place]:
    if slot.model_type == _LIST:
        member = slot.members[0] if slot.members else None
        return [(member, child, f"{path}[{index}]") for index, child in enumerate(children) if member]
    chosen = _assigned(slot, children)
    return [
        (member, child, _below(path, _id_short(child) or member.name))
        for member, child in zip(chosen, children, strict=True)
        if member is not None
    ]


def _assigned(slot: Slot, children: Sequence[Body]) -> list[Slot | None]:
    """Return which member each child is; None for what the template does not know.

    Children whose semantic id and idShort name the same member come first, then those with a
    semantic id, then those with an idShort only: semantic ids that were copied to a wrong
    element, which real files have, then displace no element that is named rightly.
    """
    keys = [[comparable(value) for value in semantic_ids_of(child)] for child in children]
    names = [slot.by_name.get(name_key(_id_short(child))) for child in children]
    chosen: list[Slot | None] = [
        named if named is not None and not named.semantic_ids.isdisjoint(own) else None
        for named, own in zip(names, keys, strict=True)
    ]
    taken = Counter(id(member) for member in chosen if member is not None)
    for index, own in enumerate(keys):
        found = [each for key in own for each in slot.by_semantic_id.get(key, ())]
        if found and chosen[index] is None:
            found.sort(key=lambda each: (each.is_single and taken[id(each)] > 0, each.semantic_id != own[0]))
            chosen[index] = found[0]
            taken[id(found[0])] += 1
    for index, named in enumerate(names):
        meant = chosen[index]
        if named is not None and (meant is None or _is_better(named, meant, children[index], taken)):
            chosen[index] = named
            taken[id(named)] += 1
            taken[id(meant)] -= 1
    return chosen


def _is_better(named: Slot, meant: Slot, element: Body, taken: Counter[int]) -> bool:
    """Return whether the idShort tells more than the semantic id, which looks like a slip.

    It does where nothing else is the member that it names, and the member of the semantic id
    is there already, or is of another type while that of the idShort has the right one.
    """
    if taken[id(named)]:
        return False
    is_mistyped = meant.model_type != element.get("modelType") == named.model_type
    return is_mistyped or (meant.is_single and taken[id(meant)] > 1)


def _id_short(element: Mapping[str, Any]) -> str:
    id_short = element.get("idShort")
    return id_short if isinstance(id_short, str) else ""


def _below(path: str, step: str) -> str:
    step = step[:_MAX_STEP_CHARS]
    return f"{path}.{step}" if path else step
