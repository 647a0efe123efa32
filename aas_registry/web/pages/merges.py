"""Page of what fell together when names got one form for comparing, and of parting it again."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from aas_registry.domain.deadlines import Work
from aas_registry.domain.principals import Permission
from aas_registry.services import merges
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_merges", prefix="/merges", tag="Pages", is_page=True)

# Where the older one has a page of its own.
_PLACES = {"lot": "/lots/", "unit": "/units/", "party": "/parties/"}


@routes.operation("GET", "", permission=Permission.PART_NAMES, query=PageQuery)
def get_merges(query: PageQuery) -> ResponseReturnValue:
    """Show what fell together, and what was parted again."""
    asked = page_request(query, principal())
    rows = merges.list_merges(registry(), principal(), asked)
    page = page_of(
        rows, asked, principal(), key=lambda row: (row.merge.kind, row.merge.id), render=lambda row: row
    )
    return render_template("merges.html", page=page, places=_PLACES)


@routes.operation(
    "POST",
    "/<merge>/part",
    permission=Permission.PART_NAMES,
    work=Work.UPLOAD,
    takes={"application/x-www-form-urlencoded": "The form's token."},
    answers={
        303: "A thing of its own again.",
        404: "No lot or part type that is still merged.",
        409: "The part type is to be parted.",
    },
)
def post_part(merge: str) -> ResponseReturnValue:
    """Part a lot or part type from what it was merged into; the genealogy is built anew meanwhile."""
    merges.part(registry(), principal(), merge)
    return redirect("/merges", 303)
