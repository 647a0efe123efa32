"""What the pages of the demo tell its visitor while the plant is filled."""

from flask.typing import ResponseReturnValue

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import NotFoundError
from aas_registry.domain.principals import Permission
from aas_registry.services.demo_visit import read_visit
from aas_registry.web.answers import json_answer
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.operations import DemoProgressJson

routes = Routes("pages_demo", prefix="/demo", tag="Pages")


@routes.operation(
    "GET",
    "/progress",
    permission=Permission.PUBLIC,
    answers={200: "How much of the plant is seeded, in percent.", 404: f"{Code.NOT_FOUND}: this is no demo."},
    gives=DemoProgressJson,
)
def get_progress() -> ResponseReturnValue:
    """Answer how far the demo's plant is filled."""
    visit = read_visit(registry())
    if visit is None:
        raise NotFoundError("No plant is seeded here.")
    return json_answer({"percent": visit.percent})
