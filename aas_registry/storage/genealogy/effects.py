"""Which events count, read from the events on record: corrected ones do not, of equal ones the first does."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from aas_registry.domain.corrections import EventStanding, counting
from aas_registry.domain.events import EventState
from aas_registry.domain.identifiers import Site
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event


@dataclass(frozen=True, slots=True)
class Turned:
    """Events that count now and did not before, and the reverse."""

    begun: Sequence[int]
    ended: Sequence[int]


def counted_ones(connection: Connection, site: Site, contents: Sequence[str]) -> dict[str, str]:
    """Return of each content the id of the event that says it and counts."""
    found: dict[str, str] = {}
    for part in in_chunks(contents):
        query = select(event.c.content, event.c.event_id).where(
            event.c.site == site, event.c.content.in_(part), event.c.counts
        )
        found |= {row.content: row.event_id for row in connection.execute(query)}
    return found


def turn(connection: Connection, site: Site, numbers: Collection[int], *, now: datetime) -> Turned:
    """Find out anew of some events, and of all that follows from theirs, which count; note it.

    Args:
        connection: The writing transaction.
        site: Of the events.
        numbers: Corrections.
        now: What was recorded later is not there yet: a projection is being rebuilt.
    """
    known, counted = _family(connection, (event.c.site == site) & (event.c.recorded_at <= now), numbers)
    counts_now = counting(known)
    begun, ended = sorted(counts_now - counted), sorted(counted - counts_now)
    for changed, counts in ((begun, True), (ended, False)):
        for part in in_chunks(changed):
            row = (event.c.site == site) & event.c.id.in_(part)
            connection.execute(update(event).where(row).values(counts=counts))
    return Turned(begun, ended)


def _family(
    connection: Connection, there: ColumnElement[bool], numbers: Collection[int]
) -> tuple[dict[int, EventStanding], set[int]]:
    known: dict[int, EventStanding] = {}
    counted: set[int] = set()
    asked, contents = set[int](), set[str]()
    wanted = set(numbers)
    while wanted:
        asked |= wanted
        rows: list[Row[Any]] = []
        for part in in_chunks(sorted(wanted)):
            rows += _read(connection, there & (event.c.id.in_(part) | event.c.corrects.in_(part)))
        new = {row.content for row in rows} - contents
        contents |= new
        for texts in in_chunks(sorted(new)):
            rows += _read(connection, there & event.c.content.in_(texts))
        known |= {
            row.id: EventStanding(
                content=row.content, recorded=(row.recorded_at, row.id), corrects=row.corrects
            )
            for row in rows
        }
        counted |= {row.id for row in rows if row.counts}
        wanted = {each for row in rows for each in (row.id, row.corrects) if each is not None} - asked
    return known, counted


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Row[Any]]:
    columns = (event.c.id, event.c.content, event.c.recorded_at, event.c.corrects, event.c.counts)
    is_taken = event.c.state != EventState.REJECTED.value
    return list(connection.execute(select(*columns).where(condition, is_taken)))
