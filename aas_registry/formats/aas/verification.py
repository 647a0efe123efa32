"""Whether AAS JSON obeys the metamodel: for what is written through the AAS API.

An uploaded file is taken with findings; the API refuses what violates a rule, and names
every violation. Both ask the same rules here: metamodel 3.1, or 3.0 where that fits better.
"""

from collections.abc import Sequence
from typing import Any

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.findings import Finding
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind
from aas_registry.formats.aas.conformance import ELEMENT, TypedBody, check_best
from aas_registry.formats.aas.environment import refuse_long_id
from aas_registry.formats.container.json_bounds import refuse_unbounded


def verify_identifiable(kind: IdentifiableKind, body: Any, *, limits: Limits) -> tuple[Finding, ...]:
    """Return what a shell, submodel or concept description violates.

    Args:
        kind: What the body must be.
        body: Parsed JSON, of any form and depth.
        limits: ``nesting_depth``, ``aas_elements``, ``identifier_chars``.

    Returns:
        Findings with the element path: structure first, then AAS-CONSTRAINT; empty for a
        valid object.

    Raises:
        RefusedError: The body is over a limit.
    """
    refuse_unbounded(body, limits=limits)
    found = tuple(check_best([TypedBody(kind.model_type, body)], most=limits.listed_findings)[1])
    identifier = body.get("id") if isinstance(body, dict) else None
    if isinstance(identifier, str):
        refuse_long_id(identifier, limits=limits)
    return found


def verify_element(body: Any, *, limits: Limits) -> tuple[Finding, ...]:
    """Return what a single submodel element violates.

    Constraints that span siblings (unique idShorts, types in a list) are those of the
    submodel: verify that after the change too.

    Raises:
        RefusedError: The body is over a limit.
    """
    refuse_unbounded(body, limits=limits)
    return tuple(check_best([TypedBody(ELEMENT, body)], most=limits.listed_findings)[1])


def require_valid(kind: IdentifiableKind, body: Any, *, limits: Limits) -> None:
    """Refuse a shell, submodel or concept description with any violation.

    Raises:
        InvalidRequestError: With every finding, and the code of the first; or, as
            `RefusedError`, what `verify_identifiable` raises.
    """
    _refuse(verify_identifiable(kind, body, limits=limits))


def require_valid_element(body: Any, *, limits: Limits) -> None:
    """Refuse a submodel element with any violation.

    Raises:
        InvalidRequestError: With every finding, and the code of the first; or, as
            `RefusedError`, what `verify_element` raises.
    """
    _refuse(verify_element(body, limits=limits))


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        more = f" ({len(findings)} violations)" if len(findings) > 1 else ""
        raise InvalidRequestError(findings[0].message + more, code=findings[0].code, findings=findings)
