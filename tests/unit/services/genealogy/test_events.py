"""What ingest keeps to: states, rebuilds with the same ids, workers side by side, heartbeats."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from aas_registry.domain.events import EventState
from aas_registry.domain.genealogy import Level
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.sought import Subjects
from aas_registry.services.genealogy import events, genealogy, lots, units
from aas_registry.storage.tables.genealogy import source_heartbeat

SITE = Site("plant-1")
MES = Principal(name="mes", role=Role.PRODUCTION, site=SITE)
QUALITY = Principal(name="quality", role=Role.QUALITY, site=SITE)
LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}


def event(event_type, number, **members):
    return {"type": event_type, "id": number, "happenedAt": "2026-03-01T06:00:00Z", **members}


BOARD = [
    event("packageCreated", "1", package="R1", lots=[LOT]),
    event("unitCreated", "2", units=["B1"], source="line 4"),
    event("consumed", "3", unit="B1", package="R1"),
]


def used(registry):
    lot = lots.list_lots(registry, QUALITY, lots.LotFilter(code="L-1"), PageRequest(2))[0]
    question = genealogy.WhereUsedQuestion(about=Subjects(lots=(lot.id,)), level=Level.BOARD)
    _, rows = genealogy.where_used(registry, QUALITY, question, page=PageRequest(100))
    return [(row.unit.id, row.unit.serial) for row in rows]


def test_a_rebuild_keeps_the_ids_that_people_know(registry, clock) -> None:
    events.ingest(registry, MES, list(reversed(BOARD)))
    before = used(registry)
    clock.advance(days=1)

    applied = events.rebuild(registry, SITE)

    assert applied == 3
    assert used(registry) == before
    assert [serial for _, serial in before] == ["B1"]


def test_what_waits_still_waits_after_a_rebuild(registry) -> None:
    events.ingest(registry, MES, BOARD[2:])

    events.rebuild(registry, SITE)

    (waiting,) = events.list_events(registry, QUALITY, PageRequest(5), state=EventState.PENDING)
    assert waiting.waits_for == (Name(Scheme.PACKAGE, "R1"), Name(Scheme.SERIAL, "B1"))
    assert [each.state for each in events.ingest(registry, MES, BOARD[:2])] == [EventState.ACCEPTED] * 2
    assert len(used(registry)) == 1


def test_another_site_knows_nothing_of_this_one(registry) -> None:
    elsewhere = Principal(name="mes", role=Role.ADMINISTRATOR, site=Site("plant-2"))
    events.ingest(registry, MES, BOARD)
    known = units.find_units(registry, QUALITY, "B1", PageRequest(2))

    (outcome,) = events.ingest(registry, elsewhere, BOARD[2:])

    assert outcome.state is EventState.PENDING
    assert len(known) == 1
    assert units.find_units(registry, elsewhere, "B1", PageRequest(2)) == []


def test_sources_leave_a_heartbeat(registry) -> None:
    events.ingest(registry, MES, BOARD)

    with registry.read() as connection:
        (heard,) = connection.execute(select(source_heartbeat)).all()

    assert (heard.source, heard.events) == ("line 4", 1)


def test_workers_that_send_the_same_events_at_once_take_each_once(make_registry) -> None:
    workers = [make_registry() for _ in range(3)]
    sent = [event("unitCreated", f"u{number}", units=[f"B{number}"]) for number in range(20)]

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda worker: events.ingest(worker, MES, sent), workers))

    states = [sorted(outcome.state for outcome in found) for found in zip(*answers, strict=True)]
    assert states == [["accepted", "duplicate", "duplicate"]] * 20
    assert len(events.list_events(workers[0], QUALITY, PageRequest(100))) == 20


@pytest.mark.parametrize("size", [1, 1200])
def test_many_events_are_taken_in_one_request(registry, size) -> None:
    sent = [event("unitCreated", f"u{number}", units=[f"B{number}"]) for number in range(size)]

    outcomes = events.ingest(registry, MES, sent)

    assert {each.state for each in outcomes} == {EventState.ACCEPTED}
    assert [each.event_id for each in outcomes] == [each["id"] for each in sent]
