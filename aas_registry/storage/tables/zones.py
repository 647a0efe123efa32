"""Zones of splices: where a label that went on with another reel may hold the old one or the new one."""

from sqlalchemy import Column, Index, Table

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import (
    id_column,
    metadata,
    place_column,
    recorded_columns,
    ref_column,
    site_column,
)

# Derived: when the zone of a splice is over; null while that is not known. What one place in an event says
# of a label has one zone.
zone = Table(
    "zone",
    metadata,
    site_column(),
    id_column(),
    ref_column("label"),
    Column("ends_at", Instant),
    place_column(),
    *recorded_columns(),
    Index("ix_zone_label", "site", "label"),
)
