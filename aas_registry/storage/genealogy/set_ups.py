"""Set-ups of stations: gathered as events say them, and folded into what stood in each slot, and when.

Of a slot only the tail is folded anew: from the last statement before the earliest new one on. What
stood earlier ends with that statement, whatever is said later.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import EARLIEST
from aas_registry.domain.passes import SlotChanged, SlotStatement, set_ups
from aas_registry.storage.genealogy.workspace import Told, Workspace
from aas_registry.storage.tables.passes import set_up, slot_change

_AS_SAID = ("package", "is_awaited", "designators", "quantity_per_unit", "unit_of_measure", "place", "event")
_SPAN = ("slot", *_AS_SAID, "valid_from", "valid_to")


def apply_slot(work: Workspace, said: SlotChanged, told: Told) -> None:
    """Gather what is said of a slot of a station."""
    station, package = work.names.item(said.station), work.names.maybe(said.package)
    key = None if said.slot is None else matching_key(said.slot)
    work.changed.note_slot(station, key, package, told.at)
    work.rows.add(
        slot_change,
        station=station,
        slot_key=key,
        slot=said.slot,
        package=package,
        is_awaited=said.is_awaited,
        designators="\n".join(said.designators) or None,
        quantity_per_unit=said.quantity_per_unit,
        unit_of_measure=said.unit_of_measure,
        happened_at=told.at,
        rank=told.rank,
        place=told.place,
        event=told.number,
    )


def fold(work: Workspace) -> None:
    """Fold what stood in the slots of which something was said; rows that no longer hold are ended."""
    slots = dict(work.changed.refitted)
    for (station, package), at in work.changed.emptied.items():
        said = select(slot_change.c.slot_key).where(
            slot_change.c.site == work.site,
            slot_change.c.station == station,
            slot_change.c.package == package,
            slot_change.c.slot_key.is_not(None),
        )
        for key in work.connection.execute(said.distinct()).scalars():
            slots[station, key] = min(at, slots.get((station, key), at))
    refitted = work.touched.refitted
    for (station, key), at in sorted(slots.items()):
        refitted[station, key] = min(at, refitted.get((station, key), at))
        _renew(work, station, key, at)
    work.rows.flush(work.connection)


def _renew(work: Workspace, station: int, key: str, at: datetime) -> None:
    since, said = _tail(work, station, key, at)
    statements = [
        SlotStatement(
            number=row.id,
            package=row.package,
            empties=row.slot_key is None,
            happened_at=row.happened_at,
            rank=row.rank,
            place=row.place,
        )
        for row in said.values()
    ]
    wanted: dict[tuple[Any, ...], None] = {}
    slot = key
    for each, until in set_ups(statements):
        row = said[each.number]
        slot = row.slot or slot
        nothing = dict.fromkeys(_AS_SAID) | {"is_awaited": False, "place": row.place, "event": row.event}
        values = nothing if each.empties else row._mapping  # noqa: SLF001 the public name of it
        told = (values[name] for name in _AS_SAID)
        wanted[slot, *told, each.happened_at, until] = None
    current = select(set_up.c.id, *(set_up.c[name] for name in _SPAN)).where(
        set_up.c.site == work.site,
        set_up.c.station == station,
        set_up.c.slot_key == key,
        set_up.c.valid_from >= since,
        set_up.c.recorded_to.is_(None),
    )
    ended = []
    for number, *found in work.connection.execute(current):
        span = tuple(found)
        if span in wanted:
            del wanted[span]
        else:
            ended.append(number)
    work.end(set_up, ended)
    for span in wanted:
        work.rows.add(set_up, station=station, slot_key=key, **dict(zip(_SPAN, span, strict=True)))


def _tail(work: Workspace, station: int, key: str, at: datetime) -> tuple[datetime, dict[int, Row[Any]]]:
    """Return what was said of a slot since the last statement before a time, and when that was."""
    last = select(func.max(slot_change.c.happened_at)).where(
        slot_change.c.site == work.site,
        slot_change.c.station == station,
        slot_change.c.slot_key == key,
        slot_change.c.happened_at < at,
        slot_change.c.recorded_to.is_(None),
    )
    since = work.connection.execute(last).scalar() or EARLIEST
    of_slot = or_(slot_change.c.slot_key == key, slot_change.c.slot_key.is_(None))
    query = select(slot_change).where(
        slot_change.c.site == work.site,
        slot_change.c.station == station,
        of_slot,
        slot_change.c.happened_at >= since,
        slot_change.c.recorded_to.is_(None),
    )
    return since, {row.id: row for row in work.connection.execute(query)}


def slots_touched(rows: Iterable[Any], work: Workspace) -> None:
    """Note the slots of which statements ended."""
    for row in rows:
        work.changed.note_slot(row["station"], row["slot_key"], row["package"], row["happened_at"])
