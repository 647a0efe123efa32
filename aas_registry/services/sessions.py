"""Sessions of people who logged in: found with each request, listed, ended.

A session is a row; the cookie carries an id of 256 random bits, whose digest the row has. So ending
the row ends every copy of the cookie, with the next request that any worker answers.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError, UnavailableError
from aas_registry.domain.identifiers import SessionId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, PrincipalKind
from aas_registry.services import audit
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import access as access_table
from aas_registry.storage import sessions as session_table
from aas_registry.storage.access import User
from aas_registry.storage.database import Connection
from aas_registry.storage.sessions import Session
from aas_registry.trust.secrets import token_digest

_SEEN_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Whose session a cookie speaks of, and which one."""

    principal: Principal
    session: SessionId


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list."""

    id: str
    session: Session

    def as_json(self) -> dict[str, object]:
        """Return it as the API and the command line tell of it; times are still times."""
        return {
            "id": self.id,
            "createdAt": self.session.created_at,
            "lastSeenAt": self.session.last_seen_at,
            "expiresAt": self.session.expires_at,
            "address": self.session.address,
            "userAgent": self.session.user_agent,
        }


def find_session(registry: Registry, text: str) -> LiveSession | None:
    """Return whose session a cookie's id is of; None where it ended, or its user may not log in."""
    site = Site(registry.settings.site)
    with registry.read() as connection:
        now = registry.clock_reading(connection, site).relied_on
        found = session_table.find_session(connection, site, token_digest(text))
        if found is None or not found.is_live(now):
            return None
        owner = access_table.find_user_by_number(connection, site, found.account)
    if owner is None or not owner.is_valid(now):
        return None
    if now - found.last_seen_at >= _SEEN_EVERY:
        with suppress(UnavailableError), registry.write_aside(waits=False) as connection:
            session_table.see_session(connection, site, found.id, now=now)
    return LiveSession(owner.principal, found.id)


def log_out(registry: Registry, live: LiveSession) -> None:
    """End the session that asks."""
    account = live.principal.number
    assert account is not None  # sessions are of users
    with registry.write_aside() as connection:
        session_table.end_sessions(
            connection, live.principal.site, account, now=registry.clock(), only=live.session
        )


def list_sessions(
    registry: Registry, principal: Principal, page: PageRequest, *, of: str | None = None
) -> list[SessionRow]:
    """Return live sessions, oldest first, one more than asked where there is a next page.

    Args:
        registry: The running parts.
        principal: Who asks; where nobody is named, a user who asks for the own ones.
        page: Which of them.
        of: Name of a user.

    Raises:
        NotFoundError: No such user; or a token asks for its own.
    """
    with registry.read() as connection:
        account = known_user(connection, principal, of).id
        now = registry.clock_reading(connection, principal.site).relied_on
        found = session_table.list_sessions(connection, principal.site, account, page, now=now)
    return [SessionRow(to_public(registry, principal.site, Noun.SESSION, each.id), each) for each in found]


def end_session(registry: Registry, principal: Principal, session: str, *, of: str | None = None) -> None:
    """End one session of a user, or of the user who asks.

    Raises:
        NotFoundError: No such user, or no such live session of that user.
    """
    number = SessionId(to_internal(registry, principal.site, Noun.SESSION, session))
    with registry.write(principal.site, even_after_jump=True) as connection:
        owner = known_user(connection, principal, of)
        if not session_table.end_sessions(
            connection, principal.site, owner.id, now=registry.clock(), only=number
        ):
            raise not_found(Noun.SESSION)
        audit.record(registry, connection, principal, "session ended", owner.name)


def end_sessions(
    registry: Registry, principal: Principal, *, of: str | None = None, but: SessionId | None = None
) -> int:
    """End every session of a user, or of the user who asks, but one; return how many.

    Raises:
        NotFoundError: No such user.
    """
    with registry.write(principal.site, even_after_jump=True) as connection:
        owner = known_user(connection, principal, of)
        return end_all(registry, connection, principal, owner, but=but)


def end_all(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    owner: User,
    *,
    but: SessionId | None = None,
) -> int:
    """End every live session of a user but one, within a transaction; return how many."""
    now = registry.clock()
    count = session_table.end_sessions(connection, principal.site, owner.id, now=now, but=but)
    if count:
        audit.record(registry, connection, principal, "sessions ended", owner.name, str(count))
    return count


def known_user(connection: Connection, principal: Principal, name: str | None) -> User:
    """Return the user with a name, or the user who asks.

    Raises:
        NotFoundError: No such user (``USER-UNKNOWN``); or none is named and a token asks (``ACCOUNT-NONE``).
    """
    code, found = Code.ACCOUNT_NONE, None
    if name is not None:
        code = Code.USER_UNKNOWN
        found = None if "\0" in name else access_table.find_user(connection, principal.site, name)
    elif principal.kind is PrincipalKind.USER and principal.number is not None:
        found = access_table.find_user_by_number(connection, principal.site, principal.number)
    if found is None:
        raise NotFoundError(code.meaning, code=code)
    return found
