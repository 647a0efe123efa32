"""Units: `/trace/v1/units`."""

from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.genealogy import AsRecorded
from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import units
from aas_registry.services.genealogy.units import Placement, UnitDetail, UnitRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.names import NameText
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.units import UnitDetailJson, UnitJson
from aas_registry.web.times import Time

routes = Routes("units", prefix="/trace/v1/units", tag="Genealogy")


class MomentQuery(RequestModel):
    """The two times of a question."""

    as_of: Time | None = Field(
        None, alias="asOf", description="As it stood then: ISO 8601 with an offset. Absent: now."
    )
    recorded_as_of: Time | None = Field(
        None,
        alias="recordedAsOf",
        description="As the registry knew it then. Absent, or after its last recording: all it knows.",
    )

    def times(self) -> dict[str, datetime | None]:
        """Return both times by the names of a service's arguments."""
        return {"as_of": self.as_of, "recorded_as_of": self.recorded_as_of}


class UnitsQuery(PageQuery):
    """Which units are looked for."""

    serial: NameText = Field(
        min_length=1, max_length=255, description="Serial number, panel label, or label of a carton."
    )


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_GENEALOGY,
    query=UnitsQuery,
    gives=Page[UnitJson],
)
def get_units(query: UnitsQuery) -> ResponseReturnValue:
    """Find units by name; a serial number that several have answers with all candidates."""
    asked = page_request(query, principal())
    rows = units.find_units(registry(), principal(), query.serial, asked)
    return json_answer(page_of(rows, asked, principal(), key=lambda row: (row.number,), render=render_unit))


@routes.operation(
    "GET",
    "/<unit>",
    permission=Permission.READ_GENEALOGY,
    query=MomentQuery,
    answers={200: "The unit.", 404: "None that you may see."},
    gives=UnitDetailJson,
)
def get_unit(unit: str, query: MomentQuery) -> ResponseReturnValue:
    """Answer one unit: what it is in, what is in it, where it went, how it was tested."""
    found = units.find_unit(registry(), principal(), unit, **query.times())
    return json_answer(render_detail(found))


def render_recorded(recorded: AsRecorded) -> dict[str, Any]:
    """Return up to which times an answer counts, and what there is to say of that of recording."""
    times = {
        "asOf": recorded.as_of,
        "recordedAsOf": recorded.at,
        "laterThanKnown": recorded.later_than_known,
        "namesMerged": recorded.merged,
        "namesParted": recorded.parted,
    }
    unsure = None if recorded.unsure is None else recorded.unsure.as_json()
    told = {name: None if each is None else each.isoformat() for name, each in times.items()}
    return {**told, "clockConfirmed": unsure}


def render_unit(row: UnitRow) -> dict[str, Any]:
    """Return a unit as JSON."""
    return {
        "id": row.id,
        "serial": row.serial,
        "names": [
            {"scheme": name.scheme.value, "value": name.value, "issuer": name.issuer or None}
            for name in row.names
        ],
        "kind": row.kind,
        "product": row.product,
        "customer": row.customer,
        "createdAt": row.created_at.isoformat(),
    }


def render_detail(found: UnitDetail) -> dict[str, Any]:
    """Return a unit and what is around it as JSON."""
    return {
        **render_unit(found.unit),
        **render_recorded(found.recorded),
        "partOf": [_placed(row, placement) for row, placement in found.parents],
        "parts": [_placed(row, placement) for row, placement in found.children],
        "hasMoreParts": found.has_more_children,
        "shipped": [
            {
                "shipment": left.shipment,
                "order": left.dispatch.order,
                "customer": left.customer,
                "shippedAt": left.dispatch.shipped_at.isoformat(),
            }
            for left in found.left_with
        ],
        "tests": [
            {"test": test.test, "result": test.result, "happenedAt": test.happened_at.isoformat()}
            for test in found.tests
        ],
    }


def _placed(row: UnitRow, placement: Placement) -> dict[str, Any]:
    return {
        "unit": render_unit(row),
        "relation": placement.relation.value,
        "position": placement.position,
        "since": placement.valid_from.isoformat(),
    }
