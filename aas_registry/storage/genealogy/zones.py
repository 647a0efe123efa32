"""Zones: where they end, and where a lot was in a label that went on with another reel."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.splices import Stretch, stretches
from aas_registry.storage.genealogy.present import present
from aas_registry.storage.genealogy.uses import given_spans, held, units_by_span
from aas_registry.storage.moments import begun, recorded
from aas_registry.storage.rows import in_chunks, is_found
from aas_registry.storage.tables.genealogy import filling, lot_link
from aas_registry.storage.tables.zones import zone


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSpan:
    """A lot was in a label from one time to another, and so many units hold of it what was given then.

    Attributes:
        place: ``before`` the first splice, ``within`` a zone, ``between`` two, or ``after`` the last.
    """

    package: int
    certainty: Certainty
    place: str
    valid_from: datetime | None
    valid_to: datetime | None
    units: int = 0


def label_spans(
    connection: Connection, site: Site, lot: int, moment: Moment, *, limit: int
) -> list[LabelSpan]:
    """Return when a lot was in labels that went on with another reel, by label and time.

    The units of everybody are counted: whoever sees some only is not told. One more than asked tells that
    there are more.
    """
    spliced = is_found(
        select(lot_link.c.id).where(lot_link.c.child == filling.c.package, *_splices(site, moment))
    )
    there = (filling.c.site == site, filling.c.source == lot, filling.c.is_package.is_(False), spliced)
    was_held = (held(filling, moment), begun(filling, moment))
    order = (filling.c.package, func.coalesce(filling.c.valid_from, 0), filling.c.id)
    rows = connection.execute(
        select(filling).where(*there, *was_held).order_by(*order).limit(limit + 1)
    ).all()
    cut = _cut_at(connection, site, {row.package for row in rows}, moment)
    parts = [part for row in rows for part in _parts(row, cut[row.package], moment)][: limit + 1]
    if not parts:
        return []
    given = [(each.package, each.certainty, each.valid_from, each.valid_to) for each in parts]
    spans = given_spans(connection, given).cte("spans")
    counted = units_by_span(site, spans, moment, present(connection, site))
    units = {row.span: row.units for row in connection.execute(counted)}
    return [replace(each, units=units.get(place, 0)) for place, each in enumerate(parts)]


def zone_ends(
    connection: Connection, site: Site, splices: Collection[Row[Any]], moment: Moment
) -> dict[int, datetime | None]:
    """Return where the zones of some splices end, by link, as it was folded; None where they have not."""
    ends: dict[tuple[int, int, int], datetime | None] = {}
    for part in in_chunks(sorted({row.child for row in splices})):
        known = (zone.c.site == site, zone.c.label.in_(part), recorded(zone, moment))
        for row in connection.execute(select(zone).where(*known)):
            ends[row.label, row.event, row.place] = row.ends_at
    return {row.id: ends[row.child, row.event, row.place] for row in splices}


def _splices(site: Site, moment: Moment) -> tuple[ColumnElement[bool], ...]:
    return (
        lot_link.c.site == site,
        lot_link.c.kind == LinkKind.SPLICE.value,
        recorded(lot_link, moment),
        begun(lot_link, moment),
    )


def _cut_at(
    connection: Connection, site: Site, labels: Collection[int], moment: Moment
) -> Mapping[int, Sequence[Stretch]]:
    """Return how the zones of some labels cut their time."""
    splices: list[Row[Any]] = []
    for part in in_chunks(sorted(labels)):
        of_labels = select(lot_link).where(lot_link.c.child.in_(part), *_splices(site, moment))
        splices += connection.execute(of_labels)
    ends = zone_ends(connection, site, splices, moment)
    zones: defaultdict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for row in splices:
        zones[row.child].append((row.valid_from, ends[row.id]))
    return {label: list(stretches(found)) for label, found in zones.items()}


def _parts(row: Row[Any], cut: Sequence[Stretch], moment: Moment) -> Iterator[LabelSpan]:
    for each in cut:
        begins = max((at for at in (row.valid_from, each.begins) if at is not None), default=None)
        ends = min((at for at in (row.valid_to, each.ends) if at is not None), default=None)
        if (begins is not None and begins > moment.as_of) or (begins and ends and begins >= ends):
            continue
        # Where a zone ends does not depend on the time that is asked for; what flowed in later is not told.
        is_told = ends is None or ends <= moment.as_of or (each.place == "within" and ends == each.ends)
        yield LabelSpan(
            package=row.package,
            certainty=Certainty(row.certainty),
            place=each.place,
            valid_from=begins,
            valid_to=ends if is_told else None,
        )
