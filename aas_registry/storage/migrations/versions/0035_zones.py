"""Where the zones of splices end is on record, so that it is not to be guessed from what labels held.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start
after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and owe each site its genealogy."""
    _owe_projections()
    op.create_table(
        "zone",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("recorded_from", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id"),
    )
    op.create_index("ix_zone_label", "zone", ["site", "label"], unique=False)


def downgrade() -> None:
    """Take it away again; the genealogy is owed."""
    _owe_projections()
    op.drop_table("zone")


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    op.execute(sa.delete(sa.table("projection_sum")))
