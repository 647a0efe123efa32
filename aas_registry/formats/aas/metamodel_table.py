"""What classes and members the AAS metamodel has, as a table per version.

The table is derived by reflection from aas-core's types, which are generated from the
specification: names, cardinality, types and literals. So there is no second copy of the
metamodel here that could differ from the one that verifies.
"""

import inspect
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from inspect import isabstract, isclass
from types import MappingProxyType, ModuleType
from typing import Any

_NEXT_WORD = re.compile(r"_([a-z0-9])")
_ACRONYM = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|$)")


class Shape(Enum):
    """What a value, or each item of a list, is in AAS JSON."""

    TEXT = auto()
    LITERAL = auto()
    BYTES = auto()
    TRUTH = auto()
    OBJECT = auto()


_SHAPES = {bool: Shape.TRUTH, bytes: Shape.BYTES, bytearray: Shape.BYTES, str: Shape.TEXT}


@dataclass(frozen=True, slots=True)
class Member:
    """One attribute of a class.

    Attributes:
        name: As JSON and XML spell it, such as ``idShort``.
        shape: Of the value, or of the items where it is a list.
        is_list: An array in JSON.
        is_required: The metamodel demands it.
        literals: What a text of shape LITERAL may be; empty otherwise.
        type_name: Class of the objects, maybe an abstract one; empty for texts.
    """

    name: str
    shape: Shape
    is_list: bool
    is_required: bool
    literals: frozenset[str]
    type_name: str


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class that has instances.

    Attributes:
        name: As ``modelType`` spells it.
        tag: Name of its XML element.
        members: By name, in the order of aas-core's constructor.
        required: Names of the members that must be there.
        has_model_type: AAS JSON says ``modelType`` in objects of this class.
        is_element: It is a submodel element.
    """

    name: str
    tag: str
    members: Mapping[str, Member]
    required: tuple[str, ...]
    has_model_type: bool
    is_element: bool


@dataclass(frozen=True, slots=True)
class MetamodelTable:
    """All classes of one version.

    Attributes:
        classes: The classes that have instances, by name.
        choices: By the name of any class: the classes with instances that it stands for.
    """

    classes: Mapping[str, ModelClass]
    choices: Mapping[str, Mapping[str, ModelClass]]


def derive_table(types: ModuleType) -> MetamodelTable:
    """Return the table of aas-core's module ``types`` of one version."""
    found = {
        spelled(value.__name__): value
        for value in vars(types).values()
        if isclass(value) and issubclass(value, types.Class) and value is not types.Class
    }
    classes: dict[str, ModelClass] = {}
    for name, value in found.items():
        if isabstract(value):
            continue
        hints = inspect.get_annotations(vars(value)["__init__"]).items()
        members = [_member(key, hint, types) for key, hint in hints if key != "return"]
        classes[name] = ModelClass(
            name=name,
            tag=name[0].lower() + name[1:],
            members=MappingProxyType({member.name: member for member in members}),
            required=tuple(member.name for member in members if member.is_required),
            has_model_type=issubclass(value, types.Referable | types.DataSpecificationContent),
            is_element=issubclass(value, types.SubmodelElement),
        )
    choices = {
        name: {each: classes[each] for each in classes if issubclass(found[each], value)}
        for name, value in found.items()
    }
    return MetamodelTable(MappingProxyType(classes), MappingProxyType(choices))


def spelled(class_name: str) -> str:
    """Return a class name of aas-core as JSON spells it: ``…IEC61360`` becomes ``…Iec61360``."""
    return _ACRONYM.sub(lambda match: match.group().capitalize(), class_name)


def camel_case(name: str) -> str:
    """Return a name of aas-core, or a path of them, as JSON spells it: ``id_short`` becomes ``idShort``."""
    return _NEXT_WORD.sub(lambda match: match.group(1).upper(), name)


def _member(key: str, hint: Any, types: ModuleType) -> Member:
    options = [each for each in typing.get_args(hint) if each is not type(None)]
    is_optional = typing.get_origin(hint) is typing.Union
    inner = options[0] if is_optional else hint
    is_list = typing.get_origin(inner) is list
    item = typing.get_args(inner)[0] if is_list else inner
    # typing keeps what a name in quotes meant when it was first looked up, for everybody: and both
    # versions, and others' code, say "Reference". So the names are looked up here.
    name = item.__forward_arg__ if isinstance(item, typing.ForwardRef) else item
    item = getattr(types, name) if isinstance(name, str) else name
    if issubclass(item, types.Class):
        shape = Shape.OBJECT
    else:
        shape = Shape.LITERAL if issubclass(item, Enum) else _SHAPES[item]
    return Member(
        name=camel_case(key),
        shape=shape,
        is_list=is_list,
        is_required=not is_optional,
        literals=frozenset(each.value for each in item) if shape is Shape.LITERAL else frozenset(),
        type_name=spelled(item.__name__) if shape is Shape.OBJECT else "",
    )
