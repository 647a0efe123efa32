"""A list that is paged by a key gives every row once, in order."""

from itertools import product

from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from aas_registry.storage.paging import beyond

_ROWS = list(product(range(3), repeat=3))
_table = Table("item", MetaData(), *(Column(name, Integer) for name in ("a", "b", "c")))


def test_after_each_row_come_those_with_a_larger_key_and_no_others() -> None:
    key = tuple(_table.c)
    with create_engine("sqlite://").connect() as connection:
        _table.create(connection)
        connection.execute(insert(_table), [dict(zip("abc", row, strict=True)) for row in _ROWS])

        later = {
            row: connection.execute(select(_table).where(beyond(key, row)).order_by(*key)).all()
            for row in _ROWS
        }

    assert later == {row: _ROWS[place:] for place, row in enumerate(_ROWS, start=1)}
