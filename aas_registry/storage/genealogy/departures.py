"""Departures: with what a unit left, and came back, inside of something, as parts of its timeline.

It left with its carton, pallet, panel or product, and with what these were in, while it was in them. A
customer's auditor is told what left with theirs: not what a product of others left with.

Source:
    docs/semantics.md, sections 9.2 and 9.8.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from aas_registry.domain.events import Action, Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.items import EARLIEST
from aas_registry.domain.principals import Scope
from aas_registry.storage.column_types import Instant
from aas_registry.storage.genealogy.stays import climb_during, overlaps, shared
from aas_registry.storage.genealogy.unit_statements import told
from aas_registry.storage.genealogy.units import units_seen
from aas_registry.storage.genealogy.ways_out import way_out_during
from aas_registry.storage.moments import recorded
from aas_registry.storage.rows import in_order
from aas_registry.storage.tables.genealogy import movement, shipped


def ways_out(scope: Scope, number: UnitId, moment: Moment) -> CTE:
    """Return what a unit was in, as far as it leaves with that, and when: ``node``, ``since``, ``until``."""
    always: list[Any] = [literal(EARLIEST, Instant()).label("since"), cast(null(), Instant()).label("until")]
    unit = select(type_coerce(number, BigInteger).label("unit"), *always)
    parts = climb_during(scope.site, unit, [Relation.PART_OF], moment)
    roots = select(parts.c.node.label("root"), parts.c.since, parts.c.until)
    if scope.customer is not None:
        theirs = units_seen(scope, select(parts.c.node.label("unit")).distinct(), moment)
        roots = roots.where(parts.c.node.in_(select(theirs.c.unit)))
    return way_out_during(scope, roots, moment)


def departures_of(site: Site, number: UnitId, ways: CTE, moment: Moment) -> Select[Any]:
    """Return the shipments of what a unit was in (`ways_out`), since it was in that: each once."""
    left = and_(shipped.c.site == site, shipped.c.unit == ways.c.node, overlaps(shipped, ways, moment))
    since, _ = shared(shipped, ways, moment)
    with_it = (shipped.c.id, shipped.c.unit, shipped.c.shipment, shipped.c.event, shipped.c.recorded_from)
    query = told(
        "ship",
        kind=literal("shipped", Text()),
        at=func.min(since),
        event=shipped.c.event,
        number=shipped.c.id,
        recorded_at=shipped.c.recorded_from,
        other=shipped.c.shipment,
        inside=shipped.c.unit,
    )
    query = query.select_from(in_order(ways, shipped, left)).where(ways.c.node != number)
    return query.group_by(*with_it)


def returns_of(site: Site, number: UnitId, ways: CTE, moment: Moment) -> Select[Any]:
    """Return the returns of what a unit was in then."""
    came_back = and_(
        movement.c.site == site,
        movement.c.unit == ways.c.node,
        movement.c.action == Action.RETURN.value,
        recorded(movement, moment),
        movement.c.happened_at >= ways.c.since,
        or_(ways.c.until.is_(None), movement.c.happened_at < ways.c.until),
    )
    query = told(
        "return",
        kind=literal("returned", Text()),
        at=movement.c.happened_at,
        event=movement.c.event,
        number=movement.c.id,
        recorded_at=movement.c.recorded_from,
        name=movement.c.reason,
        inside=movement.c.unit,
    )
    return query.select_from(in_order(ways, movement, came_back)).where(ways.c.node != number)
