"""What packages held beyond what their objects name."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "submission_file",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("submission", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "submission", "position", name=op.f("pk_submission_file")),
    )
    op.create_table(
        "submission_file_bearer",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "document", name=op.f("pk_submission_file_bearer")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("submission_file_bearer")
    op.drop_table("submission_file")
