"""Parties, access, submissions, and what the site itself needs."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "id_block",
    "site_lock",
    "secret",
    "party",
    "anchor",
    "token",
    "user_account",
    "audit",
    "stored_file",
    "submission",
)


def upgrade() -> None:
    """Create the tables."""
    _create_id_block()
    _create_site_lock()
    _create_secret()
    _create_party()
    _create_anchor()
    _create_token()
    _create_user_account()
    _create_audit()
    _create_stored_file()
    _create_submission()


def downgrade() -> None:
    """Drop the tables, with their indexes."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_id_block() -> None:
    op.create_table(
        "id_block",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", name=op.f("pk_id_block")),
    )


def _create_site_lock() -> None:
    op.create_table(
        "site_lock",
        sa.Column("site", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_lock")),
    )


def _create_secret() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )


def _create_party() -> None:
    op.create_table(
        "party",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_party")),
    )
    op.create_index("ix_party_name", "party", ["site", "name_key"], unique=False)
    op.create_index("uq_party_code", "party", ["site", "code_key"], unique=True)


def _create_anchor() -> None:
    op.create_table(
        "anchor",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("party", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("subject_rule", sa.Text(), nullable=True),
        sa.Column("revocation_list", sa.LargeBinary(), nullable=True),
        sa.Column("pinned_at", column_types.Instant(), nullable=False),
        sa.Column("withdrawn_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_anchor")),
    )
    op.create_index("ix_anchor_party", "anchor", ["site", "party"], unique=False)


def _create_token() -> None:
    op.create_table(
        "token",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party", sa.BigInteger(), nullable=True),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("expires_at", column_types.Instant(), nullable=False),
        sa.Column("revoked_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_token")),
    )
    op.create_index("uq_token_sha256", "token", ["sha256"], unique=True)


def _create_user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party", sa.BigInteger(), nullable=True),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("expires_at", column_types.Instant(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_user_account")),
    )
    op.create_index("uq_user_account_name", "user_account", ["name_key"], unique=True)


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", column_types.Instant(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["site", "at", "id"], unique=False)


def _create_stored_file() -> None:
    op.create_table(
        "stored_file",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "sha256", name=op.f("pk_stored_file")),
    )


def _create_submission() -> None:
    op.create_table(
        "submission",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("party", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("received_at", column_types.Instant(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_submission")),
    )
    op.create_index("ix_submission_party", "submission", ["site", "party", "received_at", "id"], unique=False)
    op.create_index("ix_submission_received_at", "submission", ["site", "received_at", "id"], unique=False)
    op.create_index(
        "uq_submission_content", "submission", ["site", "holder", "channel", "sha256"], unique=True
    )
