"""Part types, material lots, and what each submission says about a lot.

A manufacturer's lot is one row, whoever delivers it. What a party says about it is a
``lot_submission`` of that party: visibility belongs to those, not to lots.
"""

from sqlalchemy import Column, Index, Table, Text

from aas_registry.storage.column_types import Instant, Quantity
from aas_registry.storage.tables.base import (
    id_column,
    kept_apart_column,
    kept_apart_index,
    metadata,
    ref_column,
    site_column,
)

part_type = Table(
    "part_type",
    metadata,
    site_column(),
    id_column(),
    Column("manufacturer", Text, nullable=False),
    Column("manufacturer_key", Text, nullable=False),
    Column("mpn", Text, nullable=False),
    Column("mpn_key", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    kept_apart_column(),
    Index("uq_part_type_mpn", "site", "manufacturer_key", "mpn_key", "kept_apart", unique=True),
    Index("ix_part_type_mpn", "site", "mpn_key"),
    kept_apart_index("part_type"),
)

# `id` is taken from the ids of items (see tables/items.py): lots, packages and units share them.
lot = Table(
    "lot",
    metadata,
    site_column(),
    id_column(),
    ref_column("part_type"),
    Column("code", Text, nullable=False),
    Column("code_key", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    kept_apart_column(),
    Index("uq_lot_code", "site", "part_type", "code_key", "kept_apart", unique=True),
    Index("ix_lot_code", "site", "code_key"),
    kept_apart_index("lot"),
)

lot_submission = Table(
    "lot_submission",
    metadata,
    site_column(),
    id_column(),
    ref_column("lot"),
    ref_column("submission", nullable=True),  # null: written through the AAS API
    ref_column("holder"),  # party, or 0 for the plant
    ref_column("document", nullable=True),  # the shell that says so
    Column("manufacturer", Text, nullable=False),  # as spelled here: the lot has the first spelling
    Column("mpn", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("quantity", Quantity),
    Column("unit_of_measure", Text),
    Column("delivery_note", Text),
    Column("delivery_note_key", Text),
    Column("internal_part_number", Text),
    Column("country_of_origin", Text),
    Column("manufactured_on", Text),  # ISO 8601 date
    Column("recorded_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_lot_submission_lot", "site", "lot", "holder"),
    Index("ix_lot_submission_holder", "site", "holder", "lot"),
    Index("ix_lot_submission_document", "site", "document"),
    Index("ix_lot_submission_delivery_note", "site", "delivery_note_key"),
)

lot_date_code = Table(
    "lot_date_code",
    metadata,
    site_column(),
    id_column("lot_submission"),
    Column("date_code", Text, primary_key=True),
    ref_column("lot"),
    Index("ix_lot_date_code_lot", "site", "lot"),
    Index("ix_lot_date_code", "site", "date_code"),
)
