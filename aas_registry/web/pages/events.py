"""Page of production events: what arrived, and what waits for a name."""

from flask import render_template
from flask.typing import ResponseReturnValue
from pydantic import field_validator

from aas_registry.domain.events import EventState
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import events
from aas_registry.web.answers import page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
from aas_registry.web.trace.events import EventListQuery

routes = Routes("pages_events", prefix="/events", tag="Pages", is_page=True)

_STATES = tuple(each for each in EventState if each is not EventState.REJECTED)


class EventFields(EventListQuery):
    """The filter as a field of a form; an empty one is none."""

    @field_validator("state", mode="before")
    @classmethod
    def drop_empty(cls, value: object) -> object:
        """Take an empty field as no filter."""
        return value or None


@routes.operation("GET", "", permission=Permission.READ_EVENTS, query=EventFields)
def get_events(query: EventFields) -> ResponseReturnValue:
    """Show the events on record, and what waits for a name."""
    asked = page_request(query, principal())
    state = None if query.state is None else EventState(query.state)
    rows = events.latest_events(registry(), principal(), asked, state=state)
    page = page_of(
        rows,
        asked,
        principal(),
        key=lambda row: (row.recorded_at.isoformat(), row.id),
        render=lambda row: row,
    )
    return render_template("events.html", page=page, state=state, states=_STATES)
