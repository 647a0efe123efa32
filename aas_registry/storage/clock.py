"""The recording times of a site: one for each write transaction, strictly increasing.

A recording time is decided under the site's write lock, and is the clock's time or, where the
clock does not go on, a microsecond more than the site's last one. So what a reader's snapshot
holds is exactly what was recorded up to the last recording time that it holds.

A clock that jumped (see `domain.clock`) gives none until an administrator accepted it. Every
worker of a machine comes to the same answer: what they compare with stands in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    bindparam,
    case,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from aas_registry.domain.clock import ClockReading, ConfirmedJump
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import UnavailableError
from aas_registry.domain.genealogy import AsRecorded
from aas_registry.domain.identifiers import Site
from aas_registry.storage.column_types import Instant
from aas_registry.storage.merges import names_changed_after
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import upsert
from aas_registry.storage.tables.clock import confirmed_jump, machine_clock, site_clock

Clock = Callable[[], datetime]
MachineClock = Callable[[], tuple[str, timedelta]]
_OPTION = "recording"
_STILL = timedelta(seconds=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_ANY_US = 10**17  # further than any two times of the calendar are apart
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True, kw_only=True)
class WatchedClock:
    """A clock, and what tells whether it was set; one per process.

    Attributes:
        clock: Tells the time.
        machine: Tells which start of which machine this is, and how long it runs, sleep included;
            None where nothing can contradict the clock.
        tolerance: How far the clock may be set without an administrator's word.
    """

    clock: Clock
    machine: MachineClock | None
    tolerance: timedelta
    relied: dict[tuple[Site, str], datetime] = field(default_factory=dict)


@dataclass(slots=True)
class _Recording:
    site: Site
    watched: WatchedClock
    even_after_jump: bool
    at: datetime | None = None


def begin_recording(
    connection: Connection, site: Site, watched: WatchedClock, *, even_after_jump: bool
) -> None:
    """Let a write transaction, which holds the site's lock, be given a recording time."""
    connection.execution_options(**{_OPTION: _Recording(site, watched, even_after_jump)})


def recording_time(connection: Connection) -> datetime:
    """Return the one time with which a write transaction records whatever it records.

    It is decided where it is first asked for; a transaction that records nothing takes none.

    Raises:
        UnavailableError: The clock jumped (``CLOCK-JUMPED``); nothing may be recorded.
    """
    recording: _Recording = connection.get_execution_options()[_OPTION]
    if recording.at is None:
        recording.at = _advance(connection, recording)
    return recording.at


def last_recording(connection: Connection, site: Site) -> datetime | None:
    """Return the newest recording time in the snapshot that is read; None where nothing was recorded."""
    found: datetime | None = _last_recorded(site).ask(connection).scalar()
    return found


@prepared
def _last_recorded(site: Site) -> Select[datetime]:
    return select(site_clock.c.recorded_at).where(site_clock.c.site == site)


def as_recorded(connection: Connection, site: Site, asked: datetime | None) -> AsRecorded:
    """Return up to which time of recording the snapshot that is read can answer a question."""
    found = AsRecorded(last=last_recording(connection, site), asked=asked)
    if found.at is None:
        return found
    # An upgrade records nothing: what it merged comes after the last recording, too.
    merged, parted = names_changed_after(connection, site, found.at)
    return replace(found, unsure=_jump_about(connection, site, found.at), merged=merged, parted=parted)


def _jump_about(connection: Connection, site: Site, at: datetime) -> ConfirmedJump | None:
    row = _jumps_about(site, at).ask(connection).first()
    if row is None:
        return None
    return ConfirmedJump(
        confirmed_at=row.confirmed_at,
        jump=row.jump_us * _MICROSECOND,
        unsure_from=row.unsure_from,
        unsure_to=row.unsure_to,
    )


@prepared
def _jumps_about(site: Site, at: datetime) -> Select[Any]:
    unsure = (confirmed_jump.c.unsure_from <= at, confirmed_jump.c.unsure_to >= at)
    wanted = select(confirmed_jump).where(confirmed_jump.c.site == site, *unsure)
    return wanted.order_by(confirmed_jump.c.confirmed_at.desc()).limit(1)


def read_clock(connection: Connection, site: Site, watched: WatchedClock) -> ClockReading:
    """Look at the clock beside what the site relies on."""
    now = watched.clock()
    row = _clock_of(site).ask(connection).first()
    started = _started(watched, now)
    stepped = timedelta(0)
    if started is not None:
        base = (
            _relied_on(connection, site, started[0]) or watched.relied.get((site, started[0])) or started[1]
        )
        stepped = started[1] - base
    return ClockReading(
        now=now,
        last=None if row is None else row.recorded_at,
        accepted=timedelta(0) if row is None else row.behind_us * _MICROSECOND,
        stepped=stepped,
        tolerance=watched.tolerance,
    )


