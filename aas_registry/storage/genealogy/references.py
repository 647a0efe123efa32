"""Which events speak of a thing: they are applied again when a name of it means something else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Column, or_, select

from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables import passes
from aas_registry.storage.tables.events import event

_ABOUT: tuple[Column[int], ...] = (
    tables.declaration.c.item,
    tables.package_state.c.package,
    tables.lot_link.c.parent,
    tables.lot_link.c.child,
    tables.run_unit.c.unit,
    tables.feed.c.package,
    tables.feed.c.run,
    tables.removal.c.unit,
    tables.removal.c.package,
    tables.movement.c.unit,
    tables.movement.c.target,
    tables.test_result.c.unit,
    passes.slot_change.c.package,
    passes.completion.c.unit,
    # What waits for one name may have to wait for another, too.
    passes.waiting_line.c.material,
    passes.waiting_line.c.unit,
)


def events_about(work: Workspace, items: Mapping[int, datetime | None]) -> set[int]:
    """Return the events of which a fact in effect speaks of some packages or units.

    Args:
        work: The transaction.
        items: Their ids, each with the time before which nothing is asked for; None for all times.
    """
    by_time: dict[datetime | None, list[int]] = {}
    for item, since in items.items():
        by_time.setdefault(since, []).append(item)
    return {
        number
        for since, some in by_time.items()
        for part in in_chunks(sorted(some))
        for column in _ABOUT
        for number in _speaking(work, column, part, since)
    } - {0}


def _speaking(work: Workspace, column: Column[int], items: Sequence[int], since: datetime | None) -> set[int]:
    table = column.table
    said = (table.c.site == work.site) & column.in_(items) & table.c.recorded_to.is_(None)
    query = select(table.c.event).where(said)
    if since is not None:
        later = event.c.happened_at >= since
        if table is tables.feed:
            later = or_(later, table.c.valid_from >= since)
        query = query.join(event, (event.c.site == table.c.site) & (event.c.id == table.c.event)).where(later)
    return set(work.connection.execute(query).scalars())
