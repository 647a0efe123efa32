"""Names are found by what they begin with, and shipments by their order number.

PostgreSQL compares the columns that are asked so byte by byte, as SQLite does; their indexes
are built again. The sums of the genealogy are forgotten, for its shipments have one column more
now: they are begun again as the upgrade ends.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.domain.identifiers import matching_key

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BATCH = 500
_ASKED_BY_BEGINNING = {
    "alias": ["value_key"],
    "asset_id": ["value"],
    "certificate": ["number"],
    "document": ["identifier"],
    "lot": ["code_key"],
    "lot_date_code": ["date_code"],
    "lot_submission": ["delivery_note_key"],
    "package_statement": ["package_key"],
    "part_type": ["manufacturer_key", "mpn_key"],
    "party": ["code_key", "name_key"],
    "receipt": ["delivery_note_key"],
    "shipment": ["order_key"],
}


def upgrade() -> None:
    """Add the key of the order numbers and its index; say how PostgreSQL compares."""
    op.add_column("shipment", sa.Column("order_key", sa.Text(), nullable=True))
    _fill_order_keys()
    op.create_index("ix_shipment_order", "shipment", ["site", "order_key"])
    op.execute("DELETE FROM projection_sum")
    _compare_with("C")


def downgrade() -> None:
    """Drop both, and compare as the database does."""
    op.drop_index("ix_shipment_order", "shipment")
    op.drop_column("shipment", "order_key")
    op.execute("DELETE FROM projection_sum")
    _compare_with("default")


def _fill_order_keys() -> None:
    connection = op.get_bind()
    table = sa.table("shipment", *(sa.column(name) for name in ("site", "id", "order_number", "order_key")))
    row = (table.c.site == sa.bindparam("of"), table.c.id == sa.bindparam("number"))
    keyed = sa.update(table).where(*row).values(order_key=sa.bindparam("key"))
    for rows in _ordered(connection, table):
        keys = [{"of": site, "number": number, "key": matching_key(order)} for site, number, order in rows]
        connection.execute(keyed, keys)


def _ordered(connection: sa.Connection, table: sa.TableClause) -> Iterator[list[Any]]:
    """Yield the shipments with an order number, some hundreds at a time."""
    wanted = (
        sa.select(table.c.site, table.c.id, table.c.order_number)
        .where(table.c.order_number.is_not(None))
        .order_by(table.c.site, table.c.id)
        .limit(_BATCH)
    )
    rows = list(connection.execute(wanted).all())
    while rows:
        yield rows
        is_later = sa.tuple_(table.c.site, table.c.id) > sa.tuple_(rows[-1].site, rows[-1].id)
        rows = list(connection.execute(wanted.where(is_later)).all())


def _compare_with(collation: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in _ASKED_BY_BEGINNING.items():
        held = sa.inspect(op.get_bind()).get_columns(table)
        there = {each["name"] for each in held}
        changes = [
            f'ALTER COLUMN {name} TYPE TEXT COLLATE "{collation}"' for name in columns if name in there
        ]
        if changes:
            op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
