"""AAS documents (shells, submodels, concept descriptions) as canonical JSON, with versions."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

# One row per object that is, or was, on record. `holder` is the party that submitted it (0: the
# plant). An identifier is held per party; whoever acts for no party is served one of the objects
# with it, which `is_served` marks (`storage.documents.served_ids` decides which).
document = Table(
    "document",
    metadata,
    site_column(),
    id_column(),
    Column("kind", Text, nullable=False),  # shell | submodel | concept_description
    Column("identifier", Text, nullable=False),
    Column("long_identifier", Text),  # where `identifier` is a digest
    ref_column("holder"),
    Column("held_since", Instant, nullable=False),  # without a break
    Column("is_served", Boolean),  # none, where it is deleted
    ref_column("place"),  # in lists of what is served: where the first object with the id stood
    Column("id_short", Text),
    Column("semantic_id", Text),
    Column("version", BigInteger, nullable=False),  # the current one
    Column("digest", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    Index("uq_document_identifier", "site", "identifier", "kind", "holder", unique=True),
    Index("ix_document_served", "site", "kind", "is_served", "place"),
    Index("ix_document_holder", "site", "kind", "holder", "id"),
    Index("ix_document_semantic_id", "site", "kind", "semantic_id", "place"),
    Index("ix_document_id_short", "site", "kind", "id_short", "place"),
)

document_version = Table(
    "document_version",
    metadata,
    site_column(),
    id_column("document"),
    id_column("version"),
    ref_column("submission", nullable=True),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # RFC 8785 canonical JSON
    Column("recorded_from", Instant, nullable=False),
    Column("recorded_to", Instant),
    Index("ix_document_version_recorded", "site", "document", "recorded_from"),
)

# The files that File elements and thumbnails of a version name.
document_file = Table(
    "document_file",
    metadata,
    site_column(),
    id_column("document"),
    id_column("version"),
    Column("name", Text, primary_key=True),  # the value of the File element
    Column("sha256", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Index("ix_document_file_sha256", "site", "sha256"),
)

# Asset ids of the current version of a shell, for search and discovery.
asset_id = Table(
    "asset_id",
    metadata,
    site_column(),
    id_column("document"),
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Index("ix_asset_id_value", "site", "value", "name"),
)

# Which submodels a shell's current version names; the holder is the shell's.
submodel_ref = Table(
    "submodel_ref",
    metadata,
    site_column(),
    id_column("document"),
    Column("submodel_identifier", Text, primary_key=True),
    ref_column("holder"),
    Index("ix_submodel_ref_identifier", "site", "submodel_identifier", "holder"),
)

# An identifier that begins so is the holder's: where it holds one, that is served.
id_prefix_pin = Table(
    "id_prefix_pin",
    metadata,
    site_column(),
    Column("prefix", Text, primary_key=True),
    ref_column("holder"),
    Column("pinned_at", Instant, nullable=False),
    Column("pinned_by", Text, nullable=False),
    Index("ix_id_prefix_pin_holder", "site", "holder"),
)

# Of whom the object with one identifier is served, whatever is pinned.
served_decision = Table(
    "served_decision",
    metadata,
    site_column(),
    Column("kind", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    ref_column("holder"),
    Column("reason", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("decided_by", Text, nullable=False),
)

# Which object was served from when on, of the identifiers that several have held; before the first
# row of an identifier nobody but one held it.
served_since = Table(
    "served_since",
    metadata,
    site_column(),
    Column("kind", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("since", Instant, primary_key=True),
    ref_column("document"),
)
