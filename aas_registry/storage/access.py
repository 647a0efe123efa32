"""Queries about tokens, users and the audit trail."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, insert, select, update

from aas_registry.domain.identifiers import PartyId, Site, matching_key
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, PrincipalKind, Role
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.prepared import prepared
from aas_registry.storage.tables.access import audit, token, user


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token as it is stored: never the secret itself."""

    site: Site
    id: int
    name: str
    role: Role
    party: PartyId | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def principal(self) -> Principal:
        """Return whom the token speaks for."""
        kind = PrincipalKind.TOKEN
        return Principal(
            name=self.name, role=self.role, site=self.site, party=self.party, kind=kind, number=self.id
        )

    def is_valid(self, now: datetime) -> bool:
        """Return whether the token is neither expired nor revoked."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class User:
    """A person who logs in with a password."""

    site: Site
    id: int
    name: str
    password_hash: str
    role: Role
    party: PartyId | None
    created_at: datetime
    expires_at: datetime | None
    disabled: bool

    @property
    def principal(self) -> Principal:
        """Return whom the user speaks for."""
        kind = PrincipalKind.USER
        return Principal(
            name=self.name, role=self.role, site=self.site, party=self.party, kind=kind, number=self.id
        )

    def is_valid(self, now: datetime) -> bool:
        """Return whether the user may log in at all."""
        return not self.disabled and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what when.

    Attributes:
        who: The name; together with ``kind`` and ``number`` it says who.
        kind: ``user``, ``token`` or ``local``; ``nobody`` where nobody was let in; empty in old entries.
        number: Which user or token.
    """

    id: int
    at: datetime
    who: str
    role: str
    party: PartyId | None
    what: str
    subject: str
    detail: str | None
    kind: str
    number: int | None


_TOKEN_COLUMNS = (
    token.c.site,
    token.c.id,
    token.c.name,
    token.c.role,
    token.c.party,
    token.c.created_at,
    token.c.expires_at,
    token.c.revoked_at,
)


def add_token(connection: Connection, allocator: IdAllocator, *, added: Token, sha256: str) -> Token:
    """Store a token's digest; the token's ``id`` is given here."""
    number = allocator.one(connection, added.site, "token")
    connection.execute(
        insert(token).values(
            site=added.site,
            id=number,
            sha256=sha256,
            name=added.name,
            role=added.role.value,
            party=added.party,
            created_at=added.created_at,
            expires_at=added.expires_at,
        )
    )
    return Token(
        added.site, number, added.name, added.role, added.party, added.created_at, added.expires_at, None
    )


def find_token(connection: Connection, sha256: str) -> Token | None:
    """Return the token whose secret has this digest, valid or not."""
    row = _of_digest(sha256).ask(connection).first()
    return None if row is None else _token(row)


@prepared
def _of_digest(sha256: str) -> Select[Any]:
    return select(*_TOKEN_COLUMNS).where(token.c.sha256 == sha256)


def list_tokens(connection: Connection, site: Site, page: PageRequest) -> list[Token]:
    """Return tokens in the order of their ids; one more than asked tells of a next page."""
    wanted = select(*_TOKEN_COLUMNS).where(token.c.site == site).order_by(token.c.id).limit(page.limit + 1)
    if page.after is not None:
        wanted = wanted.where(token.c.id > page.after[0])
    return [_token(row) for row in connection.execute(wanted)]


def revoke_token(connection: Connection, site: Site, number: int, *, now: datetime) -> bool:
    """Revoke a token; return whether there was one to revoke."""
    row = (token.c.site == site) & (token.c.id == number) & token.c.revoked_at.is_(None)
    return connection.execute(update(token).where(row).values(revoked_at=now)).rowcount == 1


def add_user(connection: Connection, allocator: IdAllocator, *, added: User) -> User:
    """Store a user whose name is free; the user's ``id`` is given here."""
    number = allocator.one(connection, added.site, "user")
    connection.execute(
        insert(user).values(
            site=added.site,
            id=number,
            name=added.name,
            name_key=matching_key(added.name),
            password_hash=added.password_hash,
            role=added.role.value,
            party=added.party,
            created_at=added.created_at,
            expires_at=added.expires_at,
            disabled=added.disabled,
        )
    )
    return replace(added, id=number)


