"""Reach: the statements of where-used, from packages up to units, products, shipments and receivers.

They are the same for every question of one shape (`storage.prepared`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Label,
    Select,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union,
    union_all,
)

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import GroupBy, Level, Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.beside import Suspected, beside
from aas_registry.storage.genealogy.passes import runs_fed_in_vain, runs_passed
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.sought import held_packages
from aas_registry.storage.genealogy.stays import overlaps, parts_during, roots_during
from aas_registry.storage.genealogy.units import (
    built_for,
    climb,
    is_part_of_any,
    outermost,
    roots_seen,
    told_of_shipment,
)
from aas_registry.storage.genealogy.uses import units_ever_fed, units_fed
from aas_registry.storage.genealogy.ways_out import (
    ADDED,
    has_left_itself,
    left_apart,
    way_out,
    way_out_during,
)
from aas_registry.storage.moments import in_effect
from aas_registry.storage.paging import beyond
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import run, shipment, shipped, unit

_MICROSECONDS_PER_DAY = 86_400_000_000
IN_ALL = -1  # stands for the root in the row that counts all units of one certainty; no unit has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What makes where-used another statement.

    Attributes:
        level: What is answered.
        ever: Whether what once held the material counts, and what that once was part of or left with.
        there: What the site has at all.
        dialect: The name of the database's dialect.
    """

    level: Level
    ever: bool
    there: Present
    dialect: str


