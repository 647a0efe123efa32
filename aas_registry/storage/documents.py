"""Queries about shells, submodels and concept descriptions, by identifier and by time.

A principal's scope decides what exists: a supplier sees what it holds itself. A shell or
submodel has one holder; of a concept description the plant's is served first, then the
oldest that the scope sees.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, or_, select, update

from aas_registry.domain.identifiers import DocumentId, Sha256, Site, SubmissionId
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import index_key, is_digest
from aas_registry.storage.tables.documents import (
    asset_id,
    document,
    document_file,
    document_version,
    submodel_ref,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a stored object.

    Attributes:
        holder: The party that submitted it; 0 for the plant.
        body: RFC 8785 canonical JSON, the bytes that are served.
        version: 1 for the first, one more for every change.
    """

    id: DocumentId
    kind: IdentifiableKind
    identifier: str
    holder: int
    version: int
    digest: str
    body: bytes
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds an identifier, and with what content."""

    id: DocumentId
    holder: int
    version: int
    digest: str
    is_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContent:
    """What a write brings: the body, and the columns that are searched."""

    kind: IdentifiableKind
    identifier: str
    id_short: str | None
    semantic_id: str | None
    digest: str
    body: bytes
    asset_ids: Sequence[tuple[str, str]] = ()
    submodel_refs: Sequence[str] = ()
    files: Sequence[tuple[str, Sha256, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to; None does not narrow."""

    id_short: str | None = None
    semantic_id: str | None = None
    asset_ids: Sequence[tuple[str, str]] = ()


def find_document(
    connection: Connection,
    scope: Scope,
    kind: IdentifiableKind,
    identifier: str,
    *,
    at: datetime | None = None,
) -> Document | None:
    """Return the current version that the scope sees, or the one recorded at a time.

    Args:
        connection: An open connection.
        scope: What exists for the asker.
        kind: Shell, submodel or concept description.
        identifier: The object's id.
        at: Recording time; None for now. What was deleted then is not found.
    """
    wanted = _versions(scope, kind, at=at).where(document.c.identifier == index_key(identifier))
    row = connection.execute(wanted.order_by(document.c.holder != 0, document.c.id).limit(1)).first()
    return None if row is None else _document(row)


def find_held(
    connection: Connection, site: Site, kind: IdentifiableKind, identifier: str, *, holder: int
) -> Held | None:
    """Return the row that a write by ``holder`` would meet, whoever holds it."""
    row = connection.execute(
        select(
            document.c.id, document.c.holder, document.c.version, document.c.digest, document.c.deleted_at
        ).where(
            document.c.site == site,
            document.c.kind == kind.value,
            document.c.identifier == index_key(identifier),
            document.c.claim == _claim(kind, holder),
        )
    ).first()
    if row is None:
        return None
    return Held(row.id, row.holder, row.version, row.digest, row.deleted_at is not None)


def add_document(
    connection: Connection,
    allocator: IdAllocator,
    site: Site,
    content: NewContent,
    *,
    holder: int,
    submission: SubmissionId | None,
    now: datetime,
) -> DocumentId:
    """Store a new object as its version 1; the caller made sure that the id is free."""
    number = DocumentId(allocator.one(connection, site, "document"))
    connection.execute(
        insert(document).values(
            site=site,
            id=number,
            kind=content.kind.value,
            identifier=index_key(content.identifier),
            holder=holder,
            claim=_claim(content.kind, holder),
            id_short=_index_key(content.id_short),
            semantic_id=_index_key(content.semantic_id),
            version=1,
            digest=content.digest,
            created_at=now,
            updated_at=now,
        )
    )
    _add_version(connection, site, number, 1, content, submission=submission, now=now)
    return number


