"""Tokens, users, and the audit trail of who did what when."""

from sqlalchemy import Boolean, Column, Index, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

token = Table(
    "token",
    metadata,
    site_column(),
    id_column(),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    ref_column("party", nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("uq_token_sha256", "sha256", unique=True),
)

user = Table(
    "user_account",
    metadata,
    site_column(),
    id_column(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("role", Text, nullable=False),
    ref_column("party", nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("disabled", Boolean, nullable=False),
    Index("uq_user_account_name", "site", "name_key", unique=True),
)

audit = Table(
    "audit",
    metadata,
    site_column(),
    id_column(),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    ref_column("party", nullable=True),
    Column("what", Text, nullable=False),  # verb and noun: "upload taken", "token revoked"
    Column("subject", Text, nullable=False),
    Column("detail", Text),
    Column("kind", Text, nullable=False, server_default=""),  # user, token, local, nobody; old rows: ""
    ref_column("number", nullable=True),  # of the user or token
    Index("ix_audit_at", "site", "at", "id"),
)
