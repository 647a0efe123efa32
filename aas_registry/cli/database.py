"""`aas-registry database`: upgrade, check, back up, restore, rebuild, part what was merged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aas_registry.cli.error_output import finding_line
from aas_registry.cli.exit_codes import ExitCode
from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.cli.session import every, local_registry
from aas_registry.settings import Settings

if TYPE_CHECKING:
    from aas_registry.services.database import BackupSummary


@click.group()
def database() -> None:
    """Upgrade, check, back up and restore the database and the stored files."""


@database.command()
@json_option
def upgrade(*, as_json: bool) -> None:
    """Bring the database to the schema of this program, in one transaction."""
    from aas_registry.services import database as whole

    revision = whole.upgrade(_settings())
    if as_json:
        print_json({"schemaRevision": revision})
    else:
        click.echo(f"The database has the schema {revision}.")


@database.command()
@click.option("--full", is_flag=True, help="Also build the genealogy anew, aside; other writes wait.")
@json_option
def check(*, full: bool, as_json: bool) -> ExitCode:
    """Compare schema, rows, digests, genealogy and stored files; change nothing. Exit code 6 on errors."""
    from aas_registry.services import database as whole

    found = whole.check(_settings(), full=full)
    if as_json:
        findings = [each.as_json() for each in found.findings]
        print_json({"whole": found.is_whole, "files": found.files, "findings": findings})
    else:
        for each in found.findings:
            click.echo(finding_line(each))
        click.echo(f"{found.files} files compared: {'whole' if found.is_whole else 'NOT WHOLE'}.")
    return ExitCode.OK if found.is_whole else ExitCode.FAILED


@database.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Also the signing keys: who holds such a backup can sign.")
@json_option
def backup(target: Path, *, with_keys: bool, as_json: bool) -> None:
    """Write every row and stored file, as of now, into the new file TARGET (a ZIP)."""
    from aas_registry.services import database as whole

    with local_registry() as (registry, principal):
        made = whole.backup(registry, principal, target, with_keys=with_keys)
    _show_summary(made, "Wrote", as_json=as_json)


@database.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Also the signing keys, where the backup holds them.")
@json_option
def restore(source: Path, *, with_keys: bool, as_json: bool) -> None:
    """Bring the backup SOURCE into an empty registry: all of it or nothing."""
    from aas_registry.services import database as whole

    settings = _settings()
    restored = whole.restore(settings, source, with_keys=with_keys)
    _show_summary(restored, "Restored", as_json=as_json)
    if not as_json:
        place = "PostgreSQL" if settings.database_url else str(settings.data_dir)
        click.echo(f"They are as of {restored.made_at}, from {source}, and lie in {place} now.")
        if not restored.keys:
            click.echo("Signing keys were not restored: put keys/ back, or run 'aas-registry keys init'.")
        click.echo("Compare everything once with 'aas-registry database check'.")


@database.command("rebuild-projection")
@json_option
def rebuild_projection(*, as_json: bool) -> None:
    """Make the genealogy of the site anew from its events; other writes wait meanwhile."""
    from aas_registry.services import database as whole

    with local_registry() as (registry, principal):
        applied = whole.rebuild_projection(registry, principal)
    if as_json:
        print_json({"events": applied})
    else:
        click.echo(f"Rebuilt the genealogy from {applied} events.")


@database.command()
@json_option
def merges(*, as_json: bool) -> None:
    """List the lots, part types and other things whose names fell together, and what was parted."""
    from aas_registry.services import merges as merged

    with local_registry() as (registry, principal):
        rows = every(
            lambda page: merged.list_merges(registry, principal, page),
            key=lambda row: (row.merge.kind, row.merge.id),
        )
    if as_json:
        print_json([each.as_json() for each in rows])
        return
    print_table(
        ("id", "kind", "manufacturer", "mpn", "name", "parted"),
        [
            (each.id, of.kind, of.manufacturer, of.mpn, of.name, of.parted_at)
            for each in rows
            for of in [each.merge]
        ],
        empty="Nothing fell together.",
    )


@database.command()
@click.argument("merge")
@json_option
def part(merge: str, *, as_json: bool) -> None:
    """Part the lot or part type MERGE (an id of `merges`) again; other writes wait meanwhile."""
    from aas_registry.services import merges as merged

    with local_registry() as (registry, principal):
        parted = merged.part(registry, principal, merge)
    if as_json:
        print_json(parted.as_json())
    else:
        click.echo("Parted; the genealogy is built anew.")


def _settings() -> Settings:
    from aas_registry.services.logs import configure_logging

    configure_logging("ERROR")
    return Settings.from_environment()


def _show_summary(summary: BackupSummary, verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "rows": summary.rows,
                "files": summary.files,
                "keys": summary.keys,
                "madeAt": summary.made_at,
            }
        )
        return
    keys = f" and {summary.keys} key files" if summary.keys else ""
    click.echo(f"{verb} {summary.rows} rows, {summary.files} files{keys}.")


@database.command()
@json_option
def spellings(*, as_json: bool) -> None:
    """List what statements call a lot otherwise than it is spelled, as X² of a lot X2."""
    from aas_registry.services import merges as merged

    with local_registry() as (registry, principal):
        rows = every(lambda page: merged.list_spellings(registry, principal, page), key=lambda row: row.key)
    if as_json:
        print_json([each.as_json() for each in rows])
        return
    print_table(
        ("lot", "manufacturer", "mpn", "code", "spelling", "statements"),
        [
            (each.id, said.manufacturer, said.mpn, said.own_code, said.code, said.statements)
            for each in rows
            for said in [each.spelling]
        ],
        empty="Every lot is called as it is spelled.",
    )


@database.command()
@click.argument("lot")
@click.argument("spelling")
@json_option
def part_spelling(lot: str, spelling: str, *, as_json: bool) -> None:
    """Part a SPELLING of a code from the LOT (an id of `spellings`); other writes wait meanwhile."""
    from aas_registry.services import merges as merged

    with local_registry() as (registry, principal):
        parted = merged.part_spelling(registry, principal, lot, spelling)
    if as_json:
        print_json(parted.as_json())
    else:
        click.echo("Parted; the genealogy is built anew.")
