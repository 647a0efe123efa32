"""By which clocks a site relies, and how far behind its last recording one was accepted."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table; no clock was accepted yet."""
    op.add_column("site_clock", sa.Column("behind_us", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "machine_clock",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("started_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "machine", name=op.f("pk_machine_clock")),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("machine_clock")
    op.drop_column("site_clock", "behind_us")
