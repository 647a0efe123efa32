"""Exports of lots, shells, submodels, or all of a party: `/trace/v1/exports`."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.deadlines import Work
from aas_registry.domain.package import Metamodel
from aas_registry.domain.principals import Permission
from aas_registry.services import exports
from aas_registry.services.exports import ExportForm, Selection
from aas_registry.web.aas.identifiers import decode_identifier
from aas_registry.web.answers import json_answer
from aas_registry.web.auth.principal import principal
from aas_registry.web.downloads import FILE_ANSWERS, download
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.aas import EnvironmentJson
from aas_registry.web.schemas.exports import EXPORTED, ExportJson

HEADERS = ("Export-Findings", "Export-Data-Format")

routes = Routes("exports", prefix="/trace/v1/exports", tag="Exports")

_MOST_IN_ADDRESS = 500
_MOST_IN_BODY = 20_000
_ANSWERS = {
    200: "The file; or, for a dry run, what it would hold.",
    304: "The content is that of the entity tag that you have.",
    400: "XML was asked for and would lose something; the findings name the objects.",
    403: "A supplier named another party.",
    404: "Something that is named is not there, or nothing that you may see.",
    413: "The selection holds more than one export may; the text names the setting.",
}


class ExportQuery(RequestModel):
    """What is to be exported, and how; all that any parameter names is exported."""

    lot: list[str] = Field([], max_length=_MOST_IN_ADDRESS, description="Id of a lot; again for each.")
    shell: list[str] = Field(
        [], max_length=_MOST_IN_ADDRESS, description="Id of a shell as base64url; again for each."
    )
    submodel: list[str] = Field(
        [], max_length=_MOST_IN_ADDRESS, description="Id of a submodel as base64url; again for each."
    )
    party: str | None = Field(None, max_length=255, description="Code of a party: all that it holds.")
    form: ExportForm = Field(ExportForm.AASX, alias="format", description="aasx unless told.")
    metamodel: Metamodel | None = Field(None, description="Version of the XML; else the one that fits.")
    dry_run: bool = Field(default=False, alias="dryRun", description="Answer what it would hold, as JSON.")


class ExportBody(RequestModel):
    """What is to be exported, and how; for hundreds of ids, which no address can carry."""

    lots: list[str] = Field([], max_length=_MOST_IN_BODY, description="Ids of lots.")
    shells: list[str] = Field([], max_length=_MOST_IN_BODY, description="Ids of shells, as they are.")
    submodels: list[str] = Field([], max_length=_MOST_IN_BODY, description="Ids of submodels, as they are.")
    party: str | None = Field(None, max_length=255, description="Code of a party: all that it holds.")
    form: ExportForm = Field(ExportForm.AASX, alias="format", description="aasx unless told.")
    metamodel: Metamodel | None = Field(None, description="Version of the XML; else the one that fits.")
    dry_run: bool = Field(default=False, alias="dryRun", description="Answer what it would hold, as JSON.")


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_DOCUMENTS,
    work=Work.EXPORT,
    query=ExportQuery,
    answers={**_ANSWERS, **FILE_ANSWERS},
    gives=(*EXPORTED, EnvironmentJson, ExportJson),
)
def get_export(query: ExportQuery) -> ResponseReturnValue:
    """Export lots, shells, submodels, or all of a party, with their files."""
    selection = Selection(
        lots=tuple(query.lot),
        shells=tuple(map(decode_identifier, query.shell)),
        submodels=tuple(map(decode_identifier, query.submodel)),
        party=query.party,
    )
    return _answer(selection, query)


@routes.operation(
    "POST",
    "",
    permission=Permission.READ_DOCUMENTS,
    work=Work.EXPORT,
    body=ExportBody,
    answers=_ANSWERS,
    gives=(*EXPORTED, EnvironmentJson, ExportJson),
)
def post_export(body: ExportBody) -> ResponseReturnValue:
    """Export a selection that is too long for an address; nothing is changed by it."""
    selection = Selection(
        lots=tuple(body.lots), shells=tuple(body.shells), submodels=tuple(body.submodels), party=body.party
    )
    return _answer(selection, body)


def _answer(selection: Selection, asked: ExportQuery | ExportBody) -> Response:
    made = exports.export(
        registry(),
        principal(),
        selection,
        asked.form,
        metamodel=asked.metamodel,
        dry_run=asked.dry_run,
        is_known=lambda digest: not asked.dry_run and request.if_none_match.contains_weak(digest),
    )
    if asked.dry_run:
        return json_answer(made.as_json())
    if made.stream is None:
        answer = Response(status=304)
        answer.set_etag(made.digest)
        return answer
    answer = download(made.stream, media_type=made.form.media_type, name=made.file_name, etag=made.digest)
    answer.headers["Export-Findings"] = str(len(made.findings))
    answer.headers["Export-Data-Format"] = made.data_format or ""
    return answer
