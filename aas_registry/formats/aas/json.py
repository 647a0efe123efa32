"""AAS JSON (Part 1, JSON serialisation): an environment, or one identifiable.

JSON carries no version of the metamodel: 3.1 is tried, then 3.0, and a finding names the
rules where 3.0 fits better; a caller that knows the version says it.
"""

from dataclasses import replace
from typing import Any

from aas_registry.domain.canonical_json import loads_strict, refuse_named_json
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Metamodel
from aas_registry.formats.aas.document import read_document
from aas_registry.formats.aas.environment import Environment
from aas_registry.formats.aas.metamodel import RULES_BY_VERSION


def read_json(
    content: bytes, *, limits: Limits, part: str | None = None, metamodel: Metamodel | None = None
) -> Environment:
    """Read an AAS environment, or a single shell, submodel or concept description.

    Args:
        content: UTF-8 JSON.
        limits: Bounds on length, depth, elements and identifiers.
        part: Name of the part in its package, for findings; None outside a package.
        metamodel: The version to check by; None takes 3.1, or 3.0 where that fits better.

    Raises:
        RefusedError: Not JSON as RFC 8259 and RFC 7493 say, over a limit, of metamodel 1.0
            or 2.0, a submodel element alone, or something that could not be stored.
    """
    document = parse_json(content, limits=limits, part=part)
    rules = RULES_BY_VERSION[metamodel] if metamodel else None
    return read_document(document, limits=limits, rules=rules, part=part)


def parse_json(content: bytes, *, limits: Limits, part: str | None = None) -> Any:
    """Return JSON as Python values, bounded in length, depth and number of containers.

    Raises:
        RefusedError: AAS-DATA-TOO-LARGE, AAS-TOO-MANY-ELEMENTS, JSON-TOO-LARGE, or what
            `domain.canonical_json.loads_strict` raises.
    """
    refuse_long(content, limits=limits, part=part)
    if content.count(b"[") + content.count(b"{") + content.count(b",") > limits.json_values:
        message = f"There are more than {limits.json_values} objects, arrays, members and items."
        raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=part))
    try:
        refuse_named_json(content, max_names=limits.json_names)
        return loads_strict(content, max_depth=limits.nesting_depth, exact_numbers=True)
    except RefusedError as cause:
        raise RefusedError(*(replace(each, part=part) for each in cause.findings)) from cause


def refuse_long(content: bytes, *, limits: Limits, part: str | None) -> None:
    """Refuse AAS data that is longer than the limit ``aas_data_bytes``.

    Raises:
        RefusedError: AAS-DATA-TOO-LARGE.
    """
    if len(content) > limits.aas_data_bytes:
        message = f"The AAS data has more than {limits.aas_data_bytes} bytes."
        raise RefusedError(error(Code.AAS_DATA_TOO_LARGE, message, part=part))
