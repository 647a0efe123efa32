"""What the rows of each projection add up to; `database upgrade` and a server's start begin to keep it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is filled once the projection is known to be built."""
    op.create_table(
        "projection_sum",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Remove the table; nothing else is lost."""
    op.drop_table("projection_sum")
