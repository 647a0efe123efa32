"""What fell together when names got one form for comparing: `/trace/v1/merges`."""

from flask.typing import ResponseReturnValue

from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Work
from aas_registry.domain.principals import Permission
from aas_registry.services import merges
from aas_registry.services.merges import MergeRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.merges import MergeJson

routes = Routes("merges", prefix="/trace/v1/merges", tag="Lots")


@routes.operation(
    "GET",
    "",
    permission=Permission.PART_NAMES,
    query=PageQuery,
    gives=Page[MergeJson],
)
def get_merges(query: PageQuery) -> ResponseReturnValue:
    """List the lots, part types and other things whose names fell together, and what was parted again."""
    asked = page_request(query, principal())
    rows = merges.list_merges(registry(), principal(), asked)
    page = page_of(
        rows, asked, principal(), key=lambda row: (row.merge.kind, row.merge.id), render=MergeRow.as_json
    )
    return json_answer(page)


@routes.operation(
    "POST",
    "/<merge>/part",
    permission=Permission.PART_NAMES,
    work=Work.UPLOAD,
    answers={
        200: "A thing of its own again, with all that was said under its spelling.",
        404: f"{Code.MERGE_NOT_FOUND}: no lot or part type that is still merged.",
        409: f"{Code.MERGE_OF_PART_TYPE}: the part type is to be parted.",
    },
    gives=MergeJson,
)
def post_part(merge: str) -> ResponseReturnValue:
    """Part a lot or part type from what it was merged into; the genealogy is built anew meanwhile."""
    return json_answer(merges.part(registry(), principal(), merge).as_json())
