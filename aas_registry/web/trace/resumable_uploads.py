"""Uploads in pieces: `/trace/v1/resumable-uploads`, by the protocol tus 1.0.0.

A sender announces a file, adds to it as far as the connection carries, asks where it
stands and goes on from there; then has it taken. Spoken are the core of the protocol and its
extensions creation, expiration and termination. ``GET`` and ``take`` are our own.

Source:
    tus resumable upload protocol 1.0.0; RFC 9110, 5.6.7 (the date of ``Upload-Expires``).
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from functools import partial as bound
from functools import wraps
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import http_date

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, ProtocolVersionError, UnsupportedTypeError
from aas_registry.domain.identifiers import PartialUploadId
from aas_registry.domain.principals import Permission
from aas_registry.services.intake import resumable_uploads
from aas_registry.services.intake.resumable_uploads import Announcement, State
from aas_registry.web.answers import json_answer, media_type_of
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import Routes, invalid_request, registry
from aas_registry.web.schemas.resumable_uploads import PartialUploadJson
from aas_registry.web.schemas.uploads import PROGRESS_LINES, ReceiptJson
from aas_registry.web.trace.uploads import UploadQuery, answer_upload

PREFIX = "/trace/v1/resumable-uploads"
HEADERS = (
    "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size",
    "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires",
)  # fmt: skip
_VERSION = "1.0.0"
_PIECE = "application/offset+octet-stream"
_LENGTH_DIGITS = 18
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_VERSION_HEADER = {"Tus-Resumable": f"`{_VERSION}`."}
_NONE = "None of yours, or it has expired."

routes = Routes("resumable_uploads", prefix=PREFIX, tag="Uploads")


def _speaks_tus(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def checked(**arguments: Any) -> ResponseReturnValue:
        if request.headers.get("Tus-Resumable") != _VERSION:
            raise ProtocolVersionError(Code.PARTIAL_UPLOAD_VERSION.meaning)
        return view(**arguments)

    return checked


@routes.operation(
    "POST",
    "",
    permission=Permission.UPLOAD,
    headers=_VERSION_HEADER
    | {
        "Upload-Length": "Bytes of the whole file.",
        "Upload-Metadata": "`filename` and `filetype`, each with its value in base64, joined by commas.",
    },
    answers={
        201: "Announced; the header Location names it, Upload-Expires says until when.",
        412: "Another version of tus.",
        413: "The file is over the limit.",
        429: "Too much was begun and not finished.",
    },
)
@_speaks_tus
def post_resumable_upload() -> ResponseReturnValue:
    """Announce a file that will arrive in pieces (tus: creation)."""
    metadata = request.headers.get("Upload-Metadata", "")
    named = _read_metadata(metadata)
    state = resumable_uploads.begin(
        registry(),
        principal(),
        Announcement(
            file_name=named.get("filename") or named.get("name") or "",
            media_type=media_type_of(named.get("filetype") or named.get("type")),
            metadata=metadata,
            length=_number("Upload-Length"),
        ),
    )
    answer = _answer(state, Response(status=201))
    answer.headers["Location"] = f"{PREFIX}/{state.announced.id}"
    return answer


@routes.operation(
    "GET",
    "/<partial>",
    permission=Permission.UPLOAD,
    headers=_VERSION_HEADER,
    answers={200: "How far it is; HEAD answers the headers alone.", 404: _NONE},
    gives=PartialUploadJson,
)
def get_resumable_upload(partial: str) -> ResponseReturnValue:
    """Answer how far an upload is (tus: HEAD)."""
    state = resumable_uploads.get_state(registry(), principal(), PartialUploadId(partial))
    return _answer(state, json_answer(_render(state)))


@routes.operation(
    "PATCH",
    "/<partial>",
    permission=Permission.UPLOAD,
    headers=_VERSION_HEADER | {"Upload-Offset": "Where the piece begins: where the upload stands."},
    takes={_PIECE: "The piece: any number of bytes."},
    answers={
        204: "Kept; Upload-Offset says where it stands now.",
        404: _NONE,
        409: "It does not stand there.",
        412: "Another version of tus.",
        413: "More than was announced.",
        415: "Another media type.",
        423: "Another request is writing at this moment.",
    },
    is_upload=True,
)
@_speaks_tus
def patch_resumable_upload(partial: str) -> ResponseReturnValue:
    """Add a piece to an upload (tus: PATCH)."""
    if request.mimetype != _PIECE:
        raise UnsupportedTypeError(f"Send the piece as {_PIECE}.")
    state = resumable_uploads.append(
        registry(),
        principal(),
        PartialUploadId(partial),
        request.stream,
        offset=_number("Upload-Offset"),
    )
    return _answer(state, Response(status=204))


@routes.operation(
    "DELETE",
    "/<partial>",
    permission=Permission.UPLOAD,
    headers=_VERSION_HEADER,
    answers={204: "Forgotten; what it became stays.", 404: _NONE, 412: "Another version of tus."},
)
@_speaks_tus
def delete_resumable_upload(partial: str) -> ResponseReturnValue:
    """Give up an upload (tus: termination)."""
    resumable_uploads.remove(registry(), principal(), PartialUploadId(partial))
    return Response(status=204)


@routes.operation(
    "POST",
    "/<partial>/take",
    permission=Permission.UPLOAD,
    query=UploadQuery,
    answers={
        200: "It was taken before, this was a dry run, or lines tell the progress: each has"
        " `phase`, `done` and `total`; the last has `status` and `upload` or `error`.",
        201: "Taken, with the findings.",
        400: "Refused; nothing was stored. The findings name the place.",
        404: _NONE,
        409: "Bytes are missing, or an id is not available to this submitter.",
        423: "It is being taken at this moment.",
    },
    tells_progress=True,
    gives=(ReceiptJson, PROGRESS_LINES),
)
def post_take(partial: str, query: UploadQuery) -> ResponseReturnValue:
    """Take an upload that is complete, as `POST /trace/v1/uploads` takes a file; may be repeated."""
    upload = PartialUploadId(partial)
    take = bound(resumable_uploads.take, registry(), principal(), upload, options=query.options())
    return answer_upload(lambda progress: take(progress=progress))


@routes.blueprint.after_request
def add_tus_headers(answer: Response) -> Response:
    """Say which version of tus is spoken; to OPTIONS, also what of it."""
    answer.headers["Tus-Resumable"] = _VERSION
    answer.headers["Tus-Version"] = _VERSION
    if request.method == "OPTIONS":
        answer.headers["Tus-Extension"] = "creation,expiration,termination"
        answer.headers["Tus-Max-Size"] = str(registry().limits.upload_bytes)
    return answer


def _answer(state: State, answer: Response) -> Response:
    answer.headers["Upload-Offset"] = str(state.offset)
    answer.headers["Upload-Length"] = str(state.announced.length)
    answer.headers["Upload-Expires"] = http_date(state.announced.expires_at)
    if state.announced.metadata:
        answer.headers["Upload-Metadata"] = state.announced.metadata
    return answer


def _render(state: State) -> dict[str, Any]:
    return {
        "id": state.announced.id,
        "fileName": state.announced.file_name,
        "mediaType": state.announced.media_type,
        "length": state.announced.length,
        "offset": state.offset,
        "createdAt": state.announced.created_at.isoformat(),
        "expiresAt": state.announced.expires_at.isoformat(),
        "upload": state.upload,
    }


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LENGTH_DIGITS):
        raise invalid_request(f"The header {header} must be a number of bytes.", path=header)
    return int(text)


def _read_metadata(text: str) -> dict[str, str]:
    most = registry().limits.partial_upload_metadata_chars
    if len(text) > most or not text.isascii():
        raise _bad_metadata(f"has more than {most} characters, or others than those of ASCII")
    named: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        key, _, value = pair.partition(" ")
        if key in named:
            raise _bad_metadata(f"names {key[:50]!r} twice", key)
        try:
            named[key] = b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as cause:
            raise _bad_metadata(f"gives {key[:50]!r} a value that is not base64 of UTF-8", key) from cause
        if _CONTROL.search(named[key]):
            raise _bad_metadata(f"gives {key[:50]!r} a value with control characters", key)
    return named


def _bad_metadata(what: str, key: str = "") -> InvalidRequestError:
    message, place = f"The header Upload-Metadata {what}.", f"Upload-Metadata {key[:50]}".rstrip()
    return invalid_request(message, code=Code.PARTIAL_UPLOAD_METADATA, path=place)
