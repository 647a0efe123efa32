"""Queries about shells, submodels and concept descriptions, by identifier and by time.

A principal's scope decides what exists: a supplier sees what it holds itself. A shell or
submodel has one holder; of a concept description the plant's is served first, then the
oldest that the scope sees.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from aas_registry.domain.identifiers import DocumentId, PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.holders import PLANT, holder_of, holder_seen_by, party_of
from aas_registry.storage.index_keys import index_key, is_digest
from aas_registry.storage.rows import given, in_chunks, rare
from aas_registry.storage.tables.documents import asset_id, document, document_version, submodel_ref

_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a stored object.

    Attributes:
        party: Who submitted it; None for the plant.
        body: RFC 8785 canonical JSON, the bytes that are served.
        version: 1 for the first, one more for every change.
    """

    id: DocumentId
    kind: IdentifiableKind
    identifier: str
    party: PartyId | None
    version: int
    digest: str
    body: bytes
    created_at: datetime
    updated_at: datetime


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
    row = connection.execute(wanted.order_by(document.c.holder != PLANT, document.c.id).limit(1)).first()
    return None if row is None else _document(row)


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
        .order_by(document.c.deleted_at.is_not(None), document.c.holder != PLANT, document.c.id)
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


def shells_naming(connection: Connection, site: Site, identifiers: Sequence[str]) -> list[DocumentId]:
    """Return the current shells, whoever holds them, that name any of some submodels, oldest first."""
    found: set[DocumentId | None] = set()
    for part in in_chunks(identifiers):
        wanted = given(connection, identifier=[index_key(each) for each in part])
        named = rare(connection, submodel_ref.c.submodel_identifier == wanted.c.identifier)
        # SQLite cannot turn an outer join around, as long as no condition is on its rows.
        every = wanted.outerjoin(submodel_ref, and_(submodel_ref.c.site == site, named))
        found.update(connection.execute(select(submodel_ref.c.document).select_from(every)).scalars())
    return sorted(each for each in found if each is not None)


def read_shells(
    connection: Connection, site: Site, numbers: Sequence[DocumentId], *, party: PartyId | None
) -> Iterator[list[tuple[DocumentId, bytes]]]:
    """Yield (number, body) of those of some shells that are current and of a party, or the plant.

    They come in batches of bounded size.
    """
    return _read_bodies(connection, site, IdentifiableKind.SHELL, numbers, holder=holder_of(party))


def read_submodels(connection: Connection, scope: Scope, numbers: Sequence[DocumentId]) -> Iterator[bytes]:
    """Yield the bodies of current submodels, as far as a scope of a party or the plant sees them."""
    kind = IdentifiableKind.SUBMODEL
    found = _read_bodies(connection, scope.site, kind, numbers, holder=scope.party)
    return (body for batch in found for _, body in batch)


def _read_bodies(
    connection: Connection,
    site: Site,
    kind: IdentifiableKind,
    numbers: Sequence[DocumentId],
    *,
    holder: int | None,
) -> Iterator[list[tuple[DocumentId, bytes]]]:
    # Bodies have up to many megabytes, and a driver may fetch all that it is asked for at once.
    body = document_version.c.body
    current = and_(_same_document(), document_version.c.version == document.c.version)
    facts = (document.c.kind, document.c.holder, document.c.deleted_at)
    for part in in_chunks(numbers):
        sizes = select(document.c.id, func.length(body), *facts).join_from(
            document, document_version, current
        )
        rows = connection.execute(sizes.where(document.c.site == site, document.c.id.in_(part)))
        seen = {
            row[0]: row[1]
            for row in rows
            if row.kind == kind.value and row.deleted_at is None and holder in {None, row.holder}
        }
        for some in _bounded([(number, seen[number]) for number in part if number in seen]):
            query = select(document.c.id, body).join_from(document, document_version, current)
            found = connection.execute(query.where(document.c.site == site, document.c.id.in_(some)))
            bodies = {row[0]: row[1] for row in found}
            yield [(number, bodies[number]) for number in some]


def _bounded(sizes: Iterable[tuple[DocumentId, int]]) -> Iterator[list[DocumentId]]:
    batch: list[DocumentId] = []
    total = 0
    for number, size in sizes:
        if batch and total + size > _BATCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(number)
        total += size
    if batch:
        yield batch


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
    seen = [document.c.site == scope.site, document.c.kind == kind.value]
    holder = holder_seen_by(scope)
    return seen if holder is None else [*seen, document.c.holder == holder]


def _is_served(scope: Scope) -> ColumnElement[bool]:
    other = document.alias("other")
    earlier = select(other.c.id).where(
        other.c.site == document.c.site,
        other.c.kind == document.c.kind,
        other.c.identifier == document.c.identifier,
        other.c.deleted_at.is_(None),
        or_(
            and_(other.c.holder == PLANT, document.c.holder != PLANT),
            and_((other.c.holder == PLANT) == (document.c.holder == PLANT), other.c.id < document.c.id),
        ),
    )
    if scope.party is not None:
        earlier = earlier.where(other.c.holder == scope.party)
    return ~earlier.exists()


def _document(row: Sequence[Any]) -> Document:
    values = dict(zip(Document.__dataclass_fields__, row, strict=True))
    if is_digest(values["identifier"]):
        values["identifier"] = orjson.loads(values["body"])["id"]
    values["kind"], values["party"] = IdentifiableKind(values["kind"]), party_of(values["party"])
    return Document(**values)
