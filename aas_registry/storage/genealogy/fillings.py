"""What packages held, from one time to another: folded from links, and written where it changed.

Whatever flowed into a package is drawn from what its parent held at that time, so a change is
folded anew for everything downstream of it, with all that is upstream at hand: a small graph.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Filling, Flow, Grade, Source, new_labels
from aas_registry.domain.fillings_asked import fold_fillings_asked
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import LATEST, rank_of
from aas_registry.storage.genealogy import splices
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.moments import recorded
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import filling, lot_link

_NOW = Moment(as_of=LATEST)


def fold(work: Workspace, packages: Collection[int]) -> set[int]:
    """Fold what some packages held, and what was drawn from them; rows that no longer hold are ended.

    Returns:
        The packages, and those that were drawn from them.
    """
    if not packages:
        return set()
    downstream = _reached(work, packages, up=False)
    links = _links_into(work, downstream)
    links += first_taken_from(work.connection, work.site, merged_unsaid(links) - downstream, _NOW)
    ends = splices.fold_zones(work, links, downstream)
    flows = [flow_of(row, zone_end=ends.get(row.id)) for row in links if row.kind != LinkKind.RECEIPT.value]
    stated = _stated(links)
    parents = {each.parent for each in flows if each.child in packages and each.parent is not None}
    no_longer_new = (parents & merged_unsaid(links)) - new_labels(flows, stated).keys() - downstream
    if no_longer_new:
        return fold(work, no_longer_new.union(packages))
    _renew(work, downstream, fold_fillings_asked(stated, flows))
    work.rows.flush(work.connection)
    return downstream


def merged_unsaid(links: Iterable[Row[Any]]) -> set[int]:
    """Return the packages, by the links into them, that something was merged into, and no lot is said of."""
    by_kind: defaultdict[str, set[int]] = defaultdict(set)
    for row in links:
        by_kind[row.kind].add(row.child)
    return by_kind[LinkKind.MERGE.value] - by_kind[LinkKind.RECEIPT.value]


def first_taken_from(
    connection: Connection,
    site: Site,
    packages: Collection[int],
    moment: Moment,
) -> list[Row[Any]]:
    """Return the links by which something was first taken from some packages: they were there before."""
    other = lot_link.alias()
    is_flow = [
        (each.c.site == site, each.c.kind != LinkKind.RECEIPT.value, recorded(each, moment))
        for each in (lot_link, other)
    ]
    earliest = select(func.min(other.c.valid_from)).where(*is_flow[1], other.c.parent == lot_link.c.parent)
    said_by = and_(event.c.site == site, event.c.id == lot_link.c.event)
    query = (
        select(lot_link, event.c.content)
        .join(event, said_by)
        .where(*is_flow[0], lot_link.c.valid_from == earliest.scalar_subquery())
    )
    found: list[Row[Any]] = []
    for part in in_chunks(sorted(packages)):
        found += connection.execute(query.where(lot_link.c.parent.in_(part)))
    return found


def as_filling(row: Row[Any]) -> Filling:
    """Return what a row says that a package held."""
    return Filling(
        package=row.package,
        source=row.source,
        is_package=row.is_package,
        grade=Grade(certainty=Certainty(row.certainty), since=row.since),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        asked_until=row.asked_until,
    )


def flow_of(row: Row[Any], *, zone_end: datetime | None) -> Flow:
    """Return the flow that a link between packages is; with the link comes what its event says."""
    return Flow(
        parent=row.parent,
        child=row.child,
        kind=LinkKind(row.kind),
        at=row.valid_from,
        rank=rank_of(row.content),
        place=row.place,
        assumed=row.certainty == Certainty.ASSUMED,
        zone_end=zone_end,
    )


def _reached(work: Workspace, packages: Collection[int], *, up: bool) -> set[int]:
    here, there = (lot_link.c.child, lot_link.c.parent) if up else (lot_link.c.parent, lot_link.c.child)
    seen, new = set(packages), set(packages)
    while new:
        found: set[int] = set()
        for part in in_chunks(sorted(new)):
            beside = select(there).where(
                lot_link.c.site == work.site,
                here.in_(part),
                there.is_not(None),
                lot_link.c.kind != LinkKind.RECEIPT.value,
                lot_link.c.recorded_to.is_(None),
            )
            found.update(work.connection.execute(beside).scalars())
        new = found - seen
        seen |= new
    return seen


def _links_into(work: Workspace, packages: set[int]) -> list[Row[Any]]:
    """Return the links into some packages, and into all that these came from."""
    links: list[Row[Any]] = []
    said_by = and_(event.c.site == lot_link.c.site, event.c.id == lot_link.c.event)
    for part in in_chunks(sorted(_reached(work, packages, up=True))):
        query = (
            select(lot_link, event.c.content)
            .join(event, said_by, isouter=True)  # what lists say is no event's
            .where(lot_link.c.site == work.site, lot_link.c.child.in_(part), lot_link.c.recorded_to.is_(None))
        )
        links += work.connection.execute(query)
    return links


def _stated(links: Iterable[Row[Any]]) -> Mapping[int, Mapping[Source, Certainty]]:
    stated: defaultdict[int, dict[Source, Certainty]] = defaultdict(dict)
    for row in links:
        if row.kind == LinkKind.RECEIPT.value:
            lots = stated[row.child]
            lots[row.parent] = min(Certainty(row.certainty), lots.get(row.parent, Certainty.ASSUMED))
    return stated


def _renew(work: Workspace, packages: set[int], folded: Mapping[int, list[Filling]]) -> None:
    wanted = dict.fromkeys(each for package in sorted(packages) for each in folded.get(package, ()))
    ended = []
    for part in in_chunks(sorted(packages)):
        current = select(filling).where(
            filling.c.site == work.site, filling.c.package.in_(part), filling.c.recorded_to.is_(None)
        )
        for row in work.connection.execute(current):
            held = as_filling(row)
            if held in wanted:
                del wanted[held]
            else:
                ended.append(row.id)
    work.end(filling, ended)
    for each in wanted:
        work.rows.add(
            filling,
            package=each.package,
            source=each.source,
            is_package=each.is_package,
            certainty=int(each.grade.certainty),
            since=each.grade.since,
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            asked_until=each.asked_until,
        )
