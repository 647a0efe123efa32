"""What the rows of a projection and its events add up to, kept as they grow: so that damage shows at once.

Of each table of a site, how many rows there are and the sum of their hashes. The order of rows does
not matter, and a row that ends takes its old hash out and brings its new one. Of an event counts what
never changes; its bytes count by their digest. What only grows with every use is left out.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, delete, exists, select

from aas_registry.domain.identifiers import Site
from aas_registry.storage.column_types import as_stored
from aas_registry.storage.rows import upsert
from aas_registry.storage.tables.anomalies import package_draw
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.projection_sums import projection_sum

Sum = tuple[int, int]
"""How many rows, and the sum of their hashes modulo 2**128."""

_HASH_BYTES = 16
_MODULUS = 1 << 8 * _HASH_BYTES
_ROWS = 1000
_PLAIN = frozenset({type(None), bytes, int, str})  # as the database holds them
_APART = {event.name: {"body", "state", "counts"}, package_draw.name: {"at_most"}}


class ProjectionSums:
    """The change of the sums within one writing transaction."""

    def __init__(self, connection: Connection, site: Site) -> None:
        """Count for ``site``; nothing is written before `flush`."""
        self._connection = connection
        self._site = site
        self._changes: dict[Table, Sum] = {}

    def add(self, table: Table, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Count rows that were written; a column that is left out is null."""
        self._change(table, rows, 1)

    def remove(self, table: Table, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Count out rows as they stood before they were changed."""
        self._change(table, rows, -1)

    def flush(self, tables: Sequence[Table]) -> None:
        """Write the sums; where one of ``tables`` has none yet it begins, so that a lost one shows.

        Where nothing was kept before, all that is there now is counted: all rows of the transaction
        are written.
        """
        changes = {table.name: change for table, change in self._changes.items() if change != (0, 0)}
        self._changes.clear()
        if not changes:
            return
        kept = kept_sums(self._connection, self._site)
        if not kept:
            keep_counted(self._connection, self._site, tables)
            return
        changes |= {each.name: (0, 0) for each in tables if each.name not in kept | changes}
        added = {name: _added(kept.get(name, (0, 0)), change) for name, change in sorted(changes.items())}
        _write(self._connection, self._site, added)

    def _change(self, table: Table, rows: Iterable[Mapping[Any, Any]], sign: int) -> None:
        count, total = self._changes.get(table, (0, 0))
        for row in rows:
            count += sign
            total += sign * _hash(table, row)
        self._changes[table] = count, total


def kept_sums(connection: Connection, site: Site) -> dict[str, Sum]:
    """Return the sums that were kept, by the name of the table."""
    wanted = select(projection_sum.c.table_name, projection_sum.c.row_count, projection_sum.c.digest)
    found = connection.execute(wanted.where(projection_sum.c.site == site))
    return {name: (count, int(digest, 16)) for name, count, digest in found}


def counted_sum(connection: Connection, site: Site, table: Table) -> Sum:
    """Return what the rows of a table add up to now; every one of the site is read."""
    count, total = 0, 0
    wanted = select(*(table.c[name] for name in _counted(table))).where(table.c.site == site)
    for row in connection.execute(wanted, execution_options={"yield_per": _ROWS}).mappings():
        count += 1
        total += _hash(table, row)
    return count, total % _MODULUS


def keep_counted(connection: Connection, site: Site, tables: Sequence[Table]) -> None:
    """Begin to keep the sums of a projection that is there already."""
    forget_sums(connection, site, tables)
    filled = _filled(connection, site, tables)
    sums = {each.name: counted_sum(connection, site, each) if each in filled else (0, 0) for each in tables}
    _write(connection, site, sums)


def forget_sums(connection: Connection, site: Site, tables: Sequence[Table]) -> None:
    """Remove the sums of some tables, with the rows that they are of."""
    named = projection_sum.c.table_name.in_([table.name for table in tables])
    connection.execute(delete(projection_sum).where(projection_sum.c.site == site, named))


def _filled(connection: Connection, site: Site, tables: Sequence[Table]) -> set[Table]:
    """Return the tables that have a row of the site: of a new one next to none has."""
    wanted = select(*(exists().where(table.c.site == site) for table in tables))
    return {table for table, has in zip(tables, connection.execute(wanted).one(), strict=True) if has}


def _write(connection: Connection, site: Site, sums: Mapping[str, Sum]) -> None:
    rows = [
        {"site": site, "table_name": name, "row_count": count, "digest": f"{total:032x}"}
        for name, (count, total) in sums.items()
    ]
    connection.execute(_keeping(connection.dialect.name), rows)


@cache
def _keeping(dialect: str) -> Insert:
    statement = upsert(dialect, projection_sum)
    new = {name: statement.excluded[name] for name in ("row_count", "digest")}
    return statement.on_conflict_do_update(index_elements=["site", "table_name"], set_=new)


def _added(kept: Sum, change: Sum) -> Sum:
    return kept[0] + change[0], (kept[1] + change[1]) % _MODULUS


@cache
def _counted(table: Table) -> tuple[str, ...]:
    apart = _APART.get(table.name, ())
    return tuple(name for name in table.c.keys() if name not in apart)  # noqa: SIM118 - these are no mapping


def _hash(table: Table, row: Mapping[Any, Any]) -> int:
    value_of = row.get
    values = [
        value if type(value) in _PLAIN else as_stored(value) for value in map(value_of, _counted(table))
    ]
    return int.from_bytes(hashlib.blake2b(repr(tuple(values)).encode(), digest_size=_HASH_BYTES).digest())
