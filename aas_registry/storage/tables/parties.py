"""Parties (suppliers, manufacturers, customers) and the CAs pinned for them."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, kept_apart_column, metadata, ref_column, site_column

party = Table(
    "party",
    metadata,
    site_column(),
    id_column(),
    Column("code", Text, nullable=False),
    Column("code_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    kept_apart_column(),
    Index("uq_party_code", "site", "code_key", "kept_apart", unique=True),
    Index("ix_party_name", "site", "name_key"),
)

anchor = Table(
    "anchor",
    metadata,
    site_column(),
    id_column(),
    ref_column("party", nullable=True),  # null: a time-stamping authority, pinned for the site
    Column("purpose", Text, nullable=False),  # signer | timestamp
    Column("certificate", LargeBinary, nullable=False),  # DER
    Column("sha256", Text, nullable=False),
    Column("subject_rule", Text),  # RFC 4514 subject that a signer under a public CA must carry
    Column("revocation_list", LargeBinary),  # newest CRL of the anchor, DER
    Column("pinned_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_anchor_party", "site", "party"),
)
