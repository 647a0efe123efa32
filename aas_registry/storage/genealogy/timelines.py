"""Where units were and went: folded from movements, and written where it changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, select

from aas_registry.domain.events import Action, Relation
from aas_registry.domain.genealogy import Movement, Stay, stays_in_parents, stays_in_shipments
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.genealogy import containment, movement, shipped


def fold(work: Workspace, units: Collection[int]) -> None:
    """Fold the movements of units anew; rows that no longer hold are ended, new ones written."""
    for part in in_chunks(sorted(units)):
        moves = _movements(work, part)
        _renew(work, containment, "child", "parent", _fold_all(part, moves, stays_in_parents))
        _renew(work, shipped, "unit", "shipment", _fold_all(part, moves, stays_in_shipments))
    work.rows.flush(work.connection)


def _fold_all(
    units: Sequence[int],
    moves: dict[int, list[Movement]],
    fold_one: Callable[[Iterable[Movement]], list[Stay]],
) -> dict[int, list[Stay]]:
    return {unit: fold_one(moves.get(unit, ())) for unit in units}


def _movements(work: Workspace, units: Sequence[int]) -> dict[int, list[Movement]]:
    found = work.connection.execute(
        select(movement)
        .where(movement.c.site == work.site, movement.c.unit.in_(units), movement.c.recorded_to.is_(None))
        .order_by(movement.c.id)
    )
    moves: defaultdict[int, list[Movement]] = defaultdict(list)
    for row in found:
        moves[row.unit].append(
            Movement(
                action=Action(row.action),
                happened_at=row.happened_at,
                rank=row.rank,
                event=row.event,
                target=row.target,
                relation=None if row.relation is None else Relation(row.relation),
                position=row.position,
            )
        )
    return moves


def _renew(work: Workspace, table: Table, of: str, to: str, stays: dict[int, list[Stay]]) -> None:
    names = [of, to, "valid_from", "valid_to", "ended_by", "event"]
    if "relation" in table.c:
        names += ["relation", "position"]
    wanted: dict[tuple[Any, ...], None] = {}
    for unit, unit_stays in stays.items():
        for stay in unit_stays:
            row: tuple[Any, ...] = (
                unit,
                stay.target,
                stay.valid_from,
                stay.valid_to,
                stay.ended_by,
                stay.event,
            )
            if "relation" in table.c:
                assert stay.relation is not None
                row = (*row, stay.relation.value, stay.position)
            wanted[row] = None
    current = work.connection.execute(
        select(table.c.id, *(table.c[name] for name in names)).where(
            table.c.site == work.site, table.c[of].in_(list(stays)), table.c.recorded_to.is_(None)
        )
    )
    ended = []
    for number, *stored in current:
        if tuple(stored) in wanted:
            del wanted[tuple(stored)]
        else:
            ended.append(number)
    work.end(table, ended)
    for row in wanted:
        work.rows.add(table, **dict(zip(names, row, strict=True)))
