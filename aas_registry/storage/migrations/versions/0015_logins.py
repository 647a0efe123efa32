"""Sessions as rows, failed logins counted for all workers, and names of users that are unique per site."""

import sqlalchemy as sa
from alembic import op

from aas_registry.domain.identifiers import matching_key
from aas_registry.storage import column_types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_user = sa.table("user_account", sa.column("site"), sa.column("id"), sa.column("name"), sa.column("name_key"))


def upgrade() -> None:
    """Create the tables; whoever is logged in logs in anew."""
    op.create_table(
        "login_session",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", column_types.Instant(), nullable=False),
        sa.Column("last_seen_at", column_types.Instant(), nullable=False),
        sa.Column("expires_at", column_types.Instant(), nullable=False),
        sa.Column("ended_at", column_types.Instant(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_login_session")),
    )
    op.create_index("uq_login_session_sha256", "login_session", ["site", "sha256"], unique=True)
    op.create_index("ix_login_session_account", "login_session", ["site", "account", "id"], unique=False)
    op.create_table(
        "login_throttle",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("free_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site", "bucket", name=op.f("pk_login_throttle")),
    )
    op.create_index("ix_login_throttle_free_at_us", "login_throttle", ["free_at_us"], unique=False)
    op.drop_index("uq_user_account_name", "user_account")
    _compute_keys()
    op.create_index("uq_user_account_name", "user_account", ["site", "name_key"], unique=True)


def downgrade() -> None:
    """Drop the tables; a name that two sites have is put behind its site, for names were unique over all."""
    op.drop_table("login_throttle")
    op.drop_table("login_session")
    op.drop_index("uq_user_account_name", "user_account")
    connection = op.get_bind()
    seen: set[str] = set()
    for row in connection.execute(sa.select(_user).order_by(_user.c.site, _user.c.id)).all():
        key = row.name_key
        if key in seen:
            key = f"{row.site} {row.id} {key}"
            own = (_user.c.site == row.site) & (_user.c.id == row.id)
            connection.execute(_user.update().where(own).values(name_key=key))
        seen.add(key)
    op.create_index("uq_user_account_name", "user_account", ["name_key"], unique=True)


def _compute_keys() -> None:
    """Compute the keys as names are compared now; of two that fall together the later one gets its number."""
    connection = op.get_bind()
    seen: set[tuple[str, str]] = set()
    for row in connection.execute(sa.select(_user).order_by(_user.c.site, _user.c.id)).all():
        name = row.name
        if (row.site, matching_key(name)) in seen:
            name = f"{name} {row.id}"
        seen.add((row.site, matching_key(name)))
        own = (_user.c.site == row.site) & (_user.c.id == row.id)
        connection.execute(_user.update().where(own).values(name=name, name_key=matching_key(name)))
