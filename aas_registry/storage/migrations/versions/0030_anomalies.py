"""What was accepted and does not fit is listed; a unit in itself is not put there.

The genealogy of every site that has events is built anew as the upgrade ends.
"""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0030"
down_revision = "0031"
branch_labels = None
depends_on = None

_PLACED = ("movement", "removal")
_NEW = ("package_draw", "anomaly_thing", "anomaly_event", "anomaly")
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
    """Add the tables, and owe each site its genealogy."""
    _owe_projections()
    for name in _PLACED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("place", sa.Integer(), nullable=False))
    _create_anomaly()
    for name, *columns in (("anomaly_event", "event"), ("anomaly_thing", "thing")):
        op.create_table(
            name,
            sa.Column("site", sa.Text(), nullable=False),
            sa.Column("anomaly", sa.BigInteger(), autoincrement=False, nullable=False),
            *(sa.Column(each, sa.BigInteger(), autoincrement=False, nullable=False) for each in columns),
            sa.PrimaryKeyConstraint("site", "anomaly", *columns, name=op.f(f"pk_{name}")),
        )
        op.create_index(f"ix_{name}_{columns[0]}", name, ["site", *columns], unique=False)
    op.create_table(
        "package_draw",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("package", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("inside", column_types.Quantity(), nullable=True),
        sa.Column("at_most", column_types.Quantity(), nullable=True),
        sa.PrimaryKeyConstraint("site", "package", "measure", name=op.f("pk_package_draw")),
    )
    _create_index_of_few("ix_movement_return", "movement", "unit", where="action = 'return'")
    _create_index_of_few(
        "ix_quantity_entry_inside", "quantity_entry", "item", where="kind IN ('label', 'counted')"
    )


def downgrade() -> None:
    """Take it away again; the genealogy is owed."""
    _owe_projections()
    op.drop_index("ix_quantity_entry_inside", "quantity_entry")
    op.drop_index("ix_movement_return", "movement")
    for name in _NEW:
        op.drop_table(name)
    for name in _PLACED:
        with op.batch_alter_table(name) as table:
            table.drop_column("place")


def _create_anomaly() -> None:
    op.create_table(
        "anomaly",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("holds_from", column_types.Instant(), nullable=True),
        sa.Column("holds_until", column_types.Instant(), nullable=True),
        sa.Column("known_since", column_types.Instant(), nullable=False),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.Column("renewed", sa.Boolean(), nullable=False),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_anomaly")),
    )
    op.create_index("ix_anomaly_subject", "anomaly", ["site", "subject", "kind"], unique=False)
    op.create_index("ix_anomaly_known_since", "anomaly", ["site", "known_since", "id"], unique=False)
    _create_index_of_few("ix_anomaly_open", "anomaly", "kind", "subject", where="recorded_to IS NULL")


def _create_index_of_few(name: str, table: str, *columns: str, where: str) -> None:
    few = sa.text(where)
    op.create_index(name, table, ["site", *columns], unique=False, sqlite_where=few, postgresql_where=few)


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
