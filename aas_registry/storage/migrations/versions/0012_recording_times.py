"""How far the recording times of each site have gone, so that the next are later."""

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PERIOD = ("recorded_from", "recorded_to")
_RECORDED = {  # every column that a time of recording stands in
    "alias": ("recorded_at",),
    "anchor": ("pinned_at", "withdrawn_at"),
    "audit": ("at",),
    "certificate": ("recorded_at",),
    "certificate_step": ("at",),
    "containment": _PERIOD,
    "document": ("created_at", "updated_at", "deleted_at"),
    "document_version": _PERIOD,
    "event": ("recorded_at",),
    "feed": _PERIOD,
    "feed_void": _PERIOD,
    "item_merge": _PERIOD,
    "lot": ("created_at",),
    "lot_link": _PERIOD,
    "lot_submission": ("recorded_at", "ended_at"),
    "movement": _PERIOD,
    "package": ("recorded_at",),
    "package_state": _PERIOD,
    "package_statement": ("recorded_at", "ended_at"),
    "part_type": ("created_at",),
    "partial_upload": ("created_at",),
    "party": ("created_at",),
    "quantity_entry": _PERIOD,
    "receipt": ("recorded_at",),
    "receipt_lot": _PERIOD,
    "removal": _PERIOD,
    "report": ("made_at",),
    "run": ("recorded_at",),
    "run_unit": _PERIOD,
    "shipment": ("recorded_at",),
    "shipped": _PERIOD,
    "source_heartbeat": ("last_recorded_at",),
    "statement": ("recorded_at",),
    "stored_file": ("stored_at",),
    "submission": ("received_at",),
    "test_result": _PERIOD,
    "token": ("created_at", "revoked_at"),
    "unit": ("recorded_at",),
    "user_account": ("created_at",),
}


def upgrade() -> None:
    """Make the table, and find the newest time of each site in every table that has one."""
    op.create_table(
        "site_clock",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("recorded_at", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_clock")),
    )
    connection, newest = op.get_bind(), dict[str, int]()
    for name, columns in _RECORDED.items():
        times = [sa.column(each, sa.BigInteger()) for each in columns]
        table = sa.table(name, sa.column("site", sa.Text()), *times)
        wanted = sa.select(table.c.site, *(sa.func.max(each) for each in times)).group_by(table.c.site)
        for site, *found in connection.execute(wanted):
            newest[site] = max(each for each in (newest.get(site), *found) if each is not None)
    if newest:
        clock = sa.table("site_clock", sa.column("site"), sa.column("recorded_at", sa.BigInteger()))
        rows = [{"site": site, "recorded_at": at} for site, at in newest.items()]
        connection.execute(clock.insert(), rows)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("site_clock")
