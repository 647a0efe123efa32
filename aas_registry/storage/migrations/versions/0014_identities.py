"""A name alone stands for nobody: unfinished uploads and the audit trail know users and tokens by kind and id.

Whose an unfinished upload is, only the name said. Where a user and a token, or two tokens, have that
name, it is nobody's any more and expires: its sender begins anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LOCAL = ("local", "anyone (authentication is off)")
_partial = sa.table("partial_upload", sa.column("site"), sa.column("id"), sa.column("owner"))
_ACCOUNTS = {
    kind: sa.table(table, sa.column("site"), sa.column("id"), sa.column("name"))
    for kind, table in (("user", "user_account"), ("token", "token"))
}


def upgrade() -> None:
    """Add the columns, and find out whose the unfinished uploads are."""
    op.add_column("audit", sa.Column("kind", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit", sa.Column("number", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    begun = connection.execute(sa.select(_partial).where(_partial.c.owner.startswith("name "))).all()
    for row in begun:
        name = row.owner.removeprefix("name ")
        named = [] if name not in _LOCAL else ["local"]
        for kind, table in _ACCOUNTS.items():
            wanted = sa.select(table.c.id).where(table.c.site == row.site, table.c.name == name)
            named += [f"{kind} {number}" for number in connection.execute(wanted).scalars()]
        _give(row, named[0] if len(named) == 1 else "nobody")


def downgrade() -> None:
    """Drop the columns, and let names stand for users and tokens again."""
    connection = op.get_bind()
    op.drop_column("audit", "number")
    op.drop_column("audit", "kind")
    for row in connection.execute(sa.select(_partial).where(~_partial.c.owner.startswith("party "))).all():
        kind, _, number = row.owner.partition(" ")
        if kind in _ACCOUNTS:
            table = _ACCOUNTS[kind]
            wanted = sa.select(table.c.name).where(table.c.site == row.site, table.c.id == int(number))
            _give(row, f"name {connection.execute(wanted).scalar()}")
        elif kind == "local":
            _give(row, "name local")


def _give(row: sa.Row[tuple[str, str, str]], owner: str) -> None:
    own = (_partial.c.site == row.site) & (_partial.c.id == row.id)
    op.get_bind().execute(_partial.update().where(own).values(owner=owner))
