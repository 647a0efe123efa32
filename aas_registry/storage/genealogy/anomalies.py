"""Queries about anomalies: which were known, hold, or were resolved; which touch an answer."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    RowMapping,
    Select,
    Table,
    and_,
    false,
    literal,
    or_,
    select,
)

from aas_registry.domain.anomalies import TOLD_TO_CUSTOMERS, Anomaly, AnomalyKind, AnomalyState
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.own_units import own_units
from aas_registry.storage.genealogy.units import units_by_id
from aas_registry.storage.moments import begun, recorded
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import CHUNK, in_chunks, in_order
from aas_registry.storage.tables.anomalies import anomaly, anomaly_event, anomaly_thing
from aas_registry.storage.tables.events import event


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyFilter:
    """What a list of anomalies is narrowed to; None does not narrow.

    Attributes:
        thing: The number of a unit or package that it touches.
        event: The source's id of an event that states it.
    """

    kind: AnomalyKind | None = None
    state: AnomalyState | None = None
    thing: int | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidEvent:
    """An event that states or resolved an anomaly; a customer's auditor is not told its id."""

    event_id: str | None
    type: str
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnomaly:
    """An anomaly on record, as it was known at a moment.

    Attributes:
        known_since: Since which time of recording.
        resolved_at: Since which time it holds no longer; None while it does.
        resolved_by: The event that resolved it; None where none did, but time.
        things: Numbers of units and packages.
    """

    id: int
    kind: AnomalyKind
    known_since: datetime
    resolved_at: datetime | None
    resolved_by: SaidEvent | None
    events: Sequence[SaidEvent]
    things: Sequence[int]


def list_anomalies(
    connection: Connection, scope: Scope, wanted: AnomalyFilter, page: PageRequest, moment: Moment
) -> list[StoredAnomaly]:
    """Return anomalies, what is known last first; one more than asked tells of a next page.

    Args:
        connection: An open connection.
        scope: A customer's auditor is told of those whose units are all theirs, and of no package's.
        wanted: What the list is narrowed to.
        page: Which part of it.
        moment: As of which times; the time of happening is given.
    """
    query = _listed(scope, wanted, moment).where(*_fitting(scope, wanted, moment))
    found: list[Row[Any]] = []
    here = PageRequest(max(page.limit, CHUNK), page.after) if scope.customer is not None else page
    while True:
        paged = newest_first(query, here, at=anomaly.c.known_since, number=anomaly.c.id)
        rows = connection.execute(paged).all()
        things = _linked(connection, scope, rows, moment)
        found += _told(connection, scope, rows, things, moment)
        if len(rows) <= here.limit or len(found) > page.limit:
            break
        here = PageRequest(here.limit, (rows[-1].known_since.isoformat(), rows[-1].id))
    return _described(connection, scope, found[: page.limit + 1], moment)


def _listed(scope: Scope, wanted: AnomalyFilter, moment: Moment) -> Select[Any]:
    """Return all anomalies; to a customer's auditor those that touch a unit of theirs: no other is read."""
    if scope.customer is None:
        return select(anomaly).where(anomaly.c.site == scope.site)
    asked = select(literal(wanted.thing, BigInteger).label("unit")).cte("asked")
    things = own_units(scope, moment) if wanted.thing is None else asked
    touching = and_(anomaly_thing.c.site == scope.site, anomaly_thing.c.thing == things.c.unit)
    touched = select(anomaly_thing.c.anomaly).select_from(in_order(things, anomaly_thing, touching))
    each = touched.distinct().cte("touched")
    of_it = and_(anomaly.c.site == scope.site, anomaly.c.id == each.c.anomaly)
    return select(anomaly).select_from(in_order(each, anomaly, of_it))


def open_anomalies_of(
    connection: Connection, site: Site, subjects: Collection[int]
) -> list[tuple[RowMapping, Anomaly]]:
    """Return the anomalies of some subjects that are not resolved, as rows and as values."""
    rows: list[RowMapping] = []
    for part in in_chunks(sorted(subjects)):
        known = (anomaly.c.site == site) & anomaly.c.subject.in_(part) & anomaly.c.recorded_to.is_(None)
        rows += connection.execute(select(anomaly).where(known)).mappings().all()
    about: dict[str, defaultdict[int, dict[int, datetime | None]]] = {
        "event": defaultdict(dict),
        "thing": defaultdict(dict),
    }
    for part in in_chunks([row["id"] for row in rows]):
        for table, name in ((anomaly_event, "event"), (anomaly_thing, "thing")):
            own = (table.c.site == site) & table.c.anomaly.in_(part)
            query = select(table.c.anomaly, table.c[name], table.c.since).where(own)
            for number, each, since in connection.execute(query):
                about[name][number][each] = since
    return [
        (
            row,
            Anomaly(
                kind=AnomalyKind(row["kind"]),
                subject=row["subject"],
                key=row["key"],
                events=frozenset(about["event"][row["id"]]),
                things=frozenset(about["thing"][row["id"]]),
                later_events=_later(about["event"][row["id"]]),
                later_things=_later(about["thing"][row["id"]]),
                holds_from=row["holds_from"],
                holds_until=row["holds_until"],
            ),
        )
        for row in rows
    ]


