"""Names of packages and units are facts, and have holders in time; ids stay with what they were given for.

The ids that names have had so far are kept as claims. The genealogy is built anew as the upgrade
ends, and events that were rejected because two of their names were those of two units are applied.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_HELD = ("package", "serial", "panel", "container")
_NAMING_FEW = {
    "ix_naming_decision": "kind IN ('same', 'reused')",
    "ix_naming_gone": "recorded_to IS NOT NULL",
}
_PROJECTION = (
    "declaration",
    "receipt_lot",
    "package_state",
    "lot_link",
    "run_unit",
    "feed",
    "removal",
    "movement",
    "test_result",
    "quantity_entry",
    "containment",
    "shipped",
    "feed_void",
    "filling",
    "receipt",
    "package",
    "run",
    "unit",
    "shipment",
)


def upgrade() -> None:
    """Create the tables, keep the ids, and owe each site its genealogy."""
    _owe_projections()
    _create_naming()
    _create_holder()
    _create_claim()
    op.drop_table("item_merge")
    _create_merge()
    _keep_ids()
    with op.batch_alter_table("declaration") as table:
        table.drop_column("founded")
    op.drop_index("ix_alias_panel", "alias")
    with op.batch_alter_table("alias") as table:
        table.drop_column("valid_from")
        table.drop_column("valid_to")
    op.create_index("ix_removal_package", "removal", ["site", "package"], unique=False)
    op.create_index("ix_movement_target", "movement", ["site", "target"], unique=False)
    op.execute("UPDATE event SET state = 'pending' WHERE state = 'rejected'")
    with op.batch_alter_table("event") as table:
        table.drop_column("problem")
    op.add_column("event_wait", sa.Column("candidates", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the tables away; a name has the id again that it had first."""
    _owe_projections()
    op.drop_column("event_wait", "candidates")
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("problem", sa.Text(), nullable=True))
    op.drop_index("ix_movement_target", "movement")
    op.drop_index("ix_removal_package", "removal")
    with op.batch_alter_table("alias") as table:
        table.add_column(sa.Column("valid_from", column_types.Instant(), nullable=True))
        table.add_column(sa.Column("valid_to", column_types.Instant(), nullable=True))
    few = sa.text("scheme = 'panel'")
    columns = ["site", "issuer_key", "value_key"]
    op.create_index("ix_alias_panel", "alias", columns, sqlite_where=few, postgresql_where=few)
    with op.batch_alter_table("declaration") as table:
        table.add_column(sa.Column("founded", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("declaration") as table:
        table.alter_column("founded", server_default=None)
    _give_ids_back()
    op.drop_table("item_merge")
    op.create_table(
        "item_merge",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merged_into", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=True),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "item", "merged_into", "valid_from", name=op.f("pk_item_merge")),
    )
    op.create_index("ix_item_merge_into", "item_merge", ["site", "merged_into"], unique=False)
    for name in ("item_claim", "holder", "naming"):
        op.drop_table(name)


def _keys() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in ("scheme", "value_key", "issuer_key")]


def _head() -> list[sa.Column[Any]]:
    return [
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
    ]


def _recorded() -> list[sa.Column[Any]]:
    return [
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
    ]


def _create_naming() -> None:
    op.create_table(
        "naming",
        *_head(),
        *_keys(),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=True),
        sa.Column("meant_at", column_types.Instant(), nullable=True),
        sa.Column("unit_kind", sa.Text(), nullable=True),
        sa.Column("product", sa.BigInteger(), nullable=True),
        sa.Column("lots", sa.Text(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        *_recorded(),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_naming")),
    )
    op.create_index("ix_naming_value", "naming", ["site", "scheme", "value_key", "happened_at"], unique=False)
    for index, condition in _NAMING_FEW.items():
        few = sa.text(condition)
        columns = ["site", "scheme", "value_key"]
        op.create_index(index, "naming", columns, sqlite_where=few, postgresql_where=few)
    op.create_index("ix_naming_event", "naming", ["site", "event"], unique=False)


def _create_holder() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "holder",
        *_head(),
        sa.Column("scheme", sa.Text(), nullable=False),
        # Asked by beginnings: PostgreSQL compares it byte by byte.
        sa.Column("value_key", sa.Text(collation="C" if is_postgresql else None), nullable=False),
        sa.Column("issuer_key", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("begin_at", column_types.Instant(), nullable=True),
        sa.Column("begin_rank", sa.BigInteger(), nullable=True),
        sa.Column("begin_place", sa.Integer(), nullable=True),
        sa.Column("begin_nth", sa.Integer(), nullable=True),
        sa.Column("end_at", column_types.Instant(), nullable=True),
        *_recorded(),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_holder")),
    )
    op.create_index("ix_holder_item", "holder", ["site", "item"], unique=False)
    op.create_index("ix_holder_value", "holder", ["site", "kind", "value_key"], unique=False)
    few = sa.text("recorded_to IS NULL")
    columns = ["site", "scheme", "value_key", "end_at"]
    op.create_index("ix_holder_name", "holder", columns, sqlite_where=few, postgresql_where=few)
    few = sa.text("scheme = 'panel'")
    columns = ["site", "issuer_key", "value_key"]
    op.create_index("ix_holder_panel", "holder", columns, sqlite_where=few, postgresql_where=few)


def _create_claim() -> None:
    key = ("site", "item", "scheme", "value_key", "issuer_key", "event", "place", "nth")
    op.create_table(
        "item_claim",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), autoincrement=False, nullable=False),
        *_keys(),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("assigned_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_item_claim")),
    )
    columns = ["site", "scheme", "value_key", "event"]
    op.create_index("ix_item_claim_value", "item_claim", columns, unique=False)


