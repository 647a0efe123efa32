"""Page of a unit: what it is in, what is in it, where it went, and all material inside."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field

from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import genealogy, units
from aas_registry.services.genealogy.units import UnitDetail, UnitRow
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.addresses import address_with
from aas_registry.web.pages.moments import MomentFields, frozen
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_units", prefix="/units", tag="Pages", is_page=True)

ROWS = 50


class UnitPageQuery(PageQuery, MomentFields):
    """When, and which part of the contents."""

    limit: int | None = Field(ROWS, ge=1, description="Rows of the table.")
    ever: bool = Field(default=False, description="Also what was taken out, and what is in it no more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A line of a unit's history; ``status`` is a test's result, ``unit`` who else took part."""

    at: datetime
    icon: str
    text: str
    unit: UnitRow | None = None
    status: str | None = None


@routes.operation("GET", "/<unit>", permission=Permission.READ_GENEALOGY, query=UnitPageQuery)
def get_unit(unit: str, query: UnitPageQuery) -> ResponseReturnValue:
    """Show a unit with everything that is in it."""
    asked = page_request(query, principal())
    detail = units.find_unit(registry(), principal(), unit, **query.times())
    summary, rows = genealogy.contents(
        registry(), principal(), unit, page=asked, ever=query.ever, explain=False, **query.times()
    )
    recorded = summary.recorded
    return render_template(
        "unit.html",
        query=query,
        detail=detail,
        history=history_of(detail),
        page=page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row),
        summary=summary,
        recorded=recorded,
        frozen=address_with(cursor=None, **frozen(recorded)),
    )


def history_of(detail: UnitDetail) -> list[Happening]:
    """Return what is known to have happened to a unit, oldest first."""
    happened = [Happening(at=detail.unit.created_at, icon="unit", text=_("made"))]
    happened += [
        Happening(at=placed.valid_from, icon="parent", text=_("went into"), unit=parent)
        for parent, placed in detail.parents
    ]
    happened += [
        Happening(at=placed.valid_from, icon="package", text=_("took in"), unit=child)
        for child, placed in detail.children
    ]
    happened += [
        Happening(at=test.happened_at, icon="certificate", text=test.test or _("test"), status=test.result)
        for test in detail.tests
    ]
    happened += [
        Happening(
            at=dispatch.shipped_at,
            icon="upload",
            text=_(
                "left with %(shipment)s to %(customer)s",
                shipment=shipment,
                customer=customer or _("not known"),
            ),
        )
        for shipment, customer, dispatch in detail.dispatches
    ]
    return sorted(happened, key=lambda each: each.at)
