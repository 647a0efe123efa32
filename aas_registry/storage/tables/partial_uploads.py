"""Uploads that arrive in pieces: what was announced; how much arrived, the file on disk says."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import metadata, ref_column, site_column

partial_upload = Table(
    "partial_upload",
    metadata,
    site_column(),
    Column("id", Text, primary_key=True),  # random: also the name of the file
    Column("owner", Text, nullable=False),  # who alone may go on with it
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("metadata", Text, nullable=False),  # Upload-Metadata as it was sent
    Column("length", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    ref_column("submission", nullable=True),  # what it became; the file is gone then
    Index("ix_partial_upload_owner", "site", "owner"),
    Index("ix_partial_upload_expires_at", "expires_at"),
)
