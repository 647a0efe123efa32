"""Where-used: from material to every unit that holds it, set-wise.

One statement walks lot → packages → feeds → units (`storage.genealogy.uses`) → what they are part
of. The certainty of a path is its largest, that of a unit the smallest over its paths.

Each table is filtered by the constant site, and looked up for each row of the step before
(`in_order`, `is_found`): a planner without statistics takes the site for selective, and would
read the whole plant.
"""

from collections.abc import Sequence
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
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from aas_registry.domain.events import Certainty, Relation
from aas_registry.domain.genealogy import GroupBy, Level, Moment
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import climb, roots_seen, told_of_shipment
from aas_registry.storage.genealogy.uses import has_boards, units_fed
from aas_registry.storage.moments import in_effect, recorded
from aas_registry.storage.paging import beyond
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import (
    feed,
    run,
    run_unit,
    shipment,
    shipped,
    unit,
)

_MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A unit that holds the material; at level shipment, and where it went.

    Attributes:
        unit: The unit at the level that was asked for.
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


@dataclass(frozen=True, slots=True)
class Count:
    """How many units of a group hold the material with one certainty."""

    group: Any
    certainty: Certainty
    units: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the units that passed the runs in question: how many any use was reported of."""

    built: int
    reported: int


class WhereUsed:
    """The question: which units hold material of these lots (or packages), seen at a moment."""

    def __init__(self, scope: Scope, items: Sequence[int], moment: Moment, level: Level) -> None:
        """Ask for a scope; ``items`` are lots or packages."""
        self._scope = scope
        self.moment = moment
        self.level = level
        self._hits = units_fed(scope.site, items, moment)
        hits = self._hits
        started = select(hits.c.unit, hits.c.run, hits.c.certainty)
        self._reached = roots_seen(scope, started, moment)

    def rows(self, connection: Connection, page: PageRequest) -> list[Used]:
        """Return units in the order of their ids; one more than asked tells of a next page."""
        return [_used(row) for row in connection.execute(self._page(self._subjects().cte("subjects"), page))]

    def rows_and_totals(self, connection: Connection, page: PageRequest) -> tuple[list[Used], list[Count]]:
        """Return what `rows` and `totals` do; the units are searched for once."""
        subject = self._subjects().cte("subjects")
        counts = _by_certainty(literal(0), select(subject), subject).subquery()
        no_row = [cast(null(), column.type) for column in subject.c if column.name not in _COUNTED]
        totals = select(counts.c.units, literal(_IN_ALL), counts.c.certainty, *no_row)
        found = connection.execute(
            union_all(select(self._page(subject, page).subquery()), totals).order_by(*_KEY[self.level])
        ).all()
        return (
            [_used(row) for row in found if row.root != _IN_ALL],
            [Count(0, Certainty(row.certainty), row.unit) for row in found if row.root == _IN_ALL],
        )

    def totals(self, connection: Connection) -> list[Count]:
        """Return how many units are reached, by certainty."""
        subject = self._subjects().cte("subjects")
        return _counts(connection, literal(0), select(subject), subject)

    def groups(self, connection: Connection, by: GroupBy) -> list[Count]:
        """Return how many units are reached, by group and certainty, in no order.

        A group is an item (product, customer), a line's name, or the number of a day since
        1970 (UTC); None where it is not known. A unit built on two lines counts on both.
        """
        subject = self._subjects(by_line=by is GroupBy.LINE).cte("subjects")
        own, outer = unit.alias("own"), unit.alias("outer_unit")
        of_unit, of_root = self._is_known(own, subject.c.unit), self._is_known(outer, subject.c.root)
        looked_up = in_order(in_order(subject, own, of_unit, isouter=True), outer, of_root, isouter=True)
        known = select(subject).select_from(looked_up)
        return _counts(connection, _group(by, subject, own, outer), known, subject)

    def coverage(self, connection: Connection) -> Coverage:
        """Return of how many units of the runs in question any use was reported."""
        site = self._scope.site
        runs = select(self._hits.c.run).distinct().cte("runs")
        fed = and_(
            feed.c.site == site,
            feed.c.run == run_unit.c.run,
            feed.c.seq_from <= run_unit.c.seq,
            feed.c.seq_to >= run_unit.c.seq,
            recorded(feed, self.moment),
        )
        told = is_found(select(feed.c.id).where(fed))
        passed = and_(run_unit.c.site == site, run_unit.c.run == runs.c.run, recorded(run_unit, self.moment))
        query = select(
            func.count(distinct(run_unit.c.unit)),
            func.count(distinct(case((told, run_unit.c.unit)))),
        ).select_from(in_order(runs, run_unit, passed))
        built, reported = connection.execute(query).one()
        return Coverage(built, reported)

    def _page(self, subject: CTE, page: PageRequest) -> Select[Any]:
        columns = [subject.c[name] for name in _KEY[self.level]]
        query = select(subject).order_by(*columns).limit(page.limit + 1)
        return query if page.after is None else query.where(beyond(columns, page.after))

    def _is_known(self, declared: Any, number: ColumnElement[int]) -> ColumnElement[bool]:
        site = self._scope.site
        return and_(declared.c.site == site, declared.c.id == number, in_effect(declared, self.moment))

    def _subjects(self, *, by_line: bool = False) -> Select[Any]:
        reached = self._reached
        subject = reached.c.unit if self.level is Level.BOARD else reached.c.root
        columns: list[Label[Any]] = [
            subject.label("unit"),
            func.min(reached.c.root).label("root"),
            func.min(reached.c.certainty).label("certainty"),
        ]
        # A panel that was cut into boards is none, and no product; its boards are.
        itself = reached.c.root == reached.c.unit
        query = select(*columns).where(~has_boards(self._scope.site, reached.c.unit, self.moment))
        if self.level is not Level.BOARD:
            query = query.where(or_(itself, ~has_boards(self._scope.site, reached.c.root, self.moment)))
        query = query.group_by(subject)
        if by_line:
            ran = self._is_known(run, reached.c.run)
            query = (
                query.add_columns(run.c.line)
                .select_from(in_order(reached, run, ran, isouter=True))
                .group_by(run.c.line)
            )
        if self.level is Level.SHIPMENT:
            return self._dispatched(query.cte())
        return query

    def _dispatched(self, subject: CTE) -> Select[Any]:
        site = self._scope.site
        packed = climb(site, select(subject), Relation.PACKED_IN, self.moment)
        left = and_(shipped.c.site == site, shipped.c.unit == packed.c.node, in_effect(shipped, self.moment))
        known = self._is_known(shipment, shipped.c.shipment)
        key = [column for column in packed.c if column.name not in {"certainty", "node", "depth"}]
        return (
            select(
                *key,
                func.min(packed.c.certainty).label("certainty"),
                shipped.c.shipment,
                func.min(told_of_shipment(self._scope, shipment.c.order_number)).label("order"),
                func.min(told_of_shipment(self._scope, shipment.c.customer)).label("shipment_customer"),
                func.min(shipped.c.valid_from).label("shipped_at"),
            )
            .select_from(in_order(in_order(packed, shipped, left), shipment, known, isouter=True))
            .group_by(*key, shipped.c.shipment)
        )


# Of the row that counts all units of one certainty: their number stands where others have the unit.
_COUNTED = {"unit", "root", "certainty"}
_IN_ALL = -1  # stands for the root; no unit has it
_KEY = {Level.BOARD: ("unit",), Level.PRODUCT: ("unit",), Level.SHIPMENT: ("unit", "shipment")}


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


def _counts(
    connection: Connection, group: ColumnElement[Any], known: Select[Any], subject: CTE
) -> list[Count]:
    found = connection.execute(_by_certainty(group, known, subject))
    return [Count(grouped, Certainty(sure), count) for grouped, sure, count in found]


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
