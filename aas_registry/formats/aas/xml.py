"""AAS XML (Part 1, XML serialisation) of metamodel 3.0 and 3.1.

The namespace names the version. What is stored is the AAS JSON of what the XML says,
also of what the metamodel does not know (``formats.aas.xml_body``). Attributes of the root and
``xsi:`` attributes carry nothing of the metamodel and are passed over.
"""

import re
from collections.abc import Mapping
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.formats.aas.document import Rows, read_document
from aas_registry.formats.aas.entries import is_element, kind_of
from aas_registry.formats.aas.environment import Environment
from aas_registry.formats.aas.json import refuse_long
from aas_registry.formats.aas.metamodel import RULES_BY_NAMESPACE, RULES_BY_VERSION, RuleSet
from aas_registry.formats.aas.xml_body import XmlBody
from aas_registry.formats.aas.xml_forms import XmlForm, forms_by_tag
from aas_registry.formats.container.bounded_xml import name_of, namespace_of, read_bounded_xml

_VERSION = re.compile(r"admin-shell\.io/aas/(\d+)/(\d+)")
_ENVIRONMENT = "environment"
_ROOT_OF_DRAFTS = "aasenv"


def read_xml(content: bytes, *, limits: Limits, part: str | None = None) -> Environment:
    """Read an AAS environment, or a single shell, submodel or concept description.

    Args:
        content: One XML document.
        limits: Bounds on length, depth, elements and identifiers.
        part: Name of the part in its package, for findings; None outside a package.

    Raises:
        RefusedError: Not well formed, a DOCTYPE, over a limit, of a metamodel that is not
            taken, a submodel element alone, or something that could not be stored.
    """
    document, rules, rows, notes = convert_xml(content, limits=limits, part=part)
    read = read_document(document, limits=limits, rules=rules, part=part, rows=rows)
    return Environment(read.metamodel, read.identifiables, (*notes, *read.findings))


def convert_xml(
    content: bytes, *, limits: Limits, part: str | None = None
) -> tuple[Any, RuleSet, Rows, tuple[Finding, ...]]:
    """Return the AAS JSON of an XML document, its version, its rows, and what was normalised.

    Raises:
        RefusedError: As `read_xml`, before anything is checked.
    """
    refuse_long(content, limits=limits, part=part)
    if content.count(b"</") + content.count(b"/>") > limits.json_values:
        message = f"There are more than {limits.json_values} elements of XML."
        raise RefusedError(error(Code.AAS_TOO_MANY_ELEMENTS, message, part=part))
    opened: list[tuple[RuleSet, tuple[Finding, ...]]] = []

    def open_root(tag: str, row: int) -> tuple[XmlForm, str | None]:
        place = {"part": part, "row": row}
        rules, notes = _rules_of(tag, place)
        opened.append((rules, notes))
        root = name_of(tag)
        name = _ENVIRONMENT if root == _ROOT_OF_DRAFTS else root
        forms = forms_by_tag(rules.version)
        form = forms.get(name) or forms[_ENVIRONMENT].children.get(name)
        if form is None or not (
            name == _ENVIRONMENT or form.is_list or kind_of(form.told) or is_element(form.told)
        ):
            message = f"The root {root[:200]!r} is no environment and nothing that can stand alone."
            raise RefusedError(error(Code.AAS_UNREADABLE, message, **place))
        return form, None if notes else namespace_of(tag)

    body = XmlBody(open_root, limits=limits, part=part)
    read_bounded_xml(content, body, limits=limits, part=part)
    rules, notes = opened[0]
    return body.value, rules, body.row_of, notes


def _rules_of(tag: str, place: Mapping[str, Any]) -> tuple[RuleSet, tuple[Finding, ...]]:
    namespace = namespace_of(tag)
    rules = RULES_BY_NAMESPACE.get(namespace)
    if rules is not None:
        return rules, ()
    version = _VERSION.search(namespace)
    if version is None:
        message = f"The root {tag[:200]!r} is not of the AAS metamodel."
        raise RefusedError(error(Code.UPLOAD_TYPE_UNKNOWN, message, **place))
    named = f"{version[1]}.{version[2]}"
    rules = RULES_BY_VERSION.get(named)
    if rules is None:
        message = f"The XML is of metamodel {named} ({namespace[:200]}); 3.0 and 3.1 are taken."
        raise RefusedError(error(Code.METAMODEL_UNSUPPORTED, message, **place))
    message = (
        f"The namespace {namespace[:200]!r} is not that of {named}, {rules.namespace!r}; read by the rules of"
        f" {named} and by the names of the elements alone, without wrappers of abstract classes."
    )
    return rules, (error(Code.AAS_NAMESPACE, message, **place),)
