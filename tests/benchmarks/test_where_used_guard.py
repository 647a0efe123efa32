"""The guard: what a database does for where-used of a lot in thousands of boards, counted, not timed.

PostgreSQL's planner knows of its tables what was gathered of them at some time, of each at another: the
test puts it into such states by itself, as what autovacuum does meanwhile is chance. In none of them may the
work grow: the order of the steps is the statement's, and no planner's. A customer's auditor may cost twice
what quality costs, for the same question. Something is open, as in every plant: a line that waits, a
contradiction, an event that is dated ahead; what is counted of them is found in the same search. `make
bench ARGS=bench_genealogy` and `ARGS=bench_roles` have the seconds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any

import pytest
from plant_data import PlantData, serial
from plant_registry import LoadedPlant, build_for_customer, client_of, load_plant
from sqlalchemy import Connection, Engine, event

from aas_registry.domain.events import EventState
from aas_registry.domain.principals import Role
from aas_registry.services.genealogy import events
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry

BOARDS, REACHED = 7_200, 6_000
# For each board that is reached: instructions of SQLite; of PostgreSQL rows, loops and pages (`_work`).
MEASURED = {"sqlite": 570, "postgresql": 130}

# How many times that, at most; by line the units are searched for twice.
QUESTIONS = {"?groupBy=product&level=board": 2, "?limit=100": 2, "?groupBy=line": 4}
ROLES = (Role.QUALITY, Role.CUSTOMER_AUDITOR)
MIXTURES = 4
SPREAD = 1.25  # between the states: the least work and the most


@pytest.mark.check
def test_where_used_of_6000_boards_is_within_twice_its_work_for_every_role(make_registry):
    registry = make_registry(question_timeout_s=600)  # of a slow machine no test fails
    dialect = registry.engine.dialect.name
    count, states = COUNTED[dialect], STATES[dialect]
    with states(registry.engine) as (after_each, gathered):
        plant = load_plant(registry, PlantData(BOARDS, REACHED), after_each=after_each)
        build_for_customer(registry, "meditec")
        leave_open(plant)
        lot = to_public(registry, plant.principal.site, Noun.LOT, plant.lot)
        counted: dict[tuple[str, Role], Callable[[], int]] = {}
        for role in ROLES:
            ask = client_of(registry, plant.principal, role)
            for question in QUESTIONS:
                with count(registry.engine) as counted[question, role]:
                    headline = ask(f"/trace/v1/lots/{lot}/where-used{question}").get_json()["headline"]
                assert headline["units"]["total"] > 0
                assert headline["unknown"]["waiting"] == headline["anomalies"]["removedTwice"] == 1
                assert headline["datedAhead"] > 0
        worked: defaultdict[tuple[str, Role], list[float]] = defaultdict(list)
        for state in gathered():
            for question, most in QUESTIONS.items():
                work = {role: counted[question, role]() / REACHED for role in ROLES}
                assert 0 < work[Role.QUALITY] < most * MEASURED[dialect], (state, question)
                assert 0 < work[Role.CUSTOMER_AUDITOR] < 2 * work[Role.QUALITY], (state, question)
                for role, done in work.items():
                    worked[question, role].append(done)
        assert [each for each, done in worked.items() if max(done) > SPREAD * min(done)] == []


def leave_open(plant: LoadedPlant) -> None:
    """Report what waits for a reel, what was not there to be removed, and what has not happened yet."""
    board, at = serial("M", plant.data.first_reached + 10), plant.registry.clock().isoformat()
    taken = {"type": "removed", "happenedAt": at, "unit": board, "designators": ["C99"]}
    ahead = {"unit": board, "into": serial("PRODUCT", 0)}
    reported = [
        {**taken, "id": "waits", "package": "REEL-UNHEARD-OF"},
        {**taken, "id": "was-not-there", "package": next(iter(plant.data.lots))},
        {"type": "assembledInto", "id": "ahead", "happenedAt": "2098-01-01T08:00:00Z", "links": [ahead]},
    ]
    outcomes = events.ingest(plant.registry, plant.principal, reported)
    accepted, pending = EventState.ACCEPTED, EventState.PENDING
    assert [each.state for each in outcomes] == [pending, accepted, accepted]


AfterEach = Callable[[Registry], None]
Gathered = Callable[[], Iterator[str]]


@contextmanager
def _no_statistics(_engine: Engine) -> Iterator[tuple[AfterEach, Gathered]]:
    """SQLite keeps none by itself."""
    yield lambda _: None, lambda: iter(["as it is"])


@contextmanager
def _statistics(engine: Engine) -> Iterator[tuple[AfterEach, Gathered]]:
    """Keep autovacuum away, gather statistics once as the plant is nearly empty, then by turns."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        tables = _autovacuum(connection, is_on=False)
        is_early = True

        def after_each(_registry: Registry) -> None:
            nonlocal is_early
            if is_early:
                connection.exec_driver_sql("ANALYZE")
            is_early = False

        def gathered() -> Iterator[str]:
            yield "of the first events"
            chance = Random(1)
            full = sorted(name for name, rows in tables().items() if rows)
            mixtures = [[name for name in full if chance.random() < 1 / 2] for _ in range(MIXTURES)]
            for some in [[], *([each] for each in ALONE), *mixtures]:
                _forget(connection)
                if some:
                    connection.exec_driver_sql(f"ANALYZE {', '.join(some)}")
                yield f"of {', '.join(some) or 'nothing'}"
            connection.exec_driver_sql("ANALYZE")
            yield "of everything"

        yield after_each, gathered
        _autovacuum(connection, is_on=True)