@prepared
def _clock_of(site: Site) -> Select[Any]:
    return select(site_clock).where(site_clock.c.site == site)


def accept_clock(
    connection: Connection, site: Site, watched: WatchedClock, reading: ClockReading, *, jump: timedelta
) -> None:
    """Rely on the clock as it was read, from now on, in the transaction that an administrator opened."""
    own = site_clock.c.site == site
    connection.execute(update(site_clock).where(own).values(behind_us=reading.behind // _MICROSECOND))
    started = _started(watched, reading.now)
    if started is not None:
        _rely_on(connection, site, *started)
        watched.relied.pop((site, started[0]), None)
    made = ConfirmedJump.of(reading, jump=jump, confirmed_at=recording_time(connection))
    row = {"jump_us": jump // _MICROSECOND, "unsure_from": made.unsure_from, "unsure_to": made.unsure_to}
    connection.execute(insert(confirmed_jump).values(site=site, confirmed_at=made.confirmed_at, **row))


def _advance(connection: Connection, recording: _Recording) -> datetime:
    site, watched = recording.site, recording.watched
    now = watched.clock()
    has_jumped = abs(_stepped(connection, site, watched, now)) > watched.tolerance
    if has_jumped and not recording.even_after_jump:
        raise _jumped()
    if has_jumped and last_recording(connection, site) is not None:
        now = _LONG_AGO  # whatever it says, only the order is kept
    most = _ANY_US if recording.even_after_jump else watched.tolerance // _MICROSECOND
    values = {"of_site": site, "now": now, "most_behind": most}
    found: datetime | None = connection.execute(_ADVANCE[connection.dialect.name], values).scalar()
    if found is None:
        raise _jumped()
    return found


def _stepped(connection: Connection, site: Site, watched: WatchedClock, now: datetime) -> timedelta:
    started = _started(watched, now)
    if started is None:
        return timedelta(0)
    machine, at = started
    known = watched.relied.get((site, machine))
    if known is not None and abs(at - known) < _STILL:
        return timedelta(0)
    stored = _relied_on(connection, site, machine)
    step = at - (stored or known or at)
    if abs(step) <= watched.tolerance:
        if stored is None or abs(step) >= _STILL:
            _rely_on(connection, site, machine, at)
        watched.relied[site, machine] = at
    return step


def _started(watched: WatchedClock, now: datetime) -> tuple[str, datetime] | None:
    if watched.machine is None:
        return None
    machine, running = watched.machine()
    return machine, now - running


def _relied_on(connection: Connection, site: Site, machine: str) -> datetime | None:
    found: datetime | None = _started_at(site, machine).ask(connection).scalar()
    return found


@prepared
def _started_at(site: Site, machine: str) -> Select[datetime]:
    own = (machine_clock.c.site == site, machine_clock.c.machine == machine)
    return select(machine_clock.c.started_at).where(*own)


def _rely_on(connection: Connection, site: Site, machine: str, started_at: datetime) -> None:
    row = upsert(connection.dialect.name, machine_clock).values(
        site=site, machine=machine, started_at=started_at
    )
    changed = {"started_at": started_at}
    connection.execute(row.on_conflict_do_update(index_elements=["site", "machine"], set_=changed))


def _jumped() -> UnavailableError:
    return UnavailableError(Code.CLOCK_JUMPED.meaning, code=Code.CLOCK_JUMPED)


def _advances(insert: InsertSqlite | InsertPostgresql) -> Executable:
    # One statement decides the time, and is none where the clock is too far behind.
    told, last, accepted = insert.excluded.recorded_at, site_clock.c.recorded_at, site_clock.c.behind_us
    next_one = literal_column("site_clock.recorded_at + 1", Instant)  # in microseconds
    behind: ColumnElement[int] = literal_column("site_clock.recorded_at - excluded.recorded_at")
    row = insert.values(site=bindparam("of_site"), recorded_at=bindparam("now"))
    later = {
        "recorded_at": case((told > last, told), else_=next_one),
        "behind_us": case((told > last, 0), (behind < accepted, behind), else_=accepted),
    }
    within = behind <= accepted + bindparam("most_behind")
    return row.on_conflict_do_update(index_elements=["site"], set_=later, where=within).returning(last)


_ADVANCE = {
    "sqlite": _advances(insert_sqlite(site_clock)),
    "postgresql": _advances(insert_postgresql(site_clock)),
}
