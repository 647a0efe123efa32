"""Writing shells, submodels and concept descriptions: version by version, in batches.

Every function takes the objects of a whole batch and sends a bounded number of statements,
however many there are. The caller holds the site's write lock, so nobody else can take an
id, or change a version, between a look-up here and the write that follows it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, false, func, select, update

from aas_registry.domain.identifiers import DocumentId, PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.package import IdentifiableKind
from aas_registry.storage.documents import served_ids
from aas_registry.storage.documents.served_ids import Key, key_of
from aas_registry.storage.holders import holder_of, party_of
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import index_key, is_digest
from aas_registry.storage.rows import in_chunks, insert_new, insert_rows
from aas_registry.storage.tables.documents import (
    asset_id,
    document,
    document_file,
    document_version,
    submodel_ref,
)

_NEXT_VERSION = (
    update(document)
    .where(document.c.site == bindparam("at"), document.c.id == bindparam("number"))
    .values(
        version=bindparam("next_version"),
        digest=bindparam("next_digest"),
        id_short=bindparam("next_id_short"),
        semantic_id=bindparam("next_semantic_id"),
        updated_at=bindparam("now"),
        held_since=bindparam("since"),
        deleted_at=None,
        # What comes back is held again, and kept back until it is seen that it is served.
        is_served=func.coalesce(document.c.is_served, false()),
    )
)


@dataclass(frozen=True, slots=True)
class Held:
    """An object that a party, or the plant, holds, or held until it was deleted."""

    id: DocumentId
    party: PartyId | None
    version: int
    digest: str
    held_since: datetime
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


@dataclass(frozen=True, slots=True)
class _Version:
    document: DocumentId
    holder: int
    number: int
    content: NewContent


def find_held(
    connection: Connection, site: Site, kind: IdentifiableKind, identifier: str, *, party: PartyId | None
) -> Held | None:
    """Return the row of a party, or the plant, that has an identifier."""
    key = key_of(kind, identifier)
    return find_all_held(connection, site, [key], party=party).get(key)


def find_all_held(
    connection: Connection, site: Site, keys: Iterable[Key], *, party: PartyId | None
) -> dict[Key, Held]:
    """Return the rows of a party, or the plant, that have some identifiers."""
    numbers = find_numbers(connection, site, keys, party=party)
    names = {number: key for key, number in numbers.items()}
    held: dict[Key, Held] = {}
    for part in in_chunks(list(names)):
        query = select(
            document.c.id,
            document.c.holder,
            document.c.version,
            document.c.digest,
            document.c.held_since,
            document.c.deleted_at,
        )
        rows = connection.execute(query.where(document.c.site == site, document.c.id.in_(part)))
        for number, by, version, digest, since, deleted_at in rows:
            held[names[number]] = Held(number, party_of(by), version, digest, since, deleted_at is not None)
    return held


def find_numbers(
    connection: Connection, site: Site, keys: Iterable[Key], *, party: PartyId | None
) -> dict[Key, DocumentId]:
    """Return the numbers of a party's, or the plant's, objects with some identifiers, deleted ones too."""
    return _numbers(connection, site, keys, document.c.holder == holder_of(party))


def find_kept_back(
    connection: Connection, site: Site, numbers: Sequence[DocumentId]
) -> list[tuple[IdentifiableKind, str]]:
    """Return kind and id of those of some objects that are on record, but not served: another is."""
    columns = (document.c.kind, func.coalesce(document.c.long_identifier, document.c.identifier))
    rows = (
        row
        for part in in_chunks(numbers)
        for row in connection.execute(
            select(*columns).where(
                document.c.site == site, document.c.id.in_(part), document.c.is_served.is_(false())
            )
        )
    )
    return [(IdentifiableKind(kind), identifier) for kind, identifier in rows]


def find_served(connection: Connection, site: Site, keys: Iterable[Key]) -> dict[Key, DocumentId]:
    """Return the numbers of the objects that are served of some identifiers, whoever holds them."""
    return _numbers(connection, site, keys, served_ids.is_served_one(document))


def _numbers(
    connection: Connection, site: Site, keys: Iterable[Key], is_wanted: ColumnElement[bool]
) -> dict[Key, DocumentId]:
    found: dict[Key, DocumentId] = {}
    for part in in_chunks(list(dict.fromkeys(keys))):
        wanted = served_ids.rows_of(connection, part)
        number = select(document.c.id).where(*served_ids.has_key(document, wanted, site), is_wanted)
        rows = connection.execute(select(wanted.c.kind, wanted.c.identifier, number.scalar_subquery()))
        found.update(((IdentifiableKind(row[0]), row[1]), row[2]) for row in rows if row[2] is not None)
    return found


def add_documents(
    connection: Connection,
    allocator: IdAllocator,
    site: Site,
    contents: Sequence[NewContent],
    *,
    party: PartyId | None,
    submission: SubmissionId | None,
    now: datetime,
) -> list[DocumentId | None]:
    """Store new objects as their version 1.

    The unique key decides what is new. What others hold is looked up before, so that a row is
    written once, as it is to stand, and takes the same work whoever holds the identifier.

    Returns:
        Their numbers in the same order; None where the identifier is on record already, or
        stands earlier in ``contents``: nothing is stored of those.
    """
    numbers = allocator.take(connection, site, "document", len(contents))
    keys = [key_of(each.kind, each.identifier) for each in contents]
    places = served_ids.find_places(connection, site, keys, party=party)
    rows = [
        _new_row(site, number, each, party, now) | _standing(places.get(key), number)
        for number, key, each in zip(numbers, keys, contents, strict=True)
    ]
    added = insert_new(connection, document, rows)
    given = [DocumentId(number) if number in added else None for number in numbers]
    versions = [
        _Version(number, holder_of(party), 1, each)
        for number, each in zip(given, contents, strict=True)
        if number is not None
    ]
    _add_versions(connection, site, versions, submission=submission, now=now)
    served_ids.settle_new(connection, site, keys, places, now=now)
    return given


def _standing(place: int | None, number: int) -> dict[str, Any]:
    """Return how a new object stands at first: behind those of others, where there are any."""
    return {"is_served": place is None, "place": number if place is None else place}


def _new_row(
    site: Site, number: int, content: NewContent, party: PartyId | None, now: datetime
) -> dict[str, Any]:
    return {
        "site": site,
        "id": number,
        "kind": content.kind.value,
        "identifier": (key := index_key(content.identifier)),
        "long_identifier": content.identifier if is_digest(key) else None,
        "holder": holder_of(party),
        "held_since": now,
        "id_short": _index_key(content.id_short),
        "semantic_id": _index_key(content.semantic_id),
        "version": 1,
        "digest": content.digest,
        "created_at": now,
        "updated_at": now,
    }


def change_documents(
    connection: Connection,
    site: Site,
    changes: Sequence[tuple[Held, NewContent]],
    *,
    submission: SubmissionId | None,
    now: datetime,
) -> None:
    """End the current versions of some objects and store the next ones.

    What was deleted is on record again.
    """
    if not changes:
        return
    shells = [held.id for held, content in changes if content.kind is IdentifiableKind.SHELL]
    _end_versions(connection, site, [held.id for held, _ in changes], now=now)
    _forget_names(connection, site, shells)
    versions = [
        _Version(held.id, holder_of(held.party), held.version + 1, content) for held, content in changes
    ]
    rows = [
        {
            "at": site,
            "number": each.document,
            "next_version": each.number,
            "next_digest": each.content.digest,
            "next_id_short": _index_key(each.content.id_short),
            "next_semantic_id": _index_key(each.content.semantic_id),
            "now": now,
            "since": now if held.is_deleted else held.held_since,
        }
        for each, (held, _) in zip(versions, changes, strict=True)
    ]
    connection.execute(_NEXT_VERSION, rows)
    _add_versions(connection, site, versions, submission=submission, now=now)
    revived = [key_of(content.kind, content.identifier) for held, content in changes if held.is_deleted]
    served_ids.settle(connection, site, revived, now=now)


def end_documents(
    connection: Connection, site: Site, numbers: Sequence[DocumentId], *, now: datetime
) -> None:
    """End current versions without next ones: the objects are deleted, their versions stay."""
    _end_versions(connection, site, numbers, now=now)
    _forget_names(connection, site, numbers)
    for part in in_chunks(numbers):
        rows = (document.c.site == site) & document.c.id.in_(part)
        ended = {"deleted_at": now, "updated_at": now, "is_served": None}
        connection.execute(update(document).where(rows).values(ended))
        found = connection.execute(select(document.c.kind, document.c.identifier).where(rows))
        served_ids.settle(connection, site, [(IdentifiableKind(row[0]), row[1]) for row in found], now=now)


def _end_versions(
    connection: Connection, site: Site, numbers: Sequence[DocumentId], *, now: datetime
) -> None:
    for part in in_chunks(numbers):
        current = (
            (document_version.c.site == site)
            & document_version.c.document.in_(part)
            & document_version.c.recorded_to.is_(None)
        )
        connection.execute(update(document_version).where(current).values(recorded_to=now))


def _forget_names(connection: Connection, site: Site, shells: Sequence[DocumentId]) -> None:
    for part in in_chunks(shells):
        for table in (asset_id, submodel_ref):
            connection.execute(delete(table).where(table.c.site == site, table.c.document.in_(part)))


def _add_versions(
    connection: Connection,
    site: Site,
    versions: Sequence[_Version],
    *,
    submission: SubmissionId | None,
    now: datetime,
) -> None:
    rows = (
        {
            "site": site,
            "document": each.document,
            "version": each.number,
            "submission": submission,
            "digest": each.content.digest,
            "body": each.content.body,
            "recorded_from": now,
        }
        for each in versions
    )
    insert_rows(connection, document_version, rows)
    asset_ids = (
        {"site": site, "document": each.document, "name": name, "value": value}
        for each in versions
        for name, value in dict.fromkeys((index_key(n), index_key(v)) for n, v in each.content.asset_ids)
    )
    insert_rows(connection, asset_id, asset_ids)
    submodel_refs = (
        {
            "site": site,
            "document": each.document,
            "submodel_identifier": identifier,
            "holder": each.holder,
        }
        for each in versions
        for identifier in dict.fromkeys(map(index_key, each.content.submodel_refs))
    )
    insert_rows(connection, submodel_ref, submodel_refs)
    insert_rows(connection, document_file, _file_rows(site, versions))


def _file_rows(site: Site, versions: Sequence[_Version]) -> Iterator[dict[str, Any]]:
    for each in versions:
        files = {index_key(name): (digest, media_type) for name, digest, media_type in each.content.files}
        for name, (digest, media_type) in files.items():
            yield {
                "site": site,
                "document": each.document,
                "version": each.number,
                "name": name,
                "sha256": digest,
                "media_type": media_type,
            }


def _index_key(text: str | None) -> str | None:
    return None if text is None else index_key(text)
