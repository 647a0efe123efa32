"""The databases that the benchmarks run on: SQLite, and PostgreSQL where its wheel is installed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postgresql_server import start_server, wheel_binaries

from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.settings import Settings
from aas_registry.storage import migration

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def available() -> list[str]:
    """Return the databases that can be started here."""
    return [SQLITE] if wheel_binaries() is None else [SQLITE, POSTGRESQL]


@contextmanager
def empty_registry(database: str) -> Iterator[Registry]:
    """Open a registry over an empty database whose commits wait for the disk."""
    with tempfile.TemporaryDirectory() as folder:
        if database == SQLITE:
            with _opened(Settings(data_dir=Path(folder))) as registry:
                yield registry
            return
        binaries = wheel_binaries()
        assert binaries is not None
        with start_server(binaries, is_durable=True) as server:
            settings = Settings(data_dir=Path(folder), database_url=server.create_database())
            engine = open_database(settings)
            migration.upgrade(engine)
            engine.dispose()
            with _opened(settings) as registry:
                yield registry


@contextmanager
def _opened(settings: Settings) -> Iterator[Registry]:
    registry = open_registry(settings)
    try:
        yield registry
    finally:
        registry.close()
