"""Recording times of a site: one for each write transaction, strictly increasing."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from aas_registry.domain.identifiers import Site
from aas_registry.services import access, parties
from aas_registry.services.registry import Registry
from aas_registry.storage import migration
from aas_registry.storage.clock import last_recording, recording_time
from aas_registry.storage.tables.clock import site_clock

PLANT, OTHER = Site("plant-1"), Site("plant-2")
MICROSECOND = timedelta(microseconds=1)


def record(registry: Registry, site: Site = PLANT) -> datetime:
    with registry.write(site) as connection:
        return recording_time(connection)


def last(registry: Registry, site: Site = PLANT) -> datetime | None:
    with registry.read() as connection:
        return last_recording(connection, site)


def test_a_transaction_has_one_recording_time_that_is_the_clocks(registry, clock) -> None:
    with registry.write(PLANT) as connection:
        first, second = recording_time(connection), recording_time(connection)

    assert first == second == clock.now
    assert last(registry) == first


@pytest.mark.parametrize("back", [timedelta(0), timedelta(seconds=5)])
def test_a_clock_that_does_not_go_on_gives_the_next_microsecond(registry, clock, back) -> None:
    first = record(registry)
    clock.now = first - back - MICROSECOND

    assert [record(registry), record(registry)] == [first + MICROSECOND, first + 2 * MICROSECOND]


def test_what_is_rolled_back_moves_nothing_on(registry, clock) -> None:
    before = record(registry)
    clock.advance(hours=1)

    with registry.write(PLANT) as connection:
        recording_time(connection)
        connection.rollback()

    assert last(registry) == before


def test_what_records_nothing_takes_no_time(registry) -> None:
    before = record(registry)

    with registry.write(PLANT):
        pass

    assert last(registry) == before


def test_sites_have_clocks_of_their_own(registry, clock) -> None:
    ahead = record(registry)
    clock.now = ahead - timedelta(seconds=30)

    assert record(registry, OTHER) < ahead
    assert record(registry) > ahead


def test_transactions_at_once_never_share_a_time(make_registry, clock) -> None:
    frozen, found = clock.now, list[datetime]()
    workers = [make_registry() for _ in range(4)]

    def work(registry: Registry) -> None:
        for _ in range(10):
            clock.now = frozen
            found.append(record(registry))

    threads = [Thread(target=work, args=(each,)) for each in workers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(set(found)) == 40


def test_a_reader_holds_all_that_was_recorded_up_to_its_last_time(registry) -> None:
    who = access.local_administrator(registry)
    parties.add_party(registry, who, code="bolt", name="Bolt")
    with registry.read() as connection:
        known = last_recording(connection, who.site)
        parties.add_party(registry, who, code="arro", name="Arro")

        assert last_recording(connection, who.site) == known

    assert last(registry, who.site) > known


def test_an_upgrade_finds_the_newest_time_of_each_site(registry, clock) -> None:
    who = access.local_administrator(registry)
    clock.advance(days=400)
    parties.add_party(registry, who, code="bolt", name="Bolt")
    before = last(registry, who.site)

    migration.downgrade(registry.engine, "0011")
    migration.upgrade(registry.engine)

    assert last(registry, who.site) == before
    with registry.read() as connection:
        assert [*connection.execute(select(site_clock.c.site)).scalars()] == [who.site]
    clock.now = datetime(2026, 1, 1, tzinfo=UTC)
    assert record(registry, who.site) > before
