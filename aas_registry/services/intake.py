"""The one way in for AAS content: an upload and every write of the AAS API end here.

`take` works inside the caller's transaction: it stores what is new or changed, keeps what
others hold, and derives lot facts. Nothing here opens a transaction or reads a request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from aas_registry.domain.codes import Code
from aas_registry.domain.elements import iterate_files
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.identifiers import DocumentId, LotId, PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.lot_facts import LotFacts, extract_lot_facts
from aas_registry.domain.package import Identifiable, IdentifiableKind, part_key, part_named_by
from aas_registry.domain.principals import Scope
from aas_registry.services.registry import Registry
from aas_registry.storage import document_files
from aas_registry.storage import documents as document_table
from aas_registry.storage import lots as lot_table
from aas_registry.storage import submissions as submission_table
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import NewContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Whose content is taken, and under which submission.

    Attributes:
        site: The plant.
        holder: The submitting party; 0 for the plant.
        submission: The upload that brings it; None for a single write of the AAS API.
        at: Recording time.
    """

    site: Site
    holder: int
    submission: SubmissionId | None
    at: datetime

    @property
    def scope(self) -> Scope:
        """Return what the submitter sees of the record."""
        return Scope(self.site, party=PartyId(self.holder) if self.holder else None)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A file that File elements may name; its bytes are in the file store already.

    Attributes:
        name: The part of the package, or the value of the File element.
        size: Bytes.
    """

    name: str
    sha256: Sha256
    media_type: str
    size: int


@dataclass(slots=True)
class Taken:
    """What became of the content.

    Attributes:
        documents: Id of each object's row, by kind and identifier.
        changes: ``added``, ``changed`` or ``unchanged``, by kind and identifier.
        digests: SHA-256 of each submodel's canonical JSON, by identifier.
        lots: Lot and facts, for every shell that states them.
        submodels_of_shell: Ids of the submodels that those shells name.
        findings: What was noticed on the way.
    """

    documents: dict[tuple[IdentifiableKind, str], DocumentId] = field(default_factory=dict)
    changes: dict[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    lots: list[tuple[LotId, LotFacts]] = field(default_factory=list)
    submodels_of_shell: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def take(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    identifiables: Sequence[Identifiable],
    files: Sequence[StoredPart] = (),
) -> Taken:
    """Store identifiables and what follows from them.

    Args:
        registry: The running parts.
        connection: A writing transaction.
        submitter: Whose content it is.
        identifiables: What to store; each becomes a new object, a new version, or nothing
            where its digest is the stored one.
        files: Parts that File elements may name.

    Raises:
        ConflictError: Another party holds an id; the error does not say which party.
    """
    taken = Taken()
    parts = {part_key(each.name): each for each in files}
    for each in files:
        submission_table.add_file(connection, submitter.site, each.sha256, size=each.size, now=submitter.at)
    for entry in identifiables:
        _take_one(registry, connection, submitter, entry, parts, taken)
    for shell in _shells_to_read(connection, submitter, identifiables):
        _take_lot_facts(registry, connection, submitter, shell, taken)
    return taken


def forget_submodel(
    registry: Registry, connection: Connection, submitter: Submitter, identifier: str
) -> None:
    """Read the lot facts of the shells that name a submodel again: it was deleted."""
    for shell in document_table.shells_naming(connection, submitter.scope, identifier):
        if shell.holder == submitter.holder:
            _take_lot_facts(registry, connection, submitter, shell, Taken())


def content_of(entry: Identifiable, parts: Mapping[str, StoredPart]) -> NewContent:
    """Return the columns that an identifiable is stored and searched by."""
    body = entry.canonical()
    named = ((each, parts.get(part_key(part_named_by(each) or ""))) for each in _file_values(entry))
    return NewContent(
        kind=entry.kind,
        identifier=entry.identifier,
        id_short=entry.id_short,
        semantic_id=_semantic_id(entry.body),
        digest=entry.digest(),
        body=body,
        asset_ids=_asset_ids(entry.body),
        submodel_refs=_submodel_refs(entry.body),
        files=[(value, part.sha256, part.media_type) for value, part in named if part is not None],
    )


def _take_one(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    entry: Identifiable,
    parts: Mapping[str, StoredPart],
    taken: Taken,
) -> None:
    key = (entry.kind, entry.identifier)
    held = document_table.find_held(
        connection, submitter.site, entry.kind, entry.identifier, holder=submitter.holder
    )
    taken.digests[entry.identifier] = entry.digest()
    if held is None:
        taken.documents[key] = document_table.add_document(
            connection,
            registry.allocator,
            submitter.site,
            content_of(entry, parts),
            holder=submitter.holder,
            submission=submitter.submission,
            now=submitter.at,
        )
        taken.changes[key] = "added"
        return
    if held.holder != submitter.holder:
        raise _unavailable(entry)
    if submitter.submission is None:
        parts = {**_carried_over(connection, submitter.site, held), **parts}
    content = content_of(entry, parts)
    taken.documents[key] = held.id
    if held.digest == content.digest and not held.is_deleted:
        taken.changes[key] = "unchanged"
        return
    document_table.change_document(
        connection, submitter.site, held.id, content, submission=submitter.submission, now=submitter.at
    )
    taken.changes[key] = "changed"


def _carried_over(connection: Connection, site: Site, held: document_table.Held) -> dict[str, StoredPart]:
    # A write of the AAS API brings no files: the new version names those of the old one.
    files = document_files.list_files(connection, site, held.id, held.version)
    return {part_key(name): StoredPart(name, digest, media_type, 0) for name, digest, media_type in files}


def _shells_to_read(
    connection: Connection, submitter: Submitter, identifiables: Sequence[Identifiable]
) -> list[document_table.Document]:
    """Return the stored shells whose lot facts the content may have changed."""
    wanted: dict[str, document_table.Document] = {}
    for entry in identifiables:
        found: list[document_table.Document | None] = []
        if entry.kind is IdentifiableKind.SHELL:
            found.append(
                document_table.find_document(connection, submitter.scope, entry.kind, entry.identifier)
            )
        elif entry.kind is IdentifiableKind.SUBMODEL:
            found.extend(document_table.shells_naming(connection, submitter.scope, entry.identifier))
        wanted.update({each.identifier: each for each in found if each is not None})
    return [each for each in wanted.values() if each.holder == submitter.holder]


def _take_lot_facts(
    registry: Registry,
    connection: Connection,
    submitter: Submitter,
    shell: document_table.Document,
    taken: Taken,
) -> None:
    body = orjson.loads(shell.body)
    stored = document_table.submodels_of(connection, submitter.scope, _submodel_refs(body))
    facts, findings = extract_lot_facts(
        body, {identifier: orjson.loads(each.body) for identifier, each in stored.items()}
    )
    taken.findings.extend(findings)
    lot_table.end_statements(connection, submitter.site, shell.id, now=submitter.at)
    if facts is None:
        return
    lot = lot_table.find_or_create_lot(
        connection,
        registry.allocator,
        submitter.site,
        manufacturer=facts.manufacturer,
        mpn=facts.mpn,
        lot_code=facts.lot_code,
        now=submitter.at,
    )
    lot_table.add_statement(
        connection,
        registry.allocator,
        submitter.site,
        facts,
        lot_id=lot,
        submission=submitter.submission,
        holder=submitter.holder,
        document=shell.id,
        now=submitter.at,
    )
    taken.lots.append((lot, facts))
    taken.submodels_of_shell[shell.identifier] = _submodel_refs(body)


def named_submodels(
    shell: Mapping[str, Any], submodels: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return those of some submodels that a shell names."""
    return {each: submodels[each] for each in _submodel_refs(shell) if each in submodels}


