"""Signed trace reports: `/trace/v1/reports`."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.deadlines import Work
from aas_registry.domain.principals import Permission
from aas_registry.domain.reports import Direction
from aas_registry.services.reports import reports
from aas_registry.services.reports.reports import ReportRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.downloads import FILE_ANSWERS, download
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.reports import BUNDLE, ROOT_CERTIFICATE, ReportJson
from aas_registry.web.times import Time

routes = Routes("reports", prefix="/trace/v1/reports", tag="Reports")


class NewReport(RequestModel):
    """The question that a report answers."""

    subject: str = Field(
        min_length=1, max_length=64, description="Id of a lot (where-used) or unit (contents)."
    )
    direction: Direction
    as_of: Time | None = Field(None, alias="asOf", description="As it stood then; now unless told.")
    recorded_as_of: Time | None = Field(
        None, alias="recordedAsOf", description="As the registry knew it then; now unless told."
    )
    customer: str | None = Field(None, max_length=255, description="Code of the customer to limit it to.")


@routes.operation(
    "POST",
    "",
    permission=Permission.MAKE_REPORT,
    work=Work.REPORT,
    body=NewReport,
    answers={
        201: "Made and signed; Location has its address.",
        404: "No such lot, unit or customer that you may see.",
        413: "The answer has more rows than a report may hold; it is never cut.",
    },
    gives=ReportJson,
)
def post_report(body: NewReport) -> ResponseReturnValue:
    """Answer a question, sign the answer and keep it as a report."""
    made = reports.make_report(
        registry(),
        principal(),
        direction=body.direction,
        subject=body.subject,
        as_of=body.as_of,
        recorded_as_of=body.recorded_as_of,
        customer=body.customer,
    )
    return json_answer(render_report(made), 201, Location=f"/trace/v1/reports/{made.id}")


@routes.operation(
    "GET",
    "",
    permission=Permission.READ_REPORTS,
    query=PageQuery,
    gives=Page[ReportJson],
)
def get_reports(query: PageQuery) -> ResponseReturnValue:
    """List the reports that you may see, newest first."""
    asked = page_request(query, principal())
    rows = reports.list_reports(registry(), principal(), asked)
    return json_answer(page_of(rows, asked, principal(), key=lambda row: row.key, render=render_report))


@routes.operation(
    "GET",
    "/root-certificate",
    permission=Permission.READ_REPORTS,
    answers={200: "The certificate, PEM.", 404: "The registry has no keys yet."},
    gives=ROOT_CERTIFICATE,
)
def get_root_certificate() -> ResponseReturnValue:
    """Answer the root certificate that whoever verifies a report pins."""
    content = reports.root_certificate(registry())
    name = {"Content-Disposition": 'attachment; filename="root.pem"'}
    return Response(content, mimetype="application/x-pem-file", headers=name)


@routes.operation(
    "GET",
    "/<report>",
    permission=Permission.READ_REPORTS,
    answers={200: "The bundle, a ZIP.", 404: "None that you may see.", **FILE_ANSWERS},
    gives=BUNDLE,
)
def get_report(report: str) -> ResponseReturnValue:
    """Answer the signed bundle of a report."""
    found, stream = reports.open_bundle(registry(), principal(), report)
    return download(
        stream,
        media_type="application/zip",
        name=f"trace-report-{found.id}.zip",
        etag=found.report.sha256,
    )


def render_report(row: ReportRow) -> dict[str, Any]:
    """Return what is known of a report as JSON."""
    return {
        "id": row.id,
        "question": row.question,
        "sha256": row.report.sha256,
        "size": row.report.size,
        "madeBy": row.report.made_by,
        "madeAt": row.report.made_at.isoformat(),
    }