def find_user(connection: Connection, site: Site, name: str) -> User | None:
    """Return the user of a site with this name."""
    return _first_user(connection, (user.c.site == site) & (user.c.name_key == matching_key(name)))


def find_user_by_number(
    connection: Connection, site: Site, number: int, *, held: bool = False
) -> User | None:
    """Return the user of a site with this number; ``held`` keeps it as it is until the transaction ends."""
    return _first_user(connection, (user.c.site == site) & (user.c.id == number), held=held)


def list_users(connection: Connection, site: Site, page: PageRequest) -> list[User]:
    """Return users in the order of their ids; one more than asked tells of a next page."""
    wanted = select(user).where(user.c.site == site).order_by(user.c.id).limit(page.limit + 1)
    if page.after is not None:
        wanted = wanted.where(user.c.id > page.after[0])
    return [_user(row) for row in connection.execute(wanted)]


def enable_user(connection: Connection, site: Site, number: int, *, is_enabled: bool) -> bool:
    """Lock a user out, or let it in again; return whether that changed anything."""
    row = (user.c.site == site) & (user.c.id == number) & (user.c.disabled == is_enabled)
    return connection.execute(update(user).where(row).values(disabled=not is_enabled)).rowcount == 1


def set_password_hash(connection: Connection, site: Site, number: int, password_hash: str) -> None:
    """Give a user another password."""
    row = (user.c.site == site) & (user.c.id == number)
    connection.execute(update(user).where(row).values(password_hash=password_hash))


def record_audit(
    connection: Connection,
    allocator: IdAllocator,
    principal: Principal,
    *,
    what: str,
    subject: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Append to the audit trail, in the transaction that does the thing."""
    row = {
        "site": principal.site,
        "id": allocator.one(connection, principal.site, "audit"),
        "at": now,
        "who": principal.name,
        "role": principal.role.value,
        "party": principal.party,
        "what": what,
        "subject": subject,
        "detail": detail,
        "kind": principal.kind.value,
        "number": principal.number,
    }
    connection.execute(insert(audit), row)


def record_refused_login(
    connection: Connection, allocator: IdAllocator, site: Site, *, name: str, address: str, now: datetime
) -> None:
    """Append to the audit trail that nobody was let in under a name."""
    row = {
        "site": site,
        "id": allocator.one(connection, site, "audit"),
        "at": now,
        "who": "nobody",
        "role": "",
        "what": "login failed",
        "subject": name,
        "detail": address,
        "kind": "nobody",
    }
    connection.execute(insert(audit), row)


def list_audit(connection: Connection, site: Site, page: PageRequest) -> list[AuditEntry]:
    """Return audit entries, newest first; one more than asked tells of a next page."""
    wanted = newest_first(select(audit).where(audit.c.site == site), page, at=audit.c.at, number=audit.c.id)
    return [AuditEntry(*row[1:]) for row in connection.execute(wanted)]


def newest_audited(connection: Connection, whats: Collection[str]) -> tuple[Site, str, str] | None:
    """Return site, what and subject of the newest audit entry of some kinds, of any site; None for none."""
    columns = (audit.c.site, audit.c.what, audit.c.subject)
    wanted = select(*columns).where(audit.c.what.in_(whats)).order_by(audit.c.at.desc(), audit.c.id.desc())
    row = connection.execute(wanted.limit(1)).first()
    return None if row is None else (Site(row.site), row.what, row.subject)


def _token(row: tuple[object, ...]) -> Token:
    site, number, name, role, *rest = row
    return Token(site, number, name, Role(role), *rest)  # type: ignore[arg-type]


def _first_user(connection: Connection, row: ColumnElement[bool], *, held: bool = False) -> User | None:
    wanted = select(user).where(row)
    found = connection.execute(wanted.with_for_update(read=True) if held else wanted).first()
    return None if found is None else _user(found)


def _user(row: tuple[object, ...]) -> User:
    site, number, name, _key, password_hash, role, *rest = row
    return User(site, number, name, password_hash, Role(role), *rest)  # type: ignore[arg-type]
