"""Where-used: from material to every unit that holds it, set-wise.

One statement walks lot → packages → feeds → units (`storage.genealogy.uses`) → what they are part
of. The certainty of a path is its largest, that of a unit the smallest over its paths.

Each table is filtered by the constant site, and looked up for each row of the step before
(`in_order`, `is_found`): a planner without statistics takes the site for selective, and would
read the whole plant.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Label,
    Row,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union,
    union_all,
)

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Certainty, Relation
from aas_registry.domain.genealogy import GroupBy, Level, Moment
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.anomalies import count_touching
from aas_registry.storage.genealogy.bare_packages import packages_without_lot
from aas_registry.storage.genealogy.beside import Beside
from aas_registry.storage.genealogy.coverage import Coverage, Covering, coverage
from aas_registry.storage.genealogy.passes import runs_passed
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.stays import climb_during, overlaps, roots_during
from aas_registry.storage.genealogy.units import climb, roots_seen, told_of_shipment
from aas_registry.storage.genealogy.unknown import Asked, Unknown, unknown
from aas_registry.storage.genealogy.uses import units_ever_fed, units_fed
from aas_registry.storage.moments import in_effect
from aas_registry.storage.paging import beyond
from aas_registry.storage.rows import given, in_order
from aas_registry.storage.tables.genealogy import (
    run,
    shipment,
    shipped,
    unit,
)

_MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A unit that holds the material; at level shipment, and where it went.

    Attributes:
        unit: The unit at the level that was asked for; at level customer the receiver, 0 where not known.
        root: The outermost that it is part of, or itself, as far as the scope sees it.
        certainty: The best over all paths.
        shipment: At level shipment: with what it left.
    """

    unit: int
    root: int
    certainty: Certainty
    shipment: int | None = None
    order: str | None = None
    shipment_customer: int | None = None
    shipped_at: datetime | None = None

    @property
    def numbers(self) -> tuple[int, int]:
        """Return the units that the row names."""
        return self.unit, self.root


@dataclass(frozen=True, slots=True)
class Count:
    """How many units of a group hold the material with one certainty."""

    group: Any
    certainty: Certainty
    units: int


