"""Rows to be written: gathered while events are applied, written in bulk.

What was gathered for one event is written whole or not at all, because everything that can
go wrong with an event is found out before its rows are added.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import islice
from typing import Any, Protocol, TypeVar, cast

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    FromClause,
    Join,
    LargeBinary,
    RowMapping,
    Select,
    Table,
    Text,
    bindparam,
    case,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from aas_registry.domain.identifiers import Site
from aas_registry.storage.column_types import as_stored
from aas_registry.storage.ids import FactIds

Value = TypeVar("Value")
_Adapt = Callable[[Any], Any]
CHUNK = 500


def in_chunks(values: Sequence[Value], size: int = CHUNK) -> Iterator[Sequence[Value]]:
    """Yield parts of a sequence that fit the parameters of one statement."""
    return (values[start : start + size] for start in range(0, len(values), size))


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
    types = {name: str if isinstance(values[0], str) else int for name, values in columns.items()}
    values = given_values(connection, **columns)
    return _given_rows(connection.dialect.name, types, lambda name, of: bindparam(None, values[name], of))


def _together(columns: Iterable[str]) -> str:
    return "_".join(("given", *columns))


@lru_cache(maxsize=64)
def given_later(dialect: str, **columns: type[str] | type[int]) -> FromClause:
    """Return what `given` does for a statement that is built once and executed with `given_values`.

    Args:
        dialect: The name of the database's dialect.
        columns: What each column holds.
    """
    return _given_rows(dialect, columns, lambda name, of: bindparam(name, type_=of))


def given_values(connection: Connection, **columns: Sequence[str] | Sequence[int]) -> dict[str, Any]:
    """Return the parameters for values that a statement looks up from `given_later`."""
    if connection.dialect.name == "postgresql":
        return {f"given_{name}": list(values) for name, values in columns.items()}
    return {_together(columns): orjson.dumps(list(zip(*columns.values(), strict=True))).decode()}


def _given_rows(
    dialect: str,
    columns: Mapping[str, type[str] | type[int]],
    bound: Callable[[str, TypeEngine[Any]], BindParameter[Any]],
) -> FromClause:
    types = {name: Text() if of is str else BigInteger() for name, of in columns.items()}
    if dialect == "postgresql":
        arrays = [bound(f"given_{name}", ARRAY(of)) for name, of in types.items()]
        named = [column(name, of) for name, of in types.items()]
        return func.unnest(*arrays).table_valued(*named).render_derived()
    value = func.json_each(bound(_together(columns), Text())).table_valued("value").c.value
    members = [
        func.json_extract(value, f"$[{index}]", type_=of).label(name)
        for index, (name, of) in enumerate(types.items())
    ]
    return select(*members).subquery()


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[Any, Any]]) -> None:
    """Insert rows that have the same members, some hundreds at a time."""
    waiting = iter(rows)
    while part := list(islice(waiting, CHUNK)):
        _insert_bulk(connection, table, part, only_new=False)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Insert those of some rows whose unique keys are free; return the ``id`` of each that is stored now.

    The rows are of one site, and have ids that no other row has.
    """
    stored: set[int] = set()
    for part in in_chunks(rows):
        added = _insert_bulk(connection, table, part, only_new=True)
        if added.returns_rows:
            stored.update(added.scalars())
        else:
            # With RETURNING SQLite takes one row at a time.
            own = given(connection, id=[row["id"] for row in part])
            same = (table.c.site == part[0]["site"], table.c.id == own.c.id)
            known = select(table.c.id).where(*same).scalar_subquery()
            found = connection.execute(select(own.c.id, known))
            stored.update(number for number, there in found if there is not None)
    return stored


def _insert_bulk(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, only_new: bool
) -> CursorResult[Any]:
    # In the driver's own form: SQLAlchemy would spend most of the time on each value of each row.
    is_postgresql = connection.dialect.name == "postgresql"
    bulk_insert = _array_insert if is_postgresql else _tuple_insert
    text, columns = bulk_insert(table, tuple(rows[0]), connection.dialect, only_new=only_new)
    values = {
        name: [row[name] for row in rows] if adapt is None else [adapt(row[name]) for row in rows]
        for name, adapt in columns.items()
    }
    return connection.exec_driver_sql(
        text, values if is_postgresql else list(zip(*values.values(), strict=True))
    )


