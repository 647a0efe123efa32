"""Where-used: from material to every unit that holds it, set-wise.

One statement walks lot → packages (a small graph, recursive, ``UNION``: a cycle ends) → feeds
→ units → what they are part of. The certainty of a path is its largest, that of a unit the
smallest over its paths. A use that rework took out whole no longer counts.

Each table is filtered by the constant site, and looked up for each row of the step before
(`in_order`, `is_found`): a planner without statistics takes the site for selective, and would
read the whole plant.

Links of material are not ordered by time: a late registration must not hide a use. Where
packages were merged, everything the result fed is reached from each of them.
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

from aas_registry.domain.events import Certainty, LinkKind, Relation
from aas_registry.domain.genealogy import GroupBy, Level, Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import climb, owned, roots
from aas_registry.storage.moments import begun, in_effect, recorded
from aas_registry.storage.paging import beyond
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import (
    containment,
    feed,
    feed_void,
    lot_link,
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
        root: What it is part of, or itself.
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
        self._moment = moment
        self.level = level
        self._hits = _hits(scope.site, items, moment)
        self._reached = self._with_roots()

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
        of_unit = and_(own.c.site == self._scope.site, own.c.id == subject.c.unit)
        of_root = and_(outer.c.site == self._scope.site, outer.c.id == subject.c.root)
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
            recorded(feed, self._moment),
        )
        told = is_found(select(feed.c.id).where(fed))
        passed = and_(run_unit.c.site == site, run_unit.c.run == runs.c.run, recorded(run_unit, self._moment))
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

    def _with_roots(self) -> CTE:
        hits, site = self._hits, self._scope.site
        root = roots(site, select(hits.c.unit, hits.c.run, hits.c.certainty), self._moment)
        if self._scope.customer is None:
            return root
        return select(root).where(owned(self._scope, root.c.unit, root.c.root)).cte("reached")

    def _subjects(self, *, by_line: bool = False) -> Select[Any]:
        reached = self._reached
        subject = reached.c.unit if self.level is Level.BOARD else reached.c.root
        columns: list[Label[Any]] = [
            subject.label("unit"),
            func.min(reached.c.root).label("root"),
            func.min(reached.c.certainty).label("certainty"),
        ]
        query = select(*columns).group_by(subject)
        if by_line:
            ran = and_(run.c.site == self._scope.site, run.c.id == reached.c.run)
            query = (
                query.add_columns(run.c.line)
                .select_from(in_order(reached, run, ran, isouter=True))
                .group_by(run.c.line)
            )
        if self.level is Level.PRODUCT:
            # A panel that was cut into boards is no product; its boards are.
            cut = and_(containment.c.site == self._scope.site, containment.c.parent == subject)
            query = query.where(~is_found(select(containment.c.id).where(cut, on_panel(self._moment))))
        if self.level is Level.SHIPMENT:
            return self._dispatched(query.cte())
        return query

    def _dispatched(self, subject: CTE) -> Select[Any]:
        site = self._scope.site
        packed = climb(site, select(subject), Relation.PACKED_IN, self._moment)
        left = and_(shipped.c.site == site, shipped.c.unit == packed.c.node, in_effect(shipped, self._moment))
        known = and_(shipment.c.site == site, shipment.c.id == shipped.c.shipment)
        key = [column for column in packed.c if column.name not in {"certainty", "node", "depth"}]
        return (
            select(
                *key,
                func.min(packed.c.certainty).label("certainty"),
                shipped.c.shipment,
                func.min(shipment.c.order_number).label("order"),
                func.min(shipment.c.customer).label("shipment_customer"),
                func.min(shipped.c.valid_from).label("shipped_at"),
            )
            .select_from(in_order(in_order(packed, shipped, left), shipment, known, isouter=True))
            .group_by(*key, shipped.c.shipment)
        )


# Of the row that counts all units of one certainty: their number stands where others have the unit.
_COUNTED = {"unit", "root", "certainty"}
_IN_ALL = -1  # stands for the root; no unit has it
_KEY = {Level.BOARD: ("unit",), Level.PRODUCT: ("unit",), Level.SHIPMENT: ("unit", "shipment")}


def material_from(site: Site, items: Sequence[int], moment: Moment) -> CTE:
    """Return a table of what holds material of some lots or packages: ``item``, ``certainty``."""
    starts = [
        select(literal(each, BigInteger).label("item"), literal(0).label("certainty")) for each in items
    ]
    flow = select(union_all(*starts).subquery()).cte(recursive=True)
    link = and_(lot_link.c.site == site, lot_link.c.parent == flow.c.item, flows(moment))
    step = select(lot_link.c.child, _larger(flow.c.certainty, lot_link.c.certainty))
    return flow.union(step.select_from(in_order(flow, lot_link, link)))


def flows(moment: Moment) -> ColumnElement[bool]:
    """Return whether a link of material counts at a moment.

    What lot a package holds is true of it from its beginning, whenever it was registered.
    """
    lasting = or_(lot_link.c.kind == LinkKind.RECEIPT.value, begun(lot_link, moment))
    return and_(recorded(lot_link, moment), lasting)


def _direct_uses(site: Site, items: Sequence[int], moment: Moment) -> CTE:
    flow = material_from(site, items, moment)
    surest = func.min(flow.c.certainty).label("certainty")
    packages = select(flow.c.item, surest).group_by(flow.c.item).cte()
    fed = and_(
        feed.c.site == site,
        feed.c.package == packages.c.item,
        recorded(feed, moment),
        begun(feed, moment),
    )
    covers = and_(
        run_unit.c.site == site,
        run_unit.c.run == feed.c.run,
        run_unit.c.seq >= feed.c.seq_from,
        run_unit.c.seq <= feed.c.seq_to,
        recorded(run_unit, moment),
        begun(run_unit, moment, "passed_at"),
    )
    return (
        select(
            run_unit.c.unit,
            run_unit.c.unit.label("carrier"),
            feed.c.id.label("feed"),
            feed.c.valid_from,
            func.coalesce(feed.c.context_run, feed.c.run).label("run"),
            _larger(packages.c.certainty, feed.c.certainty).label("certainty"),
        )
        .select_from(in_order(in_order(packages, feed, fed), run_unit, covers))
        .cte("uses")
    )


def _hits(site: Site, items: Sequence[int], moment: Moment) -> CTE:
    uses = _direct_uses(site, items, moment)
    cut = and_(
        containment.c.site == site,
        containment.c.parent == uses.c.carrier,
        on_panel(moment),
        or_(containment.c.valid_to.is_(None), containment.c.valid_to > uses.c.valid_from),
    )
    carried = (uses.c[name] for name in ("carrier", "feed", "valid_from", "run", "certainty"))
    boards = select(containment.c.child, *carried).select_from(in_order(uses, containment, cut))
    every = union_all(select(uses), boards).cte("every_use")
    return (
        select(every.c.unit, every.c.run, func.min(every.c.certainty).label("certainty"))
        .where(~taken_out(site, every, moment))
        .group_by(every.c.unit, every.c.run)
        .cte("hits")
    )


def on_panel(moment: Moment) -> ColumnElement[bool]:
    """Return whether a unit was, or had been, a board of a panel."""
    return and_(
        # Not a parameter: a planner then sees that the index of panels holds the answer.
        containment.c.relation == literal(Relation.PANEL_OF.value, literal_execute=True),
        recorded(containment, moment),
        begun(containment, moment),
    )


def taken_out(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    """Return whether rework took a use out whole: of the unit, or of the panel that carried it."""
    void = and_(
        feed_void.c.site == site,
        feed_void.c.feed == use.c.feed,
        or_(feed_void.c.unit == use.c.unit, feed_void.c.unit == use.c.carrier),
        feed_void.c.closes,
        recorded(feed_void, moment),
        begun(feed_void, moment, "valid_to"),
    )
    return is_found(select(feed_void.c.id).where(void))


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


def _larger(left: ColumnElement[int], right: ColumnElement[int]) -> ColumnElement[int]:
    return case((left > right, left), else_=right)


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