def change_document(
    connection: Connection,
    site: Site,
    number: DocumentId,
    content: NewContent,
    *,
    submission: SubmissionId | None,
    now: datetime,
) -> int:
    """End the current version and store the next one; return its number."""
    row = (document.c.site == site) & (document.c.id == number)
    version: int = connection.execute(select(document.c.version).where(row)).scalar_one() + 1
    end_document(connection, site, number, now=now)
    connection.execute(
        update(document)
        .where(row)
        .values(
            version=version,
            digest=content.digest,
            id_short=_index_key(content.id_short),
            semantic_id=_index_key(content.semantic_id),
            updated_at=now,
            deleted_at=None,
        )
    )
    _add_version(connection, site, number, version, content, submission=submission, now=now)
    return version


def end_document(connection: Connection, site: Site, number: DocumentId, *, now: datetime) -> None:
    """End the current version without a next one: the object is deleted, its versions stay."""
    current = (
        (document_version.c.site == site)
        & (document_version.c.document == number)
        & document_version.c.recorded_to.is_(None)
    )
    connection.execute(update(document_version).where(current).values(recorded_to=now))
    for table in (asset_id, submodel_ref):
        connection.execute(delete(table).where(table.c.site == site, table.c.document == number))
    row = (document.c.site == site) & (document.c.id == number)
    connection.execute(update(document).where(row).values(deleted_at=now, updated_at=now))


def list_documents(
    connection: Connection, scope: Scope, kind: IdentifiableKind, wanted: Filter, page: PageRequest
) -> list[Document]:
    """Return current versions in the order of their ids; one more than asked tells of a next page."""
    query = _versions(scope, kind, at=None).order_by(document.c.id).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(document.c.id > page.after[0])
    if wanted.id_short is not None:
        query = query.where(document.c.id_short == index_key(wanted.id_short))
    if wanted.semantic_id is not None:
        query = query.where(document.c.semantic_id == index_key(wanted.semantic_id))
    for name, value in wanted.asset_ids:
        query = query.where(
            select(asset_id.c.document)
            .where(
                asset_id.c.site == scope.site,
                asset_id.c.document == document.c.id,
                asset_id.c.name == index_key(name),
                asset_id.c.value == index_key(value),
            )
            .exists()
        )
    if kind is IdentifiableKind.CONCEPT_DESCRIPTION:
        query = query.where(_is_served(scope))
    return [_document(row) for row in connection.execute(query)]


def list_versions(
    connection: Connection, scope: Scope, kind: IdentifiableKind, identifier: str, page: PageRequest
) -> list[tuple[int, str, datetime, datetime | None]]:
    """Return (version, digest, recorded from, recorded to) of an object, newest first.

    Of a concept description that several hold, it is the one that is served.
    """
    served = (
        select(document.c.id)
        .where(*_seen(scope, kind), document.c.identifier == index_key(identifier))
        .order_by(document.c.deleted_at.is_not(None), document.c.holder != 0, document.c.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            document_version.c.version,
            document_version.c.digest,
            document_version.c.recorded_from,
            document_version.c.recorded_to,
        )
        .where(document_version.c.site == scope.site, document_version.c.document == served)
        .order_by(document_version.c.version.desc())
        .limit(page.limit + 1)
    )
    if page.after is not None:
        query = query.where(document_version.c.version < page.after[0])
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def submodels_of(connection: Connection, scope: Scope, identifiers: Iterable[str]) -> dict[str, Document]:
    """Return current submodels by identifier, as far as the scope sees them."""
    query = _versions(scope, IdentifiableKind.SUBMODEL, at=None).where(
        document.c.identifier.in_([index_key(each) for each in identifiers])
    )
    found = [_document(row) for row in connection.execute(query)]
    return {each.identifier: each for each in found}


def shells_naming(connection: Connection, scope: Scope, submodel_identifier: str) -> list[Document]:
    """Return the current shells that name a submodel."""
    query = (
        _versions(scope, IdentifiableKind.SHELL, at=None)
        .join(
            submodel_ref,
            and_(submodel_ref.c.site == document.c.site, submodel_ref.c.document == document.c.id),
        )
        .where(submodel_ref.c.submodel_identifier == index_key(submodel_identifier))
        .order_by(document.c.id)
    )
    return [_document(row) for row in connection.execute(query)]


