"""The AAS metamodel 3.0 and 3.1, as aas-core (generated from the specification) knows it.

One `RuleSet` per version: parse a JSON object or an XML document, verify it, write it.
aas-core trusts its input more than we do, so three things are added: its exceptions for
odd values (a base64 text that is none, a year of 5,000 digits) become findings; the
number of findings is bounded; and long values are kept from its regular expressions,
some of which take quadratic time.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import ModuleType
from typing import Any

import aas_core3.jsonization
import aas_core3.verification
import aas_core3.xmlization
import aas_core3_1.jsonization
import aas_core3_1.verification
import aas_core3_1.xmlization

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.package import IdentifiableKind, Metamodel
from aas_registry.formats.bounded_xml import XmlEvent

MAX_FINDINGS = 1000
_MESSAGE_CHARS = 600
_CONSTRAINT = re.compile(r"AAS[a-z]+-(?:3a-)?\d+[a-z]?")
# What aas-core raises beside its own exceptions when a value is odd; found by fuzzing.
_ODD_VALUE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError)
_JSON_READERS = {
    "AssetAdministrationShell": "asset_administration_shell_from_jsonable",
    "Submodel": "submodel_from_jsonable",
    "ConceptDescription": "concept_description_from_jsonable",
}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the metamodel.

    Attributes:
        version: ``3.0`` or ``3.1``.
        jsonization: aas-core's module of this version.
        xmlization: aas-core's module of this version.
        verification: aas-core's module of this version.
    """

    version: Metamodel
    jsonization: ModuleType
    xmlization: ModuleType
    verification: ModuleType

    @property
    def namespace(self) -> str:
        """Return the XML namespace."""
        return str(self.xmlization.NAMESPACE)


RULES_3_0 = RuleSet("3.0", aas_core3.jsonization, aas_core3.xmlization, aas_core3.verification)
RULES_3_1 = RuleSet("3.1", aas_core3_1.jsonization, aas_core3_1.xmlization, aas_core3_1.verification)
RULES_BY_NAMESPACE: Mapping[str, RuleSet] = {rules.namespace: rules for rules in (RULES_3_1, RULES_3_0)}
RULES_BY_VERSION: Mapping[str, RuleSet] = {rules.version: rules for rules in (RULES_3_1, RULES_3_0)}


def parse_identifiable(
    rules: RuleSet, kind: IdentifiableKind, body: Any, *, path: str, part: str | None = None
) -> Any:
    """Return a shell, submodel or concept description as an aas-core object.

    Args:
        rules: The version to read it by.
        kind: What it must be.
        body: AAS JSON, already bounded (``formats.json_bounds``).
        path: Place in the file, for findings.
        part: Part of the package, for findings.

    Raises:
        RefusedError: AAS-UNREADABLE with the element path.
    """
    return _parse_json(rules, _JSON_READERS[kind.model_type], body, path=path, part=part)


def parse_element(rules: RuleSet, body: Any, *, path: str = "") -> Any:
    """Return a submodel element as an aas-core object.

    Raises:
        RefusedError: AAS-UNREADABLE with the element path.
    """
    return _parse_json(rules, "submodel_element_from_jsonable", body, path=path, part=None)


def parse_xml(rules: RuleSet, events: Iterator[XmlEvent], *, single: bool, part: str | None) -> Any:
    """Return an environment, or one identifiable, as an aas-core object.

    Args:
        rules: The version that the namespace names.
        events: From the root's start on.
        single: The root is an identifiable instead of an environment.
        part: Part of the package, for findings.

    Raises:
        RefusedError: AAS-UNREADABLE with element path and row, or what ``events`` raises.
    """
    name = "identifiable_from_iterparse" if single else "environment_from_iterparse"
    try:
        return getattr(rules.xmlization, name)(events)
    except rules.xmlization.DeserializationException as cause:
        path = _xml_path(cause.path, single=single)
        row = getattr(cause.path.segments[-1].element, "row", None) if cause.path.segments else None
        raise _unreadable(cause.cause, path=path, part=part, row=row) from cause
    except _ODD_VALUE as cause:
        raise _unreadable(f"A value cannot be read: {cause}", path=None, part=part) from cause


