"""An AAS environment, or one identifiable, as AAS JSON: sorted, checked, nothing lost.

The body that is stored is the object that stood in the file, not what an object model
made of it: unknown members, wrong types and nulls stay, each with a finding. Only an
identifiable that has no usable id gets one, made of its content. What has no place to be
stored (a number where a submodel belongs) refuses the whole; so does a file in which not
one object says rightly what it is: it is like AAS data, but none.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.conformance import ELEMENT, Subject, check_all, check_best
from aas_registry.formats.environment import Environment, identifiable_of, substitute_id
from aas_registry.formats.json_bounds import refuse_unbounded
from aas_registry.formats.metamodel import RULES_3_0, RULES_3_1, RuleSet
from aas_registry.formats.metamodel_table import Shape

_KIND_BY_MODEL_TYPE = {kind.model_type: kind for kind in IdentifiableKind}
_KIND_BY_MEMBER = {kind.environment_member: kind for kind in IdentifiableKind}
# Members of metamodel 1.0 and 2.0 that 3.0 has no more.
_OLD_MEMBERS = frozenset({"conceptDictionaries", "hasDataSpecification"})
_ID_QUOTED_CHARS = 300
_MAX_NOTES = 100

Rows = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: IdentifiableKind
    path: str
    body: dict[str, Any]


def read_document(
    document: Any,
    *,
    limits: Limits,
    rules: RuleSet | None = None,
    part: str | None = None,
    rows: Rows | None = None,
) -> Environment:
    """Return what an environment, or a single identifiable, holds.

    Args:
        document: Parsed JSON of any form and depth.
        limits: Bounds on depth, elements and identifiers.
        rules: The version, where it is known; else 3.1, or 3.0 where that fits better.
        part: Part of the package that it is, for findings.
        rows: Answers the row of an element path, where rows are known.

    Raises:
        RefusedError: Over a limit, of metamodel 1.0 or 2.0, a submodel element alone, or
            something that could not be stored without loss; AAS-UNREADABLE with every
            finding where nothing is an identifiable of the metamodel.
    """
    refuse_unbounded(document, limits=limits, part=part)
    if not isinstance(document, dict):
        message = "The JSON is neither an environment nor a shell, submodel or concept description."
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part))
    _refuse_old_metamodel(document, part)
    _refuse_element(document, part)
    notes: list[Finding] = []
    entries = list(_entries(document, part, notes))
    found, rules = _checked(entries, rules, part, notes, limits)
    if entries and not any(_is_sound(each) for each in entries):
        message = "Nothing here is a shell, submodel or concept description as the metamodel has it."
        others = _with_rows([*notes, *found], rows)
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part), *others)
    identifiables = tuple(_identifiable(each, part, limits, notes) for each in entries)
    return Environment(rules.version, identifiables, tuple(_with_rows([*notes, *found], rows)))


def _checked(
    entries: Sequence[_Entry],
    rules: RuleSet | None,
    part: str | None,
    notes: list[Finding],
    limits: Limits,
) -> tuple[list[Finding], RuleSet]:
    subjects = [Subject(each.kind.model_type, each.body, each.path) for each in entries]
    if rules is not None:
        return check_all(rules, subjects, part=part, most=limits.listed_findings), rules
    best, found = check_best(subjects, part=part, most=limits.listed_findings)
    if best is RULES_3_0:
        message = "Read and checked by the rules of metamodel 3.0."
        notes.append(info(Code.AAS_NAMESPACE, message, part=part))
    return found, best


def kind_of(body: Mapping[str, Any]) -> IdentifiableKind | None:
    """Return which identifiable an object says that it is; None where it says nothing of these."""
    named = body.get("modelType")
    return _KIND_BY_MODEL_TYPE.get(named) if isinstance(named, str) else None


def is_element(body: Mapping[str, Any]) -> bool:
    """Return whether an object says that it is a submodel element."""
    named = body.get("modelType")
    return isinstance(named, str) and named in RULES_3_1.table.choices[ELEMENT]


def _entries(document: dict[str, Any], part: str | None, notes: list[Finding]) -> Iterator[_Entry]:
    kind = kind_of(document)
    if kind is not None:
        yield _Entry(kind, "", document)
        return
    for member, items in document.items():
        if member in _KIND_BY_MEMBER:
            yield from _listed(member, items, part, notes)
        elif member != "modelType" and len(notes) < _MAX_NOTES:
            message = f"An environment has no member {member[:100]!r}; it stays in the original file only."
            notes.append(error(Code.AAS_MEMBER_UNKNOWN, message, part=part, path=member[:100] or None))


def _listed(member: str, items: Any, part: str | None, notes: list[Finding]) -> Iterator[_Entry]:
    if items is None:
        message = f"{member!r} is null instead of an array; there was nothing to store."
        notes.append(error(Code.AAS_VALUE_NULL, message, part=part, path=member))
    elif not isinstance(items, list):
        message = "Expected an array; what stands here could not be stored."
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=member))
    elif not items:
        message = f"The list {member!r} is empty; a list without items is left out."
        notes.append(error(Code.AAS_LIST_EMPTY, message, part=part, path=member))
    for index, body in enumerate(items or ()):
        path = f"{member}[{index}]"
        if not isinstance(body, dict):
            message = "Expected an object; what stands here could not be stored."
            raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=path))
        kind = _KIND_BY_MODEL_TYPE.get(str(body.get("modelType")), _KIND_BY_MEMBER[member])
        if kind is not _KIND_BY_MEMBER[member]:
            message = f"A {kind.model_type} stands among the {member}; it is read and stored as what it says."
            notes.append(error(Code.AAS_MODEL_TYPE, message, part=part, path=f"{path}.modelType"))
        yield _Entry(kind, path, body)


def _is_sound(entry: _Entry) -> bool:
    """Return whether an entry says what it is, and has the objects that its class demands."""
    model = RULES_3_1.table.classes[entry.kind.model_type]
    demanded = (name for name in model.required if model.members[name].shape is Shape.OBJECT)
    is_listed = not entry.path or entry.path.startswith(f"{entry.kind.environment_member}[")
    said = entry.body.get("modelType") == model.name
    return said and is_listed and all(isinstance(entry.body.get(name), dict) for name in demanded)


def _identifiable(entry: _Entry, part: str | None, limits: Limits, notes: list[Finding]) -> Identifiable:
    body = entry.body
    identifier = body.get("id")
    if not isinstance(identifier, str) or not identifier:
        place = f"{entry.path}.id" if entry.path else "id"
        notes.append(_substituted(body, place, part))
        body = {**body, "id": substitute_id(body)}
    return identifiable_of(entry.kind, body, path=entry.path, part=part, limits=limits)


def _substituted(body: Mapping[str, Any], place: str, part: str | None) -> Finding:
    stood = json.dumps(body["id"]) if "id" in body else "nothing"
    if len(stood) > _ID_QUOTED_CHARS:
        message = "What stands here instead of the id could not be stored."
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=place))
    message = f"Instead of an id there is {stood}; stored under {substitute_id(body)}, made of the content."
    return error(Code.AAS_ID_SUBSTITUTED, message, part=part, path=place)


def _refuse_element(document: Mapping[str, Any], part: str | None) -> None:
    if is_element(document):
        message = f"The file is a {document['modelType']} alone. {Code.AAS_ELEMENT_ALONE.meaning}"
        raise RefusedError(error(Code.AAS_ELEMENT_ALONE, message, part=part))


def _refuse_old_metamodel(document: Mapping[str, Any], part: str | None) -> None:
    listed = [document.get(member) for member in _KIND_BY_MEMBER]
    items = [document, *(item for each in listed if isinstance(each, list) for item in each)]
    if "assets" in document or any(_is_old(item) for item in items):
        message = "The JSON is of metamodel 1.0 or 2.0 (its members are old ones); 3.0 and 3.1 are taken."
        raise RefusedError(error(Code.METAMODEL_UNSUPPORTED, message, part=part))


def _is_old(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    named = item.get("modelType")
    is_identified = isinstance(item.get("identification"), dict) and "id" not in item
    has_old_type = isinstance(named, dict) and "name" in named
    return is_identified or has_old_type or not _OLD_MEMBERS.isdisjoint(item)


def _with_rows(findings: Sequence[Finding], rows: Rows | None) -> Sequence[Finding]:
    if rows is None:
        return findings
    return [replace(each, row=rows(each.path or "")) for each in findings]
