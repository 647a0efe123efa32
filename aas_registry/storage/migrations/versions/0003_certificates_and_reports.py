"""Certificates, statements and reports."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    "certificate",
    "certificate_scope",
    "certificate_check",
    "certificate_step",
    "statement",
    "statement_lot",
    "report",
)


def upgrade() -> None:
    """Create the tables."""
    _create_certificate()
    _create_certificate_scope()
    _create_certificate_check()
    _create_certificate_step()
    _create_statement()
    _create_statement_lot()
    _create_report()


def downgrade() -> None:
    """Drop the tables, with their indexes."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("signing_party", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Text(), nullable=True),
        sa.Column("signer", sa.Text(), nullable=True),
        sa.Column("signed_at", column_types.Instant(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("authentic", sa.Text(), nullable=False),
        sa.Column("matches", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_certificate")),
    )
    op.create_index("ix_certificate_number", "certificate", ["site", "number"], unique=False)
    op.create_index(
        "ix_certificate_party", "certificate", ["site", "party", "recorded_at", "id"], unique=False
    )
    op.create_index("ix_certificate_recorded_at", "certificate", ["site", "recorded_at", "id"], unique=False)
    op.create_index("ix_certificate_sha256", "certificate", ["site", "sha256"], unique=False)
    op.create_index("ix_certificate_submission", "certificate", ["site", "submission"], unique=False)


def _create_certificate_scope() -> None:
    op.create_table(
        "certificate_scope",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("certificate", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "certificate", "kind", "value", name=op.f("pk_certificate_scope")),
    )
    op.create_index("ix_certificate_scope_item", "certificate_scope", ["site", "item"], unique=False)
    op.create_index(
        "ix_certificate_scope_value", "certificate_scope", ["site", "kind", "value"], unique=False
    )


def _create_certificate_check() -> None:
    op.create_table(
        "certificate_check",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("certificate", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("checked_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "certificate", "position", name=op.f("pk_certificate_check")),
    )


def _create_certificate_step() -> None:
    op.create_table(
        "certificate_step",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("certificate", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "certificate", "position", name=op.f("pk_certificate_step")),
    )


def _create_statement() -> None:
    op.create_table(
        "statement",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_statement")),
    )
    op.create_index("ix_statement_certificate", "statement", ["site", "certificate"], unique=False)


def _create_statement_lot() -> None:
    op.create_table(
        "statement_lot",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("lot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "lot", "sequence", name=op.f("pk_statement_lot")),
    )
    op.create_index("ix_statement_lot_statement", "statement_lot", ["site", "statement"], unique=False)


def _create_report() -> None:
    op.create_table(
        "report",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_customer", "report", ["site", "customer", "made_at", "id"], unique=False)
    op.create_index("ix_report_made_at", "report", ["site", "made_at", "id"], unique=False)
    op.create_index("ix_report_subject", "report", ["site", "subject", "id"], unique=False)
