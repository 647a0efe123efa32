"""Page of a unit: what it is in, what is in it, where it went, and all material inside."""

from flask import render_template
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import gaps, genealogy, happenings, units
from aas_registry.web.answers import page_of
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.addresses import address_with
from aas_registry.web.pages.moments import MomentFields, frozen
from aas_registry.web.routing import Routes, registry
from aas_registry.web.trace.genealogy import ExplainedQuery

routes = Routes("pages_units", prefix="/units", tag="Pages", is_page=True)

ROWS = 50
MOST_HAPPENINGS = 200


class UnitPageQuery(MomentFields, ExplainedQuery):
    """When, and which part of the contents."""

    limit: int | None = Field(ROWS, ge=1, description="Rows of the table.")
    ever: bool = Field(default=False, description="Also what was taken out, and what is in it no more.")


@routes.operation("GET", "/<unit>", permission=Permission.READ_GENEALOGY, query=UnitPageQuery)
def get_unit(unit: str, query: UnitPageQuery) -> ResponseReturnValue:
    """Show a unit with everything that is in it."""
    asked = query.page()
    with units.asked_unit(registry(), principal(), unit, **query.times()) as found:
        detail = units.detail_of(found)
        summary, rows = genealogy.contents_of(found, page=asked, ever=query.ever, explain=query.explain)
        happened = happenings.timeline_of(found, PageRequest(MOST_HAPPENINGS))
    recorded = summary.recorded
    return render_template(
        "unit.html",
        query=query,
        detail=detail,
        happened=happened[:MOST_HAPPENINGS],
        has_more=len(happened) > MOST_HAPPENINGS,
        page=page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row),
        summary=summary,
        gaps=list(gaps.gaps_beside(summary)),
        anomalies=summary.anomalies,
        recorded=recorded,
        is_of_customer=principal().scope.customer is not None,
        frozen=address_with(cursor=None, **frozen(recorded)),
    )
