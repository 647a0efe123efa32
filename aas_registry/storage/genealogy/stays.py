"""What units were in while they held something: the walk of questions that ask what ever was.

Every start has a span, ``since`` and ``until`` (None: still, as of the question); a stay counts as far
as it overlaps with that, and what it was in is followed for the overlap only.

Source:
    docs/semantics.md, section 9.3.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, and_, case, func, literal, or_, select

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import DEEPEST, customer_of, units_seen
from aas_registry.storage.moments import begun, in_effect, recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import containment

_ADDED = {"node", "depth", "since", "until"}


def ended(table: FromClause, moment: Moment) -> ColumnElement[Any]:
    """Return when a stay ended, as of a moment; null while it lasts."""
    return case((table.c.valid_to <= moment.as_of, table.c.valid_to))


def overlaps(table: FromClause, span: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a stay, as it was on record, overlaps with a span."""
    return and_(
        recorded(table, moment),
        begun(table, moment),
        or_(span.c.until.is_(None), table.c.valid_from < span.c.until),
        or_(table.c.valid_to.is_(None), table.c.valid_to > span.c.since),
    )


def shared(
    table: FromClause, span: FromClause, moment: Moment
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return since when, and until when, a stay and a span overlap."""
    end = ended(table, moment)
    sooner = or_(span.c.until.is_(None), and_(end.is_not(None), end < span.c.until))
    return (
        case((table.c.valid_from > span.c.since, table.c.valid_from), else_=span.c.since),
        case((sooner, end), else_=span.c.until),
    )


def climb_during(
    site: Site,
    starts: Select[Any],
    relations: Collection[Relation],
    moment: Moment,
    *,
    beyond: Select[tuple[int]] | None = None,
) -> CTE:
    """Return a table of every start with everything it was in during its span, and when.

    Args:
        site: Whose.
        starts: The first column is the unit to start from; ``since`` and ``until`` are its span. All
            others are carried along, as `units.climb` does.
        relations: How one was in the other.
        moment: The two times of the question.
        beyond: The units from which it leads on; None: all.
    """
    begins = starts.cte()
    carried = [column for column in begins.c if column.name not in _ADDED]
    start = (carried[0].label("node"), begins.c.since, begins.c.until, literal(0).label("depth"))
    up = select(*carried, *start).cte(recursive=True)
    above = and_(
        containment.c.site == site,
        containment.c.child == up.c.node,
        _is_way(relations),
        overlaps(containment, up, moment),
        up.c.depth < DEEPEST,
        *([] if beyond is None else [up.c.node.in_(beyond)]),
    )
    since, until = shared(containment, up, moment)
    step = select(
        *(up.c[column.name] for column in carried), containment.c.parent, since, until, up.c.depth + 1
    )
    return up.union_all(step.select_from(in_order(up, containment, above)))


def parts_during(scope: Scope, starts: Select[Any], moment: Moment) -> CTE:
    """Return a table of every start with all that it was part of during its span, and when: ``root``.

    A customer's auditor sees of both what is built for the customer. Of what is built for nobody, the nearest
    of theirs that it was part of stands for the start.
    """
    part_of = (Relation.PART_OF,)
    if scope.customer is None:
        return _as_roots(climb_during(scope.site, starts, part_of, moment))
    every = climb_during(scope.site, starts, part_of, moment)
    seen = units_seen(scope, select(every.c.node.label("unit")).distinct(), moment)
    visible = select(seen.c.unit)
    starts = _nearest_during(scope.site, starts, every, visible, moment)
    return _as_roots(climb_during(scope.site, starts, part_of, moment), visible)


def _as_roots(up: CTE, visible: Select[tuple[int]] | None = None) -> CTE:
    carried = [column for column in up.c if column.name not in _ADDED]
    parts = select(*carried, up.c.since, up.c.until, up.c.node.label("root"))
    return (parts if visible is None else parts.where(up.c.node.in_(visible))).cte()


def roots_during(scope: Scope, parts: CTE, moment: Moment) -> CTE:
    """Return those of what starts were part of (`parts_during`) that are the outermost.

    One is its own root while it was part of nothing, or where it is part of nothing now and still holds: of
    nothing that is seen, what is not is passed over.
    """
    if scope.customer is not None:
        return _visible_roots(scope, parts, moment)
    part_of = (Relation.PART_OF,)
    above = and_(containment.c.site == scope.site, containment.c.child == parts.c.root, _is_way(part_of))
    was_in = is_found(select(containment.c.id).where(above, overlaps(containment, parts, moment)))
    is_in = is_found(select(containment.c.id).where(above, in_effect(containment, moment)))
    return select(parts).where(or_(~was_in, and_(parts.c.until.is_(None), ~is_in))).cte()


def _visible_roots(scope: Scope, parts: CTE, moment: Moment) -> CTE:
    carried = [column for column in parts.c if column.name not in {*_ADDED, "root"}]
    spans = (parts.c.since.label("begins"), parts.c.until.label("ends"), parts.c.since, parts.c.until)
    over = climb_during(scope.site, select(parts.c.root, *carried, *spans), (Relation.PART_OF,), moment)
    seen = units_seen(scope, select(over.c.node.label("unit")).distinct(), moment)
    is_above = and_(over.c.depth > 0, over.c.node.in_(select(seen.c.unit)))
    was_in = func.max(case((is_above, 1), else_=0))
    is_in = func.max(case((and_(is_above, over.c.until.is_(None)), 1), else_=0))
    kept = [column for column in over.c if column.name not in {*_ADDED, "begins", "ends"}]
    columns = (*kept, over.c.begins.label("since"), over.c.ends.label("until"))
    roots = select(*columns).group_by(*kept, over.c.begins, over.c.ends)
    return roots.having(or_(was_in == 0, and_(over.c.ends.is_(None), is_in == 0))).cte()


def _nearest_during(
    site: Site, starts: Select[Any], every: CTE, visible: Select[tuple[int]], moment: Moment
) -> Select[Any]:
    """Return starts as the nearest visible unit that each was part of during its span, or is itself."""
    node = every.c.node
    nobodys = and_(node.not_in(visible), customer_of(site, node, moment).is_(None))
    over = select(node).where(nobodys).distinct()
    near = climb_during(site, starts, (Relation.PART_OF,), moment, beyond=over)
    unit, *carried = (column for column in near.c if column.name not in _ADDED)
    columns = (near.c.node.label(unit.name), *carried, near.c.since, near.c.until)
    return select(*columns).where(near.c.node.in_(visible))


def _is_way(relations: Collection[Relation]) -> ColumnElement[bool]:
    return containment.c.relation.in_([each.value for each in relations])
