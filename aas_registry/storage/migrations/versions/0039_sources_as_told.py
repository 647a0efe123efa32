"""When a source last told of a run is read from what it told, as of either time: it is not kept beside it.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start after a
downgrade.
"""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the table, and owe each site its genealogy."""
    op.drop_table("run_heartbeat")
    _owe_projections()


def downgrade() -> None:
    """Make the table, which the rebuild fills."""
    op.create_table(
        "run_heartbeat",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("last_event_at", column_types.Instant(), nullable=False),
        sa.Column("last_recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "run", "source", name=op.f("pk_run_heartbeat")),
    )
    _owe_projections()


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    op.execute(sa.delete(sa.table("projection_sum")))
