"""Pages of uploads: send files and see what was found, the list, and one receipt."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from aas_registry.domain.errors import RegistryError
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission, Role
from aas_registry.services import example, parties, uploads
from aas_registry.services.uploads import Receipt
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.errors import status_of
from aas_registry.web.routing import Routes, registry

routes = Routes("pages_uploads", prefix="", tag="Pages", is_page=True)

_MOST_PARTIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one file of the form: a receipt, or the reason why not."""

    file_name: str
    status: int
    receipt: Receipt | None = None
    refused: str | None = None
    findings: list[dict[str, Any]] | None = None


@routes.operation("GET", "/uploads", permission=Permission.READ_UPLOADS, query=PageQuery)
def get_uploads(query: PageQuery) -> ResponseReturnValue:
    """Show the form, and the uploads that you may see, newest first."""
    asked = page_request(query, principal())
    rows = uploads.list_uploads(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row)
    return render_template("uploads.html", page=page, results=[], parties=_parties())


@routes.operation(
    "POST",
    "/uploads",
    permission=Permission.UPLOAD,
    takes={"multipart/form-data": "`file`, once or more; `dryRun`; `onBehalfOf`."},
    answers={200: "Every file was taken or checked.", 400: "One was refused; the others were taken."},
    is_upload=True,
)
def post_uploads() -> ResponseReturnValue:
    """Upload files, each on its own, and show what was found."""
    results = [_take(sent) for sent in request.files.getlist("file") if sent.filename]
    page = render_template("uploads.html", page=None, results=results, parties=_parties())
    return page, max((each.status for each in results), default=400)


@routes.operation("GET", "/uploads/<upload>", permission=Permission.READ_UPLOADS)
def get_upload(upload: str) -> ResponseReturnValue:
    """Show the receipt of one upload."""
    return render_template("upload.html", receipt=uploads.get_upload(registry(), principal(), upload))


@routes.operation(
    "GET", "/example.aasx", permission=Permission.PUBLIC, answers={200: "A package to try the upload with."}
)
def get_example() -> ResponseReturnValue:
    """Answer an example package: one invented lot with a signed certificate."""
    answer = Response(example.example_package(), mimetype="application/asset-administration-shell-package")
    answer.headers.set("Content-Disposition", "attachment", filename=example.EXAMPLE_FILE_NAME)
    return answer


def _take(sent: FileStorage) -> Result:
    name = sent.filename or ""
    try:
        receipt = uploads.take_upload(
            registry(),
            principal(),
            sent.stream,  # type: ignore[arg-type]  # werkzeug's stream is a BinaryIO in all but name
            file_name=name,
            media_type=sent.mimetype or "application/octet-stream",
            on_behalf_of=request.form.get("onBehalfOf") or None,
            dry_run=request.form.get("dryRun") == "true",
        )
    except RegistryError as cause:
        findings = [found.as_json() for found in cause.findings]
        return Result(file_name=name, status=status_of(cause), refused=str(cause), findings=findings)
    return Result(file_name=name, status=200, receipt=receipt)


def _parties() -> list[tuple[str, str]]:
    """Return (code, name) of those that the asker may submit for, besides itself."""
    if principal().role is Role.SUPPLIER:
        return []
    found = parties.list_parties(registry(), principal(), PageRequest(_MOST_PARTIES))
    return [(each.code, each.name) for each in found]
