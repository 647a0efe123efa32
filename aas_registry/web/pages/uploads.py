"""Pages of uploads: send files and see what was found, the list, and one receipt.

A list (.xlsx or CSV) takes the PDF documents that are dropped with it; every other file stands
alone. Scripts ask for lines of progress and, as the last line, the very result that a browser
without scripts gets as a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial as bound
from typing import Any

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from aas_registry.domain.errors import InvalidRequestError, RegistryError
from aas_registry.domain.file_names import display_name, ends_with
from aas_registry.domain.identifiers import PartialUploadId
from aas_registry.domain.package import AASX_MEDIA_TYPE
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission, Role
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.services import example, parties
from aas_registry.services.intake import resumable_uploads, spreadsheets, uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.intake.receipts import UploadReceipt
from aas_registry.web.answers import PageQuery, media_type_of, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.errors import status_of
from aas_registry.web.progress import ReaderGoneError, progress_answer, wants_progress
from aas_registry.web.routing import Routes, registry
from aas_registry.web.schemas.answer import HTML_PAGE
from aas_registry.web.schemas.operations import AASX_EXAMPLE
from aas_registry.web.schemas.uploads import MARKED_LIST, PAGE_PROGRESS_LINES
from aas_registry.web.trace.uploads import UploadedFile, uploaded_files

routes = Routes("pages_uploads", prefix="", tag="Pages", is_page=True)

_MOST_PARTIES = 1000
_LISTS = (".xlsx", ".csv")
_DOCUMENTS = (".pdf",)
_FORM = "`file`, once or more; `dryRun`; `onBehalfOf`."
_PHASES = {
    "receiving": lazy_gettext("receiving"),
    "reading": lazy_gettext("reading"),
    "checking": lazy_gettext("checking"),
    "examining": lazy_gettext("examining certificates"),
    "storing": lazy_gettext("storing"),
    "recording": lazy_gettext("storing"),
    "deriving": lazy_gettext("deriving lots"),
    "packages": lazy_gettext("storing packages"),
    "committing": lazy_gettext("finishing"),
}
_LINES = "Or lines of progress, where they are asked for; the last has the result as `html`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one file of the form: a receipt, or the reason why not."""

    file_name: str
    status: int
    receipt: UploadReceipt | None = None
    refused: str | None = None
    findings: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    file: UploadedFile
    documents: Sequence[UploadedFile] = ()

    @property
    def is_list(self) -> bool:
        return ends_with(self.file.name, _LISTS)


@routes.operation("GET", "/uploads", permission=Permission.READ_UPLOADS, query=PageQuery)
def get_uploads(query: PageQuery) -> ResponseReturnValue:
    """Show the form, and the uploads that you may see, newest first."""
    asked = page_request(query, principal())
    rows = uploads.list_uploads(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row)
    return _page(page, [])


@routes.operation(
    "POST",
    "/uploads",
    permission=Permission.UPLOAD,
    takes={"multipart/form-data": _FORM},
    answers={
        200: f"Every file was taken or checked. {_LINES}",
        400: "One was refused; the others were taken.",
    },
    is_upload=True,
    tells_progress=True,
    gives=(HTML_PAGE, PAGE_PROGRESS_LINES),
)
def post_uploads() -> ResponseReturnValue:
    """Upload files, each on its own, a list with its documents, and show what was found."""
    takes = [_take_of(each) for each in _grouped(uploaded_files("file"))]
    if wants_progress():
        return progress_answer(lambda progress: [take(progress) for take in takes], _last_line)
    results = [take(no_progress) for take in takes]
    return _page(None, results), max((each.status for each in results), default=400)


@routes.operation(
    "POST",
    "/uploads/resumed/<partial>",
    permission=Permission.UPLOAD,
    takes={"multipart/form-data": "`dryRun`; `onBehalfOf`."},
    answers={200: f"It was taken or checked. {_LINES}", 400: "It was refused.", 404: "None of yours."},
    tells_progress=True,
    gives=(HTML_PAGE, PAGE_PROGRESS_LINES),
)
def post_resumed(partial: str) -> ResponseReturnValue:
    """Take an upload that arrived in pieces, and show what was found."""
    upload = PartialUploadId(partial)
    name = resumable_uploads.get_state(registry(), principal(), upload).announced.file_name
    options = _options()
    take = bound(
        _result, name, bound(resumable_uploads.take, registry(), principal(), upload, options=options)
    )
    if wants_progress():
        return progress_answer(lambda progress: [take(progress)], _last_line)
    result = take(no_progress)
    return _page(None, [result]), result.status


