"""Pages of signed trace reports: make one from what is shown, and the list to download from."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.deadlines import Work
from aas_registry.domain.principals import Permission
from aas_registry.domain.reports import Direction
from aas_registry.services.reports import reports
from aas_registry.services.reports.reports import root_fingerprint
from aas_registry.web.answers import PageQuery, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.pages.moments import MomentFields
from aas_registry.web.routing import Routes, registry, validated

routes = Routes("pages_reports", prefix="/reports", tag="Pages", is_page=True)


class ReportForm(MomentFields):
    """The question that is frozen: what is asked, of what, as of when."""

    direction: Direction
    subject: str


class ReportsQuery(PageQuery):
    """The list, and which report was made just now."""

    made: str | None = Field(None, description="Id of the report that was made just now.")


@routes.operation("GET", "", permission=Permission.READ_REPORTS, query=ReportsQuery)
def get_reports(query: ReportsQuery) -> ResponseReturnValue:
    """Show the reports that you may see, newest first."""
    asked = page_request(query, principal())
    rows = reports.list_reports(registry(), principal(), asked)
    page = page_of(rows, asked, principal(), key=lambda row: row.key, render=lambda row: row)
    return render_template("reports.html", page=page, made=query.made, root=root_fingerprint(registry()))


@routes.operation(
    "POST",
    "",
    permission=Permission.MAKE_REPORT,
    work=Work.REPORT,
    takes={"application/x-www-form-urlencoded": "direction, subject, asOf, recordedAsOf."},
    answers={303: "Made; the list shows it.", 404: "No such lot or unit that you may see."},
)
def post_reports() -> ResponseReturnValue:
    """Make a signed report of what was shown."""
    given = {name: value for name, value in request.form.items() if name != "csrf_token"}
    form = validated(ReportForm, given, "form")
    made = reports.make_report(
        registry(),
        principal(),
        direction=form.direction,
        subject=form.subject,
        as_of=form.as_of,
        recorded_as_of=form.recorded_as_of,
    )
    return redirect(f"/reports?made={made.id}", 303)
