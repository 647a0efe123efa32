"""Anomalies: what was accepted as it was said and does not fit, listed and counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aas_registry.domain.anomalies import AnomalyKind, AnomalyState
from aas_registry.domain.genealogy import AsRecorded, Moment
from aas_registry.domain.identifiers import LotId
from aas_registry.domain.items import ItemKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Permission, Principal
from aas_registry.services.genealogy.moments import answered_at
from aas_registry.services.public_ids import Noun, find_internal
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import anomalies as anomaly_rows
from aas_registry.storage.genealogy.anomalies import AnomalyFilter, SaidEvent, StoredAnomaly
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.genealogy.origins import said_of
from aas_registry.storage.lots import find_lots

__all__ = ["AnomalyQuestion", "AnomalyRow", "SaidEvent", "TouchedThing", "list_anomalies"]

# A package has no page and no address of its own; its id tells it apart here.
_KINDS = {"unit": Noun.UNIT.value[0], "lot": Noun.LOT.value[0], "package": "package"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyQuestion:
    """What a list of anomalies is narrowed to, and as of when; None does not narrow.

    Attributes:
        thing: The opaque id of a unit, package or lot; what stands for none fits nothing.
        event: The source's id of an event that states or resolved it.
    """

    kind: AnomalyKind | None = None
    state: AnomalyState | None = None
    thing: str | None = None
    event: str | None = None
    as_of: datetime | None = None
    recorded_as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedThing:
    """A unit, package or lot that an anomaly touches: its kind, opaque id, and the name that leads.

    Attributes:
        holds: Of a package: the lots that it is said to hold, each with the parties whose lists say so.
    """

    kind: str
    id: str
    name: str
    holds: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyRow:
    """An anomaly, with what it touches."""

    anomaly: StoredAnomaly
    things: Sequence[TouchedThing]

    @property
    def state(self) -> AnomalyState:
        """Return whether it still holds."""
        return AnomalyState.OPEN if self.anomaly.resolved_at is None else AnomalyState.RESOLVED

    @property
    def key(self) -> tuple[str, int]:
        """Return the place in the list."""
        return self.anomaly.known_since.isoformat(), self.anomaly.id


def list_anomalies(
    registry: Registry, principal: Principal, asked: AnomalyQuestion, page: PageRequest
) -> tuple[AsRecorded, list[AnomalyRow]]:
    """Return anomalies, what is known last first; one more than asked tells of a next page.

    With it comes up to which time of recording the answer counts.
    """
    with registry.read() as connection:
        recorded, moment = answered_at(
            registry, connection, principal.site, as_of=asked.as_of, recorded_as_of=asked.recorded_as_of
        )
        thing = None
        if asked.thing is not None:
            # -1 is of nothing.
            thing = find_internal(registry, principal.site, _KINDS.values(), asked.thing) or -1
        wanted = AnomalyFilter(kind=asked.kind, state=asked.state, thing=thing, event=asked.event)
        found = anomaly_rows.list_anomalies(connection, principal.scope, wanted, page, moment)
        numbers = {each for row in found for each in row.things}
        things = _things(registry, connection, principal, numbers, moment)
    return recorded, [
        AnomalyRow(anomaly=row, things=[things[each] for each in row.things if each in things])
        for row in found
    ]


def _things(
    registry: Registry, connection: Connection, principal: Principal, numbers: set[int], moment: Moment
) -> dict[int, TouchedThing]:
    site = principal.site
    named = names_of(connection, site, sorted(numbers), moment)
    packages = [number for number, names in named.items() if names[0].kind is ItemKind.PACKAGE]
    # What lists say is told to whoever may read lots.
    is_told = principal.may(Permission.READ_LOTS)
    said = said_of(connection, site, packages, moment) if is_told else {}
    found = {
        number: TouchedThing(
            kind=names[0].kind.value,
            id=registry.opaque_ids.encode(_KINDS.get(names[0].kind.value, "item"), site, number),
            name=names[0].value,
            holds=said.get(number, {}),
        )
        for number, names in named.items()
    }
    rest = [LotId(number) for number in sorted(numbers - found.keys())]
    for number, lot in find_lots(connection, principal.scope, rest).items():
        public = registry.opaque_ids.encode(_KINDS["lot"], site, number)
        found[number] = TouchedThing(kind="lot", id=public, name=lot.code)
    return found
