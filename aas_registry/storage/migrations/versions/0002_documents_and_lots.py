"""AAS documents, part types and lots."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = (
    "document",
    "document_version",
    "document_file",
    "asset_id",
    "submodel_ref",
    "part_type",
    "lot",
    "lot_submission",
    "lot_date_code",
)


def upgrade() -> None:
    """Create the tables."""
    _create_document()
    _create_document_version()
    _create_document_file()
    _create_asset_id()
    _create_submodel_ref()
    _create_part_type()
    _create_lot()
    _create_lot_submission()
    _create_lot_date_code()


def downgrade() -> None:
    """Drop the tables, with their indexes."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _create_document() -> None:
    op.create_table(
        "document",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.BigInteger(), nullable=False),
        sa.Column("id_short", sa.Text(), nullable=True),
        sa.Column("semantic_id", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("updated_at", column_types.Instant(), nullable=False),
        sa.Column("deleted_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_holder", "document", ["site", "kind", "holder", "id"], unique=False)
    op.create_index("ix_document_id_short", "document", ["site", "kind", "id_short", "id"], unique=False)
    op.create_index(
        "ix_document_semantic_id", "document", ["site", "kind", "semantic_id", "id"], unique=False
    )
    op.create_index(
        "uq_document_identifier", "document", ["site", "kind", "identifier", "claim"], unique=True
    )


def _create_document_version() -> None:
    op.create_table(
        "document_version",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "document", "version", name=op.f("pk_document_version")),
    )
    op.create_index(
        "ix_document_version_recorded",
        "document_version",
        ["site", "document", "recorded_from"],
        unique=False,
    )


def _create_document_file() -> None:
    op.create_table(
        "document_file",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "document", "version", "name", name=op.f("pk_document_file")),
    )
    op.create_index("ix_document_file_sha256", "document_file", ["site", "sha256"], unique=False)


def _create_asset_id() -> None:
    op.create_table(
        "asset_id",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "document", "name", "value", name=op.f("pk_asset_id")),
    )
    op.create_index("ix_asset_id_value", "asset_id", ["site", "value", "name"], unique=False)


def _create_submodel_ref() -> None:
    op.create_table(
        "submodel_ref",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("submodel_identifier", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "document", "submodel_identifier", name=op.f("pk_submodel_ref")),
    )
    op.create_index(
        "ix_submodel_ref_identifier", "submodel_ref", ["site", "submodel_identifier"], unique=False
    )


def _create_part_type() -> None:
    op.create_table(
        "part_type",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("manufacturer", sa.Text(), nullable=False),
        sa.Column("manufacturer_key", sa.Text(), nullable=False),
        sa.Column("mpn", sa.Text(), nullable=False),
        sa.Column("mpn_key", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_part_type")),
    )
    op.create_index("ix_part_type_mpn", "part_type", ["site", "mpn_key"], unique=False)
    op.create_index("uq_part_type_mpn", "part_type", ["site", "manufacturer_key", "mpn_key"], unique=True)


def _create_lot() -> None:
    op.create_table(
        "lot",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part_type", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_lot")),
    )
    op.create_index("ix_lot_code", "lot", ["site", "code_key"], unique=False)
    op.create_index("uq_lot_code", "lot", ["site", "part_type", "code_key"], unique=True)


def _create_lot_submission() -> None:
    op.create_table(
        "lot_submission",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.BigInteger(), nullable=True),
        sa.Column("manufacturer", sa.Text(), nullable=False),
        sa.Column("mpn", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("delivery_note", sa.Text(), nullable=True),
        sa.Column("internal_part_number", sa.Text(), nullable=True),
        sa.Column("country_of_origin", sa.Text(), nullable=True),
        sa.Column("manufactured_on", sa.Text(), nullable=True),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.Column("ended_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_lot_submission")),
    )
    op.create_index(
        "ix_lot_submission_delivery_note", "lot_submission", ["site", "delivery_note"], unique=False
    )
    op.create_index("ix_lot_submission_document", "lot_submission", ["site", "document"], unique=False)
    op.create_index("ix_lot_submission_holder", "lot_submission", ["site", "holder", "lot"], unique=False)
    op.create_index("ix_lot_submission_lot", "lot_submission", ["site", "lot", "holder"], unique=False)


def _create_lot_date_code() -> None:
    op.create_table(
        "lot_date_code",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("lot_submission", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("date_code", sa.Text(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "lot_submission", "date_code", name=op.f("pk_lot_date_code")),
    )
    op.create_index("ix_lot_date_code", "lot_date_code", ["site", "date_code"], unique=False)
    op.create_index("ix_lot_date_code_lot", "lot_date_code", ["site", "lot"], unique=False)
