"""AAS documents (shells, submodels, concept descriptions) as canonical JSON, with versions."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

# One row per object that is, or was, on record. `holder` is the party that submitted it (0: the
# plant). Of shells and submodels one holder owns an identifier; concept descriptions are kept
# per holder, and the oldest that a principal may see is served. `claim` says so to the database:
# 0 for shells and submodels, the holder for concept descriptions.
document = Table(
    "document",
    metadata,
    site_column(),
    id_column(),
    Column("kind", Text, nullable=False),  # shell | submodel | concept_description
    Column("identifier", Text, nullable=False),
    ref_column("holder"),
    ref_column("claim"),
    Column("id_short", Text),
    Column("semantic_id", Text),
    Column("version", BigInteger, nullable=False),  # the current one
    Column("digest", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    Index("uq_document_identifier", "site", "kind", "identifier", "claim", unique=True),
    Index("ix_document_holder", "site", "kind", "holder", "id"),
    Index("ix_document_semantic_id", "site", "kind", "semantic_id", "id"),
    Index("ix_document_id_short", "site", "kind", "id_short", "id"),
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

# Which submodels a shell's current version names.
submodel_ref = Table(
    "submodel_ref",
    metadata,
    site_column(),
    id_column("document"),
    Column("submodel_identifier", Text, primary_key=True),
    Index("ix_submodel_ref_identifier", "site", "submodel_identifier"),
)