def _later(about: Mapping[int, datetime | None]) -> frozenset[tuple[int, datetime]]:
    return frozenset((number, since) for number, since in about.items() if since is not None)


def count_touching(
    connection: Connection, scope: Scope, things: Select[Any] | CompoundSelect[Any], moment: Moment
) -> dict[AnomalyKind, int]:
    """Return how many open anomalies touch some units, packages or lots, by kind.

    Args:
        connection: An open connection.
        scope: As for `list_anomalies`.
        things: Their numbers; asked for only where anything does not fit at all.
        moment: As of which times; the time of happening is given.
    """
    if not has_anomalies(connection, scope.site, moment):
        return {}
    asked = things.cte("asked")
    touching = and_(_of_its_time(anomaly_thing, scope.site, moment), anomaly_thing.c.thing == asked.c[0])
    holds = and_(
        anomaly.c.site == scope.site,
        anomaly.c.id == anomaly_thing.c.anomaly,
        *_counted(scope, moment),
    )
    query = select(anomaly).select_from(in_order(in_order(asked, anomaly_thing, touching), anomaly, holds))
    rows = connection.execute(query.distinct()).all()
    if scope.customer is not None:
        rows = _told(connection, scope, rows, _linked(connection, scope, rows, moment), moment)
    return dict(sorted(Counter(AnomalyKind(row.kind) for row in rows).items()))


def has_anomalies(connection: Connection, site: Site, moment: Moment) -> bool:
    """Return whether anything does not fit at all."""
    return _any(site, moment).ask(connection).first() is not None


@prepared
def _any(site: Site, moment: Moment) -> Select[int]:
    return select(anomaly.c.id).where(anomaly.c.site == site, recorded(anomaly, moment)).limit(1)


def things_in_doubt(scope: Scope, moment: Moment) -> Select[tuple[int]]:
    """Return a query of what open anomalies touch, those that `count_touching` counts."""
    open_ones = (
        select(anomaly.c.id)
        .where(anomaly.c.site == scope.site, *_counted(scope, moment))
        .cte("open_anomalies")
    )
    of_it = and_(_of_its_time(anomaly_thing, scope.site, moment), anomaly_thing.c.anomaly == open_ones.c.id)
    return select(anomaly_thing.c.thing).select_from(in_order(open_ones, anomaly_thing, of_it))


def _counted(scope: Scope, moment: Moment) -> tuple[ColumnElement[bool], ...]:
    # Lines that are undecided are counted with those that wait (`storage.genealogy.unknown`).
    return _holds(moment), _told_at_all(scope), anomaly.c.kind != AnomalyKind.UNDECIDED.value


def _holds(moment: Moment) -> ColumnElement[bool]:
    return and_(recorded(anomaly, moment), _is_of(moment))


def _is_of(moment: Moment) -> ColumnElement[bool]:
    """Return whether the time that is asked for is in the span of an anomaly."""
    lasts = or_(anomaly.c.holds_until.is_(None), anomaly.c.holds_until > moment.as_of)
    return and_(begun(anomaly, moment, "holds_from"), lasts)


def _of_its_time(table: Table, site: Site, moment: Moment) -> ColumnElement[bool]:
    """Return whether an event states an anomaly, or it touches a thing, as of a time at which it holds."""
    return and_(table.c.site == site, begun(table, moment, "since"))


def _told_at_all(scope: Scope) -> ColumnElement[bool]:
    kinds = AnomalyKind if scope.customer is None else TOLD_TO_CUSTOMERS
    return anomaly.c.kind.in_(sorted(each.value for each in kinds))


