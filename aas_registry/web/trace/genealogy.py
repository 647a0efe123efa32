"""Where-used of a lot and contents of a unit: the two questions of traceability."""

from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import genealogy
from aas_registry.services.genealogy.genealogy import ContentRow, UnitGroup, UsedRow, WhereUsedSummary
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, invalid_request, registry
from aas_registry.web.schemas.genealogy import ContentsJson, WhereUsedGroupsJson, WhereUsedJson
from aas_registry.web.trace.explanations import render_why
from aas_registry.web.trace.units import MomentQuery, render_recorded, render_unit

routes = Routes("genealogy", prefix="/trace/v1", tag="Genealogy")


class ExplainedQuery(PageQuery, MomentQuery):
    """Whether each row is explained."""

    explain: bool = Field(
        default=False,
        description="With each row, why it is there: the surest chain of statements, with the ids of events. "
        "A page then has at most the setting explained_rows.",
    )

    def page(self) -> PageRequest:
        """Return the page that is asked for.

        Raises:
            InvalidRequestError: The limit is over what is explained at once, or `page_request` refuses it.
        """
        asked = page_request(self, principal())
        most = registry().settings.explained_rows
        if not self.explain or asked.limit <= most:
            return asked
        if self.limit is not None:
            raise invalid_request(f"limit may be at most {most} with explain=true.", path="limit")
        return PageRequest(most, asked.after)


class WhereUsedQuery(ExplainedQuery):
    """What where-used answers."""

    level: Level = Field(
        Level.PRODUCT, description="Units that hold it, what they are part of, or where that went."
    )
    group_by: GroupBy | None = Field(None, alias="groupBy", description="Count instead of listing.")


class ContentsQuery(ExplainedQuery):
    """When the contents are asked for."""


@routes.operation(
    "GET",
    "/lots/<lot>/where-used",
    permission=Permission.READ_GENEALOGY,
    query=WhereUsedQuery,
    answers={200: "A headline, and units or groups.", 404: "No lot that you may see."},
    gives=(WhereUsedJson, WhereUsedGroupsJson),
)
def get_where_used(lot: str, query: WhereUsedQuery) -> ResponseReturnValue:
    """Answer which units hold material of this lot, at any depth."""
    if query.group_by is not None:
        if query.explain:
            raise invalid_request("Groups are counts; explain=true explains rows.", path="explain")
        headline, groups = genealogy.where_used_groups(
            registry(), principal(), lot, level=query.level, group_by=query.group_by, **query.times()
        )
        counted = {"groupBy": query.group_by.value, "groups": [render_group(group) for group in groups]}
        return json_answer({"headline": render_headline(headline), **counted})
    asked = query.page()
    headline, rows = genealogy.where_used(
        registry(), principal(), lot, level=query.level, page=asked, explain=query.explain, **query.times()
    )
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=render_used)
    return json_answer({"headline": render_headline(headline), **page})


@routes.operation(
    "GET",
    "/units/<unit>/contents",
    permission=Permission.READ_GENEALOGY,
    query=ContentsQuery,
    answers={200: "Material by unit, use and lot.", 404: "No unit that you may see."},
    gives=ContentsJson,
)
def get_contents(unit: str, query: ContentsQuery) -> ResponseReturnValue:
    """Answer what material is in this unit, at any depth."""
    asked = query.page()
    recorded, rows = genealogy.contents(
        registry(), principal(), unit, page=asked, explain=query.explain, **query.times()
    )
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=render_content)
    return json_answer({**render_recorded(recorded), **page})


def render_headline(headline: WhereUsedSummary) -> dict[str, Any]:
    """Return the answer in one line as JSON."""
    coverage = headline.coverage
    return {
        "lot": {
            "manufacturer": headline.lot.manufacturer,
            "mpn": headline.lot.mpn,
            "code": headline.lot.code,
        },
        "level": headline.level.value,
        "units": render_totals(headline.totals),
        "coverage": None
        if coverage is None
        else {"unitsBuilt": coverage.built, "unitsReported": coverage.reported},
        **render_recorded(headline.recorded),
    }


def render_totals(totals: dict[Certainty, int]) -> dict[str, int]:
    """Return counts by certainty as JSON, with their sum."""
    return {
        **{certainty.name.lower(): count for certainty, count in totals.items()},
        "total": sum(totals.values()),
    }


def render_group(group: UnitGroup) -> dict[str, Any]:
    """Return a group as JSON."""
    return {"group": group.group, **render_totals(group.totals)}


def render_used(row: UsedRow) -> dict[str, Any]:
    """Return a unit that holds the material as JSON."""
    rendered = {
        **render_unit(row.unit),
        "certainty": row.certainty.name.lower(),
        "partOf": None if row.root.id == row.unit.id else render_unit(row.root),
    }
    if row.shipment is not None and row.shipped_at is not None:
        rendered["shipment"] = {
            "id": row.shipment,
            "order": row.order,
            "customer": row.shipment_customer,
            "shippedAt": row.shipped_at.isoformat(),
        }
    return rendered | render_why(row.why)


def render_content(row: ContentRow) -> dict[str, Any]:
    """Return material in a unit as JSON."""
    held = row.content
    return {
        "unit": render_unit(row.unit),
        "package": row.package,
        "lot": None
        if row.lot is None
        else {"id": row.lot, "manufacturer": held.manufacturer, "mpn": held.mpn, "code": held.lot_code},
        "certainty": held.certainty.name.lower(),
        "basis": held.basis,
        "run": row.run,
        "slot": held.slot,
        "feeder": held.feeder,
        "designators": list(held.designators),
        "quantity": None if held.quantity is None else str(held.quantity),
        "panelQuantity": None if held.panel_quantity is None else str(held.panel_quantity),
        "unitOfMeasure": held.unit_of_measure,
        "alternativeGroup": held.alternative_group,
        "installedAt": held.installed_at.isoformat(),
        "removedAt": None if held.removed_at is None else held.removed_at.isoformat(),
        **render_why(row.why),
    }
