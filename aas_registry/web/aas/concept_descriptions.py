"""Concept descriptions of the AAS API: `/api/v3/concept-descriptions`."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services.documents import Filter
from aas_registry.web.aas.repository import Repository
from aas_registry.web.answers import PageQuery
from aas_registry.web.schemas.aas import ConceptDescriptionJson
from aas_registry.web.schemas.answer import Page

_repository = Repository(
    IdentifiableKind.CONCEPT_DESCRIPTION,
    "/concept-descriptions",
    "concept description",
    ConceptDescriptionJson,
)
routes = _repository.open_routes()


class ConceptDescriptionsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    id_short: str | None = Field(None, alias="idShort", max_length=128, description="The idShort.")


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_DOCUMENTS,
    query=ConceptDescriptionsQuery,
    gives=Page[ConceptDescriptionJson],
)
def get_concept_descriptions(query: ConceptDescriptionsQuery) -> ResponseReturnValue:
    """List concept descriptions."""
    return _repository.list(query, Filter(id_short=query.id_short))
