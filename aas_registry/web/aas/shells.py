"""Shells of the AAS API: `/api/v3/shells`."""

import orjson
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services.documents import Filter
from aas_registry.web.aas.identifiers import decode_asset_ids
from aas_registry.web.aas.repository import Repository
from aas_registry.web.answers import PageQuery, json_answer, page_of_list, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.schemas.aas import ReferenceJson, ShellJson
from aas_registry.web.schemas.answer import Page

_repository = Repository(IdentifiableKind.SHELL, "/shells", "shell", ShellJson)
routes = _repository.open_routes()


class ShellsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    id_short: str | None = Field(None, alias="idShort", max_length=128, description="The idShort.")
    asset_ids: list[str] = Field(
        default_factory=list,
        alias="assetIds",
        max_length=50,
        description="Specific asset ids, each base64url of its JSON; all must match.",
    )


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_DOCUMENTS,
    query=ShellsQuery,
    gives=Page[ShellJson],
)
def get_shells(query: ShellsQuery) -> ResponseReturnValue:
    """List shells."""
    return _repository.list(
        query, Filter(id_short=query.id_short, asset_ids=decode_asset_ids(query.asset_ids))
    )


@routes.operation(
    "GET",
    "/<identifier>/submodel-refs",
    permission=Permission.READ_DOCUMENTS,
    query=PageQuery,
    answers={200: "References.", 404: "No such shell that you may see."},
    gives=Page[ReferenceJson],
)
def get_submodel_refs(identifier: str, query: PageQuery) -> ResponseReturnValue:
    """List the references to the submodels of a shell."""
    asked = page_request(query, principal())
    refs = orjson.loads(_repository.find(identifier).body).get("submodels", [])
    return json_answer(page_of_list(refs, asked, principal()))
