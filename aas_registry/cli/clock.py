"""`aas-registry clock`: how the clock stands, and an administrator's word that it is right."""

import click

from aas_registry.cli.output import json_option, print_json
from aas_registry.cli.session import local_registry


@click.group()
def clock() -> None:
    """Show how the clock stands beside the last recording, and confirm it where it jumped."""


@clock.command()
@json_option
def show(*, as_json: bool) -> None:
    """Show whether the clock goes on from the last recording; while it has jumped, nothing is recorded."""
    from aas_registry.services.clock import look_at_clock

    with local_registry() as (registry, principal):
        found = look_at_clock(registry, principal.site)
    if as_json:
        print_json(found.as_json())
        return
    click.echo(f"The clock says {found.now.isoformat()}; its state is {found.state}.")
    if found.last is not None:
        click.echo(f"The last recording is of {found.last.isoformat()}.")
    if found.jump is not None:
        seconds = round(found.jump.total_seconds())
        click.echo(f"It jumped by {seconds} s: nothing is recorded. Set it right, or confirm it with")
        click.echo(f"  aas-registry clock confirm {seconds} --reason WHY")


# A negative number would else be taken for an option.
@clock.command(context_settings={"ignore_unknown_options": True})
@click.argument("seconds", type=float)
@click.option("--reason", required=True, help="Why the clock is right, for the audit trail.")
@json_option
def confirm(seconds: float, reason: str, *, as_json: bool) -> None:
    """Say that the clock is right although it jumped by SECONDS (negative: back), as `clock show` tells."""
    from aas_registry.services.clock import confirm_clock

    with local_registry() as (registry, principal):
        found = confirm_clock(registry, principal, jump_s=seconds, reason=reason)
    if as_json:
        print_json(found.as_json())
        return
    click.echo(f"The clock is relied on from {found.now.isoformat()}; its state is {found.state}.")
