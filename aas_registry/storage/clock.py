"""The recording times of a site: one for each write transaction, strictly increasing.

A recording time is decided under the site's write lock, and is the clock's time or, where the
clock does not go on, a microsecond more than the site's last one. So what a reader's snapshot
holds is exactly what was recorded up to the last recording time that it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, case, literal_column, select
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from aas_registry.domain.identifiers import Site
from aas_registry.storage.column_types import Instant
from aas_registry.storage.tables.clock import site_clock

Clock = Callable[[], datetime]
_OPTION = "recording"


@dataclass(slots=True)
class _Recording:
    site: Site
    clock: Clock
    at: datetime | None = None


def begin_recording(connection: Connection, site: Site, clock: Clock) -> None:
    """Let a write transaction, which holds the site's lock, be given a recording time."""
    connection.execution_options(**{_OPTION: _Recording(site, clock)})


def recording_time(connection: Connection) -> datetime:
    """Return the one time with which a write transaction records whatever it records.

    It is decided where it is first asked for; a transaction that records nothing takes none.
    """
    recording: _Recording = connection.get_execution_options()[_OPTION]
    if recording.at is None:
        recording.at = _advance(connection, recording.site, recording.clock())
    return recording.at


def last_recording(connection: Connection, site: Site) -> datetime | None:
    """Return the newest recording time in the snapshot that is read; None where nothing was recorded."""
    wanted = select(site_clock.c.recorded_at).where(site_clock.c.site == site)
    return connection.execute(wanted).scalar()


def _advance(connection: Connection, site: Site, now: datetime) -> datetime:
    statement = _ADVANCE[connection.dialect.name]
    found: datetime = connection.execute(statement, {"of_site": site, "now": now}).scalar_one()
    return found


def _advances(insert: InsertSqlite | InsertPostgresql) -> Executable:
    told, last = insert.excluded.recorded_at, site_clock.c.recorded_at
    next_one = literal_column("site_clock.recorded_at + 1", Instant)  # in microseconds
    row = insert.values(site=bindparam("of_site"), recorded_at=bindparam("now"))
    later = {"recorded_at": case((told > last, told), else_=next_one)}
    return row.on_conflict_do_update(index_elements=["site"], set_=later).returning(last)


_ADVANCE = {
    "sqlite": _advances(insert_sqlite(site_clock)),
    "postgresql": _advances(insert_postgresql(site_clock)),
}
