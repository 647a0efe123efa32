"""Connections: SQLite in WAL mode, or PostgreSQL; and the one way to write.

`begin_write` holds the write lock of one site until commit. A plant's writes are in
one order, so that what is derived from events (the projection, per-lot sequences)
needs no retry logic, while other plants and all readers go on.

A transaction that has a deadline ends with it: PostgreSQL is told what is left of the time, SQLite
asks while it works, and between two statements the time is looked at here. With one or without,
nobody waits for a lock or a connection longer than ``busy_timeout_s``. A commit is never cut short.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, inf
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Deadline
from aas_registry.domain.errors import (
    DamagedError,
    InvalidRequestError,
    RegistryError,
    StorageFullError,
    UnavailableError,
)
from aas_registry.domain.identifiers import Site
from aas_registry.storage.tables.system import site_lock

__all__ = [
    "SQLITE_FILE",
    "Connection",
    "Engine",
    "begin_aside",
    "begin_read",
    "begin_write",
    "open_engine",
    "translated",
]

SQLITE_FILE = "registry.sqlite3"
_HOLD, _LOCK_WAIT_S = "registry_hold", "registry_lock_wait_s"  # names of execution options
_INSTRUCTIONS = 20_000  # of SQLite's virtual machine, about a millisecond, until it looks at the time
_STATEMENTS_KEPT = 512  # planned, per connection to SQLite: some 40 kB each, and up to 0.1 s to plan anew
_SLACK_S = 1.0  # what PostgreSQL may believe to be left beyond what is left
_DISK_FULL = "53100"
_CORRUPTED = frozenset({"XX001", "XX002"})  # data_corrupted, index_corrupted
_CANCELLED = "57014"  # query_canceled, PostgreSQL's appendix A


@dataclass(slots=True)
class _Hold:
    """How long a transaction may go on and wait, and what PostgreSQL was told of that."""

    deadline: Deadline | None
    lock_wait_s: float
    told_s: float | None = None

    def left_s(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeLimitError: None are.
        """
        if self.deadline is None:
            return inf
        self.deadline.check()
        return self.deadline.left_s

    def lock_ms(self, left_s: float) -> int:
        """Return the milliseconds to wait for a lock; 0 is no value of it, which means for ever."""
        return max(1, ceil(1000 * min(self.lock_wait_s, left_s)))


def open_engine(url: str, *, data_dir: Path, busy_timeout_s: float, pool: int) -> Engine:
    """Open the database.

    Args:
        url: PostgreSQL URL (``postgresql://…``); empty for SQLite in ``data_dir``.
        data_dir: Folder of ``registry.sqlite3``.
        busy_timeout_s: Seconds to wait for a write lock, or for a connection.
        pool: Connections kept open to PostgreSQL.
    """
    waits: dict[str, Any] = {
        "pool_timeout": busy_timeout_s,
        "execution_options": {_LOCK_WAIT_S: busy_timeout_s},
    }
    if url:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address, pool_size=pool, max_overflow=pool, pool_pre_ping=True, **waits)
        event.listen(engine, "before_cursor_execute", _tell_postgresql)
        return engine
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = data_dir / SQLITE_FILE
    if not database.exists():
        database.touch(mode=0o600)  # SQLite gives WAL and SHM the mode that it finds here
    told = {"timeout": busy_timeout_s, "cached_statements": _STATEMENTS_KEPT}
    engine = create_engine(f"sqlite+pysqlite:///{database}", connect_args=told, **waits)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "before_cursor_execute", _look_at_the_time)
    return engine


@contextmanager
def begin_read(engine: Engine, deadline: Deadline | None = None) -> Iterator[Connection]:
    """Open a connection that sees one snapshot and writes nothing.

    Args:
        engine: The database.
        deadline: When it ends, whatever is under way; None for never.

    Raises:
        TimeLimitError: The deadline is over; the statement was cancelled.
        UnavailableError: The database cannot be reached, or is busy.
    """
    options: dict[str, Any] = {_HOLD: _hold(engine, deadline)}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with (
        translated(deadline),
        engine.execution_options(**options).connect() as connection,
        _interruptible(connection, deadline),
    ):
        yield connection


@contextmanager
def begin_write(engine: Engine, site: Site, deadline: Deadline | None = None) -> Iterator[Connection]:
    """Open a transaction that holds the site's write lock; commit at the end, or nothing.

    PostgreSQL plans each of its statements for the tables as they are then.

    Args:
        engine: The database.
        site: Whose rows are written.
        deadline: When it ends without a commit, whatever is under way; None for never.

    Raises:
        TimeLimitError: The deadline is over; nothing was written.
        UnavailableError: The database cannot be reached, or another holds the lock for long.
    """
    options = {_HOLD: _hold(engine, deadline), "registry_write": True}
    with translated(deadline), engine.execution_options(**options).begin() as connection:
        with _interruptible(connection, deadline):
            if connection.dialect.name == "postgresql":
                _lock_site(connection, site)
            yield connection
        _spare_the_commit(connection, deadline)


