"""What was accepted and does not fit: `/trace/v1/anomalies`."""

from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.anomalies import AnomalyKind, AnomalyState
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import anomalies
from aas_registry.services.genealogy.anomalies import AnomalyQuestion, AnomalyRow, SaidEvent, TouchedThing
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.names import NameText
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.anomalies import AnomaliesJson
from aas_registry.web.trace.units import MomentQuery, render_recorded

routes = Routes("anomalies", prefix="/trace/v1/anomalies", tag="Genealogy")


class AnomaliesQuery(PageQuery, MomentQuery):
    """Filters of the list of anomalies; all that are given must hold."""

    kind: AnomalyKind | None = Field(None, description="Only of this kind.")
    state: AnomalyState | None = Field(None, description="Only those that still hold, or hold no longer.")
    thing: NameText | None = Field(
        None, max_length=64, description="Id of a unit, package or lot that it touches."
    )
    event: NameText | None = Field(
        None, max_length=256, description="Id of an event that states or resolved it, as its sender gave it."
    )

    def asked(self) -> AnomalyQuestion:
        """Return the filters as one value."""
        return AnomalyQuestion(
            kind=self.kind, state=self.state, thing=self.thing, event=self.event, **self.times()
        )


@routes.operation("GET", "", permission=Permission.READ_ANOMALIES, query=AnomaliesQuery, gives=AnomaliesJson)
def get_anomalies(query: AnomaliesQuery) -> ResponseReturnValue:
    """List what was accepted as it was said and does not fit, what is known last first."""
    asked = page_request(query, principal())
    recorded, rows = anomalies.list_anomalies(registry(), principal(), query.asked(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=render_anomaly)
    return json_answer({**render_recorded(recorded), **page})


def render_anomaly(row: AnomalyRow) -> dict[str, Any]:
    """Return an anomaly as JSON."""
    found = row.anomaly
    return {
        "kind": found.kind.value,
        "state": row.state.value,
        "events": [_said(each) for each in found.events],
        "things": [_touched(each) for each in row.things],
        "knownSince": found.known_since.isoformat(),
        "resolvedAt": None if found.resolved_at is None else found.resolved_at.isoformat(),
        "resolvedBy": None if found.resolved_by is None else _said(found.resolved_by),
    }


def _touched(thing: TouchedThing) -> dict[str, Any]:
    holds = [{"lot": lot, "saidBy": sorted(parties)} for lot, parties in sorted(thing.holds.items())]
    return {"kind": thing.kind, "id": thing.id, "name": thing.name, "holds": holds}


def _said(event: SaidEvent) -> dict[str, str | None]:
    return {"id": event.event_id, "type": event.type, "happenedAt": event.happened_at.isoformat()}
