"""Items and their names: the identity of runs, receipts, shipments, products and parties.

Lots, packages, units, runs, receipts, shipments, products and the parties that events name
take their ids from one space (allocator kind ``item``). What is known by being named has its names
in ``alias``, for good; names of packages and units, which others may have later, are in
`storage.tables.namings`.
"""

from sqlalchemy import Column, Index, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, site_column

# `recorded_at` is null while an item is not announced (only during a rebuild of the projection,
# which keeps the ids that were given out): nothing may refer to such a name.
alias = Table(
    "alias",
    metadata,
    site_column(),
    Column("scheme", Text, primary_key=True),  # run | receipt | shipment | product | party
    Column("value_key", Text, primary_key=True),
    Column("issuer_key", Text, primary_key=True),
    id_column("item"),
    Column("issuer", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("kind", Text, nullable=False),  # run | receipt | shipment | product | party
    Column("recorded_at", Instant),
    Index("ix_alias_item", "site", "item"),
    Index("ix_alias_value", "site", "kind", "value_key"),
)
