"""SQL that is compiled once per session, not once per database.

Nearly every test opens a database of its own, and SQLAlchemy keeps what it compiled by engine. What a
statement compiles to depends on the database's kind and version, and on nothing else that a test changes.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import Compiled
from sqlalchemy.util import LRUCache

_MOST = 2000


class CompiledStatements:
    """A cache of compiled statements as SQLAlchemy asks it, by kind of database instead of by engine."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._compiled: LRUCache[Any, Compiled] = LRUCache(_MOST)

    def get(self, key: tuple[Any, ...]) -> Compiled | None:
        """Return what was compiled, whoever asked for it first."""
        return self._compiled.get(_of_any_engine(key))

    def __setitem__(self, key: tuple[Any, ...], compiled: Compiled) -> None:
        """Keep what was compiled."""
        self._compiled[_of_any_engine(key)] = compiled


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return (dialect.name, dialect.server_version_info, *statement)


def compile_statements_once() -> None:
    """Let every connection of this process use one cache."""
    statements = CompiledStatements()

    @event.listens_for(Engine, "engine_connect")
    def _share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)
