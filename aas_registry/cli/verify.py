"""`aas-registry verify`: a report bundle, checked offline. Opens no registry and no database."""

from datetime import UTC, datetime
from pathlib import Path

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.moment import read_moment
from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.domain.verdicts import BundleOutcome, BundleVerdict

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_EXIT_CODES = {
    BundleOutcome.VERIFIED: ExitCode.OK,
    BundleOutcome.FAILED: ExitCode.FAILED,
    BundleOutcome.UNKNOWN: ExitCode.UNKNOWN,
}
_MOST_ROOT_BYTES = 1024 * 1024


@click.command()
@click.argument("file", type=_FILE)
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=_FILE,
    metavar="PEM",
    help="Root certificate that you trust, got from the registry's operator; may be given again.",
)
@click.option("--at", type=read_moment, metavar="TIME", help="Judge as of then; else now.")
@json_option
def verify(file: Path, roots: tuple[Path, ...], at: datetime | None, *, as_json: bool) -> ExitCode:
    """Check the report bundle FILE, without a network and without its registry.

    Exit code 0 only where every check passed under a root that you gave; 6 where one
    failed; 7 where the outcome is unknown, as without --root.
    """
    from aas_registry.services.reports.verify import verify_bundle

    for path in roots:
        if path.stat().st_size > _MOST_ROOT_BYTES:
            raise click.BadParameter(f"{path} is no certificate.", param_hint="--root")
    pinned = [path.read_bytes() for path in roots]
    verdict = verify_bundle(file, roots=pinned, now=datetime.now(UTC) if at is None else at)
    if as_json:
        print_json(verdict.as_json())
    else:
        _print_verdict(verdict)
    return _EXIT_CODES[verdict.outcome]


def _print_verdict(verdict: BundleVerdict) -> None:
    print_table(
        ("check", "status", "file", "reason"),
        [(check.name, check.status.value, check.file, check.reason) for check in verdict.checks],
        empty="Nothing was checked.",
    )
    click.echo()
    click.echo("Not checked:")
    for sentence in verdict.not_checked:
        click.echo(f"  {sentence}")
    click.echo()
    subject = f": {verdict.subject}" if verdict.subject else ""
    click.echo(f"{verdict.outcome.value.upper()}{subject}")
