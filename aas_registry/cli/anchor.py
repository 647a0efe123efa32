"""`aas-registry anchor`: the CAs that are trusted for what a party signs."""

from pathlib import Path

import click

from aas_registry.cli.output import json_option, print_fields, print_json, print_table
from aas_registry.cli.session import local_registry

_FILE_BYTES = 16 * 1024 * 1024
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def anchor() -> None:
    """Pin, list and withdraw trust anchors."""


@anchor.command()
@click.argument("pem", type=_FILE)
@click.option("--party", help="Code or name of the party whose signatures it stands for.")
@click.option("--time-stamps", is_flag=True, help="It stands for time-stamps instead, of any party.")
@click.option("--subject-rule", help="RFC 4514 subject that a signer must carry, for a CA that serves many.")
@json_option
def pin(pem: Path, party: str | None, subject_rule: str | None, *, time_stamps: bool, as_json: bool) -> None:
    """Trust the CA certificate in the file PEM."""
    from aas_registry.services import parties

    if time_stamps == (party is not None):
        raise click.UsageError("Give either --party or --time-stamps.")
    with local_registry(may_begin=True) as (registry, principal):
        row = parties.pin_anchor(
            registry,
            principal,
            pem=_read(pem),
            party=party,
            purpose="timestamp" if time_stamps else "signer",
            subject_rule=subject_rule,
        )
    if as_json:
        print_json(row.as_json())
    else:
        print_fields({"id": row.id, "subject": row.subject, "SHA-256": row.sha256, "party": row.party_code})


@anchor.command("list")
@json_option
def list_anchors(*, as_json: bool) -> None:
    """List every anchor of the site, withdrawn ones too."""
    from aas_registry.services import parties

    with local_registry() as (registry, principal):
        rows = parties.list_anchors(registry, principal)
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    print_table(
        ("id", "party", "purpose", "subject", "SHA-256", "CRL", "pinned", "withdrawn"),
        [
            (
                row.id,
                row.party_code,
                row.purpose,
                row.subject,
                row.sha256,
                "yes" if row.has_revocation_list else "",
                row.pinned_at,
                row.withdrawn_at,
            )
            for row in rows
        ],
        empty="No anchor is pinned yet.",
    )


@anchor.command()
@click.argument("anchor_id", metavar="ID")
@json_option
def withdraw(anchor_id: str, *, as_json: bool) -> None:
    """Stop trusting the anchor with this ID from now on."""
    from aas_registry.services import parties

    with local_registry() as (registry, principal):
        parties.withdraw_anchor(registry, principal, anchor_id)
    _say(as_json, {"id": anchor_id, "withdrawn": True}, "Withdrawn.")


@anchor.command("revocation-list")
@click.argument("anchor_id", metavar="ID")
@click.argument("crl", type=_FILE)
@json_option
def revocation_list(anchor_id: str, crl: Path, *, as_json: bool) -> None:
    """Keep the newest revocation list of the anchor with this ID; the file CRL is PEM or DER."""
    from aas_registry.services import parties

    with local_registry() as (registry, principal):
        parties.set_revocation_list(registry, principal, anchor_id, content=_read(crl))
    _say(as_json, {"id": anchor_id, "hasRevocationList": True}, "Kept.")


def _say(as_json: bool, value: dict[str, object], text: str) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(text)


def _read(path: Path) -> bytes:
    if path.stat().st_size > _FILE_BYTES:
        raise click.BadParameter(f"{path} is larger than {_FILE_BYTES} bytes.")
    return path.read_bytes()
