"""The genealogy projection: what moved, was shipped, tested and counted."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = (
    "movement",
    "containment",
    "shipment",
    "shipped",
    "test_result",
    "quantity_entry",
    "source_heartbeat",
)


def upgrade() -> None:
    """Create the tables."""
    _create_movement()
    _create_containment()
    _create_shipment()
    _create_shipped()
    _create_test_result()
    _create_quantity_entry()
    _create_source_heartbeat()


def downgrade() -> None:
    """Drop the tables, with their indexes."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_movement() -> None:
    op.create_table(
        "movement",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_event", "movement", ["site", "event"], unique=False)
    op.create_index("ix_movement_unit", "movement", ["site", "unit"], unique=False)


def _create_containment() -> None:
    op.create_table(
        "containment",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("child", sa.BigInteger(), nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_containment")),
    )
    op.create_index("ix_containment_child", "containment", ["site", "child", "valid_from"], unique=False)
    op.create_index(
        "ix_containment_panel",
        "containment",
        ["site", "parent"],
        unique=False,
        sqlite_where=sa.text("relation = 'panelOf'"),
        postgresql_where=sa.text("relation = 'panelOf'"),
    )
    op.create_index("ix_containment_parent", "containment", ["site", "parent", "valid_from"], unique=False)


def _create_shipment() -> None:
    op.create_table(
        "shipment",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_shipment")),
    )
    op.create_index("ix_shipment_customer", "shipment", ["site", "customer"], unique=False)


def _create_shipped() -> None:
    op.create_table(
        "shipped",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_shipped")),
    )
    op.create_index("ix_shipped_shipment", "shipped", ["site", "shipment"], unique=False)
    op.create_index("ix_shipped_unit", "shipped", ["site", "unit", "valid_from"], unique=False)


def _create_test_result() -> None:
    op.create_table(
        "test_result",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("test", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_test_result")),
    )
    op.create_index("ix_test_result_event", "test_result", ["site", "event"], unique=False)
    op.create_index("ix_test_result_unit", "test_result", ["site", "unit", "happened_at"], unique=False)


def _create_quantity_entry() -> None:
    op.create_table(
        "quantity_entry",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", column_types.Quantity(), nullable=False),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_quantity_entry")),
    )
    op.create_index("ix_quantity_entry_event", "quantity_entry", ["site", "event"], unique=False)
    op.create_index("ix_quantity_entry_item", "quantity_entry", ["site", "item"], unique=False)


def _create_source_heartbeat() -> None:
    op.create_table(
        "source_heartbeat",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_event_at", column_types.Instant(), nullable=False),
        sa.Column("last_recorded_at", column_types.Instant(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "source", name=op.f("pk_source_heartbeat")),
    )