def body_of(rules: RuleSet, instance: Any) -> dict[str, Any]:
    """Return an aas-core object as AAS JSON."""
    body: dict[str, Any] = rules.jsonization.to_jsonable(instance)
    return body


def violations(rules: RuleSet, instance: Any, *, path: str = "", part: str | None = None) -> list[Finding]:
    """Return what the metamodel's constraints say about an object.

    Returns:
        At most `MAX_FINDINGS` findings AAS-CONSTRAINT and one more that says so.
    """
    found: list[Finding] = []
    try:
        found.extend(
            _violation(violation.cause, path + _camel(str(violation.path)), part)
            for violation in islice(rules.verification.verify(instance), MAX_FINDINGS)
        )
    except _ODD_VALUE as cause:
        found.append(_violation(f"A value is out of every range: {cause}", path, part))
    if len(found) == MAX_FINDINGS:
        found.append(_violation(f"More than {MAX_FINDINGS} violations; the rest is not listed.", path, part))
    return found


def best_rules(check: Callable[[RuleSet], list[Finding]]) -> tuple[RuleSet, list[Finding]]:
    """Return the version that fits JSON content best, and its findings: 3.1, else 3.0.

    JSON does not say its version. 3.0 is taken where 3.1 cannot read the content, or
    finds more violations than 3.0 does.

    Args:
        check: Parses and verifies by one version.

    Raises:
        RefusedError: Neither version can read the content; the error is that of 3.1.
    """
    newer = _findings_or_refusal(RULES_3_1, check)
    if newer == []:
        return RULES_3_1, []
    older = _findings_or_refusal(RULES_3_0, check)
    if isinstance(newer, RefusedError):
        if isinstance(older, RefusedError):
            raise newer
        return RULES_3_0, older
    if not isinstance(older, RefusedError) and len(older) < len(newer):
        return RULES_3_0, older
    return RULES_3_1, newer


def _findings_or_refusal(
    rules: RuleSet, check: Callable[[RuleSet], list[Finding]]
) -> list[Finding] | RefusedError:
    try:
        return check(rules)
    except RefusedError as refusal:
        return refusal


def _parse_json(rules: RuleSet, reader: str, body: Any, *, path: str, part: str | None) -> Any:
    try:
        return getattr(rules.jsonization, reader)(body)
    except rules.jsonization.DeserializationException as cause:
        raise _unreadable(cause.cause, path=join_path(path, str(cause.path)), part=part) from cause
    except _ODD_VALUE as cause:
        raise _unreadable(f"A value cannot be read: {cause}", path=path, part=part) from cause


def join_path(path: str, below: str) -> str:
    """Return an element path extended by a relative one."""
    if not path or not below or below.startswith(("[", ".")):
        return (path + below).removeprefix(".")
    return f"{path}.{below}"


def _unreadable(message: str, *, path: str | None, part: str | None, row: int | None = None) -> RefusedError:
    text = message[:_MESSAGE_CHARS]
    return RefusedError(error(Code.AAS_UNREADABLE, text, path=path or None, part=part, row=row))


def _violation(message: str, path: str, part: str | None) -> Finding:
    constraint = _CONSTRAINT.search(message)
    return error(
        Code.AAS_CONSTRAINT,
        " ".join(message.split())[:_MESSAGE_CHARS],
        path=path.removeprefix(".") or None,
        part=part,
        constraint=constraint.group() if constraint else None,
    )


def _camel(path: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), path)


def _xml_path(path: Any, *, single: bool) -> str:
    steps = [str(segment) for segment in path.segments][0 if single else 1 :]
    return "/".join(steps).replace("/*[", "[").replace("*[", "[").replace("/", ".")
