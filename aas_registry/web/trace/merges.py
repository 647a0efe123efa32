"""What fell together when names got one form for comparing: `/trace/v1/merges`."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Work
from aas_registry.domain.principals import Permission
from aas_registry.services import merges
from aas_registry.services.merges import MergeRow, SpellingRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.names import NameText
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.merges import MergeJson, SpellingJson

routes = Routes("merges", prefix="/trace/v1/merges", tag="Lots")


class PartedSpelling(RequestModel):
    """Which spelling is to be parted from which lot."""

    lot: str = Field(max_length=64, description="Id of the lot.")
    spelling: NameText = Field(max_length=255, description="The code as it is written, such as `X²`.")


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
    "GET",
    "/spellings",
    permission=Permission.PART_NAMES,
    query=PageQuery,
    gives=Page[SpellingJson],
)
def get_spellings(query: PageQuery) -> ResponseReturnValue:
    """List what statements call a lot otherwise than it is spelled, as `X²` of a lot `X2`."""
    asked = page_request(query, principal())
    rows = merges.list_spellings(registry(), principal(), asked)
    return json_answer(page_of(rows, asked, principal(), key=lambda row: row.key, render=SpellingRow.as_json))


@routes.operation(
    "POST",
    "/spellings",
    permission=Permission.PART_NAMES,
    work=Work.UPLOAD,
    body=PartedSpelling,
    answers={
        200: "A lot of its own, with all that was and will be said under this spelling.",
        404: f"{Code.SPELLING_NOT_FOUND}: no other spelling of the code that can be parted; "
        f"{Code.LOT_NOT_FOUND}: no such lot.",
        409: f"{Code.MERGE_OF_PART_TYPE}: the part type is to be parted.",
    },
    gives=MergeJson,
)
def post_spelling(body: PartedSpelling) -> ResponseReturnValue:
    """Part a spelling of a lot's code from the lot; the genealogy is built anew meanwhile."""
    return json_answer(merges.part_spelling(registry(), principal(), body.lot, body.spelling).as_json())


@routes.operation(
    "POST",
    "/<merge>/part",
    permission=Permission.PART_NAMES,
    work=Work.UPLOAD,
    answers={
        200: "A thing of its own again, with all that was said under its spelling.",
        404: f"{Code.MERGE_NOT_FOUND}: no lot or part type that is still merged; "
        f"{Code.SPELLING_NOT_FOUND}: it looks like the older one, or like another that was parted.",
        409: f"{Code.MERGE_OF_PART_TYPE}: the part type is to be parted.",
    },
    gives=MergeJson,
)
def post_part(merge: str) -> ResponseReturnValue:
    """Part a lot or part type from what it was merged into; the genealogy is built anew meanwhile."""
    return json_answer(merges.part(registry(), principal(), merge).as_json())