@routes.operation(
    "POST",
    "/uploads/marked",
    permission=Permission.UPLOAD,
    takes={"multipart/form-data": "`file`: one list, and the documents that belong to it."},
    answers={200: "The list, with one more column that says what is wrong.", 400: "It is no list."},
    is_upload=True,
    gives=MARKED_LIST,
)
def post_marked() -> ResponseReturnValue:
    """Give a list back with its errors; nothing of it is kept."""
    lists = [each for each in _grouped(uploaded_files("file")) if each.is_list]
    if len(lists) != 1:
        raise InvalidRequestError("Choose one list (.xlsx or .csv), with the documents that belong to it.")
    marked = spreadsheets.mark_spreadsheet(registry(), principal(), _arrival(lists[0]))
    name = display_name(lists[0].file.name).rpartition(".")[0] or "list"
    return send_file(
        marked.content,
        mimetype=marked.media_type,
        as_attachment=True,
        download_name=f"{name} - errors{marked.suffix}",
    )


@routes.operation("GET", "/uploads/<upload>", permission=Permission.READ_UPLOADS)
def get_upload(upload: str) -> ResponseReturnValue:
    """Show the receipt of one upload."""
    return render_template("upload.html", receipt=uploads.get_upload(registry(), principal(), upload))


@routes.operation(
    "GET",
    "/example.aasx",
    permission=Permission.PUBLIC,
    answers={200: "A package to try the upload with."},
    gives=AASX_EXAMPLE,
)
def get_example() -> ResponseReturnValue:
    """Answer an example package: one invented lot with a signed certificate."""
    answer = Response(example.example_package(), mimetype=AASX_MEDIA_TYPE)
    answer.headers.set("Content-Disposition", "attachment", filename=example.EXAMPLE_FILE_NAME)
    return answer


def _grouped(files: Sequence[UploadedFile]) -> list[_Sent]:
    named = [each for each in files if each.name]
    lists = [each for each in named if ends_with(each.name, _LISTS)]
    documents = [each for each in named if ends_with(each.name, _DOCUMENTS)] if len(lists) == 1 else []
    return [_Sent(each, documents if each in lists else ()) for each in named if each not in documents]


def _take_of(sent: _Sent) -> Callable[[Progress], Result]:
    """Return what takes a file; it may run in a thread that knows no request."""
    take = spreadsheets.take_spreadsheet if sent.is_list else uploads.take_upload
    return bound(_result, sent.file.name, bound(take, registry(), principal(), _arrival(sent)))


def _arrival(sent: _Sent) -> Arrival:
    return Arrival(
        sent.file.stream,
        sent.file.name,
        media_type=media_type_of(sent.file.media_type),
        attachments=[(each.name, each.stream) for each in sent.documents],
        options=_options(),
    )


def _options() -> UploadOptions:
    return UploadOptions(
        on_behalf_of=request.form.get("onBehalfOf") or None, dry_run=request.form.get("dryRun") == "true"
    )


def _result(name: str, take: Callable[..., UploadReceipt], progress: Progress) -> Result:
    try:
        receipt = take(progress=progress)
    except ReaderGoneError:
        raise  # it is no refusal: nobody waits for the files after it either
    except RegistryError as cause:
        findings = [found.as_json() for found in cause.findings]
        return Result(file_name=name, status=status_of(cause), refused=str(cause), findings=findings)
    return Result(file_name=name, status=200, receipt=receipt)


def _last_line(results: Sequence[Result]) -> dict[str, Any]:
    pieces = [render_template("_upload_result.html", each=each) for each in results]
    return {"status": max((each.status for each in results), default=400), "html": "".join(pieces)}


def _page(page: dict[str, Any] | None, results: Sequence[Result]) -> str:
    phases = {phase: str(word) for phase, word in _PHASES.items()}
    return render_template("uploads.html", page=page, results=results, parties=party_choices(), phases=phases)


def party_choices() -> list[tuple[str, str]]:
    """Return (code, name) of the parties that the asker may choose among; a supplier is its own only."""
    if principal().role is Role.SUPPLIER:
        return []
    found = parties.list_parties(registry(), principal(), PageRequest(_MOST_PARTIES))
    return [(each.code, each.name) for each in found]
