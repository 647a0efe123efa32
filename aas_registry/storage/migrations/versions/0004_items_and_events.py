"""Items, their names, and events."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("alias", "item_merge", "event", "event_wait")


def upgrade() -> None:
    """Create the tables."""
    _create_alias()
    _create_item_merge()
    _create_event()
    _create_event_wait()


def downgrade() -> None:
    """Drop the tables, with their indexes."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_alias() -> None:
    op.create_table(
        "alias",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value_key", sa.Text(), nullable=False),
        sa.Column("issuer_key", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=True),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("recorded_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "scheme", "value_key", "issuer_key", "item", name=op.f("pk_alias")),
    )
    op.create_index("ix_alias_item", "alias", ["site", "item"], unique=False)
    op.create_index(
        "ix_alias_panel",
        "alias",
        ["site", "issuer_key", "value_key"],
        unique=False,
        sqlite_where=sa.text("scheme = 'panel'"),
        postgresql_where=sa.text("scheme = 'panel'"),
    )
    op.create_index("ix_alias_value", "alias", ["site", "kind", "value_key"], unique=False)


def _create_item_merge() -> None:
    op.create_table(
        "item_merge",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merged_into", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=True),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "item", "merged_into", "valid_from", name=op.f("pk_item_merge")),
    )
    op.create_index("ix_item_merge_into", "item_merge", ["site", "merged_into"], unique=False)


def _create_event() -> None:
    op.create_table(
        "event",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("time_given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("corrects", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_corrects", "event", ["site", "corrects"], unique=False)
    op.create_index("ix_event_recorded_at", "event", ["site", "recorded_at", "id"], unique=False)
    op.create_index("ix_event_state", "event", ["site", "state", "id"], unique=False)
    op.create_index("uq_event_event_id", "event", ["site", "event_id"], unique=True)


def _create_event_wait() -> None:
    op.create_table(
        "event_wait",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name_key", "event", name=op.f("pk_event_wait")),
    )
    op.create_index("ix_event_wait_event", "event_wait", ["site", "event"], unique=False)
