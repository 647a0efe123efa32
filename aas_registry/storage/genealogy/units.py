"""Queries about units: by their names, what they are in, what is in them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId, matching_key
from aas_registry.domain.items import ItemKind, Scheme
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.moments import happened, in_effect, recorded
from aas_registry.storage.paging import beyond
from aas_registry.storage.prefixes import fits
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import (
    CHUNK,
    given_later,
    given_values,
    in_chunks,
    in_order,
    is_found,
    unindexed,
)
from aas_registry.storage.tables.genealogy import containment, shipment, test_result, unit
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.namings import holder
from aas_registry.storage.tables.parties import party

# Deeper than anything that is built; a cycle in bad data ends here instead of never.
DEEPEST = 64
INTO_SHIPMENTS = (Relation.PACKED_IN, Relation.PANEL_OF)  # how one leaves with what it is in
_BEYOND_IDS = literal(1 << 56, BigInteger)  # an id and a depth are one number of 64 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit: a panel, board, assembly, product or container."""

    id: UnitId
    kind: str
    product: int | None
    customer: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """That a unit is in another."""

    unit: UnitId
    relation: Relation
    position: str | None
    valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One test of a unit."""

    test: str | None
    result: str
    happened_at: datetime


_UNIT = (unit.c.id, unit.c.kind, unit.c.product, unit.c.customer, unit.c.created_at)


def find_units(
    connection: Connection, scope: Scope, serial: str, page: PageRequest, moment: Moment
) -> list[Unit]:
    """Return every unit that has a name: a serial number, a carton's label, a position's panel.

    One more than asked tells of a next page.
    """
    after = None if page.after is None else int(page.after[0])
    found = _units_named(scope, matching_key(serial), moment, after, page.limit + 1)
    return [Unit(**row._mapping) for row in found.ask(connection)]  # noqa: SLF001 the public name of it


@prepared
def _units_named(scope: Scope, key: str, moment: Moment, after: int | None, most: int) -> Select[Any]:
    there = (holder.c.site == scope.site, holder.c.recorded_to.is_(None))
    at_panel = and_(holder.c.scheme == Scheme.PANEL.value, holder.c.issuer_key == key)
    named = (
        select(holder.c.item)
        .where(*there, holder.c.kind == ItemKind.UNIT.value, holder.c.value_key == key)
        .union(select(holder.c.item).where(*there, at_panel))
    )
    query = units_among(scope, named, moment).order_by(unit.c.id).limit(most)
    return query if after is None else query.where(unit.c.id > after)


def units_beginning(
    connection: Connection, scope: Scope, beginning: str, moment: Moment, *, limit: int
) -> list[Unit]:
    """Return units of the plant of which a name begins so, in the order of these names.

    What a customer's auditor sees of them is `own_units.own_units_beginning`.
    """
    key = matching_key(beginning)
    names = (
        select(holder.c.value_key, holder.c.item)
        .where(holder.c.site == scope.site, holder.c.kind == ItemKind.UNIT.value)
        .where(holder.c.recorded_to.is_(None))
        .order_by(holder.c.value_key, holder.c.item)
        .limit(CHUNK)
    )
    found: dict[int, Unit] = {}
    rows = connection.execute(names.where(fits(holder.c.value_key, key, by_prefix=True))).all()
    while rows:
        seen = units_by_id(connection, scope, list(dict.fromkeys(row.item for row in rows)), moment)
        found |= {row.item: seen[row.item] for row in rows if row.item in seen}
        if len(found) >= limit or len(rows) < CHUNK:
            break
        last = tuple(rows[-1])
        here = and_(holder.c.value_key >= last[0], fits(holder.c.value_key, key, by_prefix=True))
        rows = connection.execute(names.where(here, beyond((holder.c.value_key, holder.c.item), last))).all()
    return list(found.values())[:limit]


def units_by_id(
    connection: Connection, scope: Scope, numbers: Sequence[int], moment: Moment
) -> dict[int, Unit]:
    """Return those of some units that the scope sees at a moment."""
    found: dict[int, Unit] = {}
    asked = _units_given(scope, moment, dialect=connection.dialect.name)
    for part in in_chunks(numbers):
        for row in asked.ask(connection, **given_values(connection, id=part)):
            found[row.id] = Unit(**row._mapping)  # noqa: SLF001 the public name of it
    return found


@prepared
def _units_given(scope: Scope, moment: Moment, *, dialect: str) -> Select[Any]:
    return units_among(scope, select(given_later(dialect, id=int).c.id), moment)


def climb(site: Site, starts: Select[Any], relations: Collection[Relation], moment: Moment) -> CTE:
    """Return a table of every start with everything it is in.

    The first column of ``starts`` is the unit to start from. All its columns are carried along
    under their names, so that nothing need be joined afterwards, which a planner without
    statistics does badly; ``node`` and ``depth`` are added.
    """
    begun = starts.cte()
    carried = list(begun.c)
    start = (carried[0].label("node"), literal(0).label("depth"))
    up = select(*carried, *start).cte(recursive=True)
    above = and_(
        containment.c.site == site,
        containment.c.child == up.c.node,
        or_(*(containment.c.relation == each.value for each in relations)),
        in_effect(containment, moment),
        up.c.depth < DEEPEST,
    )
    step = select(*(up.c[column.name] for column in carried), containment.c.parent, up.c.depth + 1)
    return up.union_all(step.select_from(in_order(up, containment, above)))


def roots(site: Site, starts: Select[Any], moment: Moment) -> CTE:
    """Return a table of every start with the outermost unit that it is part of: ``root``.

    Columns are carried along as `climb` does. In a cycle, which only contradictory data can
    hold, the unit met last stands for the root.
    """
    return outermost(site, climb(site, starts, [Relation.PART_OF], moment), moment)


def outermost(site: Site, up: CTE, moment: Moment) -> CTE:
    """Return what `roots` does, of starts with everything that they are part of."""
    carried = [column for column in up.c if column.name not in {"node", "depth"}]
    is_part = is_part_of_any(site, up.c.node, moment)
    return select(*carried, up.c.node.label("root")).where(or_(~is_part, up.c.depth == DEEPEST)).cte()


def is_part_of_any(site: Site, node: ColumnElement[int], moment: Moment) -> ColumnElement[bool]:
    """Return whether a unit is part of something."""
    above = (
        containment.c.site == site,
        containment.c.child == node,
        containment.c.relation == Relation.PART_OF.value,
        in_effect(containment, moment),
    )
    return is_found(select(containment.c.id).where(*above))


def roots_seen(scope: Scope, starts: Select[Any], moment: Moment) -> CTE:
    """Return what `roots` does, as far as a scope sees it.

    A customer's auditor sees the starts that are built for the customer: by themselves, else by the
    nearest of what they are part of that is built for anybody. The outermost of it that is built for
    this customer stands for the root: what is built for another does not exist.
    """
    if scope.customer is None:
        return roots(scope.site, starts, moment)
    up = _climb_told(scope.site, starts, moment)
    carried = [column for column in up.c if column.name not in {"node", "depth", "customer"}]
    own = case((up.c.customer.in_(customer_items(scope)), 1), (up.c.customer.is_not(None), 0))
    # In one pass, which windows would sort twice: depth and what is found there are one number.
    nearest = func.min(2 * up.c.depth + 1 - own)
    outermost = func.max(case((own == 1, cast(up.c.depth, BigInteger) * _BEYOND_IDS + up.c.node)))
    seen = select(*carried, (outermost % _BEYOND_IDS).label("root"))
    return seen.group_by(*carried).having(nearest % 2 == 0).cte()


def units_seen(scope: Scope, starts: Select[Any], moment: Moment) -> CTE:
    """Return those of some starts that a customer's auditor sees, as `roots_seen` does, without their roots.

    Columns are carried along as `climb` does.
    """
    up = _climb_told(scope.site, starts, moment, to_nearest=True)
    carried = [column for column in up.c if column.name not in {"node", "depth", "customer"}]
    return select(*carried).where(up.c.customer.in_(customer_items(scope))).cte()


def built_for(site: Site, starts: Select[Any], moment: Moment) -> CTE:
    """Return every start with the ``customer`` that it is built for; None where that is nobody.

    That is its own, else that of the nearest that it is part of: whose auditor sees it. Columns are
    carried along as `climb` does.
    """
    up = _climb_told(site, starts, moment, to_nearest=True)
    carried = [column for column in up.c if column.name not in {"node", "depth", "customer"}]
    # The climb ends at the first customer, so each start has one at most.
    return select(*carried, func.max(up.c.customer).label("customer")).group_by(*carried).cte()


def _climb_told(site: Site, starts: Select[Any], moment: Moment, *, to_nearest: bool = False) -> CTE:
    """Return every start with all that it is part of, or up to the nearest that is built for anybody.

    With each comes the ``customer`` for whom it is built itself: looked up once.
    """
    begun = starts.cte()
    carried = list(begun.c)
    start = (carried[0].label("node"), customer_of(site, carried[0], moment).label("customer"))
    up = select(*carried, *start, literal(0).label("depth")).cte(recursive=True)
    above = and_(
        containment.c.site == site,
        containment.c.child == up.c.node,
        containment.c.relation == Relation.PART_OF.value,
        in_effect(containment, moment),
        up.c.depth < DEEPEST,
        *([up.c.customer.is_(None)] if to_nearest else []),
    )
    told = (containment.c.parent, customer_of(site, containment.c.parent, moment))
    step = select(*(up.c[column.name] for column in carried), *told, up.c.depth + 1)
    return up.union_all(step.select_from(in_order(up, containment, above)))


def customer_items(scope: Scope) -> Select[tuple[int]]:
    """Return the items that are the customer of a scope.

    That is the party itself, and what events called by its code or name before it was on
    record, unless that is another party: two companies may have one name.
    """
    other = party.alias("other_party")
    called = and_(
        party.c.site == alias.c.site,
        party.c.id == scope.customer,
        party.c.kept_apart == "",  # what is called like it may be the other's
        or_(party.c.code_key == alias.c.value_key, party.c.name_key == alias.c.value_key),
        ~select(other.c.id).where(other.c.site == alias.c.site, other.c.id == alias.c.item).exists(),
    )
    earlier = (
        select(alias.c.item)
        .join(party, called)
        .where(alias.c.site == scope.site, alias.c.scheme == Scheme.PARTY.value)
    )
    itself = select(party.c.id).where(party.c.site == scope.site, party.c.id == scope.customer)
    return select(earlier.union(itself).subquery().c[0])


def customer_of(site: Site, number: ColumnElement[int], moment: Moment) -> ColumnElement[int | None]:
    """Return the customer that a unit itself is built for, as it was said at a moment.

    Each unit is looked up by its key, and nothing is joined: a planner without statistics
    would begin with every unit of the plant, and walk through the starts for each.
    """
    known = unit.alias()
    itself = (known.c.site == site, known.c.id == number, in_effect(known, moment))
    return select(known.c.customer).where(*itself).scalar_subquery()


def told_of_shipment(scope: Scope, column: Column[Any]) -> ColumnElement[Any]:
    """Return an order number or a receiver as a scope is told it: of another's neither.

    An order is of the customer that is named with it: others may have units in the shipment.
    """
    if scope.customer is None:
        return column
    whose = shipment.c.customer if column is shipment.c.customer else shipment.c.order_for
    return case((whose.in_(customer_items(scope)), column))


def parents_of(connection: Connection, scope: Scope, number: UnitId, moment: Moment) -> list[Placement]:
    """Return what a unit is in at a moment: one placement at most, where the data is sound."""
    asked = _placements(Scope(scope.site), number, moment, DEEPEST, of="child", to="parent")
    near = _placed(asked.ask(connection))
    if scope.customer is None or not near:
        return near
    seen = units_by_id(connection, scope, [each.unit for each in near], moment)
    return [each for each in near if each.unit in seen]


def children_of(
    connection: Connection, scope: Scope, number: UnitId, moment: Moment, *, limit: int
) -> list[Placement]:
    """Return what is directly in a unit at a moment, oldest unit first, at most ``limit``."""
    return _placed(_placements(scope, number, moment, limit, of="parent", to="child").ask(connection))


def tests_of(
    connection: Connection, site: Site, number: UnitId, moment: Moment, *, limit: int
) -> list[TestResult]:
    """Return the newest tests of a unit, as they were on record."""
    found = _tests(site, number, moment, limit).ask(connection)
    return [TestResult(test=row[0], result=row[1], happened_at=row[2]) for row in found]


@prepared
def _tests(site: Site, number: int, moment: Moment, most: int) -> Select[Any]:
    return (
        select(test_result.c.test, test_result.c.result, test_result.c.happened_at)
        .where(test_result.c.site == site, test_result.c.unit == number, recorded(test_result, moment))
        .where(happened(test_result.c.happened_at, moment))
        .order_by(test_result.c.happened_at.desc(), test_result.c.id.desc())
        .limit(most)
    )


@prepared
def _placements(scope: Scope, number: int, moment: Moment, most: int, *, of: str, to: str) -> Select[Any]:
    near = (containment.c.site == scope.site, containment.c[of] == number, in_effect(containment, moment))
    query = (
        select(containment.c[to], containment.c.relation, containment.c.position, containment.c.valid_from)
        .where(*near)
        .order_by(unindexed(containment.c[to]))
        .limit(most)
    )
    if scope.customer is None:
        return query
    seen = units_seen(scope, select(containment.c[to].label("unit")).where(*near), moment)
    return query.where(containment.c[to].in_(select(seen.c.unit)))


def _placed(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Placement]:
    return [
        Placement(unit=row[0], relation=Relation(row[1]), position=row[2], valid_from=row[3]) for row in rows
    ]


def units_among(
    scope: Scope, wanted: Select[tuple[int]] | CompoundSelect[tuple[int]], moment: Moment
) -> Select[Any]:
    """Return the units whose ids are asked for, each once, as far as the scope sees them at a moment."""
    seen = wanted.cte()
    if scope.customer is not None:
        theirs = units_seen(scope, select(seen.c[0].label("id")), moment)
        seen = select(theirs.c.id).cte()
    known = and_(unit.c.site == scope.site, unit.c.id == seen.c[0], in_effect(unit, moment))
    return select(*_UNIT).select_from(in_order(seen, unit, known))
