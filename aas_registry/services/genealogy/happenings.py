"""The timeline of a unit: everything that is on record of it, in order of time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aas_registry.domain.events import Certainty, names_given, names_in
from aas_registry.domain.genealogy import AsRecorded
from aas_registry.domain.items import Name
from aas_registry.domain.namings import SameUnit
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services.genealogy.explanations import Thing, things_of
from aas_registry.services.genealogy.rounds import understood
from aas_registry.services.genealogy.units import AskedUnit, asked_unit, shown_names
from aas_registry.services.registry import Registry
from aas_registry.storage.genealogy.events import StoredEvent, by_number, names_awaited
from aas_registry.storage.genealogy.happenings import Happening, happenings
from aas_registry.storage.genealogy.items import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HappeningRow:
    """Something that happened to a unit, with the names of things.

    Attributes:
        happening: What is on record of it.
        event: The id that its source gave the event; None for a customer's auditor.
        other: With what it happened.
        inside: In what it left, or came back; None where that was itself, or is not told.
        names: The names of the unit that the event says.
        members: What the event says that the unit is: kind, product, customer.
        waits_for: What a line that waits waits for.
    """

    happening: Happening
    event: str | None = None
    other: Thing | None = None
    inside: Thing | None = None
    names: Sequence[Name] = ()
    members: dict[str, str] = field(default_factory=dict)
    waits_for: Sequence[Name] = ()

    @property
    def certainty(self) -> Certainty | None:
        """Return how sure a use is; None for anything else."""
        return Certainty(self.happening.sequence or 0) if self.happening.kind == "used" else None


def timeline(
    registry: Registry,
    principal: Principal,
    unit: str,
    *,
    page: PageRequest,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
) -> tuple[AsRecorded, list[HappeningRow]]:
    """Return what happened to a unit, the earliest first; one row more than asked tells of a next page.

    With it comes up to which time of recording the answer counts.

    Raises:
        NotFoundError: No such unit, or none that the principal may see.
    """
    with asked_unit(registry, principal, unit, as_of=as_of, recorded_as_of=recorded_as_of) as asked:
        return asked.recorded, timeline_of(asked, page)


def timeline_of(asked: AskedUnit, page: PageRequest) -> list[HappeningRow]:
    """Return what happened to a unit, the earliest first; one row more than asked tells of a next page."""
    scope, number, moment = asked.principal.scope, asked.unit.id, asked.moment
    names = names_of(asked.connection, scope.site, [number], moment)[number]
    rows = happenings(asked.connection, scope, number, page, moment=moment)
    return _named(asked, rows, names)


def _named(asked: AskedUnit, rows: Sequence[Happening], names: Sequence[Name]) -> list[HappeningRow]:
    registry, connection, principal = asked.registry, asked.connection, asked.principal
    site, moment = principal.site, asked.moment
    near = {number for row in rows for number in (row.other, row.inside) if number is not None}
    others = things_of(registry, connection, principal, near, moment)
    members = {row.number: json.loads(row.said or "{}") for row in rows if row.kind == "declared"}
    items = {told[name] for told in members.values() for name in ("product", "customer") if name in told}
    shown = shown_names(connection, site, items)
    is_plant = principal.scope.customer is None
    stored = {each.id: each for each in by_number(connection, site, sorted({row.event for row in rows}))}
    awaited = names_awaited(connection, site, {row.event for row in rows if row.kind == "waits"})

    def tell(row: Happening) -> HappeningRow:
        other = None if row.other is None else others[row.other]
        inside = None if row.inside is None else others[row.inside]
        if not is_plant:
            return HappeningRow(happening=row, other=other, inside=inside)
        told: dict[str, Any] = members.get(row.number, {}) if row.kind == "declared" else {}
        said = stored.get(row.event)
        return HappeningRow(
            happening=row,
            event=None if said is None else said.event_id,
            other=other,
            inside=inside,
            names=_names_given(registry, said, names) if said is not None and row.kind == "declared" else (),
            members={name: shown.get(value, value) for name, value in told.items()},
            waits_for=_waits_for(registry, said, row.number, awaited.get(row.event, {}))
            if said is not None and row.kind == "waits"
            else (),
        )

    return [tell(row) for row in rows]


def _names_given(registry: Registry, said: StoredEvent, names: Sequence[Name]) -> list[Name]:
    """Return all names that an event gives a unit; what it says of other units is not read."""
    event = understood(said, registry, about={name.value_key for name in names})
    return names_given(event, {name.key for name in names})


def _waits_for(
    registry: Registry, said: StoredEvent, place: int, awaited: Mapping[str, Name]
) -> Sequence[Name]:
    """Return the names for which one line of an event waits, of those that the event waits for."""
    first, *_ = facts = understood(said, registry).facts
    # Each name of one unit is a line of the one fact of its event.
    named = [first.units[place][0]] if isinstance(first, SameUnit) else names_in(facts[place])
    return sorted({awaited[name.key] for name in named if name.key in awaited}, key=str)
