"""Where units were and went: folded from movements, and written where it changed.

Units that were ever put into each other in a ring are folded together: whether one of them is put
into another depends on where that one is. So are those that left, came back, or left what they were in, with
what they were ever in: whether they had left, and came back, depends on whether that did.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Table, and_, or_, select

from aas_registry.domain.events import Action, Relation
from aas_registry.domain.genealogy import Movement, Stay, fold_movements
from aas_registry.storage.genealogy.rings import ever_above, leading_into_rings, put_into, units_in_rings
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order, is_found
from aas_registry.storage.tables.genealogy import containment, movement, shipped


def fold(work: Workspace, units: Collection[int]) -> set[int]:
    """Fold the movements of units anew; rows that no longer hold are ended, new ones written.

    Returns:
        The units, and those whose whereabouts hang on theirs.
    """
    if not units:
        return set()
    every = {*units, *units_in_rings(work, units)}
    every |= _parted_from(work, every)
    moves = _movements(work, every)
    put = put_into(work, moves)
    ringed = leading_into_rings(put) - every
    moves |= _movements(work, ringed)
    every |= ringed
    # What came back, or was in something and is not any more, may have left in that; what left may be back.
    parted = {
        unit
        for unit, told in moves.items()
        if any(each.action in {Action.SHIP, Action.RETURN, Action.DETACH} for each in told)
        or sum(each.action is Action.ATTACH for each in told) > 1
    }
    moves |= _movements(work, ever_above(parted, put) - every)
    found = fold_movements(move for told in moves.values() for move in told)
    work.touched.note_moved(every, found)
    for part in in_chunks(sorted(every)):
        _renew(work, containment, "child", "parent", {unit: found.parents[unit] for unit in part})
        _renew(work, shipped, "unit", "shipment", {unit: found.shipments[unit] for unit in part})
    work.rows.flush(work.connection)
    return every


def _parted_from(work: Workspace, units: Collection[int]) -> set[int]:
    """Return what left, came back, or was taken out, of all that was ever in some units."""
    found: set[int] = set()
    for part in in_chunks(sorted(units)):
        inside = (containment.c.site == work.site) & containment.c.recorded_to.is_(None)
        stay = (containment.c.child, containment.c.valid_to)
        down = select(*stay).where(inside, containment.c.parent.in_(part)).cte("below", recursive=True)
        further = and_(inside, containment.c.parent == down.c.child)
        below = down.union(select(*stay).select_from(in_order(down, containment, further)))
        back = movement.c.action == Action.RETURN.value
        mine = and_(movement.c.site == work.site, movement.c.unit == below.c.child)
        returned = is_found(select(movement.c.id).where(mine, back, movement.c.recorded_to.is_(None)))
        went = (mine, movement.c.action == Action.SHIP.value, movement.c.recorded_to.is_(None))
        left = is_found(select(movement.c.id).where(*went))
        query = select(below.c.child).where(or_(below.c.valid_to.is_not(None), returned, left))
        found.update(work.connection.execute(query).scalars())
    return found


def _movements(work: Workspace, units: Collection[int]) -> dict[int, list[Movement]]:
    moves: dict[int, list[Movement]] = {unit: [] for unit in units}
    for part in in_chunks(sorted(units)):
        said = (movement.c.site == work.site) & movement.c.unit.in_(part)
        for row in work.connection.execute(select(movement).where(said, movement.c.recorded_to.is_(None))):
            moves[row.unit].append(
                Movement(
                    unit=row.unit,
                    action=Action(row.action),
                    happened_at=row.happened_at,
                    rank=row.rank,
                    place=row.place,
                    event=row.event,
                    target=row.target,
                    relation=None if row.relation is None else Relation(row.relation),
                    position=row.position,
                )
            )
    return moves


def _renew(work: Workspace, table: Table, of: str, to: str, stays: Mapping[int, Iterable[Stay]]) -> None:
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
