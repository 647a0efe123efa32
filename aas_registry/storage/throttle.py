"""How often logins failed of late: one row for each of a bounded number of buckets.

A row holds one time, at which the bucket would be empty again: each failure puts it off by the
share of a minute that one failure may take, and the bucket is full where it lies a minute or
more ahead. So a row that lies in the past means nothing, and may go at any time; one that lies further
ahead than a full bucket was written before the clock was set back, and means nothing either.

Source:
    The generic cell rate algorithm (ITU-T I.371, annex A) in its form with a virtual schedule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, delete, or_, select, tuple_
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite

from aas_registry.domain.identifiers import Site
from aas_registry.storage.rows import upsert
from aas_registry.storage.tables.login import login_throttle as table

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_MINUTE_US = 60_000_000
_SWEPT_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """What is counted together.

    Attributes:
        name: One of a bounded number of names.
        per_minute: How much fits into it.
    """

    name: str
    per_minute: int

    @property
    def share_us(self) -> int:
        """Return the microseconds that it takes until one more fits into a full bucket."""
        return _MINUTE_US // self.per_minute

    def latest_us(self, now: datetime) -> int:
        """Return when the bucket is empty again at the latest; a row that says more is of another clock."""
        return _us(now) + _MINUTE_US + self.share_us


def longest_wait(
    connection: Connection, site: Site, buckets: Iterable[Bucket], *, now: datetime
) -> timedelta:
    """Return how long it takes until one more fits into each bucket; zero where it does now."""
    by_name = {each.name: each for each in buckets}
    wanted = select(table.c.bucket, table.c.free_at_us).where(
        table.c.site == site, table.c.bucket.in_(by_name)
    )
    waits_us = [
        free_at_us - (by_name[name].per_minute - 1) * by_name[name].share_us - _us(now)
        for name, free_at_us in connection.execute(wanted)
        if free_at_us <= by_name[name].latest_us(now)
    ]
    return timedelta(microseconds=max([0, *waits_us]))


def count(connection: Connection, site: Site, buckets: Iterable[Bucket], *, now: datetime) -> None:
    """Count one failure in each bucket; always in the same order, so that two never wait for each other."""
    for each in sorted(buckets):
        connection.execute(_put_off(connection, site, each, now=now))


def count_if_it_fits(connection: Connection, site: Site, bucket: Bucket, *, now: datetime) -> bool:
    """Count one more in a bucket that is not full; return whether it was not."""
    latest = _us(now) + (bucket.per_minute - 1) * bucket.share_us
    has_room = or_(table.c.free_at_us <= latest, table.c.free_at_us > bucket.latest_us(now))
    statement = _put_off(connection, site, bucket, now=now, where=has_room)
    return connection.execute(statement.returning(table.c.bucket)).first() is not None


def sweep(connection: Connection, *, now: datetime) -> None:
    """Remove rows of any site that mean nothing any more, and that nobody is changing."""
    past = (
        select(table.c.site, table.c.bucket)
        .where(table.c.free_at_us < _us(now))
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(table).where(tuple_(table.c.site, table.c.bucket).in_(past)))


def _put_off(
    connection: Connection,
    site: Site,
    bucket: Bucket,
    *,
    now: datetime,
    where: ColumnElement[bool] | None = None,
) -> InsertPostgresql | InsertSqlite:
    now_us = _us(now)
    latest_us, put_off = bucket.latest_us(now), table.c.free_at_us + bucket.share_us
    later = case(
        (table.c.free_at_us > latest_us, now_us + bucket.share_us),
        (put_off > latest_us, latest_us),
        (table.c.free_at_us > now_us, put_off),
        else_=now_us + bucket.share_us,
    )
    added = upsert(connection.dialect.name, table).values(
        site=site, bucket=bucket.name, free_at_us=now_us + bucket.share_us
    )
    return added.on_conflict_do_update(
        index_elements=["site", "bucket"], set_={"free_at_us": later}, where=where
    )


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _US
