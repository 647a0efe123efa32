"""Zones: where a lot was in a label that went on with another reel, and how many units that concerns."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, distinct, func, select

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.genealogy.uses import held, within
from aas_registry.storage.moments import begun, recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import feed, filling, lot_link, run_unit


@dataclass(frozen=True, slots=True)
class LabelSpan:
    """A lot was in a label from one time to another, and so many units were given of it then."""

    package: int
    certainty: Certainty
    valid_from: datetime | None
    valid_to: datetime | None
    units: int

    @property
    def place(self) -> str:
        """Return the place: ``before`` a splice, ``within`` a zone, ``after`` it, or ``between`` two."""
        if self.certainty is not Certainty.EXACT:
            return "within"
        if self.valid_from is None:
            return "before"
        return "after" if self.valid_to is None else "between"


def label_spans(
    connection: Connection, site: Site, lot: int, moment: Moment, *, limit: int
) -> list[LabelSpan]:
    """Return when a lot was in labels that went on with another reel, by label and time.

    One more than asked tells that there are more.
    """
    spliced = is_found(
        select(lot_link.c.id).where(
            lot_link.c.site == site,
            lot_link.c.child == filling.c.package,
            lot_link.c.kind == LinkKind.SPLICE.value,
            recorded(lot_link, moment),
            begun(lot_link, moment),
        )
    )
    there = (filling.c.site == site, filling.c.source == lot, filling.c.is_package.is_(False), spliced)
    span = (filling.c.package, filling.c.certainty, filling.c.valid_from, filling.c.valid_to)
    order = (span[0], func.coalesce(filling.c.valid_from, 0), filling.c.id)
    spans = select(*span, filling.c.id).where(*there, held(filling, moment)).order_by(*order).limit(limit + 1)
    known = spans.cte("spans")
    fed = and_(feed.c.site == site, feed.c.package == known.c.package, recorded(feed, moment))
    covers = and_(
        run_unit.c.site == site,
        run_unit.c.run == feed.c.run,
        run_unit.c.seq >= feed.c.seq_from,
        run_unit.c.seq <= feed.c.seq_to,
        recorded(run_unit, moment),
        within(known, func.coalesce(run_unit.c.passed_at, feed.c.valid_from)),
    )
    used = in_order(in_order(known, feed, fed, isouter=True), run_unit, covers, isouter=True)
    columns = [known.c[name] for name in ("package", "certainty", "valid_from", "valid_to")]
    query = select(*columns, func.count(distinct(run_unit.c.unit)).label("units")).select_from(used)
    query = query.group_by(*columns, known.c.id)
    rows = connection.execute(query.order_by(columns[0], func.coalesce(columns[2], 0), known.c.id))
    return [
        LabelSpan(row.package, Certainty(row.certainty), row.valid_from, row.valid_to, row.units)
        for row in rows
    ]
