"""What rework took out of units: removals matched with uses from both sides.

A removal may arrive before the feed it ends, before the unit's pass, or before the unit is
known to have been on the panel that was fed. So whenever one of these arrives for a unit that
has removals, all of them are folded anew for that unit.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, and_, or_, select, union

from aas_registry.domain.events import Relation
from aas_registry.domain.held_spans import Span
from aas_registry.domain.removals import Removal, Void, fold_stocks
from aas_registry.storage.genealogy.stocks import places_of, stocks_of
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import given, in_chunks, in_order
from aas_registry.storage.tables.genealogy import containment, feed, feed_void, removal, run, run_unit


def units_fed(work: Workspace, events: Collection[int]) -> set[int]:
    """Return the units with removals that the feeds of some events reach, also by their panel."""
    if not events or not work.has(removal):
        return set()
    found: set[int] = set()
    for part in in_chunks(sorted(events)):
        fed = (
            select(run_unit.c.unit)
            .join(
                feed,
                and_(
                    feed.c.site == run_unit.c.site,
                    feed.c.run == run_unit.c.run,
                    run_unit.c.seq.between(feed.c.seq_from, feed.c.seq_to),
                ),
            )
            .where(feed.c.site == work.site, feed.c.event.in_(part))
        )
        on_panel = select(containment.c.child).where(
            containment.c.site == work.site,
            containment.c.relation == Relation.PANEL_OF.value,
            containment.c.parent.in_(fed),
        )
        reworked = select(removal.c.unit).where(
            removal.c.site == work.site, removal.c.unit.in_(fed.union(on_panel))
        )
        found.update(work.connection.execute(reworked).scalars())
    return found


def units_passing(work: Workspace, passes: Collection[tuple[int, int]]) -> set[int]:
    """Return all units of some passes, by run and number, where any unit was reworked."""
    if not passes or not work.has(removal):
        return set()
    found: set[int] = set()
    for part in in_chunks(sorted(passes)):
        rows = given(work.connection, run=[one for one, _ in part], seq=[number for _, number in part])
        mine = and_(run_unit.c.site == work.site, run_unit.c.run == rows.c.run, run_unit.c.seq == rows.c.seq)
        query = select(run_unit.c.unit).select_from(in_order(rows, run_unit, mine))
        found.update(work.connection.execute(query.where(run_unit.c.recorded_to.is_(None))).scalars())
    return found


def units_reworked(work: Workspace, units: Collection[int]) -> set[int]:
    """Return those of some units, and of the boards on them, that have removals."""
    if not units or not work.has(removal):
        return set()
    found: set[int] = set()
    for part in in_chunks(sorted(units)):
        on_panel = select(containment.c.child).where(
            containment.c.site == work.site,
            containment.c.relation == Relation.PANEL_OF.value,
            containment.c.parent.in_(part),
        )
        reworked = select(removal.c.unit).where(
            removal.c.site == work.site, removal.c.unit.in_(part) | removal.c.unit.in_(on_panel)
        )
        found.update(work.connection.execute(reworked).scalars())
    return found


def units_set_up(work: Workspace, stations: Collection[int], runs: Collection[int]) -> set[int]:
    """Return the units with removals that, or whose panels, passed some stations or were in some runs."""
    if not (stations or runs) or not work.has(removal):
        return set()
    at_stations = select(run.c.id).where(run.c.site == work.site, run.c.station.in_(stations))
    passed = or_(run_unit.c.station.in_(stations), run_unit.c.run.in_(runs), run_unit.c.run.in_(at_stations))
    reworked = (removal.c.site == work.site) & removal.c.recorded_to.is_(None)
    known = select(removal.c.unit).where(reworked).distinct().cte("reworked")
    on_panel = and_(
        containment.c.site == work.site,
        containment.c.relation == Relation.PANEL_OF.value,
        containment.c.child == known.c.unit,
    )
    carriers = union(
        select(known.c.unit, known.c.unit.label("carrier")),
        select(known.c.unit, containment.c.parent).join(containment, on_panel),
    ).cte("carriers")
    of_carrier = and_(run_unit.c.site == work.site, run_unit.c.unit == carriers.c.carrier)
    there = select(carriers.c.unit).select_from(in_order(carriers, run_unit, of_carrier)).where(passed)
    in_carrier = and_(feed.c.site == work.site, feed.c.run == carriers.c.carrier)
    told = select(carriers.c.unit).select_from(in_order(carriers, feed, in_carrier))
    query = there.union(told.where(feed.c.context_run.in_(runs)))
    return set(work.connection.execute(query).scalars())


def fold(work: Workspace, units: Collection[int]) -> None:
    """Fold the removals of units anew; rows that no longer hold are ended, new ones written."""
    for part in in_chunks(sorted(units)):
        panels = _panels(work, part)
        every = sorted({*part, *panels})
        removed = _removals(work, every)
        found = stocks_of(work, every, removed, _panels(work, every))
        taken = {unit: fold_stocks(found[unit], removed.get(unit, ())) for unit in every}
        with_panel: defaultdict[int, list[Removal]] = defaultdict(list)
        for panel, boards in panels.items():
            gone = [void for void in taken[panel].voids if void.designators]
            for board, (_, cut_at) in boards.items():
                before = (void for void in gone if cut_at is None or void.valid_to < cut_at)
                with_panel[board] += map(_taken_with_panel, before)
        for board, with_it in with_panel.items():
            own = removed.get(board, ())
            if own and with_it:
                taken[board] = fold_stocks(found[board], [*own, *with_it])
        _renew(work, {unit: taken[unit].voids for unit in part})
        for unit in part:
            # What was taken out of the panel is missed there.
            work.touched.missed[unit] = [each for each in taken[unit].missed if each.removal.feed is None]
    work.rows.flush(work.connection)


def emptied_places(
    work: Workspace, units: Collection[int]
) -> defaultdict[tuple[int, int], list[tuple[tuple[str, ...], Span]]]:
    """Return the designators that were emptied, and for which span, by unit and feed."""
    found: defaultdict[tuple[int, int], list[tuple[tuple[str, ...], Span]]] = defaultdict(list)
    for part in in_chunks(sorted(units)):
        out = (feed_void.c.site == work.site) & feed_void.c.unit.in_(part) & feed_void.c.recorded_to.is_(None)
        of_feed = and_(feed.c.site == work.site, feed.c.id == feed_void.c.feed)
        voids = select(feed_void, feed.c.designators.label("every")).select_from(
            in_order(feed_void, feed, of_feed)
        )
        for void in work.connection.execute(voids.where(out)):
            places = places_of(void.every if void.closes else void.designators)
            begins = max(void.valid_to, void.counts_from or void.valid_to)
            found[void.unit, void.feed].append((places, Span(begins, void.counts_until)))
    return found


def _panels(work: Workspace, units: Sequence[int]) -> dict[int, dict[int, Span]]:
    """Return the panels on which some units were, each with these, and from when to when they were on it."""
    stay = (containment.c.parent, containment.c.child, containment.c.valid_from, containment.c.valid_to)
    on_panel = select(*stay).where(
        containment.c.site == work.site,
        containment.c.child.in_(units),
        containment.c.relation == Relation.PANEL_OF.value,
        containment.c.recorded_to.is_(None),
    )
    panels: defaultdict[int, dict[int, Span]] = defaultdict(dict)
    for panel, board, put_at, cut_at in work.connection.execute(on_panel.order_by(containment.c.valid_from)):
        first = panels[panel].get(board)
        panels[panel][board] = Span(put_at if first is None else first.begins, cut_at)
    return panels


def _taken_with_panel(void: Void) -> Removal:
    return Removal(
        happened_at=void.valid_to,
        rank=0,
        event=void.event,
        designators=void.designators,
        reason=void.reason,
        feed=void.feed,
        counts_from=void.counts_from,
        counts_until=void.counts_until,
    )


def _removals(work: Workspace, units: Sequence[int]) -> dict[int, list[Removal]]:
    found = work.connection.execute(
        select(removal).where(
            removal.c.site == work.site, removal.c.unit.in_(units), removal.c.recorded_to.is_(None)
        )
    )
    taken: defaultdict[int, list[Removal]] = defaultdict(list)
    for row in found:
        taken[row.unit].append(
            Removal(
                happened_at=row.happened_at,
                rank=row.rank,
                place=row.place,
                event=row.event,
                package=row.package,
                designators=places_of(row.designators),
                quantity=row.quantity,
                unit_of_measure=row.unit_of_measure,
                reason=row.reason,
            )
        )
    return taken


def _renew(work: Workspace, voids: dict[int, list[Void]]) -> None:
    current = work.connection.execute(
        select(feed_void).where(
            feed_void.c.site == work.site,
            feed_void.c.unit.in_(list(voids)),
            feed_void.c.recorded_to.is_(None),
        )
    )
    wanted = dict.fromkeys((unit, void) for unit, unit_voids in voids.items() for void in unit_voids)
    ended = []
    for row in current:
        one = row.unit, _as_void(row)
        if one in wanted:
            del wanted[one]
        else:
            ended.append(row.id)
    work.end(feed_void, ended)
    for unit, void in wanted:
        work.rows.add(
            feed_void,
            feed=void.feed,
            unit=unit,
            designators="\n".join(void.designators) or None,
            quantity=void.quantity,
            closes=void.closes,
            reason=void.reason,
            valid_to=void.valid_to,
            counts_from=void.counts_from,
            counts_until=void.counts_until,
            event=void.event,
        )


def _as_void(row: Row[Any]) -> Void:
    return Void(
        feed=row.feed,
        valid_to=row.valid_to,
        event=row.event,
        closes=row.closes,
        designators=places_of(row.designators),
        quantity=row.quantity,
        reason=row.reason,
        counts_from=row.counts_from,
        counts_until=row.counts_until,
    )
