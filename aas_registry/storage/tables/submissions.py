"""Submissions: who sent which bytes, what was found, what was taken, and what came with it."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

stored_file = Table(
    "stored_file",
    metadata,
    site_column(),
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Index("ix_stored_file_sha256", "sha256"),  # the sites share one file store, which is swept as one
)

submission = Table(
    "submission",
    metadata,
    site_column(),
    id_column(),
    ref_column("party", nullable=True),  # null: the plant itself
    ref_column("holder"),  # party, or 0 for the plant: half of the idempotency key
    Column("channel", Text, nullable=False),  # upload | api | certificate, and a digest of what came too
    Column("sha256", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("outcome", LargeBinary, nullable=False),  # canonical JSON: what was taken, findings
    Column("counts", Text, nullable=False, server_default="{}"),  # JSON: how many of each, for lists
    Column("taking", BigInteger, nullable=False, server_default="1"),  # the how-manieth of these bytes
    Column("standing", Text),  # JSON: how what it brought stood when it was last on record whole
    Index("uq_submission_content", "site", "holder", "channel", "sha256", "taking", unique=True),
    Index("ix_submission_party", "site", "party", "received_at", "id"),
    Index("ix_submission_received_at", "site", "received_at", "id"),
)

# Certificates that a submission brought again: they were on record, and were not submitted again.
submission_certificate = Table(
    "submission_certificate",
    metadata,
    site_column(),
    id_column("submission"),
    id_column("certificate"),
)

# What an AASX package held beyond what its objects name: its thumbnail, and files of nobody.
submission_file = Table(
    "submission_file",
    metadata,
    site_column(),
    id_column("submission"),
    id_column("position"),
    Column("role", Text, nullable=False),  # thumbnail | supplementary
    Column("part", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("media_type", Text, nullable=False),
)

# The package that last brought an object, where it held such files: they go out with the object.
submission_file_bearer = Table(
    "submission_file_bearer",
    metadata,
    site_column(),
    id_column("document"),
    ref_column("submission"),
)
