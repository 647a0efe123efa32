"""What the three repositories of identifiables share: five operations on one kind."""

from dataclasses import dataclass

import orjson
from flask import Response
from flask.typing import ResponseReturnValue

from aas_registry.domain.package import IdentifiableKind
from aas_registry.services import documents
from aas_registry.services.documents import Document, Filter
from aas_registry.web.aas.identifiers import decode_identifier, encode_identifier
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import json_body, registry

PREFIX = "/api/v3"


@dataclass(frozen=True, slots=True)
class Repository:
    """The stored objects of one kind, at one address."""

    kind: IdentifiableKind
    address: str

    def list(self, query: PageQuery, wanted: Filter) -> ResponseReturnValue:
        """Answer a page of objects."""
        asked = page_request(query, principal())
        rows = documents.list_documents(registry(), principal(), self.kind, wanted, asked)
        paging = page_of(rows, asked, principal(), key=lambda row: (row.id,), render=lambda _: None)[
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
        answer = self._answer(stored)
        answer.status_code = 201
        answer.headers["Location"] = f"{PREFIX}{self.address}/{encode_identifier(stored.identifier)}"
        return answer

    def put(self, identifier: str) -> ResponseReturnValue:
        """Store an object under its id."""
        wanted = decode_identifier(identifier)
        is_new = documents.put_document(registry(), principal(), self.kind, wanted, json_body())
        if not is_new:
            return "", 204
        answer = self._answer(documents.get_document(registry(), principal(), self.kind, wanted))
        answer.status_code = 201
        answer.headers["Location"] = f"{PREFIX}{self.address}/{encode_identifier(wanted)}"
        return answer

    def delete(self, identifier: str) -> ResponseReturnValue:
        """End an object."""
        documents.delete_document(registry(), principal(), self.kind, decode_identifier(identifier))
        return "", 204

    def _answer(self, found: Document) -> Response:
        answer = Response(found.body, mimetype="application/json")
        answer.set_etag(found.digest)
        return answer
