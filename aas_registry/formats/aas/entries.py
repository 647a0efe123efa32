"""Where the identifiables of AAS JSON stand, and which of the three each one is.

They stand in an environment, or one stands alone. People also send bare lists, and what an
AAS API answered when it was asked for all shells, submodels or concept descriptions
(Part 2, ``{"paging_metadata": …, "result": […]}``): that is read too, with a finding.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.conformance import ELEMENT
from aas_registry.formats.aas.metamodel import RULES_3_1

_KIND_BY_MODEL_TYPE = {kind.model_type: kind for kind in IdentifiableKind}
_KIND_BY_MEMBER = {kind.environment_member: kind for kind in IdentifiableKind}
# What tells the kind of an object that does not say its modelType; the first that it has counts.
_KIND_BY_SHAPE = {
    "assetInformation": IdentifiableKind.SHELL,
    "submodelElements": IdentifiableKind.SUBMODEL,
    "kind": IdentifiableKind.SUBMODEL,
    "isCaseOf": IdentifiableKind.CONCEPT_DESCRIPTION,
    "embeddedDataSpecifications": IdentifiableKind.CONCEPT_DESCRIPTION,
}
_RESULT, _PAGING = "result", "paging_metadata"
# Members of metamodel 1.0 and 2.0 that 3.0 has no more.
_OLD_MEMBERS = frozenset({"conceptDictionaries", "hasDataSpecification"})
_MAX_NOTES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One identifiable of a document, as it stands there.

    Attributes:
        kind: What it says that it is, else what its place or its members say.
        path: Place in the document; empty for a single object.
        body: The object.
        is_sure: It is what it must be: in an environment, of the modelType that belongs there.
    """

    kind: IdentifiableKind
    path: str
    body: dict[str, Any]
    is_sure: bool = True


def find_entries(document: Any, *, limits: Limits, part: str | None) -> tuple[list[Entry], list[Finding]]:
    """Return the identifiables of a document, and what was noticed on the way to them.

    Args:
        document: Parsed JSON, already bounded (``formats.container.json_bounds``).
        limits: ``aas_elements``; an identifiable counts here also without a ``modelType``.
        part: Name of the part in its package, for findings; None outside a package.

    Raises:
        RefusedError: Over the limit, of metamodel 1.0 or 2.0, a submodel element alone, or
            something that could not be stored without loss.
    """
    notes: list[Finding] = []
    _refuse_old_metamodel(document, part)
    if isinstance(document, list):
        entries = _in_list(document, "", part, notes)
    elif isinstance(document, dict):
        _refuse_element(document, part, None)
        entries = _in_object(document, part, notes)
    else:
        message = "The JSON is neither an environment nor a shell, submodel or concept description."
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part))
    found = list(islice(entries, limits.aas_elements + 1))
    if len(found) > limits.aas_elements:
        message = f"There are more than {limits.aas_elements} shells, submodels and concept descriptions."
        raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=part, path=found[-1].path))
    return found, notes


def kind_of(body: Mapping[str, Any]) -> IdentifiableKind | None:
    """Return which identifiable an object says that it is; None where it says nothing of these."""
    named = body.get("modelType")
    return _KIND_BY_MODEL_TYPE.get(named) if isinstance(named, str) else None


def is_element(body: Mapping[str, Any]) -> bool:
    """Return whether an object says that it is a submodel element."""
    named = body.get("modelType")
    return isinstance(named, str) and named in RULES_3_1.table.choices[ELEMENT]


