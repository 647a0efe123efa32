"""`aas-registry upload`: AAS packages into the configured registry, or over HTTP to a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aas_registry.cli.error_output import error_json
from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.output import json_option, print_json, print_table, progress
from aas_registry.cli.remote import Server
from aas_registry.cli.resumable_uploads import upload_in_pieces
from aas_registry.cli.session import local_registry
from aas_registry.domain.errors import ConflictError, InvalidRequestError, TooLargeError
from aas_registry.domain.package import AASX_MEDIA_TYPE
from aas_registry.domain.profile import Profile
from aas_registry.domain.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as ProgressBar

    from aas_registry.services.intake.arrival import UploadOptions

RESUMABLE_FROM_BYTES = 64 * 1024 * 1024
_COUNTED_IN_BYTES = {"sending", "receiving", "storing"}

Send = Callable[[Path, Progress], dict[str, Any]]
MEDIA_TYPES = {
    ".aasx": AASX_MEDIA_TYPE,
    ".json": "application/json",
    ".xml": "application/xml",
}
_TAKEN = ("shells", "submodels", "conceptDescriptions", "lots", "certificates", "files")
_FINDING_COLUMNS = ("file", "severity", "code", "part", "path", "message")


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@click.option("--on-behalf-of", metavar="PARTY", help="Code or name of the party that the files come from.")
@click.option(
    "--profile",
    type=click.Choice([each.value for each in Profile]),
    default=Profile.REPORT.value,
    show_default=True,
    help="strict: what violates the metamodel refuses the file; report: it is a finding.",
)
@click.option("--url", help="Address of a server; without it the configured registry is used directly.")
@click.option(
    "--token", envvar="REGISTRY_TOKEN", help="Bearer token for --url; better in the variable REGISTRY_TOKEN."
)
@json_option
def upload(
    files: tuple[Path, ...],
    on_behalf_of: str | None,
    profile: str,
    url: str | None,
    token: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> ExitCode:
    """Upload AASX packages, AAS JSON or AAS XML.

    Each FILE is taken whole or not at all. A refused one does not stop the others; the
    exit code is then 3. To a server, files above 64 MiB go in pieces, and go on after a
    dropped connection.
    """
    from aas_registry.services.intake.arrival import UploadOptions

    options = UploadOptions(on_behalf_of=on_behalf_of, dry_run=dry_run, profile=Profile(profile))
    with _sender(url, token, options) as send, progress(as_json=as_json) as bar:
        answers = [_upload_one(path, send, bar) for path in files]
    if as_json:
        print_json({"uploads": answers})
    else:
        _print_answers(answers, dry_run=dry_run)
    return ExitCode.REFUSED if any("error" in each for each in answers) else ExitCode.OK


@contextmanager
def _sender(url: str | None, token: str | None, options: UploadOptions) -> Iterator[Send]:
    if url is not None:
        server = Server.at(url, token)
        query = {
            "onBehalfOf": options.on_behalf_of,
            "dryRun": "true" if options.dry_run else None,
            "profile": options.profile,
        }

        def send_over_http(path: Path, progress: Progress) -> dict[str, Any]:
            media_type = _media_type(path)
            if path.stat().st_size > RESUMABLE_FROM_BYTES:
                return upload_in_pieces(server, path, media_type=media_type, progress=progress, query=query)
            return server.upload(path, media_type=media_type, progress=progress, **query)

        yield send_over_http
        return
    from aas_registry.services.intake import uploads
    from aas_registry.services.intake.arrival import Arrival
    from aas_registry.web.trace.uploads import render_upload

    with local_registry(may_begin=True) as (registry, principal):

        def take(path: Path, progress: Progress) -> dict[str, Any]:
            with path.open("rb") as stream:
                arrival = Arrival(stream, path.name, media_type=_media_type(path), options=options)
                receipt = uploads.take_upload(registry, principal, arrival, progress=progress)
            return render_upload(receipt)

        yield take


def _upload_one(path: Path, send: Send, bar: ProgressBar) -> dict[str, Any]:
    task = bar.add_task(path.name, total=path.stat().st_size)

    def show(phase: str, done: int, total: int | None) -> None:
        if phase in _COUNTED_IN_BYTES:
            bar.update(task, description=f"{path.name}: {phase}", completed=done, total=total)
        else:
            counted = "" if total is None else f" {done} of {total}"
            bar.update(task, description=f"{path.name}: {phase}{counted}")

    try:
        answer = send(path, show)
    except (InvalidRequestError, ConflictError, TooLargeError) as refused:
        error = error_json(str(refused), refused.code, refused.findings, ExitCode.REFUSED)
        return {"file": str(path), "error": error}
    return {"file": str(path), **answer}


def _print_answers(answers: Sequence[dict[str, Any]], *, dry_run: bool) -> None:
    print_table(
        ("file", "result", "id", "party", "taken"),
        [(each["file"], *_result(each, dry_run=dry_run)) for each in answers],
        empty="Nothing was uploaded.",
    )
    findings = [
        (Path(each["file"]).name, *(found.get(name) for name in _FINDING_COLUMNS[1:]))
        for each in answers
        for found in each.get("error", each).get("findings", ())
    ]
    if findings:
        click.echo()
        print_table(_FINDING_COLUMNS, findings, empty="")


def _result(answer: dict[str, Any], *, dry_run: bool) -> tuple[str, str | None, str | None, str]:
    if "error" in answer:
        refused = answer["error"]
        return "REFUSED", None, None, f"{refused['message']} [{refused['code']}]"
    counts = ", ".join(f"{count} {name}" for name in _TAKEN if (count := answer["counts"].get(name)))
    return result_word(answer, dry_run=dry_run), answer["id"], answer["party"], counts


def result_word(answer: dict[str, Any], *, dry_run: bool) -> str:
    """Return what became of a file that was not refused, with how many certificates are to be seen."""
    if answer["unchanged"]:
        word = "unchanged"
    elif dry_run:
        word = "would be taken"
    else:
        word = "taken" if answer["isNew"] else "known already"
    return ", ".join([word, *(f"{count} {why}" for why, count in answer["certificatesToSee"].items())])


def _media_type(path: Path) -> str:
    return MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
