"""`aas-registry spreadsheet`: the template of a list, and lists into a registry, here or over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.new_file import new_file, require_new
from aas_registry.cli.output import json_option, print_fields, print_json, print_table, progress
from aas_registry.cli.remote import SentFile, Server, with_query
from aas_registry.cli.session import local_registry
from aas_registry.cli.upload import result_word
from aas_registry.domain.errors import InvalidRequestError

if TYPE_CHECKING:
    from rich.progress import Progress as ProgressBar

    from aas_registry.domain.principals import Principal
    from aas_registry.domain.progress import Progress
    from aas_registry.services.registry import Registry

Command = TypeVar("Command", bound=Callable[..., Any])

SPREADSHEETS = "/trace/v1/spreadsheets"
_MEDIA_TYPE = "application/octet-stream"  # a list is known by its content and name
_COLUMNS = ("severity", "row", "column", "value", "code", "message")
_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("file", type=_EXISTING),
    click.option(
        "--attachment",
        "attachments",
        multiple=True,
        type=_EXISTING,
        help="A certificate (PDF) that belongs to the list; again for each.",
    ),
    click.option(
        "--on-behalf-of", metavar="PARTY", help="Code or name of the party that the list comes from."
    ),
    click.option(
        "--errors",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Where something is found, write the list with a column of errors to this new file.",
    ),
    click.option("--url", help="Address of a server; without it the configured registry is used directly."),
    click.option(
        "--token",
        envvar="REGISTRY_TOKEN",
        help="Bearer token for --url; better in the variable REGISTRY_TOKEN.",
    ),
    json_option,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A list as the command line names it."""

    file: Path
    attachments: tuple[Path, ...]
    on_behalf_of: str | None


class _Desk(Protocol):
    """Who takes a list."""

    def take(self, sent: _List, *, dry_run: bool, progress: Progress) -> dict[str, Any]:
        """Take a list, or only check it; return the answer of the API."""

    def mark(self, sent: _List, target: BinaryIO) -> None:
        """Write the list with its errors."""


def _list_options(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def spreadsheet() -> None:
    """Take lists of lots, reels and certificates (.xlsx, CSV), check them, and write the template."""


@spreadsheet.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def template(file: Path, *, as_json: bool) -> None:
    """Write the template to the new FILE, whose name ends with .xlsx or .csv."""
    from aas_registry.services import example_lists

    is_csv = file.suffix.lower() == ".csv"
    content = example_lists.template_csv() if is_csv else example_lists.template_xlsx()
    with new_file(file) as target:
        target.write(content)
    if as_json:
        print_json({"file": str(file)})
    else:
        click.echo(f"Wrote {file}.")


@spreadsheet.command()
@_list_options
def check(**options: Any) -> ExitCode:
    """Check a list and keep nothing."""
    return _run(**options, dry_run=True)


@spreadsheet.command()
@_list_options
def take(**options: Any) -> ExitCode:
    """Take a list whole, or not at all where it has an error."""
    return _run(**options, dry_run=False)


def _run(
    *, url: str | None, token: str | None, errors: Path | None, dry_run: bool, as_json: bool, **named: Any
) -> ExitCode:
    sent, refused, answer = _List(**named), None, {}
    if errors is not None:
        require_new(errors)
    with ExitStack() as stack:
        desk: _Desk
        if url is not None:
            desk = _Remote(Server.at(url, token))
        else:
            desk = _Local(*stack.enter_context(local_registry(may_begin=True)))
        try:
            with progress(as_json=as_json) as bar:
                answer = desk.take(sent, dry_run=dry_run, progress=_Shown(bar).tell)
        except InvalidRequestError as cause:
            refused = cause
        if errors is not None and (answer.get("findings") or (refused and refused.findings)):
            with new_file(errors) as target:
                desk.mark(sent, target)
    if refused is None:
        _show(answer, dry_run=dry_run, as_json=as_json)
        return ExitCode.OK
    if as_json or not refused.findings:
        raise refused
    _print_findings([each.as_json() for each in refused.findings])
    click.echo("Nothing was stored.")
    return ExitCode.REFUSED


@dataclass(frozen=True, slots=True)
class _Local:
    """The configured registry."""

    registry: Registry
    principal: Principal

    def take(self, sent: _List, *, dry_run: bool, progress: Progress) -> dict[str, Any]:
        from aas_registry.services.intake import spreadsheets
        from aas_registry.services.intake.arrival import Arrival, UploadOptions
        from aas_registry.web.trace.uploads import render_upload

        with _opened(sent) as (stream, attachments):
            arrival = Arrival(
                stream,
                sent.file.name,
                media_type=_MEDIA_TYPE,
                attachments=attachments,
                options=UploadOptions(on_behalf_of=sent.on_behalf_of, dry_run=dry_run),
            )
            receipt = spreadsheets.take_spreadsheet(self.registry, self.principal, arrival, progress=progress)
        return render_upload(receipt)

    def mark(self, sent: _List, target: BinaryIO) -> None:
        from aas_registry.services.intake import spreadsheets
        from aas_registry.services.intake.arrival import Arrival

        with _opened(sent) as (stream, attachments):
            arrival = Arrival(stream, sent.file.name, attachments=attachments)
            marked = spreadsheets.mark_spreadsheet(self.registry, self.principal, arrival)
        with marked.content as content:
            copyfileobj(content, target)


@dataclass(frozen=True, slots=True)
class _Remote:
    """A registry that is asked over HTTP."""

    server: Server

    def take(self, sent: _List, *, dry_run: bool, progress: Progress) -> dict[str, Any]:
        query = {"onBehalfOf": sent.on_behalf_of, "dryRun": "true" if dry_run else None}
        return self.server.send(with_query(SPREADSHEETS, query), _form(sent), progress=progress)

    def mark(self, sent: _List, target: BinaryIO) -> None:
        address = with_query(SPREADSHEETS, {"answer": "file"})
        self.server.fetch(address, _form(sent), write=target.write)


def _form(sent: _List) -> Sequence[SentFile]:
    attached = [SentFile("attachment", each, "application/pdf") for each in sent.attachments]
    return [SentFile("file", sent.file, _MEDIA_TYPE), *attached]


class _Shown:
    """Shows each phase of the work as a bar of its own."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._tasks: dict[str, Any] = {}

    def tell(self, phase: str, done: int, total: int | None) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._bar.add_task(phase, total=total)
        self._bar.update(self._tasks[phase], completed=done, total=total)


@contextmanager
def _opened(sent: _List) -> Iterator[tuple[BinaryIO, list[tuple[str, BinaryIO]]]]:
    with ExitStack() as stack:
        stream = stack.enter_context(sent.file.open("rb"))
        yield stream, [(each.name, stack.enter_context(each.open("rb"))) for each in sent.attachments]


def _show(answer: dict[str, Any], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    word = result_word(answer, dry_run=dry_run)
    print_fields({"result": word, "id": answer["id"], "party": answer["party"], **answer["spreadsheet"]})
    _print_findings(answer["findings"])


def _print_findings(findings: list[dict[str, Any]]) -> None:
    if findings:
        click.echo()
        print_table(_COLUMNS, [[each.get(name) for name in _COLUMNS] for each in findings], empty="")
