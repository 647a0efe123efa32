"""Logging in with a password, and how often that may fail.

Failures are counted in the database, so for all workers together: by the account's key and by the
address. Whoever logged in to an account before, by the device's signed cookie or by the address of
a session on record, is counted apart: strangers who guess cannot shut the owner out.

A name that nobody has is treated as one that somebody has, in every step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog

from aas_registry.domain.client_address import network_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    InvalidRequestError,
    RateLimitedError,
    UnauthenticatedError,
)
from aas_registry.domain.identifiers import SessionId, Site, matching_key
from aas_registry.domain.places import Claimant
from aas_registry.domain.principals import Principal
from aas_registry.services.registry import Registry
from aas_registry.storage import access as access_table
from aas_registry.storage import sessions as session_table
from aas_registry.storage import throttle
from aas_registry.storage.access import User
from aas_registry.storage.database import Connection
from aas_registry.storage.sessions import Session
from aas_registry.storage.throttle import Bucket
from aas_registry.trust.secrets import bucket_name, new_device_id, new_session_id

_NAME_CHARS = 255
_LOGGED_CHARS = 100
_AGENT_CHARS = 200
_DEVICE_ACCOUNTS = 10
_AUDITED_PER_MINUTE = 60
_log = structlog.get_logger("aas_registry.login")


@dataclass(frozen=True, slots=True)
class Device:
    """What a device says of itself in a cookie that this registry signed.

    Attributes:
        id: Random; new with the first login.
        accounts: Numbers of the users who logged in on it, newest last.
    """

    id: str
    accounts: tuple[int, ...] = ()

    def with_account(self, account: int) -> "Device":
        """Return the device once a user has logged in on it; of many users it knows the last ones."""
        others = [each for each in self.accounts if each != account]
        return Device(self.id, (*others, account)[-_DEVICE_ACCOUNTS:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A name and a password that somebody sent, and from where.

    Attributes:
        address: IP address of who asks.
        user_agent: What the browser calls itself.
        device: The device, where its cookie is one that was given here.
    """

    name: str
    password: str
    address: str
    user_agent: str = ""
    device: Device | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """As whose an attempt counts.

    Attributes:
        is_known: Whether it comes from where the user logged in before.
        buckets: What counts its failure.
        claimant: With whom it has its turns: all of the account where it is known, else all of its network.
    """

    is_known: bool
    buckets: tuple[Bucket, ...]
    claimant: Claimant


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just begun; ``text`` is what its cookie carries, and stands nowhere else."""

    text: str
    principal: Principal
    device: Device
    expires_at: datetime


def log_in(registry: Registry, attempt: Attempt) -> Opened:
    """Check a password, and begin a session.

    Raises:
        RateLimitedError: Too many attempts failed in the last minute; nothing was checked.
        BusyError: Too many passwords are being checked at this moment; nothing was checked.
        UnauthenticatedError: Name or password is wrong, or the user is locked out.
    """
    site, now = Site(registry.settings.site), registry.clock()
    name = attempt.name.replace("\0", "\ufffd")[:_NAME_CHARS]
    with registry.read() as connection:
        relied_on = registry.clock_reading(connection, site).relied_on
        found = access_table.find_user(connection, site, name)
        standing = _standing(registry, connection, site, name=name, found=found, attempt=attempt)
        wait = throttle.longest_wait(connection, site, standing.buckets, now=now)
    if wait:
        _tell(name, attempt, "throttled")
        raise RateLimitedError(Code.RATE_LIMITED.meaning, retry_after_s=ceil(wait.total_seconds()))
    stored = None if found is None else found.password_hash
    matches = registry.password_checks.matches(
        attempt.password, stored, claimant=standing.claimant, is_known=standing.is_known
    )
    if found is not None and matches and found.is_valid(relied_on):
        opened = _open_session(registry, found, attempt)
        if opened is not None:
            return opened
    _count_failure(registry, name, attempt, standing.buckets)
    raise UnauthenticatedError(Code.LOGIN_FAILED.meaning, code=Code.LOGIN_FAILED)


def check_password(registry: Registry, owner: User, password: str) -> None:
    """Check the password that a user who is logged in has, before it is changed.

    Raises:
        InvalidRequestError: It is wrong (``PASSWORD-OLD-WRONG``).
        RateLimitedError: It was wrong too often in the last minute.
        BusyError: Too many passwords are being checked at this moment.
    """
    now, per_minute = registry.clock(), registry.settings.login_attempts_per_minute
    bucket = Bucket(bucket_name("change", str(owner.id), secret=registry.cookie_secret), per_minute)
    with registry.read() as connection:
        wait = throttle.longest_wait(connection, owner.site, [bucket], now=now)
    if wait:
        raise RateLimitedError(Code.RATE_LIMITED.meaning, retry_after_s=ceil(wait.total_seconds()))
    claimant = Claimant(str(owner.id), bucket.name)
    matches = registry.password_checks.matches(
        password, owner.password_hash, claimant=claimant, is_known=True
    )
    if not matches:
        with registry.write_aside() as connection:
            throttle.count(connection, owner.site, [bucket], now=now)
        raise InvalidRequestError(Code.PASSWORD_OLD_WRONG.meaning, code=Code.PASSWORD_OLD_WRONG)


def _standing(
    registry: Registry, connection: Connection, site: Site, *, name: str, found: User | None, attempt: Attempt
) -> Standing:
    """Return as whose an attempt counts."""
    settings, network = registry.settings, network_of(attempt.address)
    account = 0 if found is None else found.id
    since = registry.clock() - timedelta(days=settings.login_memory_days)
    is_known_address = session_table.has_logged_in_from(connection, site, account, network, since=since)

    def bucket(kind: str, counted: str, per_minute: int = settings.login_attempts_per_minute) -> Bucket:
        return Bucket(bucket_name(kind, counted, secret=registry.cookie_secret), per_minute)

    if found is not None and attempt.device is not None and account in attempt.device.accounts:
        own = bucket("device", f"{account} {attempt.device.id}")
    elif is_known_address:
        own = bucket("known", f"{account} {network}")
    else:
        by_account = bucket("account", matching_key(name))
        by_address = bucket("address", network, settings.login_attempts_per_address)
        claimant = Claimant(by_address.name, by_account.name)
        return Standing(is_known=False, buckets=(by_account, by_address), claimant=claimant)
    return Standing(is_known=True, buckets=(own,), claimant=Claimant(str(account), own.name))


def _open_session(registry: Registry, found: User, attempt: Attempt) -> Opened | None:
    """Begin a session; None where the user was locked out, or has a new password, since it was checked."""
    site, made = found.site, new_session_id()
    device = (attempt.device or Device(new_device_id())).with_account(found.id)
    with registry.write_aside() as connection:
        now = registry.clock_reading(connection, site).relied_on
        expires_at = now + timedelta(hours=registry.settings.session_hours)
        if access_table.find_user_by_number(connection, site, found.id, held=True) != found:
            return None
        added = Session(
            id=SessionId(registry.allocator.one(connection, site, "session")),
            account=found.id,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
            ended_at=None,
            address=attempt.address[:_LOGGED_CHARS],
            network=network_of(attempt.address),
            user_agent=_printable(attempt.user_agent, _AGENT_CHARS),
        )
        session_table.add_session(connection, site, added, sha256=made.sha256)
        session_table.keep_newest(connection, site, found.id, registry.settings.user_sessions, now=now)
        throttle.sweep(connection, now=registry.clock())
    return Opened(made.text, found.principal, device, expires_at)


def _count_failure(registry: Registry, name: str, attempt: Attempt, buckets: Sequence[Bucket]) -> None:
    """Count a failure and write it down; a flood can fill neither the audit trail nor the disk."""
    site, now = Site(registry.settings.site), registry.clock()
    with registry.write_aside() as connection:
        throttle.count(connection, site, buckets, now=now)
        audited = Bucket("the audit trail", _AUDITED_PER_MINUTE)
        if throttle.count_if_it_fits(connection, site, audited, now=now):
            access_table.record_refused_login(
                connection,
                registry.allocator,
                site,
                name=_printable(name, _NAME_CHARS),
                address=_printable(attempt.address, _LOGGED_CHARS),
                now=now,
            )
    _tell(name, attempt, "refused")


def _tell(name: str, attempt: Attempt, outcome: str) -> None:
    _log.warning(
        "login failed",
        outcome=outcome,
        name=_printable(name, _LOGGED_CHARS),
        address=_printable(attempt.address, _LOGGED_CHARS),
    )


def _printable(text: str, most_chars: int) -> str:
    """Return a text cut, with what is no visible character written as its number."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text[:most_chars])
