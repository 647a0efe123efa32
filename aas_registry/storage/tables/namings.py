"""Names of packages and units: what is said of them, and who has each from when on, under both times."""

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, Table, Text, literal_column

from aas_registry.storage.column_types import IndexedWord, Instant
from aas_registry.storage.tables.base import id_column, index_of_few, metadata, ref_column, site_column

# Fact: one row for each name in a statement about the names of one package or unit.
naming = Table(
    "naming",
    metadata,
    site_column(),
    id_column(),
    Column("scheme", Text, nullable=False),  # package | serial | panel | container
    Column("value_key", Text, nullable=False),
    Column("issuer_key", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("kind", Text, nullable=False),  # created | named | same | reused
    Column("names", Text),  # JSON: all names of the line, where there are several
    Column("meant_at", Instant),  # null: when it happened
    Column("unit_kind", Text),
    ref_column("product", nullable=True),
    Column("lots", Text),  # JSON: ids
    Column("happened_at", Instant, nullable=False),
    Column("rank", BigInteger, nullable=False),  # orders what happened at the same time
    Column("place", Integer, nullable=False),  # of the fact within its event
    Column("nth", Integer, nullable=False),  # of the line within the fact
    ref_column("event"),
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_naming_value", "site", "scheme", "value_key", "happened_at"),
    Index("ix_naming_event", "site", "event"),
    index_of_few("ix_naming_decision", "site", "scheme", "value_key", where="kind IN ('same', 'reused')"),
    index_of_few("ix_naming_gone", "site", "scheme", "value_key", where="recorded_to IS NOT NULL"),
)
IS_DECISION: ColumnElement[bool] = literal_column("naming.kind IN ('same', 'reused')")
"""Of a naming, whether it decides whose names are: said so that its index is found."""

# Derived from namings (domain.namings): who has a name, from a time on. The first holder has it from the
# beginning: its `begin_…` are null.
holder = Table(
    "holder",
    metadata,
    site_column(),
    id_column(),
    Column("scheme", IndexedWord, nullable=False),  # as of namings; announced: a label that only lists name
    Column("value_key", Text, nullable=False),
    Column("issuer_key", Text, nullable=False),
    ref_column("item"),
    Column("issuer", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("kind", Text, nullable=False),  # package | unit
    Column("begin_at", Instant),
    Column("begin_rank", BigInteger),
    Column("begin_place", Integer),
    Column("begin_nth", Integer),
    Column("end_at", Instant),  # when the next holder begins
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_holder_item", "site", "item"),
    Index("ix_holder_value", "site", "kind", "value_key"),
    index_of_few("ix_holder_name", "site", "scheme", "value_key", "end_at", where="recorded_to IS NULL"),
    index_of_few("ix_holder_panel", "site", "issuer_key", "value_key", where="scheme = 'panel'"),
)

# Which id was given for which line of an event, and by which of its names. Never taken away, also
# not when a projection is rebuilt: an id in a link or in a report leads to the same thing for ever.
item_claim = Table(
    "item_claim",
    metadata,
    site_column(),
    id_column("item"),
    Column("scheme", Text, primary_key=True),
    Column("value_key", Text, primary_key=True),
    Column("issuer_key", Text, primary_key=True),
    id_column("event"),  # 0: it was known by its name alone
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("assigned_at", Instant, nullable=False),
    Index("ix_item_claim_value", "site", "scheme", "value_key", "event"),
)

# Derived: ids of what turned out to be one with something else.
item_merge = Table(
    "item_merge",
    metadata,
    site_column(),
    id_column(),
    ref_column("item"),
    ref_column("merged_into"),
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_item_merge_item", "site", "item"),
    Index("ix_item_merge_into", "site", "merged_into"),
)
