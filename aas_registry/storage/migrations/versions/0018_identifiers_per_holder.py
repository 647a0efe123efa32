"""Every identifier is held per party, and one object with it is served; pins, decisions, what was served.

What was served goes on being served. Of shells and submodels one party held an identifier; of
concept descriptions several did, and the plant's was served, or else the oldest.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PLANT = 0
_DIGEST = "sha256\x1f"
_REASON = "The plant's was served before an upgrade of the registry."

_document = sa.table(
    "document",
    sa.column("site", sa.Text()),
    sa.column("id", sa.BigInteger()),
    sa.column("kind", sa.Text()),
    sa.column("identifier", sa.Text()),
    sa.column("long_identifier", sa.Text()),
    sa.column("holder", sa.BigInteger()),
    sa.column("claim", sa.BigInteger()),
    sa.column("version", sa.BigInteger()),
    sa.column("held_since", column_types.Instant()),
    sa.column("is_served", sa.Boolean()),
    sa.column("place", sa.BigInteger()),
    sa.column("created_at", column_types.Instant()),
    sa.column("deleted_at", column_types.Instant()),
)
_version = sa.table(
    "document_version",
    sa.column("site", sa.Text()),
    sa.column("document", sa.BigInteger()),
    sa.column("version", sa.BigInteger()),
    sa.column("body", sa.LargeBinary()),
    sa.column("recorded_from", column_types.Instant()),
    sa.column("recorded_to", column_types.Instant()),
)
_submodel_ref = sa.table(
    "submodel_ref",
    sa.column("site", sa.Text()),
    sa.column("document", sa.BigInteger()),
    sa.column("holder", sa.BigInteger()),
)


def upgrade() -> None:
    """Create the tables, and the columns, which say what is served today."""
    decision, since = _create_tables()
    with op.batch_alter_table("document") as batch:
        batch.add_column(sa.Column("long_identifier", sa.Text(), nullable=True))
        batch.add_column(sa.Column("held_since", column_types.Instant(), nullable=True))
        batch.add_column(sa.Column("is_served", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("place", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    is_served = sa.case((_document.c.deleted_at.is_(None), sa.true()))
    told = {"held_since": _document.c.created_at, "is_served": is_served, "place": _document.c.id}
    connection.execute(_document.update().values(told))
    _tell_long_identifiers(connection)
    for rows in _shared(connection):
        _tell_served(connection, rows, decision, since)
    op.drop_index("uq_document_identifier", "document")
    with op.batch_alter_table("document") as batch:
        for name in ("held_since", "place"):
            batch.alter_column(name, existing_type=sa.BigInteger(), nullable=False)
        batch.drop_column("claim")
    op.create_index(
        "uq_document_identifier", "document", ["site", "identifier", "kind", "holder"], unique=True
    )
    op.create_index("ix_document_served", "document", ["site", "kind", "is_served", "place"])
    _order_filters("place")
    _add_holder_of_reference(connection)


def downgrade() -> None:
    """Drop the tables and columns; of several with one identifier the first one claims it."""
    for name in ("served_since", "served_decision", "id_prefix_pin"):
        op.drop_table(name)
    op.drop_index("ix_submodel_ref_identifier", "submodel_ref")
    with op.batch_alter_table("submodel_ref") as batch:
        batch.drop_column("holder")
    op.create_index("ix_submodel_ref_identifier", "submodel_ref", ["site", "submodel_identifier"])
    for name in ("ix_document_served", "uq_document_identifier"):
        op.drop_index(name, "document")
    _order_filters("id")
    with op.batch_alter_table("document") as batch:
        batch.add_column(sa.Column("claim", sa.BigInteger(), nullable=True))
    other = _document.alias("other")
    earlier = sa.select(other.c.id).where(
        other.c.site == _document.c.site,
        other.c.kind == _document.c.kind,
        other.c.identifier == _document.c.identifier,
        other.c.id < _document.c.id,
    )
    per_holder = _document.c.kind == "concept_description"
    of_holder = sa.case((_document.c.holder == _PLANT, -1), else_=_document.c.holder)
    claim = sa.case((per_holder, _document.c.holder), (earlier.exists(), of_holder), else_=_PLANT)
    op.get_bind().execute(_document.update().values(claim=claim))
    with op.batch_alter_table("document") as batch:
        batch.alter_column("claim", existing_type=sa.BigInteger(), nullable=False)
        for name in ("long_identifier", "held_since", "is_served", "place"):
            batch.drop_column(name)
    op.create_index(
        "uq_document_identifier", "document", ["site", "kind", "identifier", "claim"], unique=True
    )


def _order_filters(by: str) -> None:
    for name in ("id_short", "semantic_id"):
        op.drop_index(f"ix_document_{name}", "document")
        op.create_index(f"ix_document_{name}", "document", ["site", "kind", name, by])


def _create_tables() -> tuple[sa.Table, sa.Table]:
    op.create_table(
        "id_prefix_pin",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("pinned_at", column_types.Instant(), nullable=False),
        sa.Column("pinned_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "prefix", name=op.f("pk_id_prefix_pin")),
    )
    op.create_index("ix_id_prefix_pin_holder", "id_prefix_pin", ["site", "holder"])
    decision = op.create_table(
        "served_decision",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", column_types.Instant(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", "identifier", name=op.f("pk_served_decision")),
    )
    since = op.create_table(
        "served_since",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("since", column_types.Instant(), autoincrement=False, nullable=False),
        sa.Column("document", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", "identifier", "since", name=op.f("pk_served_since")),
    )
    return decision, since


def _tell_long_identifiers(connection: sa.Connection) -> None:
    is_digest = sa.func.substr(_document.c.identifier, 1, len(_DIGEST)) == _DIGEST
    long = connection.execute(
        sa.select(_document.c.site, _document.c.id, _document.c.version).where(is_digest)
    ).all()
    for site, number, version in long:
        same = (_version.c.site == site, _version.c.document == number, _version.c.version == version)
        body = connection.execute(sa.select(_version.c.body).where(*same)).scalar_one()
        row = (_document.c.site == site) & (_document.c.id == number)
        connection.execute(_document.update().where(row).values(long_identifier=json.loads(body)["id"]))


def _shared(connection: sa.Connection) -> Iterator[list[Any]]:
    """Yield the rows of each identifier that several hold, or held."""
    key = (_document.c.site, _document.c.kind, _document.c.identifier)
    several = sa.select(*key).group_by(*key).having(sa.func.count() > 1).subquery()
    same = sa.and_(*(each == several.c[each.name] for each in key))
    columns = (*key, _document.c.id, _document.c.holder, _document.c.created_at, _document.c.deleted_at)
    found = connection.execute(sa.select(*columns).join_from(_document, several, same).order_by(*key)).all()
    for _, rows in groupby(found, key=lambda row: (row.site, row.kind, row.identifier)):
        yield list(rows)


def _tell_served(connection: sa.Connection, rows: list[Any], decision: sa.Table, since: sa.Table) -> None:
    site = rows[0].site
    key = {"site": site, "kind": rows[0].kind, "identifier": rows[0].identifier}
    ranked = sorted(rows, key=lambda row: (row.holder != _PLANT, row.id))
    wanted = sa.select(_version.c.document, _version.c.recorded_from, _version.c.recorded_to)
    of_key = (_version.c.site == site) & _version.c.document.in_([row.id for row in rows])
    recorded = connection.execute(wanted.where(of_key)).all()
    begun: dict[int, datetime] = {}
    for number, from_, _ in recorded:
        begun[number] = min(from_, begun.get(number, from_))
    last: int | None = None
    for at in sorted({at for _, *times in recorded for at in times if at is not None}):
        held = {number for number, from_, to in recorded if from_ <= at and (to is None or to > at)}
        served = next((row.id for row in ranked if row.id in held), None)
        if served not in {None, last} and sum(first <= at for first in begun.values()) > 1:
            connection.execute(since.insert().values(since=at, document=served, **key))
            last = served
    current = [row for row in ranked if row.deleted_at is None]
    first = min(row.id for row in rows)
    for row in rows:
        own = (_document.c.site == site) & (_document.c.id == row.id)
        is_served = None if row.deleted_at is not None else row is current[0]
        connection.execute(_document.update().where(own).values(place=first, is_served=is_served))
    if current and current[0] is not min(current, key=lambda row: (row.created_at, row.id)):
        told_by = {"reason": _REASON, "decided_at": datetime.now(UTC), "decided_by": "migration"}
        connection.execute(decision.insert().values(holder=current[0].holder, **told_by, **key))


def _add_holder_of_reference(connection: sa.Connection) -> None:
    op.drop_index("ix_submodel_ref_identifier", "submodel_ref")
    with op.batch_alter_table("submodel_ref") as batch:
        batch.add_column(sa.Column("holder", sa.BigInteger(), nullable=True))
    holder = sa.select(_document.c.holder).where(
        _document.c.site == _submodel_ref.c.site, _document.c.id == _submodel_ref.c.document
    )
    connection.execute(_submodel_ref.update().values(holder=holder.scalar_subquery()))
    with op.batch_alter_table("submodel_ref") as batch:
        batch.alter_column("holder", existing_type=sa.BigInteger(), nullable=False)
    op.create_index("ix_submodel_ref_identifier", "submodel_ref", ["site", "submodel_identifier", "holder"])
