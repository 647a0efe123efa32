"""Uses: which units were fed material of a lot or package, while the package held it.

A use happened when its unit passed, where that is known, and draws what its package held then
(`domain.fillings`). What was used on a panel is in each of its boards. A use that rework took out
whole no longer counts.

Each table is filtered by the constant site, and looked up for each row of the step before
(`in_order`, `is_found`): a planner without statistics takes the site for selective, and would
read the whole plant.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
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
    tuple_,
    type_coerce,
    union_all,
)

from aas_registry.domain.events import Certainty, Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.column_types import Instant, as_stored
from aas_registry.storage.genealogy.fed_times import fed_certainty, first_passed_at, first_used_at
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.set_up_uses import passed_while
from aas_registry.storage.genealogy.taken_out import has_closed, taken_out, taken_out_at
from aas_registry.storage.genealogy.units import units_seen
from aas_registry.storage.moments import begun, in_time, recorded
from aas_registry.storage.rows import given, given_later, given_values, in_order, is_among, is_found
from aas_registry.storage.tables.genealogy import containment, feed, feed_void, filling, run_unit
from aas_registry.storage.tables.passes import set_up

Span = tuple[int, Certainty, datetime | None, datetime | None]
"""That a package held something: how surely, from when and until when; None without bound."""

_NONE = -1 << 62  # stands for a time without bound, and for no package
_TIMES = ("valid_from", "valid_to")
_OF_SPAN = {"package", "certainty", *_TIMES}


def held(fillings: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Return whether a filling counts at a moment: what came later is in no package by then."""
    ends = fillings.c.asked_until
    told = and_(begun(fillings, moment, "since"), or_(ends.is_(None), ends > moment.as_of))
    return and_(recorded(fillings, moment), told, begun(fillings, moment, "valid_from"))


