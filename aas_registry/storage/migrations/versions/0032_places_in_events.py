"""What one event says of packages and uses keeps its order, whatever of it waited.

The genealogy of every site that has events is built anew as the upgrade ends.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0029"
branch_labels = None
depends_on = None

_PLACED = ("lot_link", "feed", "set_up")


def upgrade() -> None:
    """Add the columns, and owe each site its genealogy."""
    _owe_projections()
    for name in _PLACED:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("place", sa.Integer(), nullable=False))


def downgrade() -> None:
    """Take them away again; the genealogy is owed."""
    _owe_projections()
    for name in _PLACED:
        with op.batch_alter_table(name) as table:
            table.drop_column("place")


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    for name in (*_PLACED, "projection_sum"):
        op.execute(sa.delete(sa.table(name)))
