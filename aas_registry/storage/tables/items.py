"""Items and their names: the identity of packages, units, runs, receipts and the like.

Lots, packages, units, runs, receipts, shipments, products and the parties that events name
take their ids from one space (allocator kind ``item``). What an item is called stands in
``alias``: identity is a set of aliases, and one bare code may be the alias of several items.
"""

from sqlalchemy import Column, Index, Table, Text, text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

# `recorded_at` is null while an item is not announced (only during a rebuild of the projection,
# which keeps the ids that were given out): nothing may refer to such a name.
alias = Table(
    "alias",
    metadata,
    site_column(),
    Column("scheme", Text, primary_key=True),  # package | serial | panel | run | receipt | …
    Column("value_key", Text, primary_key=True),
    Column("issuer_key", Text, primary_key=True),
    id_column("item"),
    Column("issuer", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("kind", Text, nullable=False),  # package | unit | run | receipt | shipment | …
    Column("valid_from", Instant),
    Column("valid_to", Instant),
    Column("recorded_at", Instant),
    Index("ix_alias_item", "site", "item"),
    Index("ix_alias_value", "site", "kind", "value_key"),
    Index(
        "ix_alias_panel",
        "site",
        "issuer_key",
        "value_key",
        sqlite_where=text("scheme = 'panel'"),
        postgresql_where=text("scheme = 'panel'"),
    ),
)

# Two items that turned out to be one; ended, not deleted, when that was an error.
item_merge = Table(
    "item_merge",
    metadata,
    site_column(),
    id_column("item"),
    id_column("merged_into"),
    Column("valid_from", Instant, primary_key=True),
    Column("valid_to", Instant),
    Column("reason", Text),
    ref_column("event", nullable=True),
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_item_merge_into", "site", "merged_into"),
)
