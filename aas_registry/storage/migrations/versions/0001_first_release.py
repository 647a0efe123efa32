"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "alias",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value_key", sa.Text(), nullable=False),
        sa.Column("issuer_key", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=True),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("recorded_at", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "scheme", "value_key", "issuer_key", "item", name=op.f("pk_alias")),
    )
    op.create_index("ix_alias_item", "alias", ["site", "item"], unique=False)
    op.create_index(
        "ix_alias_panel",
        "alias",
        ["site", "issuer_key", "value_key"],
        unique=False,
        sqlite_where=sa.text("scheme = 'panel'"),
        postgresql_where=sa.text("scheme = 'panel'"),
    )
    op.create_index("ix_alias_value", "alias", ["site", "kind", "value_key"], unique=False)
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
    op.create_table(
        "asset_id",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("document", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "document", "name", "value", name=op.f("pk_asset_id")),
    )
    op.create_index("ix_asset_id_value", "asset_id", ["site", "value", "name"], unique=False)
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
    op.create_index("ix_certificate_party", "certificate", ["site", "party", "recorded_at", "id"], unique=False)
    op.create_index("ix_certificate_recorded_at", "certificate", ["site", "recorded_at", "id"], unique=False)
    op.create_index("ix_certificate_sha256", "certificate", ["site", "sha256"], unique=False)
    op.create_index("ix_certificate_submission", "certificate", ["site", "submission"], unique=False)
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
    op.create_table(
        "containment",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("child", sa.BigInteger(), nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_containment")),
    )
    op.create_index("ix_containment_child", "containment", ["site", "child", "valid_from"], unique=False)
    op.create_index("ix_containment_parent", "containment", ["site", "parent", "valid_from"], unique=False)
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
    op.create_table(
        "event",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("time_given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("corrects", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_corrects", "event", ["site", "corrects"], unique=False)
    op.create_index("ix_event_recorded_at", "event", ["site", "recorded_at", "id"], unique=False)
    op.create_index("ix_event_state", "event", ["site", "state", "id"], unique=False)
    op.create_index("uq_event_event_id", "event", ["site", "event_id"], unique=True)
    op.create_table(
        "event_wait",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name_key", "event", name=op.f("pk_event_wait")),
    )
    op.create_index("ix_event_wait_event", "event_wait", ["site", "event"], unique=False)
    op.create_table(
        "feed",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("seq_from", sa.BigInteger(), nullable=False),
        sa.Column("seq_to", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("context_run", sa.BigInteger(), nullable=True),
        sa.Column("slot", sa.Text(), nullable=True),
        sa.Column("feeder", sa.Text(), nullable=True),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity_per_unit", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("certainty", sa.SmallInteger(), nullable=False),
        sa.Column("alternative_group", sa.Text(), nullable=True),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_feed")),
    )
    op.create_index("ix_feed_event", "feed", ["site", "event"], unique=False)
    op.create_index("ix_feed_package", "feed", ["site", "package", "run", "seq_from", "seq_to"], unique=False)
    op.create_index("ix_feed_run", "feed", ["site", "run", "seq_from", "seq_to"], unique=False)
    op.create_table(
        "feed_void",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("feed", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("valid_to", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_feed_void")),
    )
    op.create_index("ix_feed_void_feed", "feed_void", ["site", "feed", "unit"], unique=False)
    op.create_index("ix_feed_void_unit", "feed_void", ["site", "unit"], unique=False)
    op.create_table(
        "id_block",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", name=op.f("pk_id_block")),
    )
    op.create_table(
        "item_merge",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merged_into", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=True),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "item", "merged_into", "valid_from", name=op.f("pk_item_merge")),
    )
    op.create_index("ix_item_merge_into", "item_merge", ["site", "merged_into"], unique=False)
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
    op.create_table(
        "lot_link",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=False),
        sa.Column("child", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("grey_zone", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("certainty", sa.SmallInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_lot_link")),
    )
    op.create_index("ix_lot_link_child", "lot_link", ["site", "child", "parent"], unique=False)
    op.create_index("ix_lot_link_event", "lot_link", ["site", "event"], unique=False)
    op.create_index("ix_lot_link_parent", "lot_link", ["site", "parent", "child"], unique=False)
    op.create_table(
        "lot_submission",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.BigInteger(), nullable=True),
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
    op.create_table(
        "movement",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_event", "movement", ["site", "event"], unique=False)
    op.create_index("ix_movement_unit", "movement", ["site", "unit"], unique=False)
    op.create_table(
        "package",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("internal_part_number", sa.Text(), nullable=True),
        sa.Column("receipt", sa.BigInteger(), nullable=True),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_package")),
    )
    op.create_index("ix_package_receipt", "package", ["site", "receipt"], unique=False)
    op.create_table(
        "package_state",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_package_state")),
    )
    op.create_index("ix_package_state_event", "package_state", ["site", "event"], unique=False)
    op.create_index(
        "ix_package_state_package", "package_state", ["site", "package", "valid_from"], unique=False
    )
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
    op.create_table(
        "quantity_entry",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", column_types.Quantity(), nullable=False),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_quantity_entry")),
    )
    op.create_index("ix_quantity_entry_event", "quantity_entry", ["site", "event"], unique=False)
    op.create_index("ix_quantity_entry_item", "quantity_entry", ["site", "item"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("delivery_note_key", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("source", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("counted", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("received_at", column_types.Instant(), nullable=False),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_receipt")),
    )
    op.create_index("ix_receipt_delivery_note", "receipt", ["site", "delivery_note_key"], unique=False)
    op.create_index("ix_receipt_source", "receipt", ["site", "source"], unique=False)
    op.create_table(
        "receipt_lot",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("receipt", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "receipt", "lot", "event", name=op.f("pk_receipt_lot")),
    )
    op.create_index("ix_receipt_lot_lot", "receipt_lot", ["site", "lot"], unique=False)
    op.create_table(
        "removal",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=True),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity", column_types.Quantity(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_removal")),
    )
    op.create_index("ix_removal_event", "removal", ["site", "event"], unique=False)
    op.create_index("ix_removal_unit", "removal", ["site", "unit"], unique=False)
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
    op.create_table(
        "run",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("program", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("opened_at", column_types.Instant(), nullable=True),
        sa.Column("closed_at", column_types.Instant(), nullable=True),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_line", "run", ["site", "line"], unique=False)
    op.create_table(
        "run_unit",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("passed_at", column_types.Instant(), nullable=True),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "run", "seq", "unit", "event", name=op.f("pk_run_unit")),
    )
    op.create_index("ix_run_unit_event", "run_unit", ["site", "event"], unique=False)
    op.create_index("ix_run_unit_unit", "run_unit", ["site", "unit", "run", "seq"], unique=False)
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "shipment",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_number", sa.Text(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_shipment")),
    )
    op.create_index("ix_shipment_customer", "shipment", ["site", "customer"], unique=False)
    op.create_table(
        "shipped",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("shipment", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_shipped")),
    )
    op.create_index("ix_shipped_shipment", "shipped", ["site", "shipment"], unique=False)
    op.create_index("ix_shipped_unit", "shipped", ["site", "unit", "valid_from"], unique=False)
    op.create_table(
        "site_lock",
        sa.Column("site", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_lock")),
    )
    op.create_table(
        "source_heartbeat",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_event_at", column_types.Instant(), nullable=False),
        sa.Column("last_recorded_at", column_types.Instant(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "source", name=op.f("pk_source_heartbeat")),
    )
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
    op.create_table(
        "stored_file",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "sha256", name=op.f("pk_stored_file")),
    )
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
    op.create_table(
        "test_result",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("test", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_test_result")),
    )
    op.create_index("ix_test_result_event", "test_result", ["site", "event"], unique=False)
    op.create_index("ix_test_result_unit", "test_result", ["site", "unit", "happened_at"], unique=False)
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
    op.create_table(
        "unit",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("product", sa.BigInteger(), nullable=True),
        sa.Column("customer", sa.BigInteger(), nullable=True),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("declared", sa.BigInteger(), nullable=False),
        sa.Column("customer_declared", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_unit")),
    )
    op.create_index("ix_unit_customer", "unit", ["site", "customer"], unique=False)
    op.create_index("ix_unit_product", "unit", ["site", "product"], unique=False)
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


def downgrade() -> None:
    """Drop every table."""
    op.drop_index("uq_user_account_name", table_name="user_account")
    op.drop_table("user_account")
    op.drop_index("ix_unit_product", table_name="unit")
    op.drop_index("ix_unit_customer", table_name="unit")
    op.drop_table("unit")
    op.drop_index("uq_token_sha256", table_name="token")
    op.drop_table("token")
    op.drop_index("ix_test_result_unit", table_name="test_result")
    op.drop_index("ix_test_result_event", table_name="test_result")
    op.drop_table("test_result")
    op.drop_index("ix_submodel_ref_identifier", table_name="submodel_ref")
    op.drop_table("submodel_ref")
    op.drop_index("uq_submission_content", table_name="submission")
    op.drop_index("ix_submission_received_at", table_name="submission")
    op.drop_index("ix_submission_party", table_name="submission")
    op.drop_table("submission")
    op.drop_table("stored_file")
    op.drop_index("ix_statement_lot_statement", table_name="statement_lot")
    op.drop_table("statement_lot")
    op.drop_index("ix_statement_certificate", table_name="statement")
    op.drop_table("statement")
    op.drop_table("source_heartbeat")
    op.drop_table("site_lock")
    op.drop_index("ix_shipped_unit", table_name="shipped")
    op.drop_index("ix_shipped_shipment", table_name="shipped")
    op.drop_table("shipped")
    op.drop_index("ix_shipment_customer", table_name="shipment")
    op.drop_table("shipment")
    op.drop_table("secret")
    op.drop_index("ix_run_unit_unit", table_name="run_unit")
    op.drop_index("ix_run_unit_event", table_name="run_unit")
    op.drop_table("run_unit")
    op.drop_index("ix_run_line", table_name="run")
    op.drop_table("run")
    op.drop_index("ix_report_subject", table_name="report")
    op.drop_index("ix_report_made_at", table_name="report")
    op.drop_index("ix_report_customer", table_name="report")
    op.drop_table("report")
    op.drop_index("ix_removal_unit", table_name="removal")
    op.drop_index("ix_removal_event", table_name="removal")
    op.drop_table("removal")
    op.drop_index("ix_receipt_lot_lot", table_name="receipt_lot")
    op.drop_table("receipt_lot")
    op.drop_index("ix_receipt_source", table_name="receipt")
    op.drop_index("ix_receipt_delivery_note", table_name="receipt")
    op.drop_table("receipt")
    op.drop_index("ix_quantity_entry_item", table_name="quantity_entry")
    op.drop_index("ix_quantity_entry_event", table_name="quantity_entry")
    op.drop_table("quantity_entry")
    op.drop_index("uq_party_code", table_name="party")
    op.drop_index("ix_party_name", table_name="party")
    op.drop_table("party")
    op.drop_index("uq_part_type_mpn", table_name="part_type")
    op.drop_index("ix_part_type_mpn", table_name="part_type")
    op.drop_table("part_type")
    op.drop_index("ix_package_state_package", table_name="package_state")
    op.drop_index("ix_package_state_event", table_name="package_state")
    op.drop_table("package_state")
    op.drop_index("ix_package_receipt", table_name="package")
    op.drop_table("package")
    op.drop_index("ix_movement_unit", table_name="movement")
    op.drop_index("ix_movement_event", table_name="movement")
    op.drop_table("movement")
    op.drop_index("ix_lot_submission_lot", table_name="lot_submission")
    op.drop_index("ix_lot_submission_holder", table_name="lot_submission")
    op.drop_index("ix_lot_submission_document", table_name="lot_submission")
    op.drop_index("ix_lot_submission_delivery_note", table_name="lot_submission")
    op.drop_table("lot_submission")
    op.drop_index("ix_lot_link_parent", table_name="lot_link")
    op.drop_index("ix_lot_link_event", table_name="lot_link")
    op.drop_index("ix_lot_link_child", table_name="lot_link")
    op.drop_table("lot_link")
    op.drop_index("ix_lot_date_code_lot", table_name="lot_date_code")
    op.drop_index("ix_lot_date_code", table_name="lot_date_code")
    op.drop_table("lot_date_code")
    op.drop_index("uq_lot_code", table_name="lot")
    op.drop_index("ix_lot_code", table_name="lot")
    op.drop_table("lot")
    op.drop_index("ix_item_merge_into", table_name="item_merge")
    op.drop_table("item_merge")
    op.drop_table("id_block")
    op.drop_index("ix_feed_void_unit", table_name="feed_void")
    op.drop_index("ix_feed_void_feed", table_name="feed_void")
    op.drop_table("feed_void")
    op.drop_index("ix_feed_run", table_name="feed")
    op.drop_index("ix_feed_package", table_name="feed")
    op.drop_index("ix_feed_event", table_name="feed")
    op.drop_table("feed")
    op.drop_index("ix_event_wait_event", table_name="event_wait")
    op.drop_table("event_wait")
    op.drop_index("uq_event_event_id", table_name="event")
    op.drop_index("ix_event_state", table_name="event")
    op.drop_index("ix_event_recorded_at", table_name="event")
    op.drop_index("ix_event_corrects", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_document_version_recorded", table_name="document_version")
    op.drop_table("document_version")
    op.drop_index("ix_document_file_sha256", table_name="document_file")
    op.drop_table("document_file")
    op.drop_index("uq_document_identifier", table_name="document")
    op.drop_index("ix_document_semantic_id", table_name="document")
    op.drop_index("ix_document_id_short", table_name="document")
    op.drop_index("ix_document_holder", table_name="document")
    op.drop_table("document")
    op.drop_index("ix_containment_parent", table_name="containment")
    op.drop_index("ix_containment_child", table_name="containment")
    op.drop_table("containment")
    op.drop_table("certificate_step")
    op.drop_index("ix_certificate_scope_value", table_name="certificate_scope")
    op.drop_index("ix_certificate_scope_item", table_name="certificate_scope")
    op.drop_table("certificate_scope")
    op.drop_table("certificate_check")
    op.drop_index("ix_certificate_submission", table_name="certificate")
    op.drop_index("ix_certificate_sha256", table_name="certificate")
    op.drop_index("ix_certificate_recorded_at", table_name="certificate")
    op.drop_index("ix_certificate_party", table_name="certificate")
    op.drop_index("ix_certificate_number", table_name="certificate")
    op.drop_table("certificate")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")
    op.drop_index("ix_asset_id_value", table_name="asset_id")
    op.drop_table("asset_id")
    op.drop_index("ix_anchor_party", table_name="anchor")
    op.drop_table("anchor")
    op.drop_index("ix_alias_value", table_name="alias")
    op.drop_index(
        "ix_alias_panel",
        table_name="alias",
        sqlite_where=sa.text("scheme = 'panel'"),
        postgresql_where=sa.text("scheme = 'panel'"),
    )
    op.drop_index("ix_alias_item", table_name="alias")
    op.drop_table("alias")
