"""Production events: `/trace/v1/events`."""

from collections.abc import Sequence
from typing import Any, Literal

import orjson
from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.deadlines import Work
from aas_registry.domain.errors import UnsupportedTypeError
from aas_registry.domain.events import EventState
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import events
from aas_registry.services.genealogy.events import EventOutcome, StoredEvent, Undecided
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.events import EventJson, EventOutcomesJson

routes = Routes("events", prefix="/trace/v1/events", tag="Events")

_NDJSON = {"application/x-ndjson", "application/jsonl"}
_BODY = {
    "application/json": "One event or an array of events: ours, or IPC CFX.",
    "application/x-ndjson": "One event per line.",
}


class EventsQuery(RequestModel):
    """How the events are read."""

    message: str | None = Field(
        None, max_length=200, description="Name of the message, for bare CFX bodies without an envelope."
    )


class EventListQuery(PageQuery):
    """Filters of the list of events."""

    state: Literal["accepted", "pending", "corrected", "duplicate"] | None = Field(
        None,
        description="Only events in this state; pending ones wait for what they name, corrected ones were "
        "taken away by a correction, and of duplicate ones an equal event counts.",
    )


@routes.operation(
    "POST",
    "",
    permission=Permission.POST_EVENTS,
    work=Work.UPLOAD,
    query=EventsQuery,
    takes=_BODY,
    answers={200: "What became of each event, in the order sent.", 400: "The body is no JSON."},
    gives=EventOutcomesJson,
)
def post_events(query: EventsQuery) -> ResponseReturnValue:
    """Send production events, one or many; each is taken, or rejected, by itself."""
    is_ndjson = request.mimetype in _NDJSON
    if not is_ndjson and not request.is_json:
        raise UnsupportedTypeError("Send events as application/json or application/x-ndjson.")
    outcomes = events.ingest_body(
        registry(), principal(), request.get_data(), is_ndjson=is_ndjson, message=query.message
    )
    return json_answer({"result": [render_outcome(each) for each in outcomes]})


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_EVENTS,
    query=EventListQuery,
    gives=Page[EventJson],
)
def get_events(query: EventListQuery) -> ResponseReturnValue:
    """List the events on record; `state=pending` shows what waits, and for what."""
    asked = page_request(query, principal())
    state = None if query.state is None else EventState(query.state)
    rows = events.list_events(registry(), principal(), asked, state=state)
    return json_answer(page_of(rows, asked, principal(), key=lambda row: (row.id,), render=render_event))


def render_outcome(outcome: EventOutcome) -> dict[str, Any]:
    """Return what became of an event as JSON; absent members are left out."""
    members = {
        "id": outcome.event_id,
        "state": outcome.state.value,
        "code": None if outcome.code is None else outcome.code.value,
        "message": outcome.message,
        "waitsFor": [str(name) for name in outcome.waits_for] or None,
        "undecided": _undecided(outcome.undecided) or None,
        "duplicateOf": outcome.duplicate_of,
        "countsInstead": outcome.counts_instead,
        "findings": [found.as_json() for found in outcome.findings] or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def render_event(row: StoredEvent) -> dict[str, Any]:
    """Return an event on record as JSON."""
    return {
        "id": row.event_id,
        "type": row.type,
        "state": row.state.value,
        "counts": row.counts,
        "waitsFor": [str(name) for name in row.waits_for],
        "undecided": _undecided(row.undecided),
        "findings": [found.as_json() for found in row.findings],
        "happenedAt": row.happened_at.isoformat(),
        "timeGiven": row.time_given,
        "source": row.source,
        "recordedAt": row.recorded_at.isoformat(),
        "digest": row.digest,
        "body": orjson.loads(row.body),
    }


def _undecided(names: Sequence[Undecided]) -> list[dict[str, Any]]:
    site = principal().site
    return [
        {
            "name": str(each.name),
            "candidates": [
                to_public(registry(), site, Noun[each.name.kind.name], item) for item in each.candidates
            ],
        }
        for each in names
    ]
