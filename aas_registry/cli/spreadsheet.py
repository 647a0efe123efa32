"""`aas-registry spreadsheet`: the template of a list, and lists into the configured registry."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.progress import Progress

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.output import json_option, print_fields, print_json, print_table, progress
from aas_registry.cli.session import local_registry
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, RefusedError
from aas_registry.services import example_lists, spreadsheets
from aas_registry.web.trace.uploads import render_upload

_COLUMNS = ("severity", "row", "column", "value", "code", "message")
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_ATTACHMENTS = click.option(
    "--attachment",
    "attachments",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A certificate (PDF) that belongs to the list; again for each.",
)
_PARTY = click.option(
    "--on-behalf-of", metavar="PARTY", help="Code or name of the party that the list comes from."
)


@click.group()
def spreadsheet() -> None:
    """Take lists of lots, reels and certificates (.xlsx, CSV), check them, and write the template."""


@spreadsheet.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def template(file: Path, *, as_json: bool) -> None:
    """Write the template to the new FILE, whose name ends with .xlsx or .csv."""
    is_csv = file.suffix.lower() == ".csv"
    _write_new(file, example_lists.template_csv() if is_csv else example_lists.template_xlsx())
    if as_json:
        print_json({"file": str(file)})
    else:
        click.echo(f"Wrote {file}.")


@spreadsheet.command()
@_FILE
@_ATTACHMENTS
@_PARTY
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the list with a column of errors to this new file.",
)
@json_option
def check(
    file: Path,
    attachments: tuple[Path, ...],
    on_behalf_of: str | None,
    errors: Path | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Check a list and keep nothing."""
    if errors is not None:
        _write_marked(file, attachments, errors)
    return _take(file, attachments, on_behalf_of, dry_run=True, as_json=as_json)


@spreadsheet.command()
@_FILE
@_ATTACHMENTS
@_PARTY
@json_option
def take(file: Path, attachments: tuple[Path, ...], on_behalf_of: str | None, *, as_json: bool) -> ExitCode:
    """Take a list whole, or not at all where it has an error."""
    return _take(file, attachments, on_behalf_of, dry_run=False, as_json=as_json)


def _take(
    file: Path, attachments: tuple[Path, ...], on_behalf_of: str | None, *, dry_run: bool, as_json: bool
) -> ExitCode:
    with (
        local_registry() as (registry, principal),
        _opened(file, attachments) as (stream, sent),
        progress(as_json=as_json) as bar,
    ):
        try:
            receipt = spreadsheets.take_spreadsheet(
                registry,
                principal,
                stream,
                file_name=file.name,
                media_type="application/octet-stream",
                attachments=sent,
                on_behalf_of=on_behalf_of,
                dry_run=dry_run,
                progress=_Shown(bar).tell,
            )
        except RefusedError as refused:
            if as_json:
                raise
            _print_findings([each.as_json() for each in refused.findings])
            click.echo("Nothing was stored.")
            return ExitCode.REFUSED
    _show(render_upload(receipt), dry_run=dry_run, as_json=as_json)
    return ExitCode.OK


class _Shown:
    """Shows each phase of the work as a bar of its own."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[str, Any] = {}

    def tell(self, phase: str, done: int, total: int | None) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._bar.add_task(phase, total=total)
        self._bar.update(self._tasks[phase], completed=done, total=total)


@contextmanager
def _opened(
    file: Path, attachments: tuple[Path, ...]
) -> Iterator[tuple[BinaryIO, list[tuple[str, BinaryIO]]]]:
    with ExitStack() as stack:
        stream = stack.enter_context(file.open("rb"))
        yield stream, [(each.name, stack.enter_context(each.open("rb"))) for each in attachments]


def _write_marked(file: Path, attachments: tuple[Path, ...], target: Path) -> None:
    with local_registry() as (registry, _), _opened(file, attachments) as (stream, sent):
        marked = spreadsheets.mark_spreadsheet(registry, stream, file_name=file.name, attachments=sent)
    _write_new(target, marked.content)


def _write_new(target: Path, content: bytes) -> None:
    try:
        with target.open("xb") as stream:
            stream.write(content)
    except FileExistsError as cause:
        raise ConflictError(f"{target} is there already.", code=Code.REQUEST_INVALID) from cause


def _show(answer: dict[str, Any], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    word = "would be taken" if dry_run else "taken" if answer["isNew"] else "known already"
    print_fields({"result": word, "id": answer["id"], "party": answer["party"], **answer["spreadsheet"]})
    _print_findings(answer["findings"])


def _print_findings(findings: list[dict[str, Any]]) -> None:
    if findings:
        click.echo()
        print_table(_COLUMNS, [[each.get(name) for name in _COLUMNS] for each in findings], empty="")
