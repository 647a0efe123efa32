"""An AAS environment as it was read: its identifiables, and what was noticed.

Several may come from one package (Part 5 allows several aas-spec parts, also the same
content twice, as XML and as JSON); `merge` makes one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, FindingList, Severity, error, info
from aas_registry.domain.identifiers import Sha256
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable, IdentifiableKind, Metamodel

_Key = tuple[IdentifiableKind, str]


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
    """Return the value of a body that has an id, whatever else it holds.

    Raises:
        RefusedError: ID-TOO-LONG.
    """
    identifier = body["id"]
    refuse_long_id(identifier, limits=limits, path=path, part=part)
    named = body.get("idShort")
    id_short = named if isinstance(named, str) else None
    return Identifiable(kind=kind, identifier=identifier, id_short=id_short, body=body, path=path, part=part)


def refuse_long_id(identifier: str, *, limits: Limits, path: str = "", part: str | None = None) -> None:
    """Refuse an id that is longer than the limit ``identifier_chars``.

    Args:
        identifier: The id of a shell, submodel or concept description.
        limits: ``identifier_chars``.
        path: Place of the object in the file; empty for an object alone.
        part: Name of the part in its package, for findings; None outside a package.

    Raises:
        RefusedError: ID-TOO-LONG.
    """
    if len(identifier) > limits.identifier_chars:
        message = f"The id has {len(identifier)} characters; the limit is {limits.identifier_chars}."
        place = f"{path}.id" if path else "id"
        raise RefusedError(error(Code.ID_TOO_LONG, message, path=place, part=part))


def substitute_id(body: Mapping[str, Any]) -> str:
    """Return an id that is made of the content of an identifiable, for one that has none of its own.

    Raises:
        RefusedError: JSON-NUMBER: the body has no canonical form.
    """
    return f"urn:sha256:{digest_of(canonical_bytes(body))}"


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Refuse what has any finding of severity ``error``.

    Raises:
        RefusedError: With all findings, the errors first.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise RefusedError(*errors, *(each for each in findings if each.severity is not Severity.ERROR))


def merge(environments: Sequence[Environment], *, limits: Limits) -> Environment:
    """Return one environment whose ids are unique per kind.

    An object that stands twice with the same content is kept once. Of concept
    descriptions with one id and different content the first keeps the id and the others
    get one made of their content: published templates hold such pairs, and nothing is lost.

    Args:
        environments: What the data parts of one file say.
        limits: ``listed_findings``.

    Raises:
        RefusedError: AAS-DUPLICATE-ID for two different shells or submodels with one id;
            AAS-EMPTY where there is nothing at all.
    """
    findings, merged = FindingList(limits.listed_findings), _Merged()
    for environment in environments:
        findings.extend(environment.findings)
        findings.extend(note for entry in environment.identifiables for note in merged.add(entry))
    if not merged.kept:
        message = "The file holds no shell, no submodel and no concept description."
        raise RefusedError(error(Code.AAS_EMPTY, message), *findings.listed())
    metamodels: set[Metamodel] = {environment.metamodel for environment in environments}
    metamodel: Metamodel = "3.0" if metamodels == {"3.0"} else "3.1"
    return Environment(metamodel, tuple(merged.kept.values()), findings.listed())


@dataclass(slots=True)
class _Merged:
    kept: dict[_Key, Identifiable] = field(default_factory=dict)
    _kinds: dict[str, IdentifiableKind] = field(default_factory=dict)
    _digests: dict[_Key, Sha256] = field(default_factory=dict)  # of those of which there are several

    def add(self, entry: Identifiable) -> Iterator[Finding]:
        first = self.kept.setdefault((entry.kind, entry.identifier), entry)
        if first is entry:
            if self._kinds.setdefault(entry.identifier, entry.kind) is not entry.kind:
                both = f"A {self._kinds[entry.identifier]} and a {entry.kind}"
                message = f"{both} have the id {_short(entry)}; both are kept."
                yield error(Code.AAS_DUPLICATE_ID, message, part=entry.part, path=entry.path or None)
            return
        place = {"part": entry.part, "path": entry.path or None}
        if first.body == entry.body or self._digest(first) == entry.digest():
            note = error if first.part == entry.part else info
            message = f"The {entry.kind} {_short(entry)} stands twice with the same content; kept once."
            yield note(Code.AAS_DUPLICATE_ID, message, **place)
            return
        message = f"Two {entry.kind}s with different content have the id {_short(entry)}"
        if entry.kind is not IdentifiableKind.CONCEPT_DESCRIPTION:
            raise RefusedError(error(Code.AAS_DUPLICATE_ID, f"{message}.", **place))
        identifier = substitute_id(entry.body)
        renamed = replace(entry, identifier=identifier, body={**entry.body, "id": identifier})
        self.kept.setdefault((entry.kind, identifier), renamed)
        message = f"{message}; the first keeps it, this one is stored under {identifier}."
        yield error(Code.AAS_DUPLICATE_ID, message, **place)

    def _digest(self, first: Identifiable) -> Sha256:
        key = first.kind, first.identifier
        if key not in self._digests:
            self._digests[key] = first.digest()
        return self._digests[key]


def _short(entry: Identifiable) -> str:
    return repr(entry.identifier[:200])