def _add_version(
    connection: Connection,
    site: Site,
    number: DocumentId,
    version: int,
    content: NewContent,
    *,
    submission: SubmissionId | None,
    now: datetime,
) -> None:
    key = {"site": site, "document": number}
    connection.execute(
        insert(document_version).values(
            **key,
            version=version,
            submission=submission,
            digest=content.digest,
            body=content.body,
            recorded_from=now,
        )
    )
    if content.asset_ids:
        named = dict.fromkeys((index_key(name), index_key(value)) for name, value in content.asset_ids)
        rows = [{**key, "name": name, "value": value} for name, value in named]
        connection.execute(insert(asset_id), rows)
    if content.submodel_refs:
        refs = [
            {**key, "submodel_identifier": each}
            for each in dict.fromkeys(map(index_key, content.submodel_refs))
        ]
        connection.execute(insert(submodel_ref), refs)
    if content.files:
        files = {index_key(name): (digest, media_type) for name, digest, media_type in content.files}
        connection.execute(
            insert(document_file),
            [
                {**key, "version": version, "name": name, "sha256": digest, "media_type": media_type}
                for name, (digest, media_type) in files.items()
            ],
        )


def _versions(scope: Scope, kind: IdentifiableKind, *, at: datetime | None) -> Select[Any]:
    query = (
        select(
            document.c.id,
            document.c.kind,
            document.c.identifier,
            document.c.holder,
            document_version.c.version,
            document_version.c.digest,
            document_version.c.body,
            document.c.created_at,
            document_version.c.recorded_from,
        )
        .join_from(document, document_version, _same_document())
        .where(*_seen(scope, kind))
    )
    if at is None:
        return query.where(document.c.deleted_at.is_(None), document_version.c.version == document.c.version)
    return query.where(
        document_version.c.recorded_from <= at,
        or_(document_version.c.recorded_to.is_(None), document_version.c.recorded_to > at),
    )


def _same_document() -> ColumnElement[bool]:
    return and_(
        document_version.c.site == document.c.site,
        document_version.c.document == document.c.id,
    )


def _seen(scope: Scope, kind: IdentifiableKind) -> list[ColumnElement[bool]]:
    seen: list[ColumnElement[bool]] = [document.c.site == scope.site, document.c.kind == kind.value]
    if scope.party is not None:
        seen.append(document.c.holder == scope.party)
    if scope.customer is not None:
        seen.append(document.c.holder == -1)  # a customer's auditor sees units, not documents
    return seen


def _is_served(scope: Scope) -> ColumnElement[bool]:
    other = document.alias("other")
    earlier = select(other.c.id).where(
        other.c.site == document.c.site,
        other.c.kind == document.c.kind,
        other.c.identifier == document.c.identifier,
        other.c.deleted_at.is_(None),
        or_(
            and_(other.c.holder == 0, document.c.holder != 0),
            and_((other.c.holder == 0) == (document.c.holder == 0), other.c.id < document.c.id),
        ),
    )
    if scope.party is not None:
        earlier = earlier.where(other.c.holder == scope.party)
    return ~earlier.exists()


def _claim(kind: IdentifiableKind, holder: int) -> int:
    return holder if kind is IdentifiableKind.CONCEPT_DESCRIPTION else 0


def _document(row: Sequence[Any]) -> Document:
    values = dict(zip(Document.__dataclass_fields__, row, strict=True))
    if is_digest(values["identifier"]):
        values["identifier"] = orjson.loads(values["body"])["id"]
    return Document(**{**values, "kind": IdentifiableKind(values["kind"])})


def _index_key(text: str | None) -> str | None:
    return None if text is None else index_key(text)
