"""Which events count, read from the events on record: corrected ones do not, of equal ones the first does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update

from aas_registry.domain.corrections import EventStanding, counting, in_effect
from aas_registry.domain.events import EventState
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import LATEST
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event


@dataclass(frozen=True, slots=True)
class Turned:
    """Events that count now and did not before, and the reverse; of all that do not count, their states."""

    begun: Sequence[int]
    ended: Sequence[int]
    set_aside: Mapping[int, EventState]


def counted_ones(connection: Connection, site: Site, contents: Sequence[str]) -> dict[str, str]:
    """Return of each content the id of the event that says it and counts."""
    found: dict[str, str] = {}
    for part in in_chunks(contents):
        query = select(event.c.content, event.c.event_id).where(
            event.c.site == site, event.c.content.in_(part), event.c.counts
        )
        found |= {row.content: row.event_id for row in connection.execute(query)}
    return found


def counted_instead(connection: Connection, site: Site, event_ids: Collection[str]) -> dict[str, str]:
    """Return, of events that do not count, the id of the equal event that does."""
    contents: dict[str, str] = {}
    for part in in_chunks(sorted(event_ids)):
        query = select(event.c.event_id, event.c.content).where(
            event.c.site == site, event.c.event_id.in_(part), ~event.c.counts
        )
        contents |= {row.event_id: row.content for row in connection.execute(query)}
    counted = counted_ones(connection, site, sorted(set(contents.values())))
    return {event_id: counted[content] for event_id, content in contents.items() if content in counted}


def said_by_equals(
    connection: Connection, site: Site, numbers: Collection[int], *, at: datetime | None
) -> set[int]:
    """Return those of some events that say nothing, as an equal one counts.

    Args:
        connection: An open connection.
        site: Of the events.
        numbers: Which events.
        at: As it was on record then; None for now.
    """
    named: set[str] = set()
    for part in in_chunks(sorted(numbers)):
        own = select(event.c.event_id).where(event.c.site == site, event.c.id.in_(part))
        named.update(connection.execute(own).scalars())
    known, rows = family(connection, site, named, now=at or LATEST)
    first = {known[each].content: each for each in counting(known)}
    return {rows[each].id for each in named if first.get(known[each].content, each) != each}


def told_wrongly(connection: Connection, site: Site) -> set[str]:
    """Return the ids of events that count though they must not, or the reverse, or are set aside otherwise.

    Looked at are those with a correction or an equal event, and those that do not count.
    """
    own, equal = event.c.site == site, func.count() > 1
    unlike = select(event.c.event_id).where(own, or_(~event.c.counts, event.c.corrects.is_not(None)))
    alike = select(func.min(event.c.event_id)).where(own).group_by(event.c.content).having(equal)
    doubtful = {*connection.execute(unlike).scalars(), *connection.execute(alike).scalars()}
    wrong = set[str]()
    for part in in_chunks(sorted(doubtful)):
        known, rows = family(connection, site, part, now=LATEST)
        counts, aside = counting(known), _set_aside(known)
        wrong |= {each for each, row in rows.items() if row.counts is not (each in counts)}
        wrong |= {each for each, state in aside.items() if rows[each].state != state.value}
    return wrong


def turn(connection: Connection, site: Site, event_ids: Collection[str], *, now: datetime) -> Turned:
    """Find out anew of new events, and of all that follows from theirs, which count; note it.

    Args:
        connection: The writing transaction.
        site: Of the events.
        event_ids: Events that are new; what none of them corrects, and no correction names, is left alone.
        now: What was recorded later is not there yet: a projection is being rebuilt.
    """
    there = (event.c.site == site) & (event.c.recorded_at <= now)
    touched: set[str] = set()
    for part in in_chunks(sorted(event_ids)):
        new = event.c.event_id.in_(part) & event.c.corrects.is_not(None)
        named = select(event.c.event_id).where(there, new | event.c.corrects.in_(part))
        touched.update(connection.execute(named).scalars())
    if not touched:
        return Turned((), (), {})
    known, rows = family(connection, site, touched, now=now)
    counts = counting(known)
    begun = sorted(rows[each].id for each in counts if not rows[each].counts)
    ended = sorted(row.id for event_id, row in rows.items() if row.counts and event_id not in counts)
    for changed, value in ((begun, True), (ended, False)):
        for numbers in in_chunks(changed):
            own = (event.c.site == site) & event.c.id.in_(numbers)
            connection.execute(update(event).where(own).values(counts=value))
    set_aside = {rows[event_id].id: state for event_id, state in _set_aside(known).items()}
    return Turned(begun, ended, set_aside)


def family(
    connection: Connection, site: Site, event_ids: Collection[str], *, now: datetime
) -> tuple[dict[str, EventStanding], dict[str, Row[Any]]]:
    """Return events with all that decides about them, as values and as rows: corrections, and equal ones.

    Args:
        connection: An open connection.
        site: Of the events.
        event_ids: Which events.
        now: What was recorded later is not there yet.
    """
    there = (event.c.site == site) & (event.c.recorded_at <= now)
    found: dict[str, Row[Any]] = {}
    asked, contents, wanted = set[str](), set[str](), set(event_ids)
    while wanted:
        asked |= wanted
        rows: list[Row[Any]] = []
        for part in in_chunks(sorted(wanted)):
            rows += _read(connection, there & (event.c.event_id.in_(part) | event.c.corrects.in_(part)))
        new = {row.content for row in rows} - contents
        contents |= new
        for texts in in_chunks(sorted(new)):
            rows += _read(connection, there & event.c.content.in_(texts))
        found |= {row.event_id: row for row in rows}
        wanted = {each for row in rows for each in (row.event_id, row.corrects) if each is not None} - asked
    known = {
        row.event_id: EventStanding(
            content=row.content, recorded=(row.recorded_at, row.id), corrects=row.corrects
        )
        for row in found.values()
    }
    return known, found


def _set_aside(known: Mapping[str, EventStanding]) -> dict[str, EventState]:
    """Return the states of the events that do not count."""
    there_still = in_effect(known)
    return {
        each: EventState.DUPLICATE if each in there_still else EventState.CORRECTED
        for each in known.keys() - counting(known)
    }


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Row[Any]]:
    columns = (event.c.id, event.c.event_id, event.c.content, event.c.recorded_at)
    query = select(*columns, event.c.corrects, event.c.counts, event.c.state).where(condition)
    return list(connection.execute(query))
