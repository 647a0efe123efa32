"""The timeline of a unit: `/trace/v1/units/{unit}/timeline`."""

from typing import Any

from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import happenings
from aas_registry.services.genealogy.happenings import HappeningRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.happenings import TimelineJson
from aas_registry.web.trace.explanations import render_thing
from aas_registry.web.trace.units import MomentQuery, render_recorded

routes = Routes("happenings", prefix="/trace/v1/units", tag="Genealogy")


class TimelineQuery(PageQuery, MomentQuery):
    """When the timeline is asked for."""


@routes.operation(
    "GET",
    "/<unit>/timeline",
    permission=Permission.READ_GENEALOGY,
    query=TimelineQuery,
    answers={200: "What happened, the earliest first.", 404: "No unit that you may see."},
    gives=TimelineJson,
)
def get_timeline(unit: str, query: TimelineQuery) -> ResponseReturnValue:
    """Answer what happened to this unit: each statement in order of time, with its event."""
    asked = page_request(query, principal())
    recorded, rows = happenings.timeline(registry(), principal(), unit, page=asked, **query.times())
    page = page_of(rows, asked, principal(), key=lambda row: row.happening.key, render=render_happening)
    return json_answer({**render_recorded(recorded), **page})


def render_happening(row: HappeningRow) -> dict[str, Any]:
    """Return what happened as JSON."""
    told = row.happening
    is_move, is_test = told.kind in {"putInto", "tookIn", "gaveUp"}, told.kind == "tested"
    is_plant = row.event is not None
    reason = told.name if told.kind in {"removed", "takenOut", "returned"} else None
    return {
        "kind": told.kind,
        "happenedAt": told.at.isoformat(),
        "recordedAt": told.recorded_at.isoformat(),
        "event": row.event,
        "other": None if row.other is None else render_thing(row.other),
        "inside": None if row.inside is None else render_thing(row.inside),
        "names": [
            {"scheme": name.scheme.value, "value": name.value, "issuer": name.issuer or None}
            for name in row.names
        ],
        "unitKind": row.members.get("kind"),
        "product": row.members.get("product"),
        "customer": row.members.get("customer"),
        "certainty": None if row.certainty is None else row.certainty.name.lower(),
        "basis": told.name if told.kind == "used" else None,
        "slot": told.said if told.kind == "used" else None,
        "onPanel": told.is_of_panel,
        "designators": list(told.designators),
        "quantity": None
        if told.quantity is None or not (is_plant or not told.is_of_panel)
        else str(told.quantity),
        "unitOfMeasure": told.unit_of_measure,
        "sequence": told.sequence if told.kind == "passed" and is_plant else None,
        "relation": told.name if is_move else None,
        "position": told.said if is_move else None,
        "test": told.name if is_test else None,
        "result": told.said if is_test else None,
        "reason": reason if is_plant else None,
        "corrects": told.said if told.kind == "corrected" else None,
        "waitsFor": [str(name) for name in row.waits_for],
    }
