"""Reel, lot and certificate lists: `/trace/v1/spreadsheets`."""

from enum import StrEnum
from functools import partial
from pathlib import PurePath

from flask import Response, send_file
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.file_names import display_name
from aas_registry.domain.principals import Permission
from aas_registry.services import example_lists
from aas_registry.services.intake import spreadsheets
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.web.answers import media_type_of
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.spreadsheets import CSV, PDF, WORKBOOK
from aas_registry.web.schemas.uploads import MARKED_LIST, PROGRESS_LINES, ReceiptJson
from aas_registry.web.trace.uploads import answer_upload, uploaded_file, uploaded_files, with_form

routes = Routes("spreadsheets", prefix="/trace/v1/spreadsheets", tag="Spreadsheets")

_FORM = {
    "multipart/form-data": "`file`: the list (.xlsx or CSV); `attachment`, any number: certificates (PDF)."
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SpreadsheetAnswer(StrEnum):
    """What a list is answered with."""

    RECEIPT = "receipt"
    FILE = "file"


class SpreadsheetQuery(RequestModel):
    """How a list is taken; each may also be a field of the form."""

    answer: SpreadsheetAnswer | None = Field(
        None,
        description="`receipt` (unless told), or `file`: keep nothing and give the list back with a column"
        " of errors.",
    )
    dry_run: bool | None = Field(None, alias="dryRun", description="Check everything, keep nothing.")
    on_behalf_of: str | None = Field(
        None, alias="onBehalfOf", max_length=255, description="Code of the party; not for suppliers."
    )


@routes.operation(
    "POST",
    "",
    permission=Permission.UPLOAD,
    query=SpreadsheetQuery,
    takes=_FORM,
    answers={
        200: "`unchanged`: the same was taken before, and all of it is so still; this was a dry run, the list"
        " with its errors (`answer=file`), or lines tell the progress as with uploads.",
        201: "Taken, with the findings.",
        400: "Refused; nothing was stored. Every finding names row, column, value and code.",
        413: "The body is over the limit, or the list is too large to be given back.",
        404: "`onBehalfOf` names no party.",
    },
    is_upload=True,
    tells_progress=True,
    gives=(ReceiptJson, PROGRESS_LINES, *MARKED_LIST),
)
def post_spreadsheet(query: SpreadsheetQuery) -> ResponseReturnValue:
    """Send a list of lots, reels and certificates."""
    sent = uploaded_file()
    asked = with_form(query)
    arrival = Arrival(
        sent.stream,
        sent.name,
        media_type=media_type_of(sent.media_type),
        attachments=[(each.name, each.stream) for each in uploaded_files("attachment") if each.name],
        options=UploadOptions(on_behalf_of=asked.on_behalf_of, dry_run=bool(asked.dry_run)),
    )
    if asked.answer is SpreadsheetAnswer.FILE:
        marked = spreadsheets.mark_spreadsheet(registry(), principal(), arrival)
        return send_file(
            marked.content,
            mimetype=marked.media_type,
            as_attachment=True,
            download_name=f"{PurePath(display_name(arrival.file_name)).stem[:100]}-errors{marked.suffix}",
        )
    take = partial(spreadsheets.take_spreadsheet, registry(), principal(), arrival)
    return answer_upload(lambda progress: take(progress=progress))


@routes.operation(
    "GET",
    "/template.xlsx",
    permission=Permission.PUBLIC,
    gives=WORKBOOK,
)
def get_template_xlsx() -> ResponseReturnValue:
    """Answer the template of a list as a workbook, with instructions."""
    return _file(example_lists.template_xlsx(), _XLSX, "lot-list-template.xlsx")


@routes.operation(
    "GET",
    "/template.csv",
    permission=Permission.PUBLIC,
    gives=CSV,
)
def get_template_csv() -> ResponseReturnValue:
    """Answer the template of a list as CSV."""
    return _file(example_lists.template_csv(), "text/csv", "lot-list-template.csv")


@routes.operation(
    "GET",
    "/example.xlsx",
    permission=Permission.PUBLIC,
    gives=WORKBOOK,
)
def get_example() -> ResponseReturnValue:
    """Answer an example to try: ten lots on thirty reels, which one certificate covers."""
    return _file(example_lists.example_list(), _XLSX, example_lists.LIST_NAME)


@routes.operation(
    "GET",
    "/example.pdf",
    permission=Permission.PUBLIC,
    gives=PDF,
)
def get_example_certificate() -> ResponseReturnValue:
    """Answer the certificate of the example's ten lots."""
    return _file(example_lists.example_certificate(), "application/pdf", example_lists.CERTIFICATE_NAME)


@routes.operation(
    "GET",
    "/example-with-errors.xlsx",
    permission=Permission.PUBLIC,
    gives=WORKBOOK,
)
def get_example_with_errors() -> ResponseReturnValue:
    """Answer an example with five errors, as lists have them, to see how they are told."""
    return _file(example_lists.example_with_errors(), _XLSX, example_lists.ERRORS_NAME)


def _file(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
