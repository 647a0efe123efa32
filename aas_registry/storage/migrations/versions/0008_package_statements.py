"""What parties say about packages."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "package_statement",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("holder", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("package_key", sa.Text(), nullable=False),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("delivery_note", sa.Text(), nullable=True),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.Column("ended_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "holder", "id", name=op.f("pk_package_statement")),
    )
    op.create_index("ix_package_statement_lot", "package_statement", ["site", "lot", "holder", "id"])
    op.create_index("ix_package_statement_package", "package_statement", ["site", "package_key"])


def downgrade() -> None:
    """Drop the table, with its indexes."""
    op.drop_table("package_statement")
