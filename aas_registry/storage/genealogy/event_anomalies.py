"""Events that do not fit: corrections that name each other, what has not happened yet, names of several."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Column, select

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.corrections import open_rings
from aas_registry.domain.genealogy import CLOCKS_APART
from aas_registry.storage.genealogy import effects
from aas_registry.storage.genealogy.touched import Checked
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables.events import event

_NAMED: tuple[Column[int], ...] = (
    tables.movement.c.unit,
    tables.movement.c.target,
    tables.run_unit.c.unit,
    tables.feed.c.package,
    tables.feed.c.run,
    tables.removal.c.unit,
    tables.lot_link.c.child,
    tables.test_result.c.unit,
)


def find_rings(work: Workspace) -> Iterator[Checked]:
    """Yield the corrections that name each other in a ring, of new ones and all about them."""
    touched = work.touched.corrections
    if not touched:
        return
    known, rows = effects.family(work.connection, work.site, touched, now=work.now)
    found = []
    for ring in open_rings(known):
        events = frozenset(rows[each].id for each in ring)
        found.append(Anomaly(kind=AnomalyKind.CORRECTION_RING, subject=min(events), events=events))
    yield Checked(AnomalyKind.CORRECTION_RING, [row.id for row in rows.values()], found)


def find_dated_ahead(work: Workspace) -> Iterator[Checked]:
    """Yield the events that are said to have happened later than they were recorded."""
    for numbers in in_chunks(sorted(work.touched.ahead | work.touched.turned)):
        own = (event.c.site == work.site) & event.c.id.in_(numbers) & event.c.counts
        rows = [
            row
            for row in work.connection.execute(select(event).where(own))
            if row.happened_at > row.recorded_at + CLOCKS_APART
        ]
        named: dict[int, set[int]] = {row.id: set() for row in rows}
        for column in _NAMED if named else ():
            said = (column.table.c.site == work.site) & column.table.c.event.in_(list(named))
            query = select(column.table.c.event, column).where(said, column.table.c.recorded_to.is_(None))
            for number, item in work.connection.execute(query):
                named[number].update(() if item is None else (item,))
        found = [
            Anomaly(
                kind=AnomalyKind.DATED_AHEAD,
                subject=row.id,
                events=frozenset({row.id}),
                things=frozenset(named[row.id]),
                holds_until=row.happened_at,
            )
            for row in rows
        ]
        yield Checked(AnomalyKind.DATED_AHEAD, numbers, found)


def find_undecided(work: Workspace) -> Iterator[Checked]:
    """Yield the lines of events, of those touched, in which a name means several things."""
    touched = work.touched
    for numbers in in_chunks(sorted(touched.undecided.keys() | touched.renewed | touched.turned)):
        open_ones = [number for number in numbers if number in touched.undecided]
        found: list[Anomaly] = []
        if open_ones:
            counts = (event.c.site == work.site, event.c.id.in_(open_ones), event.c.counts)
            for row in work.connection.execute(select(event.c.id, event.c.happened_at).where(*counts)):
                found += _undecided(row.id, row.happened_at, touched.undecided[row.id])
        yield Checked(AnomalyKind.UNDECIDED, numbers, found)


def _undecided(
    number: int, happened_at: datetime, lines: Mapping[tuple[int, int], frozenset[int]]
) -> Iterator[Anomaly]:
    found: defaultdict[frozenset[int], list[str]] = defaultdict(list)
    for (place, nth), candidates in sorted(lines.items()):
        found[candidates].append(f"{place} {nth}")
    for candidates, places in found.items():
        yield Anomaly(
            kind=AnomalyKind.UNDECIDED,
            subject=number,
            key="\n".join(places),
            events=frozenset({number}),
            things=candidates,
            holds_from=happened_at,
        )
