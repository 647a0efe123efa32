"""`aas-registry user`: people who log in with a password."""

import sys

import click

from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.cli.session import every, local_registry
from aas_registry.cli.token import ROLE
from aas_registry.domain.principals import Role

_PASSWORD_CHARS = 1024


@click.group()
def user() -> None:
    """Add, list and disable users."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the user may do.")
@click.option("--party", help="Code or name of the supplier or customer the user acts for.")
@click.option("--days", type=click.IntRange(1, 36500), help="Days until the login ends; else it does not.")
@json_option
def add(name: str, role: str, party: str | None, days: int | None, *, as_json: bool) -> None:
    """Add a user. The password is asked for, or is the first line of standard input."""
    from aas_registry.services import access

    # Never an argument: other users of the machine can read those.
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline(_PASSWORD_CHARS).rstrip("\r\n")
    with local_registry() as (registry, principal):
        access.add_user(
            registry, principal, name=name, password=password, role=Role(role), party=party, days=days
        )
    if as_json:
        print_json({"name": name, "role": role, "party": party})
    else:
        click.echo(f"Added the user {name}.")


@user.command("list")
@json_option
def list_users(*, as_json: bool) -> None:
    """List every user of the site, oldest first."""
    from aas_registry.services import access

    with local_registry() as (registry, principal):
        rows = every(lambda page: access.list_users(registry, principal, page), key=lambda row: (row[0].id,))
    if as_json:
        print_json(
            [
                {
                    "name": each.name,
                    "role": each.role.value,
                    "party": party,
                    "createdAt": each.created_at,
                    "expiresAt": each.expires_at,
                    "disabled": each.disabled,
                }
                for each, party in rows
            ]
        )
        return
    print_table(
        ("name", "role", "party", "added", "expires", "disabled"),
        [
            (
                each.name,
                each.role.value,
                party,
                each.created_at,
                each.expires_at,
                "yes" if each.disabled else "",
            )
            for each, party in rows
        ],
        empty="No user was added yet.",
    )


@user.command()
@click.argument("name")
@json_option
def disable(name: str, *, as_json: bool) -> None:
    """Lock the user NAME out, at once."""
    from aas_registry.services import access

    with local_registry() as (registry, principal):
        access.disable_user(registry, principal, name)
    if as_json:
        print_json({"name": name, "disabled": True})
    else:
        click.echo(f"Disabled the user {name}.")
