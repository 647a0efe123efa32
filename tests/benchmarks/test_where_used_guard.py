"""The guard: what a database does for where-used of a lot in 20,000 boards, counted, not timed.

PostgreSQL counts with statistics: without them its plan hangs on how many pages a table happens
to have, and was seen to do forty times the work in one run of many. `make bench
ARGS=bench_genealogy` has the seconds.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from plant_data import PlantData
from plant_registry import load_plant
from sqlalchemy import Engine, event, text

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.web.app import create_app

REACHED = 20_000
# For each board that is reached: instructions of SQLite; rows that the steps of PostgreSQL's plans pass on or drop.
MEASURED = {"sqlite": 570, "postgresql": 48}


@pytest.mark.check
def test_where_used_of_20000_boards_is_within_twice_its_work(registry):
    plant = load_plant(registry, PlantData(24_000, REACHED))
    _gather_statistics(registry)
    token = access.issue_token(registry, plant.principal, name="guard", role=Role.QUALITY).text
    client = create_app(registry).test_client(use_cookies=False)
    lot = to_public(registry, plant.principal.site, Noun.LOT, plant.lot)

    with COUNTED[registry.engine.dialect.name](registry.engine) as work:
        answer = client.get(
            f"/trace/v1/lots/{lot}/where-used?groupBy=product&level=board",
            headers={"Authorization": f"Bearer {token}"},
        )

    assert answer.get_json()["headline"]["units"]["total"] > 0.99 * REACHED
    assert 0 < work() / REACHED < 2 * MEASURED[registry.engine.dialect.name]


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


def _gather_statistics(registry):
    if registry.engine.dialect.name == "postgresql":
        with registry.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
