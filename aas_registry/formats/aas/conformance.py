"""What AAS JSON violates of the metamodel: of its structure, and of its constraints.

First aas-core parses and verifies a body as it stands; a body without findings costs no
more than that. Only where something was found, ``formats.aas.structure`` walks the body and
mends a copy of it, which aas-core verifies in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aas_registry.domain.findings import Finding
from aas_registry.formats.aas.metamodel import (
    MAX_FINDINGS,
    RULES_3_0,
    RULES_3_1,
    RuleSet,
    UnparsableError,
    parse,
    unparsable,
    violations,
)
from aas_registry.formats.aas.structure import examine

ELEMENT = "SubmodelElement"
# aas-core's words for an empty list; the walk reports it with the path of the list.
_EMPTY_LIST = "at least one item."


@dataclass(frozen=True, slots=True)
class TypedBody:
    """A body to check, and the class that it must be of.

    Attributes:
        type_name: ``AssetAdministrationShell``, ``Submodel``, ``ConceptDescription`` or
            ``SubmodelElement``.
        body: Parsed JSON of any form, already bounded (``formats.container.json_bounds``).
        path: Place in the file, for findings.
    """

    type_name: str
    body: Any
    path: str = ""


def check(
    rules: RuleSet, checked: TypedBody, *, part: str | None = None, most: int = MAX_FINDINGS
) -> list[Finding]:
    """Return what a body violates by one version of the metamodel.

    Returns:
        First the structure (AAS-MEMBER-…, AAS-VALUE-…, AAS-LIST-EMPTY, AAS-MODEL-TYPE), then
        the constraints (AAS-CONSTRAINT); at most ``most`` each.
    """
    where = checked.path
    try:
        instance = parse(rules, checked.type_name, checked.body)
        found = violations(rules, instance, path=where, part=part, most=most)
    except UnparsableError as cause:
        found = [unparsable(cause, path=where, part=part)]
    if not found:
        return []
    structure = examine(rules.table, checked.type_name, checked.body, path=where, part=part, most=most)
    if not structure.findings:
        return found
    if structure.is_cut_off:
        return structure.findings
    try:
        mended = parse(rules, checked.type_name, structure.mended)
    except UnparsableError as cause:
        return [*structure.findings, unparsable(cause, path=where, part=part)]
    verified = violations(rules, mended, path=where, part=part, most=most)
    return structure.findings + [
        each
        for each in verified
        if not each.message.endswith(_EMPTY_LIST) and not structure.speaks_of_mended(each.path or "")
    ]


def check_all(
    rules: RuleSet, bodies: Sequence[TypedBody], *, part: str | None = None, most: int = MAX_FINDINGS
) -> list[Finding]:
    """Return what bodies violate by one version; after ``most`` findings the rest is not checked."""
    found: list[Finding] = []
    for checked in bodies:
        found += check(rules, checked, part=part, most=most)
        if len(found) > most:
            break
    return found


def check_best(
    bodies: Sequence[TypedBody], *, part: str | None = None, most: int = MAX_FINDINGS
) -> tuple[RuleSet, list[Finding]]:
    """Return the version that JSON bodies fit best, and what they violate of it.

    JSON does not say its version. 3.0 is taken where it finds less than 3.1 does.
    """
    newer = check_all(RULES_3_1, bodies, part=part, most=most)
    if not newer:
        return RULES_3_1, newer
    older = check_all(RULES_3_0, bodies, part=part, most=most)
    return (RULES_3_0, older) if len(older) < len(newer) else (RULES_3_1, newer)
