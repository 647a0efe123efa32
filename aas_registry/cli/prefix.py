"""`aas-registry prefix`: whose ids begin how, and the ids that several hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aas_registry.cli.output import json_option, print_json, print_table
from aas_registry.cli.session import every, local_registry
from aas_registry.domain.package import IdentifiableKind

if TYPE_CHECKING:
    from aas_registry.services.served_ids import ConflictRow

_OF_PLANT = "the plant"


@click.group()
def prefix() -> None:
    """Pin prefixes of ids to parties, and decide which object of an id that several hold is served."""


@prefix.command()
@click.argument("text", metavar="PREFIX")
@click.argument("party", required=False)
@json_option
def pin(text: str, party: str | None, *, as_json: bool) -> None:
    """Pin PREFIX to a PARTY, by its code, or to the plant: of several, its object is served."""
    from aas_registry.services import served_ids

    with local_registry(may_begin=True) as (registry, principal):
        row = served_ids.pin_prefix(registry, principal, prefix=text, party=party)
    if as_json:
        print_json(row.as_json())
    else:
        click.echo(f"Pinned to {row.party or _OF_PLANT}.")


@prefix.command()
@click.argument("text", metavar="PREFIX")
@json_option
def unpin(text: str, *, as_json: bool) -> None:
    """Remove the pin of PREFIX."""
    from aas_registry.services import served_ids

    with local_registry() as (registry, principal):
        served_ids.unpin_prefix(registry, principal, text)
    if as_json:
        print_json({"prefix": text, "pinned": False})
    else:
        click.echo("Removed.")


@prefix.command("list")
@json_option
def list_pins(*, as_json: bool) -> None:
    """List the pinned prefixes."""
    from aas_registry.services import served_ids

    with local_registry() as (registry, principal):
        rows = every(
            lambda page: served_ids.list_pins(registry, principal, page), key=lambda row: (row.prefix,)
        )
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    print_table(
        ("prefix", "party", "pinned", "by"),
        [(row.prefix, row.party or _OF_PLANT, row.pinned_at, row.pinned_by) for row in rows],
        empty="No prefix is pinned yet.",
    )


@prefix.command()
@click.option("--differing", is_flag=True, help="Only those of which not all hold the same content.")
@json_option
def conflicts(*, differing: bool, as_json: bool) -> None:
    """List the ids that several hold: who, since when, and which object is served."""
    from aas_registry.services import served_ids

    with local_registry() as (registry, principal):
        rows = every(
            lambda page: served_ids.list_conflicts(registry, principal, page, only_differing=differing),
            key=lambda row: row.key,
        )
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    print_table(
        ("kind", "id", "party", "held since", "served"),
        [line for row in rows for line in _lines(row)],
        empty="No id is held by several.",
    )


@prefix.command()
@click.argument("kind", type=click.Choice([each.value for each in IdentifiableKind]))
@click.argument("identifier", metavar="ID")
@click.option("--party", help="Code or name of the party whose object is served; the plant's unless told.")
@click.option("--reason", required=True, help="Why, for the audit trail.")
@json_option
def decide(kind: str, identifier: str, party: str | None, reason: str, *, as_json: bool) -> None:
    """Decide whose object of this KIND and ID is served, whatever is pinned."""
    from aas_registry.services import served_ids

    with local_registry() as (registry, principal):
        served_ids.decide(registry, principal, IdentifiableKind(kind), identifier, party=party, reason=reason)
    if as_json:
        print_json({"kind": kind, "id": identifier, "party": party})
    else:
        click.echo(f"The object of {party or _OF_PLANT} is served.")


def _lines(row: ConflictRow) -> list[tuple[object, ...]]:
    return [
        (
            row.kind.value,
            row.identifier,
            each.party or _OF_PLANT,
            each.held.held_since,
            row.why.value if each.held.is_served else None,
        )
        for each in row.objects
    ]
