"""Certificates: the document, what it speaks of, every check, every step of its life.

The document's bytes are a stored file; a certificate row is one submission of them. Checks,
steps and statements are insert-only: a later check is a new row, never a changed one.
"""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from aas_registry.domain.certificates import CertificateState
from aas_registry.domain.verdicts import Status
from aas_registry.storage.column_types import Instant, Word
from aas_registry.storage.tables.base import id_column, metadata, ref_column, site_column

certificate = Table(
    "certificate",
    metadata,
    site_column(),
    id_column(),
    ref_column("submission"),
    ref_column("party", nullable=True),  # who submitted it; null: the plant
    ref_column("holder"),
    ref_column("signing_party", nullable=True),  # whose anchors it was judged by
    Column("sha256", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("document_type", Text),
    Column("number", Text),
    Column("issuer", Text),
    Column("issued_on", Text),  # ISO 8601 date, as the document says
    Column("expires_on", Text),
    Column("signer", Text),  # RFC 4514 subject of the signer; null: unsigned
    Column("signed_at", Instant),
    Column("state", Word(CertificateState), nullable=False),
    Column("authentic", Word(Status), nullable=False),
    Column("matches", Word(Status), nullable=False),
    Column("accepted", Word(Status), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_certificate_party", "site", "party", "recorded_at", "id"),
    Index("ix_certificate_recorded_at", "site", "recorded_at", "id"),
    Index("ix_certificate_sha256", "site", "sha256"),
    Index("ix_certificate_submission", "site", "submission"),
    Index("ix_certificate_number", "site", "number"),
)

# What the certificate speaks of: a predicate, one row per term.
certificate_scope = Table(
    "certificate_scope",
    metadata,
    site_column(),
    id_column("certificate"),
    Column("kind", Text, primary_key=True),  # lot | delivery_note | part | part_family | company | …
    Column("value", Text, primary_key=True),
    ref_column("item", nullable=True),  # the lot, where the term is one
    Index("ix_certificate_scope_item", "site", "item"),
    Index("ix_certificate_scope_value", "site", "kind", "value"),
)

certificate_check = Table(
    "certificate_check",
    metadata,
    site_column(),
    id_column("certificate"),
    id_column("position"),
    Column("name", Text, nullable=False),
    Column("status", Word(Status), nullable=False),
    Column("reason", Text, nullable=False),
    Column("checked_at", Instant, nullable=False),
)

# What happened to it: its state after each step; a person's decision leaves the state as it was.
certificate_step = Table(
    "certificate_step",
    metadata,
    site_column(),
    id_column("certificate"),
    id_column("position"),
    Column("state", Word(CertificateState), nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# What the registry countersigned: one statement per certificate, about all of its lots.
statement = Table(
    "statement",
    metadata,
    site_column(),
    id_column(),
    ref_column("certificate"),
    Column("digest", Text, nullable=False),  # SHA-256 of the statement's canonical JSON
    Column("envelope", LargeBinary, nullable=False),  # DSSE, canonical JSON
    Column("recorded_at", Instant, nullable=False),
    Index("ix_statement_certificate", "site", "certificate"),
)

# Each lot's statements are numbered from 1; each names the digest of the one before.
statement_lot = Table(
    "statement_lot",
    metadata,
    site_column(),
    id_column("lot"),
    id_column("sequence"),
    ref_column("statement"),
    Column("digest", Text, nullable=False),
    Index("ix_statement_lot_statement", "site", "statement"),
)