def _fitting(scope: Scope, wanted: AnomalyFilter, moment: Moment) -> list[ColumnElement[bool]]:
    ended = and_(anomaly.c.recorded_to.is_not(None), anomaly.c.renewed.is_(False))
    if moment.recorded_as_of is not None:
        ended = and_(ended, anomaly.c.recorded_to <= moment.recorded_as_of)
    # Only what is dated ahead is resolved by its time: of all else, what held as of that time.
    is_ahead = anomaly.c.kind == AnomalyKind.DATED_AHEAD.value
    is_past = and_(is_ahead, recorded(anomaly, moment), anomaly.c.holds_until <= moment.as_of)
    resolved = or_(and_(ended, or_(is_ahead, _is_of(moment))), is_past)
    states = {AnomalyState.OPEN: _holds(moment), AnomalyState.RESOLVED: resolved}
    state = states[wanted.state] if wanted.state is not None else or_(*states.values())
    fitting = [state, _told_at_all(scope)]
    if wanted.kind is not None:
        fitting.append(anomaly.c.kind == wanted.kind.value)
    if wanted.thing is not None:
        of_thing = (_of_its_time(anomaly_thing, scope.site, moment), anomaly_thing.c.thing == wanted.thing)
        fitting.append(anomaly.c.id.in_(select(anomaly_thing.c.anomaly).where(*of_thing)))
    if wanted.event is not None and scope.customer is not None:
        fitting.append(false())
    elif wanted.event is not None:
        named = select(event.c.id).where(event.c.site == scope.site, event.c.event_id == wanted.event)
        of_event = (_of_its_time(anomaly_event, scope.site, moment), anomaly_event.c.event.in_(named))
        stated = anomaly.c.id.in_(select(anomaly_event.c.anomaly).where(*of_event))
        fitting.append(or_(stated, anomaly.c.resolved_by.in_(named)))
    return fitting


def _linked(
    connection: Connection, scope: Scope, rows: Sequence[Row[Any]], moment: Moment
) -> Mapping[int, list[int]]:
    """Return what anomalies touch; of what a removal did not find, a customer's auditor is told the unit."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for part in in_chunks([row.id for row in rows]):
        own = _of_its_time(anomaly_thing, scope.site, moment) & anomaly_thing.c.anomaly.in_(part)
        for row in connection.execute(select(anomaly_thing).where(own).order_by(anomaly_thing.c.thing)):
            found[row.anomaly].append(row.thing)
    if scope.customer is not None:
        missed = AnomalyKind.REMOVED_TWICE.value
        found.update((row.id, [row.subject]) for row in rows if row.kind == missed)
    return found


def _told(
    connection: Connection,
    scope: Scope,
    rows: Sequence[Row[Any]],
    things: Mapping[int, Sequence[int]],
    moment: Moment,
) -> list[Row[Any]]:
    if scope.customer is None:
        return list(rows)
    every = sorted({thing for row in rows for thing in things.get(row.id, ())})
    seen = units_by_id(connection, scope, every, moment)
    return [row for row in rows if all(thing in seen for thing in things.get(row.id, ()))]


def _described(
    connection: Connection, scope: Scope, rows: Sequence[Row[Any]], moment: Moment
) -> list[StoredAnomaly]:
    site = scope.site
    things = _linked(connection, scope, rows, moment)
    events: defaultdict[int, set[int]] = defaultdict(set)
    for part in in_chunks([row.id for row in rows]):
        own = _of_its_time(anomaly_event, site, moment) & anomaly_event.c.anomaly.in_(part)
        for row in connection.execute(select(anomaly_event).where(own)):
            events[row.anomaly].add(row.event)
    numbers = {number for some in events.values() for number in some}
    numbers |= {row.resolved_by for row in rows if row.resolved_by is not None}
    said: dict[int, SaidEvent] = {}
    for numbered in in_chunks(sorted(numbers)):
        own = (event.c.site == site) & event.c.id.in_(numbered)
        columns = (event.c.id, event.c.event_id, event.c.type, event.c.happened_at)
        for row in connection.execute(select(*columns).where(own)):
            shown = row.event_id if scope.customer is None else None
            said[row.id] = SaidEvent(event_id=shown, type=row.type, happened_at=row.happened_at)
    last, found = moment.recorded_as_of, list[StoredAnomaly]()
    for row in rows:
        is_ended = row.recorded_to is not None and (last is None or row.recorded_to <= last)
        is_past = row.holds_until is not None and row.holds_until <= moment.as_of
        stating = (said[each] for each in sorted(events[row.id]))
        found.append(
            StoredAnomaly(
                id=row.id,
                kind=AnomalyKind(row.kind),
                known_since=row.known_since,
                resolved_at=row.recorded_to if is_ended else row.holds_until if is_past else None,
                resolved_by=said.get(row.resolved_by) if is_ended else None,
                events=sorted(stating, key=lambda each: (each.happened_at, each.event_id or "")),
                things=things.get(row.id, ()),
            )
        )
    return found
