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
    """Add, list and disable users; end their sessions."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the user may do.")
@click.option("--party", help="Code or name of the supplier or customer the user acts for.")
@click.option("--days", type=click.IntRange(1, 36500), help="Days until the login ends; else it does not.")
@json_option
def add(name: str, role: str, party: str | None, days: int | None, *, as_json: bool) -> None:
    """Add a user. The password is asked for, or is the first line of standard input."""
    from aas_registry.services import access

    password = _asked_password()
    with local_registry(may_begin=True) as (registry, principal):
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


@user.command()
@click.argument("name")
@json_option
def enable(name: str, *, as_json: bool) -> None:
    """Let the user NAME in again; sessions that ended stay so."""
    from aas_registry.services import access

    with local_registry() as (registry, principal):
        access.enable_user(registry, principal, name)
    if as_json:
        print_json({"name": name, "disabled": False})
    else:
        click.echo(f"Enabled the user {name}.")


@user.command("reset-password")
@click.argument("name")
@json_option
def reset_password(name: str, *, as_json: bool) -> None:
    """Give the user NAME another password; every session of the user ends.

    The password is asked for, or is the first line of standard input.
    """
    from aas_registry.services import access

    password = _asked_password()
    with local_registry() as (registry, principal):
        access.reset_password(registry, principal, name=name, password=password)
    if as_json:
        print_json({"name": name, "reset": True})
    else:
        click.echo(f"The new password of the user {name} counts.")


@user.command("sessions")
@click.argument("name")
@json_option
def list_sessions(name: str, *, as_json: bool) -> None:
    """List the sessions of the user NAME that are open, oldest first."""
    from aas_registry.services import sessions

    with local_registry() as (registry, principal):
        rows = every(
            lambda page: sessions.list_sessions(registry, principal, page, of=name),
            key=lambda row: (row.session.id,),
        )
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    print_table(
        ("id", "logged in", "last seen", "ends", "address", "browser"),
        [tuple(row.as_json().values()) for row in rows],
        empty="No session of this user is open.",
    )


@user.command("end-sessions")
@click.argument("name")
@click.option("--id", "session", help="Id of the only one to end, as the list gives it.")
@json_option
def end_sessions(name: str, session: str | None, *, as_json: bool) -> None:
    """End every session of the user NAME, or one: every copy of its cookie is worthless at once."""
    from aas_registry.services import sessions

    with local_registry() as (registry, principal):
        if session is None:
            count = sessions.end_sessions(registry, principal, of=name)
        else:
            sessions.end_session(registry, principal, session, of=name)
            count = 1
    if as_json:
        print_json({"name": name, "ended": count})
    else:
        click.echo(f"Ended: {count}.")


def _asked_password() -> str:
    # Never an argument: other users of the machine can read those.
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    return sys.stdin.readline(_PASSWORD_CHARS).rstrip("\r\n")
