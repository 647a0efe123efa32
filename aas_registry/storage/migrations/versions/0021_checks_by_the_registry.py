"""Steps of certificates that the checks decided are the registry's own, not of whoever sent the paper."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the registry; the receipt stays the sender's, and a decision the person's."""
    step = sa.table(
        "certificate_step",
        sa.column("state", sa.Text),
        sa.column("who", sa.Text),
        sa.column("reason", sa.Text),
    )
    by_person = step.c.reason.like("accepted: %") | step.c.reason.like("not accepted: %")
    decided_by_checks = (step.c.state != "submitted") & ~by_person
    op.execute(sa.update(step).where(decided_by_checks).values(who="registry"))


def downgrade() -> None:
    """Nothing: who sent the paper stands in its first step."""
