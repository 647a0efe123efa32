"""Stored files are found by their digest, whatever site they belong to."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_stored_file_sha256", "stored_file")
