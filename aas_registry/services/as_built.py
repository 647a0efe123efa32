"""As-built structures: what suppliers' submodels say an asset consists of, down to any level.

A structure is read from the stored submodels when it is asked for. It is a party's statement
about its own product: visible where its submodel is, never an event, never a link of the
plant's genealogy, and answered as *assumed*.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from aas_registry.domain.as_built import (
    SEMANTIC_IDS,
    AsBuilt,
    Link,
    PartRelation,
    extract_as_built,
)
from aas_registry.domain.codes import Code
from aas_registry.domain.document_facts import asset_ids_of
from aas_registry.domain.errors import NotFoundError
from aas_registry.domain.events import Certainty
from aas_registry.domain.findings import Finding
from aas_registry.domain.identifiers import PartyId
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage, IdentifiableKind
from aas_registry.domain.principals import Principal, Scope
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import as_built as as_built_table
from aas_registry.storage.documents import documents as document_table
from aas_registry.storage.documents.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One submodel's structure, and whose word it is.

    Attributes:
        structure: What it says.
        party: Code of the party that submitted it; None for the plant.
        level: 0 for the shell that was asked for, one more for the assets it consists of.
    """

    structure: AsBuilt
    party: str | None
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AsBuiltAnswer:
    """What is said of a shell's asset, at every level that is on record.

    Attributes:
        shell: Id of the shell.
        asset: Its global asset id.
        stated: Structures, from the top down.
        findings: Cycles, dangling references and values that are none.
        is_truncated: Whether there is more than is answered.
        certainty: Always assumed.
    """

    shell: str
    asset: str | None
    stated: Sequence[Stated]
    findings: Sequence[Finding]
    is_truncated: bool
    certainty: Certainty = Certainty.ASSUMED

    @property
    def links(self) -> list[tuple[Stated, Link]]:
        """Return every link with the structure that holds it."""
        return [(stated, link) for stated in self.stated for link in stated.structure.links]


@dataclass(slots=True)
class _Descent:
    """What was met so far: submodels (bodies, submitting parties and levels by id), and assets."""

    bodies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    parties: dict[str, PartyId | None] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    assets: set[str] = field(default_factory=set)
    links: int = 0
    bytes: int = 0
    is_truncated: bool = False

    def is_full(self, limits: Limits) -> bool:
        return (
            len(self.bodies) >= limits.as_built_submodels
            or self.links >= limits.as_built_links
            or self.bytes >= limits.as_built_bytes
        )


def get_as_built(registry: Registry, principal: Principal, shell: str) -> AsBuiltAnswer:
    """Return what the principal may see of the structure of a shell's asset.

    Args:
        registry: The running parts.
        principal: Who asks.
        shell: The shell's id.

    Raises:
        NotFoundError: SHELL-NOT-FOUND: there is no such shell, or none that it may see.
    """
    with registry.read() as connection:
        found = document_table.find_document(connection, principal.scope, IdentifiableKind.SHELL, shell)
        if found is None:
            raise NotFoundError(Code.SHELL_NOT_FOUND.meaning, code=Code.SHELL_NOT_FOUND)
        asset = dict(asset_ids_of(orjson.loads(found.body))).get("globalAssetId")
        walk = _Descent(assets={asset} if asset else set())
        _walk_down(connection, principal.scope, registry.limits, walk, found)
        parties = sorted({each for each in walk.parties.values() if each is not None})
        known = party_table.parties_by_id(connection, principal.site, parties)
    codes: dict[PartyId | None, str | None] = {number: party.code for number, party in known.items()}
    structures, findings = extract_as_built(walk.bodies, limits=registry.limits)
    stated = [
        Stated(structure=each, party=codes.get(walk.parties[each.submodel]), level=walk.levels[each.submodel])
        for each in structures
    ]
    return AsBuiltAnswer(
        shell=found.identifier,
        asset=asset,
        stated=stated,
        findings=findings,
        is_truncated=walk.is_truncated,
    )


def summarise(package: AasPackage, *, limits: Limits) -> tuple[list[dict[str, Any]], tuple[Finding, ...]]:
    """Return what an upload states of structures, as its answer says it, and what was noticed."""
    bodies = {each.identifier: each.body for each in package.of_kind(IdentifiableKind.SUBMODEL)}
    structures, findings = extract_as_built(bodies, limits=limits)
    summaries = [
        {
            "submodel": each.submodel,
            "archetype": None if each.archetype is None else each.archetype.value,
            "nodes": len(each.nodes),
            "links": len(each.links),
        }
        for each in structures
    ]
    return summaries, findings


def _walk_down(connection: Connection, scope: Scope, limits: Limits, walk: _Descent, shell: Document) -> None:
    """Read the structures of a shell, then those of the assets that they name as parts, and so on."""
    identifiers = as_built_table.structures_of_shell(connection, scope, shell.id, semantic_ids=SEMANTIC_IDS)
    for level in range(limits.as_built_levels):
        assets: dict[str, None] = {}
        for identifier in identifiers:
            if identifier in walk.met:
                continue
            if walk.is_full(limits):
                walk.is_truncated = True
                return
            walk.met.add(identifier)
            found = document_table.find_document(connection, scope, IdentifiableKind.SUBMODEL, identifier)
            if found is None:
                continue
            walk.bodies[found.identifier] = body = orjson.loads(found.body)
            walk.parties[found.identifier], walk.levels[found.identifier] = found.party, level
            walk.bytes += len(found.body)
            for structure in extract_as_built({found.identifier: body}, limits=limits)[0]:
                walk.links += len(structure.links)
                parts = (link.child for link in structure.links if link.relation is not PartRelation.SAME_AS)
                assets.update((each.asset, None) for each in parts if each.asset)
        fresh = [each for each in assets if each not in walk.assets]
        if not fresh:
            return
        walk.assets.update(fresh)
        identifiers = as_built_table.structures_of_assets(connection, scope, fresh, semantic_ids=SEMANTIC_IDS)
    walk.is_truncated = bool(identifiers)
