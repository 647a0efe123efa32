"""Why a row of an answer is there, with the names of things and the ids of events."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aas_registry.domain.explanations import ChainStep, Why
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import LotId, UnitId
from aas_registry.domain.items import ItemKind
from aas_registry.domain.principals import Principal, Scope
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import explanations
from aas_registry.storage.genealogy.contents import Content
from aas_registry.storage.genealogy.events import ids_of
from aas_registry.storage.genealogy.genealogy import Used, WhereUsed
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.genealogy.sought import Sought
from aas_registry.storage.lots import find_lots

__all__ = ["ExplainedStep", "Explanation", "Thing", "explain_contents", "explain_used", "things_of"]

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing of a chain: a lot, package, run, unit or shipment.

    Attributes:
        id: The opaque id of a lot or unit; None for others.
        name: How it is called.
    """

    kind: str
    id: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """A step of a chain; ``event`` is the id that its source gave it, None where no event is told.

    Attributes:
        ended_by: The id of the event by which it was over, where it was and that is told.
    """

    step: ChainStep
    source: Thing
    target: Thing
    run: str | None
    event: str | None
    ended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a row is there."""

    why: Why
    steps: Sequence[ExplainedStep]


def things_of(
    registry: Registry, connection: Connection, principal: Principal, items: Collection[int], moment: Moment
) -> dict[int, Thing]:
    """Return how lots, packages, runs, units and shipments were called; lots are those that have no name.

    An id that was given later, or a unit that had no name then, is called as it is now.
    """
    site = principal.site
    names = names_of(connection, site, sorted(items), moment)
    names |= names_of(connection, site, sorted(set(items) - names.keys()))
    things = {
        item: Thing(
            kind=found[0].kind.value,
            id=to_public(registry, site, Noun.UNIT, item) if found[0].kind is ItemKind.UNIT else None,
            name=found[0].value,
        )
        for item, found in names.items()
    }
    lots = find_lots(connection, Scope(site), [LotId(item) for item in items if item not in names])
    for number, lot in lots.items():
        things[number] = Thing(kind="lot", id=to_public(registry, site, Noun.LOT, number), name=lot.code)
    return things


def explain_used(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    sought: Sought,
    rows: Sequence[Used],
    asked: WhereUsed,
) -> dict[tuple[int, int | None], Explanation]:
    """Return, by unit and shipment, why some units are said to hold material of a set of things."""
    keys = [(row.unit, row.shipment) for row in rows]
    found = explanations.explain_used(
        connection,
        principal.scope,
        sought,
        keys,
        moment=asked.moment,
        level=asked.level,
        ever=asked.ever,
        whose=asked.scope,
    )
    return _named(registry, connection, principal, found, asked.moment)


def explain_contents(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    number: UnitId,
    rows: Sequence[Content],
    *,
    moment: Moment,
    ever: bool,
) -> dict[Content, Explanation]:
    """Return, for rows of a unit's contents, why each is said to be, or ever to have been, in the unit."""
    found = explanations.explain_contents(connection, principal.scope, number, rows, moment=moment, ever=ever)
    return _named(registry, connection, principal, found, moment)


def _named(
    registry: Registry, connection: Connection, principal: Principal, whys: Mapping[Key, Why], moment: Moment
) -> dict[Key, Explanation]:
    site = principal.site
    said = [step.said for why in whys.values() for step in why.steps]
    items = {end for each in said for end in (each.source, each.target, each.run) if end is not None}
    things = things_of(registry, connection, principal, items, moment)
    numbers = {number for each in said for number in (each.event, each.ended_by) if number is not None}
    events = ids_of(connection, site, numbers)

    def tell(step: ChainStep) -> ExplainedStep:
        run, number, ended_by = step.said.run, step.said.event, step.said.ended_by
        return ExplainedStep(
            step=step,
            source=things[step.said.source],
            target=things[step.said.target],
            run=None if run is None else things[run].name,
            event=None if number is None else events.get(number),
            ended_by=None if ended_by is None else events.get(ended_by),
        )

    return {key: Explanation(why=why, steps=[tell(step) for step in why.steps]) for key, why in whys.items()}
