"""Uploads of AAS packages, JSON and XML: `/trace/v1/uploads`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, BinaryIO, TypeVar, cast

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.certificates import Notice
from aas_registry.domain.errors import UnsupportedTypeError
from aas_registry.domain.principals import Permission
from aas_registry.domain.profile import Profile
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.intake.receipts import UploadReceipt
from aas_registry.web.answers import PageQuery, json_answer, media_type_of, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.downloads import FILE_ANSWERS, download
from aas_registry.web.progress import progress_answer, wants_progress
from aas_registry.web.routing import RequestModel, Routes, invalid_request, registry, validated
from aas_registry.web.schemas.answer import ANY_FILE, Page
from aas_registry.web.schemas.uploads import PROGRESS_LINES, ReceiptHeadJson, ReceiptJson

routes = Routes("uploads", prefix="/trace/v1/uploads", tag="Uploads")

Query = TypeVar("Query", bound=RequestModel)

_FORM = {"multipart/form-data": "One part named `file`: AASX, AAS JSON or AAS XML."}


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in a multipart body.

    Attributes:
        stream: Its content, at its beginning.
        name: The name its sender gave it; empty for none.
        media_type: The media type its sender declared, without parameters.
    """

    stream: BinaryIO
    name: str
    media_type: str


class UploadQuery(RequestModel):
    """How an upload is taken; each may also be a field of the form."""

    dry_run: bool | None = Field(None, alias="dryRun", description="Check everything, keep nothing.")
    on_behalf_of: str | None = Field(
        None, alias="onBehalfOf", max_length=255, description="Code of the party; not for suppliers."
    )
    profile: Profile | None = Field(
        None,
        description="`report` (unless told): what violates the metamodel is stored and found;"
        " `strict`: it refuses the file.",
    )

    def options(self) -> UploadOptions:
        """Return them as one value."""
        return UploadOptions(
            on_behalf_of=self.on_behalf_of,
            dry_run=bool(self.dry_run),
            profile=self.profile or Profile.REPORT,
        )


@routes.operation(
    "POST",
    "",
    permission=Permission.UPLOAD,
    query=UploadQuery,
    takes=_FORM,
    answers={
        200: "`unchanged`: the same bytes were taken before, and all that they brought is so still; this was"
        " a dry run; or lines tell the progress: each has `phase`, `done` and `total`; the last has"
        " `status` and `upload` or `error`.",
        201: "Taken, with the findings; again, where what the same bytes brought was changed since.",
        400: "Refused; nothing was stored. The findings name the place.",
        409: "An id is not available to this submitter; nothing was stored.",
        413: "The body is over the limit.",
        404: "`onBehalfOf` names no party.",
    },
    is_upload=True,
    tells_progress=True,
    gives=(ReceiptJson, PROGRESS_LINES),
)
def post_upload(query: UploadQuery) -> ResponseReturnValue:
    """Upload an AAS package, AAS JSON or AAS XML."""
    sent = uploaded_file()
    arrival = Arrival(
        sent.stream,
        sent.name,
        media_type=media_type_of(sent.media_type),
        options=with_form(query).options(),
    )
    take = partial(uploads.take_upload, registry(), principal(), arrival)
    return answer_upload(lambda progress: take(progress=progress))


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_UPLOADS,
    query=PageQuery,
    gives=Page[ReceiptHeadJson],
)
def get_uploads(query: PageQuery) -> ResponseReturnValue:
    """List the uploads that you may see, newest first; of what became of each, the counts."""
    asked = page_request(query, principal())
    rows = uploads.list_uploads(registry(), principal(), asked)
    return json_answer(
        page_of(
            rows,
            asked,
            principal(),
            key=lambda row: row.key,
            render=_render_head,
        )
    )


@routes.operation(
    "GET",
    "/<upload>",
    permission=Permission.READ_UPLOADS,
    answers={200: "The upload.", 404: "None."},
    gives=ReceiptJson,
)
def get_upload(upload: str) -> ResponseReturnValue:
    """Answer what became of an upload."""
    return json_answer(render_upload(uploads.get_upload(registry(), principal(), upload)))


@routes.operation(
    "GET",
    "/<upload>/original",
    permission=Permission.READ_UPLOADS,
    answers={200: "The very bytes that were uploaded.", 404: "None.", **FILE_ANSWERS},
    gives=ANY_FILE,
)
def get_original(upload: str) -> ResponseReturnValue:
    """Answer the very bytes that were uploaded."""
    found, stream = uploads.open_original(registry(), principal(), upload)
    return download(
        stream,
        media_type="application/octet-stream",
        name=found.file_name or "upload",
        etag=found.sha256,
    )


def uploaded_file(part: str = "file") -> UploadedFile:
    """Return the one file of a multipart body that stands under a name.

    Raises:
        UnsupportedTypeError: The body is no multipart form.
        InvalidRequestError: It has not exactly one file of the name ``part``.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedTypeError(f"Send multipart/form-data with a part named {part!r}.")
    files = uploaded_files(part)
    if len(files) != 1:
        raise invalid_request(f"Send exactly one part named {part!r}.", path=part)
    return files[0]


def uploaded_files(part: str) -> list[UploadedFile]:
    """Return the files of a multipart body that stand under a name."""
    return [
        UploadedFile(cast("BinaryIO", each.stream), each.filename or "", each.mimetype)  # in all but name
        for each in request.files.getlist(part)
    ]


def with_form(query: Query) -> Query:
    """Return how a file is to be taken: as the query says, and the fields of the form besides."""
    fields = {name: values[-1] for name, values in request.form.lists() if values[-1]}
    fields.pop("csrf_token", None)
    given = fields | query.model_dump(by_alias=True, exclude_none=True)
    return validated(type(query), given, "form field")


def answer_upload(take: Callable[[Progress], UploadReceipt]) -> ResponseReturnValue:
    """Take a file and answer its receipt, with lines of progress where they are asked for."""
    if wants_progress():
        return progress_answer(
            take, lambda taken: {"status": _status_of(taken), "upload": render_upload(taken)}
        )
    receipt = take(no_progress)
    if _status_of(receipt) == HTTPStatus.OK:
        return json_answer(render_upload(receipt))
    return json_answer(render_upload(receipt), 201, Location=f"/trace/v1/uploads/{receipt.id}")


def _status_of(receipt: UploadReceipt) -> HTTPStatus:
    return HTTPStatus.OK if receipt.id is None or not receipt.is_new else HTTPStatus.CREATED


def render_upload(receipt: UploadReceipt) -> dict[str, Any]:
    """Return an upload as JSON."""
    return {**_render_head(receipt), **receipt.outcome}


def _render_head(receipt: UploadReceipt) -> dict[str, Any]:
    submission = receipt.submission
    return {
        "id": receipt.id,
        "fileName": submission.file_name,
        "mediaType": submission.media_type,
        "sha256": submission.sha256,
        "size": submission.size,
        "party": receipt.party_code,
        "submittedBy": submission.submitted_by,
        "receivedAt": submission.received_at.isoformat(),
        "isNew": receipt.is_new,
        "unchanged": receipt.is_unchanged,
        "certificatesToSee": {
            notice.value: receipt.notices[notice] for notice in Notice if receipt.notices.get(notice)
        },
        "counts": receipt.counts,
    }
