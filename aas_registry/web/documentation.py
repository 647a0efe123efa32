"""The API for people and tools to read: `/openapi.json` and `/docs`."""

import orjson
from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.web.openapi import describe, routes_of, tags_of
from aas_registry.web.routing import Routes
from aas_registry.web.schemas.operations import OpenApiJson

routes = Routes("documentation", prefix="", tag="Operations")
pages = Routes("documentation_pages", prefix="", tag="Pages", is_page=True)

_MADE = "aas_registry.openapi"


@routes.operation(
    "GET",
    "/openapi.json",
    permission=Permission.PUBLIC,
    answers={
        200: "OpenAPI 3.1.0, as JSON.",
        304: "You have it.",
    },
    gives=OpenApiJson,
)
def get_openapi() -> ResponseReturnValue:
    """Answer the description of every route."""
    made = current_app.extensions.get(_MADE)
    if made is None:  # routes never change after the start
        made = current_app.extensions[_MADE] = orjson.dumps(describe(current_app))
    answer = Response(made, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@pages.operation("GET", "/docs", permission=Permission.PUBLIC, answers={200: "The API to read and try."})
def get_docs() -> ResponseReturnValue:
    """Show every route: in Swagger UI, or as a plain list where that is not installed."""
    found = list(routes_of(current_app))
    groups = {tag: [each for each in found if each.known.tag == tag] for tag in tags_of(found)}
    return render_template("docs.html", groups=groups)
