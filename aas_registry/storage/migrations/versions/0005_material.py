"""The genealogy projection: receipts, packages, runs, feeds."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    "receipt",
    "receipt_lot",
    "package",
    "package_state",
    "lot_link",
    "run",
    "unit",
    "run_unit",
    "feed",
    "removal",
    "feed_void",
)


def upgrade() -> None:
    """Create the tables."""
    _create_receipt()
    _create_receipt_lot()
    _create_package()
    _create_package_state()
    _create_lot_link()
    _create_run()
    _create_unit()
    _create_run_unit()
    _create_feed()
    _create_removal()
    _create_feed_void()


def downgrade() -> None:
    """Drop the tables, with their indexes."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("delivery_note_key", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("source", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("counted", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("received_at", column_types.Instant(), nullable=False),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_receipt")),
    )
    op.create_index("ix_receipt_delivery_note", "receipt", ["site", "delivery_note_key"], unique=False)
    op.create_index("ix_receipt_source", "receipt", ["site", "source"], unique=False)


def _create_receipt_lot() -> None:
    op.create_table(
        "receipt_lot",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("receipt", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "receipt", "lot", "event", name=op.f("pk_receipt_lot")),
    )
    op.create_index("ix_receipt_lot_lot", "receipt_lot", ["site", "lot"], unique=False)


def _create_package() -> None:
    op.create_table(
        "package",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("internal_part_number", sa.Text(), nullable=True),
        sa.Column("receipt", sa.BigInteger(), nullable=True),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_package")),
    )
    op.create_index("ix_package_receipt", "package", ["site", "receipt"], unique=False)


def _create_package_state() -> None:
    op.create_table(
        "package_state",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_package_state")),
    )
    op.create_index("ix_package_state_event", "package_state", ["site", "event"], unique=False)
    op.create_index(
        "ix_package_state_package", "package_state", ["site", "package", "valid_from"], unique=False
    )


def _create_lot_link() -> None:
    op.create_table(
        "lot_link",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=False),
        sa.Column("child", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("grey_zone", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("certainty", sa.SmallInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_lot_link")),
    )
    op.create_index("ix_lot_link_child", "lot_link", ["site", "child", "parent"], unique=False)
    op.create_index("ix_lot_link_event", "lot_link", ["site", "event"], unique=False)
    op.create_index("ix_lot_link_parent", "lot_link", ["site", "parent", "child"], unique=False)


def _create_run() -> None:
    op.create_table(
        "run",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("program", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("opened_at", column_types.Instant(), nullable=True),
        sa.Column("closed_at", column_types.Instant(), nullable=True),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_line", "run", ["site", "line"], unique=False)


def _create_unit() -> None:
    op.create_table(
        "unit",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("product", sa.BigInteger(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("customer_declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_unit")),
    )
    op.create_index("ix_unit_customer", "unit", ["site", "customer"], unique=False)
    op.create_index("ix_unit_product", "unit", ["site", "product"], unique=False)


def _create_run_unit() -> None:
    op.create_table(
        "run_unit",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("passed_at", column_types.Instant(), nullable=True),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "run", "seq", "unit", "event", name=op.f("pk_run_unit")),
    )
    op.create_index("ix_run_unit_event", "run_unit", ["site", "event"], unique=False)
    op.create_index("ix_run_unit_unit", "run_unit", ["site", "unit", "run", "seq"], unique=False)


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("seq_from", sa.BigInteger(), nullable=False),
        sa.Column("seq_to", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("context_run", sa.BigInteger(), nullable=True),
        sa.Column("slot", sa.Text(), nullable=True),
        sa.Column("feeder", sa.Text(), nullable=True),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity_per_unit", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("certainty", sa.SmallInteger(), nullable=False),
        sa.Column("alternative_group", sa.Text(), nullable=True),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_feed")),
    )
    op.create_index("ix_feed_event", "feed", ["site", "event"], unique=False)
    op.create_index("ix_feed_package", "feed", ["site", "package", "run", "seq_from", "seq_to"], unique=False)
    op.create_index("ix_feed_run", "feed", ["site", "run", "seq_from", "seq_to"], unique=False)


def _create_removal() -> None:
    op.create_table(
        "removal",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=True),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_removal")),
    )
    op.create_index("ix_removal_event", "removal", ["site", "event"], unique=False)
    op.create_index("ix_removal_unit", "removal", ["site", "unit"], unique=False)


def _create_feed_void() -> None:
    op.create_table(
        "feed_void",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("feed", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("valid_to", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_feed_void")),
    )
    op.create_index("ix_feed_void_feed", "feed_void", ["site", "feed", "unit"], unique=False)
    op.create_index("ix_feed_void_unit", "feed_void", ["site", "unit"], unique=False)
