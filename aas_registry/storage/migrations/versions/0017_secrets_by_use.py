"""The one secret of earlier programs makes identifiers only, and is called so.

A program before this one would make a new secret where it finds none of its name, and with it
other addresses: the new schema keeps it out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_secret = sa.table("secret", sa.column("name", sa.Text()))


def upgrade() -> None:
    """Rename the secret; keys for each use are made of it when the registry is opened next."""
    _rename("shared", "identifiers")


def downgrade() -> None:
    """Give the secret its old name back: the same addresses; people log in again."""
    _rename("identifiers", "shared")


def _rename(before: str, after: str) -> None:
    op.get_bind().execute(_secret.update().where(_secret.c.name == before).values(name=after))
