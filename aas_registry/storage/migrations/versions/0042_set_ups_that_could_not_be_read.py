"""Of a set-up that could not be read it is known which station it is of.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start
after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and owe each site its genealogy."""
    _owe_projections()
    with op.batch_alter_table("waiting_line") as table:
        table.add_column(sa.Column("station", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("slot_key", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away again; the genealogy is owed."""
    _owe_projections()
    with op.batch_alter_table("waiting_line") as table:
        table.drop_column("slot_key")
        table.drop_column("station")


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    op.execute(sa.delete(sa.table("projection_sum")))
