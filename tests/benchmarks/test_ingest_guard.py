"""The guard: how often one event, sent alone, asks the database. `make bench ARGS=bench_events` has the seconds."""

from datetime import timedelta

import pytest
from sqlalchemy import event as on

from aas_registry.services import access
from aas_registry.services.genealogy import events

# Statements that were counted; each costs about as much as all else that is done for a board.
MEASURED = {
    "unitCreated": {"sqlite": 35, "postgresql": 31},
    "consumed": {"sqlite": 33, "postgresql": 30},
    "removed": {"sqlite": 29, "postgresql": 26},
}
SENT = {
    "unitCreated": {"units": ["B-2"], "product": "PCB", "run": "RUN", "firstSequence": 2},
    "consumed": {"unit": "B-1", "package": "REEL", "designators": ["R2"], "quantity": 1},
    "removed": {"unit": "B-1", "package": "REEL", "designators": ["R1"], "quantity": 1},
}


@pytest.fixture
def send(make_registry):
    registry = make_registry()
    principal = access.local_administrator(registry)

    def take(event_type, number, **members):
        at = registry.clock() - timedelta(minutes=60 - number)
        said = {"type": event_type, "id": f"event {number}", "happenedAt": at.isoformat(), "source": "line"}
        asked: list[str] = []

        def note(_connection, _cursor, statement, *_) -> None:
            asked.append(statement)

        on.listen(registry.engine, "before_cursor_execute", note)
        (outcome,) = events.ingest(registry, principal, [{**said, **members}])
        on.remove(registry.engine, "before_cursor_execute", note)
        assert outcome.state == "accepted"
        return len(asked), registry.engine.dialect.name

    lot = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "1"}
    take("packageCreated", 1, package="REEL", lots=[lot], quantity=1000)
    take("unitCreated", 2, units=["B-1"], product="PCB", run="RUN", firstSequence=1)
    take("consumed", 3, unit="B-1", package="REEL", designators=["R1"], quantity=1)
    take("removed", 4, unit="B-1", package="REEL", designators=["R9"], quantity=1)
    return take


@pytest.mark.parametrize("event_type", SENT)
def test_one_event_asks_the_database_no_more_often_than_was_measured(send, event_type) -> None:
    count, database = send(event_type, 5, **SENT[event_type])

    assert 0 < count <= MEASURED[event_type][database]
