"""Stocks: the uses of units out of which rework takes, as of each time for which they differ.

A use that somebody reports depends on no time but its own, and, on a panel, on that at which the unit came
onto it. What a set-up put in counts until a report about the pass tells otherwise, or the run is said to be
at another station: as of earlier times a removal finds other uses than as of later ones.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, cast, func, null, select, type_coerce

from aas_registry.domain.held_spans import Span
from aas_registry.domain.items import EARLIEST, LATEST, rank_of
from aas_registry.domain.removals import Removal, Stock, Use
from aas_registry.storage.column_types import Instant, as_stored
from aas_registry.storage.genealogy.set_up_uses import stood_at
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import given, in_chunks, in_order
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import feed, run_unit
from aas_registry.storage.tables.passes import set_up

_INSTANT = timedelta(microseconds=1)
_SAID = ("id", "package", "designators", "quantity_per_unit", "unit_of_measure", "valid_from", "place")
_OF_PASS = ("run", "seq", "station", "passed_at")
_Carriers = Mapping[int, Mapping[int, datetime]]


def stocks_of(
    work: Workspace,
    units: Collection[int],
    removed: Mapping[int, Sequence[Removal]],
    panels: Mapping[int, Mapping[int, Span]],
) -> dict[int, list[Stock]]:
    """Return the uses of some units, also those on their panels, as of each time for which they differ.

    Args:
        work: In progress.
        units: Whose.
        removed: What was taken out of each: before the first removal no difference matters.
        panels: On which some of them were, each with these, and since when they were on it.
    """
    carriers = {unit: _carriers(unit, panels) for unit in units}
    every = sorted({each for some in carriers.values() for each in some})
    by_carrier: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    reported = [row for part in in_chunks(every) for row in _reported(work, part)]
    for row in reported:
        by_carrier[row.unit].append(row)
    ends = _ends(carriers, removed, _turns(work, every, reported) if work.has(set_up) else {})
    asked = {(each, end) for unit in units for each in carriers[unit] for end in ends[unit]}
    stood = _stood(work, asked if work.has(set_up) else ())
    return {
        unit: [
            Stock(
                until=end,
                uses=[
                    _use(row, unit)
                    for each, since in carriers[unit].items()
                    # It has what was used on a panel once it is known to have been on it.
                    for row in (*by_carrier.get(each, ()), *stood.get((each, end), ()))
                    if since < end
                ],
            )
            for end in ends[unit]
        ]
        for unit in units
    }


def _carriers(unit: int, panels: Mapping[int, Mapping[int, Span]]) -> dict[int, datetime]:
    """Return a unit and the panels on which it was, each with the time since when."""
    return {unit: EARLIEST} | {
        panel: boards[unit].begins or EARLIEST for panel, boards in panels.items() if unit in boards
    }


def _use(row: Row[Any], unit: int) -> Use:
    return Use(
        feed=row.id,
        package=row.package,
        installed_at=row.passed_at or row.valid_from,
        counts_from=row.counts_from,
        rank=rank_of(row.content),
        place=row.place,
        designators=places_of(row.designators),
        # What was used on a panel is in each of its boards; how much of it, nobody said.
        quantity=row.quantity_per_unit if unit == row.unit else None,
        unit_of_measure=row.unit_of_measure,
    )


def places_of(text: str | None) -> tuple[str, ...]:
    """Return the designators that a row names."""
    return () if text is None else tuple(text.split("\n"))


def _reported(work: Workspace, carriers: Sequence[int]) -> Iterable[Row[Any]]:
    passes = (
        select(run_unit.c.unit, *(run_unit.c[name] for name in _OF_PASS))
        .where(run_unit.c.site == work.site, run_unit.c.unit.in_(carriers), run_unit.c.recorded_to.is_(None))
        .cte("passes")
        .prefix_with("MATERIALIZED")
    )
    covers = and_(
        feed.c.site == work.site,
        feed.c.run == passes.c.run,
        feed.c.seq_from <= passes.c.seq,
        feed.c.seq_to >= passes.c.seq,
        feed.c.recorded_to.is_(None),
    )
    fed = [feed.c[name] for name in (*_SAID, "counts_from", "slot_key")]
    said_by = and_(event.c.site == work.site, event.c.id == feed.c.event)
    return work.connection.execute(
        select(passes.c.unit, *fed, event.c.content, func.min(passes.c.passed_at).label("passed_at"))
        .join(feed, covers)
        .join(event, said_by)
        .group_by(passes.c.unit, *fed, event.c.content)
    )


def _turns(
    work: Workspace, carriers: Sequence[int], reported: Iterable[Row[Any]]
) -> defaultdict[int, set[datetime]]:
    """Return the times at which set-ups may say something else of some units than before, by unit."""
    turns: defaultdict[int, set[datetime]] = defaultdict(set)
    for row in reported:
        if row.slot_key is not None:
            turns[row.unit] |= {row.passed_at or row.valid_from, row.counts_from or row.valid_from}
    other = run_unit.alias()
    beside = and_(other.c.site == work.site, other.c.run == run_unit.c.run, other.c.seq == run_unit.c.seq)
    passes = select(run_unit.c.unit, other.c.passed_at).select_from(
        in_order(run_unit, other, and_(beside, other.c.recorded_to.is_(None)))
    )
    for part in in_chunks(carriers):
        mine = (run_unit.c.site == work.site, run_unit.c.unit.in_(part), run_unit.c.recorded_to.is_(None))
        told = passes.where(*mine, other.c.slots.is_not(None)).distinct()
        for unit, at in work.connection.execute(told):
            turns[unit].add(at)
    return turns


def _ends(
    carriers: _Carriers,
    removed: Mapping[int, Sequence[Removal]],
    turns: Mapping[int, Collection[datetime]],
) -> Mapping[int, Sequence[datetime]]:
    """Return of each unit the times at which one stock ends and another begins, and the end of time."""
    ends: dict[int, Sequence[datetime]] = {}
    for unit, some in carriers.items():
        since = min((each.happened_at for one in some for each in removed.get(one, ())), default=LATEST)
        times = {at for one in some for at in turns.get(one, ())} | {*some.values()}
        ends[unit] = [*sorted(at for at in times if since < at < LATEST), LATEST]
    return ends


def _stood(
    work: Workspace, asked: Collection[tuple[int, datetime]]
) -> Mapping[tuple[int, datetime], Sequence[Row[Any]]]:
    """Return what set-ups put into some units, as it counts just before some time, by both."""
    found: defaultdict[tuple[int, datetime], list[Row[Any]]] = defaultdict(list)
    for part in in_chunks(sorted(asked)):
        rows = given(
            work.connection,
            unit=[unit for unit, _ in part],
            as_of=[int(as_stored(end - _INSTANT)) for _, end in part],
        )
        mine = and_(run_unit.c.site == work.site, run_unit.c.unit == rows.c.unit)
        passes = (
            select(
                run_unit.c.unit,
                run_unit.c.unit.label("carrier"),
                type_coerce(rows.c.as_of, Instant).label("as_of"),
                *(run_unit.c[name] for name in _OF_PASS),
            )
            .select_from(in_order(rows, run_unit, mine))
            .where(run_unit.c.recorded_to.is_(None))
            .cte("passes")
            .prefix_with("MATERIALIZED")
        )
        for row in work.connection.execute(_held(work, passes)):
            found[row.unit, row.as_of + _INSTANT].append(row)
    return found


def _held(work: Workspace, passes: Any) -> Any:
    stood = stood_at(work.site, passes, None)
    never = cast(null(), feed.c.counts_from.type).label("counts_from")
    of_pass = (stood.c.unit, stood.c.as_of)
    said = (*(set_up.c[name] for name in _SAID), event.c.content)
    return (
        select(*of_pass, *said, never, func.min(stood.c.used_at).label("passed_at"))
        .join(set_up, and_(set_up.c.site == work.site, set_up.c.id == stood.c.feed))
        .join(event, and_(event.c.site == work.site, event.c.id == set_up.c.event))
        .group_by(*of_pass, *said)
    )
