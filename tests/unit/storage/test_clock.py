"""Recording times of a site: one for each write transaction, strictly increasing."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from aas_registry.domain.clock import ClockState
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, UnavailableError
from aas_registry.domain.identifiers import Site
from aas_registry.services import access, parties
from aas_registry.services.clock import confirm_clock, look_at_clock
from aas_registry.services.genealogy.moments import answered_at, moment_now
from aas_registry.services.registry import Registry
from aas_registry.storage import migration
from aas_registry.storage.clock import as_recorded, last_recording, recording_time
from aas_registry.storage.tables.clock import site_clock

PLANT, OTHER = Site("plant-1"), Site("plant-2")
MICROSECOND, A_MOMENT = timedelta(microseconds=1), timedelta(milliseconds=1)


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
    clock.now = before - timedelta(seconds=5)
    assert record(registry, who.site) == before + MICROSECOND


class Machine:
    """A machine whose count nobody can set; ``passes`` lets time go by for it and for its clock."""

    def __init__(self, clock, name="boot-1") -> None:
        self.clock, self.name, self.running = clock, name, timedelta(hours=1)

    def __call__(self) -> tuple[str, timedelta]:
        return self.name, self.running

    def passes(self, **time: float) -> None:
        self.running += timedelta(**time)
        self.clock.advance(**time)


@pytest.fixture
def machine(registry, clock) -> Machine:
    registry.watched_clock.machine = made = Machine(clock)
    record(registry)
    return made


def refuses(registry: Registry) -> bool:
    try:
        record(registry)
    except UnavailableError as refused:
        return refused.code is Code.CLOCK_JUMPED
    return False


def state(registry: Registry) -> ClockState:
    return look_at_clock(registry, PLANT).state


def confirm(registry: Registry, **by: float) -> None:
    who = access.local_administrator(registry)
    confirm_clock(registry, who, jump_s=timedelta(**by).total_seconds(), reason="looked at")


@pytest.mark.parametrize("back", [{"minutes": -5}, {"days": -40}])
def test_a_clock_behind_the_last_recording_records_nothing_until_it_is_confirmed(
    registry, clock, back
) -> None:
    before = record(registry)
    clock.advance(**back)

    assert refuses(registry)
    assert state(registry) is ClockState.JUMPED
    assert last(registry) == before

    confirm(registry, **back)

    assert state(registry) is ClockState.BEHIND
    assert before < record(registry) < before + timedelta(seconds=1)


def test_a_confirmed_clock_is_steady_when_it_has_caught_up(registry, clock) -> None:
    before = record(registry)
    clock.advance(minutes=-5)
    confirm(registry, minutes=-5)
    clock.advance(minutes=3)

    assert record(registry) < before + timedelta(seconds=1)

    clock.advance(seconds=-30)
    assert not refuses(registry)  # less than is left of what was accepted, and what is tolerated
    clock.advance(minutes=5)

    assert record(registry) == clock.now
    assert state(registry) is ClockState.STEADY
    clock.advance(minutes=-3)
    assert refuses(registry)  # what was accepted before counts no more


@pytest.mark.parametrize("step", [{"days": 40}, {"days": 14_600}, {"minutes": -5}])
def test_a_clock_that_is_set_while_the_machine_runs_records_nothing(registry, machine, clock, step) -> None:
    machine.passes(hours=2)  # so that it does not come before the last recording
    clock.advance(**step)

    assert refuses(registry)
    confirm(registry, **step)
    assert record(registry) == clock.now


def test_a_clock_that_is_set_right_again_is_relied_on_without_a_word(registry, machine, clock) -> None:
    clock.advance(days=40)
    assert refuses(registry)

    clock.advance(days=-40)

    assert not refuses(registry)


def test_a_clock_that_jumped_ahead_makes_nothing_come_true_until_somebody_says_that_it_is_right(
    registry, machine, clock
) -> None:
    record(registry)
    machine.passes(minutes=3)
    before = clock.now

    clock.advance(hours=1)

    assert abs(asked_at(registry) - before) < A_MOMENT
    confirm(registry, hours=1)
    assert abs(asked_at(registry) - clock.now) < A_MOMENT


def test_a_clock_that_jumped_back_leaves_out_nothing_that_is_on_record(registry, machine, clock) -> None:
    at = record(registry)

    clock.advance(hours=-1)

    assert asked_at(registry) == at


def asked_at(registry: Registry) -> datetime:
    """Return as of when is answered what asks as of no time."""
    with registry.read() as connection:
        told, moment = answered_at(registry, connection, PLANT, as_of=None, recorded_as_of=None)
        assert told.as_of == moment.as_of
        assert abs(moment_now(registry, connection, PLANT).as_of - moment.as_of) < A_MOMENT
        return moment.as_of


def test_a_long_night_and_a_long_shutdown_are_no_jump(registry, machine, clock) -> None:
    machine.passes(days=30)
    assert record(registry) == clock.now

    machine.name, machine.running = "boot-2", timedelta(minutes=1)
    clock.advance(days=400)

    assert record(registry) == clock.now


@pytest.mark.parametrize("step", [-50, 50])
def test_a_small_step_needs_nobody(registry, machine, clock, step) -> None:
    for _ in range(3):
        machine.passes(hours=1)
        clock.advance(seconds=step)

        assert not refuses(registry)


def test_every_worker_refuses_and_goes_on_alike(registry, make_registry, machine, clock) -> None:
    other = make_registry()
    other.watched_clock.machine = machine
    record(other)
    clock.advance(days=40)
    late = make_registry()  # started after the jump
    late.watched_clock.machine = machine

    assert [refuses(each) for each in (registry, other, late)] == [True, True, True]

    confirm(other, days=40)

    assert [refuses(each) for each in (registry, other, late)] == [False, False, False]


def test_a_confirmation_names_the_jump(registry, clock) -> None:
    record(registry)
    with pytest.raises(ConflictError):
        confirm(registry, days=-40)
    clock.advance(minutes=-5)

    with pytest.raises(ConflictError) as refused:
        confirm(registry, days=-40)

    assert refused.value.code is Code.CLOCK_NOT_AS_TOLD
    assert refuses(registry)


def test_after_a_jump_what_must_go_on_is_recorded_in_its_order(registry, machine, clock) -> None:
    before = record(registry)
    clock.advance(days=14_600)

    with registry.write(PLANT, even_after_jump=True) as connection:
        assert recording_time(connection) == before + MICROSECOND


def test_a_clock_behind_revives_no_token(registry, clock) -> None:
    who = access.local_administrator(registry)
    token = access.issue_token(registry, who, name="mes", role=who.role, days=1)
    clock.advance(days=2)
    record(registry)
    clock.advance(days=-2)

    assert look_at_clock(registry, PLANT).relied_on > token.expires_at


def test_an_upgrade_finds_the_jumps_that_were_confirmed_in_the_audit_trail(registry, clock) -> None:
    record(registry)
    clock.advance(hours=-2)
    confirm(registry, hours=-2)
    asked = clock.now + timedelta(hours=1)

    def unsure() -> tuple[int, bool]:
        with registry.read() as connection:
            found = as_recorded(connection, PLANT, asked).unsure
        return round(found.jump.total_seconds()), found.unsure_from < asked < found.unsure_to

    before = unsure()
    migration.downgrade(registry.engine, "0022")
    migration.upgrade(registry.engine)

    assert unsure() == before == (-7200, True)
