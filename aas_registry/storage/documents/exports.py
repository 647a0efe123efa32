"""Queries that gather what an export holds: objects by what names them, bodies, files.

What a party's shell brings is that party's own: its submodels, and concept descriptions of
its own or of the plant. So nothing of one supplier leaves with the shell of another, and
a shell that names another's submodel brings nothing of it. The plant's shell brings the
plant's submodels, and what is served where the plant holds none.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from aas_registry.domain.identifiers import DocumentId, LotId, PartyId, Sha256, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Scope
from aas_registry.storage.documents.served_ids import is_served_one
from aas_registry.storage.holders import PLANT, holder_of, holder_seen_by, party_of
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.documents import document, document_version, submodel_ref
from aas_registry.storage.tables.lots import lot_submission
from aas_registry.storage.tables.submissions import stored_file

_BODIES_AT_ONCE = 100
_COLUMNS = (
    document.c.id,
    document.c.kind,
    document.c.identifier,
    document.c.holder,
    document.c.digest,
    document.c.is_served,
)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The current version of a stored object.

    Attributes:
        key: Index key of the identifier: itself, unless it is very long.
        party: Who submitted it; None for the plant.
        digest: SHA-256 of the body.
        is_served: Whether it is what whoever acts for no party is served under its identifier.
    """

    id: DocumentId
    kind: IdentifiableKind
    key: str
    party: PartyId | None
    digest: str
    is_served: bool


def find_stored(
    connection: Connection, scope: Scope, kind: IdentifiableKind, identifiers: Iterable[str]
) -> list[StoredObject]:
    """Return the shells or submodels with some identifiers that the scope is served."""
    keys = list(dict.fromkeys(map(index_key, identifiers)))
    query = _current(scope).where(document.c.kind == kind.value)
    if holder_seen_by(scope) is None:
        query = query.where(is_served_one(document))
    return [
        _stored(row)
        for part in in_chunks(keys)
        for row in connection.execute(query.where(document.c.identifier.in_(part)))
    ]


def held_by(connection: Connection, scope: Scope, party: PartyId, *, most: int) -> list[StoredObject]:
    """Return what a party holds, as far as the scope sees it, at most so many objects."""
    query = _current(scope).where(document.c.holder == party).order_by(document.c.id).limit(most)
    return [_stored(row) for row in connection.execute(query)]


def shells_stating(
    connection: Connection, scope: Scope, lots: Sequence[LotId]
) -> list[tuple[LotId, StoredObject]]:
    """Return the shells that state one of some lots, each with the lot, as far as the scope sees them."""
    states = and_(
        lot_submission.c.site == document.c.site,
        lot_submission.c.document == document.c.id,
        lot_submission.c.ended_at.is_(None),
    )
    query = _current(scope).add_columns(lot_submission.c.lot).join(lot_submission, states).distinct()
    return [
        (LotId(row.lot), _stored(row[:-1]))
        for part in in_chunks(lots)
        for row in connection.execute(query.where(lot_submission.c.lot.in_(part)))
    ]


def submodels_of_shells(
    connection: Connection, scope: Scope, shells: Sequence[StoredObject]
) -> list[StoredObject]:
    """Return the submodels that some shells name and that they may bring: one per shell and id."""
    parties = {each.id: each.party for each in shells}
    wanted: defaultdict[str, set[PartyId | None]] = defaultdict(set)
    columns = (submodel_ref.c.document, submodel_ref.c.submodel_identifier)
    for part in in_chunks(list(parties)):
        query = select(*columns).where(submodel_ref.c.site == scope.site, submodel_ref.c.document.in_(part))
        for row in connection.execute(query):
            wanted[row.submodel_identifier].add(parties[row.document])
    query = _current(scope).where(document.c.kind == IdentifiableKind.SUBMODEL.value)
    found = [
        _stored(row)
        for part in in_chunks(list(wanted))
        for row in connection.execute(query.where(document.c.identifier.in_(part)))
    ]
    held = {(each.party, each.key): each for each in found}
    held |= {(None, each.key): each for each in found if each.is_served and (None, each.key) not in held}
    brought = (held.get((party, key)) for key, naming in wanted.items() for party in naming)
    return [each for each in brought if each is not None]


def concepts_of(
    connection: Connection, scope: Scope, identifiers: Iterable[str], *, party: PartyId | None
) -> list[StoredObject]:
    """Return concept descriptions as what a party, or the plant, submits refers to them.

    Of those with one identifier it is the party's own, or else the plant's.
    """
    query = _current(scope).where(
        document.c.kind == IdentifiableKind.CONCEPT_DESCRIPTION.value,
        document.c.holder.in_({holder_of(party), PLANT}),
    )
    found: dict[str, StoredObject] = {}
    for part in in_chunks(sorted(set(map(index_key, identifiers)))):
        rows = connection.execute(query.where(document.c.identifier.in_(part)).order_by(document.c.id))
        for each in map(_stored, rows):
            if each.party == party or each.key not in found:
                found[each.key] = each
    return list(found.values())


def bytes_of(connection: Connection, site: Site, stored: Sequence[StoredObject]) -> int:
    """Return how many bytes the bodies of some objects have together."""
    size = func.sum(func.length(document_version.c.body))
    return sum(
        connection.execute(_versions(site, part).with_only_columns(size)).scalar() or 0
        for part in in_chunks([each.id for each in stored])
    )


def bodies_of(
    connection: Connection, site: Site, stored: Sequence[StoredObject]
) -> Iterator[tuple[StoredObject, bytes]]:
    """Yield objects with their canonical JSON, in the order given, a few at a time from the database."""
    for part in in_chunks(stored, _BODIES_AT_ONCE):
        rows = connection.execute(_versions(site, [each.id for each in part]))
        bodies = {row.document: row.body for row in rows}
        yield from ((each, bodies[each.id]) for each in part)


def sizes_of(connection: Connection, site: Site, digests: Iterable[Sha256]) -> dict[Sha256, int]:
    """Return the sizes of stored files in bytes, by digest."""
    query = select(stored_file.c.sha256, stored_file.c.size).where(stored_file.c.site == site)
    return {
        row.sha256: row.size
        for part in in_chunks(sorted(set(digests)))
        for row in connection.execute(query.where(stored_file.c.sha256.in_(part)))
    }


def _current(scope: Scope) -> Select[Any]:
    query = select(*_COLUMNS).where(document.c.site == scope.site, document.c.deleted_at.is_(None))
    holder = holder_seen_by(scope)
    return query if holder is None else query.where(document.c.holder == holder)


def _versions(site: Site, numbers: Sequence[DocumentId]) -> Select[Any]:
    current = and_(
        document.c.site == document_version.c.site,
        document.c.id == document_version.c.document,
        document.c.version == document_version.c.version,
    )
    return (
        select(document_version.c.document, document_version.c.body)
        .join_from(document_version, document, current)
        .where(document_version.c.site == site, document_version.c.document.in_(numbers))
    )


def _stored(row: Sequence[Any]) -> StoredObject:
    number, kind, key, holder, digest, is_served = row
    return StoredObject(number, IdentifiableKind(kind), key, party_of(holder), digest, bool(is_served))
