"""What packages held is kept from one time to another; splices have zones, feeds a beginning and an end.

All of it follows from the events: the genealogy of every site that has some is built anew as the
upgrade ends, and at the next start after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_SPLICES = sa.text("kind = 'splice'")


def upgrade() -> None:
    """Make the table and columns."""
    for name, kind in (
        ("zone_run", sa.BigInteger()),
        ("zone_to", sa.BigInteger()),
        ("zone_until", column_types.Instant()),
    ):
        op.add_column("lot_link", sa.Column(name, kind, nullable=True))
    op.add_column("feed", sa.Column("valid_to", column_types.Instant(), nullable=True))
    op.add_column("removal", sa.Column("unit_of_measure", sa.Text(), nullable=True))
    op.create_index(
        "ix_lot_link_splice", "lot_link", ["site", "child"], sqlite_where=_SPLICES, postgresql_where=_SPLICES
    )
    op.create_table(
        "filling",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("package", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=True),
        sa.Column("is_package", sa.Boolean(), nullable=False),
        sa.Column("certainty", sa.SmallInteger(), nullable=False),
        sa.Column("since", column_types.Instant(), nullable=True),
        sa.Column("valid_from", column_types.Instant(), nullable=True),
        sa.Column("valid_to", column_types.Instant(), nullable=True),
        sa.Column("recorded_from", column_types.Instant(), nullable=False),
        sa.Column("recorded_to", column_types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_filling")),
    )
    op.create_index("ix_filling_package", "filling", ["site", "package", "source"])
    op.create_index("ix_filling_source", "filling", ["site", "source", "package"])
    _owe_all()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("filling")
    op.drop_index("ix_lot_link_splice", "lot_link")
    for name in ("zone_run", "zone_to", "zone_until"):
        op.drop_column("lot_link", name)
    op.drop_column("feed", "valid_to")
    op.drop_column("removal", "unit_of_measure")
    _owe_all()


def _owe_all() -> None:
    connection = op.get_bind()
    debt, events = (sa.table(name, sa.column("site")) for name in ("projection_debt", "event"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    connection.execute(sa.delete(sa.table("projection_sum")))
    for each in connection.execute(sa.select(events.c.site).distinct()).scalars().all():
        if each not in owing:
            connection.execute(sa.insert(debt).values(site=each))