@lru_cache(maxsize=128)
def _array_insert(
    table: Table, names: tuple[str, ...], dialect: Dialect, *, only_new: bool
) -> tuple[str, Mapping[str, _Adapt | None]]:
    # One array for each column, sent in binary form.
    types = {name: table.c[name].type.dialect_impl(dialect) for name in names}
    arrays = ", ".join(f"%({name})b::{of.compile(dialect)}[]" for name, of in types.items())
    text = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our names
    if only_new:
        text += " ON CONFLICT DO NOTHING RETURNING id"
    # Bytes go as they are: the form that SQLAlchemy gives them is sent as text.
    adapters = {
        name: None if isinstance(of, LargeBinary) else of.bind_processor(dialect)
        for name, of in types.items()
    }
    return text, adapters


@lru_cache(maxsize=128)
def _tuple_insert(
    table: Table, names: tuple[str, ...], dialect: Dialect, *, only_new: bool
) -> tuple[str, Mapping[str, _Adapt | None]]:
    # One tuple for each row.
    text = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    if only_new:
        text += " ON CONFLICT DO NOTHING"
    return text, {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}


def rare(connection: Connection, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition of which SQLite's planner knows that few rows meet it; it keeps no statistics."""
    if connection.dialect.name == "sqlite":
        return func.likelihood(condition, literal_column("0.000001"))
    return condition


def unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what compares and sorts as a column, by which a planner takes no index.

    Where another column finds a few rows, one without statistics may take this one's index, to spare the sort
    or because as many columns of it are known, and read it for the whole site.
    """
    return column.concat("") if isinstance(column.type, Text) else column + 0


def is_among(number: ColumnElement[Any], wanted: Select[Any]) -> ColumnElement[bool]:
    """Return whether a number, or a tuple of them, is among the rows of an uncorrelated query.

    These are hashed once. By IN alone a planner without statistics may join them, and read all of them for
    each row; and one that takes them for many does not hash them, which comes to the same.
    """
    rows = wanted.subquery()
    few = select(rows).where(_TakenForFew(rows.c[0]))
    return case((number.in_(few), 1), else_=0) == 1


class _TakenForFew(FunctionElement[bool]):
    """What is true of each row of a number, and of few to PostgreSQL's planner.

    It hashes only what it believes to fit into its working memory, and that by statistics of whatever time.

    Source:
        PostgreSQL, `subplan_is_hashable`; what an expression equals is true of one row in 200.
    """

    inherit_cache = True
    type = Boolean()


@compiles(_TakenForFew, "sqlite")
def _true_of_all(_few: _TakenForFew, _compiler: SQLCompiler, **_options: Any) -> str:
    return "true"


@compiles(_TakenForFew, "postgresql")
def _true_of_few(few: _TakenForFew, compiler: SQLCompiler, **options: Any) -> str:
    number = compiler.process(few.clauses, **options)
    return f"({number} + 0 = {number} AND {number} - 0 = {number})"


def is_found(wanted: Select[Any]) -> ColumnElement[bool]:
    """Return whether a correlated query has a row; it is asked of each row, and never joined.

    As EXISTS it would be made a join or a table of its own, by a planner that knows of no statistics. What
    is in no column of it, nor joined to that, is a row of a query around it, however deep it stands in that.
    """
    # By itself it would be of the query right around it alone, and any row of another would do.
    return wanted.correlate_except(*wanted.columns_clause_froms).limit(1).scalar_subquery().is_not(None)


class _InOrder(Join):
    """A join that a database works off from left to right."""

    inherit_cache = True


def in_order(left: FromClause, right: FromClause, on: ColumnElement[bool], *, isouter: bool = False) -> Join:
    """Return a join in which each row of the left is looked up in the right, never the other way round.

    A planner without statistics takes the constant site for selective, begins with every row
    of the plant, and walks through the left for each; one with statistics of a time when the right
    was empty keeps a copy of the right, and walks through that. All conditions on the right belong
    into ``on``, which an index of the right answers.

    Args:
        left: What is begun with.
        right: What each row of it is looked up in.
        on: All conditions.
        isouter: Whether a row that is not found stays, with nothing beside it.

    Source:
        SQLite, "The Next-Generation Query Planner", CROSS JOIN. PostgreSQL, a subquery with OFFSET
        is planned by itself, and LATERAL puts it behind what it refers to.
    """
    return _InOrder(left, right, on, isouter=isouter)


@compiles(_InOrder, "sqlite")
def _cross_join(join: _InOrder, compiler: SQLCompiler, **options: Any) -> str:
    left, right, on = _parts(join, compiler, **options)
    return f"{left} {'LEFT' if join.isouter else 'CROSS'} JOIN {right} ON {on}"


@compiles(_InOrder, "postgresql")
def _lateral_join(join: _InOrder, compiler: SQLCompiler, **options: Any) -> str:
    left, right, on = _parts(join, compiler, **options)
    name = compiler.process(join.right, **options | {"asfrom": True, "ashint": True})
    looked_up = f"SELECT * FROM {right} WHERE {on} OFFSET 0"  # noqa: S608 - what the compiler wrote
    if join.isouter:
        return f"{left} LEFT JOIN LATERAL ({looked_up}) AS {name} ON true"
    return f"{left} CROSS JOIN LATERAL ({looked_up}) AS {name}"


def _parts(join: Join, compiler: SQLCompiler, **options: Any) -> tuple[str, str, str]:
    inside = options | {"asfrom": True}
    on = cast("ClauseElement", join.onclause)
    return (
        compiler.process(join.left, **inside),
        compiler.process(join.right, **inside),
        compiler.process(on, **{name: value for name, value in options.items() if name != "asfrom"}),
    )


def upsert(dialect: str, table: Table) -> InsertPostgresql | InsertSqlite:
    """Return the ``INSERT`` of a dialect, by its name, that knows ``ON CONFLICT``."""
    if dialect == "postgresql":
        return insert_postgresql(table)
    return insert_sqlite(table)


@cache
def _adding(dialect: str, table: Table) -> ReturningInsert[Any]:
    return upsert(dialect, table).on_conflict_do_nothing().returning(*table.c)


class RowCount(Protocol):
    """Counts the rows that are written."""

    def add(self, table: Table, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Count rows as they are now."""


class RowBuffer:
    """Rows of one site, gathered per table."""

    def __init__(self, site: Site, ids: FactIds, counted: RowCount, *, now: datetime) -> None:
        """Gather rows that are recorded at ``now``; ``counted`` hears what is written."""
        self.site = site
        self.now = now
        self._ids = ids
        self._counted = counted
        self._facts: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._keyed: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._held: dict[tuple[Any, ...], list[RowMapping]] = {}

    def add(self, table: Table, **values: Any) -> None:
        """Add a fact; its id is given when it is written, in the order of adding."""
        if not self._is_held(table, values):
            self._facts[table].append({"site": self.site, "recorded_from": self.now, **values})

    def add_keyed(self, table: Table, **values: Any) -> None:
        """Add a row that has its whole key; one with the same key stays as it is."""
        if not self._is_held(table, values):
            self._keyed[table].append({"site": self.site, "recorded_from": self.now, **values})

    def hold(self, table: Table, row: RowMapping) -> None:
        """Hold a row of an event that is applied again: where it is added again, it stays as it is."""
        self._held.setdefault(_said(table, row), []).append(row)

    def released(self) -> Iterator[tuple[Table, RowMapping]]:
        """Yield the rows that were held and not added again; nothing is held any longer."""
        held, self._held = self._held, {}
        for (table, *_), rows in held.items():
            yield from ((table, row) for row in rows)

    def flush(self, connection: Connection) -> None:
        """Write everything that was gathered."""
        for table, rows in self._keyed.items():
            added = connection.execute(_adding(connection.dialect.name, table), rows)
            self._counted.add(table, added.mappings())
        ids = iter(self._ids.take(connection, sum(len(rows) for rows in self._facts.values())))
        for table, rows in self._facts.items():
            key = fact_key(table)
            assert key is not None
            numbered = [{key.name: next(ids), **row} for row in rows]
            insert_rows(connection, table, numbered)
            self._counted.add(table, numbered)
        self._keyed.clear()
        self._facts.clear()

    def _is_held(self, table: Table, values: Mapping[str, Any]) -> bool:
        if not self._held:
            return False
        rows = self._held.get(_said(table, values))
        return bool(rows and rows.pop())


def fact_key(table: Table) -> Column[int] | None:
    """Return the column that holds the id of a fact, of what is folded from declarations its version.

    None where rows have no id of their own: all that they say is their key.
    """
    return table.c.get("version", table.c.get("id"))


_NOT_SAID = frozenset({"site", "id", "recorded_from", "recorded_to"})


def _said(table: Table, values: Mapping[Any, Any]) -> tuple[Any, ...]:
    names = (name for name in table.c.keys() if name not in _NOT_SAID)  # noqa: SIM118 - these are no mapping
    return table, *(as_stored(values.get(name)) for name in names)
