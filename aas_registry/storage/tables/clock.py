"""How far the recording times of a site have gone."""

from sqlalchemy import Column, Table

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import metadata, site_column

# `recorded_at` is the newest recording time of all that is committed: the transaction that
# records something moves it on.
site_clock = Table(
    "site_clock",
    metadata,
    site_column(),
    Column("recorded_at", Instant, nullable=False),
)
