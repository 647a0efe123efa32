"""What fell together when names got one form for comparing: `/trace/v1/merges`."""

from typing import Any

from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.services import merges
from aas_registry.services.merges import MergeRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry

routes = Routes("merges", prefix="/trace/v1/merges", tag="Lots")


@routes.operation("GET", "", permission=Permission.PART_NAMES, query=PageQuery)
def get_merges(query: PageQuery) -> ResponseReturnValue:
    """List the lots, part types and other things whose names fell together, and what was parted again."""
    asked = page_request(query, principal())
    rows = merges.list_merges(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row.merge.kind, row.merge.id), render=_render)
    return json_answer(page)


def _render(row: MergeRow) -> dict[str, Any]:
    merge = row.merge
    return {
        "id": row.id,
        "kind": merge.kind,
        "manufacturer": merge.manufacturer,
        "mpn": merge.mpn,
        "name": merge.name,
        "mergedInto": row.merged_into,
        "mergedAt": merge.merged_at.isoformat(),
        "partedAt": None if merge.parted_at is None else merge.parted_at.isoformat(),
        "partedBy": merge.parted_by,
    }
