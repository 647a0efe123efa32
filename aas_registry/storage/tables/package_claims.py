"""What parties say about packages: which reel, tray or bag holds material of which lot.

A claim is a supplier's word. What the plant received and fed stands in the genealogy, as
its events tell it; neither changes the other.
"""

from sqlalchemy import Column, Index, Table, Text

from aas_registry.storage.column_types import Instant, Quantity
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

# The table keeps the name that its migration gave it.
package_claim = Table(
    "package_statement",
    metadata,
    site_column(),
    id_column("holder"),  # party, or 0 for the plant
    id_column(),
    ref_column("lot"),
    Column("package", Text, nullable=False),  # as printed on it
    Column("package_key", Text, nullable=False),
    Column("quantity", Quantity),
    Column("unit_of_measure", Text),
    Column("delivery_note", Text),
    ref_column("submission", nullable=True),
    ref_column("merged_lot", nullable=True),  # what `lot` was before that fell together with another
    Column("recorded_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_package_statement_lot", "site", "lot", "holder", "id"),
    Index("ix_package_statement_package", "site", "package_key"),
)
