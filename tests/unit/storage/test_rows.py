"""Rows in bulk: looked up, written once, held while their event is applied again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    RowMapping,
    Table,
    Text,
    insert,
    select,
)

from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry
from aas_registry.storage import rows
from aas_registry.storage.column_types import Instant
from aas_registry.storage.ids import FactIds
from aas_registry.storage.rows import RowBuffer

PLANT = Site("plant")
METADATA = MetaData()
FACT = Table(
    "test_fact",
    METADATA,
    Column("site", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, unique=True),
    Column("content", LargeBinary),
    Column("recorded_from", Instant),
)


@pytest.fixture
def connection(registry: Registry) -> Iterator[Connection]:
    with registry.write(PLANT) as opened:
        METADATA.create_all(opened)
        yield opened
        METADATA.drop_all(opened)


def facts(*names: str, first: int = 1, **more: object) -> list[dict[str, object]]:
    return [
        {"site": PLANT, "id": first + index, "name": name, "content": b"\x00\xff", **more}
        for index, name in enumerate(names)
    ]


def names_of(connection: Connection) -> list[str | None]:
    return list(connection.execute(select(FACT.c.name).order_by(FACT.c.id)).scalars())


@pytest.mark.parametrize("count", [0, 1, rows.CHUNK, 2 * rows.CHUNK + 1])
def test_chunks_hold_every_value_once_in_order(count: int) -> None:
    parts = list(rows.in_chunks(range(count)))

    assert [value for part in parts for value in part] == list(range(count))
    assert all(0 < len(part) <= rows.CHUNK for part in parts)


def test_given_values_are_the_rows_of_a_table(connection: Connection) -> None:
    wanted = rows.given(connection, number=[3, 1, 2**40], text=["a'\\", "", "\u00fc\u2028"])

    found = {tuple(each) for each in connection.execute(select(wanted.c.number, wanted.c.text))}

    assert found == {(3, "a'\\"), (1, ""), (2**40, "\u00fc\u2028")}


def test_as_many_rows_as_there_are_are_inserted(connection: Connection, clock) -> None:
    names = [f"n{number}" for number in range(rows.CHUNK + 1)]

    rows.insert_rows(connection, FACT, iter(facts(*names, recorded_from=clock.now)))
    rows.insert_rows(connection, FACT, [])

    assert names_of(connection) == names
    stored = connection.execute(select(FACT.c.content, FACT.c.recorded_from).limit(1)).one()
    assert tuple(stored) == (b"\x00\xff", clock.now)


def test_of_rows_with_a_taken_key_only_the_new_are_stored_and_told(connection: Connection) -> None:
    assert rows.insert_new(connection, FACT, facts("a", "b")) == {1, 2}

    assert rows.insert_new(connection, FACT, facts("b", "c", "d", first=10)) == {11, 12}
    assert names_of(connection) == ["a", "b", "c", "d"]


def test_a_rare_condition_finds_the_same_rows(connection: Connection) -> None:
    rows.insert_rows(connection, FACT, facts("a", "b"))

    found = connection.execute(select(FACT.c.id).where(rows.rare(connection, FACT.c.name == "b")))

    assert list(found.scalars()) == [2]


class Uncounted:
    """Hears what is written, and keeps nothing of it: the sums have tests of their own."""

    def add(self, table, rows) -> None:
        list(rows)

    def remove(self, table, rows) -> None:
        list(rows)


def test_a_buffer_gives_facts_their_ids_in_the_order_of_adding(
    registry: Registry, connection: Connection, clock
) -> None:
    buffer = RowBuffer(PLANT, FactIds(registry.allocator, PLANT), Uncounted(), now=clock.now)
    for name in ("z", "a", "m"):
        buffer.add(FACT, name=name)
    assert names_of(connection) == []

    buffer.flush(connection)
    buffer.flush(connection)

    assert names_of(connection) == ["z", "a", "m"]


def test_a_keyed_row_that_is_there_stays_as_it_is(registry: Registry, connection: Connection, clock) -> None:
    connection.execute(insert(FACT), facts("first"))
    buffer = RowBuffer(PLANT, FactIds(registry.allocator, PLANT), Uncounted(), now=clock.now)
    buffer.add_keyed(FACT, id=1, name="second")
    buffer.add_keyed(FACT, id=2, name="third")

    buffer.flush(connection)

    assert names_of(connection) == ["first", "third"]


def held_row(connection: Connection) -> RowMapping:
    return connection.execute(select(FACT)).mappings().one()


def test_what_is_held_and_added_again_stays_and_the_rest_is_released(
    registry: Registry, connection: Connection, clock
) -> None:
    connection.execute(insert(FACT), facts("first"))
    buffer = RowBuffer(PLANT, FactIds(registry.allocator, PLANT), Uncounted(), now=clock.now)
    buffer.hold(FACT, held_row(connection))

    buffer.add(FACT, name="first", content=held_row(connection)["content"])
    buffer.flush(connection)

    assert list(buffer.released()) == []
    assert names_of(connection) == ["first"]

    buffer.hold(FACT, held_row(connection))
    assert [row["name"] for _, row in buffer.released()] == ["first"]
