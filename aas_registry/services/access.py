"""Tokens and users: made, listed, locked out, given another password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError, UnauthenticatedError
from aas_registry.domain.findings import error
from aas_registry.domain.identifiers import PartyId, SessionId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role, reads_as_no_user
from aas_registry.services import audit, login, sessions
from aas_registry.services.parties import known_party
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import access as access_table
from aas_registry.storage import parties as party_table
from aas_registry.storage.access import Token, User
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.trust.secrets import hash_password, is_fit, new_token, token_digest

_NEEDS_PARTY = {Role.SUPPLIER, Role.CUSTOMER_AUDITOR}


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token just made; ``text`` is shown this once."""

    id: str
    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in the list: all but the secret."""

    id: str
    number: int
    token: Token
    party_code: str | None

    def as_json(self) -> dict[str, object]:
        """Return it as the API and the command line tell of it; times are still times."""
        return {
            "id": self.id,
            "name": self.token.name,
            "role": self.token.role.value,
            "party": self.party_code,
            "createdAt": self.token.created_at,
            "expiresAt": self.token.expires_at,
            "revokedAt": self.token.revoked_at,
        }


def local_administrator(registry: Registry) -> Principal:
    """Return the principal of someone who can open the database itself."""
    return Principal(name="local", role=Role.ADMINISTRATOR, site=Site(registry.settings.site))


def token_key(text: str) -> str:
    """Return the digest under which a token is stored."""
    return token_digest(text)


def authenticate_token(registry: Registry, key: str) -> Principal:
    """Return whom a token speaks for.

    Raises:
        UnauthenticatedError: Not known, expired or revoked: the three are not told apart.
    """
    with registry.read() as connection:
        found = access_table.find_token(connection, key)
        is_valid = found is not None and found.is_valid(
            registry.clock_reading(connection, found.principal.site).relied_on
        )
    if found is None or not is_valid:
        raise UnauthenticatedError(Code.TOKEN_INVALID.meaning, code=Code.TOKEN_INVALID)
    return found.principal


def issue_token(
    registry: Registry,
    principal: Principal,
    *,
    name: str,
    role: Role,
    party: str | None = None,
    days: int | None = None,
) -> IssuedToken:
    """Make a token.

    Args:
        registry: The running parts.
        principal: Who makes it.
        name: What it is for, as the audit trail shows it.
        role: What it may do.
        party: Code or name of the supplier or customer it acts for.
        days: Its life; None for the setting ``token_days``.

    Raises:
        InvalidRequestError: The role needs a party, or takes none.
        NotFoundError: The party is not on record.
    """
    made = new_token()
    life = timedelta(days=registry.settings.token_days if days is None else days)
    with registry.write(principal.site) as connection:
        acting_for, now = _party_of(connection, principal.site, role, party), recording_time(connection)
        expires = registry.clock_reading(connection, principal.site).relied_on + life
        added = access_table.add_token(
            connection,
            registry.allocator,
            added=Token(principal.site, 0, name, role, acting_for, now, expires, None),
            sha256=made.sha256,
        )
        public = to_public(registry, principal.site, Noun.TOKEN, added.id)
        audit.record(registry, connection, principal, "token issued", public, f"{name} ({role})")
    return IssuedToken(public, made.text, added.expires_at)


def list_tokens(registry: Registry, principal: Principal, page: PageRequest) -> list[TokenRow]:
    """Return tokens, oldest first, one more than asked where there is a next page."""
    with registry.read() as connection:
        found = access_table.list_tokens(connection, principal.site, page)
        codes = _party_codes(connection, principal.site, [each.party for each in found])
    return [
        TokenRow(
            to_public(registry, principal.site, Noun.TOKEN, each.id), each.id, each, codes.get(each.party)
        )
        for each in found
    ]


def revoke_token(registry: Registry, principal: Principal, token: str) -> None:
    """Revoke a token; every worker refuses it within the setting ``token_cache_s``.

    Raises:
        NotFoundError: No such token, or it was revoked before.
    """
    number = to_internal(registry, principal.site, Noun.TOKEN, token)
    with registry.write(principal.site, even_after_jump=True) as connection:
        if not access_table.revoke_token(connection, principal.site, number, now=recording_time(connection)):
            raise not_found(Noun.TOKEN)
        audit.record(registry, connection, principal, "token revoked", token)


def add_user(
    registry: Registry,
    principal: Principal,
    *,
    name: str,
    password: str,
    role: Role,
    party: str | None = None,
    days: int | None = None,
) -> None:
    """Make a user who logs in with a password.

    Raises:
        ConflictError: The name is taken.
        InvalidRequestError: The password is too short or too long, the name reads as no user's, or the
            role needs a party or takes none.
        NotFoundError: The party is not on record.
    """
    if reads_as_no_user(name):
        raise InvalidRequestError(Code.USER_NAME_UNFIT.meaning, code=Code.USER_NAME_UNFIT)
    hashed = _hash_fit(password)
    with registry.write(principal.site) as connection:
        if access_table.find_user(connection, principal.site, name) is not None:
            raise ConflictError(Code.USER_EXISTS.meaning, code=Code.USER_EXISTS)
        acting_for, now = _party_of(connection, principal.site, role, party), recording_time(connection)
        expires = (
            None
            if days is None
            else registry.clock_reading(connection, principal.site).relied_on + timedelta(days=days)
        )
        access_table.add_user(
            connection,
            registry.allocator,
            added=User(principal.site, 0, name, hashed, role, acting_for, now, expires, disabled=False),
        )
        audit.record(registry, connection, principal, "user added", name, role.value)


def list_users(registry: Registry, principal: Principal, page: PageRequest) -> list[tuple[User, str | None]]:
    """Return users and the codes of their parties, oldest first, one more than asked."""
    with registry.read() as connection:
        found = access_table.list_users(connection, principal.site, page)
        codes = _party_codes(connection, principal.site, [each.party for each in found])
    return [(each, codes.get(each.party)) for each in found]


def get_user(registry: Registry, principal: Principal, name: str) -> tuple[User, str | None]:
    """Return a user, and the code of the party.

    Raises:
        NotFoundError: No such user.
    """
    with registry.read() as connection:
        found = sessions.known_user(connection, principal, name)
        return found, _party_codes(connection, principal.site, [found.party]).get(found.party)


def disable_user(registry: Registry, principal: Principal, name: str) -> None:
    """Lock a user out: every session ends at once.

    Raises:
        NotFoundError: No such user, or locked out before.
        ConflictError: It is who asks (``USER-IS-YOU``): nobody shuts the door from inside.
    """
    _enable(registry, principal, name, is_enabled=False)


def enable_user(registry: Registry, principal: Principal, name: str) -> None:
    """Let a user in again who was locked out; sessions that ended stay so.

    Raises:
        NotFoundError: No such user, or not locked out.
    """
    _enable(registry, principal, name, is_enabled=True)


def reset_password(registry: Registry, principal: Principal, *, name: str, password: str) -> None:
    """Give a user another password, as an administrator; every session of the user ends.

    Raises:
        NotFoundError: No such user.
        InvalidRequestError: The password is too short or too long.
    """
    hashed = _hash_fit(password)
    with registry.write(principal.site) as connection:
        owner = sessions.known_user(connection, principal, name)
        access_table.set_password_hash(connection, principal.site, owner.id, hashed)
        audit.record(registry, connection, principal, "password reset", owner.name)
        sessions.end_all(registry, connection, principal, owner)


def change_password(
    registry: Registry, principal: Principal, *, old: str, new: str, session: SessionId | None
) -> None:
    """Give the user who asks another password; every session but the one that asks ends.

    Raises:
        NotFoundError: A token asks (``ACCOUNT-NONE``).
        InvalidRequestError: The old password is wrong, or the new one too short or too long.
        RateLimitedError: The old password was wrong too often of late.
        UnavailableError: Too many passwords are being checked at this moment.
    """
    hashed = _hash_fit(new)
    with registry.read() as connection:
        owner = sessions.known_user(connection, principal, None)
    login.check_password(registry, owner, old)
    with registry.write(principal.site) as connection:
        access_table.set_password_hash(connection, principal.site, owner.id, hashed)
        audit.record(registry, connection, principal, "password changed", owner.name)
        sessions.end_all(registry, connection, principal, owner, but=session)


def _enable(registry: Registry, principal: Principal, name: str, *, is_enabled: bool) -> None:
    with registry.write(principal.site) as connection:
        owner = sessions.known_user(connection, principal, name)
        if not is_enabled and principal.is_user(owner.id):
            raise ConflictError(Code.USER_IS_YOU.meaning, code=Code.USER_IS_YOU)
        if not access_table.enable_user(connection, principal.site, owner.id, is_enabled=is_enabled):
            code = Code.USER_UNKNOWN
            raise NotFoundError(code.meaning, code=code, findings=[error(code, code.meaning, path="name")])
        audit.record(
            registry, connection, principal, f"user {'enabled' if is_enabled else 'disabled'}", owner.name
        )
        if not is_enabled:
            sessions.end_all(registry, connection, principal, owner)


def _hash_fit(password: str) -> str:
    if not is_fit(password):
        raise InvalidRequestError(Code.PASSWORD_UNFIT.meaning, code=Code.PASSWORD_UNFIT)
    return hash_password(password)


def _party_of(connection: Connection, site: Site, role: Role, party: str | None) -> PartyId | None:
    if role not in _NEEDS_PARTY:
        if party is not None:
            raise InvalidRequestError(Code.ROLE_WITHOUT_PARTY.meaning, code=Code.ROLE_WITHOUT_PARTY)
        return None
    if party is None:
        raise InvalidRequestError(Code.ROLE_NEEDS_PARTY.meaning, code=Code.ROLE_NEEDS_PARTY)
    return known_party(connection, site, party).id


def _party_codes(
    connection: Connection, site: Site, parties: Sequence[PartyId | None]
) -> dict[PartyId | None, str]:
    known = party_table.parties_by_id(connection, site, [each for each in parties if each is not None])
    return {number: each.code for number, each in known.items()}