def _unavailable(entry: Identifiable) -> ConflictError:
    found = error(Code.IDENTIFIER_UNAVAILABLE, Code.IDENTIFIER_UNAVAILABLE.meaning, path=entry.path or None)
    return ConflictError(
        f"The id {entry.identifier[:200]!r} cannot be used.", code=found.code, findings=[found]
    )


def _file_values(entry: Identifiable) -> list[str]:
    values = [each.value for each in iterate_files(entry.body) if each.value]
    thumbnail = (entry.body.get("assetInformation") or {}).get("defaultThumbnail") or {}
    return [*values, thumbnail["path"]] if thumbnail.get("path") else values


def _semantic_id(body: Mapping[str, Any]) -> str | None:
    keys = (body.get("semanticId") or {}).get("keys") or []
    return keys[0].get("value") if keys else None


def _asset_ids(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    asset = body.get("assetInformation") or {}
    found = [(each["name"], each["value"]) for each in asset.get("specificAssetIds") or []]
    if asset.get("globalAssetId"):
        found.append(("globalAssetId", asset["globalAssetId"]))
    return found


def _submodel_refs(body: Mapping[str, Any]) -> list[str]:
    named = (each.get("keys") or [{}] for each in body.get("submodels") or [])
    return [keys[-1]["value"] for keys in named if keys[-1].get("value")]
