"""Contradictions are known as of every time.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start
after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_ADDED = (("anomaly_event", "since"), ("anomaly_thing", "since"), ("package_draw", "inside_since"))


def upgrade() -> None:
    """Add the columns, and owe each site its genealogy."""
    _owe_projections()
    for name, column in _ADDED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column(column, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take them away again; the genealogy is owed."""
    _owe_projections()
    for name, column in _ADDED:
        with op.batch_alter_table(name) as table:
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
