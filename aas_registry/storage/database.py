"""Connections: SQLite in WAL mode, or PostgreSQL; and the one way to write.

`begin_write` holds the write lock of one site until commit. A plant's writes are in
one order, so that what is derived from events (the projection, per-lot sequences)
needs no retry logic, while other plants and all readers go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from aas_registry.domain.errors import InvalidRequestError, UnavailableError
from aas_registry.domain.identifiers import Site
from aas_registry.storage.clock import Clock, begin_recording
from aas_registry.storage.tables.system import site_lock

__all__ = ["Connection", "Engine", "begin_read", "begin_write", "open_engine"]


def open_engine(url: str, *, data_dir: Path, busy_timeout_s: float, pool: int) -> Engine:
    """Open the database.

    Args:
        url: PostgreSQL URL (``postgresql://…``); empty for SQLite in ``data_dir``.
        data_dir: Folder of ``registry.sqlite3``.
        busy_timeout_s: Seconds to wait for SQLite's write lock.
        pool: Connections kept open to PostgreSQL.
    """
    if url:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        return create_engine(address, pool_size=pool, max_overflow=pool, pool_pre_ping=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite+pysqlite:///{data_dir / 'registry.sqlite3'}", connect_args={"timeout": busy_timeout_s}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def begin_read(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees one snapshot and writes nothing."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _translated(), engine.execution_options(**level).connect() as connection:
        yield connection


@contextmanager
def begin_write(engine: Engine, site: Site, *, clock: Clock | None = None) -> Iterator[Connection]:
    """Open a transaction that holds the site's write lock; commit at the end, or nothing.

    PostgreSQL plans each of its statements for the tables as they are then.

    Args:
        engine: The database.
        site: Whose rows are written.
        clock: Tells the time; `clock.recording_time` makes a time of recording of it. None where
            nothing is recorded that was not on record before.
    """
    with _translated(), engine.execution_options(registry_write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            _lock_site(connection, site)
        if clock is not None:
            begin_recording(connection, site, clock)
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
    writes = connection.get_execution_options().get("registry_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DataError as cause:  # U+0000 in a text, a number out of range
        raise InvalidRequestError("A value is none that the database can keep.") from cause
    except OperationalError as cause:
        raise UnavailableError("The database cannot be reached or is busy; try again.") from cause
    except DBAPIError as cause:
        if cause.connection_invalidated:
            raise UnavailableError("The connection to the database was lost; try again.") from cause
        raise