ALONE = ("feed_void", "run_unit")
_PLAIN = "relkind = 'r' AND relnamespace = 'public'::regnamespace"


def _autovacuum(connection: Connection, *, is_on: bool) -> Callable[[], Mapping[str, int]]:
    names = connection.exec_driver_sql(f"SELECT relname FROM pg_class WHERE {_PLAIN}").scalars().all()
    for name in names:
        change = "RESET (autovacuum_enabled)" if is_on else "SET (autovacuum_enabled = false)"
        connection.exec_driver_sql(f"ALTER TABLE {name} {change}")
    return lambda: {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names
    }


def _forget(connection: Connection) -> None:
    """Let the planner know what it knows of tables that nothing was ever gathered of."""
    connection.exec_driver_sql("DELETE FROM pg_statistic WHERE starelid >= 16384")
    connection.exec_driver_sql(
        f"UPDATE pg_class SET reltuples = -1, relpages = 0, relallvisible = 0 WHERE {_PLAIN}"
    )


@contextmanager
def _instructions(engine: Engine) -> Iterator[Callable[[], int]]:
    """Count what SQLite's virtual machine does, in steps of 1,000."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(connection, _cursor, _statement, _parameters, _context, _many) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count, 1000)

    event.listen(engine, "before_cursor_execute", watch)
    yield lambda: 1000 * steps
    event.remove(engine, "before_cursor_execute", watch)


@contextmanager
def _steps(engine: Engine) -> Iterator[Callable[[], int]]:
    """Let PostgreSQL explain what was asked of it, whenever that is counted."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)

    def count() -> int:
        with engine.connect() as connection:
            plans = [
                connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement}", parameters
                ).scalar_one()[0]["Plan"]
                for statement, parameters in asked
            ]
        # The pages of a step are those of the steps below it, too; what an index rejects is in no row.
        pages = sum(each["Shared Hit Blocks"] + each["Shared Read Blocks"] for each in plans)
        return round(sum(map(_work, plans)) + pages)

    yield count
    event.remove(engine, "before_cursor_execute", note)


def _work(plan: dict[str, Any]) -> float:
    """Return how often a step and those below it ran, and how many rows they made, or looked at in vain."""
    dropped = ("Filter", "Join Filter", "Index Recheck")
    rows = plan["Actual Rows"] + sum(plan.get(f"Rows Removed by {each}", 0) for each in dropped)
    return (1 + rows) * plan["Actual Loops"] + sum(map(_work, plan.get("Plans", [])))


Count = Callable[[Engine], AbstractContextManager[Callable[[], int]]]
States = Callable[[Engine], AbstractContextManager[tuple[AfterEach, Gathered]]]
COUNTED: Mapping[str, Count] = {"sqlite": _instructions, "postgresql": _steps}
STATES: Mapping[str, States] = {"sqlite": _no_statistics, "postgresql": _statistics}
