"""Submissions: who sent which bytes, what was found and what was taken."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

stored_file = Table(
    "stored_file",
    metadata,
    site_column(),
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    site_column(),
    id_column(),
    ref_column("party", nullable=True),  # null: the plant itself
    ref_column("holder"),  # party, or 0 for the plant: half of the idempotency key
    Column("channel", Text, nullable=False),  # upload | api | certificate
    Column("sha256", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("outcome", LargeBinary, nullable=False),  # canonical JSON: what was taken, findings
    Index("uq_submission_content", "site", "holder", "channel", "sha256", unique=True),
    Index("ix_submission_party", "site", "party", "received_at", "id"),
    Index("ix_submission_received_at", "site", "received_at", "id"),
)
