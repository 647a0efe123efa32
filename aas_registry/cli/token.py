"""`aas-registry token`: bearer tokens for machines and scripts."""

import click

from aas_registry.cli.output import json_option, print_fields, print_json, print_table
from aas_registry.cli.session import every, local_registry
from aas_registry.domain.principals import Role

ROLE = click.Choice([role.value for role in Role])


@click.group()
def token() -> None:
    """Issue, list and revoke bearer tokens."""


@token.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What it may do.")
@click.option("--party", help="Code or name of the supplier or customer it acts for.")
@click.option("--days", type=click.IntRange(1, 36500), help="Its life; else the setting token_days.")
@json_option
def issue(name: str, role: str, party: str | None, days: int | None, *, as_json: bool) -> None:
    """Issue a token; NAME says what it is for. Its text is shown this once."""
    from aas_registry.services import access

    with local_registry(may_begin=True) as (registry, principal):
        made = access.issue_token(registry, principal, name=name, role=Role(role), party=party, days=days)
    if as_json:
        print_json({"id": made.id, "token": made.text, "expiresAt": made.expires_at})
    else:
        print_fields({"id": made.id, "token": made.text, "expires": made.expires_at})


@token.command("list")
@json_option
def list_tokens(*, as_json: bool) -> None:
    """List every token of the site, oldest first, without its text."""
    from aas_registry.services import access

    with local_registry() as (registry, principal):
        rows = every(
            lambda page: access.list_tokens(registry, principal, page), key=lambda row: (row.number,)
        )
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    print_table(
        ("id", "name", "role", "party", "issued", "expires", "revoked"),
        [
            (
                row.id,
                row.token.name,
                row.token.role.value,
                row.party_code,
                row.token.created_at,
                row.token.expires_at,
                row.token.revoked_at,
            )
            for row in rows
        ],
        empty="No token was issued yet.",
    )


@token.command()
@click.argument("token_id", metavar="ID")
@json_option
def revoke(token_id: str, *, as_json: bool) -> None:
    """Revoke the token with this ID; every server refuses it within five seconds."""
    from aas_registry.services import access

    with local_registry() as (registry, principal):
        access.revoke_token(registry, principal, token_id)
    if as_json:
        print_json({"id": token_id, "revoked": True})
    else:
        click.echo("Revoked.")
