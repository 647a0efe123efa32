"""Passes have a station, set-ups stand at stations until another is said, and passes are completed.

All of it follows from the events: the genealogy of every site that has some is built anew as the
upgrade ends, and at the next start after a downgrade.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0029"
down_revision = "0030"
branch_labels = None
depends_on = None

_WITH_STATION, _WITH_PACKAGE = sa.text("station IS NOT NULL"), sa.text("package IS NOT NULL")
_OF_PASS: dict[str, sa.types.TypeEngine[Any]] = {
    "station": sa.BigInteger(),
    "lane": sa.Text(),
    "transaction_id": sa.Text(),
    "slots": sa.Text(),
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
    """Make the tables and columns, and owe each site its genealogy."""
    _owe_projections()
    with op.batch_alter_table("run") as table:
        table.drop_column("station")
        table.add_column(sa.Column("station", sa.BigInteger(), nullable=True))
    op.create_index("ix_run_station", "run", ["site", "station"], unique=False)
    with op.batch_alter_table("run_unit") as table:
        for name, kind in _OF_PASS.items():
            table.add_column(sa.Column(name, kind, nullable=True))
    op.create_index("ix_run_unit_time", "run_unit", ["site", "run", "passed_at"], unique=False)
    op.create_index(
        "ix_run_unit_station",
        "run_unit",
        ["site", "station", "passed_at"],
        unique=False,
        sqlite_where=_WITH_STATION,
        postgresql_where=_WITH_STATION,
    )
    op.add_column("feed", sa.Column("slot_key", sa.Text(), nullable=True))
    _create_slots()
    _create_lines()


def downgrade() -> None:
    """Take them away again; the genealogy is owed, as it was."""
    _owe_projections()
    for name in ("run_heartbeat", "bare_package", "waiting_line", "completion", "set_up", "slot_change"):
        op.drop_table(name)
    with op.batch_alter_table("feed") as table:
        table.drop_column("slot_key")
    op.drop_index("ix_run_unit_station", "run_unit")
    op.drop_index("ix_run_unit_time", "run_unit")
    with op.batch_alter_table("run_unit") as table:
        for name in _OF_PASS:
            table.drop_column(name)
    op.drop_index("ix_run_station", "run")
    with op.batch_alter_table("run") as table:
        table.drop_column("station")
        table.add_column(sa.Column("station", sa.Text(), nullable=True))


def _recorded(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f(f"pk_{table}")),
    )


def _key() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
    )


def _slot(*, nullable: bool) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("station", sa.BigInteger(), nullable=False),
        sa.Column("slot_key", sa.Text(), nullable=nullable),
        sa.Column("slot", sa.Text(), nullable=nullable),
        sa.Column("package", sa.BigInteger(), nullable=True),
        sa.Column("is_awaited", sa.Boolean(), nullable=False),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("quantity_per_unit", column_types.Quantity(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
    )


def _create_slots() -> None:
    op.create_table(
        "slot_change",
        *_key(),
        *_slot(nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *_recorded("slot_change"),
    )
    for name, columns in (
        ("slot", ["site", "station", "slot_key", "happened_at"]),
        ("package", ["site", "package", "station"]),
        ("event", ["site", "event"]),
    ):
        op.create_index(f"ix_slot_change_{name}", "slot_change", columns, unique=False)
    op.create_table(
        "set_up",
        *_key(),
        *_slot(nullable=False),
        sa.Column("valid_from", column_types.Instant(), nullable=False),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        *_recorded("set_up"),
    )
    op.create_index("ix_set_up_slot", "set_up", ["site", "station", "slot_key", "valid_from"], unique=False)
    op.create_index("ix_set_up_time", "set_up", ["site", "station", "valid_to"], unique=False)
    op.create_index(
        "ix_set_up_package",
        "set_up",
        ["site", "package"],
        unique=False,
        sqlite_where=_WITH_PACKAGE,
        postgresql_where=_WITH_PACKAGE,
    )


def _create_lines() -> None:
    op.create_table(
        "completion",
        *_key(),
        sa.Column("unit", sa.BigInteger(), nullable=True),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("station", sa.BigInteger(), nullable=True),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        *_recorded("completion"),
    )
    for name, columns in (
        ("unit", ["site", "unit"]),
        ("run", ["site", "run", "seq"]),
        ("event", ["site", "event"]),
    ):
        op.create_index(f"ix_completion_{name}", "completion", columns, unique=False)
    op.create_table(
        "waiting_line",
        *_key(),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("brings", sa.Boolean(), nullable=False),
        sa.Column("material", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.BigInteger(), nullable=True),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("seq_from", sa.BigInteger(), nullable=True),
        sa.Column("seq_to", sa.BigInteger(), nullable=True),
        sa.Column("is_undecided", sa.Boolean(), nullable=False),
        sa.Column("happened_at", column_types.Instant(), nullable=False),
        *_recorded("waiting_line"),
    )
    for name in ("material", "unit", "event"):
        op.create_index(f"ix_waiting_line_{name}", "waiting_line", ["site", name], unique=False)
    _, *times, key = _recorded("bare_package")
    package = sa.Column("package", sa.BigInteger(), nullable=False)
    op.create_table("bare_package", *_key(), package, *times, key)
    op.create_index("ix_bare_package_package", "bare_package", ["site", "package"], unique=False)
    op.create_table(
        "run_heartbeat",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_event_at", column_types.Instant(), nullable=False),
        sa.Column("last_recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "run", "source", name=op.f("pk_run_heartbeat")),
    )


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    for name in (*_PROJECTION, "projection_sum"):
        op.execute(sa.delete(sa.table(name)))
