"""Lots and part types are kept apart by the spelling that is seen: characters that nobody sees do not count.

Where two would have the same spelling now, the younger keeps the one that it has, which nothing
says any longer. The genealogy of a site where something changed is built anew as the upgrade ends.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from aas_registry.domain.identifiers import seen_key, written_key
from aas_registry.storage.index_keys import index_key

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BESIDE = {"lot": ("part_type", "code_key"), "part_type": ("manufacturer_key", "mpn_key")}
_SPELLED = {"lot": ("code",), "part_type": ("manufacturer", "mpn")}


def upgrade() -> None:
    """Compute the spellings without what nobody sees."""
    _compute(seen_key)


def downgrade() -> None:
    """Compute them with it."""
    _compute(written_key)


def _compute(form: Callable[[str], str]) -> None:
    connection, changed = op.get_bind(), set()
    for name, texts in _SPELLED.items():
        columns = ("site", "id", *_BESIDE[name], *texts, "kept_apart")
        table = sa.table(name, *map(sa.column, columns))
        beside = [table.c[each] for each in _BESIDE[name]]
        apart = sa.select(*table.c).where(table.c.kept_apart > "").order_by(table.c.site, table.c.id)
        for row in connection.execute(apart).mappings().all():
            same = (table.c.site == row["site"], *(each == row[each.name] for each in beside))
            others = connection.execute(sa.select(*table.c).where(*same, table.c.id != row["id"])).mappings()
            taken = {each["kept_apart"] or _spelled(form, each, texts) for each in others}
            own = _spelled(form, row, texts)
            if own != row["kept_apart"] and own not in taken:
                mine = (table.c.site == row["site"], table.c.id == row["id"])
                connection.execute(sa.update(table).where(*mine).values(kept_apart=own))
                changed.add(row["site"])
    debt = sa.table("projection_debt", sa.column("site"))
    owing = set(connection.execute(sa.select(debt.c.site)).scalars())
    for site in sorted(changed):
        connection.execute(
            sa.delete(sa.table("projection_sum", sa.column("site"))).where(sa.column("site") == site)
        )
        if site not in owing:
            connection.execute(sa.insert(debt).values(site=site))


def _spelled(form: Callable[[str], str], row: sa.RowMapping, texts: tuple[str, ...]) -> str:
    return index_key("\x1f".join(form(row[each]) for each in texts))