def _in_object(document: dict[str, Any], part: str | None, notes: list[Finding]) -> Iterator[Entry]:
    kind = _told_kind(document)
    if kind is not None:
        yield Entry(kind, "", document)
        return
    is_answer = isinstance(document.get(_RESULT), list) and _KIND_BY_MEMBER.keys().isdisjoint(document)
    for member, value in document.items():
        if member in _KIND_BY_MEMBER:
            yield from _in_environment(member, value, part, notes)
        elif is_answer and member == _RESULT:
            yield from _in_list(value, member, part, notes)
        elif member != (_PAGING if is_answer else "modelType") and len(notes) < _MAX_NOTES:
            message = f"An environment has no member {member[:100]!r}; it stays in the original file only."
            notes.append(error(Code.AAS_MEMBER_UNKNOWN, message, part=part, path=member[:100] or None))


def _in_environment(member: str, items: Any, part: str | None, notes: list[Finding]) -> Iterator[Entry]:
    if items is None:
        message = f"{member!r} is null instead of an array; there was nothing to store."
        notes.append(error(Code.AAS_VALUE_NULL, message, part=part, path=member))
    elif not isinstance(items, list):
        message = "Expected an array; what stands here could not be stored."
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=member))
    elif not items:
        message = f"The list {member!r} is empty; a list without items is left out."
        notes.append(error(Code.AAS_LIST_EMPTY, message, part=part, path=member))
    for path, body in _objects(items or (), member, part):
        said = kind_of(body)
        kind = said or _KIND_BY_MEMBER[member]
        if kind is not _KIND_BY_MEMBER[member]:
            message = f"A {kind.model_type} stands among the {member}; it is read and stored as what it says."
            notes.append(error(Code.AAS_MODEL_TYPE, message, part=part, path=f"{path}.modelType"))
        yield Entry(kind, path, body, is_sure=said is _KIND_BY_MEMBER[member])


def _in_list(items: list[Any], member: str, part: str | None, notes: list[Finding]) -> Iterator[Entry]:
    what = "The answer of an AAS API" if member else "A bare list"
    message = f"{what} instead of an environment; its items are read and stored as what they say."
    notes.append(error(Code.AAS_LIST_ALONE, message, part=part, path=member or None))
    for path, body in _objects(items, member, part):
        _refuse_element(body, part, path)
        kind = _told_kind(body)
        if kind is None:
            message = "Nothing tells whether this is a shell, a submodel or a concept description."
            raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=path))
        yield Entry(kind, path, body)


def _told_kind(body: Mapping[str, Any]) -> IdentifiableKind | None:
    if "modelType" in body or not isinstance(body.get("id"), str):
        return kind_of(body)
    return next((kind for member, kind in _KIND_BY_SHAPE.items() if member in body), None)


def _objects(items: Sequence[Any], member: str, part: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, body in enumerate(items):
        path = f"{member}[{index}]"
        if not isinstance(body, dict):
            message = "Expected an object; what stands here could not be stored."
            raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=path))
        yield path, body


def _refuse_element(body: Mapping[str, Any], part: str | None, path: str | None) -> None:
    if is_element(body):
        what = "This" if path else "The file"
        message = f"{what} is a {body['modelType']} alone. {Code.AAS_ELEMENT_ALONE.meaning}"
        raise RefusedError(error(Code.AAS_ELEMENT_ALONE, message, part=part, path=path))


def _refuse_old_metamodel(document: Any, part: str | None) -> None:
    items = document if isinstance(document, list) else [document]
    if isinstance(document, dict):
        lists = (document.get(member) for member in (*_KIND_BY_MEMBER, _RESULT))
        items += [item for each in lists if isinstance(each, list) for item in each]
    is_old = isinstance(document, dict) and "assets" in document
    for body in (each for each in items if isinstance(each, dict)):
        named = body.get("modelType")
        is_old = is_old or (isinstance(body.get("identification"), dict) and "id" not in body)
        is_old = is_old or (isinstance(named, dict) and "name" in named)
        is_old = is_old or not _OLD_MEMBERS.isdisjoint(body)
    if is_old:
        message = "The JSON is of metamodel 1.0 or 2.0 (its members are old ones); 3.0 and 3.1 are taken."
        raise RefusedError(error(Code.METAMODEL_UNSUPPORTED, message, part=part))
