"""An AAS environment as it was read: its identifiables, and what was noticed.

Several may come from one package (Part 5 allows several aas-spec parts, also the same
content twice, as XML and as JSON); `merge` makes one of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable, IdentifiableKind, Metamodel


@dataclass(frozen=True, slots=True)
class Environment:
    """What one AAS JSON or XML document says.

    Attributes:
        metamodel: The rules that it was read with.
        identifiables: In the order of the document.
        findings: Violated constraints, and how it was read.
    """

    metamodel: Metamodel
    identifiables: tuple[Identifiable, ...]
    findings: tuple[Finding, ...]


def identifiable_of(
    kind: IdentifiableKind, body: Mapping[str, Any], *, path: str, part: str | None, limits: Limits
) -> Identifiable:
    """Return the value of a body that the metamodel could read.

    Raises:
        RefusedError: ID-TOO-LONG, or AAS-UNREADABLE where the id is empty.
    """
    identifier = body["id"]
    place = f"{path}.id" if path else "id"
    if len(identifier) > limits.identifier_chars:
        message = f"The id has {len(identifier)} characters; the limit is {limits.identifier_chars}."
        raise RefusedError(error(Code.ID_TOO_LONG, message, path=place, part=part))
    if not identifier:
        raise RefusedError(error(Code.AAS_UNREADABLE, "The id is empty.", path=place, part=part))
    id_short = body.get("idShort")
    return Identifiable(kind=kind, identifier=identifier, id_short=id_short, body=body, path=path, part=part)


def merge(environments: Sequence[Environment]) -> Environment:
    """Return one environment whose ids are unique per kind.

    An object that stands twice with the same content is kept once. Of concept
    descriptions with one id and different content the first is kept, with a finding:
    published templates hold such pairs, and their ids are dictionary entries.

    Raises:
        RefusedError: AAS-DUPLICATE-ID for two different shells or submodels with one id;
            AAS-EMPTY where there is nothing at all.
    """
    kept: dict[tuple[IdentifiableKind, str], Identifiable] = {}
    findings = [finding for environment in environments for finding in environment.findings]
    kinds: dict[str, IdentifiableKind] = {}
    for entry in (entry for environment in environments for entry in environment.identifiables):
        first = kept.setdefault((entry.kind, entry.identifier), entry)
        if first is not entry:
            findings.append(_second(first, entry))
        elif kinds.setdefault(entry.identifier, entry.kind) is not entry.kind:
            message = f"A {kinds[entry.identifier]} and a {entry.kind} have the id {_short(entry)}."
            findings.append(warning(Code.AAS_DUPLICATE_ID, message, part=entry.part, path=entry.path))
    if not kept:
        message = "The file holds no shell, no submodel and no concept description."
        raise RefusedError(error(Code.AAS_EMPTY, message), *findings)
    metamodels: set[Metamodel] = {environment.metamodel for environment in environments}
    return Environment("3.0" if metamodels == {"3.0"} else "3.1", tuple(kept.values()), tuple(findings))


def _second(first: Identifiable, second: Identifiable) -> Finding:
    place = {"part": second.part, "path": second.path}
    if first.body == second.body or first.canonical() == second.canonical():
        note = warning if first.part == second.part else info
        message = f"The {second.kind} {_short(second)} stands twice with the same content; kept once."
        return note(Code.AAS_DUPLICATE_ID, message, **place)
    message = f"Two {second.kind}s with different content have the id {_short(second)}"
    if second.kind is not IdentifiableKind.CONCEPT_DESCRIPTION:
        raise RefusedError(error(Code.AAS_DUPLICATE_ID, f"{message}.", **place))
    return error(Code.AAS_DUPLICATE_ID, f"{message}; the first is kept.", **place)


def _short(entry: Identifiable) -> str:
    return repr(entry.identifier[:200])
