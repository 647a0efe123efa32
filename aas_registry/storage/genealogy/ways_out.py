"""Ways out: what units are, or were, in as they leave: what they are part of, packed in, boards of.

The way of a customer's auditor leads through what is nobody's, as a pallet or a module, and not through a
product of others: what that leaves with does not exist for them.

Source:
    docs/semantics.md, sections 8.3, 9.2 and 11.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, literal, or_, select, true

from aas_registry.domain.events import Action, Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import EARLIEST
from aas_registry.domain.principals import Scope
from aas_registry.storage.column_types import Instant
from aas_registry.storage.genealogy.stays import climb_during, overlaps, shared
from aas_registry.storage.genealogy.units import DEEPEST, built_for, climb, customer_items, roots_seen
from aas_registry.storage.moments import in_effect, recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import containment, movement, shipped

_ALL = tuple(Relation)
_IS_PART = containment.c.relation == Relation.PART_OF.value
ADDED = frozenset({"node", "depth", "since", "until", "is_told", "is_packed"})


def way_out(scope: Scope, starts: Select[Any], moment: Moment) -> CTE:
    """Return a table of every start with all that it is in, as far as it leaves with that.

    The first column of ``starts`` is the unit to start from, all are carried along, as `units.climb` does.
    Added are ``node``, ``depth``, since when it is in that (``since``), and whether what that leaves with is
    told (``is_told``, 1 or 0): of a module of others, in what is theirs, it is not.
    """
    begins = starts.cte()
    carried = list(begins.c)
    start = (carried[0].label("node"), literal(0).label("depth"), literal(EARLIEST, Instant()).label("since"))
    up = select(*carried, *start, literal(1).label("is_told")).cte(recursive=True)
    passes: ColumnElement[bool] = true()
    is_told: ColumnElement[int] = literal(1)
    if scope.customer is not None:
        met = _met(scope, climb(scope.site, select(carried[0].label("unit")), _ALL, moment), moment)
        over = climb(scope.site, select(met.c.unit), [Relation.PART_OF], moment)
        in_theirs = select(over.c.unit).where(over.c.node.in_(_theirs(scope, met)))
        told = or_(containment.c.parent.in_(_nobodys(met)), containment.c.parent.in_(_theirs(scope, met)))
        passes = or_(~_IS_PART, told, containment.c.parent.in_(in_theirs))
        is_told = case((or_(~_IS_PART, told), 1), else_=0)
    above = and_(
        _is_above(scope.site, up.c.node), in_effect(containment, moment), up.c.depth < DEEPEST, passes
    )
    since = case((containment.c.valid_from > up.c.since, containment.c.valid_from), else_=up.c.since)
    added = (containment.c.parent, up.c.depth + 1, since, is_told)
    step = select(*(up.c[column.name] for column in carried), *added)
    return up.union_all(step.select_from(in_order(up, containment, above)))


def way_out_during(scope: Scope, starts: Select[Any], moment: Moment) -> CTE:
    """Return a table of every start with all that it left in during its span, and when.

    Of ``starts``, which `stays.climb_during` describes, each is of what a unit was part of: from what is part
    of something that is seen itself it leads nowhere.
    """
    begins = starts.cte()
    carried = [column for column in begins.c if column.name not in ADDED]
    span = (begins.c.since, begins.c.until, literal(0).label("depth"), literal(0).label("is_packed"))
    up = select(*carried, carried[0].label("node"), *span).cte(recursive=True)
    passes: ColumnElement[bool] = up.c.is_packed == 1
    if scope.customer is not None:
        spans = select(carried[0].label("unit"), begins.c.since, begins.c.until)
        met = _met(scope, climb_during(scope.site, spans, _ALL, moment), moment)
        passes = or_(
            containment.c.parent.in_(_nobodys(met)),
            and_(passes, containment.c.parent.in_(_theirs(scope, met))),
        )
    above = and_(
        _is_above(scope.site, up.c.node),
        overlaps(containment, up, moment),
        up.c.depth < DEEPEST,
        or_(~_IS_PART, passes),
    )
    since, until = shared(containment, up, moment)
    is_packed = case((~_IS_PART, 1), else_=up.c.is_packed)
    added = (containment.c.parent, since, until, up.c.depth + 1, is_packed)
    step = select(*(up.c[column.name] for column in carried), *added)
    return up.union_all(step.select_from(in_order(up, containment, above)))


def left_apart(scope: Scope, parts: Select[Any], moment: Moment) -> CTE:
    """Return those of some parts that are away by themselves: they did not leave again in what they are in.

    Args:
        scope: As whom.
        parts: The first column is the unit, ``unit``, which is part of something. All are carried along.
        moment: The two times of the question.
    """
    roots = roots_seen(scope, parts, moment)
    own, over = shipped.alias("own"), shipped.alias("over")
    inner = select(roots).where(roots.c.root != roots.c.unit).cte()
    mine = and_(own.c.site == scope.site, own.c.unit == inner.c.unit, in_effect(own, moment))
    left = select(inner.c.unit, own.c.valid_from.label("left_at"), own.c.shipment.label("left_with"))
    up = way_out(scope, left.select_from(in_order(inner, own, mine)).distinct(), moment)
    with_it = and_(over.c.valid_from == up.c.left_at, over.c.shipment == up.c.left_with)
    again = and_(
        over.c.site == scope.site,
        over.c.unit == up.c.node,
        in_effect(over, moment),
        up.c.depth > 0,
        up.c.is_told == 1,
        over.c.valid_from >= up.c.since,
        or_(over.c.valid_from > up.c.left_at, with_it),
    )
    outdone = select(up.c.unit).select_from(in_order(up, over, again))
    return select(inner).where(inner.c.unit.not_in(outdone)).cte()


def has_left_itself(scope: Scope, moment: Moment) -> ColumnElement[bool]:
    """Return whether a unit of `shipped` was away by itself by the time asked for.

    With what left around it, it is so only since it was taken out of that.
    """
    own = and_(movement.c.unit == shipped.c.unit, movement.c.event == shipped.c.event)
    is_said = and_(movement.c.action == Action.SHIP.value, recorded(movement, moment))
    said = select(movement.c.id).where(movement.c.site == scope.site, own, is_said)
    around = (_is_above(scope.site, shipped.c.unit), containment.c.valid_from <= shipped.c.valid_from)
    still = select(containment.c.id).where(*around, in_effect(containment, moment))
    return or_(~is_found(still), is_found(said))


def _is_above(site: Site, node: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(containment.c.site == site, containment.c.child == node)


def _met(scope: Scope, every: CTE, moment: Moment) -> CTE:
    return built_for(scope.site, select(every.c.node.label("unit")).distinct(), moment)


def _nobodys(met: CTE) -> Select[tuple[int]]:
    return select(met.c.unit).where(met.c.customer.is_(None))


def _theirs(scope: Scope, met: CTE) -> Select[tuple[int]]:
    return select(met.c.unit).where(met.c.customer.in_(customer_items(scope)))
