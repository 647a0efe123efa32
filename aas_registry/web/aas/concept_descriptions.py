"""Concept descriptions of the AAS API: `/api/v3/concept-descriptions`."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services.documents import Filter
from aas_registry.web.aas.repository import PREFIX, Repository
from aas_registry.web.answers import PageQuery
from aas_registry.web.routing import Routes

routes = Routes(
    "concept_descriptions", prefix=PREFIX + "/concept-descriptions", tag="AAS API: concept descriptions"
)
_repository = Repository(IdentifiableKind.CONCEPT_DESCRIPTION, "/concept-descriptions")


class ConceptDescriptionsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    id_short: str | None = Field(None, alias="idShort", max_length=128, description="The idShort.")


@routes.operation("GET", "", permission=Permission.READ_DOCUMENTS, query=ConceptDescriptionsQuery)
def get_concept_descriptions(query: ConceptDescriptionsQuery) -> ResponseReturnValue:
    """List concept descriptions."""
    return _repository.list(query, Filter(id_short=query.id_short))


@routes.operation(
    "POST",
    "",
    permission=Permission.WRITE_DOCUMENTS,
    takes={"application/json": "A concept description."},
    answers={201: "Stored.", 400: "It violates the metamodel.", 409: "The id is not available."},
)
def post_concept_description() -> ResponseReturnValue:
    """Store a new concept description."""
    return _repository.post()


@routes.operation(
    "GET",
    "/<identifier>",
    permission=Permission.READ_DOCUMENTS,
    answers={200: "The concept description.", 404: "None that you may see."},
)
def get_concept_description(identifier: str) -> ResponseReturnValue:
    """Answer one concept description."""
    return _repository.get(identifier)


@routes.operation(
    "PUT",
    "/<identifier>",
    permission=Permission.WRITE_DOCUMENTS,
    takes={"application/json": "A concept description."},
    answers={201: "Stored as new.", 204: "Stored as the next version.", 409: "The id is not available."},
)
def put_concept_description(identifier: str) -> ResponseReturnValue:
    """Store a concept description under its id."""
    return _repository.put(identifier)


@routes.operation(
    "DELETE",
    "/<identifier>",
    permission=Permission.WRITE_DOCUMENTS,
    answers={204: "Ended; its versions stay readable by time.", 404: "None of your own."},
)
def delete_concept_description(identifier: str) -> ResponseReturnValue:
    """End a concept description."""
    return _repository.delete(identifier)