def _create_merge() -> None:
    op.create_table(
        "item_merge",
        *_head(),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("merged_into", sa.BigInteger(), nullable=False),
        *_recorded(),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_item_merge")),
    )
    op.create_index("ix_item_merge_item", "item_merge", ["site", "item"], unique=False)
    op.create_index("ix_item_merge_into", "item_merge", ["site", "merged_into"], unique=False)


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


_ALIAS = ("site", "scheme", "value_key", "issuer_key", "item", "issuer", "value", "kind", "recorded_at")
_CLAIM = ("site", "item", "scheme", "value_key", "issuer_key", "event", "place", "nth", "assigned_at")


def _keep_ids() -> None:
    # Before all recordings: what a name stood for so far, it stands for first of all.
    alias, claim = _table("alias", *_ALIAS), _table("item_claim", *_CLAIM)
    none, before = sa.literal(0), sa.literal(_EARLIEST, column_types.Instant())
    keys = (alias.c.scheme, alias.c.value_key, alias.c.issuer_key)
    held = alias.c.scheme.in_(_HELD)
    kept = sa.select(alias.c.site, alias.c.item, *keys, none, none, none, before).where(held)
    op.get_bind().execute(sa.insert(claim).from_select(list(_CLAIM), kept))
    op.get_bind().execute(sa.delete(alias).where(held))


def _give_ids_back() -> None:
    alias, holder = _table("alias", *_ALIAS), _table("holder", *_ALIAS[:-1], "recorded_to")
    first = sa.func.min(holder.c.item)
    keys = (holder.c.site, holder.c.scheme, holder.c.value_key, holder.c.issuer_key)
    texts = (sa.func.min(holder.c.issuer), sa.func.min(holder.c.value), sa.func.min(holder.c.kind))
    had = sa.select(*keys, first, *texts, sa.null()).where(holder.c.recorded_to.is_(None)).group_by(*keys)
    op.get_bind().execute(sa.insert(alias).from_select(list(_ALIAS), had))


def _owe_projections() -> None:
    connection = op.get_bind()
    debt, event = _table("projection_debt", "site"), _table("event", "site")
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    for name in (*_PROJECTION, "projection_sum"):
        op.execute(sa.delete(sa.table(name)))
