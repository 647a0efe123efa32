"""Blocks of ids, the write lock of a site, and the registry's own secrets."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import metadata, site_column

id_block = Table(
    "id_block",
    metadata,
    site_column(),
    Column("kind", Text, primary_key=True),
    Column("next", BigInteger, nullable=False),
)

site_lock = Table("site_lock", metadata, site_column())

secret = Table(
    "secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)
