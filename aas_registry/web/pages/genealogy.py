"""Where-used of a lot as a page: a headline, a chart with its table, and the units, paged."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import genealogy
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.addresses import address_with
from aas_registry.web.pages.moments import MomentFields, frozen
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_genealogy", prefix="/lots", tag="Pages", is_page=True)

ROWS = 25
CERTAINTIES = tuple((each, each.name.lower()) for each in Certainty)


class WhereUsedPageQuery(PageQuery, MomentFields):
    """What of where-used is shown."""

    limit: int | None = Field(ROWS, ge=1, description="Rows of the table.")
    level: Level = Field(Level.PRODUCT, description="What is counted and listed.")
    group_by: GroupBy = Field(GroupBy.PRODUCT, alias="groupBy", description="What the chart counts by.")


@routes.operation("GET", "/<lot>/where-used", permission=Permission.READ_GENEALOGY, query=WhereUsedPageQuery)
def get_where_used(lot: str, query: WhereUsedPageQuery) -> ResponseReturnValue:
    """Show which units hold material of a lot."""
    return render_template("where_used.html", lot_id=lot, used=view_where_used(lot, query))


def view_where_used(lot: str, query: WhereUsedPageQuery) -> dict[str, Any]:
    """Return what the template of where-used shows.

    Raises:
        NotFoundError: No such lot, or none that the asker may see.
    """
    asked = page_request(query, principal())
    headline, rows = genealogy.where_used(
        registry(), principal(), lot, level=query.level, page=asked, explain=False, **query.times()
    )
    _, groups = genealogy.where_used_groups(
        registry(), principal(), lot, level=query.level, group_by=query.group_by, **query.times()
    )
    return {
        "query": query,
        "headline": headline,
        "total": sum(headline.totals.values()),
        "groups": groups,
        "page": page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row),
        "levels": list(Level),
        "group_bys": list(GroupBy),
        "certainties": CERTAINTIES,
        "recorded": headline.recorded,
        "frozen": address_with(cursor=None, **frozen(query, headline.recorded, now=registry().clock())),
    }
