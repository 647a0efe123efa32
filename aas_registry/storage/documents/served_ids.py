"""Which object with an identifier is served, where several parties hold one; pins and decisions.

An identifier is held per party, and a party is served its own. Whoever acts for no party is
served one object per identifier, of those that are not deleted: the one whose holder was
decided for that very identifier; else the one whose holder has the longest pinned prefix of it;
else the one that has been held longest. `document.is_served` says which; it is settled in the
transaction of every write, pin and decision that may change it, and `served_since` keeps what
was served before. Its place in lists stays the same whichever is served, so that a walk through
pages meets each identifier once.

Nothing here tells a party of another: the statements that add an object are the same whether
anybody else holds its identifier or not.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.storage.column_types import Instant
from aas_registry.storage.holders import NOBODY, holder_of, party_of
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.rows import given, given_later, given_values, in_chunks, upsert
from aas_registry.storage.tables.documents import (
    document,
    id_prefix_pin,
    served_decision,
    served_since,
)

Key = tuple[IdentifiableKind, str]
"""What an identifier is known by: the kind, and the identifier's index key."""

_NO_KEY: Key = (IdentifiableKind.SHELL, "")  # no identifier is empty
_TELL_SERVED = (
    update(document)
    .where(document.c.site == bindparam("at"), document.c.id == bindparam("number"))
    .values(is_served=bindparam("served"), place=bindparam("least"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A prefix of identifiers that are one holder's; no party is the plant."""

    prefix: str
    party: PartyId | None
    pinned_at: datetime
    pinned_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDecision:
    """Whose object with one identifier is served; no party is the plant."""

    party: PartyId | None
    reason: str
    decided_at: datetime
    decided_by: str


def key_of(kind: IdentifiableKind, identifier: str) -> Key:
    """Return what an identifier is known by."""
    return kind, index_key(identifier)


def find_places(
    connection: Connection, site: Site, keys: Sequence[Key], *, party: PartyId | None
) -> dict[Key, int]:
    """Return the place in lists of identifiers that others than a party, or the plant, hold or held."""
    found: dict[Key, int] = {}
    for part in in_chunks(keys):
        asked = _asked(connection, site, part) | {"asked_holder": holder_of(party)}
        rows = connection.execute(_settling(connection.dialect.name).others, asked)
        found.update(((IdentifiableKind(row[0]), row[1]), row[2]) for row in rows if row[2] is not None)
    return found


def settle_new(
    connection: Connection, site: Site, keys: Sequence[Key], contested: Container[Key], *, now: datetime
) -> None:
    """Mark what is served of identifiers under which objects have just been added.

    Args:
        connection: The writing transaction.
        site: The plant.
        keys: All of them.
        contested: Those that others hold, or held.
        now: When they were added.
    """
    for part in in_chunks(keys):
        _settle(connection, site, [each for each in part if each in contested] or [_NO_KEY], now=now)


def settle(connection: Connection, site: Site, keys: Sequence[Key], *, now: datetime) -> None:
    """Mark what is served of some identifiers, whatever has changed."""
    for part in in_chunks(keys):
        _settle(connection, site, part, now=now)


def _settle(connection: Connection, site: Site, keys: Sequence[Key], *, now: datetime) -> None:
    statements, asked = _settling(connection.dialect.name), _asked(connection, site, keys)
    found = connection.execute(statements.served, asked).all()
    told = [
        {"at": site, "number": number, "served": is_served, "least": least}
        for first_id, last_id, least in found
        if first_id != last_id  # a row is not written once more as it stands
        for number, is_served in ((last_id, False), (first_id, True))
        if number is not None
    ]
    nothing = {"at": site, "number": NOBODY, "served": None, "least": NOBODY}
    connection.execute(_TELL_SERVED, told or [nothing])
    connection.execute(statements.note, asked | {"now": now})


def _asked(connection: Connection, site: Site, keys: Sequence[Key]) -> dict[str, Any]:
    kinds, identifiers = [kind.value for kind, _ in keys], [identifier for _, identifier in keys]
    return {"asked_site": site, **given_values(connection, kind=kinds, identifier=identifiers)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settling:
    """The statements of `_settle`; to build them takes longer than what they do.

    Attributes:
        others: The least number under which another holder than one has each identifier asked about.
        served: What is to be served of each, what is marked as served so far, and the least number.
        note: Keeps what is served from now on of those that several have held, where it is another.
    """

    others: Select[Any]
    served: Select[Any]
    note: Executable


@lru_cache(maxsize=2)
def _settling(dialect: str) -> _Settling:
    wanted = given_later(dialect, kind=str, identifier=str)
    site: ColumnElement[str] = bindparam("asked_site", type_=document.c.site.type)
    held, every = document.alias("held"), document.alias("every")
    last = select(held.c.id).where(*has_key(held, wanted, site), is_served_one(held)).limit(1)
    # Of the bare column SQLite would look for the least from the first row of the plant on.
    place = select(func.min(every.c.id + 0)).where(*has_key(every, wanted, site))
    is_others = every.c.holder != bindparam("asked_holder", type_=document.c.holder.type)
    return _Settling(
        others=select(wanted.c.kind, wanted.c.identifier, place.where(is_others).scalar_subquery()),
        served=select(_first_of(wanted, site), last.scalar_subquery(), place.scalar_subquery()).select_from(
            wanted
        ),
        note=_note_served(dialect, wanted, site),
    )


def _note_served(dialect: str, wanted: FromClause, site: ColumnElement[str]) -> Executable:
    held, other = document.alias("held"), document.alias("other")
    is_shared = select(other.c.id).where(*has_key(other, held, site), other.c.id != held.c.id).exists()
    served = select(held.c.id).where(*has_key(held, wanted, site), is_served_one(held), is_shared)
    same = (served_since.c.kind == wanted.c.kind, served_since.c.identifier == wanted.c.identifier)
    last = select(served_since.c.document).where(served_since.c.site == site, *same)
    last = last.order_by(served_since.c.since.desc()).limit(1)
    noted = select(
        wanted.c.kind,
        wanted.c.identifier,
        served.scalar_subquery().label("served"),
        last.scalar_subquery().label("last"),
    ).subquery("noted")
    rows = select(
        site.label("site"),
        noted.c.kind,
        noted.c.identifier,
        bindparam("now", type_=Instant).label("since"),
        noted.c.served,
    ).where(noted.c.served.is_not(None), or_(noted.c.last.is_(None), noted.c.last != noted.c.served))
    statement = upsert(dialect, served_since).from_select(list(served_since.c.keys()), rows)
    # Within one instant the last one counts.
    return statement.on_conflict_do_update(
        index_elements=["site", "kind", "identifier", "since"],
        set_={"document": statement.excluded.document},
    )


def served_then(
    site: Site, kind: IdentifiableKind, identifier: str, *, at: datetime | None
) -> ScalarSelect[int]:
    """Select the number of the object that was served at a time, or last, where several have held one."""
    query = select(served_since.c.document).filter_by(
        site=site, kind=kind.value, identifier=index_key(identifier)
    )
    if at is not None:
        query = query.where(served_since.c.since <= at)
    return query.order_by(served_since.c.since.desc()).limit(1).scalar_subquery()


def add_pin(connection: Connection, site: Site, pin: Pin) -> bool:
    """Store a pin; return whether its prefix was free. The caller settles what it changes."""
    key = {"site": site, "prefix": pin.prefix}
    if connection.execute(select(id_prefix_pin.c.holder).filter_by(**key)).first() is not None:
        return False
    row = {"holder": holder_of(pin.party), "pinned_at": pin.pinned_at, "pinned_by": pin.pinned_by}
    connection.execute(insert(id_prefix_pin).values(key | row))
    return True


def remove_pin(connection: Connection, site: Site, prefix: str) -> bool:
    """Remove a pin; return whether there was one. The caller settles what it changes."""
    same = (id_prefix_pin.c.site == site, id_prefix_pin.c.prefix == prefix)
    return connection.execute(delete(id_prefix_pin).where(*same)).rowcount == 1


def list_pins(connection: Connection, site: Site, page: PageRequest) -> list[Pin]:
    """Return pins in the order of their prefixes, one more than asked where there is a next page."""
    query = select(id_prefix_pin).where(id_prefix_pin.c.site == site)
    if page.after is not None:
        query = query.where(id_prefix_pin.c.prefix > page.after[0])
    rows = connection.execute(query.order_by(id_prefix_pin.c.prefix).limit(page.limit + 1))
    return [
        Pin(
            prefix=row.prefix,
            party=party_of(row.holder),
            pinned_at=row.pinned_at,
            pinned_by=row.pinned_by,
        )
        for row in rows
    ]


def settle_prefix(connection: Connection, site: Site, prefix: str, *, now: datetime) -> None:
    """Mark what is served of the identifiers that begin with a prefix: its pin came or went."""
    query = select(document.c.kind, document.c.identifier).where(
        document.c.site == site,
        document.c.kind.in_([each.value for each in IdentifiableKind]),
        document.c.is_served.is_(false()),
        func.substr(written_id(document), 1, len(prefix)) == prefix,
    )
    keys = [(IdentifiableKind(row[0]), row[1]) for row in connection.execute(query.distinct())]
    settle(connection, site, keys, now=now)


def set_decision(connection: Connection, site: Site, key: Key, decision: ServedDecision) -> None:
    """Keep whose object with an identifier is served, in place of what was decided before; settle it."""
    values = {
        "holder": holder_of(decision.party),
        "reason": decision.reason,
        "decided_at": decision.decided_at,
        "decided_by": decision.decided_by,
    }
    row = {"site": site, "kind": key[0].value, "identifier": key[1], **values}
    statement = upsert(connection.dialect.name, served_decision).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["site", "kind", "identifier"], set_=values)
    )
    settle(connection, site, [key], now=decision.decided_at)


def _first_of(of: FromClause, site: ColumnElement[str]) -> ScalarSelect[int]:
    """Select the number of the object that is to be served, for the kind and identifier of a row."""
    candidate, pin, decision = document.alias("candidate"), id_prefix_pin.c, served_decision.c
    is_decided = and_(
        decision.site == site,
        decision.kind == candidate.c.kind,
        decision.identifier == candidate.c.identifier,
        decision.holder == candidate.c.holder,
    )
    is_pinned = and_(pin.site == site, pin.holder == candidate.c.holder, begins_with_pin(candidate))
    pinned = select(func.max(func.length(pin.prefix))).where(is_pinned).scalar_subquery()
    return (
        select(candidate.c.id)
        .where(*has_key(candidate, of, site), candidate.c.deleted_at.is_(None))
        .order_by(
            case((select(decision.holder).where(is_decided).exists(), 0), else_=1),
            func.coalesce(pinned, 0).desc(),
            candidate.c.held_since,
            candidate.c.id,
        )
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )


def is_served_one(rows: FromClause) -> ColumnElement[bool]:
    """Return whether an object that is found by its id is served.

    It is said so that no planner takes the index of lists for the search.
    """
    return func.coalesce(rows.c.is_served, false()).is_(true())


def begins_with_pin(rows: FromClause) -> ColumnElement[bool]:
    """Return whether the id of a document begins with the prefix of a pin."""
    prefix = id_prefix_pin.c.prefix
    return func.substr(written_id(rows), 1, func.length(prefix)) == prefix


def written_id(rows: FromClause) -> ColumnElement[str]:
    """Return the id of a document as it is written, however long it is."""
    return func.coalesce(rows.c.long_identifier, rows.c.identifier)


def rows_of(connection: Connection, keys: Sequence[Key]) -> FromClause:
    """Return some keys, not none, as the rows of a table to look documents up from."""
    return given(
        connection,
        kind=[kind.value for kind, _ in keys],
        identifier=[identifier for _, identifier in keys],
    )


def has_key(
    rows: FromClause, of: FromClause, site: Site | ColumnElement[str]
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a document is of a site, and has the key of a row.

    A planner without statistics holds a kind for as rare as an identifier: the kind is compared so
    that only the index that begins with the identifier fits.
    """
    kind = func.coalesce(rows.c.kind, "") == of.c.kind
    return rows.c.site == site, rows.c.identifier == of.c.identifier, kind
