"""What a removal took out of which uses is known as of every time.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start
after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_ADDED = ("counts_from", "counts_until")


def upgrade() -> None:
    """Add the columns, and owe each site its genealogy."""
    _owe_projections()
    with op.batch_alter_table("feed_void") as table:
        for name in _ADDED:
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take them away again; the genealogy is owed."""
    _owe_projections()
    with op.batch_alter_table("feed_void") as table:
        for name in _ADDED:
            table.drop_column(name)


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    op.execute(sa.delete(sa.table("projection_sum")))