class Reach:
    """What some packages reached, as far as a scope sees it."""

    def __init__(self, scope: Scope, packages: CTE, moment: Moment, form: Form) -> None:
        """Begin with packages, as `sought.where_held` answers them."""
        self._scope = scope
        self._moment = moment
        self._form = form
        self._packages = packages
        feeds = units_ever_fed if form.ever else units_fed
        self._hits = hits = feeds(scope, packages, moment, form.there)
        if form.ever:
            self._parts = parts_during(scope, select(hits), moment)
            self._reached = roots_during(scope, self._parts, moment)
        elif scope.customer is None:
            self._parts = climb(scope.site, select(hits), [Relation.PART_OF], moment)
            self._reached = outermost(scope.site, self._parts, moment)
        else:
            self._reached = roots_seen(scope, select(hits), moment)
            self._parts = climb(scope.site, select(self._reached), [Relation.PART_OF], moment)

    def units(self) -> Select[tuple[int]]:
        """Return a query of the units, each once."""
        return select(self._subjects().cte("holders").c.unit).distinct()

    def page(self, *, is_first: bool) -> Select[Any]:
        """Return a query of units in the order of their ids."""
        return self._page(self._subjects().cte("subjects"), is_first=is_first)

    def page_and_totals(self, suspected: Suspected | None, *, is_first: bool) -> CompoundSelect[Any]:
        """Return a query of what `page`, `totals` and `beside` do: the units are searched for once."""
        subject = self._subjects().cte("subjects")
        counts = _by_certainty(literal(0), select(subject), subject).subquery()
        no_row = [cast(null(), column.type) for column in subject.c if column.name not in _COUNTED]
        totals = select(counts.c.units, literal(IN_ALL), counts.c.certainty, *no_row)
        sides = [each.subquery() for each in self._sides(suspected)]
        more = [select(each.c.number, each.c.tag, literal(0), *no_row) for each in sides]
        rows = select(self._page(subject, is_first=is_first).subquery())
        return union_all(rows, totals, *more).order_by(*_KEY[self._form.level])

    def totals(self, suspected: Suspected | None) -> CompoundSelect[Any]:
        """Return a query of how many units are reached, by certainty; with what is beside them."""
        subject = self._subjects().cte("subjects")
        return self._counted(literal(0), select(subject), subject, suspected)

    def groups(self, by: GroupBy, suspected: Suspected | None) -> CompoundSelect[Any]:
        """Return a query of how many units are reached, by group and certainty; with what is beside them."""
        level = Level.SHIPMENT if self._form.level is Level.CUSTOMER else self._form.level
        subject = self._subjects(by_line=by is GroupBy.LINE, level=level).cte("subjects")
        if by is GroupBy.CUSTOMER:
            if level is Level.SHIPMENT:
                return self._counted(subject.c.shipment_customer, select(subject), subject, suspected)
            built = built_for(self._scope.site, select(subject.c.unit, subject.c.certainty), self._moment)
            return self._counted(built.c.customer, select(built), built, suspected)
        own = unit.alias("own")
        looked_up = in_order(subject, own, self._is_known(own, subject.c.unit), isouter=True)
        known = select(subject).select_from(looked_up)
        return self._counted(_group(by, subject, own), known, subject, suspected)

    def beside(self, suspected: Suspected) -> CompoundSelect[Any]:
        """Return a query of what is beside the units alone."""
        return union_all(*self._sides(suspected))

    def _sides(self, suspected: Suspected | None) -> Sequence[Select[int, Any]]:
        if suspected is None:
            return []
        # Whoever sees all need not know of what they are part.
        found = self._hits if self._scope.customer is None else self._reached
        boards = select(found.c.unit, found.c.used_in).distinct()
        passed = runs_passed(self._scope.site, boards, self._moment, self._form.there)
        if self._scope.customer is None:  # what nobody is known to have passed is nobody's
            in_vain = runs_fed_in_vain(self._scope.site, self._packages, self._moment)
            passed = select(union(passed, in_vain).subquery())
        return beside(
            self._scope,
            self._moment,
            self._reached,
            passed,
            suspected,
            dialect=self._form.dialect,
            has_left=self._form.level.has_left,
        )

    def _counted(
        self, group: ColumnElement[Any], known: Select[Any], subject: CTE, suspected: Suspected | None
    ) -> CompoundSelect[Any]:
        counts = _by_certainty(group, known, subject).subquery()
        sides = [each.subquery() for each in self._sides(suspected)]
        nothing = cast(null(), counts.c.grouped.type)
        more = [select(nothing, each.c.tag, each.c.number) for each in sides]
        return union_all(select(counts), *more)

    def _page(self, subject: CTE, *, is_first: bool) -> Select[Any]:
        columns = [subject.c[name] for name in _KEY[self._form.level]]
        query = select(subject).order_by(*columns).limit(bindparam("most", type_=BigInteger))
        if is_first:
            return query
        last = [bindparam(f"last_{name}", type_=BigInteger) for name in _KEY[self._form.level]]
        return query.where(beyond(columns, last))

    def _is_known(self, declared: Any, number: ColumnElement[int]) -> ColumnElement[bool]:
        site = self._scope.site
        return and_(declared.c.site == site, declared.c.id == number, in_effect(declared, self._moment))

    def _subjects(
        self, *, by_line: bool = False, level: Level | None = None
    ) -> Select[Any] | CompoundSelect[Any]:
        level = level or self._form.level
        if level is Level.CUSTOMER:
            return _receivers(self._subjects(level=Level.SHIPMENT).cte())
        if level is Level.SHIPMENT:
            return (self._ever_dispatched if self._form.ever else self._dispatched)(by_line=by_line)
        reached = self._reached
        return self._grouped(
            reached, reached.c.unit if level is Level.BOARD else reached.c.root, by_line=by_line
        )

    def _grouped(
        self, found: CTE, subject: ColumnElement[int], *beside: ColumnElement[Any], by_line: bool
    ) -> Select[Any]:
        columns: list[Label[Any]] = [
            subject.label("unit"),
            func.min(found.c.root if found is self._reached else subject).label("root"),
            func.min(found.c.certainty).label("certainty"),
        ]
        query = select(*columns, *beside).group_by(subject, *beside)
        if not by_line:
            return query
        ran = self._is_known(run, found.c.run)
        with_runs = query.add_columns(run.c.line).select_from(in_order(found, run, ran, isouter=True))
        return with_runs.group_by(run.c.line)

    def _dispatched(self, *, by_line: bool) -> CompoundSelect[Any]:
        """Return with what the outermost left, and what left by itself of what is part of it."""
        roots = self._grouped(self._reached, self._reached.c.root, by_line=by_line)
        packed = way_out(self._scope, roots, self._moment)
        left = and_(self._left(packed.c.node), in_effect(shipped, self._moment), packed.c.is_told == 1)
        told, key = self._with_shipments(packed, left)
        # Of its own shipment and that of its carton it is with the later one.
        latest = [shipped.c.valid_from.desc(), shipped.c.shipment.desc()]
        place = func.row_number().over(partition_by=key, order_by=latest).label("place")
        ranked = told.add_columns(place).cte()
        whole = select(*(column for column in ranked.c if column.name != "place")).where(ranked.c.place == 1)
        parts = self._parts
        is_away = is_found(
            select(shipped.c.id).where(self._left(parts.c.node), in_effect(shipped, self._moment))
        )
        some = (
            select(parts).where(is_away, is_part_of_any(self._scope.site, parts.c.node, self._moment)).cte()
        )
        grouped = self._grouped(some, some.c.node, by_line=by_line).subquery()
        kept = [column for column in grouped.c if column.name != "root"]
        apart = left_apart(self._scope, select(*kept), self._moment)
        itself = [
            apart.c.unit.label("root") if each.name == "root" else apart.c[each.name] for each in grouped.c
        ]
        alone = select(*itself, apart.c.unit.label("node")).cte()
        own = and_(self._left(alone.c.node), in_effect(shipped, self._moment))
        return union_all(whole, self._with_shipments(alone, own)[0])

    def _ever_dispatched(self, *, by_line: bool) -> Select[Any]:
        """Return with what the units left, and all that they were part of, while they held it."""
        parts = self._parts
        subject = self._grouped(parts, parts.c.root, parts.c.since, parts.c.until, by_line=by_line)
        packed = way_out_during(self._scope, subject, self._moment)
        left = and_(self._left(packed.c.node), overlaps(shipped, packed, self._moment))
        left = and_(left, has_left_itself(self._scope, self._moment))
        told = self._with_shipments(packed, left)[0].cte()
        best = {"certainty", "shipped_at"}
        columns = [func.min(each).label(each.name) if each.name in best else each for each in told.c]
        return select(*columns).group_by(*(each for each in told.c if each.name not in best))

    def _left(self, unit: ColumnElement[int]) -> ColumnElement[bool]:
        return and_(shipped.c.site == self._scope.site, shipped.c.unit == unit)

    def _with_shipments(self, packed: CTE, left: ColumnElement[bool]) -> tuple[Select[Any], list[Any]]:
        known = self._is_known(shipment, shipped.c.shipment)
        key = [column for column in packed.c if column.name not in _OF_CLIMB]
        query = select(
            *key,
            packed.c.certainty,
            shipped.c.shipment,
            told_of_shipment(self._scope, shipment.c.order_number).label("order"),
            told_of_shipment(self._scope, shipment.c.customer).label("shipment_customer"),
            shipped.c.valid_from.label("shipped_at"),
        )
        ways = in_order(in_order(packed, shipped, left), shipment, known, isouter=True)
        return query.select_from(ways), key


