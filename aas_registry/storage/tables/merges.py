"""What fell together when the form in which names are compared became one, and what was parted again."""

from sqlalchemy import Column, Index, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

# One row per thing whose name fell together with an older one's. `merged_into` is the older one;
# null where a lot only came to another part type. A party is kept apart from the start.
name_merge = Table(
    "name_merge",
    metadata,
    site_column(),
    Column("kind", Text, primary_key=True),  # part_type | lot | party | package | unit | receipt | …
    id_column(),
    ref_column("merged_into", nullable=True),
    ref_column("part_type", nullable=True),  # of a lot: the one it was of
    Column("manufacturer", Text),  # as they were spelled
    Column("mpn", Text),
    Column("name", Text),  # lot code, party code, package id, serial …
    Column("created_at", Instant),
    Column("merged_at", Instant, nullable=False),
    Column("parted_at", Instant),
    Column("parted_by", Text),
    Index("ix_name_merge_into", "site", "kind", "merged_into"),
)

# Sites whose genealogy must be built anew from its events before it is true again.
projection_debt = Table("projection_debt", metadata, site_column())
