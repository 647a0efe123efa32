"""Material lots: `/trace/v1/lots`."""

from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import lots
from aas_registry.services.genealogy.lots import LotFilter, LotRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.names import NameText
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.lots import LotJson

routes = Routes("lots", prefix="/trace/v1/lots", tag="Lots")


class LotsQuery(PageQuery):
    """Filters of the list of lots; all that are given must hold."""

    code: NameText | None = Field(None, max_length=255, description="Lot code; leading zeros count.")
    manufacturer: NameText | None = Field(None, max_length=255, description="Manufacturer's name.")
    mpn: NameText | None = Field(None, max_length=255, description="Manufacturer part number.")
    date_code: NameText | None = Field(None, alias="dateCode", max_length=64, description="Date code.")
    delivery_note: NameText | None = Field(
        None, alias="deliveryNote", max_length=255, description="Delivery note."
    )

    def wanted(self) -> LotFilter:
        """Return the filters as one value."""
        return LotFilter(
            code=self.code,
            manufacturer=self.manufacturer,
            mpn=self.mpn,
            date_code=self.date_code,
            delivery_note=self.delivery_note,
        )


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_LOTS,
    query=LotsQuery,
    gives=Page[LotJson],
)
def get_lots(query: LotsQuery) -> ResponseReturnValue:
    """List the lots that you may see; a code that fits several answers with all of them."""
    asked = page_request(query, principal())
    rows = lots.list_lots(registry(), principal(), query.wanted(), asked)
    return json_answer(page_of(rows, asked, principal(), key=lambda row: (row.lot.id,), render=render_lot))


@routes.operation(
    "GET",
    "/<lot>",
    permission=Permission.READ_LOTS,
    answers={200: "The lot.", 404: "None that you may see."},
    gives=LotJson,
)
def get_lot(lot: str) -> ResponseReturnValue:
    """Answer one lot with what is said about it."""
    return json_answer(render_lot(lots.find_lot(registry(), principal(), lot)))


def date_codes(row: LotRow) -> list[str]:
    """Return every date code that is stated of a lot, once."""
    return sorted({code for said, _ in row.submissions for code in said.date_codes})


def render_lot(row: LotRow) -> dict[str, Any]:
    """Return a lot as JSON."""
    return {
        "id": row.id,
        "manufacturer": row.lot.manufacturer,
        "mpn": row.lot.mpn,
        "code": row.lot.code,
        "dateCodes": date_codes(row),
        "submissions": [
            {
                "party": party,
                "quantity": None if said.quantity is None else str(said.quantity),
                "unitOfMeasure": said.unit_of_measure,
                "deliveryNote": said.delivery_note,
                "internalPartNumber": said.internal_part_number,
                "countryOfOrigin": said.country_of_origin,
                "manufacturedOn": said.manufactured_on,
                "dateCodes": list(said.date_codes),
                "recordedAt": said.recorded_at.isoformat(),
            }
            for said, party in row.submissions
        ],
    }
