"""Units that were ever put into each other in a ring: whether one is in another decides about the rest."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import and_, select

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Action
from aas_registry.domain.genealogy import Movement
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.anomalies import anomaly, anomaly_thing
from aas_registry.storage.tables.genealogy import movement


def units_in_rings(work: Workspace, units: Collection[int]) -> set[int]:
    """Return what is in a ring with some units, as it was found before: it may be open now."""
    kind = AnomalyKind.PART_OF_ITSELF
    found: set[int] = set()
    for part in in_chunks(sorted(units)):
        touched = select(anomaly_thing.c.anomaly.label("anomaly")).where(
            anomaly_thing.c.site == work.site, anomaly_thing.c.thing.in_(part)
        )
        near = touched.cte("touched")
        known = and_(
            anomaly.c.site == work.site,
            anomaly.c.id == near.c.anomaly,
            anomaly.c.kind == kind.value,
            anomaly.c.recorded_to.is_(None),
        )
        beside = and_(anomaly_thing.c.site == work.site, anomaly_thing.c.anomaly == anomaly.c.id)
        query = select(anomaly_thing.c.thing).select_from(
            in_order(in_order(near, anomaly, known), anomaly_thing, beside)
        )
        found.update(work.connection.execute(query).scalars())
    now = (each for told in work.touched.moved.values() for each in told if each.kind is kind)
    return found.union(*(each.things for each in now if each.things.intersection(units)))


def put_into(work: Workspace, moves: Mapping[int, Sequence[Movement]]) -> dict[int, set[int]]:
    """Return into what some units were ever put, and what these were put into, and so on."""
    into = {
        unit: {each.target for each in told if each.action is Action.ATTACH and each.target is not None}
        for unit, told in moves.items()
    }
    wanted = {target for targets in into.values() for target in targets} - into.keys()
    while wanted:
        into |= {unit: set() for unit in wanted}
        for part in in_chunks(sorted(wanted)):
            put = (movement.c.unit.in_(part), movement.c.action == Action.ATTACH.value)
            query = select(movement.c.unit, movement.c.target).where(
                movement.c.site == work.site, *put, movement.c.recorded_to.is_(None)
            )
            for unit, target in work.connection.execute(query):
                into[unit].add(target)
        wanted = {target for unit in wanted for target in into[unit]} - into.keys()
    return into


def leading_into_rings(put: Mapping[int, set[int]]) -> set[int]:
    """Return the units from which a way leads into a ring, of some with what they were ever put into."""
    into = dict(put)
    ends = {unit for unit, targets in into.items() if not targets}
    while ends:
        into = {unit: targets - ends for unit, targets in into.items() if unit not in ends}
        ends = {unit for unit, targets in into.items() if not targets}
    return set(into)


def ever_above(units: Iterable[int], put: Mapping[int, set[int]]) -> set[int]:
    """Return all that some units were ever put into, and what these were put into, and so on."""
    found: set[int] = set()
    new = set(units)
    while new:
        new = {target for unit in new for target in put[unit]} - found
        found |= new
    return found
