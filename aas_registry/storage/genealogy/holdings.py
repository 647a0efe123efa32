"""What packages held, with what was said of them and of those that they came from."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.explanations import Holdings, Reason, fact_of
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.genealogy.fillings import as_filling
from aas_registry.storage.genealogy.uses import held
from aas_registry.storage.moments import begun, recorded
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import filling, lot_link


def holdings_of(connection: Connection, site: Site, packages: Collection[int], moment: Moment) -> Holdings:
    """Return what some packages held as of a moment, with the way that it came there."""
    links: list[Row[Any]] = []
    seen, new = set(packages), set(packages)
    while new:
        into = list(_links_into(connection, site, new, moment))
        links += into
        new = {row.parent for row in into if row.kind != LinkKind.RECEIPT.value} - seen
        seen |= new
    links.sort(key=lambda row: (row.valid_from, row.content or "", row.place, row.parent))
    said = [
        Reason(
            fact=fact_of(LinkKind(row.kind)),
            source=row.parent,
            target=row.child,
            certainty=Certainty(row.certainty),
            basis=row.basis,
            # What a list says has no time of its own, and is on record as a paper.
            happened_at=row.valid_from if row.event else None,
            recorded_at=row.recorded_from if row.event else None,
            event=row.event,
            quantity=row.quantity,
            unit_of_measure=row.unit_of_measure,
        )
        for row in links
    ]
    fillings: list[Row[Any]] = []
    for part in in_chunks(sorted(seen)):
        here = (filling.c.site == site, filling.c.package.in_(part), held(filling, moment))
        fillings += connection.execute(select(filling).where(*here))
    return Holdings(said, [as_filling(row) for row in fillings])


def _links_into(
    connection: Connection, site: Site, packages: Collection[int], moment: Moment
) -> Iterator[Row[Any]]:
    # What nobody knows is no step of a way.
    is_receipt = lot_link.c.kind == LinkKind.RECEIPT.value
    said_by = and_(event.c.site == site, event.c.id == lot_link.c.event)
    counts = (recorded(lot_link, moment), or_(is_receipt, begun(lot_link, moment)))
    known = lot_link.c.parent.is_not(None)
    query = select(lot_link, event.c.content).join(event, said_by, isouter=True).where(known, *counts)
    for part in in_chunks(sorted(packages)):
        yield from connection.execute(query.where(lot_link.c.site == site, lot_link.c.child.in_(part)))
