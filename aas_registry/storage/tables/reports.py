"""Signed trace reports: a frozen question and its bundle."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

report = Table(
    "report",
    metadata,
    site_column(),
    id_column(),
    Column("direction", Text, nullable=False),  # where-used | contents
    ref_column("subject"),  # item: lot or unit
    ref_column("customer", nullable=True),  # party that the report is limited to
    Column("question", LargeBinary, nullable=False),  # canonical JSON
    Column("sha256", Text, nullable=False),  # the bundle, a stored file
    Column("size", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Index("ix_report_subject", "site", "subject", "id"),
    Index("ix_report_customer", "site", "customer", "made_at", "id"),
    Index("ix_report_made_at", "site", "made_at", "id"),
)
