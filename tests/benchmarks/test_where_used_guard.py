"""The guard: what a database does for where-used of a lot in 20,000 boards, counted, not timed.

Counted before and after statistics are gathered: the order of the steps is the statement's, and no
planner's. A customer's auditor may cost twice what quality costs, for the same question. Something is
open, as in every plant: a line that waits, a contradiction, an event that is dated ahead; what is counted
of them is found in the same search. `make bench ARGS=bench_genealogy` and `ARGS=bench_roles` have the
seconds.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from plant_data import PlantData, serial
from plant_registry import LoadedPlant, build_for_customer, client_of, gather_statistics, load_plant
from sqlalchemy import Engine, event

from aas_registry.domain.events import EventState
from aas_registry.domain.principals import Role
from aas_registry.services.genealogy import events
from aas_registry.services.public_ids import Noun, to_public

REACHED = 20_000
# For each board that is reached: instructions of SQLite; rows that the steps of PostgreSQL's plans pass on or drop.
MEASURED = {"sqlite": 570, "postgresql": 48}


# How many times that, at most; by line the units are searched for twice.
QUESTIONS = {"?groupBy=product&level=board": 2, "?limit=100": 2, "?groupBy=line": 4}
ROLES = (Role.QUALITY, Role.CUSTOMER_AUDITOR)


@pytest.mark.check
def test_where_used_of_20000_boards_is_within_twice_its_work_for_every_role(make_registry):
    registry = make_registry(question_timeout_s=600)  # of a slow machine no test fails
    plant = load_plant(registry, PlantData(24_000, REACHED))
    build_for_customer(registry, "meditec")
    leave_open(plant)
    lot = to_public(registry, plant.principal.site, Noun.LOT, plant.lot)
    clients = {role: client_of(registry, plant.principal, role) for role in ROLES}
    count = COUNTED[registry.engine.dialect.name]

    keeps_statistics = registry.engine.dialect.name == "postgresql"
    for gather in (lambda _: None, gather_statistics)[: 1 + keeps_statistics]:
        gather(registry)
        for question, most in QUESTIONS.items():
            work = {}
            for role, ask in clients.items():
                with count(registry.engine) as counted:
                    answer = ask(f"/trace/v1/lots/{lot}/where-used{question}")
                work[role] = counted() / REACHED
                headline = answer.get_json()["headline"]
                assert headline["units"]["total"] > 0
                assert headline["unknown"]["waiting"] == headline["anomalies"]["removedTwice"] == 1
                assert headline["datedAhead"] > 0
            assert 0 < work[Role.QUALITY] < most * MEASURED[registry.engine.dialect.name], question
            assert 0 < work[Role.CUSTOMER_AUDITOR] < 2 * work[Role.QUALITY], question


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


@contextmanager
def _instructions(engine: Engine) -> Iterator[Callable[[], int]]:
    """Count what SQLite's virtual machine does, in steps of 1,000."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    def watch(connection, _cursor, _statement, _parameters, _context, _many) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count, 1000)

    event.listen(engine, "before_cursor_execute", watch)
    yield lambda: 1000 * steps
    event.remove(engine, "before_cursor_execute", watch)


@contextmanager
def _rows(engine: Engine) -> Iterator[Callable[[], int]]:
    """Let PostgreSQL explain what was asked of it, and count the rows of every step."""
    asked: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)

    def count() -> int:
        event.remove(engine, "before_cursor_execute", note)
        with engine.connect() as connection:
            explained = [
                connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters
                )
                for statement, parameters in asked
                if statement.lstrip().startswith(("SELECT", "WITH"))
            ]
            plans = [each.scalar_one() for each in explained]
        return round(sum(_passed(each[0]["Plan"]) for each in plans))

    yield count


def _passed(plan: dict[str, Any]) -> float:
    """Return how many rows a step and those below it made, or looked at in vain."""
    rows = (
        plan["Actual Rows"]
        + plan.get("Rows Removed by Filter", 0)
        + plan.get("Rows Removed by Join Filter", 0)
    )
    return rows * plan["Actual Loops"] + sum(map(_passed, plan.get("Plans", [])))


COUNTED = {"sqlite": _instructions, "postgresql": _rows}
