"""Contradictions, and what packages held, are known as of every time.

Of a line that waits it is known of which pass or station it tells. What was taken out of something that had
left is away with that shipment by itself.

An event that does not count is told as corrected, or as a duplicate. The genealogy of every site that has
events is built anew as the upgrade ends, and at the next start after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_ADDED = {
    "anomaly_event": (("since", sa.BigInteger(), True),),
    "anomaly_thing": (("since", sa.BigInteger(), True),),
    "filling": (("asked_until", sa.BigInteger(), True),),
    "package_draw": (("inside_since", sa.BigInteger(), True),),
    "waiting_line": (
        ("station", sa.BigInteger(), True),
        ("slot_key", sa.Text(), True),
        ("passes", sa.Boolean(), False),
    ),
}


def upgrade() -> None:
    """Add the columns, and owe each site its genealogy."""
    _owe_projections()
    for name, columns in _ADDED.items():
        with op.batch_alter_table(name) as table:
            for column, kind, is_nullable in columns:
                table.add_column(sa.Column(column, kind, nullable=is_nullable))


def downgrade() -> None:
    """Take them away again; the genealogy is owed, and events have the states that the program before knows."""
    _owe_projections()
    event = sa.table("event", sa.column("state"))
    aside = event.c.state.in_(["corrected", "duplicate"])
    op.execute(sa.update(event).where(aside).values(state="accepted"))
    for name, columns in _ADDED.items():
        with op.batch_alter_table(name) as table:
            for column, _, _ in columns:
                table.drop_column(column)


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    op.execute(sa.delete(sa.table("projection_sum")))
    op.execute(sa.delete(sa.table("waiting_line")))
