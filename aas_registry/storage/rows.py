"""Rows to be written: gathered while events are applied, written in bulk.

What was gathered for one event is written whole or not at all, because everything that can
go wrong with an event is found out before its rows are added.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    Text,
    bindparam,
    case,
    column,
    func,
    insert,
    literal_column,
    select,
)
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


def plan_afresh(connection: Connection) -> None:
    """Let PostgreSQL plan every statement of this transaction for the tables as they are then.

    A plan that it keeps for a prepared statement was made when a table was nearly empty, and
    still walks through all of it when the same transaction has filled it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def given(connection: Connection, **columns: Sequence[str] | Sequence[int]) -> FromClause:
    """Return values as the rows of a table to look others up from.

    A look-up of each row by a correlated subquery over a unique key takes that key's index
    on either database, whatever its planner knows of the tables: without statistics both
    take the constant site for selective, and would walk through every row of the plant. To
    the database the values are one parameter for each column, however many there are.

    Args:
        connection: An open connection.
        columns: The columns by name, all equally long and not empty; texts without U+0000.
    """
    types = {name: _type_of(values) for name, values in columns.items()}
    if connection.dialect.name == "postgresql":
        arrays = [bindparam(None, list(columns[name]), ARRAY(of)) for name, of in types.items()]
        named = [column(name, of) for name, of in types.items()]
        return func.unnest(*arrays).table_valued(*named).render_derived()
    row = func.json_each(orjson.dumps(list(zip(*columns.values(), strict=True))).decode())
    value = row.table_valued("value").c.value
    members = [
        func.json_extract(value, f"$[{index}]", type_=of).label(name)
        for index, (name, of) in enumerate(types.items())
    ]
    return select(*members).subquery()


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that have the same members, some hundreds at a time."""
    waiting = iter(rows)
    while part := list(islice(waiting, CHUNK)):
        if connection.dialect.name == "postgresql":
            connection.execute(_insert_arrays(table, part))
        else:
            connection.execute(insert(table), part)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Insert those of some rows whose unique keys are free; return the ``id`` of each that is stored now.

    The rows are of one site, and have ids that no other row has.
    """
    stored: set[int] = set()
    for part in in_chunks(rows):
        if connection.dialect.name == "postgresql":
            added = _insert_arrays(table, part).on_conflict_do_nothing().returning(table.c.id)
            stored.update(connection.execute(added).scalars())
        else:
            # With RETURNING each number of rows would be a statement of its own, to be compiled.
            connection.execute(insert_sqlite(table).on_conflict_do_nothing(), part)
            own = (table.c.site == part[0]["site"], table.c.id.in_([row["id"] for row in part]))
            stored.update(connection.execute(select(table.c.id).where(*own)).scalars())
    return stored


def _insert_arrays(table: Table, rows: Sequence[Mapping[str, Any]]) -> InsertPostgresql:
    # One array for each column: a tenth of the time that a parameter for each value takes.
    columns = [table.c[name] for name in rows[0]]
    arrays = [bindparam(None, [row[each.name] for row in rows], ARRAY(each.type)) for each in columns]
    values = func.unnest(*arrays).table_valued(*(column(each.name, each.type) for each in columns))
    statement = insert_postgresql(table)
    return statement.from_select(columns, select(*values.render_derived().c))


def rare(connection: Connection, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition of which SQLite's planner knows that few rows meet it; it keeps no statistics."""
    if connection.dialect.name == "sqlite":
        return func.likelihood(condition, literal_column("0.000001"))
    return condition


def _type_of(values: Sequence[str] | Sequence[int]) -> Text | BigInteger:
    return Text() if isinstance(values[0], str) else BigInteger()


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
