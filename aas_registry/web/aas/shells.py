"""Shells of the AAS API: `/api/v3/shells`."""

import orjson
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services.documents import Filter
from aas_registry.web.aas.identifiers import decode_asset_ids
from aas_registry.web.aas.repository import PREFIX, Repository
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes

routes = Routes("shells", prefix=PREFIX + "/shells", tag="AAS API: shells")
_repository = Repository(IdentifiableKind.SHELL, "/shells")


class ShellsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    id_short: str | None = Field(None, alias="idShort", max_length=128, description="The idShort.")
    asset_ids: list[str] = Field(
        default_factory=list,
        alias="assetIds",
        max_length=50,
        description="Specific asset ids, each base64url of its JSON; all must match.",
    )


@routes.operation("GET", "", permission=Permission.READ_DOCUMENTS, query=ShellsQuery)
def get_shells(query: ShellsQuery) -> ResponseReturnValue:
    """List shells."""
    return _repository.list(
        query, Filter(id_short=query.id_short, asset_ids=decode_asset_ids(query.asset_ids))
    )


@routes.operation(
    "POST",
    "",
    permission=Permission.WRITE_DOCUMENTS,
    takes={"application/json": "A shell."},
    answers={201: "Stored.", 400: "It violates the metamodel.", 409: "The id is not available."},
)
def post_shell() -> ResponseReturnValue:
    """Store a new shell."""
    return _repository.post()


@routes.operation(
    "GET",
    "/<identifier>",
    permission=Permission.READ_DOCUMENTS,
    answers={200: "The shell.", 404: "None that you may see."},
)
def get_shell(identifier: str) -> ResponseReturnValue:
    """Answer one shell."""
    return _repository.get(identifier)


@routes.operation(
    "PUT",
    "/<identifier>",
    permission=Permission.WRITE_DOCUMENTS,
    takes={"application/json": "A shell."},
    answers={201: "Stored as new.", 204: "Stored as the next version.", 409: "The id is not available."},
)
def put_shell(identifier: str) -> ResponseReturnValue:
    """Store a shell under its id."""
    return _repository.put(identifier)


@routes.operation(
    "DELETE",
    "/<identifier>",
    permission=Permission.WRITE_DOCUMENTS,
    answers={204: "Ended; its versions stay readable by time.", 404: "None of your own."},
)
def delete_shell(identifier: str) -> ResponseReturnValue:
    """End a shell."""
    return _repository.delete(identifier)


@routes.operation(
    "GET",
    "/<identifier>/submodel-refs",
    permission=Permission.READ_DOCUMENTS,
    query=PageQuery,
    answers={200: "References.", 404: "No such shell that you may see."},
)
def get_submodel_refs(identifier: str, query: PageQuery) -> ResponseReturnValue:
    """List the references to the submodels of a shell."""
    asked = page_request(query, principal())
    refs = orjson.loads(_repository.find(identifier).body).get("submodels", [])
    start = 0 if asked.after is None else asked.after[0]
    rows = list(enumerate(refs, start=1))[start : start + asked.limit + 1]
    return json_answer(
        page_of(rows, asked, principal(), key=lambda row: (row[0],), render=lambda row: row[1])
    )
