"""A single object of the AAS as a document of its own: JSON or XML, also of an element.

A package or an environment holds several objects; the AAS API takes one at a time. A
submodel element alone cannot be uploaded, but it can be read here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import IdentifiableKind, Metamodel
from aas_registry.domain.profile import Profile
from aas_registry.formats.aas.conformance import ELEMENT, TypedBody, check_all, check_best
from aas_registry.formats.aas.document import read_document
from aas_registry.formats.aas.entries import is_element, kind_of
from aas_registry.formats.aas.environment import refuse_errors
from aas_registry.formats.aas.json import parse_json
from aas_registry.formats.aas.metamodel import RULES_BY_VERSION, RuleSet
from aas_registry.formats.aas.xml import convert_xml
from aas_registry.formats.container.content_kind import ContentKind, content_kind
from aas_registry.formats.container.json_bounds import refuse_unbounded


@dataclass(frozen=True, slots=True)
class Fragment:
    """One object, as it was read.

    Attributes:
        kind: Which of the identifiables, or ``element`` for a submodel element.
        body: The AAS JSON object; treat it as frozen.
        metamodel: The rules that it was checked by.
        findings: What it violates, and how it was read.
    """

    kind: IdentifiableKind | Literal["element"]
    body: Mapping[str, Any]
    metamodel: Metamodel
    findings: tuple[Finding, ...]


def read_fragment(
    content: bytes, *, limits: Limits, profile: Profile = Profile.STRICT, metamodel: Metamodel | None = None
) -> Fragment:
    """Read a shell, a submodel, a concept description or a submodel element.

    Args:
        content: AAS JSON or AAS XML.
        limits: Every bound.
        profile: Whether a violated rule of the metamodel refuses it.
        metamodel: The version, where the request or media type says it; XML says it itself.

    Raises:
        RefusedError: Neither JSON nor XML, hostile, over a limit, no single object; in the
            profile strict, every finding where one is an error.
    """
    notes: tuple[Finding, ...] = ()
    rules = RULES_BY_VERSION[metamodel] if metamodel else None
    kind = content_kind(content[:512])
    if kind is ContentKind.XML:
        body, rules, _, notes = convert_xml(content, limits=limits)
    elif kind is ContentKind.JSON:
        body = parse_json(content, limits=limits)
    else:
        raise RefusedError(error(Code.UPLOAD_TYPE_UNKNOWN, "The content is neither JSON nor XML."))
    fragment = _fragment(body, rules, notes, limits)
    if profile is Profile.STRICT:
        refuse_errors(fragment.findings)
    return fragment


def _fragment(body: Any, rules: RuleSet | None, notes: tuple[Finding, ...], limits: Limits) -> Fragment:
    refuse_unbounded(body, limits=limits)
    if not isinstance(body, dict) or (kind_of(body) is None and not is_element(body)):
        message = "The content does not say by its modelType that it is one object of the AAS."
        raise RefusedError(error(Code.AAS_MODEL_TYPE, message, path="modelType"))
    if is_element(body):
        subject = TypedBody(ELEMENT, body)
        most = limits.listed_findings
        best, found = (
            (rules, check_all(rules, [subject], most=most)) if rules else check_best([subject], most=most)
        )
        return Fragment("element", body, best.version, (*notes, *found))
    environment = read_document(body, limits=limits, rules=rules)
    entry = environment.identifiables[0]
    return Fragment(entry.kind, entry.body, environment.metamodel, (*notes, *environment.findings))
