"""What came into a package though nobody knows from which, and lines that could not be read, are on record.

The genealogy of every site that has events is built anew as the upgrade ends, and at the next start
after a downgrade.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_CHANGED = ("lot_link", "waiting_line")


def upgrade() -> None:
    """Change the columns, and owe each site its genealogy."""
    _owe_projections()
    with op.batch_alter_table("lot_link") as table:
        table.alter_column("parent", existing_type=sa.BigInteger(), nullable=True)
    with op.batch_alter_table("waiting_line") as table:
        table.add_column(sa.Column("is_unread", sa.Boolean(), nullable=False))
    with op.batch_alter_table("event_wait") as table:
        table.alter_column("shown", existing_type=sa.Text(), nullable=True)


def downgrade() -> None:
    """Change them back; the genealogy is owed."""
    _owe_projections()
    op.execute("DELETE FROM event_wait WHERE shown IS NULL")
    with op.batch_alter_table("event_wait") as table:
        table.alter_column("shown", existing_type=sa.Text(), nullable=False)
    with op.batch_alter_table("waiting_line") as table:
        table.drop_column("is_unread")
    with op.batch_alter_table("lot_link") as table:
        table.alter_column("parent", existing_type=sa.BigInteger(), nullable=False)


def _owe_projections() -> None:
    connection = op.get_bind()
    debt = sa.table("projection_debt", sa.column("site"))
    event = sa.table("event", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    sites = set(connection.execute(sa.select(event.c.site).distinct()).scalars())
    for site in sorted(sites - owing):
        connection.execute(sa.insert(debt).values(site=site))
    for name in (*_CHANGED, "projection_sum"):
        op.execute(sa.delete(sa.table(name)))
