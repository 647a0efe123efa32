"""Splices as they are on record: which labels they concern, and where their zones end."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from aas_registry.domain.events import LinkKind
from aas_registry.domain.items import EARLIEST
from aas_registry.domain.removals import is_alike, pieces_at
from aas_registry.domain.splices import Zone, zone_end
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.genealogy import feed, lot_link, run_unit
from aas_registry.storage.tables.zones import zone

_ONE = Decimal(1)


def labels_touched(work: Workspace) -> set[int]:
    """Return the labels with a splice whose zone may end elsewhere by the uses and passes just told."""
    changed = work.changed
    if not (changed.fed or changed.ran) or not work.has(lot_link):
        return set()
    # Of others it is known where they end, or nothing but the next splice ends them.
    may_move = and_(
        lot_link.c.zone_until.is_(None),
        or_(lot_link.c.zone_to.is_not(None), lot_link.c.grey_zone.is_not(None)),
    )
    labels = select(lot_link.c.child).where(
        lot_link.c.site == work.site, lot_link.c.kind == LinkKind.SPLICE.value, may_move
    )
    since: dict[int, datetime] = {}
    for part in in_chunks(sorted(changed.fed)):
        mine = labels.add_columns(lot_link.c.zone_to).where(lot_link.c.child.in_(part))
        for label, number in work.connection.execute(mine):
            # By number it is the unit that counts, and not when it was given the material.
            told = changed.fed[label] if number is None else EARLIEST
            since[label] = min(told, since.get(label, told))
    for run, at in changed.ran.items():
        fed_there = select(feed.c.package).where(feed.c.site == work.site, feed.c.run == run)
        for label in work.connection.execute(labels.where(lot_link.c.child.in_(fed_there))).scalars():
            since[label] = min(at, since.get(label, at))
        ending_there = labels.add_columns(lot_link.c.zone_to).where(lot_link.c.zone_run == run)
        for label, number in work.connection.execute(ending_there):
            # A late unit of the zone makes it longer; one beyond tells at most that it is over.
            told = EARLIEST if changed.numbered[run] <= number else at
            since[label] = min(told, since.get(label, told))
    return {label for label, at in since.items() if _may_change(work, label, at)}


def _may_change(work: Workspace, label: int, at: datetime) -> bool:
    """Return whether a zone of a label is open, or ended after a time: else no use since can move its end."""
    known = (zone.c.site == work.site, zone.c.label == label, zone.c.recorded_to.is_(None))
    later = select(zone.c.id).where(*known, or_(zone.c.ends_at.is_(None), zone.c.ends_at > at)).limit(1)
    return work.connection.execute(later).first() is not None


def fold_zones(
    work: Workspace, links: Iterable[Row[Any]], labels: Collection[int]
) -> dict[int, datetime | None]:
    """Return where the zones of splices end, by the number of the link; of some labels it is written.

    Args:
        work: In progress.
        links: All splices onto these labels, and others.
        labels: Of which rows that no longer hold are ended, and new ones written.
    """
    splices = [row for row in links if row.kind == LinkKind.SPLICE.value]
    ends = {row.id: _zone_end(work, row) for row in splices}
    wanted = {(row.child, ends[row.id], row.place, row.event): None for row in splices if row.child in labels}
    ended = []
    for part in in_chunks(sorted(labels) if work.has(lot_link) else []):
        mine = (zone.c.site == work.site, zone.c.label.in_(part), zone.c.recorded_to.is_(None))
        for number, *found in work.connection.execute(select(zone.c.id, *_OF_ZONE).where(*mine)):
            if tuple(found) in wanted:
                del wanted[tuple(found)]
            else:
                ended.append(number)
    work.end(zone, ended)
    for each in wanted:
        work.rows.add(zone, **dict(zip((column.name for column in _OF_ZONE), each, strict=True)))
    return ends


_OF_ZONE = (zone.c.label, zone.c.ends_at, zone.c.place, zone.c.event)


def _zone_end(work: Workspace, row: Row[Any]) -> datetime | None:
    said = Zone(begins=row.valid_from, until=row.zone_until, number=row.zone_to, pieces=row.grey_zone)
    by_number = row.zone_until is None and row.zone_to is not None
    by_pieces = row.zone_until is None and row.zone_to is None and row.grey_zone is not None
    return zone_end(
        said,
        passes=_passes(work, row) if by_number else (),
        uses=_uses(work, row.child, row.unit_of_measure) if by_pieces else (),
    )


def _passes(work: Workspace, splice: Row[Any]) -> Iterable[tuple[int, datetime]]:
    """Yield the passes of the zone's units since the splice, their own uses of the label, and one beyond."""
    site, label, number = work.site, splice.child, splice.zone_to
    here = (run_unit.c.site == site, run_unit.c.run == splice.zone_run, run_unit.c.recorded_to.is_(None))
    first = func.min(run_unit.c.passed_at)
    within = (
        select(run_unit.c.seq, first)
        .where(*here, run_unit.c.seq.between(1, number))
        .group_by(run_unit.c.seq, run_unit.c.unit)
        .having(first >= splice.valid_from)
    )
    # What was told for one unit is a use of its own, at its own time.
    of_unit = and_(feed.c.site == site, feed.c.package == label, feed.c.recorded_to.is_(None))
    told = (
        select(run_unit.c.seq, feed.c.valid_from)
        .join(feed, and_(of_unit, feed.c.run == run_unit.c.unit))
        .where(*here, run_unit.c.seq.between(1, number))
    )
    one = (run_unit.c.seq, run_unit.c.unit)
    last = select(run_unit.c.seq, first).where(*here, run_unit.c.seq >= number).group_by(*one)
    for query in (within, told, last.order_by(*one).limit(1)):
        for place, at in work.connection.execute(query):
            yield place, at or splice.valid_from


def _uses(work: Workspace, label: int, unit_of_measure: str | None) -> Iterable[tuple[datetime, Decimal]]:
    """Yield when material of a label was used, and how much; of an unknown number at least one piece."""
    # A range that is dated ahead ends nothing: nobody looks again when its time comes.
    in_time = (feed.c.recorded_to.is_(None), feed.c.counts_from.is_(None))
    of_label = select(feed).where(feed.c.site == work.site, feed.c.package == label, *in_time)
    fed = of_label.cte("fed")
    covers = and_(
        run_unit.c.site == work.site,
        run_unit.c.run == fed.c.run,
        run_unit.c.seq.between(fed.c.seq_from, fed.c.seq_to),
        run_unit.c.recorded_to.is_(None),
    )
    said = (fed.c.id, fed.c.valid_from, fed.c.designators, fed.c.quantity_per_unit, fed.c.unit_of_measure)
    passed = func.min(run_unit.c.passed_at).label("passed_at")
    query = (
        select(*said, passed)
        .select_from(in_order(fed, run_unit, covers))
        .group_by(*said, run_unit.c.unit)  # several numbers of a range are one use
    )
    for use in work.connection.execute(query):
        places = () if use.designators is None else use.designators.split("\n")
        pieces = pieces_at(places, use.quantity_per_unit)
        if is_alike(use.unit_of_measure, unit_of_measure):
            yield use.passed_at or use.valid_from, _ONE if pieces is None else pieces
