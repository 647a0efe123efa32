"""Rows to be written: gathered while events are applied, written in bulk.

What was gathered for one event is written whole or not at all, because everything that can
go wrong with an event is found out before its rows are added.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, case, insert
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from aas_registry.domain.identifiers import Site
from aas_registry.storage.ids import IdAllocator

Value = TypeVar("Value")
CHUNK = 500


def in_chunks(values: Sequence[Value], size: int = CHUNK) -> Iterator[Sequence[Value]]:
    """Yield parts of a sequence that fit the parameters of one statement."""
    return (values[start : start + size] for start in range(0, len(values), size))


def upsert(connection: Connection, table: Table) -> InsertPostgresql | InsertSqlite:
    """Return the ``INSERT`` of the database at hand that knows ``ON CONFLICT``."""
    if connection.dialect.name == "postgresql":
        return insert_postgresql(table)
    return insert_sqlite(table)


class RowBuffer:
    """Rows of one site, gathered per table."""

    def __init__(self, site: Site, allocator: IdAllocator, *, now: datetime) -> None:
        """Gather rows that are recorded at ``now``."""
        self.site = site
        self.now = now
        self._allocator = allocator
        self._facts: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._keyed: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._declared: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)

    def add(self, table: Table, **values: Any) -> None:
        """Add a fact; its id is given when it is written, in the order of adding."""
        self._facts[table].append({"site": self.site, "recorded_from": self.now, **values})

    def add_keyed(self, table: Table, **values: Any) -> None:
        """Add a row that has its whole key; one with the same key stays as it is."""
        self._keyed[table].append({"site": self.site, "recorded_from": self.now, **values})

    def declare(self, table: Table, **values: Any) -> None:
        """Add a declaration; of those about one id, the one with the largest precedence counts."""
        self._declared[table].append({"site": self.site, "recorded_at": self.now, **values})

    def flush(self, connection: Connection) -> None:
        """Write everything that was gathered."""
        for table, rows in self._declared.items():
            connection.execute(_declaration(connection, table), rows)
        for table, rows in self._keyed.items():
            connection.execute(upsert(connection, table).on_conflict_do_nothing(), rows)
        count = sum(len(rows) for rows in self._facts.values())
        ids = iter(self._allocator.take(connection, self.site, "fact", count) if count else ())
        for table, rows in self._facts.items():
            connection.execute(insert(table), [{"id": next(ids), **row} for row in rows])
        self._declared.clear()
        self._keyed.clear()
        self._facts.clear()


def _declaration(connection: Connection, table: Table) -> InsertPostgresql | InsertSqlite:
    """Return an insert that lets, per precedence column, the larger precedence win."""
    statement = upsert(connection, table)
    new = statement.excluded
    groups = {
        "declared": [
            column.name
            for column in table.c
            if not column.primary_key
            and column.name not in {"customer", "customer_declared", "created_at", "recorded_at"}
        ]
    }
    if "customer" in table.c:
        stamp = "customer_declared" if "customer_declared" in table.c else "declared"
        groups[stamp] = [*groups.get(stamp, []), "customer", stamp]
    values: dict[str, Any] = {
        name: case((new[stamp] > table.c[stamp], new[name]), else_=table.c[name])
        for stamp, names in groups.items()
        for name in names
    }
    if "created_at" in table.c:
        earlier = new.created_at < table.c.created_at
        values["created_at"] = case((earlier, new.created_at), else_=table.c.created_at)
    return statement.on_conflict_do_update(index_elements=["site", "id"], set_=values)
