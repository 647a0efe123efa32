"""AAS XML (Part 1, XML serialisation) of metamodel 3.0 and 3.1.

The namespace names the version. What is stored is AAS JSON, as aas-core writes it from
the XML. Attributes of the root and attributes of another namespace (``schemaLocation``)
carry nothing of the metamodel and are passed over.
"""

import re
from collections.abc import Iterator
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.aas_json import refuse_long
from aas_registry.formats.bounded_xml import XmlElement, XmlEvent, xml_events
from aas_registry.formats.environment import Environment, identifiable_of
from aas_registry.formats.json_bounds import refuse_unbounded
from aas_registry.formats.metamodel import (
    MAX_FINDINGS,
    RULES_BY_NAMESPACE,
    RULES_BY_VERSION,
    RuleSet,
    body_of,
    parse_xml,
    violations,
)

_VERSION = re.compile(r"admin-shell\.io/aas/(\d+)/(\d+)")
_ELEMENT_TAGS = frozenset(
    {
        "annotatedRelationshipElement", "basicEventElement", "blob", "capability", "entity", "file",
        "multiLanguageProperty", "operation", "property", "range", "referenceElement",
        "relationshipElement", "submodelElementCollection", "submodelElementList",
    }
)  # fmt: skip
_SINGLE_TAGS = {
    "assetAdministrationShell": IdentifiableKind.SHELL,
    "submodel": IdentifiableKind.SUBMODEL,
    "conceptDescription": IdentifiableKind.CONCEPT_DESCRIPTION,
}
_LISTS = (
    (IdentifiableKind.SHELL, "asset_administration_shells"),
    (IdentifiableKind.SUBMODEL, "submodels"),
    (IdentifiableKind.CONCEPT_DESCRIPTION, "concept_descriptions"),
)


def read_xml(content: bytes, *, limits: Limits, part: str | None = None) -> Environment:
    """Read an AAS environment, or a single shell, submodel or concept description.

    Args:
        content: One XML document.
        limits: Bounds on length, depth, elements and identifiers.
        part: Part of the package that it is, for findings.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, over a limit, of a metamodel that is not
            taken, or an element that cannot be understood.
    """
    refuse_long(content, limits=limits, part=part)
    events = xml_events(content, max_depth=limits.nesting_depth, part=part)
    first = next(events)
    root = first[1]
    rules = _rules_of(root, part)
    root.attrib = {}
    single = _SINGLE_TAGS.get(root.name)
    bounded = _bounded(first, events, limits=limits, part=part)
    instance = parse_xml(rules, bounded, single=single is not None, part=part)
    for _event in bounded:  # to the end, so that nothing after the root goes unread
        pass
    items = _items(instance) if single is None else [(single, "", instance)]
    found: list[Finding] = []
    identifiables: list[Identifiable] = []
    for kind, path, item in items:
        body = body_of(rules, item)
        refuse_unbounded(body, limits=limits, part=part)
        identifiables.append(identifiable_of(kind, body, path=path, part=part, limits=limits))
        if len(found) <= MAX_FINDINGS:
            found += violations(rules, item, path=path, part=part)
    return Environment(rules.version, tuple(identifiables), tuple(found))


def _items(environment: Any) -> Iterator[tuple[IdentifiableKind, str, Any]]:
    for kind, attribute in _LISTS:
        for index, item in enumerate(getattr(environment, attribute) or ()):
            yield kind, f"{kind.environment_member}[{index}]", item


def _rules_of(root: XmlElement, part: str | None) -> RuleSet:
    rules = RULES_BY_NAMESPACE.get(root.namespace)
    if rules is not None:
        return rules
    version = _VERSION.search(root.namespace)
    if version is None:
        message = f"The root {root.tag[:200]!r} is not of the AAS metamodel."
        raise RefusedError(error(Code.UPLOAD_TYPE_UNKNOWN, message, part=part, row=root.row))
    named = f"{version[1]}.{version[2]}"
    if named in RULES_BY_VERSION:
        named += ", release candidate"
    message = f"The XML is of metamodel {named} ({root.namespace[:200]}); 3.0 and 3.1 are taken."
    raise RefusedError(error(Code.METAMODEL_UNSUPPORTED, message, part=part, row=root.row))


def _bounded(
    first: XmlEvent, events: Iterator[XmlEvent], *, limits: Limits, part: str | None
) -> Iterator[XmlEvent]:
    yield first
    elements = 0
    for event, element in events:
        if event == "start":
            element.attrib = {key: value for key, value in element.attrib.items() if key[0] != "{"}
            elements += element.name in _ELEMENT_TAGS
            if elements > limits.aas_elements:
                message = f"There are more than {limits.aas_elements} elements."
                raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=part, row=element.row))
        yield event, element
