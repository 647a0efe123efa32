"""The guard: what the database does for ids that others hold is next to nothing more than for fresh ones.

Counted, not timed: rows that are written, and rows (or, on SQLite, instructions) that are read.
"""

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aas_samples import environment, submodel, text
from sqlalchemy import Connection, event

from aas_registry.services import access, parties
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.registry import Registry

IDS = 400
_READ = (
    "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
    " WHERE relname IN ('document', 'served_since')"
)


def send(registry: Registry, party: str, ids: str) -> None:
    content = environment(*(submodel(f"urn:{ids}:{number}", text("Of", party)) for number in range(IDS)))
    arrival = Arrival(io.BytesIO(content), "a.json", options=UploadOptions(on_behalf_of=party))
    uploads.take_upload(registry, access.local_administrator(registry), arrival)


class Work(Counter[str]):
    """What is written, by statement and table, and what is read in all."""

    def before(self, connection: Connection, *_: object) -> None:
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.set_progress_handler(self._instruction, 1)

    def after(self, _: Connection, cursor: Any, statement: str, *__: object) -> None:
        words = statement.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            table = words[1] if words[0] == "UPDATE" else words[2]
            self[f"{words[0]} {table}"] += max(cursor.rowcount, 0)

    def commit(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            self["read"] += sum(rows for _, rows in connection.exec_driver_sql(_READ))

    def _instruction(self) -> int:
        self["read"] += 1
        return 0


@contextmanager
def counted(registry: Registry) -> Iterator[Work]:
    work = Work()
    listeners = [
        ("before_cursor_execute", work.before),
        ("after_cursor_execute", work.after),
        ("commit", work.commit),
    ]
    for name, listener in listeners:
        event.listen(registry.engine, name, listener)
    try:
        yield work
    finally:
        for name, listener in listeners:
            event.remove(registry.engine, name, listener)


def gather(registry: Registry) -> None:
    """Let PostgreSQL's planner know the tables: what autovacuum gathered by then is chance."""
    if registry.engine.dialect.name == "postgresql":
        with registry.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE document, served_since")


@pytest.fixture
def held(registry: Registry) -> Registry:
    administrator = access.local_administrator(registry)
    for code in ("arro", "bolt"):
        parties.add_party(registry, administrator, code=code, name=code.title())
    for ids in ("theirs", *(f"more {number}" for number in range(5))):
        send(registry, "bolt", ids)
    return registry


@pytest.mark.check
def test_ids_that_another_holds_take_no_more_work_than_a_note_of_each(held: Registry) -> None:
    send(held, "arro", "first")
    gather(held)
    with counted(held) as fresh:
        send(held, "arro", "fresh")
    with counted(held) as contested:
        send(held, "arro", "theirs")

    assert fresh["INSERT document"] == contested["INSERT document"] == IDS
    more = contested - fresh
    assert {name: count for name, count in more.items() if name != "read"} == {"INSERT served_since": IDS}
    assert contested["UPDATE document"] == 0
    # On PostgreSQL rows, of each id a few; on SQLite instructions, of which a row takes tens.
    most = 24 if held.engine.dialect.name == "postgresql" else 600
    assert 0 < more["read"] <= most * IDS, more
