"""Jumps of the clock that were confirmed, with the times of recording that they left unsure.

Those of before stand in the audit trail, and come from there.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from aas_registry.storage import column_types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TOLD = re.compile(r"(?P<jump>[+-]\d+) s at (?P<clock>\S+): ")
_MICROSECONDS = 1_000_000


def upgrade() -> None:
    """Add the table, and fill it from the audit trail."""
    op.create_table(
        "confirmed_jump",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("confirmed_at", column_types.Instant(), nullable=False),
        sa.Column("jump_us", sa.BigInteger(), nullable=False),
        sa.Column("unsure_from", column_types.Instant(), nullable=False),
        sa.Column("unsure_to", column_types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "confirmed_at", name=op.f("pk_confirmed_jump")),
    )
    times = [sa.column(name, column_types.Instant()) for name in ("confirmed_at", "unsure_from", "unsure_to")]
    made = sa.table("confirmed_jump", sa.column("site"), sa.column("jump_us"), *times)
    rows = [*_confirmed()]
    if rows:
        op.get_bind().execute(made.insert(), rows)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("confirmed_jump")


def _confirmed() -> Iterator[dict[str, Any]]:
    names = ("site", "what", "detail")
    audit = sa.table("audit", *map(sa.column, names), sa.column("at", column_types.Instant()))
    wanted = sa.select(audit).where(audit.c.what == "clock confirmed")
    for row in op.get_bind().execute(wanted).all():
        told = _TOLD.match(row.detail or "")
        if told is None:
            continue
        jump, clock = timedelta(seconds=int(told["jump"])), datetime.fromisoformat(told["clock"])
        before = clock - jump
        yield {
            "site": row.site,
            "confirmed_at": row.at,
            "jump_us": int(told["jump"]) * _MICROSECONDS,
            "unsure_from": min(clock, before),
            "unsure_to": max(clock, before) + timedelta(seconds=1),
        }
