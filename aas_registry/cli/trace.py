"""`aas-registry trace`: where a lot went, and what is in a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.identifier import find_lots, find_units, show_candidates
from aas_registry.cli.moment import moment_options
from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.cli.session import local_registry
from aas_registry.domain import sentences
from aas_registry.domain.anomalies import told_in_words
from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.paging import PageRequest

if TYPE_CHECKING:
    from datetime import datetime

    from aas_registry.services.genealogy.genealogy import ContentsSummary, WhereUsedSummary

Command = TypeVar("Command", bound=Callable[..., Any])
Row = TypeVar("Row")
_CERTAINTIES = ("exact", "possible", "assumed")
# What a step of a chain says, of the thing that the material came from and the one that it came into.
_FACTS = {
    "holds": "{target} holds {source}",
    "split": "{target} was divided from {source}",
    "relabel": "{source} was given the new label {target}",
    "merge": "{source} was put into {target}",
    "splice": "{source} was spliced to {target}",
    "used": "{target} used {source}",
    "passed": "{target} passed {source}",
    "onPanel": "{target} is on panel {source}",
    "partOf": "{source} is part of {target}",
    "panelOf": "{source} is on panel {target}",
    "packedIn": "{source} is packed in {target}",
    "shipped": "{source} left with {target}",
}
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


def _set_options(command: Command) -> Command:
    for name, what in (
        ("package", "Label of a package"),
        ("receipt", "Delivery note: the packages that came on it"),
        ("date-code", "Date code, as printed"),
        ("part-number", "A manufacturer's part number, or the plant's own"),
    ):
        command = click.option(f"--{name}", multiple=True, help=f"{what}; again for each.")(command)
    for name, what in (
        ("receipt-from", "Whose delivery notes, by code or name."),
        ("date-code-from", "Only material of this date code (year and week) or later."),
        ("date-code-to", "Only material of this date code or earlier."),
        ("delivery-note", "Only material that came on this delivery note."),
        ("customer", "Only units for this customer, by code."),
    ):
        command = click.option(f"--{name}", help=what)(command)
    return _ever_option(command)


def _ever_option(command: Command) -> Command:
    return click.option("--ever", is_flag=True, help="Also what once was so, and is no more.")(command)


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asked.items()
        if value is not None
    }


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _rows(rows: Sequence[Row], render: Callable[[Row], dict[str, Any]], limit: int) -> dict[str, Any]:
    return {"result": [render(row) for row in rows[:limit]], "hasMore": len(rows) > limit}


@click.group()
def trace() -> None:
    """Ask which units hold material of a lot, and what is in a unit."""


@trace.command("where-used")
@click.argument("lots", nargs=-1)
@_set_options
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
def where_used(lots: tuple[str, ...], *, limit: int, as_json: bool, **asked: Any) -> ExitCode:
    """Show the units that hold material of LOTS: ids, or the codes on their labels.

    Lots, packages, receipts, date codes and part numbers that are asked about together are one question.
    """
    from aas_registry.services.genealogy import genealogy
    from aas_registry.web.routing import validated
    from aas_registry.web.trace import genealogy as rendering

    with local_registry() as (registry, principal):
        numbers: list[str] = []
        for lot in lots:
            candidates = find_lots(registry, principal, lot)
            if len(candidates) > 1:
                show_candidates(candidates, as_json=as_json)
                return ExitCode.AMBIGUOUS
            numbers.append(candidates[0]["id"])
        query = validated(
            rendering.SubjectsQuery, {"lot": numbers, **_given(asked)}, "option", spelled=_option
        )
        question, page = query.asks(query.about()), PageRequest(limit)
        if query.group_by is not None:
            headline, groups = genealogy.where_used_groups(
                registry, principal, question, group_by=query.group_by
            )
            told = [rendering.render_group(each) for each in groups]
            answer: dict[str, Any] = {"groupBy": query.group_by.value, "groups": told}
        elif question.level is Level.CUSTOMER:
            headline, received = genealogy.receivers(registry, principal, question, page=page)
            answer = _rows(received, rendering.render_receiver, limit)
        else:
            headline, rows = genealogy.where_used(
                registry, principal, question, page=page, explain=query.explain
            )
            answer = _rows(rows, rendering.render_used, limit)
    told_of = {"headline": rendering.render_headline(headline), **answer}
    _show(as_json, told_of, partial(_print_where_used, head=headline))
    return ExitCode.OK


@trace.command()
@click.argument("unit")
@_ever_option
@moment_options
@_limit_option
@_explain_option
@json_option
def contents(
    unit: str,
    *,
    as_of: datetime | None,
    recorded_as_of: datetime | None,
    limit: int,
    ever: bool,
    explain: bool,
    as_json: bool,
) -> ExitCode:
    """Show the material in UNIT, at any depth: its id, or its serial number."""
    from aas_registry.services.genealogy import genealogy
    from aas_registry.web.trace.genealogy import render_content, render_contents_summary

    with local_registry() as (registry, principal):
        candidates = find_units(registry, principal, unit)
        if len(candidates) > 1:
            show_candidates(candidates, as_json=as_json)
            return ExitCode.AMBIGUOUS
        summary, rows = genealogy.contents(
            registry,
            principal,
            candidates[0]["id"],
            page=PageRequest(limit),
            as_of=as_of,
            recorded_as_of=recorded_as_of,
            ever=ever,
            explain=explain,
        )
    answer = _rows(rows, render_content, limit)
    _show(
        as_json,
        {"unit": candidates[0], **render_contents_summary(summary), **answer},
        partial(_print_contents, summary=summary),
    )
    return ExitCode.OK


@trace.command()
@click.argument("unit")
@moment_options
@_limit_option
@json_option
def timeline(
    unit: str, as_of: datetime | None, recorded_as_of: datetime | None, limit: int, *, as_json: bool
) -> ExitCode:
    """Show what happened to UNIT, in order of time: its id, or its serial number."""
    from aas_registry.services.genealogy import happenings
    from aas_registry.web.trace.happenings import render_happening
    from aas_registry.web.trace.units import render_recorded

    times = {"as_of": as_of, "recorded_as_of": recorded_as_of}
    with local_registry() as (registry, principal):
        candidates = find_units(registry, principal, unit)
        if len(candidates) > 1:
            show_candidates(candidates, as_json=as_json)
            return ExitCode.AMBIGUOUS
        number = candidates[0]["id"]
        recorded, rows = happenings.timeline(registry, principal, number, page=PageRequest(limit), **times)
    answer = {"result": [render_happening(row) for row in rows[:limit]], "hasMore": len(rows) > limit}
    _show(as_json, {"unit": candidates[0], **render_recorded(recorded), **answer}, _print_timeline)
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


def _print_sentences(sentences: Iterable[object]) -> None:
    for each in filter(None, map(str, sentences)):
        click.echo(each)


def _print_head(headline: Mapping[str, Any], head: WhereUsedSummary) -> None:
    from aas_registry.services.genealogy import gaps

    lot = headline["lot"]
    about = (
        ", ".join(f"{each['kind']} {each['name']}" for each in headline["asked"])
        if lot is None
        else f"Lot {lot['code']} ({lot['mpn']}, {lot['manufacturer']})"
    )
    in_short = " ".join(map(str, [gaps.holding(head), *gaps.narrowed(head.question)]))
    click.echo(f"{about}: {in_short}")
    click.echo(", ".join(f"{headline['units'][name]} {name}" for name in _CERTAINTIES))
    _print_recorded(headline)
    anomalies = told_in_words(head.anomalies)
    once = [sentences.ONCE] if head.question.ever else []
    _print_sentences(
        [*once, *gaps.told_beside(head), anomalies, *gaps.sources_told(head.coverage), gaps.closing(head)]
    )


def _print_where_used(answer: Mapping[str, Any], head: WhereUsedSummary) -> None:
    headline = answer["headline"]
    _print_head(headline, head)
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
    if headline["level"] == "customer":
        received = [(each["customer"], each["certainty"]) for each in answer["result"]]
        print_table(("customer", "certainty"), received, empty="No customer is listed.")
        _tell_of_more(answer)
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
        empty="No unit is listed.",
    )
    _print_why(answer["result"], lambda row: row["serial"])
    _tell_of_more(answer)


def _print_contents(answer: Mapping[str, Any], summary: ContentsSummary) -> None:
    from aas_registry.services.genealogy.gaps import gaps_beside

    unit = answer["unit"]
    _print_recorded(answer)
    _print_sentences([*gaps_beside(summary), told_in_words(summary.anomalies)])
    holds = "holds, or once held" if summary.ever else "holds"
    click.echo(f"Unit {unit['serial']} ({unit['kind']}, {unit['product'] or 'no product'}) {holds}:")
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


def _print_timeline(answer: Mapping[str, Any]) -> None:
    unit = answer["unit"]
    _print_recorded(answer)
    click.echo(f"What happened to unit {unit['serial']} ({unit['kind']}, {unit['product'] or 'no product'}):")
    print_table(
        ("happened", "what", "with", "designators", "event", "recorded"),
        [
            (
                *(row[name] for name in ("happenedAt", "kind")),
                " in ".join(each["name"] for each in (row["other"], row["inside"]) if each)
                or row["result"]
                or row["corrects"],
                " ".join(row["designators"]),
                *(row[name] for name in ("event", "recordedAt")),
            )
            for row in answer["result"]
        ],
        empty="Nothing that was reported.",
    )
    _tell_of_more(answer)


def _print_why(rows: Sequence[Mapping[str, Any]], title: Callable[[Mapping[str, Any]], str]) -> None:
    for row in rows:
        if "why" in row:
            uses = "1 use" if row["why"]["uses"] == 1 else f"{row['why']['uses']} uses"
            click.echo(f"{title(row)}, {row['why']['certainty']}, by {uses}:")
            for step in row["why"]["steps"]:
                source, target = step["from"]["name"], step["into"]["name"]
                click.echo(
                    f"  {_FACTS[step['fact']].format(source=source, target=target)}"
                    f" at {step['happenedAt'] or 'a time that nobody said'}, {step['certainty']}"
                    + (f", says {step['event']}" if step["event"] else "")
                    + (f", until {step['endedAt']}" if step["endedAt"] else "")
                    + (f", by {step['endedBy']}" if step["endedBy"] else "")
                )


def _tell_of_more(answer: Mapping[str, Any]) -> None:
    if answer["hasMore"]:
        click.echo("There is more: raise --limit.")
