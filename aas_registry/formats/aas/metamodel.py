"""The AAS metamodel 3.0 and 3.1, as aas-core (generated from the specification) knows it.

One `RuleSet` per version: parse a JSON object, verify it, write it. aas-core trusts its
input more than we do, so two things are added: its exceptions for odd values (a base64
text that is none, a year of 5,000 digits) become findings, and the number of findings is
bounded. Long values are kept from its regular expressions by ``formats.container.json_bounds``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import ModuleType
from typing import Any

import aas_core3.jsonization
import aas_core3.types
import aas_core3.verification
import aas_core3.xmlization
import aas_core3_1.jsonization
import aas_core3_1.types
import aas_core3_1.verification
import aas_core3_1.xmlization

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.package import Metamodel
from aas_registry.formats.aas.metamodel_table import MetamodelTable, camel_case, derive_table

MAX_FINDINGS = 1000
_MESSAGE_CHARS = 600
_CONSTRAINT = re.compile(r"AAS[a-z]+-(?:3a-)?\d+[a-z]?")
# What aas-core raises beside its own exceptions when a value is odd; found by fuzzing.
_ODD_VALUE = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError)
_JSON_READERS = {
    "AssetAdministrationShell": "asset_administration_shell_from_jsonable",
    "Submodel": "submodel_from_jsonable",
    "ConceptDescription": "concept_description_from_jsonable",
    "SubmodelElement": "submodel_element_from_jsonable",
}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the metamodel.

    Attributes:
        version: ``3.0`` or ``3.1``.
        jsonization: aas-core's module of this version.
        xmlization: aas-core's module of this version.
        verification: aas-core's module of this version.
        table: Classes and members of this version.
    """

    version: Metamodel
    jsonization: ModuleType
    xmlization: ModuleType
    verification: ModuleType
    table: MetamodelTable = field(repr=False)

    @property
    def namespace(self) -> str:
        """Return the XML namespace."""
        return str(self.xmlization.NAMESPACE)


RULES_3_0 = RuleSet(
    "3.0",
    aas_core3.jsonization,
    aas_core3.xmlization,
    aas_core3.verification,
    derive_table(aas_core3.types),
)
RULES_3_1 = RuleSet(
    "3.1",
    aas_core3_1.jsonization,
    aas_core3_1.xmlization,
    aas_core3_1.verification,
    derive_table(aas_core3_1.types),
)
RULES_BY_NAMESPACE: Mapping[str, RuleSet] = {rules.namespace: rules for rules in (RULES_3_1, RULES_3_0)}
RULES_BY_VERSION: Mapping[str, RuleSet] = {rules.version: rules for rules in (RULES_3_1, RULES_3_0)}


class UnparsableError(ValueError):
    """aas-core cannot make an object of this JSON.

    Attributes:
        path: Element path below the body; empty for the body itself.
    """

    def __init__(self, message: str, path: str) -> None:
        """Keep the place."""
        self.path = path
        super().__init__(message[:_MESSAGE_CHARS])


def parse(rules: RuleSet, type_name: str, body: Any) -> Any:
    """Return AAS JSON as an aas-core object.

    Args:
        rules: The version to read it by.
        type_name: ``AssetAdministrationShell``, ``Submodel``, ``ConceptDescription`` or
            ``SubmodelElement``.
        body: AAS JSON, already bounded (``formats.container.json_bounds``).

    Raises:
        UnparsableError: It is not of the metamodel's structure.
    """
    try:
        return getattr(rules.jsonization, _JSON_READERS[type_name])(body)
    except rules.jsonization.DeserializationException as cause:
        raise UnparsableError(cause.cause, str(cause.path)) from cause
    except _ODD_VALUE as cause:
        raise UnparsableError(f"A value cannot be read: {cause}", "") from cause


def unparsable(cause: UnparsableError, *, path: str = "", part: str | None = None) -> Finding:
    """Return the finding AAS-UNREADABLE that says what aas-core could not parse."""
    return error(Code.AAS_UNREADABLE, str(cause), path=join_path(path, cause.path) or None, part=part)


def violations(
    rules: RuleSet, instance: Any, *, path: str = "", part: str | None = None, most: int = MAX_FINDINGS
) -> list[Finding]:
    """Return what the metamodel's constraints say about an object.

    Returns:
        At most ``most`` findings AAS-CONSTRAINT and one more that says so.
    """
    found: list[Finding] = []
    try:
        found.extend(
            _violation(violation.cause, path + camel_case(str(violation.path)), part)
            for violation in islice(rules.verification.verify(instance), most)
        )
    except _ODD_VALUE as cause:
        found.append(_violation(f"A value is out of every range: {cause}", path, part))
    if len(found) == most:
        found.append(_violation(f"More than {most} violations; the rest is not listed.", path, part))
    return found


def join_path(path: str, below: str) -> str:
    """Return an element path extended by a relative one."""
    if not path or not below or below.startswith(("[", ".")):
        return (path + below).removeprefix(".")
    return f"{path}.{below}"


def _violation(message: str, path: str, part: str | None) -> Finding:
    constraint = _CONSTRAINT.search(message)
    return error(
        Code.AAS_CONSTRAINT,
        " ".join(message.split())[:_MESSAGE_CHARS],
        path=path.removeprefix(".") or None,
        part=part,
        constraint=constraint.group() if constraint else None,
    )
