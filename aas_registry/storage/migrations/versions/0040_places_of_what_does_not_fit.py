"""Of one event several lines may say of one unit what does not fit: each is kept by its place.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start after a
downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Owe each site its genealogy: what does not fit is known again by other keys."""
    _owe_projections()


def downgrade() -> None:
    """Owe each site its genealogy, with the keys of before."""
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
