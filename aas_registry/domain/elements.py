"""Submodel elements in a submodel's AAS JSON: find, walk, insert, replace, delete.

Pure functions: a change returns a new body that shares what did not change, and leaves
the old one as it was. Members are reached through collections, lists, entities and
annotated relationships; the variables of an operation are no elements of the submodel
and have no path (Part 2). Bodies that were stored with findings may hold any JSON, so
what walks them passes over what is no element, and never raises.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from aas_registry.domain.id_short_path import IdShortPath

Body = Mapping[str, Any]

_CHILDREN_MEMBER = {
    "Submodel": "submodelElements",
    "SubmodelElementCollection": "value",
    "SubmodelElementList": "value",
    "Entity": "statements",
    "AnnotatedRelationshipElement": "annotations",
}
_LIST = "SubmodelElementList"
_VARIABLES = ("inputVariables", "outputVariables", "inoutputVariables")


@dataclass(frozen=True, slots=True)
class FileElement:
    """A ``File`` of a submodel.

    Attributes:
        path: idShort path; where the standard has none (members without an idShort, variables
            of an operation) the index of the member, or the name and index of the variable.
        value: Name of the part of the package or address that holds the content; None where there is none.
    """

    path: IdShortPath
    value: str | None


def children_of(element: Body) -> list[dict[str, Any]]:
    """Return the direct members of a submodel or element; empty where it can have none."""
    member = _CHILDREN_MEMBER.get(str(element.get("modelType")))
    found = element.get(member) if member else None
    return [child for child in found if isinstance(child, dict)] if isinstance(found, list) else []


def iterate_files(submodel: Body) -> Iterator[FileElement]:
    """Yield every ``File`` of a submodel, wherever it stands, in document order.

    Also below elements without an idShort and in the variables of operations, which no path
    reaches: what names a part of the package is never overlooked.
    """
    stack = [_all_children(submodel, ())]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        steps, element = entry
        if element.get("modelType") == "File":
            value = element.get("value")
            yield FileElement(IdShortPath(steps), value if isinstance(value, str) else None)
        stack.append(_all_children(element, steps))


def text_of(element: Body) -> str | None:
    """Return the text of a Property or MultiLanguageProperty, without white space around it.

    Of several languages English is taken, else the first. None where there is no text.
    """
    value = element.get("value")
    if isinstance(value, list):
        texts = [entry for entry in value if isinstance(entry, dict) and "text" in entry]
        english = (entry for entry in texts if str(entry.get("language")).casefold().startswith("en"))
        value = next(english, texts[0] if texts else {}).get("text")
    return (value.strip() or None) if isinstance(value, str) else None


def find_element(submodel: Body, path: IdShortPath) -> dict[str, Any]:
    """Return the element at a path.

    Raises:
        NotFoundError: ELEMENT-NOT-FOUND.
    """
    current: Body = submodel
    for step in path.steps:
        current = children_of(current)[_position(current, step, path)]
    assert isinstance(current, dict)
    return current


def insert_element(
    submodel: Body, parent: IdShortPath | None, element: Body
) -> tuple[dict[str, Any], IdShortPath]:
    """Return the submodel with a new last member, and the member's path.

    Args:
        submodel: The body; it stays as it is.
        parent: Path of the element that gets the member; None for the submodel.
        element: The new element; it needs an idShort unless the parent is a list.

    Raises:
        NotFoundError: ELEMENT-NOT-FOUND: there is no such parent.
        ConflictError: ELEMENT-EXISTS: a member has this idShort, case regarded.
        InvalidRequestError: The parent can have no members, or the idShort is missing.
    """
    container = submodel if parent is None else find_element(submodel, parent)
    member = _CHILDREN_MEMBER.get(str(container.get("modelType")))
    if member is None:
        raise InvalidRequestError(f"A {container.get('modelType')} cannot have members.")
    step = _new_step(container, element)
    path = IdShortPath((step,)) if parent is None else parent.child(step)
    if isinstance(step, str) and any(child.get("idShort") == step for child in children_of(container)):
        raise ConflictError(f"There is an element at {str(path)!r} already.", code=Code.ELEMENT_EXISTS)
    changed = {**container, member: [*(container.get(member) or ()), dict(element)]}
    return (changed, path) if parent is None else (replace_element(submodel, parent, changed), path)


def replace_element(submodel: Body, path: IdShortPath, element: Body) -> dict[str, Any]:
    """Return the submodel with another element at a path.

    Raises:
        NotFoundError: ELEMENT-NOT-FOUND.
        ConflictError: ELEMENT-EXISTS: the new idShort is that of a sibling.
        InvalidRequestError: The new element needs an idShort and has none.
    """
    container = submodel if path.parent is None else find_element(submodel, path.parent)
    if container.get("modelType") != _LIST:
        name = _new_step(container, element)
        if name != path.steps[-1] and any(child.get("idShort") == name for child in children_of(container)):
            message = f"The element at {str(path)!r} cannot take the idShort {name!r} of a sibling."
            raise ConflictError(message, code=Code.ELEMENT_EXISTS)
    return _rebuilt(submodel, path, dict(element))


def delete_element(submodel: Body, path: IdShortPath) -> dict[str, Any]:
    """Return the submodel without the element at a path; an empty list of members is left out.

    Raises:
        NotFoundError: ELEMENT-NOT-FOUND.
    """
    return _rebuilt(submodel, path, None)


def _rebuilt(submodel: Body, path: IdShortPath, element: dict[str, Any] | None) -> dict[str, Any]:
    containers: list[tuple[Body, int]] = []
    current = submodel
    for step in path.steps:
        position = _position(current, step, path)
        containers.append((current, position))
        current = children_of(current)[position]
    for container, position in reversed(containers):
        member = _CHILDREN_MEMBER[container["modelType"]]
        members = children_of(container)
        members[position : position + 1] = [] if element is None else [element]
        element = {**container, member: members}
        if not members:
            del element[member]
    assert element is not None
    return element


def _new_step(container: Body, element: Body) -> str | int:
    if container.get("modelType") == _LIST:
        return len(children_of(container))
    id_short = element.get("idShort")
    if not isinstance(id_short, str) or not id_short:
        raise InvalidRequestError("The element needs an idShort here (AASd-117).")
    return id_short


def _position(container: Body, step: str | int, path: IdShortPath) -> int:
    is_list = container.get("modelType") == _LIST
    for position, child in enumerate(children_of(container)):
        if (position if is_list else child.get("idShort")) == step:
            return position
    raise NotFoundError(f"The submodel has no element at {str(path)!r}.", code=Code.ELEMENT_NOT_FOUND)


def _all_children(
    container: Body, steps: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    is_list = container.get("modelType") == _LIST
    for position, child in enumerate(children_of(container)):
        name = None if is_list else child.get("idShort")
        yield (*steps, name if isinstance(name, str) and name else position), child
    if container.get("modelType") == "Operation":
        for member in _VARIABLES:
            listed = container.get(member)
            for position, variable in enumerate(listed if isinstance(listed, list) else ()):
                value = variable.get("value") if isinstance(variable, dict) else None
                if isinstance(value, dict):
                    yield (*steps, member, position), value
