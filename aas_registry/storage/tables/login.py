"""Sessions of people who logged in, and how often logins failed of late."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

login_session = Table(
    "login_session",
    metadata,
    site_column(),
    id_column(),
    ref_column("account"),  # of the user
    Column("sha256", Text, nullable=False),  # of the id that the cookie carries
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),  # to the quarter of an hour
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("address", Text, nullable=False),
    Column("network", Text, nullable=False),  # what the address is counted by
    Column("user_agent", Text, nullable=False),
    Index("uq_login_session_sha256", "site", "sha256", unique=True),
    Index("ix_login_session_account", "site", "account", "id"),
)

login_throttle = Table(
    "login_throttle",
    metadata,
    site_column(),
    Column("bucket", Text, primary_key=True),  # kind, and a keyed digest of what is counted
    Column("free_at_us", BigInteger, nullable=False),  # microseconds since 1970; what is past means nothing
    Index("ix_login_throttle_free_at_us", "free_at_us"),
)
