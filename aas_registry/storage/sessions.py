"""Queries about the sessions of people who logged in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from aas_registry.domain.identifiers import SessionId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.storage.tables.login import login_session as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of a user.

    Attributes:
        id: Its number.
        account: The number of the user.
        last_seen_at: When it was used last, to the quarter of an hour.
        address: From where the user logged in.
        network: What that address is counted by.
        user_agent: What the browser calls itself, shortened.
    """

    id: SessionId
    account: int
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    address: str
    network: str
    user_agent: str

    def is_live(self, now: datetime) -> bool:
        """Return whether it is neither ended nor expired."""
        return self.ended_at is None and now < self.expires_at


_FIELDS = tuple(Session.__dataclass_fields__)
_COLUMNS = tuple(table.c[name] for name in _FIELDS)


def add_session(connection: Connection, site: Site, added: Session, *, sha256: str) -> None:
    """Store a session under the digest of the id that its cookie carries."""
    values = {name: getattr(added, name) for name in _FIELDS}
    connection.execute(insert(table).values(site=site, sha256=sha256, **values))


def find_session(connection: Connection, site: Site, sha256: str) -> Session | None:
    """Return the session whose id has this digest, live or not."""
    row = connection.execute(select(*_COLUMNS).where(table.c.site == site, table.c.sha256 == sha256)).first()
    return None if row is None else _session(row)


def list_sessions(
    connection: Connection, site: Site, account: int, page: PageRequest, *, now: datetime
) -> list[Session]:
    """Return a user's live sessions in the order of their ids; one more than asked tells of a next page."""
    wanted = select(*_COLUMNS).where(_live(site, account, now)).order_by(table.c.id).limit(page.limit + 1)
    if page.after is not None:
        wanted = wanted.where(table.c.id > page.after[0])
    return [_session(row) for row in connection.execute(wanted)]


def end_sessions(
    connection: Connection,
    site: Site,
    account: int,
    *,
    now: datetime,
    only: SessionId | None = None,
    but: SessionId | None = None,
) -> int:
    """End sessions of a user: all, one, or all but one; return how many were live.

    Those that have expired are ended, too: a clock that is set back revives them else.
    """
    rows = and_(table.c.site == site, table.c.account == account, table.c.ended_at.is_(None))
    if only is not None:
        rows = and_(rows, table.c.id == only)
    if but is not None:
        rows = and_(rows, table.c.id != but)
    ended = connection.execute(update(table).where(rows, table.c.expires_at > now).values(ended_at=now))
    connection.execute(update(table).where(rows).values(ended_at=now))
    return ended.rowcount


def see_session(connection: Connection, site: Site, session: SessionId, *, now: datetime) -> None:
    """Write down that a session was used."""
    row = (table.c.site == site) & (table.c.id == session)
    connection.execute(update(table).where(row).values(last_seen_at=now))


def keep_newest(connection: Connection, site: Site, account: int, count: int, *, now: datetime) -> None:
    """Remove a user's sessions but the newest ones; whoever uses another one is out.

    Where the clock was set back, those that seem to begin later are the oldest.
    """
    own = (table.c.site == site) & (table.c.account == account)
    order = (table.c.created_at <= now).desc(), table.c.created_at.desc(), table.c.id.desc()
    newest = select(table.c.id).where(own).order_by(*order).limit(count)
    connection.execute(delete(table).where(own, table.c.id.not_in(newest)))


def has_logged_in_from(
    connection: Connection, site: Site, account: int, network: str, *, since: datetime
) -> bool:
    """Return whether a user logged in from a network since a time."""
    wanted = select(table.c.id).where(
        table.c.site == site,
        table.c.account == account,
        table.c.network == network,
        table.c.created_at >= since,
    )
    return connection.execute(wanted.limit(1)).first() is not None


def _live(site: Site, account: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        table.c.site == site,
        table.c.account == account,
        table.c.ended_at.is_(None),
        table.c.expires_at > now,
    )


def _session(row: Row[Any]) -> Session:
    return Session(**dict(zip(_FIELDS, row, strict=True)))
