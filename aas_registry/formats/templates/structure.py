"""What a submodel template demands, compiled once: places for elements, found by key.

A *slot* is an element of the template: which element types it takes, how many, and by
which semantic ids and idShort an element of a real submodel is known as that element.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aas_registry.domain.elements import children_of
from aas_registry.domain.semantic_ids import comparable, main_semantic_id_of, semantic_ids_of

MANDATORY = frozenset({"One", "OneToMany"})
MANY = frozenset({"ZeroToMany", "OneToMany"})
_MAX_NAME_CHARS = 128
_NUMBER = re.compile(r"_{0,2}(?:\{\d{0,4}\}|\d{1,6})_{0,2}$")


@dataclass(eq=False, slots=True, kw_only=True)
class Slot:
    """An element of a template.

    Attributes:
        name: The idShort; empty for the member of a list.
        model_type: ``Property``, ``SubmodelElementCollection``, …; ``Submodel`` at the top.
        value_type: Type of a Property's value; None where there is none.
        member_type: What a SubmodelElementList holds.
        member_value_type: Type of the values of a list of properties.
        semantic_id: Key of the semantic id itself, as `comparable` gives it.
        semantic_ids: The same of all its semantic ids.
        is_mandatory: Whether it must be there.
        is_single: Whether it may be there once only.
        members: What stands in it, in the template's order.
        by_semantic_id: The members, by each of their keys.
        by_name: The members, by `name_key`.
    """

    name: str
    model_type: str
    value_type: str | None = None
    member_type: str | None = None
    member_value_type: str | None = None
    semantic_id: str | None = None
    semantic_ids: frozenset[str] = frozenset()
    is_mandatory: bool = False
    is_single: bool = False
    members: tuple["Slot", ...] = ()
    by_semantic_id: dict[str, list["Slot"]] = field(default_factory=dict)
    by_name: dict[str, "Slot"] = field(default_factory=dict)


def name_key(id_short: str) -> str:
    """Return what idShorts of one meaning have in common: ``Node_01``, ``node{00}``, ``Node``."""
    return _NUMBER.sub("", id_short[:_MAX_NAME_CHARS].casefold())


def cardinality_of(element: Mapping[str, Any]) -> str | None:
    """Return how many there may be of an element of a template, such as ``ZeroToMany``."""
    qualifiers = element.get("qualifiers", ())
    return next((each["value"] for each in qualifiers if each["type"] == "SMT/Cardinality"), None)


def compile_template(element: Mapping[str, Any], above: Slot | None = None) -> Slot:
    """Return the slots of a template, which is one of ours and therefore well formed.

    Args:
        element: The template, or an element in it.
        above: The slot of what holds the element; None for the template.
    """
    cardinality = cardinality_of(element)
    main = main_semantic_id_of(element)
    slot = Slot(
        name=element.get("idShort", ""),
        model_type=element["modelType"],
        value_type=element.get("valueType"),
        member_type=element.get("typeValueListElement"),
        member_value_type=element.get("valueTypeListElement"),
        semantic_id=None if main is None else comparable(main),
        semantic_ids=frozenset(comparable(each) for each in semantic_ids_of(element)),
        is_mandatory=cardinality in MANDATORY,
        is_single=cardinality is not None and cardinality not in MANY,
    )
    children = children_of(element)
    if not children and above is not None and _is_again(slot, above):
        # These are filled when all members of the one above are known; they are shared, not copied.
        slot.by_semantic_id, slot.by_name = above.by_semantic_id, above.by_name
    slot.members = tuple(compile_template(each, slot) for each in children)
    for member in slot.members:
        for key in member.semantic_ids:
            slot.by_semantic_id.setdefault(key, []).append(member)
        slot.by_name.setdefault(name_key(member.name), member)
        if _is_again(member, slot) and not member.members:
            member.members = slot.members
    return slot


def _is_again(slot: Slot, above: Slot) -> bool:
    # A node in a node: the template shows one level of a structure of any depth.
    return (slot.name, slot.model_type, slot.semantic_id) == (above.name, above.model_type, above.semantic_id)
