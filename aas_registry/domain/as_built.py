"""As-built structure: what a supplier's submodel says an asset consists of.

Read from IDTA 02011, "Hierarchical Structures enabling BoM": entities are nodes, and
relationships between them say which is part of which. A node stands for its asset; a node
without an asset id (a co-managed entity) is known within its submodel only. Where nodes are
nested and no relationship says how, the archetype decides: ``Full`` and ``OneDown`` go from
whole to part, ``OneUp`` from part to whole.

It is a statement of who submitted it, about its own products. It is no event and says
nothing of when; the plant's genealogy does not rest on it.

Real data hold cycles and dangling references: both are findings, and nothing loops. Pure,
iterative, bounded, and total over any JSON.

Source:
    IDTA 02011-1-1, clauses on EntryNode, Node, relationships and ArcheType.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import Body, children_of, text_of
from aas_registry.domain.findings import Finding, Severity, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.semantic_ids import main_semantic_id_of, semantic_ids_of, versioned

_STRUCTURE = re.compile(r"https://admin-shell\.io/idta/hierarchicalstructures/1/[01]/submodel")
# In every spelling of an address that differs by scheme or a slash; IRDIs there are none.
SEMANTIC_IDS = tuple(
    f"{scheme}://admin-shell.io/idta/HierarchicalStructures/1/{minor}/Submodel{slash}"
    for scheme in ("https", "http")
    for minor in (1, 0)
    for slash in ("", "/")
)
_COUNT = re.compile(r"[0-9]{1,18}")
_RELATION_IDS = re.compile(
    r"https://admin-shell\.io/idta/hierarchicalstructures/(haspart|ispartof|sameas)/1/0"
)
_RELATION_NAMES = re.compile(r"(haspart|ispartof|sameas)")


class Archetype(StrEnum):
    """How much of the structure a submodel shows."""

    FULL = "Full"
    ONE_DOWN = "OneDown"
    ONE_UP = "OneUp"


class PartRelation(StrEnum):
    """What a submodel says of two nodes."""

    HAS_PART = "HasPart"
    IS_PART_OF = "IsPartOf"
    SAME_AS = "SameAs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An entity of the structure.

    Attributes:
        submodel: Id of the submodel.
        path: idShort path of the entity.
        asset: Its global asset id, else the value of its first specific asset id; None where
            it has neither.
        quantity: ``BulkCount``, in pieces; None where it is not stated, which means one.
    """

    submodel: str
    path: str
    asset: str | None
    quantity: int | None = None

    @property
    def key(self) -> str:
        """Return the asset, else what is unique to the node."""
        return self.asset or f"{self.submodel}#{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two nodes and what relates them.

    Attributes:
        parent: The whole; of ``SameAs`` the first.
        child: The part; of ``SameAs`` the second.
        relation: The kind of relationship that is stated.
        quantity: How many of the child, in pieces; None where it is not stated.
        path: idShort path of the relationship, or of the nested node where none states it.
        is_stated: False where only the nesting says so.
    """

    parent: Node
    child: Node
    relation: PartRelation
    quantity: int | None
    path: str
    is_stated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AsBuilt:
    """What one submodel says.

    Attributes:
        submodel: Its id.
        archetype: None where it is not stated, or not one of the three.
        nodes: In document order.
        links: In document order, the stated ones first.
    """

    submodel: str
    archetype: Archetype | None
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def extract_as_built(
    submodels: Mapping[str, Body], *, limits: Limits
) -> tuple[tuple[AsBuilt, ...], tuple[Finding, ...]]:
    """Return the structures of all hierarchical-structure submodels.

    Args:
        submodels: AAS JSON by id; others are passed over. References into one another resolve.
        limits: ``as_built_nodes``, ``as_built_links``, ``as_built_findings``, ``nesting_depth``,
            ``identifier_chars``.

    Returns:
        One structure per submodel; and findings: AS-BUILT-REFERENCE (a node that
        is not there), AS-BUILT-CYCLE, AS-BUILT-VALUE (archetype or count), AS-BUILT-TOO-LARGE
        (the rest was not read). All are warnings, references into absent submodels infos.
    """
    found: list[Finding] = []
    readings = [
        _Reading(each, body, limits, found) for each, body in submodels.items() if states_as_built(body)
    ]
    known = {key: node for reading in readings for key, node in reading.by_path.items()}
    here = {reading.submodel for reading in readings}
    structures = tuple(reading.structure(known, here) for reading in readings)
    found.extend(_cycles(structures))
    return structures, tuple(found[: limits.as_built_findings])


def states_as_built(submodel: Body) -> bool:
    """Return whether it is an instance with the semantic id of IDTA 02011 1.0 or 1.1."""
    main = main_semantic_id_of(submodel)
    return (
        main is not None
        and submodel.get("kind") != "Template"
        and _STRUCTURE.fullmatch(versioned(main)) is not None
    )


class _Reading:
    """The nodes and relationships of one submodel, before references are followed."""

    def __init__(self, submodel: str, body: Body, limits: Limits, findings: list[Finding]) -> None:
        self.submodel = submodel
        self._limits = limits
        self.by_path: dict[tuple[str, ...], Node] = {}
        self._findings = findings
        self._relationships: list[tuple[tuple[str, ...], PartRelation, dict[str, Any]]] = []
        self._nested: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
        self._is_cut = False
        stated = next((each for each in children_of(body) if _name(each).casefold() == "archetype"), {})
        text = text_of(stated)
        known = {each.value.casefold(): each for each in Archetype}
        self.archetype = known.get(text.casefold()) if text else None
        if text is not None and self.archetype is None:
            self._find(Code.AS_BUILT_VALUE, f"{text[:64]!r} is no archetype.", _name(stated))
        stack = list(reversed([((submodel, _name(each)), each) for each in children_of(body)]))
        while stack:
            path, element = stack.pop()
            stack.extend(reversed(list(self._read(path, element))))
        if self._is_cut:
            self._find(Code.AS_BUILT_TOO_LARGE, "The structure is larger than is read.", None)

    def structure(self, known: Mapping[tuple[str, ...], Node], here: set[str]) -> AsBuilt:
        """Return what the submodel says; ``known`` are the nodes of all submodels of ``here``."""
        links: list[Link] = []
        for path, relation, element in self._relationships:
            first = self._end(path, element.get("first"), known, here)
            second = first and self._end(path, element.get("second"), known, here)
            if first is not None and second is not None:
                links.append(_link(relation, first, second, _shown(path), is_stated=True))
        stated = {frozenset((link.parent.path, link.child.path)) for link in links}
        for outer, inner in self._nested:
            outside, inside = self.by_path[outer], self.by_path[inner]
            if frozenset((outside.path, inside.path)) not in stated:
                is_up = self.archetype is Archetype.ONE_UP
                relation = PartRelation.IS_PART_OF if is_up else PartRelation.HAS_PART
                links.append(_link(relation, outside, inside, inside.path, is_stated=False))
        nodes = tuple(self.by_path.values())
        return AsBuilt(submodel=self.submodel, archetype=self.archetype, nodes=nodes, links=tuple(links))

    def _read(
        self, path: tuple[str, ...], element: dict[str, Any]
    ) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        relation, limits = _relation(element), self._limits
        if (
            len(self.by_path) >= limits.as_built_nodes
            or len(self._relationships) >= limits.as_built_links
            or len(path) > limits.nesting_depth
        ):
            self._is_cut = True
        elif relation is not None:
            self._relationships.append((path, relation, element))
        elif path in self.by_path:
            self._find(
                Code.AS_BUILT_VALUE, "Another node has this path; this one was left out.", _shown(path)
            )
        elif element.get("modelType") == "Entity":
            self.by_path[path] = self._node(path, element)
            if path[:-1] in self.by_path:
                self._nested.append((path[:-1], path))
            yield from (((*path, _name(each)), each) for each in children_of(element))

    def _node(self, path: tuple[str, ...], element: dict[str, Any]) -> Node:
        count = next((each for each in children_of(element) if _name(each).casefold() == "bulkcount"), None)
        text = None if count is None else text_of(count)
        if text is not None and not _COUNT.fullmatch(text):
            self._find(
                Code.AS_BUILT_VALUE, f"BulkCount {text[:64]!r} is no count.", f"{_shown(path)}.BulkCount"
            )
            text = None
        quantity = None if text is None else int(text)
        specific = element.get("specificAssetIds")
        listed = specific if isinstance(specific, list) else []
        named = [each.get("value") for each in listed if isinstance(each, Mapping)]
        values = (each for each in [element.get("globalAssetId"), *named] if isinstance(each, str) and each)
        asset = next((each for each in values if len(each) <= self._limits.identifier_chars), None)
        return Node(submodel=self.submodel, path=_shown(path), asset=asset, quantity=quantity)

    def _end(
        self,
        path: tuple[str, ...],
        reference: Any,
        known: Mapping[tuple[str, ...], Node],
        here: set[str],
    ) -> Node | None:
        keys = reference.get("keys") if isinstance(reference, Mapping) else None
        steps = [each for each in keys if isinstance(each, Mapping)] if isinstance(keys, list) else []
        values = [str(each.get("value")) for each in steps[: self._limits.nesting_depth + 1]]
        target = tuple(values) or (self.submodel,)
        if steps and steps[0].get("type") == "Entity":
            target = (self.submodel, *values)
        node = known.get(target)
        if node is None and target[0] in here:
            shown = ".".join(target[1:])[:256]
            self._find(Code.AS_BUILT_REFERENCE, f"There is no node {shown!r}.", _shown(path))
        elif node is None:
            message = f"The submodel {target[0][:256]!r} was not read with this one."
            self._find(Code.AS_BUILT_REFERENCE, message, _shown(path), severity=Severity.INFO)
        return node

    def _find(
        self, code: Code, message: str, path: str | None, *, severity: Severity = Severity.WARNING
    ) -> None:
        if len(self._findings) < self._limits.as_built_findings:
            place = self.submodel if path is None else f"{self.submodel}/{path}"
            self._findings.append(Finding(severity=severity, code=code, message=message, path=place))


def _link(relation: PartRelation, first: Node, second: Node, path: str, *, is_stated: bool) -> Link:
    parent, child = (second, first) if relation is PartRelation.IS_PART_OF else (first, second)
    return Link(
        parent=parent,
        child=child,
        relation=relation,
        quantity=None if relation is PartRelation.SAME_AS else child.quantity,
        path=path,
        is_stated=is_stated,
    )


def _relation(element: Body) -> PartRelation | None:
    if element.get("modelType") not in ("RelationshipElement", "AnnotatedRelationshipElement"):
        return None
    said = (_RELATION_IDS.fullmatch(versioned(value)) for value in semantic_ids_of(element))
    match = next((each for each in said if each), None) or _RELATION_NAMES.match(_name(element).casefold())
    return None if match is None else next(each for each in PartRelation if each.casefold() == match[1])


def _name(element: Body) -> str:
    id_short = element.get("idShort")
    return id_short if isinstance(id_short, str) else ""


def _shown(path: tuple[str, ...]) -> str:
    return ".".join(step[:128] for step in path[1:])


def _cycles(structures: Sequence[AsBuilt]) -> Iterator[Finding]:
    """Yield a finding for each submodel that says why an asset is a part of itself."""
    parts = [
        (each.submodel, link.parent.key, link.child.key)
        for each in structures
        for link in each.links
        if link.relation is not PartRelation.SAME_AS
    ]
    downwards = {(parent, child) for _, parent, child in parts}
    # Whoever leads to no cycle, and whom no cycle leads to, is on none.
    left = _unresolved(downwards) & _unresolved({(child, parent) for parent, child in downwards})
    told: dict[str, str] = {}
    for submodel, parent, child in parts:
        if parent in left and child in left:
            told.setdefault(submodel, parent)
    for submodel, asset in told.items():
        message = f"{asset[:256]!r} is a part of itself, by way of others, or joins such assets."
        yield warning(Code.AS_BUILT_CYCLE, message, path=submodel)


def _unresolved(edges: Collection[tuple[str, str]]) -> set[str]:
    """Return what is left when those without an edge to others are taken off, again and again."""
    waiting = Counter(start for start, _ in edges)
    before: dict[str, list[str]] = {}
    for start, end in edges:
        before.setdefault(end, []).append(start)
    done = [end for end in before if end not in waiting]
    while done:
        for start in before.get(done.pop(), ()):
            waiting[start] -= 1
            if not waiting[start]:
                done.append(start)
    return {start for start, count in waiting.items() if count}
