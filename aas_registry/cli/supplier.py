"""`aas-registry supplier`: the suppliers, manufacturers and customers on record."""

import click

from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.cli.session import every, local_registry


@click.group()
def supplier() -> None:
    """Put suppliers (and manufacturers and customers) on record, and list them."""


@supplier.command()
@click.argument("code")
@click.argument("name")
@json_option
def add(code: str, name: str, *, as_json: bool) -> None:
    """Put a party on record: CODE is short and unique, NAME is its full name."""
    from aas_registry.services import parties

    with local_registry(may_begin=True) as (registry, principal):
        added = parties.add_party(registry, principal, code=code, name=name)
    if as_json:
        print_json({"code": added.code, "name": added.name})
    else:
        click.echo(f"Added {added.name} as {added.code}.")


@supplier.command("list")
@json_option
def list_suppliers(*, as_json: bool) -> None:
    """List every party of the site, oldest first."""
    from aas_registry.services import parties

    with local_registry() as (registry, principal):
        rows = every(lambda page: parties.list_parties(registry, principal, page), key=lambda row: (row.id,))
    if as_json:
        print_json([{"code": each.code, "name": each.name, "createdAt": each.created_at} for each in rows])
        return
    print_table(
        ("code", "name", "added"),
        [(each.code, each.name, each.created_at) for each in rows],
        empty="No supplier is on record yet.",
    )
