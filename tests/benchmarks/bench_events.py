"""Durable ingest, one board a transaction, against a row per edge.

Ours is the whole service: the event is checked, kept as sent, recognised if it comes again,
and made genealogy; the reels' ranges are sent once, at the start of the run, and count. The
rival inserts the board's edges with their text ids, and nothing else. Both wait for the disk.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import edges
from databases import SQLITE, available, empty_registry
from figure import Figure
from timing import once

from aas_registry.domain.events import EventState
from aas_registry.domain.principals import Principal
from aas_registry.services import access
from aas_registry.services.genealogy import events
from aas_registry.services.registry import Registry
from aas_registry.storage.database import begin_write

BOARDS = 300
PACKAGES = 68
ROUNDS = 3
_START = datetime(2026, 1, 5, 6, tzinfo=UTC)


def figures() -> Iterator[Figure]:
    """Yield how many times faster a board is taken than its edges are."""
    for database in available():
        with empty_registry(database) as registry:
            ours, rival = _seconds_of_runs(registry)
        target = 5 if database == SQLITE else 1.5
        detail = f"ours {BOARDS / ours:,.0f}, rival {BOARDS / rival:,.0f} boards a second"
        name = f"{database}/ingest-board-by-board-against-edges"
        yield Figure(name, rival / ours, "x", target, "at least", detail)


def _seconds_of_runs(registry: Registry) -> tuple[float, float]:
    principal = access.local_administrator(registry)
    edges.make_tables(registry)
    _send(registry, principal, _packages())
    ours, rival = [], []
    for turn in range(ROUNDS):
        ours.append(once(lambda turn=turn: _take_run(registry, principal, turn))[0])
        rival.append(once(lambda turn=turn: _insert_run(registry, principal, turn))[0])
    return min(ours), min(rival)


def _take_run(registry: Registry, principal: Principal, turn: int) -> None:
    run = f"RUN-{turn}"
    feeds = [
        {"package": f"REEL-{slot}", "sequenceFrom": 1, "sequenceTo": BOARDS, "slot": str(slot)}
        for slot in range(PACKAGES)
    ]
    _send(registry, principal, [_event("feed", f"feeds-{run}", 0, run=run, feeds=feeds)])
    for number in range(1, BOARDS + 1):
        named = {"units": [f"{run}-{number:06d}"], "product": "PCB", "run": run, "firstSequence": number}
        _send(
            registry,
            principal,
            [_event("unitCreated", f"{run}-{number}", number, **{"firstSequence": 1, **named})],
        )


def _insert_run(registry: Registry, principal: Principal, turn: int) -> None:
    for number in range(1, BOARDS + 1):
        with begin_write(registry.engine, principal.site) as connection:
            edges.insert_text_edges(
                connection, [(f"REEL-{slot:06d}", f"RUN-{turn}-{number:06d}") for slot in range(PACKAGES)]
            )


def _packages() -> list[dict[str, Any]]:
    return [
        _event("packageCreated", f"reel-{slot}", 0, package=f"REEL-{slot}", lots=_lots(slot))
        for slot in range(PACKAGES)
    ]


def _lots(slot: int) -> list[dict[str, str]]:
    return [{"manufacturer": "Bolt", "mpn": f"PART-{slot}", "lotCode": "1"}]


def _send(registry: Registry, principal: Principal, sent: list[dict[str, Any]]) -> None:
    outcomes = events.ingest(registry, principal, sent)
    assert {each.state for each in outcomes} == {EventState.ACCEPTED}, outcomes


def _event(event_type: str, number: str, second: int, **members: Any) -> dict[str, Any]:
    at = _START + timedelta(seconds=second)
    return {"type": event_type, "id": number, "happenedAt": at.isoformat(), "source": "Line 1", **members}
