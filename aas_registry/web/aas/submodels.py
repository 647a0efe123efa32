"""Submodels of the AAS API: `/api/v3/submodels`."""

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services.documents import Filter
from aas_registry.web.aas.identifiers import decode_semantic_id
from aas_registry.web.aas.repository import Repository
from aas_registry.web.answers import PageQuery
from aas_registry.web.schemas.aas import SubmodelJson
from aas_registry.web.schemas.answer import Page

_repository = Repository(IdentifiableKind.SUBMODEL, "/submodels", "submodel", SubmodelJson)
routes = _repository.open_routes()


class SubmodelsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    id_short: str | None = Field(None, alias="idShort", max_length=128, description="The idShort.")
    semantic_id: str | None = Field(
        None, alias="semanticId", max_length=16384, description="A reference, base64url of its JSON."
    )


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_DOCUMENTS,
    query=SubmodelsQuery,
    gives=Page[SubmodelJson],
)
def get_submodels(query: SubmodelsQuery) -> ResponseReturnValue:
    """List submodels."""
    return _repository.list(
        query, Filter(id_short=query.id_short, semantic_id=decode_semantic_id(query.semantic_id))
    )