class WhereUsed:
    """The question: which units hold material of a set of things, seen at a moment."""

    def __init__(
        self,
        scope: Scope,
        packages: CTE,
        moment: Moment,
        level: Level,
        *,
        ever: bool = False,
        there: Present | None = None,
    ) -> None:
        """Ask for a scope.

        Args:
            scope: As whom.
            packages: What `sought.where_held` answers.
            moment: The two times.
            level: What is answered.
            ever: Whether what once held the material counts, and what that once was part of or left with.
            there: What the site has at all; None: that is not asked.
        """
        self._scope = scope
        self.moment = moment
        self.level = level
        self.ever = ever
        self._packages = packages
        self._there = there or Present()
        feeds = units_ever_fed if ever else units_fed
        self._hits = hits = feeds(scope, packages, moment, self._there)
        climb_to_roots = roots_during if ever else roots_seen
        self._reached = climb_to_roots(scope, select(hits), moment)
        passed = runs_passed(scope.site, self._boards(), moment)
        self._beside = Beside(scope, moment, self._reached, passed)

    def units(self) -> Select[tuple[int]]:
        """Return a query of the units, each once."""
        return select(self._subjects().cte("holders").c.unit).distinct()

    def rows(self, connection: Connection, page: PageRequest) -> list[Used]:
        """Return units in the order of their ids; one more than asked tells of a next page."""
        return [_used(row) for row in connection.execute(self._page(self._subjects().cte("subjects"), page))]

    def rows_and_totals(self, connection: Connection, page: PageRequest) -> tuple[list[Used], list[Count]]:
        """Return what `rows` and `totals` do; the units are searched for once, also for `coverage`."""
        subject = self._subjects().cte("subjects")
        counts = _by_certainty(literal(0), select(subject), subject).subquery()
        no_row = [cast(null(), column.type) for column in subject.c if column.name not in _COUNTED]
        totals = select(counts.c.units, literal(_IN_ALL), counts.c.certainty, *no_row)
        sides = [each.subquery() for each in self._beside.queries(connection)]
        more = [select(each.c.number, each.c.tag, literal(0), *no_row) for each in sides]
        found = connection.execute(
            union_all(select(self._page(subject, page).subquery()), totals, *more).order_by(*_KEY[self.level])
        ).all()
        self._beside.note((row.root, row.unit) for row in found)
        return (
            [_used(row) for row in found if row.root >= 0],
            [Count(0, Certainty(row.certainty), row.unit) for row in found if row.root == _IN_ALL],
        )

    def totals(self, connection: Connection) -> list[Count]:
        """Return how many units are reached, by certainty."""
        subject = self._subjects().cte("subjects")
        return self._counted(connection, literal(0), select(subject), subject)

    def groups(self, connection: Connection, by: GroupBy) -> list[Count]:
        """Return how many units are reached, by group and certainty, in no order.

        A group is an item (product, customer), a line's name, or the number of a day since
        1970 (UTC); None where it is not known. A unit built on two lines counts on both.
        """
        level = Level.SHIPMENT if self.level is Level.CUSTOMER else self.level
        subject = self._subjects(by_line=by is GroupBy.LINE, level=level).cte("subjects")
        if level is Level.SHIPMENT and by is GroupBy.CUSTOMER:
            return self._counted(connection, subject.c.shipment_customer, select(subject), subject)
        own, outer = unit.alias("own"), unit.alias("outer_unit")
        of_unit, of_root = self._is_known(own, subject.c.unit), self._is_known(outer, subject.c.root)
        looked_up = in_order(in_order(subject, own, of_unit, isouter=True), outer, of_root, isouter=True)
        known = select(subject).select_from(looked_up)
        return self._counted(connection, _group(by, subject, own, outer), known, subject)

    def coverage(self, connection: Connection) -> Coverage:
        """Return how much was reported of the runs that these units passed."""
        runs = self._beside.told(connection).runs
        asked = Covering(scope=self._scope, packages=self._packages, moment=self.moment, there=self._there)
        return coverage(connection, asked, runs)

    def unknown(self, connection: Connection) -> Unknown:
        """Return what could change the answer."""
        near = self._beside.told(connection).near
        asked = Asked(near=near, packages=self._packages, moment=self.moment)
        packages = packages_without_lot(connection, self._scope, self.moment, self._there)
        return unknown(connection, self._scope, asked, packages=packages)

    def anomalies(self, connection: Connection) -> dict[AnomalyKind, int]:
        """Return how many open anomalies touch the answer: the packages, what holds them, what that is in."""
        things = [select(self._packages.c.package)]
        met = self._beside.told(connection).met
        if met:
            things.append(select(given(connection, thing=sorted(met)).c.thing))
        return count_touching(connection, self._scope, union(*things), self.moment)

    def left_out(self, connection: Connection) -> int:
        """Return how many statements that would touch the answer are dated ahead."""
        return self._beside.told(connection).left_out(select(self._packages.c.package))

    def _boards(self) -> Select[Any]:
        # Whoever sees all need not know of what they are part.
        unit_of = self._hits.c.unit if self._scope.customer is None else self._reached.c.unit
        return select(unit_of).distinct()

    def _counted(
        self, connection: Connection, group: ColumnElement[Any], known: Select[Any], subject: CTE
    ) -> list[Count]:
        counts = _by_certainty(group, known, subject).subquery()
        beside = self._beside
        sides = [] if beside.is_known else [each.subquery() for each in beside.queries(connection)]
        nothing = cast(null(), counts.c.grouped.type)
        more = [select(nothing, each.c.tag, each.c.number) for each in sides]
        found = connection.execute(union_all(select(counts), *more)).all()
        if sides:
            beside.note((sure, count) for _, sure, count in found)
        return [Count(grouped, Certainty(sure), count) for grouped, sure, count in found if sure >= 0]

    def _page(self, subject: CTE, page: PageRequest) -> Select[Any]:
        columns = [subject.c[name] for name in _KEY[self.level]]
        query = select(subject).order_by(*columns).limit(page.limit + 1)
        return query if page.after is None else query.where(beyond(columns, page.after))

    def _is_known(self, declared: Any, number: ColumnElement[int]) -> ColumnElement[bool]:
        site = self._scope.site
        return and_(declared.c.site == site, declared.c.id == number, in_effect(declared, self.moment))

    def _subjects(self, *, by_line: bool = False, level: Level | None = None) -> Select[Any]:
        level = level or self.level
        if level is Level.CUSTOMER:
            return _receivers(self._subjects(level=Level.SHIPMENT).cte())
        reached = self._reached
        subject = reached.c.unit if level is Level.BOARD else reached.c.root
        columns: list[Label[Any]] = [
            subject.label("unit"),
            func.min(reached.c.root).label("root"),
            func.min(reached.c.certainty).label("certainty"),
        ]
        query = select(*columns)
        query = query.group_by(subject)
        if by_line:
            ran = self._is_known(run, reached.c.run)
            query = (
                query.add_columns(run.c.line)
                .select_from(in_order(reached, run, ran, isouter=True))
                .group_by(run.c.line)
            )
        if level is not Level.SHIPMENT:
            return query
        if self.ever:
            spans = (reached.c.since, reached.c.until)
            return self._ever_dispatched(query.add_columns(*spans).group_by(*spans))
        return self._dispatched(query)

    def _dispatched(self, subject: Select[Any]) -> Select[Any]:
        packed = climb(self._scope.site, subject, _INTO_SHIPMENTS, self.moment)
        left = and_(
            shipped.c.site == self._scope.site,
            shipped.c.unit == packed.c.node,
            in_effect(shipped, self.moment),
        )
        told, key = self._with_shipments(packed, left)
        # Of its own shipment and that of its carton it is with the later one.
        latest = [shipped.c.valid_from.desc(), shipped.c.shipment.desc()]
        place = func.row_number().over(partition_by=key, order_by=latest).label("place")
        ranked = told.add_columns(place).cte()
        return select(*(column for column in ranked.c if column.name != "place")).where(ranked.c.place == 1)

    def _ever_dispatched(self, subject: Select[Any]) -> Select[Any]:
        packed = climb_during(self._scope.site, subject, _INTO_SHIPMENTS, self.moment)
        left = and_(
            shipped.c.site == self._scope.site,
            shipped.c.unit == packed.c.node,
            overlaps(shipped, packed, self.moment),
        )
        told = self._with_shipments(packed, left)[0].cte()
        best = {"certainty", "shipped_at"}
        columns = [func.min(each).label(each.name) if each.name in best else each for each in told.c]
        return select(*columns).group_by(*(each for each in told.c if each.name not in best))

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


