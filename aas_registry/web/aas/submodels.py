"""Submodels of the AAS API: `/api/v3/submodels`."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services.documents import Filter
from aas_registry.web.aas.identifiers import decode_semantic_id
from aas_registry.web.aas.repository import PREFIX, Repository
from aas_registry.web.answers import PageQuery
from aas_registry.web.routing import Routes

routes = Routes("submodels", prefix=PREFIX + "/submodels", tag="AAS API: submodels")
_repository = Repository(IdentifiableKind.SUBMODEL, "/submodels")


class SubmodelsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    id_short: str | None = Field(None, alias="idShort", max_length=128, description="The idShort.")
    semantic_id: str | None = Field(
        None, alias="semanticId", max_length=16384, description="A reference, base64url of its JSON."
    )


@routes.operation("GET", "", permission=Permission.READ_DOCUMENTS, query=SubmodelsQuery)
def get_submodels(query: SubmodelsQuery) -> ResponseReturnValue:
    """List submodels."""
    return _repository.list(
        query, Filter(id_short=query.id_short, semantic_id=decode_semantic_id(query.semantic_id))
    )


@routes.operation(
    "POST",
    "",
    permission=Permission.WRITE_DOCUMENTS,
    takes={"application/json": "A submodel."},
    answers={201: "Stored.", 400: "It violates the metamodel.", 409: "The id is not available."},
)
def post_submodel() -> ResponseReturnValue:
    """Store a new submodel."""
    return _repository.post()


@routes.operation(
    "GET",
    "/<identifier>",
    permission=Permission.READ_DOCUMENTS,
    answers={200: "The submodel.", 404: "None that you may see."},
)
def get_submodel(identifier: str) -> ResponseReturnValue:
    """Answer one submodel."""
    return _repository.get(identifier)


@routes.operation(
    "PUT",
    "/<identifier>",
    permission=Permission.WRITE_DOCUMENTS,
    takes={"application/json": "A submodel."},
    answers={201: "Stored as new.", 204: "Stored as the next version.", 409: "The id is not available."},
)
def put_submodel(identifier: str) -> ResponseReturnValue:
    """Store a submodel under its id."""
    return _repository.put(identifier)


@routes.operation(
    "DELETE",
    "/<identifier>",
    permission=Permission.WRITE_DOCUMENTS,
    answers={204: "Ended; its versions stay readable by time.", 404: "None of your own."},
)
def delete_submodel(identifier: str) -> ResponseReturnValue:
    """End a submodel."""
    return _repository.delete(identifier)
