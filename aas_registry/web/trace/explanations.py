"""Why a row is there, as JSON."""

from typing import Any

from aas_registry.services.genealogy.explanations import ExplainedStep, Explanation, Thing


def render_why(explained: Explanation | None) -> dict[str, Any]:
    """Return the member `why` of a row; nothing where it was not asked for."""
    if explained is None:
        return {}
    why = explained.why
    return {
        "why": {
            "certainty": why.certainty.name.lower(),
            "uses": why.uses,
            "steps": [render_step(each) for each in explained.steps],
        }
    }


def render_step(told: ExplainedStep) -> dict[str, Any]:
    """Return a statement of a chain as JSON."""
    said = told.step.said
    first, last = (None, None) if said.sequence is None else said.sequence
    return {
        "fact": said.fact,
        "from": render_thing(told.source),
        "into": render_thing(told.target),
        "certainty": told.step.certainty.name.lower(),
        "basis": said.basis,
        "happenedAt": None if said.happened_at is None else said.happened_at.isoformat(),
        "recordedAt": None if said.recorded_at is None else said.recorded_at.isoformat(),
        "event": told.event,
        "endedAt": None if said.ended_at is None else said.ended_at.isoformat(),
        "endedBy": told.ended_by,
        "quantity": None if said.quantity is None else str(said.quantity),
        "unitOfMeasure": said.unit_of_measure,
        "run": told.run,
        "sequenceFrom": first,
        "sequenceTo": last,
        "slot": said.slot,
        "feeder": said.feeder,
        "designators": list(said.designators),
        "position": said.position,
    }


def render_thing(thing: Thing) -> dict[str, Any]:
    """Return a thing that a statement speaks of as JSON."""
    return {"kind": thing.kind, "id": thing.id, "name": thing.name}
