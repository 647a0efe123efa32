"""Versions of AAS objects, and an object as it was at a time: `/trace/v1/documents`."""

from flask import Response
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services import documents
from aas_registry.web.aas.identifiers import decode_identifier
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.aas import ConceptDescriptionJson, ShellJson, SubmodelJson
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.documents import VersionJson
from aas_registry.web.times import Time
from aas_registry.web.trace.units import render_recorded

routes = Routes("documents", prefix="/trace/v1/documents", tag="Versions")

_RULE = "/<any(shell, submodel, concept_description):kind>/<identifier>"


class AtQuery(RequestModel):
    """As of when."""

    at: Time | None = Field(
        None,
        description="Recording time (RFC 3339). Absent, or after the last recording: as it is on record.",
    )


@routes.operation(
    "GET",
    _RULE,
    permission=Permission.READ_DOCUMENTS,
    query=AtQuery,
    answers={
        200: (
            "The object as it was recorded then. The header Recorded-As-Of tells up to which recording the"
            " answer counts; Later-Than-Known comes with it where a later time was asked for, and repeats it;"
            " Clock-Confirmed tells of a confirmed jump that leaves that time unsure."
        ),
        404: "None then, or none that you may see.",
    },
    gives=(ShellJson, SubmodelJson, ConceptDescriptionJson),
)
def get_document(kind: str, identifier: str, query: AtQuery) -> ResponseReturnValue:
    """Answer a shell, submodel or concept description as it was recorded at a time."""
    recorded, found = documents.get_recorded_document(
        registry(), principal(), IdentifiableKind(kind), decode_identifier(identifier), at=query.at
    )
    answer = Response(found.body, mimetype="application/json")
    answer.set_etag(found.digest)
    told = render_recorded(recorded)
    headers = {"Recorded-As-Of": told["recordedAsOf"], "Later-Than-Known": told["laterThanKnown"]}
    if recorded.unsure is not None:
        headers["Clock-Confirmed"] = told["clockConfirmed"]["confirmedAt"]
    answer.headers.update({name: value for name, value in headers.items() if value is not None})
    return answer


@routes.operation(
    "GET",
    _RULE + "/versions",
    permission=Permission.READ_DOCUMENTS,
    query=PageQuery,
    answers={200: "Versions, newest first.", 404: "None that you may see."},
    gives=Page[VersionJson],
)
def get_versions(kind: str, identifier: str, query: PageQuery) -> ResponseReturnValue:
    """List the versions of a shell, submodel or concept description."""
    asked = page_request(query, principal())
    rows = documents.list_versions(
        registry(), principal(), IdentifiableKind(kind), decode_identifier(identifier), asked
    )
    answer = page_of(
        rows,
        asked,
        principal(),
        key=lambda row: (row.number,),
        render=lambda row: {
            "version": row.number,
            "sha256": row.digest,
            "recordedFrom": row.recorded_from.isoformat(),
            "recordedTo": None if row.recorded_to is None else row.recorded_to.isoformat(),
        },
    )
    return json_answer(answer)
