"""Submodel elements by idShort path: `/api/v3/submodels/{id}/submodel-elements`."""

from urllib.parse import quote

import orjson
from flask.typing import ResponseReturnValue

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services import documents
from aas_registry.web.aas.identifiers import decode_identifier
from aas_registry.web.aas.repository import PREFIX
from aas_registry.web.answers import PageQuery, json_answer, media_type_of, page_of_list, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.downloads import RANGE_ANSWERS, download
from aas_registry.web.routing import Routes, json_body, registry
from aas_registry.web.schemas.aas import SubmodelElementJson
from aas_registry.web.schemas.answer import ANY_FILE, Page

routes = Routes(
    "submodel_elements",
    prefix=PREFIX + "/submodels/<identifier>/submodel-elements",
    tag="AAS API: submodel elements",
)

_ELEMENT = {"application/json": "A submodel element."}
_WRITTEN = {
    400: "The element, or the submodel with it, violates the metamodel.",
    404: "No such submodel or element.",
    409: "The idShort is taken, or another party holds the submodel.",
}


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_DOCUMENTS,
    query=PageQuery,
    answers={200: "Elements.", 404: "No such submodel that you may see."},
    gives=Page[SubmodelElementJson],
)
def get_elements(identifier: str, query: PageQuery) -> ResponseReturnValue:
    """List the elements of a submodel, in the submodel's order."""
    asked = page_request(query, principal())
    found = documents.get_document(
        registry(), principal(), IdentifiableKind.SUBMODEL, decode_identifier(identifier)
    )
    elements = orjson.loads(found.body).get("submodelElements", [])
    return json_answer(page_of_list(elements, asked, principal()))


@routes.operation(
    "POST",
    "",
    permission=Permission.WRITE_DOCUMENTS,
    takes=_ELEMENT,
    answers={201: "Added."} | _WRITTEN,
    gives=SubmodelElementJson,
)
def post_element(identifier: str) -> ResponseReturnValue:
    """Add an element to a submodel."""
    return _post(identifier, None)


@routes.operation(
    "POST",
    "/<path>",
    permission=Permission.WRITE_DOCUMENTS,
    takes=_ELEMENT,
    answers={201: "Added."} | _WRITTEN,
    gives=SubmodelElementJson,
)
def post_member(identifier: str, path: str) -> ResponseReturnValue:
    """Add an element to a collection, list or entity."""
    return _post(identifier, path)


@routes.operation(
    "GET",
    "/<path>",
    permission=Permission.READ_DOCUMENTS,
    answers={200: "The element.", 404: "No such submodel or element."},
    gives=SubmodelElementJson,
)
def get_element(identifier: str, path: str) -> ResponseReturnValue:
    """Answer one element."""
    return json_answer(documents.get_element(registry(), principal(), decode_identifier(identifier), path))


@routes.operation(
    "PUT",
    "/<path>",
    permission=Permission.WRITE_DOCUMENTS,
    takes=_ELEMENT,
    answers={204: "Replaced."} | _WRITTEN,
)
def put_element(identifier: str, path: str) -> ResponseReturnValue:
    """Replace an element."""
    documents.put_element(registry(), principal(), decode_identifier(identifier), path, json_body())
    return "", 204


@routes.operation(
    "DELETE", "/<path>", permission=Permission.WRITE_DOCUMENTS, answers={204: "Removed."} | _WRITTEN
)
def delete_element(identifier: str, path: str) -> ResponseReturnValue:
    """Remove an element."""
    documents.delete_element(registry(), principal(), decode_identifier(identifier), path)
    return "", 204


@routes.operation(
    "GET",
    "/<path>/attachment",
    permission=Permission.READ_DOCUMENTS,
    answers={200: "The file.", 404: "The element names no stored file.", **RANGE_ANSWERS},
    gives=ANY_FILE,
)
def get_attachment(identifier: str, path: str) -> ResponseReturnValue:
    """Answer the file that a File element names."""
    name, media_type, stream = documents.open_attachment(
        registry(), principal(), decode_identifier(identifier), path
    )
    return download(
        stream,
        media_type=media_type_of(media_type),
        name=name.rsplit("/", 1)[-1] or "file",
    )


def _post(identifier: str, parent: str | None) -> ResponseReturnValue:
    submodel = decode_identifier(identifier)
    path = documents.post_element(registry(), principal(), submodel, parent, json_body())
    stored = documents.get_element(registry(), principal(), submodel, path)
    location = f"{PREFIX}/submodels/{identifier}/submodel-elements/{quote(path)}"
    return json_answer(stored, 201, Location=location)
