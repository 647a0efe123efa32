"""Integer ids, given per site and kind, without a sequence of the database.

On PostgreSQL a worker takes a block of ids in a transaction of its own and hands them
out from memory: an id that a rolled-back transaction used is lost, which is fine. It has a
connection for that alone: those of the pool may all wait for the lock that the asker holds.
SQLite has one writer at a time, so ids are taken in the very transaction that uses them.
"""

from threading import Lock

from sqlalchemy import Connection, Engine, bindparam, create_engine, insert, update
from sqlalchemy.exc import IntegrityError

from aas_registry.domain.identifiers import Site
from aas_registry.storage.tables.system import id_block

BLOCK = 1000
_IN_ADVANCE = 32
_ADVANCE = (
    update(id_block)
    .where(id_block.c.site == bindparam("at"), id_block.c.kind == bindparam("of"))
    .values(next=id_block.c.next + bindparam("count"))
    .returning(id_block.c.next)
)


class IdAllocator:
    """Gives ids that nobody else has; one per process."""

    def __init__(self, engine: Engine) -> None:
        """Take blocks from the database of ``engine``."""
        has_own = engine.dialect.name == "postgresql"
        self._engine = (
            create_engine(engine.url, pool_size=1, max_overflow=0, pool_pre_ping=True) if has_own else engine
        )
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
        if not count:
            return range(0)
        if connection.dialect.name == "sqlite":
            return _advance(connection, site, kind, count)
        with self._lock:
            block = self._blocks.get((site, kind), range(0))
            if len(block) < count:
                with self._engine.begin() as own:
                    block = _advance(own, site, kind, max(BLOCK, count))
            self._blocks[site, kind] = block[count:]
            return block[:count]

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def one(self, connection: Connection, site: Site, kind: str) -> int:
        """Return one id of a kind."""
        return self.take(connection, site, kind)[0]


class FactIds:
    """Gives the ids of facts within one writing transaction: some in advance, as an event has several."""

    def __init__(self, allocator: IdAllocator, site: Site) -> None:
        """Give ids of ``site``."""
        self._allocator = allocator
        self._site = site
        self._left: list[int] = []

    def take(self, connection: Connection, count: int) -> list[int]:
        """Return ids, each larger than those before; those that nobody asks for are lost."""
        missing = count - len(self._left)
        if missing > 0:
            more = self._allocator.take(connection, self._site, "fact", max(missing, _IN_ADVANCE))
            self._left += more
        given, self._left = self._left[:count], self._left[count:]
        return given


def _advance(connection: Connection, site: Site, kind: str, count: int) -> range:
    counted = {"at": site, "of": kind, "count": count}
    after = connection.execute(_ADVANCE, counted).scalar()
    if after is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(id_block).values(site=site, kind=kind, next=1))
        except IntegrityError:  # another worker was first, which is as good
            pass
        after = connection.execute(_ADVANCE, counted).scalar_one()
    return range(after - count, after)
