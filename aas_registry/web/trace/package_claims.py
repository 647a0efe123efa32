"""Packages (reels, trays, bags) of a lot, as lists name them: `/trace/v1/lots/{lot}/packages`."""

from typing import Any

from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import package_claims
from aas_registry.services.genealogy.package_claims import PackageClaim
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.lots import PackageClaimJson

routes = Routes("package_claims", prefix="/trace/v1/lots", tag="Lots")


@routes.operation(
    "GET",
    "/<lot>/packages",
    permission=Permission.READ_LOTS,
    query=PageQuery,
    answers={200: "A page of packages.", 404: "No lot that you may see."},
    gives=Page[PackageClaimJson],
)
def get_packages(lot: str, query: PageQuery) -> ResponseReturnValue:
    """List the packages that suppliers say to hold material of a lot."""
    asked = page_request(query, principal())
    rows = package_claims.list_packages(registry(), principal(), lot, asked)
    return json_answer(page_of(rows, asked, principal(), key=lambda row: row[0].key, render=_render))


def _render(row: tuple[PackageClaim, str | None]) -> dict[str, Any]:
    said, party = row
    return {
        "package": said.package,
        "quantity": None if said.quantity is None else str(said.quantity),
        "unitOfMeasure": said.unit_of_measure,
        "deliveryNote": said.delivery_note,
        "party": party,
        "recordedAt": said.recorded_at.isoformat(),
    }
