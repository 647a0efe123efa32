"""Integer ids, given per site and kind, without a sequence of the database.

On PostgreSQL a worker takes a block of ids in a transaction of its own and hands them
out from memory: an id that a rolled-back transaction used is lost, which is fine. SQLite
has one writer at a time, so ids are taken in the very transaction that uses them.
"""

from threading import Lock

from sqlalchemy import Connection, Engine, insert, update
from sqlalchemy.exc import IntegrityError

from aas_registry.domain.identifiers import Site
from aas_registry.storage.tables.system import id_block

BLOCK = 1000


class IdAllocator:
    """Gives ids that nobody else has; one per process."""

    def __init__(self, engine: Engine) -> None:
        """Take blocks from ``engine``."""
        self._engine = engine
        self._lock = Lock()
        self._blocks: dict[tuple[Site, str], range] = {}

    def take(self, connection: Connection, site: Site, kind: str, count: int = 1) -> range:
        """Return ``count`` consecutive ids of a kind, from 1 up.

        Args:
            connection: The writing transaction that will use them.
            site: Whose ids.
            kind: ``item``, ``document``, ``submission``, …
            count: How many; 0 gives an empty range.
        """
        if connection.dialect.name == "sqlite":
            return _advance(connection, site, kind, count)
        with self._lock:
            block = self._blocks.get((site, kind), range(0))
            if len(block) < count:
                with self._engine.begin() as own:
                    block = _advance(own, site, kind, max(BLOCK, count))
            self._blocks[site, kind] = block[count:]
            return block[:count]

    def one(self, connection: Connection, site: Site, kind: str) -> int:
        """Return one id of a kind."""
        return self.take(connection, site, kind)[0]


def _advance(connection: Connection, site: Site, kind: str, count: int) -> range:
    row = (id_block.c.site == site) & (id_block.c.kind == kind)
    advance = update(id_block).where(row).values(next=id_block.c.next + count).returning(id_block.c.next)
    after = connection.execute(advance).scalar()
    if after is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(id_block).values(site=site, kind=kind, next=1))
        except IntegrityError:  # another worker was first, which is as good
            pass
        after = connection.execute(advance).scalar_one()
    return range(after - count, after)
