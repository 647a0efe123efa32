"""Whether AAS JSON obeys the metamodel: for what is written through the AAS API.

An uploaded file is taken with findings; the API refuses what violates a constraint.
Both ask the same rules here: metamodel 3.1, or 3.0 where that fits better.
"""

from collections.abc import Callable
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.findings import Finding
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.environment import identifiable_of
from aas_registry.formats.json_bounds import refuse_unbounded
from aas_registry.formats.metamodel import RuleSet, best_rules, parse_element, parse_identifiable, violations


def verify_identifiable(kind: IdentifiableKind, body: Any, *, limits: Limits) -> tuple[Finding, ...]:
    """Return which constraints a shell, submodel or concept description violates.

    Args:
        kind: What the body must be.
        body: Parsed JSON, of any form and depth.
        limits: ``nesting_depth``, ``aas_elements``, ``identifier_chars``.

    Returns:
        Findings AAS-CONSTRAINT with the element path; empty for a valid object.

    Raises:
        RefusedError: The body cannot be understood, or it is over a limit.
    """
    refuse_unbounded(body, limits=limits)
    found = _verified(lambda rules: violations(rules, parse_identifiable(rules, kind, body, path="")))
    identifiable_of(kind, body, path="", part=None, limits=limits)
    return found


def verify_element(body: Any, *, limits: Limits) -> tuple[Finding, ...]:
    """Return which constraints a single submodel element violates.

    Constraints that span siblings (unique idShorts, types in a list) are those of the
    submodel: verify that after the change too.

    Raises:
        RefusedError: The body cannot be understood, or it is over a limit.
    """
    refuse_unbounded(body, limits=limits)
    return _verified(lambda rules: violations(rules, parse_element(rules, body)))


def require_valid(kind: IdentifiableKind, body: Any, *, limits: Limits) -> None:
    """Refuse a shell, submodel or concept description with any violation.

    Raises:
        InvalidRequestError: AAS-CONSTRAINT, with every finding; or, as `RefusedError`, what
            `verify_identifiable` raises.
    """
    _refuse(verify_identifiable(kind, body, limits=limits))


def require_valid_element(body: Any, *, limits: Limits) -> None:
    """Refuse a submodel element with any violation.

    Raises:
        InvalidRequestError: AAS-CONSTRAINT, with every finding; or, as `RefusedError`, what
            `verify_element` raises.
    """
    _refuse(verify_element(body, limits=limits))


def _verified(check: Callable[[RuleSet], list[Finding]]) -> tuple[Finding, ...]:
    return tuple(best_rules(check)[1])


def _refuse(findings: tuple[Finding, ...]) -> None:
    if findings:
        more = f" ({len(findings)} violations)" if len(findings) > 1 else ""
        raise InvalidRequestError(findings[0].message + more, code=Code.AAS_CONSTRAINT, findings=findings)
