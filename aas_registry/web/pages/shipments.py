"""Pages of a shipment, and of a party with what it delivered and what went to it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.principals import Permission
from aas_registry.services.genealogy import shipments
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_shipments", prefix="", tag="Pages", is_page=True)

_ROWS = 50


class ShippedUnitsQuery(PageQuery):
    """Which part of the units."""

    limit: int | None = Field(_ROWS, ge=1, description="Rows of the table.")


@routes.operation(
    "GET", "/shipments/<shipment>", permission=Permission.READ_GENEALOGY, query=ShippedUnitsQuery
)
def get_shipment(shipment: str, query: ShippedUnitsQuery) -> ResponseReturnValue:
    """Show a shipment with the units that left with it."""
    asked = page_request(query, principal())
    found, rows = shipments.find_shipment(registry(), principal(), shipment, asked)
    page = page_of(rows, asked, principal(), key=lambda row: (row.number,), render=lambda row: row)
    is_of_customer = principal().scope.customer is not None
    return render_template("shipment.html", shipment=found, page=page, is_of_customer=is_of_customer)


@routes.operation("GET", "/parties/<party>", permission=Permission.SEARCH)
def get_party(party: str) -> ResponseReturnValue:
    """Show a supplier, manufacturer or customer with its lots and the shipments to it."""
    return render_template("party.html", party=shipments.view_party(registry(), principal(), party))
