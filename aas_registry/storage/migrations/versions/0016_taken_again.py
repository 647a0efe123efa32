"""Bytes that a party sends again may be taken again, and say how what they brought stood."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CONTENT = ["site", "holder", "channel", "sha256"]


def upgrade() -> None:
    """Add the columns and the table; bytes and their number are unique now.

    Of a submission that is here already nobody knows how what it brought stood: sent again, it is
    read again.
    """
    op.add_column("submission", sa.Column("taking", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("submission", sa.Column("standing", sa.Text(), nullable=True))
    op.drop_index("uq_submission_content", table_name="submission")
    op.create_index("uq_submission_content", "submission", [*_CONTENT, "taking"], unique=True)
    op.create_table(
        "submission_certificate",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("submission", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("site", "submission", "certificate", name=op.f("pk_submission_certificate")),
    )


def downgrade() -> None:
    """Drop them; what was taken again stands in a channel of its own, for bytes are unique again."""
    op.drop_table("submission_certificate")
    op.execute("UPDATE submission SET channel = channel || ' taken ' || taking WHERE taking > 1")
    op.drop_index("uq_submission_content", table_name="submission")
    op.create_index("uq_submission_content", "submission", _CONTENT, unique=True)
    op.drop_column("submission", "standing")
    op.drop_column("submission", "taking")
