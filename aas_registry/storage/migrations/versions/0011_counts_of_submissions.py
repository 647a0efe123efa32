"""How much each submission brought, so that a list of many need not read what became of each."""

import json
from collections import Counter
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_submission = sa.table(
    "submission",
    sa.column("site", sa.Text()),
    sa.column("id", sa.BigInteger()),
    sa.column("outcome", sa.LargeBinary()),
    sa.column("counts", sa.Text()),
)


def upgrade() -> None:
    """Add the column, and count what the submissions there are have brought."""
    op.add_column("submission", sa.Column("counts", sa.Text(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    wanted = sa.select(_submission.c.site, _submission.c.id, _submission.c.outcome)
    ordered = wanted.order_by(_submission.c.site, _submission.c.id).limit(1)
    row = connection.execute(ordered).first()
    while row is not None:  # one by one: an outcome may be large
        site, number, outcome = row
        counts = json.dumps(_counted(json.loads(outcome)))
        own = (_submission.c.site == site) & (_submission.c.id == number)
        connection.execute(_submission.update().where(own).values(counts=counts))
        is_later = sa.tuple_(_submission.c.site, _submission.c.id) > sa.tuple_(site, number)
        row = connection.execute(ordered.where(is_later)).first()


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("submission", "counts")


def _counted(outcome: dict[str, Any]) -> dict[str, Any]:
    counts: dict[str, Any] = {name: len(each) for name, each in outcome.items() if isinstance(each, list)}
    if "findings" in outcome:
        found = Counter(each["severity"] for each in outcome["findings"])
        counts["findings"] = {severity: found[severity] for severity in ("error", "warning", "info")}
    if "spreadsheet" in outcome:
        counts["lots"] = counts["shells"] = outcome["spreadsheet"]["lots"]
        counts["submodels"] = 2 * outcome["spreadsheet"]["lots"]
    return counts
