"""Statements that are dated ahead: they happened later than they were recorded, and wait for their time.

Few events are so, and an index holds them alone: where there is none, nothing else is asked.

Source:
    docs/semantics.md, section 1.4.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Select, select, type_coerce

from aas_registry.domain.genealogy import CLOCKS_APART, Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import units_by_id
from aas_registry.storage.moments import begun, recorded
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import feed, movement, removal

_APART = CLOCKS_APART // timedelta(microseconds=1)
Meets = Callable[[Collection[int]], Collection[int]]
"""Tells which of some units an answer is about."""


def in_time(fed: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a feed counts: its event is not dated ahead, or its time has come."""
    return begun(fed, moment, "counts_from")


class StatementsAhead:
    """The statements that are dated ahead at a moment.

    Attributes:
        units: The units of which they say that these went somewhere, or were reworked: once for each.
    """

    def __init__(self, connection: Connection, scope: Scope, moment: Moment) -> None:
        """Read what is dated ahead."""
        self._connection = connection
        self._scope = scope
        self._moment = moment
        self._events = self._read_events()
        self.units = self._said_of()

    def of_packages(self, packages: Select[tuple[int]], met: Collection[int]) -> int:
        """Return how many would touch where-used of what some packages hold.

        Those are uses of the packages, and what is said of units that are reached. A customer's auditor
        is told of those that name a unit of theirs.

        Args:
            packages: Their numbers.
            met: Which of `units` are reached.
        """
        found = self._runs_fed(feed.c.package.in_(packages))
        if self._scope.customer is not None and (found or met):
            named = sorted({*found, *met})
            seen = units_by_id(self._connection, self._scope, named, self._moment).keys()
            found, met = [run for run in found if run in seen], [unit for unit in met if unit in seen]
        return len(found) + self._met(met)

    def of_contents(self, meets: Meets) -> int:
        """Return how many would touch the contents of a unit."""
        if not self._events:
            return 0
        runs = self._runs_fed()
        met = set(meets({*runs, *self.units}))
        return sum(run in met for run in runs) + self._met(met)

    def _met(self, met: Collection[int]) -> int:
        return sum(unit in met for unit in self.units)

    def _read_events(self) -> Sequence[int]:
        return _events_ahead(self._scope.site, self._moment).ask(self._connection).scalars().all()

    def _runs_fed(self, *wanted: ColumnElement[bool]) -> list[int]:
        runs: list[int] = []
        for part in in_chunks(self._events):
            mine = (feed.c.site == self._scope.site, feed.c.event.in_(part), recorded(feed, self._moment))
            runs += self._connection.execute(select(feed.c.run).where(*mine, *wanted)).scalars()
        return runs

    def _said_of(self) -> list[int]:
        units: list[int] = []
        for part in in_chunks(self._events):
            for table in (movement, removal):
                mine = (
                    table.c.site == self._scope.site,
                    table.c.event.in_(part),
                    recorded(table, self._moment),
                )
                units += self._connection.execute(select(table.c.unit).where(*mine)).scalars()
        return units


@prepared
def _events_ahead(site: Site, moment: Moment) -> Select[int]:
    ahead = (
        event.c.site == site,
        event.c.happened_at > event.c.recorded_at,  # as the index says it
        type_coerce(event.c.happened_at, BigInteger) > type_coerce(event.c.recorded_at, BigInteger) + _APART,
        event.c.happened_at > moment.as_of,
    )
    return select(event.c.id).where(*ahead).order_by(event.c.id)
