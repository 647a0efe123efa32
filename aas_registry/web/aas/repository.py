"""What the three repositories of identifiables share: the operations on one kind of object."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from flask import Response
from flask.typing import ResponseReturnValue

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services import documents
from aas_registry.services.documents import Document, Filter
from aas_registry.web.aas.identifiers import decode_identifier, encode_identifier
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, json_body, registry
from aas_registry.web.schemas.aas import MetamodelJson

PREFIX = "/api/v3"

_INVALID = {400: "It violates the metamodel."}


@dataclass(frozen=True, slots=True)
class Repository:
    """The stored objects of one kind, at one address.

    Attributes:
        kind: Shell, submodel or concept description.
        address: Path below the prefix, with a leading slash.
        noun: One object's name in sentences, such as "shell".
        form: The form in which one is answered.
    """

    kind: IdentifiableKind
    address: str
    noun: str
    form: type[MetamodelJson]

    def open_routes(self) -> Routes:
        """Return the routes of the kind, with those that read and write one object."""
        routes = Routes(self.address[1:].replace("-", "_"), prefix=PREFIX + self.address, tag=self._tag)
        taken = {"application/json": f"A {self.noun}."}
        found = {200: f"The {self.noun}.", 404: "None that you may see."}
        added = {201: "Stored.", 409: "You hold one with this id already."}
        stored = {201: "Stored as new.", 204: "Stored as the next version."}
        ended = {204: "Ended; its versions stay readable by time.", 404: "None of your own."}
        write = Permission.WRITE_DOCUMENTS
        read = Permission.READ_DOCUMENTS
        one = "/<identifier>"
        routes.operation(
            "POST", "", permission=write, takes=taken, answers=added | _INVALID, gives=self.form
        )(self._named(self.post, "post", f"Store a new {self.noun}."))
        routes.operation("GET", one, permission=read, answers=found, gives=self.form)(
            self._named(self.get, "get", f"Answer one {self.noun}.")
        )
        routes.operation(
            "PUT", one, permission=write, takes=taken, answers=stored | _INVALID, gives=self.form
        )(self._named(self.put, "put", f"Store a {self.noun} under its id."))
        routes.operation("DELETE", one, permission=write, answers=ended)(
            self._named(self.delete, "delete", f"End a {self.noun}.")
        )
        return routes

    def list(self, query: PageQuery, wanted: Filter) -> ResponseReturnValue:
        """Answer a page of objects."""
        asked = page_request(query, principal())
        rows = documents.list_documents(registry(), principal(), self.kind, wanted, asked)
        paging = page_of(rows, asked, principal(), key=lambda row: (row.place,), render=lambda _: None)[
            "paging_metadata"
        ]
        bodies = b",".join(row.body for row in rows[: asked.limit])
        content = b'{"paging_metadata":' + orjson.dumps(paging) + b',"result":[' + bodies + b"]}"
        return Response(content, mimetype="application/json")

    def get(self, identifier: str) -> ResponseReturnValue:
        """Answer one object: the stored bytes."""
        return self._answer(self.find(identifier))

    def find(self, identifier: str) -> Document:
        """Return one object by the identifier of an address."""
        return documents.get_document(registry(), principal(), self.kind, decode_identifier(identifier))

    def post(self) -> ResponseReturnValue:
        """Store a new object."""
        stored = documents.post_document(registry(), principal(), self.kind, json_body())
        return self._created(stored)

    def put(self, identifier: str) -> ResponseReturnValue:
        """Store an object under its id."""
        wanted = decode_identifier(identifier)
        added = documents.put_document(registry(), principal(), self.kind, wanted, json_body())
        return ("", 204) if added is None else self._created(added)

    def delete(self, identifier: str) -> ResponseReturnValue:
        """End an object."""
        documents.delete_document(registry(), principal(), self.kind, decode_identifier(identifier))
        return "", 204

    @property
    def _tag(self) -> str:
        return f"AAS API: {self.noun}s"

    def _named(
        self, method: Callable[..., ResponseReturnValue], verb: str, summary: str
    ) -> Callable[..., ResponseReturnValue]:
        def view(**arguments: str) -> ResponseReturnValue:
            return method(**arguments)

        view.__name__ = f"{verb}_{self.kind.value}"
        view.__doc__ = summary
        return view

    def _created(self, stored: Document) -> Response:
        answer = self._answer(stored)
        answer.status_code = 201
        answer.headers["Location"] = f"{PREFIX}{self.address}/{encode_identifier(stored.identifier)}"
        return answer

    def _answer(self, found: Document) -> Response:
        answer = Response(found.body, mimetype="application/json")
        answer.set_etag(found.digest)
        return answer
