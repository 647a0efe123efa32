"""Events: taken, kept, and turned into genealogy in the same transaction.

Atomic per event: what can be wrong with one is found out before anything of it is written, so
that one event's fault is no other's. Idempotent: an event that was answered is recognised by its
id and content; one that says what another says, of the same source and time, is kept and counts
only where the other was corrected. What of an event names things that nobody announced yet waits,
and is applied in the transaction that announces them (`services.genealogy.rounds`).
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import DamagedError, RefusedError
from aas_registry.domain.events import EventState, corrected_by, lots_named_by
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import Name
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.formats.events.json import RawEvent, read_events, understand
from aas_registry.services.genealogy.rounds import ArrivedEvent, Rounds, understood
from aas_registry.services.registry import Registry
from aas_registry.storage import merges
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import events as event_rows
from aas_registry.storage.genealogy import projection
from aas_registry.storage.genealogy.events import StoredEvent, Undecided
from aas_registry.storage.genealogy.listed import changes_of_lists
from aas_registry.storage.lot_names import LotTexts
from aas_registry.storage.rows import in_chunks

_COUNTING = frozenset({EventState.ACCEPTED, EventState.PENDING})

__all__ = [
    "EventOutcome",
    "StoredEvent",
    "Undecided",
    "differs",
    "ingest",
    "ingest_body",
    "latest_events",
    "list_events",
    "lot_names_in_events",
    "rebuild",
    "rebuild_owed",
    "rebuild_within",
    "relist",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutcome:
    """What became of one event of a request.

    Attributes:
        event_id: The event's id, where it could be read.
        state: Accepted, duplicate, pending or rejected.
        code: Why it was rejected.
        message: The reason in words, for a person.
        waits_for: What it, or some of its lines, wait for.
        undecided: Names in it that may mean several things.
        duplicate_of: Of a duplicate under another id: the event that says the same and counts.
        counts_instead: Of a correction: the event that says what the corrected one said, and counts now.
        findings: The places that are wrong; of an event that was taken, its lines that were not.
    """

    event_id: str | None
    state: EventState
    code: Code | None = None
    message: str | None = None
    waits_for: tuple[Name, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    duplicate_of: str | None = None
    counts_instead: str | None = None
    findings: tuple[Finding, ...] = ()


def ingest_body(
    registry: Registry, principal: Principal, content: bytes, *, is_ndjson: bool, message: str | None = None
) -> list[EventOutcome]:
    """Take the events of a request's body.

    Args:
        registry: The running parts.
        principal: Who sends them; they belong to its site.
        content: JSON object or array, or NDJSON.
        is_ndjson: Whether each line is an event.
        message: Name of the message of bare CFX bodies.

    Returns:
        One outcome per event, in the order of the body; what it says is durable.

    Raises:
        RefusedError: The body is no JSON; nothing was taken.
        TooLargeError: The body holds more events than the limit.
    """
    raws = read_events(content, registry.limits, is_ndjson=is_ndjson, message=message)
    return _take(registry, principal, raws)


def ingest(
    registry: Registry, principal: Principal, raw_events: Sequence[Any], *, message: str | None = None
) -> list[EventOutcome]:
    """Take events that are JSON values already; otherwise as `ingest_body`."""
    raws = (RawEvent(value=each, message=message, row=row) for row, each in enumerate(raw_events, start=1))
    return _take(registry, principal, raws)


def list_events(
    registry: Registry, principal: Principal, page: PageRequest, *, state: EventState | None = None
) -> list[StoredEvent]:
    """Return events in the order of arrival, one more than asked where there is a next page.

    What could not be read of them is found again in their bodies.
    """
    with registry.read() as connection:
        rows = event_rows.list_events(connection, principal.site, page, state=state)
    return [replace(row, findings=_unread(row, registry)) for row in rows]


def latest_events(
    registry: Registry, principal: Principal, page: PageRequest, *, state: EventState | None = None
) -> list[StoredEvent]:
    """Return events, what was recorded last first, one more than asked where there is a next page."""
    with registry.read() as connection:
        return event_rows.latest_events(connection, principal.site, page, state=state)


def rebuild(registry: Registry, site: Site) -> int:
    """Rebuild the genealogy projection of a site from its events, with their times of recording.

    The ids that were given to units and packages stay the same.

    Returns:
        How many events were applied.
    """
    with registry.write(site) as connection:
        return rebuild_within(registry, connection, site)


def rebuild_owed(registry: Registry) -> int:
    """Rebuild the projections that an upgrade left to be built anew; return how many.

    What the rows of the others add up to is kept from now on, where it was not before.

    Two workers that start at once: the second waits, then finds nothing to do.
    """
    with registry.read() as connection:
        owing = merges.sites_owing(connection)
    rebuilt = 0
    for site in map(Site, owing):
        with registry.write(site) as connection:
            if merges.settle(connection, site):
                rebuild_within(registry, connection, site)
                rebuilt += 1
    _begin_sums(registry)
    return rebuilt


def _begin_sums(registry: Registry) -> None:
    with registry.read() as connection:
        without = projection.sites_without_sums(connection)
    for site in without:
        with registry.write(site) as connection:
            if site in projection.sites_without_sums(connection):
                projection.begin_sums(connection, site)


@dataclass(frozen=True, slots=True)
class Difference:
    """A table of the projection that is not what the events say; or an event that is in another state."""

    table: str
    event_id: str | None = None


def differs(registry: Registry, site: Site) -> list[Difference]:
    """Return what of the projection is not what the events say, by rebuilding it aside.

    Takes as long as `rebuild`, and holds the site's write lock meanwhile; changes nothing.
    """
    with registry.write(site) as connection:
        before, open_before = projection.fingerprint(connection, site), event_rows.open_ones(connection, site)
        rebuild_within(registry, connection, site)
        after, open_after = projection.fingerprint(connection, site), event_rows.open_ones(connection, site)
        others = event_rows.ids_of(connection, site, {number for number, *_ in open_before ^ open_after})
        connection.rollback()
    tables = [Difference(name) for name, told in after.items() if told != before[name]]
    return [*tables, *(Difference("event", each) for each in sorted(others.values()))]


def lot_names_in_events(
    registry: Registry, connection: Connection, site: Site, lots: Sequence[int]
) -> set[LotTexts]:
    """Return the names of lots in the events that name some lots; others that these events name, too."""
    return {
        (name.manufacturer, name.mpn, name.lot_code)
        for stored in event_rows.events_about(connection, site, lots)
        for name in lots_named_by(understood(stored, registry))
    }


def rebuild_within(registry: Registry, connection: Connection, site: Site) -> int:
    """Rebuild the projection of a site as `rebuild` does, inside a writing transaction."""
    applied = 0
    projection.clear(connection, site)
    event_rows.begin_again(connection, site)
    changes = deque(changes_of_lists(connection, site))
    by_time = groupby(event_rows.all_events(connection, site), key=lambda part: part[0].recorded_at)
    for recorded_at, parts in by_time:
        while changes and changes[0][0] <= recorded_at:
            relist(registry, connection, site, *changes.popleft())
        intake = Rounds(registry, connection, site, now=recorded_at)
        applied += sum(map(intake.replay, parts))
        intake.conclude()
    for at, labels in changes:
        relist(registry, connection, site, at, labels)
    return applied


def relist(
    registry: Registry, connection: Connection, site: Site, at: datetime, labels: Collection[str]
) -> None:
    """Apply again what names packages of which lists say something else since a time of recording.

    Args:
        registry: The running parts.
        connection: A writing transaction of the site.
        site: Whose.
        at: When the lists were recorded.
        labels: Of the packages, in the form for comparing.
    """
    intake = Rounds(registry, connection, site, now=at)
    intake.relist(labels)
    intake.conclude()


def _take(registry: Registry, principal: Principal, raws: Iterable[RawEvent]) -> list[EventOutcome]:
    received_at = registry.clock()
    outcomes: dict[int, EventOutcome] = {}
    arrivals: list[ArrivedEvent] = []
    for place, raw in enumerate(raws):
        try:
            said, body = understand(raw, registry.limits, received_at=received_at)
        except RefusedError as refused:
            given = raw.value.get("id", raw.value.get("UniqueID")) if isinstance(raw.value, dict) else None
            outcomes[place] = EventOutcome(
                event_id=given[:256] if isinstance(given, str) else None,
                state=EventState.REJECTED,
                code=refused.code,
                message=str(refused),
                findings=refused.findings,
            )
        else:
            arrivals.append(ArrivedEvent(place=place, said=said, message=raw.message, body=body))
    if arrivals:
        with registry.write(principal.site) as connection:
            intake = Rounds(registry, connection, principal.site, now=recording_time(connection))
            for part in in_chunks(arrivals):
                intake.take(_without_known(intake, part, outcomes), recorded_by=principal.label)
            intake.conclude()
            instead = intake.counted_instead()
            outcomes.update({each.place: _outcome(each, intake, instead) for each in intake.arrivals})
    return [outcomes[place] for place in sorted(outcomes)]


def _outcome(arrival: ArrivedEvent, intake: Rounds, instead: Mapping[str, str]) -> EventOutcome:
    state = intake.state_of(arrival.number) if arrival.duplicate_of is None else EventState.DUPLICATE
    # What does not count waits for nothing, though it did when it was read.
    open_names = intake.waits.get(arrival.number, ()) if state in _COUNTING else ()
    waits = [each for each in open_names if each.is_told]
    return EventOutcome(
        event_id=arrival.said.event_id,
        state=state,
        waits_for=tuple(each.name for each in waits if not each.candidates),
        undecided=tuple(Undecided(each.name, each.candidates) for each in waits if each.candidates),
        duplicate_of=arrival.duplicate_of,
        counts_instead=instead.get(corrected_by(arrival.said) or ""),
        findings=arrival.said.findings,
    )


def _without_known(
    intake: Rounds, arrivals: Sequence[ArrivedEvent], outcomes: dict[int, EventOutcome]
) -> list[ArrivedEvent]:
    """Return the arrivals that are new; answer those that are on record, or twice in the request."""
    known = event_rows.find_events(intake.connection, intake.site, [each.said.event_id for each in arrivals])
    digests = {event_id: stored.digest for event_id, stored in known.items()}
    fresh: list[ArrivedEvent] = []
    for each in arrivals:
        digest = digests.get(each.said.event_id)
        if digest is None:
            digests[each.said.event_id] = each.digest
            fresh.append(each)
        elif digest == each.digest:
            outcomes[each.place] = EventOutcome(event_id=each.said.event_id, state=EventState.DUPLICATE)
        else:
            code, used = Code.EVENT_ID_REUSED, each.said.event_id
            path = "UniqueID" if each.said.type.startswith("CFX.") else "id"
            outcomes[each.place] = EventOutcome(
                event_id=used,
                state=EventState.REJECTED,
                code=code,
                message=code.meaning,
                findings=(error(code, code.meaning, path=path, value=used),),
            )
    return fresh


def _unread(stored: StoredEvent, registry: Registry) -> tuple[Finding, ...]:
    try:
        return understood(stored, registry).findings
    except DamagedError as damage:
        return damage.findings
