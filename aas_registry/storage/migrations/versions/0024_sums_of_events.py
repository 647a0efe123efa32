"""The sums of the genealogy count its events, too, and every table has one.

They are forgotten here, and begun again as the upgrade ends.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget the sums."""
    op.execute(sa.delete(sa.table("projection_sum")))


def downgrade() -> None:
    """Forget the sums."""
    op.execute(sa.delete(sa.table("projection_sum")))
