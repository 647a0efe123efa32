"""Uploads that arrive in pieces."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "partial_upload",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("expires_at", column_types.Instant(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_partial_upload")),
    )
    op.create_index("ix_partial_upload_owner", "partial_upload", ["site", "owner"], unique=False)
    op.create_index("ix_partial_upload_expires_at", "partial_upload", ["expires_at"], unique=False)


def downgrade() -> None:
    """Drop the table, with its indexes."""
    op.drop_table("partial_upload")