_OF_CLIMB = {"certainty", *ADDED}


def _receivers(dispatched: CTE) -> Select[Any]:
    """Return to whom units went; ``unit`` is the receiver, 0 where it is not known, or not told."""
    receiver = func.coalesce(dispatched.c.shipment_customer, 0)
    best = func.min(dispatched.c.certainty).label("certainty")
    return select(receiver.label("unit"), receiver.label("root"), best).group_by(receiver)


# Of the row that counts all units of one certainty: their number stands where others have the unit.
_COUNTED = {"unit", "root", "certainty"}
_KEY = {
    Level.BOARD: ("unit",),
    Level.PRODUCT: ("unit",),
    Level.SHIPMENT: ("unit", "shipment"),
    Level.CUSTOMER: ("unit",),
}


def _group(by: GroupBy, subject: CTE, own: Any) -> ColumnElement[Any]:
    if by is GroupBy.PRODUCT:
        product: ColumnElement[Any] = own.c.product
        return product
    if by is GroupBy.LINE:
        line: ColumnElement[Any] = subject.c.line
        return line
    return type_coerce(own.c.created_at, BigInteger) // _MICROSECONDS_PER_DAY


def _by_certainty(group: ColumnElement[Any], known: Select[Any], subject: CTE) -> Select[Any]:
    # A unit counts once per group, with its best certainty, however many rows it has.
    units = (
        known.with_only_columns(
            group.label("grouped"), subject.c.unit, func.min(subject.c.certainty).label("certainty")
        )
        .group_by(group, subject.c.unit)
        .subquery()
    )
    return select(units.c.grouped, units.c.certainty, func.count().label("units")).group_by(
        units.c.grouped, units.c.certainty
    )


def reach_of(scope: Scope, lot: int | None, moment: Moment, form: Form) -> Reach:
    """Return what one lot reached, or the packages that are given (`sought.MaterialHeld.values`)."""
    packages = held_packages(scope.site, lot, moment, dialect=form.dialect)
    return Reach(scope, packages, moment, form)


@prepared
def one_page(scope: Scope, lot: int | None, moment: Moment, *, form: Form, is_first: bool) -> Select[Any]:
    """Return `Reach.page` of one lot, or of the packages that are given."""
    return reach_of(scope, lot, moment, form).page(is_first=is_first)


@prepared
def page_and_totals(
    scope: Scope, lot: int | None, moment: Moment, *, form: Form, suspected: Suspected | None, is_first: bool
) -> CompoundSelect[Any]:
    """Return `Reach.page_and_totals` of one lot, or of the packages that are given."""
    return reach_of(scope, lot, moment, form).page_and_totals(suspected, is_first=is_first)


@prepared
def all_totals(
    scope: Scope, lot: int | None, moment: Moment, *, form: Form, suspected: Suspected | None
) -> CompoundSelect[Any]:
    """Return `Reach.totals` of one lot, or of the packages that are given."""
    return reach_of(scope, lot, moment, form).totals(suspected)


@prepared
def all_groups(
    scope: Scope,
    lot: int | None,
    moment: Moment,
    *,
    form: Form,
    by: GroupBy,
    suspected: Suspected | None,
) -> CompoundSelect[Any]:
    """Return `Reach.groups` of one lot, or of the packages that are given."""
    return reach_of(scope, lot, moment, form).groups(by, suspected)


@prepared
def all_beside(
    scope: Scope, lot: int | None, moment: Moment, *, form: Form, suspected: Suspected
) -> CompoundSelect[Any]:
    """Return `Reach.beside` of one lot, or of the packages that are given."""
    return reach_of(scope, lot, moment, form).beside(suspected)