def _spare_the_commit(connection: Connection, deadline: Deadline | None) -> None:
    if deadline is None:
        return
    deadline.check()
    # A dry run has rolled back: there is nothing to commit, and no transaction to speak to.
    if connection.dialect.name == "postgresql" and connection.in_transaction():
        connection.execute(select(func.set_config("statement_timeout", "0", literal_column("true"))))


def _hold(engine: Engine, deadline: Deadline | None) -> _Hold:
    return _Hold(deadline, engine.get_execution_options()[_LOCK_WAIT_S])


def _look_at_the_time(connection: Connection, *_: Any) -> None:
    hold: _Hold | None = connection.get_execution_options().get(_HOLD)
    if hold is not None:
        hold.left_s()


def _tell_postgresql(connection: Connection, cursor: Any, *_: Any) -> None:
    hold: _Hold | None = connection.get_execution_options().get(_HOLD)
    if hold is None:
        return
    left_s = hold.left_s()
    if hold.told_s is None or hold.told_s - left_s > _SLACK_S:
        hold.told_s = left_s
        statement_ms = 0 if left_s == inf else max(1, ceil(1000 * left_s))
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)",
            (str(statement_ms), str(hold.lock_ms(left_s))),
        )


@contextmanager
def _interruptible(connection: Connection, deadline: Deadline | None) -> Iterator[None]:
    """Let SQLite look at the time while it works, also at rows that are fetched one by one."""
    if deadline is None or connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.set_progress_handler(lambda: deadline.is_over, _INSTRUCTIONS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


@contextmanager
def begin_aside(engine: Engine, *, waits: bool = True) -> Iterator[Connection]:
    """Open a transaction for rows that are no part of a site's order of writes, such as logins.

    On PostgreSQL it holds no lock but those of the rows it changes; an upload under way stops it
    nowhere. SQLite has one writer, whatever is written.

    Args:
        engine: The database.
        waits: Whether to wait for another writer; else that is an `UnavailableError` at once.
    """
    hold = _hold(engine, None) if waits else _Hold(None, 0.0)
    options: dict[str, Any] = {_HOLD: hold, "registry_write": True}
    with translated(), engine.execution_options(**options).begin() as connection:
        yield connection


def _lock_site(connection: Connection, site: Site) -> None:
    # A plan that PostgreSQL keeps for a prepared statement was made when a table was nearly empty,
    # and still walks through all of it when this very transaction has filled it.
    planned = func.set_config("plan_cache_mode", "force_custom_plan", literal_column("true"))
    wanted = select(site_lock.c.site, planned).where(site_lock.c.site == site).with_for_update()
    if connection.execute(wanted).first() is None:
        connection.execute(insert_postgresql(site_lock).values(site=site).on_conflict_do_nothing())
        connection.execute(wanted)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event begins, not the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("registry_write", False):
        connection.exec_driver_sql("BEGIN")
        return
    hold: _Hold | None = options.get(_HOLD)
    if hold is not None:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {hold.lock_ms(hold.left_s())}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def translated(deadline: Deadline | None = None) -> Iterator[None]:
    """Tell failures of the database as the registry's own errors."""
    try:
        yield
    except DataError as cause:  # U+0000 in a text, a number out of range
        raise InvalidRequestError("A value is none that the database can keep.") from cause
    except DBAPIError as cause:
        told = _told(cause, deadline)
        if told is None:
            raise
        raise told from cause
    except PoolTimeoutError as cause:
        raise UnavailableError("All connections to the database are in use; try again.") from cause


def _told(cause: DBAPIError, deadline: Deadline | None) -> RegistryError | None:
    """Return what a failure of the database means to whoever asked; None where nobody foresaw it."""
    refused = _refusal(cause)
    if refused is not None:
        return refused
    if isinstance(cause, OperationalError):
        if deadline is not None and (deadline.is_over or _was_cancelled(cause)):
            return deadline.error()
        return UnavailableError("The database cannot be reached or is busy; try again.")
    if cause.connection_invalidated:
        return UnavailableError("The connection to the database was lost; try again.")
    return None


def _refusal(cause: DBAPIError) -> RegistryError | None:
    """Return what a failure of the database itself means to whoever runs it; None for any other."""
    # SQLite keeps the kind in the low byte of its extended codes.
    kind = (getattr(cause.orig, "sqlite_errorcode", None) or 0) & 0xFF
    state: str = getattr(cause.orig, "sqlstate", None) or ""
    if kind == sqlite3.SQLITE_FULL or state == _DISK_FULL:
        return StorageFullError()
    if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or state in _CORRUPTED:
        return DamagedError(f"{Code.DATABASE_DAMAGED.meaning} ({cause.orig})")
    if kind in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return UnavailableError(f"The database cannot be opened for writing: {cause.orig}.")
    if kind == sqlite3.SQLITE_IOERR:
        return UnavailableError(f"The disk of the database cannot be read or written: {cause.orig}.")
    return None


def _was_cancelled(cause: OperationalError) -> bool:
    return (
        getattr(cause.orig, "sqlstate", None) == _CANCELLED
        or getattr(cause.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    )
