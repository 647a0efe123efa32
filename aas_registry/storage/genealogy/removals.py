"""What rework took out of units: removals matched with uses from both sides.

A removal may arrive before the feed it ends, before the unit's pass, or before the unit is
known to have been on the panel that was fed. So whenever one of these arrives for a unit that
has removals, all of them are folded anew for that unit.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import CursorResult, Row, and_, cast, func, null, or_, select, union

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.items import LATEST, rank_of
from aas_registry.domain.removals import Removal, Use, Void, fold_removals
from aas_registry.storage.genealogy.set_up_uses import stood_at
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import containment, feed, feed_void, removal, run, run_unit
from aas_registry.storage.tables.passes import set_up


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
        removed, uses = _removals(work, every), _uses(work, every)
        taken = {unit: fold_removals(uses.get(unit, ()), removed.get(unit, ())) for unit in every}
        with_panel: defaultdict[int, list[Removal]] = defaultdict(list)
        for panel, boards in panels.items():
            gone = [void for void in taken[panel].voids if void.designators]
            for board, cut_at in boards.items():
                before = (void for void in gone if cut_at is None or void.valid_to < cut_at)
                with_panel[board] += map(_taken_with_panel, before)
        for board, with_it in with_panel.items():
            own = removed.get(board, ())
            if own and with_it:
                taken[board] = fold_removals(uses.get(board, ()), [*own, *with_it])
        _renew(work, {unit: taken[unit].voids for unit in part})
        for unit in part:
            # What was taken out of the panel is missed there.
            work.touched.missed[unit] = [each for each in taken[unit].missed if each.feed is None]
    work.rows.flush(work.connection)


def emptied_places(work: Workspace, units: Collection[int]) -> defaultdict[tuple[int, int], set[str]]:
    """Return the designators that are empty, by unit and feed."""
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for part in in_chunks(sorted(units)):
        out = (feed_void.c.site == work.site) & feed_void.c.unit.in_(part) & feed_void.c.recorded_to.is_(None)
        of_feed = and_(feed.c.site == work.site, feed.c.id == feed_void.c.feed)
        voids = select(feed_void, feed.c.designators.label("every")).select_from(
            in_order(feed_void, feed, of_feed)
        )
        for void in work.connection.execute(voids.where(out)):
            every = _places(void.every) if void.closes else ()
            found[void.unit, void.feed] |= {*_places(void.designators), *every}
    return found


def _panels(work: Workspace, units: Sequence[int]) -> dict[int, dict[int, datetime | None]]:
    """Return the panels on which some units were, each with these units and when they were cut from it."""
    on_panel = select(containment.c.parent, containment.c.child, containment.c.valid_to).where(
        containment.c.site == work.site,
        containment.c.child.in_(units),
        containment.c.relation == Relation.PANEL_OF.value,
        containment.c.recorded_to.is_(None),
    )
    panels: defaultdict[int, dict[int, datetime | None]] = defaultdict(dict)
    for panel, board, cut_at in work.connection.execute(on_panel.order_by(containment.c.valid_from)):
        panels[panel][board] = cut_at
    return panels


def _taken_with_panel(void: Void) -> Removal:
    return Removal(
        happened_at=void.valid_to,
        rank=0,
        event=void.event,
        designators=void.designators,
        reason=void.reason,
        feed=void.feed,
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
                designators=_places(row.designators),
                quantity=row.quantity,
                unit_of_measure=row.unit_of_measure,
                reason=row.reason,
            )
        )
    return taken


def _uses(work: Workspace, units: Sequence[int]) -> dict[int, list[Use]]:
    carriers: defaultdict[int, set[int]] = defaultdict(set)
    for unit in units:
        carriers[unit].add(unit)
    for panel, boards in _panels(work, units).items():
        carriers[panel].update(boards)
    uses: defaultdict[int, list[Use]] = defaultdict(list)
    for part in in_chunks(sorted(carriers)):
        for row in _fed(work, part):
            for unit in carriers[row.unit]:
                uses[unit].append(
                    Use(
                        feed=row.id,
                        package=row.package,
                        installed_at=row.passed_at or row.valid_from,
                        counts_from=row.counts_from,
                        rank=rank_of(row.content),
                        place=row.place,
                        designators=_places(row.designators),
                        # What was used on a panel is in each of its boards; how much of it, nobody said.
                        quantity=row.quantity_per_unit if unit == row.unit else None,
                        unit_of_measure=row.unit_of_measure,
                    )
                )
    return uses


_OF_PASS = ("unit", "run", "seq", "station", "passed_at")


def _fed(work: Workspace, carriers: Sequence[int]) -> Iterator[Row[Any]]:
    passes = (
        select(run_unit.c.unit.label("carrier"), *(run_unit.c[name] for name in _OF_PASS))
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
    names = ("id", "package", "designators", "quantity_per_unit", "unit_of_measure", "valid_from", "place")
    fed = [feed.c[name] for name in (*names, "counts_from")]
    said_by = and_(event.c.site == work.site, event.c.id == feed.c.event)
    query = (
        select(passes.c.unit, *fed, event.c.content, func.min(passes.c.passed_at).label("passed_at"))
        .join(feed, covers)
        .join(event, said_by)
        .group_by(passes.c.unit, *fed, event.c.content)
    )
    reported: CursorResult[Any] = work.connection.execute(query)
    if not work.has(set_up):
        return reported
    stood = stood_at(work.site, passes, Moment(as_of=LATEST))
    never = cast(null(), feed.c.counts_from.type).label("counts_from")
    held = [set_up.c[name] for name in names]
    query = (
        select(stood.c.unit, *held, never, event.c.content, func.min(stood.c.used_at).label("passed_at"))
        .join(set_up, and_(set_up.c.site == work.site, set_up.c.id == stood.c.feed))
        .join(event, and_(event.c.site == work.site, event.c.id == set_up.c.event))
        .group_by(stood.c.unit, *held, event.c.content)
    )
    assumed: CursorResult[Any] = work.connection.execute(query)
    return chain(reported, assumed)


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
        void = Void(
            feed=row.feed,
            valid_to=row.valid_to,
            event=row.event,
            closes=row.closes,
            designators=_places(row.designators),
            quantity=row.quantity,
            reason=row.reason,
        )
        if (row.unit, void) in wanted:
            del wanted[row.unit, void]
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
            event=void.event,
        )


def _places(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(text.split("\n"))
