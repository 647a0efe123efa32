"""`aas-registry trace`: where a lot went, and what is in a unit."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.identifier import find_lots, find_units, show_candidates
from aas_registry.cli.moment import moment_options
from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.cli.session import local_registry
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.paging import PageRequest

Command = TypeVar("Command", bound=Callable[..., Any])
_CERTAINTIES = ("exact", "possible", "assumed")
_MOST_ROWS = 1_000_000


def _limit_option(command: Command) -> Command:
    return click.option(
        "--limit",
        default=100,
        show_default=True,
        type=click.IntRange(1, _MOST_ROWS),
        help="Most rows to show.",
    )(command)


def _explain_option(command: Command) -> Command:
    return click.option(
        "--explain", is_flag=True, help="With each row, why it is there: the statements from lot to unit."
    )(command)


@click.group()
def trace() -> None:
    """Ask which units hold material of a lot, and what is in a unit."""


@trace.command("where-used")
@click.argument("lot")
@click.option(
    "--level",
    type=click.Choice([each.value for each in Level]),
    default=Level.PRODUCT.value,
    show_default=True,
    help="What to count.",
)
@click.option(
    "--group-by",
    type=click.Choice([each.value for each in GroupBy]),
    help="Count by this instead of listing.",
)
@moment_options
@_limit_option
@_explain_option
@json_option
def where_used(
    lot: str,
    level: str,
    group_by: str | None,
    as_of: datetime | None,
    recorded_as_of: datetime | None,
    limit: int,
    *,
    explain: bool,
    as_json: bool,
) -> ExitCode:
    """Show the units that hold material of LOT: its id, or the code on its label."""
    from aas_registry.services.genealogy import genealogy
    from aas_registry.web.trace.genealogy import render_group, render_headline, render_used

    times = {"as_of": as_of, "recorded_as_of": recorded_as_of}
    with local_registry() as (registry, principal):
        candidates = find_lots(registry, principal, lot)
        if len(candidates) > 1:
            show_candidates(candidates, as_json=as_json)
            return ExitCode.AMBIGUOUS
        number = candidates[0]["id"]
        if group_by is not None:
            headline, groups = genealogy.where_used_groups(
                registry, principal, number, level=Level(level), group_by=GroupBy(group_by), **times
            )
            answer: dict[str, Any] = {"groupBy": group_by, "groups": [render_group(each) for each in groups]}
        else:
            headline, rows = genealogy.where_used(
                registry,
                principal,
                number,
                level=Level(level),
                page=PageRequest(limit),
                explain=explain,
                **times,
            )
            answer = {"result": [render_used(row) for row in rows[:limit]], "hasMore": len(rows) > limit}
    _show(as_json, {"headline": render_headline(headline), **answer}, _print_where_used)
    return ExitCode.OK


@trace.command()
@click.argument("unit")
@moment_options
@_limit_option
@_explain_option
@json_option
def contents(
    unit: str,
    as_of: datetime | None,
    recorded_as_of: datetime | None,
    limit: int,
    *,
    explain: bool,
    as_json: bool,
) -> ExitCode:
    """Show the material in UNIT, at any depth: its id, or its serial number."""
    from aas_registry.services.genealogy import genealogy
    from aas_registry.web.trace.genealogy import render_content
    from aas_registry.web.trace.units import render_recorded

    with local_registry() as (registry, principal):
        candidates = find_units(registry, principal, unit)
        if len(candidates) > 1:
            show_candidates(candidates, as_json=as_json)
            return ExitCode.AMBIGUOUS
        recorded, rows = genealogy.contents(
            registry,
            principal,
            candidates[0]["id"],
            page=PageRequest(limit),
            as_of=as_of,
            recorded_as_of=recorded_as_of,
            explain=explain,
        )
    answer = {"result": [render_content(row) for row in rows[:limit]], "hasMore": len(rows) > limit}
    _show(as_json, {"unit": candidates[0], **render_recorded(recorded), **answer}, _print_contents)
    return ExitCode.OK


def _show(as_json: bool, answer: dict[str, Any], show: Callable[[dict[str, Any]], None]) -> None:
    if as_json:
        print_json(answer)
    else:
        show(answer)


def _print_recorded(told: Mapping[str, Any]) -> None:
    if told["laterThanKnown"] is not None:
        click.echo(f"Nothing was recorded after {told['recordedAsOf']}, which is what is answered.")
    unsure = told["clockConfirmed"]
    if unsure is not None:
        click.echo(
            f"The clock was set about that time: of what was recorded from {unsure['unsureFrom']}"
            f" to {unsure['unsureTo']} the order is certain, not the time."
        )
    for how, changed in (("merged", told["namesMerged"]), ("parted", told["namesParted"])):
        if changed is not None:
            click.echo(
                f"Names were {how} on {changed}: what was recorded up to earlier times follows the"
                f" names as they are {how} now, and may differ from what was answered before."
            )


def _print_where_used(answer: Mapping[str, Any]) -> None:
    lot, units = answer["headline"]["lot"], answer["headline"]["units"]
    told = ", ".join(f"{units[name]} {name}" for name in _CERTAINTIES)
    click.echo(
        f"Lot {lot['code']} ({lot['mpn']}, {lot['manufacturer']}) is in {units['total']} units "
        f"at level {answer['headline']['level']}: {told}."
    )
    _print_recorded(answer["headline"])
    coverage = answer["headline"]["coverage"]
    if coverage is not None:
        click.echo(
            f"Of the runs in question {coverage['unitsBuilt']} units were built, "
            f"{coverage['unitsReported']} reported their material."
        )
    if "groups" in answer:
        print_table(
            (answer["groupBy"], *_CERTAINTIES, "total"),
            [
                (each["group"], *(each[name] for name in (*_CERTAINTIES, "total")))
                for each in answer["groups"]
            ],
            empty="There is no group.",
        )
        return
    print_table(
        ("unit", "serial", "kind", "product", "customer", "certainty", "part of", "shipment"),
        [
            (
                *(row[name] for name in ("id", "serial", "kind", "product", "customer", "certainty")),
                (row["partOf"] or {}).get("serial"),
                (row.get("shipment") or {}).get("id"),
            )
            for row in answer["result"]
        ],
        empty="No unit holds it.",
    )
    _print_why(answer["result"], lambda row: row["serial"])
    _tell_of_more(answer)


def _print_contents(answer: Mapping[str, Any]) -> None:
    unit = answer["unit"]
    _print_recorded(answer)
    click.echo(f"Unit {unit['serial']} ({unit['kind']}, {unit['product'] or 'no product'}) holds:")
    print_table(
        (
            "in",
            "package",
            "lot",
            "mpn",
            "manufacturer",
            "certainty",
            "designators",
            "quantity",
            "installed",
            "removed",
        ),
        [
            (
                row["unit"]["serial"],
                row["package"],
                *((row["lot"] or {}).get(name) for name in ("code", "mpn", "manufacturer")),
                row["certainty"],
                " ".join(row["designators"]),
                row["quantity"] or (row["panelQuantity"] and f"{row['panelQuantity']} (panel)"),
                row["installedAt"],
                row["removedAt"],
            )
            for row in answer["result"]
        ],
        empty="Nothing that was reported.",
    )
    _print_why(answer["result"], lambda row: f"{(row['lot'] or {}).get('code')} in {row['unit']['serial']}")
    _tell_of_more(answer)


def _print_why(rows: Sequence[Mapping[str, Any]], title: Callable[[Mapping[str, Any]], str]) -> None:
    for row in rows:
        if "why" in row:
            click.echo(f"{title(row)}, {row['why']['certainty']}, by {row['why']['uses']} uses:")
            for step in row["why"]["steps"]:
                click.echo(
                    f"  {step['from']['name']} {step['fact']} {step['into']['name']}"
                    f" at {step['happenedAt'] or 'a time that nobody said'}, {step['certainty']}"
                    + (f", says {step['event']}" if step["event"] else "")
                )


def _tell_of_more(answer: Mapping[str, Any]) -> None:
    if answer["hasMore"]:
        click.echo("There is more: raise --limit.")
