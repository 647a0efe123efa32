"""The schema's version: upgrade, downgrade, check (Alembic)."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from aas_registry.storage.tables import metadata

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to ``revision``; one transaction, nothing is half done."""
    with engine.execution_options(registry_write=True).begin() as connection:
        _hold_migration_lock(connection)
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to ``revision``; ``base`` removes every table."""
    with engine.execution_options(registry_write=True).begin() as connection:
        _hold_migration_lock(connection)
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Return whether the database has the schema that this program needs."""
    with engine.connect() as connection:
        return matches(connection)


def matches(connection: Connection) -> bool:
    """Return whether the database behind a connection has the schema that this program needs."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found == head()


@cache  # what a running program needs does not change, and every `/ready` asks for it
def head() -> str:
    """Return the schema's version that this program needs."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None  # a wheel without migrations was built wrongly
    return found


def is_empty(engine: Engine) -> bool:
    """Return whether the database has no schema yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is None


def differences(engine: Engine) -> list[str]:
    """Return how the database differs from the tables that this program declares."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def _hold_migration_lock(connection: Connection) -> None:
    # Two workers that start at once: the second waits, then finds nothing to do.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727274)")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config
