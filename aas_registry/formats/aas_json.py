"""AAS JSON (Part 1, JSON serialisation): an environment, or one identifiable.

JSON carries no version of the metamodel: 3.1 is tried, then 3.0, and a finding names the
rules where 3.0 fits better. The body that is stored is the object that stood in the
file, not what an object model made of it.
"""

from collections.abc import Iterator
from typing import Any

from aas_registry.domain.canonical_json import loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.environment import Environment, identifiable_of
from aas_registry.formats.json_bounds import refuse_unbounded
from aas_registry.formats.metamodel import (
    MAX_FINDINGS,
    RULES_3_0,
    RuleSet,
    best_rules,
    parse_identifiable,
    violations,
)

_CONTAINERS_PER_ELEMENT = 20
_KIND_BY_MODEL_TYPE = {kind.model_type: kind for kind in IdentifiableKind}
_KIND_BY_MEMBER = {kind.environment_member: kind for kind in IdentifiableKind}

_Entry = tuple[IdentifiableKind, str, Any]


def read_json(content: bytes, *, limits: Limits, part: str | None = None) -> Environment:
    """Read an AAS environment, or a single shell, submodel or concept description.

    Args:
        content: UTF-8 JSON.
        limits: Bounds on length, depth, elements and identifiers.
        part: Part of the package that it is, for findings.

    Raises:
        RefusedError: Not JSON as RFC 8259 and RFC 7493 say, over a limit, of metamodel 1.0
            or 2.0, or an object that cannot be understood.
    """
    refuse_long(content, limits=limits, part=part)
    if content.count(b"[") + content.count(b"{") > _CONTAINERS_PER_ELEMENT * limits.aas_elements:
        message = "There are more objects and arrays than so many elements can have."
        raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=part))
    document = loads_strict(content, max_depth=limits.nesting_depth)
    refuse_unbounded(document, limits=limits, part=part)
    if not isinstance(document, dict):
        raise RefusedError(error(Code.AAS_UNREADABLE, "The JSON is no object.", part=part))
    _refuse_old_metamodel(document, part)
    entries = list(_entries(document, part))
    rules, found = best_rules(lambda rules: _findings(rules, entries, part))
    if rules is RULES_3_0:
        found.insert(0, _read_as_3_0(part))
    identifiables = tuple(_identifiable(entry, part, limits) for entry in entries)
    return Environment(rules.version, identifiables, (*_unknown_members(document, part), *found))


def refuse_long(content: bytes, *, limits: Limits, part: str | None) -> None:
    """Refuse AAS data that is longer than the limit ``aas_data_bytes``.

    Raises:
        RefusedError: AAS-DATA-TOO-LARGE.
    """
    if len(content) > limits.aas_data_bytes:
        message = f"The AAS data has more than {limits.aas_data_bytes} bytes."
        raise RefusedError(error(Code.AAS_DATA_TOO_LARGE, message, part=part))


def _entries(document: dict[str, Any], part: str | None) -> Iterator[_Entry]:
    kind = _KIND_BY_MODEL_TYPE.get(str(document.get("modelType")))
    if kind is not None:
        yield kind, "", document
        return
    for member, member_kind in _KIND_BY_MEMBER.items():
        items = document.get(member, [])
        if not isinstance(items, list):
            raise RefusedError(error(Code.AAS_UNREADABLE, "Expected an array.", path=member, part=part))
        for index, body in enumerate(items):
            yield member_kind, f"{member}[{index}]", body


def _identifiable(entry: _Entry, part: str | None, limits: Limits) -> Identifiable:
    kind, path, body = entry
    return identifiable_of(kind, body, path=path, part=part, limits=limits)


def _findings(rules: RuleSet, entries: list[_Entry], part: str | None) -> list[Finding]:
    found: list[Finding] = []
    for kind, path, body in entries:
        instance = parse_identifiable(rules, kind, body, path=path, part=part)
        if len(found) <= MAX_FINDINGS:
            found += violations(rules, instance, path=path, part=part)
    return found


def _read_as_3_0(part: str | None) -> Finding:
    return info(Code.AAS_NAMESPACE, "Read and checked by the rules of metamodel 3.0.", part=part)


def _refuse_old_metamodel(document: dict[str, Any], part: str | None) -> None:
    shells = document.get("assetAdministrationShells")
    submodels = document.get("submodels")
    old = "assets" in document
    for items in (shells, submodels):
        first = items[0] if isinstance(items, list) and items else None
        if isinstance(first, dict):
            old = old or "identification" in first or isinstance(first.get("modelType"), dict)
    if old:
        message = "The JSON is of metamodel 1.0 or 2.0 (identification, assets); 3.0 and 3.1 are taken."
        raise RefusedError(error(Code.METAMODEL_UNSUPPORTED, message, part=part))


def _unknown_members(document: dict[str, Any], part: str | None) -> list[Finding]:
    if "modelType" in document:
        return []
    return [
        warning(Code.AAS_UNREADABLE, f"An environment has no member {key[:100]!r}; not read.", part=part)
        for key in list(document)[:20]
        if key not in _KIND_BY_MEMBER
    ]
