"""Transactions that end: by their deadline, by a lock that another holds, by a pool that is empty."""

from contextlib import ExitStack

import pytest
from sqlalchemy import insert, select, text

from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Deadline, Work
from aas_registry.domain.errors import TimeLimitError, UnavailableError
from aas_registry.domain.identifiers import Site
from aas_registry.storage.database import begin_read, begin_write
from aas_registry.storage.tables.system import site_lock

SITE = Site("plant-1")
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT (x + 1) % 1000 FROM n) SELECT"
UNDER_WAY = (
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%RECURSIVE n(x)%x +%'"
)


class Clock:
    """Seconds that a test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def ends_in(registry, limit_s):
    return registry(question_timeout_s=limit_s, database_pool=1).within(Work.QUESTION)


def under_way(registry):
    """Return how many such statements PostgreSQL still works on; SQLite works in the asker's thread."""
    if registry.engine.dialect.name == "sqlite":
        return 0
    with registry.engine.connect() as connection:
        return connection.execute(text(UNDER_WAY.replace("count(*)", "count(*) - 1"))).scalar_one()


@pytest.mark.parametrize("answer", ["count(*)", "x"], ids=["one row", "row by row"])
def test_an_endless_statement_is_cancelled_and_its_connection_serves_the_next(make_registry, answer):
    registry = ends_in(make_registry, 0.3)

    with pytest.raises(TimeLimitError) as raised, registry.read() as connection:
        for _ in connection.execute(text(f"{ENDLESS} {answer} FROM n")):
            pass

    assert raised.value.code is Code.QUESTION_TIMEOUT
    assert "0.3 s, the setting question_timeout_s" in str(raised.value)
    assert under_way(registry) == 0
    with begin_read(registry.engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_statement_that_writes_without_end_writes_nothing(make_registry):
    registry = ends_in(make_registry, 0.3)
    own = Site("of this test")
    endless = text(f"INSERT INTO site_lock (site) {ENDLESS} CAST(x AS TEXT) FROM n WHERE x < 0")

    def write():
        with registry.write(SITE) as connection:
            connection.execute(insert(site_lock).values(site=own))
            connection.execute(endless)

    with pytest.raises(TimeLimitError):
        write()

    with begin_write(registry.engine, SITE) as connection:
        assert own not in connection.execute(select(site_lock.c.site)).scalars().all()


def test_time_that_goes_by_between_statements_counts(registry):
    clock = Clock()
    deadline = Deadline.starting_now(Work.UPLOAD, 60, monotonic=clock)

    with begin_read(registry.engine, deadline) as connection:
        connection.execute(text("SELECT 1"))
        clock.now = 60
        with pytest.raises(TimeLimitError) as raised:
            connection.execute(text("SELECT 1"))

    assert raised.value.code is Code.UPLOAD_TIMEOUT


def test_what_ends_too_late_is_not_committed(registry):
    clock, own = Clock(), Site("of this test")
    deadline = Deadline.starting_now(Work.UPLOAD, 60, monotonic=clock)

    def write():
        with begin_write(registry.engine, SITE, deadline=deadline) as connection:
            connection.execute(insert(site_lock).values(site=own))
            clock.now = 61

    with pytest.raises(TimeLimitError):
        write()

    with begin_read(registry.engine) as connection:
        assert own not in connection.execute(select(site_lock.c.site)).scalars().all()


def test_a_loop_that_tells_its_progress_is_stopped(registry):
    clock, told = Clock(), []
    deadline = Deadline.starting_now(Work.UPLOAD, 60, monotonic=clock)
    tell = deadline.watching(lambda *words: told.append(words))

    tell("reading", 1, 2)
    clock.now = 61

    with pytest.raises(TimeLimitError):
        tell("reading", 2, 2)
    assert told == [("reading", 1, 2)]


@pytest.mark.parametrize(
    ("busy_s", "limit_s", "error"),
    [(0.2, None, UnavailableError), (0.2, 600, UnavailableError), (600, 0.3, TimeLimitError)],
    ids=["without a limit", "far from its limit", "at its limit"],
)
def test_nobody_waits_for_ever_for_the_lock_of_a_site(make_registry, busy_s, limit_s, error):
    registry = make_registry(busy_timeout_s=busy_s, upload_timeout_s=limit_s or 1)
    waiting = registry if limit_s is None else registry.within(Work.UPLOAD)

    with registry.write(SITE), pytest.raises(UnavailableError) as raised, waiting.write(SITE):
        pass

    assert type(raised.value) is error


def test_nobody_waits_for_ever_for_a_connection(make_registry):
    registry = make_registry(busy_timeout_s=0.1, database_pool=1)

    def take_all():
        with ExitStack() as held:
            for _ in range(100):
                held.enter_context(registry.read())

    with pytest.raises(UnavailableError, match="in use"):
        take_all()

    with registry.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_limit_of_one_asker_is_none_of_the_next(make_registry):
    registry, clock = make_registry(database_pool=1), Clock()
    deadline = Deadline.starting_now(Work.QUESTION, 60, monotonic=clock)
    with begin_read(registry.engine, deadline) as connection:
        connection.execute(text("SELECT 1"))
    clock.now = 61

    with begin_read(registry.engine) as connection:  # the connection of before
        limits = {"sqlite": "SELECT '0'", "postgresql": "SHOW statement_timeout"}
        assert connection.execute(text(limits[registry.engine.dialect.name])).scalar_one() == "0"
        assert len(connection.execute(text(f"{ENDLESS} x FROM n LIMIT 50000")).all()) == 50_000
