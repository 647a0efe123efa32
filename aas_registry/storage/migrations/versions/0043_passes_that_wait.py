"""A line that waits says whether it tells of a pass, and of which run.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start
after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and owe each site its genealogy."""
    _owe_projections()
    with op.batch_alter_table("waiting_line") as table:
        table.add_column(sa.Column("passes", sa.Boolean(), nullable=False))


def downgrade() -> None:
    """Take it away again; the genealogy is owed."""
    _owe_projections()
    with op.batch_alter_table("waiting_line") as table:
        table.drop_column("passes")


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
