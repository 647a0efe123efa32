"""`aas-registry export`: lots, shells, submodels or all of a party, written to one file."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING

import click

from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.identifier import find_lots, show_candidates
from aas_registry.cli.new_file import new_file, require_new
from aas_registry.cli.output import json_option, print_fields, print_json, print_table
from aas_registry.cli.session import local_registry
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.exports import ExportForm, Selection

if TYPE_CHECKING:
    from aas_registry.services import exports
    from aas_registry.services.exports import Export

_FINDING_COLUMNS = ("severity", "code", "part", "path", "message")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lot", "lots", multiple=True, help="Id or code of a lot; again for each.")
@click.option("--shell", "shells", multiple=True, help="Id of a shell; again for each.")
@click.option("--submodel", "submodels", multiple=True, help="Id of a submodel; again for each.")
@click.option("--party", help="Code or name of a party: all that it holds.")
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in ExportForm]),
    help="How to write it; else as the extension of FILE says.",
)
@click.option(
    "--metamodel", type=click.Choice(["3.0", "3.1"]), help="Version of the XML; else the one that fits."
)
@json_option
def export(
    file: Path,
    lots: tuple[str, ...],
    shells: tuple[str, ...],
    submodels: tuple[str, ...],
    party: str | None,
    form: str | None,
    metamodel: exports.Metamodel | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Export lots, shells, submodels or all of a party, with their files, to the new FILE.

    Shells bring their submodels, and those their concept descriptions.
    """
    from aas_registry.services import exports

    try:
        wanted = ExportForm(form or file.suffix.lower().removeprefix("."))
    except ValueError as cause:
        raise InvalidRequestError("Say --format aasx, json or xml, or end FILE with one.") from cause
    with local_registry() as (registry, principal):
        numbers: list[str] = []
        for each in lots:
            candidates = find_lots(registry, principal, each)
            if len(candidates) > 1:
                show_candidates(candidates, as_json=as_json)
                return ExitCode.AMBIGUOUS
            numbers.append(candidates[0]["id"])
        selection = Selection(lots=tuple(numbers), shells=shells, submodels=submodels, party=party)
        require_new(file)  # before all the work; it is made sure of again when it is written
        made = exports.export(registry, principal, selection, wanted, metamodel=metamodel)
        assert made.stream is not None
        with made.stream as content, new_file(file) as copy:
            copyfileobj(content, copy)
    _show(made, file, as_json=as_json)
    return ExitCode.OK


def _show(made: Export, file: Path, *, as_json: bool) -> None:
    shown = made.as_json()
    if as_json:
        print_json({**shown, "file": str(file)})
        return
    print_fields({"file": file, "bytes": made.size, "AAS data": made.data_format, **made.counts})
    if made.findings:
        click.echo()
        rows = [[found.get(name) for name in _FINDING_COLUMNS] for found in shown["findings"]]
        print_table(_FINDING_COLUMNS, rows, empty="")
