"""Packages have date codes, and are found by them and by internal part numbers; what is dated ahead is found.

The genealogy of every site that has events is built anew as the upgrade ends: part numbers get the
form in which they are compared.

The numbers of 0029 to 0031 run against their order, which is 0028, 0031, 0030, 0029, 0032: databases
that were upgraded hold these names.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None

_ADDED = ("internal_part_number_key", "date_code", "date_code_key")
_INDEXES = {"ix_package_part_number": "internal_part_number_key", "ix_package_date_code": "date_code_key"}
_AHEAD = sa.text("happened_at > recorded_at")


def upgrade() -> None:
    """Add columns and indexes, and owe each site its genealogy."""
    _owe_projections()
    for name in _ADDED:
        op.add_column("package", sa.Column(name, sa.Text(), nullable=True))
    for index, column in _INDEXES.items():
        op.create_index(index, "package", ["site", column], unique=False)
    op.create_index(
        "ix_event_ahead",
        "event",
        ["site", "happened_at"],
        unique=False,
        sqlite_where=_AHEAD,
        postgresql_where=_AHEAD,
    )


def downgrade() -> None:
    """Take them away again; the genealogy is owed, as it was."""
    _owe_projections()
    op.drop_index("ix_event_ahead", "event")
    for index in _INDEXES:
        op.drop_index(index, "package")
    with op.batch_alter_table("package") as table:
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
