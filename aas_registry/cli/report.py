"""`aas-registry report`: a question, frozen, answered, signed and saved as one file."""

from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.identifier import find_lots, find_units, show_candidates
from aas_registry.cli.moment import moment_options
from aas_registry.cli.new_file import new_file
from aas_registry.cli.output import json_option, print_fields, print_json, print_table
from aas_registry.cli.session import every, local_registry
from aas_registry.domain.reports import Direction

_FINDERS = {Direction.WHERE_USED: find_lots, Direction.CONTENTS: find_units}


@click.group()
def report() -> None:
    """Make signed trace reports and save their bundles."""


@report.command()
@click.argument("direction", type=click.Choice([each.value for each in Direction]))
@click.argument("subject")
@moment_options
@click.option("--customer", help="Code of the customer whose units alone are told of.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The new file to write; else trace-report-ID.zip here.",
)
@json_option
def make(
    direction: str,
    subject: str,
    as_of: datetime | None,
    recorded_as_of: datetime | None,
    customer: str | None,
    output: Path | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Answer where the lot SUBJECT went, or what is in the unit SUBJECT, and sign the answer."""
    from aas_registry.services.reports import reports
    from aas_registry.web.trace.reports import render_report

    with local_registry() as (registry, principal):
        candidates = _FINDERS[Direction(direction)](registry, principal, subject)
        if len(candidates) > 1:
            show_candidates(candidates, as_json=as_json)
            return ExitCode.AMBIGUOUS
        made = reports.make_report(
            registry,
            principal,
            direction=Direction(direction),
            subject=candidates[0]["id"],
            as_of=as_of,
            recorded_as_of=recorded_as_of,
            customer=customer,
        )
        row, stream = reports.open_bundle(registry, principal, made.id)
        target = _saved(stream, row.id, output)
    _show_saved(render_report(row), target, as_json=as_json)
    return ExitCode.OK


@report.command()
@click.argument("report_id", metavar="ID")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The new file to write; else trace-report-ID.zip here.",
)
@json_option
def save(report_id: str, output: Path | None, *, as_json: bool) -> None:
    """Save the bundle of the report with this ID again."""
    from aas_registry.services.reports import reports
    from aas_registry.web.trace.reports import render_report

    with local_registry() as (registry, principal):
        row, stream = reports.open_bundle(registry, principal, report_id)
        target = _saved(stream, row.id, output)
    _show_saved(render_report(row), target, as_json=as_json)


@report.command("list")
@json_option
def list_reports(*, as_json: bool) -> None:
    """List every report of the site, newest first."""
    from aas_registry.services.reports import reports
    from aas_registry.web.trace.reports import render_report

    with local_registry() as (registry, principal):
        rows = every(lambda page: reports.list_reports(registry, principal, page), key=lambda row: row.key)
    if as_json:
        print_json([render_report(row) for row in rows])
        return
    print_table(
        ("id", "direction", "made", "by", "bytes"),
        [
            (row.id, row.report.direction, row.report.made_at, row.report.made_by, row.report.size)
            for row in rows
        ],
        empty="No report was made yet.",
    )


def _saved(stream: BinaryIO, report_id: str, output: Path | None) -> Path:
    target = Path(f"trace-report-{report_id}.zip") if output is None else output
    with stream, new_file(target) as copy:
        copyfileobj(stream, copy)
    return target


def _show_saved(shown: dict[str, Any], target: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({**shown, "file": str(target)})
    else:
        print_fields({"file": target, "report": shown["id"], "SHA-256": shown["sha256"]})
