"""Queries about events: what arrived, what waits, and what of it is on record."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    Insert,
    Select,
    bindparam,
    case,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from aas_registry.domain.events import Event, EventState, corrected_by
from aas_registry.domain.findings import Finding
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import Name, name_shown
from aas_registry.domain.paging import PageRequest
from aas_registry.storage.column_types import Instant
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.rows import CHUNK, in_chunks, upsert
from aas_registry.storage.tables.events import event, event_wait
from aas_registry.storage.tables.genealogy import lot_link, receipt_lot, source_heartbeat


@dataclass(frozen=True, slots=True)
class Undecided:
    """A name that may mean several packages or units: which of them is not decided."""

    name: Name
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event on record.

    Attributes:
        id: Its number.
        body: Canonical JSON of what was sent.
        message: Name of the message, where the body does not name itself.
        counts: Whether it is in effect, and no equal one counts.
        waits_for: What it, or some of its lines, wait for.
        undecided: Names in it that may mean several things.
        findings: Its lines that could not be read; found in the body, they are no column.
    """

    id: int
    event_id: str
    type: str
    message: str | None
    happened_at: datetime
    time_given: bool
    source: str | None
    body: bytes
    digest: str
    recorded_at: datetime
    state: EventState
    counts: bool
    waits_for: tuple[Name, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    findings: tuple[Finding, ...] = ()


_FOUND = {"waits_for", "undecided", "findings"}
_COLUMNS = [event.c[name] for name in StoredEvent.__slots__ if name not in _FOUND]


def find_events(connection: Connection, site: Site, event_ids: Sequence[str]) -> dict[str, StoredEvent]:
    """Return those of some events that are on record, by the source's id."""
    found: dict[str, StoredEvent] = {}
    for part in in_chunks(event_ids):
        query = select(*_COLUMNS).where(event.c.site == site, event.c.event_id.in_(part))
        found.update((stored.event_id, stored) for stored in _stored(connection.execute(query)))
    return found


def events_about(connection: Connection, site: Site, lots: Sequence[int]) -> Iterator[StoredEvent]:
    """Yield the applied events that name some lots; one may come several times."""
    for some in in_chunks(lots):
        for table, column in ((receipt_lot, receipt_lot.c.lot), (lot_link, lot_link.c.parent)):
            about = select(table.c.event).where(table.c.site == site, column.in_(some))
            query = select(*_COLUMNS).where(event.c.site == site, event.c.id.in_(about))
            yield from _stored(connection.execute(query))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to be stored: what was understood of it, and what was sent."""

    id: int
    said: Event
    message: str | None
    body: bytes
    digest: str
    state: EventState
    counts: bool


def add_events(
    connection: Connection, site: Site, events: Iterable[NewEvent], *, recorded_by: str, now: datetime
) -> list[dict[str, Any]]:
    """Store events, and note when their sources last spoke; return the rows."""
    added = list(events)
    rows: list[dict[str, Any]] = [
        {
            "site": site,
            "id": new.id,
            "event_id": new.said.event_id,
            "type": new.said.type,
            "message": new.message,
            "happened_at": new.said.happened_at,
            "zone_minutes": new.said.zone_minutes,
            "time_given": new.said.time_given,
            "source": new.said.source,
            "body": new.body,
            "digest": new.digest,
            "recorded_at": now,
            "recorded_by": recorded_by,
            "state": new.state.value,
            "content": new.said.content,
            "counts": new.counts,
            "corrects": corrected_by(new.said),
        }
        for new in added
    ]
    if rows:
        connection.execute(insert(event), rows)
        told = (new.said for new in added)
        hear(connection, site, [(said.source, said.happened_at) for said in told if said.source], now=now)
    return rows


def hear(connection: Connection, site: Site, heard: Iterable[tuple[str, datetime]], *, now: datetime) -> None:
    """Note when sources last spoke."""
    latest: dict[str, datetime] = {}
    counts: defaultdict[str, int] = defaultdict(int)
    for source, happened_at in heard:
        latest[source] = max(latest.get(source, happened_at), happened_at)
        counts[source] += 1
    rows = [
        {
            "site": site,
            "source": source,
            "last_event_at": at,
            "last_recorded_at": now,
            "events": counts[source],
        }
        for source, at in latest.items()
    ]
    if not rows:
        return
    connection.execute(_hearing(connection.dialect.name), rows)


@cache
def _hearing(dialect: str) -> Insert:
    statement = upsert(dialect, source_heartbeat)
    new, old = statement.excluded, source_heartbeat.c
    later = case((new.last_event_at > old.last_event_at, new.last_event_at), else_=old.last_event_at)
    changed = {
        "last_event_at": later,
        "last_recorded_at": new.last_recorded_at,
        "events": old.events + new.events,
    }
    return statement.on_conflict_do_update(index_elements=list(source_heartbeat.primary_key), set_=changed)


def add_waits(
    connection: Connection, site: Site, waits: Iterable[tuple[int, Name, Sequence[int], bool]]
) -> None:
    """Note names that do not mean one thing: in which event, what they may mean, and if they are told."""
    rows = [
        {
            "site": site,
            "event": number,
            "name_key": name.key,
            "shown": str(name) if is_told else None,
            "candidates": orjson.dumps(candidates).decode() if candidates else None,
        }
        for number, name, candidates, is_told in waits
    ]
    if rows:
        connection.execute(insert(event_wait), rows)


def wake(connection: Connection, site: Site, name_keys: Sequence[str]) -> list[StoredEvent]:
    """Return the events that wait for names which are known now, in the order of their numbers.

    They wait for them until these waits are forgotten: one that cannot be read again waits on.
    """
    anything = select(event_wait.c.event).where(event_wait.c.site == site).limit(1)
    if connection.execute(anything).first() is None:
        return []
    touched: set[int] = set()
    for part in in_chunks(name_keys):
        waits = (event_wait.c.site == site) & event_wait.c.name_key.in_(part)
        touched.update(connection.execute(select(event_wait.c.event).where(waits)).scalars())
    return by_number(connection, site, sorted(touched))


def set_states(connection: Connection, site: Site, numbers: Sequence[int], state: EventState) -> None:
    """Change the state of events that were woken, or are applied anew."""
    for part in in_chunks(numbers):
        rows = (event.c.site == site) & event.c.id.in_(part)
        connection.execute(update(event).where(rows).values(state=state.value))


def set_counts(connection: Connection, site: Site, numbers: Sequence[int]) -> None:
    """Note that events count that are applied anew."""
    for part in in_chunks(numbers):
        rows = (event.c.site == site) & event.c.id.in_(part)
        connection.execute(update(event).where(rows).values(counts=True))


def by_number(connection: Connection, site: Site, numbers: Sequence[int]) -> list[StoredEvent]:
    """Return events by their numbers."""
    found: list[StoredEvent] = []
    for part in in_chunks(numbers):
        query = select(*_COLUMNS).where(event.c.site == site, event.c.id.in_(part)).order_by(event.c.id)
        found.extend(_stored(connection.execute(query)))
    return found


def ids_of(connection: Connection, site: Site, numbers: Collection[int]) -> dict[int, str]:
    """Return the ids of events, as their sources gave them, by number."""
    found: dict[int, str] = {}
    for part in in_chunks(sorted(numbers)):
        query = select(event.c.id, event.c.event_id).where(event.c.site == site, event.c.id.in_(part))
        found.update((number, event_id) for number, event_id in connection.execute(query))
    return found


def names_awaited(connection: Connection, site: Site, numbers: Collection[int]) -> dict[int, dict[str, Name]]:
    """Return the names for which lines of some events wait: by event and key."""
    found: defaultdict[int, dict[str, Name]] = defaultdict(dict)
    columns = (event_wait.c.event, event_wait.c.name_key, event_wait.c.shown)
    for part in in_chunks(sorted(numbers)):
        waits = (event_wait.c.site == site, event_wait.c.event.in_(part), event_wait.c.shown.is_not(None))
        for number, key, shown in connection.execute(
            select(*columns).where(*waits, event_wait.c.candidates.is_(None))
        ):
            found[number][key] = name_shown(shown, key)
    return found


def open_ones(connection: Connection, site: Site) -> set[tuple[Any, ...]]:
    """Return what is told of events that were not simply accepted: their states, and what they wait for.

    Each begins with the number of its event.
    """
    waits = select(*(event_wait.c[name] for name in ("event", "name_key", "shown", "candidates")))
    states = select(event.c.id, event.c.state, event.c.counts)
    is_other = or_(event.c.state != EventState.ACCEPTED.value, ~event.c.counts)
    found = {tuple(row) for row in connection.execute(states.where(event.c.site == site, is_other))}
    return found | {tuple(row) for row in connection.execute(waits.where(event_wait.c.site == site))}


def forget_waits(connection: Connection, site: Site, numbers: Sequence[int]) -> None:
    """Let events that no longer count wait for nothing."""
    for part in in_chunks(numbers):
        connection.execute(delete(event_wait).where(event_wait.c.site == site, event_wait.c.event.in_(part)))


def list_events(
    connection: Connection, site: Site, page: PageRequest, *, state: EventState | None = None
) -> list[StoredEvent]:
    """Return events in the order of their numbers; one more than asked tells of a next page."""
    query = select(*_COLUMNS).where(event.c.site == site).order_by(event.c.id).limit(page.limit + 1)
    if state is not None:
        query = query.where(event.c.state == state.value)
    if page.after is not None:
        query = query.where(event.c.id > page.after[0])
    return _with_waits(connection, site, query)


def latest_events(
    connection: Connection, site: Site, page: PageRequest, *, state: EventState | None = None
) -> list[StoredEvent]:
    """Return events, what was recorded last first; one more than asked tells of a next page."""
    query = select(*_COLUMNS).where(event.c.site == site)
    if state is EventState.ACCEPTED:
        # Nearly all are: told so, no database sorts them all by their state to show the last few.
        others = [each.value for each in EventState if each is not EventState.ACCEPTED]
        query = query.where(event.c.state.not_in(others))
    elif state is not None:
        query = query.where(event.c.state == state.value)
    query = newest_first(query, page, at=event.c.recorded_at, number=event.c.id)
    return _with_waits(connection, site, query)


def _with_waits(connection: Connection, site: Site, query: Select[Any]) -> list[StoredEvent]:
    rows = list(_stored(connection.execute(query)))
    waits = _waits(connection, site, [row.id for row in rows])
    return [
        replace(
            row,
            waits_for=tuple(each.name for each in waits.get(row.id, ()) if not each.candidates),
            undecided=tuple(each for each in waits.get(row.id, ()) if each.candidates),
        )
        for row in rows
    ]


def all_events(connection: Connection, site: Site) -> Iterator[list[StoredEvent]]:
    """Yield every event of a site in the order of recording, in parts of one time of recording."""
    order = tuple_(event.c.recorded_at, event.c.id)
    query = select(*_COLUMNS).where(event.c.site == site).order_by(event.c.recorded_at, event.c.id)
    rows = list(_stored(connection.execute(query.limit(CHUNK))))
    while rows:
        for _, part in groupby(rows, key=lambda row: row.recorded_at):
            yield list(part)
        after = tuple_(
            bindparam("at", rows[-1].recorded_at, Instant), bindparam("id", rows[-1].id, BigInteger)
        )
        rows = list(_stored(connection.execute(query.where(order > after).limit(CHUNK))))


def begin_again(connection: Connection, site: Site) -> None:
    """Let every event be pending and wait for nothing: a rebuild finds out anew."""
    connection.execute(delete(event_wait).where(event_wait.c.site == site))
    new = {"state": EventState.PENDING.value, "counts": False}
    connection.execute(update(event).where(event.c.site == site).values(**new))


def _stored(rows: Iterable[tuple[object, ...]]) -> Iterator[StoredEvent]:
    names = [column.name for column in _COLUMNS]
    for row in rows:
        values = dict(zip(names, row, strict=True))
        values["state"] = EventState(str(values["state"]))
        yield StoredEvent(**values)  # type: ignore[arg-type]


def _waits(connection: Connection, site: Site, numbers: Sequence[int]) -> dict[int, tuple[Undecided, ...]]:
    waits: dict[int, tuple[Undecided, ...]] = {}
    for part in in_chunks(numbers):
        query = (
            select(event_wait.c.event, event_wait.c.name_key, event_wait.c.shown, event_wait.c.candidates)
            .where(event_wait.c.site == site, event_wait.c.event.in_(part), event_wait.c.shown.is_not(None))
            .order_by(event_wait.c.shown)
        )
        for number, name_key, shown, candidates in connection.execute(query):
            each = Undecided(name_shown(shown, name_key), tuple(orjson.loads(candidates or "[]")))
            waits[number] = (*waits.get(number, ()), each)
    return waits