_INTO_SHIPMENTS = (Relation.PACKED_IN, Relation.PANEL_OF)
_OF_CLIMB = {"certainty", "node", "depth", "since", "until"}


def _receivers(dispatched: CTE) -> Select[Any]:
    """Return to whom units went; ``unit`` is the receiver, 0 where it is not known, or not told."""
    receiver = func.coalesce(dispatched.c.shipment_customer, 0)
    best = func.min(dispatched.c.certainty).label("certainty")
    return select(receiver.label("unit"), receiver.label("root"), best).group_by(receiver)


# Of the row that counts all units of one certainty: their number stands where others have the unit.
_COUNTED = {"unit", "root", "certainty"}
_IN_ALL = -1  # stands for the root; no unit has it
_KEY = {
    Level.BOARD: ("unit",),
    Level.PRODUCT: ("unit",),
    Level.SHIPMENT: ("unit", "shipment"),
    Level.CUSTOMER: ("unit",),
}


def _group(by: GroupBy, subject: CTE, own: Any, outer: Any) -> ColumnElement[Any]:
    if by is GroupBy.PRODUCT:
        product: ColumnElement[Any] = own.c.product
        return product
    if by is GroupBy.CUSTOMER:
        return func.coalesce(own.c.customer, outer.c.customer)
    if by is GroupBy.LINE:
        line: ColumnElement[Any] = subject.c.line
        return line
    return type_coerce(own.c.created_at, BigInteger) // _MICROSECONDS_PER_DAY


def _used(row: Row[Any]) -> Used:
    return Used(**{**row._mapping, "certainty": Certainty(row.certainty)})  # noqa: SLF001 the public name of it


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
