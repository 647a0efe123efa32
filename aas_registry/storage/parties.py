"""Queries about parties and the CAs pinned for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from aas_registry.domain.identifiers import AnchorId, PartyId, Site, matching_key, written_key
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import exact_spelling
from aas_registry.storage.prefixes import fits
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.parties import anchor, party


@dataclass(frozen=True, slots=True)
class Party:
    """A company that plays a part: supplier, manufacturer, customer."""

    id: PartyId
    code: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorToPin:
    """A CA certificate that is to be trusted for what a party signs, or for time-stamps.

    Attributes:
        party: Whose signatures lead to it; None for time-stamps.
        purpose: ``signer`` or ``timestamp``.
        certificate: DER.
        subject_rule: RFC 4514 subject that a signer must carry; None for any.
        revocation_list: The newest CRL (DER); None before there is one.
    """

    party: PartyId | None
    purpose: str
    certificate: bytes
    sha256: str
    subject_rule: str | None
    revocation_list: bytes | None = None
    pinned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor(AnchorToPin):
    """One that is pinned, or was until it was withdrawn."""

    id: AnchorId
    withdrawn_at: datetime | None = None


_ANCHOR_COLUMNS = [anchor.c[name] for name in Anchor.__dataclass_fields__]


def add_party(
    connection: Connection, allocator: IdAllocator, site: Site, *, code: str, name: str, now: datetime
) -> Party:
    """Store a party; the caller made sure that its code is free.

    A party is an item with the aliases that events may call it by. One that events named
    before it was on record keeps the id that they gave it.
    """
    keys = dict.fromkeys([matching_key(code), matching_key(name)])
    known = {key: _item_called(connection, site, key) for key in keys}
    called = [each for each in known.values() if each is not None]
    parties = parties_by_id(connection, site, [PartyId(each) for each in called])
    # Two companies may have one name: what a party is called already stays that party's.
    number = next((each for each in called if each not in parties), None)
    added = Party(
        PartyId(allocator.one(connection, site, "item") if number is None else number), code, name, now
    )
    connection.execute(
        insert(party).values(
            site=site,
            id=added.id,
            code=code,
            code_key=matching_key(code),
            name=name,
            name_key=matching_key(name),
            created_at=now,
        )
    )
    values = {matching_key(name): name, matching_key(code): code}
    rows = [
        {"site": site, "scheme": "party", "value_key": key, "issuer_key": "", "item": added.id, "issuer": ""}
        | {"value": values[key], "kind": "party", "recorded_at": now}
        for key, item in known.items()
        if item is None
    ]
    if rows:
        connection.execute(insert(alias), rows)
    return added


def _item_called(connection: Connection, site: Site, key: str) -> int | None:
    found: int | None = connection.execute(
        select(alias.c.item).filter_by(site=site, scheme="party", value_key=key, issuer_key="")
    ).scalar()
    return found


def find_party(connection: Connection, site: Site, code_or_name: str) -> Party | None:
    """Return the party with this code, or else the oldest with this name."""
    found = find_parties(connection, site, [code_or_name])
    return found[0] if found else None


def find_parties(connection: Connection, site: Site, codes_or_names: Iterable[str]) -> list[Party]:
    """Return, for each of some codes or names, what `find_party` does; a party once."""
    keys = {each: matching_key(each) for each in codes_or_names}
    rows: dict[str, list[Any]] = {}
    for some in in_chunks(list(dict.fromkeys(keys.values()))):
        of_code, of_name = party.c.code_key.in_(some), party.c.name_key.in_(some)
        wanted = select(party).where(party.c.site == site, or_(of_code, of_name)).order_by(party.c.id)
        for row in connection.execute(wanted):
            for key in {row.code_key, row.name_key}:
                rows.setdefault(key, []).append(row)
    found: dict[PartyId, Party] = {}
    for text, key in keys.items():
        ranked = [(rank, row) for row in rows.get(key, ()) if (rank := _rank(row, text, key)) is not None]
        if ranked:
            _, row = min(ranked, key=lambda each: (each[0], each[1].id))
            found[row.id] = Party(row.id, row.code, row.name, row.created_at)
    return list(found.values())


def _rank(row: Any, text: str, key: str) -> int | None:
    """Return how well a party is called by a text, 0 best; None where it is not."""
    if row.kept_apart and row.kept_apart == exact_spelling(text):
        return 0
    if row.code_key == key and not row.kept_apart:
        return 1
    if row.name_key == key:
        return 2 if written_key(row.name) == written_key(text) else 3
    return None


def parties_by_id(connection: Connection, site: Site, ids: Sequence[PartyId]) -> dict[PartyId, Party]:
    """Return parties by their ids; an unknown id is left out."""
    wanted = select(party).where(party.c.site == site, party.c.id.in_(ids))
    return {row.id: Party(row.id, row.code, row.name, row.created_at) for row in connection.execute(wanted)}


def parties_called(
    connection: Connection, scope: Scope, text: str, *, by_prefix: bool, limit: int
) -> list[int]:
    """Return the parties with a code or name, or with one that begins so, as far as the scope sees them.

    They are items: events name parties that nobody put on record. A supplier sees itself, and a
    customer's auditor the customer; that there are others neither may learn.
    """
    key = matching_key(text)
    of_scope = scope.party if scope.party is not None else scope.customer
    found: set[int] = set()
    for number, column, of_parties in (
        (party.c.id, party.c.code_key, party.c.site == scope.site),
        (party.c.id, party.c.name_key, party.c.site == scope.site),
        (alias.c.item, alias.c.value_key, and_(alias.c.site == scope.site, alias.c.kind == "party")),
    ):
        query = select(number).where(of_parties, fits(column, key, by_prefix=by_prefix))
        if of_scope is not None:
            query = query.where(number == of_scope)
        found |= set(connection.execute(query.order_by(column, number).limit(limit)).scalars())
    return sorted(found)[:limit]


def list_parties(connection: Connection, site: Site, page: PageRequest) -> list[Party]:
    """Return parties in the order of their ids; one more than asked tells of a next page."""
    wanted = select(party).where(party.c.site == site).order_by(party.c.id).limit(page.limit + 1)
    if page.after is not None:
        wanted = wanted.where(party.c.id > page.after[0])
    return [Party(row.id, row.code, row.name, row.created_at) for row in connection.execute(wanted)]


def add_anchor(connection: Connection, allocator: IdAllocator, site: Site, added: AnchorToPin) -> Anchor:
    """Pin an anchor; its ``id`` is given here."""
    values = {name: getattr(added, name) for name in AnchorToPin.__dataclass_fields__}
    pinned = Anchor(id=AnchorId(allocator.one(connection, site, "anchor")), **values)
    connection.execute(insert(anchor).values(site=site, id=pinned.id, **values))
    return pinned


def list_anchors(connection: Connection, site: Site) -> list[Anchor]:
    """Return every anchor of a site, withdrawn ones too, oldest first."""
    wanted = select(*_ANCHOR_COLUMNS).where(anchor.c.site == site).order_by(anchor.c.id)
    return [Anchor(**row) for row in connection.execute(wanted).mappings()]


def withdraw_anchor(connection: Connection, site: Site, number: AnchorId, *, now: datetime) -> bool:
    """Stop trusting an anchor from now on; return whether there was one to withdraw."""
    row = (anchor.c.site == site) & (anchor.c.id == number) & anchor.c.withdrawn_at.is_(None)
    return connection.execute(update(anchor).where(row).values(withdrawn_at=now)).rowcount == 1


def set_revocation_list(connection: Connection, site: Site, number: AnchorId, revocation_list: bytes) -> bool:
    """Keep an anchor's newest CRL (DER); return whether the anchor exists."""
    row = (anchor.c.site == site) & (anchor.c.id == number)
    return connection.execute(update(anchor).where(row).values(revocation_list=revocation_list)).rowcount == 1
