"""Conflicts: the identifiers that several hold, with what they hold, for those who decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, false, func, select

from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.storage.documents.served_ids import (
    Key,
    ServedDecision,
    begins_with_pin,
    has_key,
    is_served_one,
    written_id,
)
from aas_registry.storage.holders import party_of
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.documents import document, id_prefix_pin, served_decision

OBJECTS_LISTED = 50
"""Of one conflict: the identifier of a widely used concept description may have a thousand holders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldObject:
    """One of several objects with an identifier.

    Attributes:
        party: Who holds it; None for the plant.
        held_since: Since when, without a break.
        updated_at: When its current version was recorded.
        pinned_prefix: The longest prefix of the identifier that is pinned for its holder.
    """

    party: PartyId | None
    held_since: datetime
    updated_at: datetime
    digest: str
    is_served: bool
    pinned_prefix: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An identifier that several hold.

    Attributes:
        place: In the list, among those of its kind.
        holders: How many hold it.
        objects: What they hold, the served one first, then by the time since when; not all of very many.
        decision: What was decided for it; the holder may hold it no more.
    """

    kind: IdentifiableKind
    identifier: str
    place: int
    holders: int
    objects: Sequence[HeldObject]
    decision: ServedDecision | None


def find_conflict(connection: Connection, site: Site, key: Key) -> Conflict | None:
    """Return who holds an identifier, where several do."""
    found = connection.execute(_conflicts(site, key[0]).where(document.c.identifier == key[1])).first()
    return None if found is None else _described(connection, site, key[0], [found])[0]


def list_conflicts(
    connection: Connection,
    site: Site,
    kinds: Sequence[IdentifiableKind],
    page: PageRequest,
    *,
    only_differing: bool,
) -> list[Conflict]:
    """Return the identifiers of some kinds that several hold, one more than asked where there are more.

    Args:
        connection: An open connection.
        site: The plant.
        kinds: In the order in which they are listed.
        page: After a kind and a number of it.
        only_differing: Leave out those of which all hold the same content.
    """
    found: list[Conflict] = []
    after_kind, after = (None, 0) if page.after is None else (IdentifiableKind(page.after[0]), page.after[1])
    for kind in kinds[kinds.index(after_kind) if after_kind in kinds else 0 :]:
        query = _conflicts(site, kind).order_by(document.c.place).limit(page.limit + 1 - len(found))
        if kind is after_kind:
            query = query.where(document.c.place > after)
        if only_differing:
            other = document.alias("differing")
            query = query.where(
                select(other.c.id)
                .where(*has_key(other, document, site), other.c.deleted_at.is_(None))
                .where(other.c.digest != document.c.digest)
                .exists()
            )
        found += _described(connection, site, kind, connection.execute(query).all())
        if len(found) > page.limit:
            break
    return found


def _conflicts(site: Site, kind: IdentifiableKind) -> Select[Any]:
    """Select one of the objects that are kept back of each identifier: the one with the least number."""
    earlier = document.alias("earlier")
    also = and_(
        *has_key(earlier, document, site),
        earlier.c.deleted_at.is_(None),
        ~is_served_one(earlier),
        earlier.c.id < document.c.id,
    )
    return select(document.c.place, document.c.identifier, written_id(document).label("written")).where(
        document.c.site == site,
        document.c.kind == kind.value,
        document.c.is_served.is_(false()),
        ~select(earlier.c.id).where(also).exists(),
    )


def _described(
    connection: Connection, site: Site, kind: IdentifiableKind, rows: Sequence[Any]
) -> list[Conflict]:
    held: dict[str, list[Any]] = {row.identifier: [] for row in rows}
    decided: dict[str, ServedDecision] = {}
    for part in in_chunks(list(held)):
        for each in connection.execute(_held_objects(site, kind, part)):
            held[each.identifier].append(each)
        same = (served_decision.c.site == site, served_decision.c.kind == kind.value)
        wanted = select(served_decision).where(*same, served_decision.c.identifier.in_(part))
        for each in connection.execute(wanted):
            decided[each.identifier] = ServedDecision(
                party=party_of(each.holder),
                reason=each.reason,
                decided_at=each.decided_at,
                decided_by=each.decided_by,
            )
    return [
        Conflict(
            kind=kind,
            identifier=row.written,
            place=row.place,
            holders=held[row.identifier][0].holders,
            objects=[_held_object(each) for each in held[row.identifier]],
            decision=decided.get(row.identifier),
        )
        for row in rows
    ]


def _held_objects(site: Site, kind: IdentifiableKind, identifiers: Sequence[str]) -> Select[Any]:
    pin = id_prefix_pin.c
    is_of_holder = and_(pin.site == site, pin.holder == document.c.holder, begins_with_pin(document))
    longest = select(pin.prefix).where(is_of_holder).order_by(func.length(pin.prefix).desc()).limit(1)
    place = (document.c.is_served.desc(), document.c.held_since, document.c.id)
    ranked = (
        select(
            document.c.identifier,
            document.c.holder,
            document.c.held_since,
            document.c.updated_at,
            document.c.digest,
            document.c.is_served,
            longest.scalar_subquery().label("pinned_prefix"),
            func.row_number().over(partition_by=document.c.identifier, order_by=place).label("place"),
            func.count().over(partition_by=document.c.identifier).label("holders"),
        )
        .where(document.c.site == site, document.c.kind == kind.value, document.c.deleted_at.is_(None))
        .where(document.c.identifier.in_(identifiers))
        .subquery()
    )
    return (
        select(ranked).where(ranked.c.place <= OBJECTS_LISTED).order_by(ranked.c.identifier, ranked.c.place)
    )


def _held_object(row: Any) -> HeldObject:
    return HeldObject(
        party=party_of(row.holder),
        held_since=row.held_since,
        updated_at=row.updated_at,
        digest=row.digest,
        is_served=row.is_served,
        pinned_prefix=row.pinned_prefix,
    )