def within(span: FromClause, at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether a use happened while a package held something; most hold it always."""
    return and_(
        or_(span.c.valid_from.is_(None), span.c.valid_from <= at),
        or_(span.c.valid_to.is_(None), span.c.valid_to > at),
    )


def given_spans(connection: Connection, spans: Sequence[Span]) -> Select[Any]:
    """Return spans that were found before as rows: the number of each, ``span``, and its columns."""
    return _spans(given(connection, **_columns_of(spans)))


def spans_later(dialect: str) -> Select[Any]:
    """Return what `given_spans` does for a statement that is kept, and asked with `span_values`."""
    return _spans(given_later(dialect, **dict.fromkeys(_columns_of(()), int)))


def span_values(connection: Connection, spans: Sequence[Span]) -> dict[str, Any]:
    """Return the values for `spans_later`."""
    return given_values(connection, **_columns_of(spans))


def _columns_of(spans: Sequence[Span]) -> dict[str, Sequence[int]]:
    return {
        "span": range(len(spans)) if spans else [_NONE],
        "package": [package for package, *_ in spans] or [_NONE],
        "certainty": [int(certainty) for _, certainty, *_ in spans] or [_NONE],
        "valid_from": [_bound(begins) for *_, begins, _ in spans] or [_NONE],
        "valid_to": [_bound(ends) for *_, ends in spans] or [_NONE],
    }


def _spans(rows: FromClause) -> Select[Any]:
    times = (type_coerce(func.nullif(rows.c[name], _NONE), Instant).label(name) for name in _TIMES)
    return select(rows.c.span, rows.c.package, rows.c.certainty, *times)


def _bound(time: datetime | None) -> int:
    return _NONE if time is None else int(as_stored(time))


def held_lot(site: Site, lot: int, moment: Moment) -> CTE:
    """Return the packages that held material of one lot, how surely, and when."""
    known = (filling.c.site == site, filling.c.source == lot, held(filling, moment))
    spans = (filling.c.package, filling.c.certainty, filling.c.valid_from, filling.c.valid_to)
    return select(*spans).where(*known).cte("packages")


def feeding(site: Site, packages: CTE, moment: Moment) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what the feeds of some packages meet, and what the passes do that these cover."""
    return (
        and_(
            feed.c.site == site,
            feed.c.package == packages.c.package,
            recorded(feed, moment),
            in_time(feed, moment),
        ),
        and_(
            run_unit.c.site == site,
            run_unit.c.run == feed.c.run,
            run_unit.c.seq >= feed.c.seq_from,
            run_unit.c.seq <= feed.c.seq_to,
            recorded(run_unit, moment),
        ),
    )


def _direct_uses(site: Site, packages: CTE, moment: Moment, there: Present) -> CTE:
    fed, covers = feeding(site, packages, moment)
    used_at = func.coalesce(run_unit.c.passed_at, feed.c.valid_from)
    fed_surely = fed_certainty(site, moment)
    surer = packages.c.certainty > fed_surely
    fed_in = case((feed.c.run != run_unit.c.unit, feed.c.run))  # else it was put into that very unit
    carried = [column.name for column in packages.c if column.name not in _OF_SPAN]
    exact = int(Certainty.EXACT)
    # What a package always held it held at every number of a unit (`_is_doubted`).
    is_bounded = or_(packages.c.valid_from.is_not(None), packages.c.valid_to.is_not(None))
    is_sure = and_(packages.c.certainty == exact, feed.c.certainty == exact, feed.c.run != run_unit.c.unit)
    never = cast(null(), containment.c.valid_to.type).label("cut_at")
    reported = (
        select(
            run_unit.c.unit,
            run_unit.c.unit.label("carrier"),
            feed.c.id.label("feed"),
            used_at.label("used_at"),
            never,
            func.coalesce(feed.c.context_run, feed.c.run).label("run"),
            run_unit.c.seq,
            func.coalesce(feed.c.context_run, fed_in).label("used_in"),
            case((surer, packages.c.certainty), else_=fed_surely).label("certainty"),
            case((and_(is_bounded, is_sure), 1), else_=0).label("is_of_a_time"),
            *(packages.c[name] for name in carried),
        )
        .select_from(in_order(in_order(packages, feed, fed), run_unit, covers))
        .where(used_at <= moment.as_of, within(packages, first_used_at(site, moment)))
    )
    if not there.set_ups:
        return reported.cte("uses")
    stood = passed_while(site, packages, moment)
    told = [stood.c[name] for name in ("unit", "carrier", "feed", "used_at")]
    beside = (stood.c[name] for name in carried)
    in_run = (stood.c.run, stood.c.seq, case((stood.c.run != stood.c.unit, stood.c.run)))
    from_set_ups = select(*told, never, *in_run, literal(int(Certainty.ASSUMED)), literal(0), *beside)
    return reported.union_all(from_set_ups.where(within(stood, stood.c.used_at))).cte("uses")


def _sureness(site: Site, every: CTE, packages: CTE, moment: Moment, there: Present) -> ColumnElement[Any]:
    """Return how sure each use is: what came at one of several numbers is sure where it was there at all."""
    # Looked up anew, by label: mentioned twice, the table would be made one of its own.
    query = packages.element
    assert isinstance(query, Select)
    then = query.subquery()

    def is_other(fed: FromClause, at: ColumnElement[Any]) -> ColumnElement[bool]:
        exact = (then.c.package == fed.c.package, then.c.certainty == int(Certainty.EXACT), within(then, at))
        return ~is_found(select(then.c.package).where(*exact))

    is_doubted = passed_elsewhere(site, every, moment, is_other, panels=there.panels)
    doubt = and_(every.c.is_of_a_time == 1, is_doubted)
    return case((doubt, int(Certainty.POSSIBLE)), else_=every.c.certainty)


def passed_elsewhere(
    site: Site,
    use: FromClause,
    moment: Moment,
    is_other: Callable[[FromClause, ColumnElement[Any]], ColumnElement[bool]],
    *,
    panels: bool = True,
) -> ColumnElement[bool]:
    """Return whether a unit, or its panel, passed at a number of a range as its package held something else.

    ``use`` is of a range, with the columns ``unit`` and ``feed``; ``is_other`` answers of the range, and the
    time of a pass, whether the package held something else; ``panels``, whether there are any.
    """
    fed, passed, panel = feed.alias("fed"), run_unit.alias("passed"), containment.alias("panel")
    at = first_used_at(site, moment, passed=passed, fed=fed)
    then = (fed.c.site == site, fed.c.id == use.c.feed, at <= moment.as_of, is_other(fed, at))
    covered = and_(
        passed.c.site == site,
        passed.c.run == fed.c.run,
        passed.c.seq.between(fed.c.seq_from, fed.c.seq_to),
        recorded(passed, moment),
    )
    by_itself = in_order(fed, passed, and_(covered, passed.c.unit == use.c.unit))
    by_itself_then = is_found(select(passed.c.unit).select_from(by_itself).where(*then))
    if not panels:
        return by_itself_then
    was_child = and_(panel.c.site == site, panel.c.child == use.c.unit, on_panel(moment, panel))
    on_it = in_order(in_order(fed, panel, was_child), passed, and_(covered, passed.c.unit == panel.c.parent))
    was_there = or_(panel.c.valid_to.is_(None), panel.c.valid_to > at)
    return or_(by_itself_then, is_found(select(passed.c.unit).select_from(on_it).where(was_there, *then)))


def units_fed(scope: Scope, packages: CTE, moment: Moment, there: Present) -> CTE:
    """Return the units that hold material of some packages, each with its run: the innermost ones."""
    every = _every_use(scope, packages, moment, there)
    used_in = func.min(every.c.used_in).label("used_in")
    sure = _sureness(scope.site, every, packages, moment, there)
    hits = select(every.c.unit, every.c.run, used_in, func.min(sure).label("certainty"))
    hits = hits.where(*_is_held(scope.site, every, packages, moment, there))
    return hits.group_by(every.c.unit, every.c.run).cte("hits")


def units_by_span(site: Site, spans: CTE, moment: Moment, there: Present) -> Select[tuple[int, int]]:
    """Return how many units of the plant hold material of each of some spans, by the number of the span."""
    every = _every_use(Scope(site), spans, moment, there)
    held_ones = select(every.c.span, func.count(distinct(every.c.unit)).label("units"))
    return held_ones.where(*_is_held(site, every, spans, moment, there)).group_by(every.c.span)


def _is_held(
    site: Site, every: CTE, packages: CTE, moment: Moment, there: Present
) -> Iterator[ColumnElement[bool]]:
    if there.reworked:
        # Few were, and all of them are found by the uses' feeds: they are not looked up for each unit.
        yield ~is_among(tuple_(every.c.feed, every.c.unit), _taken_out_of(site, packages, moment))
    if there.reworked and there.panels:
        yield or_(every.c.carrier == every.c.unit, ~taken_out(site, every, moment))


def units_ever_fed(scope: Scope, packages: CTE, moment: Moment, there: Present) -> CTE:
    """Return the units that held material of some packages, each use with when: ``since``, ``until``."""
    every = _every_use(scope, packages, moment, there)
    return select(
        every.c.unit,
        every.c.run,
        every.c.used_in,
        _sureness(scope.site, every, packages, moment, there).label("certainty"),
        every.c.used_at.label("since"),
        taken_out_at(scope.site, every, moment).label("until"),
    ).cte("hits")


def _every_use(scope: Scope, packages: CTE, moment: Moment, there: Present) -> CTE:
    uses = _direct_uses(scope.site, packages, moment, there)
    if not there.panels:
        return uses
    boards_own = {"unit": containment.c.child, "cut_at": containment.c.valid_to}
    every_column = (boards_own.get(column.name, column) for column in uses.c)
    on_it = was_on(scope.site, uses, moment)
    boards = select(*every_column).select_from(in_order(uses, containment, on_it))
    itself = select(uses).where(~is_of_boards(scope, uses, moment))
    return union_all(itself, boards).cte("every_use")


def _taken_out_of(site: Site, packages: CTE, moment: Moment) -> Select[tuple[int, int]]:
    """Return of which units uses of some packages were taken out whole: use and unit."""
    ways = []
    for use in (feed, set_up):
        used = in_order(packages, use, and_(use.c.site == site, use.c.package == packages.c.package))
        gone = and_(feed_void.c.site == site, feed_void.c.feed == use.c.id, has_closed(moment))
        ways.append(select(feed_void.c.feed, feed_void.c.unit).select_from(in_order(used, feed_void, gone)))
    both = union_all(*ways).cte("taken_out")
    return select(both.c.feed, both.c.unit)


def is_of_boards(scope: Scope, uses: CTE, moment: Moment) -> ColumnElement[bool]:
    """Return whether a use in a unit is that of its boards, as far as the scope sees them.

    Otherwise a panel stands for itself: no board was on it, or all had left, or it is on a panel itself, and
    has of that what was used there.
    """
    first = first_passed_at(scope.site, moment, run=uses.c.run, seq=uses.c.seq, unit=uses.c.carrier)
    on_it = was_on(scope.site, uses, moment, first)
    if scope.customer is not None:
        cut = and_(containment.c.site == scope.site, containment.c.parent == uses.c.unit, on_panel(moment))
        boards = select(containment.c.child.label("unit")).select_from(in_order(uses, containment, cut))
        theirs = units_seen(scope, boards.distinct(), moment)
        on_it = and_(on_it, containment.c.child.in_(select(theirs.c.unit)))
    return and_(uses.c.carrier == uses.c.unit, is_found(select(containment.c.id).where(on_it)))


def was_on(
    site: Site, uses: CTE, moment: Moment, first: ColumnElement[Any] | None = None
) -> ColumnElement[bool]:
    """Return whether a board was on a panel when that was used (or ``first``), or came onto it later."""
    ends = containment.c.valid_to
    return and_(
        containment.c.site == site,
        containment.c.parent == uses.c.unit,
        on_panel(moment),
        or_(ends.is_(None), ends > uses.c.used_at, *(() if first is None else (ends > first,))),
    )


def on_panel(moment: Moment, stay: FromClause = containment) -> ColumnElement[bool]:
    """Return whether a unit was, or had been, a board of a panel."""
    return and_(
        stay.c.relation == Relation.PANEL_OF.value,
        recorded(stay, moment),
        begun(stay, moment),
    )


def passes_of(site: Site, carriers: CTE, moment: Moment) -> CTE:
    """Return the passes of what carried some units (`carriers_of`), whose columns are carried along."""
    passed = and_(
        run_unit.c.site == site,
        run_unit.c.unit == carriers.c.carrier,
        recorded(run_unit, moment),
    )
    return (
        select(carriers, run_unit.c.run, run_unit.c.seq, run_unit.c.station, run_unit.c.passed_at)
        .select_from(in_order(carriers, run_unit, passed))
        .cte("passes")
    )


def carriers_of(site: Site, units: CTE, moment: Moment, there: Present | None = None) -> CTE:
    """Return some units, each with itself and the panels that carried it, as ``carrier``.

    The columns of the units are carried along; ``cut_at`` is when they left the panel. What the site has at
    all need not be told (``there``).
    """
    never = cast(null(), containment.c.valid_to.type).label("cut_at")
    itself = select(units, units.c.unit.label("carrier"), never)
    cut = and_(containment.c.site == site, containment.c.child == units.c.unit, on_panel(moment))
    panels = select(units, containment.c.parent, containment.c.valid_to)
    if there is not None and not there.panels:
        return itself.cte("carriers")
    return union_all(itself, panels.select_from(in_order(units, containment, cut))).cte("carriers")
