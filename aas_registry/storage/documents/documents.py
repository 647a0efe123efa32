"""Queries about shells, submodels and concept descriptions, by identifier and by time.

A principal's scope decides what exists: a supplier sees what it holds itself, whoever acts for
no party the one object per identifier that is served (`storage.documents.served_ids`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from aas_registry.domain.identifiers import DocumentId, PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.documents.served_ids import is_served_one, served_then
from aas_registry.storage.holders import holder_of, holder_seen_by, party_of
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.prefixes import fits
from aas_registry.storage.rows import given, in_chunks, rare
from aas_registry.storage.tables.documents import asset_id, document, document_version, submodel_ref

_BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a stored object.

    Attributes:
        place: Its place in the lists of the scope that asked.
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
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to; None does not narrow.

    Attributes:
        beginning: What the id begins with.
        asset_beginning: What the global asset id of a shell begins with.
    """

    id_short: str | None = None
    semantic_id: str | None = None
    asset_ids: Sequence[tuple[str, str]] = ()
    beginning: str | None = None
    asset_beginning: str | None = None


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
    if at is None:
        query = _versions(*_seen(scope, kind), _on_record(scope, is_served=is_served_one(document)))
    else:
        served = served_then(scope.site, kind, identifier, at=at)
        query = _versions(*_seen(scope, kind), is_current=_recorded_at(at))
        query = query.order_by((document.c.id == served).is_not(true()), document.c.id).limit(1)
    row = connection.execute(query.where(document.c.identifier == index_key(identifier))).first()
    return None if row is None else _document(row)


def find_own_document(
    connection: Connection, site: Site, kind: IdentifiableKind, identifier: str, *, party: PartyId | None
) -> Document | None:
    """Return the current version of what a party, or the plant, holds itself under an identifier."""
    own = _seen(Scope(site, party=PartyId(holder_of(party))), kind)
    query = _versions(*own, document.c.deleted_at.is_(None), document.c.identifier == index_key(identifier))
    row = connection.execute(query).first()
    return None if row is None else _document(row)


def list_documents(
    connection: Connection, scope: Scope, kind: IdentifiableKind, wanted: Filter, page: PageRequest
) -> list[Document]:
    """Return current versions in the order of their ids; one more than asked tells of a next page."""
    is_of_all = holder_seen_by(scope) is None
    place: ColumnElement[int] = document.c.place if is_of_all else document.c.id
    is_there = _on_record(scope, is_served=document.c.is_served.is_(true()))
    query = _versions(*_seen(scope, kind), is_there, place=place).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(place > page.after[0])
    for column, value in (
        (document.c.id_short, wanted.id_short),
        (document.c.semantic_id, wanted.semantic_id),
    ):
        if value is not None:
            # Whoever sees one holder's walks through that holder's only, not through all of one name.
            query = query.where((column if is_of_all else func.coalesce(column, "")) == index_key(value))
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
    if wanted.beginning is not None:
        beginning = fits(document.c.identifier, wanted.beginning, by_prefix=True)
        query = query.where(beginning).order_by(document.c.identifier)
    if wanted.asset_beginning is not None:
        of_assets = select(asset_id.c.document).where(
            asset_id.c.site == scope.site,
            fits(asset_id.c.value, wanted.asset_beginning, by_prefix=True),
            asset_id.c.name == "globalAssetId",
        )
        query = query.where(document.c.id.in_(of_assets))
    return [_document(row) for row in connection.execute(query.order_by(place))]


def list_versions(
    connection: Connection, scope: Scope, kind: IdentifiableKind, identifier: str, page: PageRequest
) -> list[tuple[int, str, datetime, datetime | None]]:
    """Return (version, digest, recorded from, recorded to) of an object, newest first.

    Of one that several hold it is the object that is served, or was last.
    """
    last = served_then(scope.site, kind, identifier, at=None)
    served = (
        select(document.c.id)
        .where(*_seen(scope, kind), document.c.identifier == index_key(identifier))
        .order_by(is_served_one(document).desc(), (document.c.id == last).is_not(true()), document.c.id)
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


def shells_naming(
    connection: Connection, site: Site, identifiers: Sequence[str], *, party: PartyId | None
) -> list[DocumentId]:
    """Return a party's, or the plant's, current shells that name any of some submodels, oldest first."""
    found: set[DocumentId | None] = set()
    for part in in_chunks(identifiers):
        wanted = given(connection, identifier=[index_key(each) for each in part])
        named = rare(connection, submodel_ref.c.submodel_identifier == wanted.c.identifier)
        # SQLite cannot turn an outer join around, as long as no condition is on its rows.
        own = submodel_ref.c.holder == holder_of(party)
        every = wanted.outerjoin(submodel_ref, and_(submodel_ref.c.site == site, own, named))
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


def _versions(
    *seen: ColumnElement[bool],
    is_current: ColumnElement[bool] | None = None,
    place: ColumnElement[int] = document.c.id,
) -> Select[Any]:
    version = document_version.c.version
    return (
        select(
            document.c.id,
            document.c.kind,
            func.coalesce(document.c.long_identifier, document.c.identifier),
            document.c.holder,
            version,
            document_version.c.digest,
            document_version.c.body,
            document.c.created_at,
            document_version.c.recorded_from,
            place.label("place"),
        )
        .join_from(document, document_version, _same_document())
        .where(*seen, version == document.c.version if is_current is None else is_current)
    )


def _recorded_at(at: datetime) -> ColumnElement[bool]:
    from_, to = document_version.c.recorded_from, document_version.c.recorded_to
    return and_(from_ <= at, or_(to.is_(None), to > at))


def _same_document() -> ColumnElement[bool]:
    return and_(
        document_version.c.site == document.c.site,
        document_version.c.document == document.c.id,
    )


def _seen(scope: Scope, kind: IdentifiableKind) -> list[ColumnElement[bool]]:
    seen = [document.c.site == scope.site, document.c.kind == kind.value]
    holder = holder_seen_by(scope)
    return seen if holder is None else [*seen, document.c.holder == holder]


def _on_record(scope: Scope, *, is_served: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether an object is there for a scope, of those that the scope sees."""
    return is_served if holder_seen_by(scope) is None else document.c.deleted_at.is_(None)


def _document(row: Sequence[Any]) -> Document:
    values = dict(zip(Document.__dataclass_fields__, row, strict=True))
    values["kind"], values["party"] = IdentifiableKind(values["kind"]), party_of(values["party"])
    return Document(**values)
