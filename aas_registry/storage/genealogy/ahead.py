"""Statements that are dated ahead: they happened later than they were recorded, and wait for their time.

Few events are so, and an index holds them alone: where there is none, nothing else is asked.

Source:
    docs/semantics.md, section 1.4.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Select, or_, select, type_coerce

from aas_registry.domain.genealogy import CLOCKS_APART, Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import units_by_id
from aas_registry.storage.moments import recorded
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import feed, movement, removal

_APART = CLOCKS_APART // timedelta(microseconds=1)
Meets = Callable[[Collection[int]], Collection[int]]
"""Tells which of some units an answer is about."""


def in_time(table: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a row counts by its own time: its event is not dated ahead, or its time has come."""
    since = table.c.valid_from
    return or_(
        since <= moment.as_of,
        type_coerce(since, BigInteger) <= type_coerce(table.c.recorded_from, BigInteger) + _APART,
    )


def uses_ahead(
    connection: Connection, scope: Scope, moment: Moment, packages: Select[tuple[int]], *, meets: Meets
) -> int:
    """Return how many statements dated ahead would touch where-used of what some packages hold.

    Those are uses of the packages, and what is said of units that are reached. A customer's auditor
    is told of those that name a unit of theirs.
    """
    events = _events_ahead(connection, scope.site, moment)
    if not events:
        return 0
    found = _runs_fed(connection, scope.site, moment, events, feed.c.package.in_(packages))
    if scope.customer is not None:
        seen = units_by_id(connection, scope, sorted(set(found)), moment)
        found = [run for run in found if run in seen]
    return len(found) + _said_of(connection, scope.site, moment, events, meets)


def contents_ahead(connection: Connection, scope: Scope, moment: Moment, *, meets: Meets) -> int:
    """Return how many statements dated ahead would touch the contents of a unit."""
    events = _events_ahead(connection, scope.site, moment)
    if not events:
        return 0
    runs = _runs_fed(connection, scope.site, moment, events)
    met = set(meets(set(runs)))
    return sum(run in met for run in runs) + _said_of(connection, scope.site, moment, events, meets)


def _events_ahead(connection: Connection, site: Site, moment: Moment) -> Sequence[int]:
    ahead = (
        event.c.site == site,
        event.c.happened_at > event.c.recorded_at,  # as the index says it
        type_coerce(event.c.happened_at, BigInteger) > type_coerce(event.c.recorded_at, BigInteger) + _APART,
        event.c.happened_at > moment.as_of,
    )
    return connection.execute(select(event.c.id).where(*ahead).order_by(event.c.id)).scalars().all()


def _runs_fed(
    connection: Connection, site: Site, moment: Moment, events: Sequence[int], *wanted: ColumnElement[bool]
) -> list[int]:
    runs: list[int] = []
    for part in in_chunks(events):
        mine = (feed.c.site == site, feed.c.event.in_(part), recorded(feed, moment))
        runs += connection.execute(select(feed.c.run).where(*mine, *wanted)).scalars()
    return runs


def _said_of(connection: Connection, site: Site, moment: Moment, events: Sequence[int], meets: Meets) -> int:
    units: list[int] = []
    for part in in_chunks(events):
        for table in (movement, removal):
            mine = (table.c.site == site, table.c.event.in_(part), recorded(table, moment))
            units += connection.execute(select(table.c.unit).where(*mine)).scalars()
    met: Any = set(meets(set(units))) if units else set()
    return sum(unit in met for unit in units)
