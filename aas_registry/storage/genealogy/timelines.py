"""Where units were and went: folded from movements, and written where it changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Table, select, update

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
    current = work.connection.execute(
        select(table).where(
            table.c.site == work.site, table.c[of].in_(list(stays)), table.c.recorded_to.is_(None)
        )
    )
    wanted = {(unit, *_values(stay)): stay for unit, unit_stays in stays.items() for stay in unit_stays}
    ended = [row.id for row in current if wanted.pop((getattr(row, of), *_stored(row, to)), None) is None]
    for part in in_chunks(ended):
        rows = (table.c.site == work.site) & table.c.id.in_(part)
        work.connection.execute(update(table).where(rows).values(recorded_to=work.now))
    for (unit, *_), stay in wanted.items():
        more: dict[str, Any] = {}
        if "relation" in table.c:
            assert stay.relation is not None
            more = {"relation": stay.relation.value, "position": stay.position}
        work.rows.add(
            table,
            **{of: unit, to: stay.target},
            valid_from=stay.valid_from,
            valid_to=stay.valid_to,
            ended_by=stay.ended_by,
            event=stay.event,
            **more,
        )


def _values(stay: Stay) -> tuple[Any, ...]:
    relation = None if stay.relation is None else stay.relation.value
    return stay.target, relation, stay.position, stay.valid_from, stay.valid_to, stay.event, stay.ended_by


def _stored(row: Row[Any], to: str) -> tuple[Any, ...]:
    relation, position = getattr(row, "relation", None), getattr(row, "position", None)
    target = getattr(row, to)
    return target, relation, position, row.valid_from, row.valid_to, row.event, row.ended_by
