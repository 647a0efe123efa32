"""An AAS environment, or one identifiable, as AAS JSON: sorted, checked, nothing lost.

The body that is stored is the object that stood in the file, not what an object model
made of it: unknown members, wrong types and nulls stay, each with a finding. Only an
identifiable that has no usable id gets one, made of its content. What has no place to be
stored (a number where a submodel belongs) refuses the whole; so does a file in which not
one object says rightly what it is: it is like AAS data, but none.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable
from aas_registry.formats.aas.conformance import TypedBody, check_all, check_best
from aas_registry.formats.aas.entries import Entry, find_entries
from aas_registry.formats.aas.environment import Environment, identifiable_of, substitute_id
from aas_registry.formats.aas.metamodel import RULES_3_0, RULES_3_1, RuleSet, join_path
from aas_registry.formats.aas.metamodel_table import Shape
from aas_registry.formats.container.json_bounds import refuse_unbounded

_ID_QUOTED_CHARS = 300

Rows = Callable[[str], int | None]


def read_document(
    document: Any,
    *,
    limits: Limits,
    rules: RuleSet | None = None,
    part: str | None = None,
    rows: Rows | None = None,
) -> Environment:
    """Return what an environment, a single identifiable, or a list of them holds.

    Args:
        document: Parsed JSON of any form and depth.
        limits: Bounds on depth, elements and identifiers.
        rules: The version to check by; None takes 3.1, or 3.0 where that fits better.
        part: Name of the part in its package, for findings; None outside a package.
        rows: Gives the row of an element path; None where there are no rows (JSON).

    Raises:
        RefusedError: Over a limit, of metamodel 1.0 or 2.0, a submodel element alone, or
            something that could not be stored without loss; AAS-UNREADABLE with every
            finding where nothing is an identifiable of the metamodel.
    """
    refuse_unbounded(document, limits=limits, part=part)
    entries, notes = find_entries(document, limits=limits, part=part)
    bodies = [TypedBody(each.kind.model_type, each.body, each.path) for each in entries]
    if rules is None:
        rules, found = check_best(bodies, part=part, most=limits.listed_findings)
        if rules is RULES_3_0:
            message = "Read and checked by the rules of metamodel 3.0."
            notes.append(info(Code.AAS_NAMESPACE, message, part=part))
    else:
        found = check_all(rules, bodies, part=part, most=limits.listed_findings)
    if entries and not any(_is_sound(each) for each in entries):
        message = "Nothing here is a shell, submodel or concept description as the metamodel has it."
        others = _with_rows([*notes, *found], rows)
        raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part), *others)
    identifiables = tuple(_identifiable(each, part, limits, notes) for each in entries)
    return Environment(rules.version, identifiables, tuple(_with_rows([*notes, *found], rows)))


def _is_sound(entry: Entry) -> bool:
    """Return whether an entry is what it must be, and has the objects that its class demands."""
    model = RULES_3_1.table.classes[entry.kind.model_type]
    demanded = (name for name in model.required if model.members[name].shape is Shape.OBJECT)
    return entry.is_sure and all(isinstance(entry.body.get(name), dict) for name in demanded)


def _identifiable(entry: Entry, part: str | None, limits: Limits, notes: list[Finding]) -> Identifiable:
    body = entry.body
    identifier = body.get("id")
    if not isinstance(identifier, str) or not identifier:
        place = join_path(entry.path, "id")
        stood = json.dumps(body["id"]) if "id" in body else "nothing"
        if len(stood) > _ID_QUOTED_CHARS:
            message = "What stands here instead of the id could not be stored."
            raise RefusedError(error(Code.AAS_UNREADABLE, message, part=part, path=place))
        substitute = substitute_id(body)
        message = f"Instead of an id there is {stood}; stored under {substitute}, made of the content."
        notes.append(error(Code.AAS_ID_SUBSTITUTED, message, part=part, path=place))
        body = {**body, "id": substitute}
    return identifiable_of(entry.kind, body, path=entry.path, part=part, limits=limits)


def _with_rows(findings: Sequence[Finding], rows: Rows | None) -> Sequence[Finding]:
    if rows is None:
        return findings
    return [replace(each, row=rows(each.path or "")) for each in findings]
