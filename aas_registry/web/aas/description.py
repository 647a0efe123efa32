"""Which profiles of the AAS API this server belongs to: `/api/v3/description`."""

from flask.typing import ResponseReturnValue

from aas_registry.domain.principals import Permission
from aas_registry.web.aas.repository import PREFIX
from aas_registry.web.answers import json_answer
from aas_registry.web.routing import Routes
from aas_registry.web.schemas.aas import ServiceDescriptionJson

routes = Routes("description", prefix=PREFIX, tag="AAS API: description")

_NAMES = (
    "AssetAdministrationShellRepositoryServiceSpecification/SSP-001",
    "SubmodelRepositoryServiceSpecification/SSP-001",
    "ConceptDescriptionRepositoryServiceSpecification/SSP-001",
)


@routes.operation(
    "GET",
    "/description",
    permission=Permission.PUBLIC,
    answers={200: "The service description."},
    gives=ServiceDescriptionJson,
)
def get_description() -> ResponseReturnValue:
    """Answer the profiles, as IDTA-01002 names them."""
    return json_answer({"profiles": [f"https://admin-shell.io/aas/API/3/1/{name}" for name in _NAMES]})
