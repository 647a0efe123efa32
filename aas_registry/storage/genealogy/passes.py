"""Passes as they were told: which runs some units passed, who else passed these, and who completed them."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.units import units_seen
from aas_registry.storage.genealogy.uses import feeding, on_panel, was_on, within
from aas_registry.storage.moments import happened, in_effect_at, recorded
from aas_registry.storage.rows import in_order, is_among, is_found
from aas_registry.storage.tables.genealogy import containment, feed, run, run_unit
from aas_registry.storage.tables.passes import completion


def runs_passed(site: Site, reached: Select[Any], moment: Moment, there: Present) -> Select[Any]:
    """Return a query of the runs that some units passed, or that they were used in.

    Args:
        site: Whose.
        reached: The units in the first column, in the second a run in which something was used in them.
        moment: The two times of the question.
        there: What the site has at all.

    Returns:
        A query of runs; null among them where a unit passed none.
    """
    unit = reached.cte("reached_units")
    told = and_(
        run_unit.c.site == site,
        run_unit.c.run != run_unit.c.unit,
        recorded(run_unit, moment),
        happened(run_unit.c.passed_at, moment),
    )
    itself = in_order(unit, run_unit, and_(run_unit.c.unit == unit.c[0], told), isouter=True)
    passed = select(unit.c[0].label("unit"), run_unit.c.run.label("run")).select_from(itself)
    if not there.panels:
        return select(union(select(passed.subquery().c.run), _named(unit)).subquery().c[0])
    cut = and_(containment.c.site == site, containment.c.child == unit.c[0], on_panel(moment))
    before = or_(containment.c.valid_to.is_(None), containment.c.valid_to > run_unit.c.passed_at)
    of_panel = and_(run_unit.c.unit == containment.c.parent, told, before)
    panels = in_order(in_order(unit, containment, cut), run_unit, of_panel)
    every = union_all(passed, select(unit.c[0], run_unit.c.run).select_from(panels)).cte("passed_by")
    last = func.max(every.c.run)
    none = select(last).group_by(every.c.unit).having(last.is_(None))
    some = select(every.c.run).where(every.c.run.is_not(None))
    return select(union(some, none, _named(unit)).subquery().c[0])


def _named(reached: CTE) -> Select[int]:
    return select(reached.c[1]).where(reached.c[1].is_not(None))


def runs_fed_in_vain(site: Site, packages: CTE, moment: Moment) -> Select[Any]:
    """Return a query of the runs to which packages were fed by ranges that no known unit passed, and null.

    Who passed there is not known: null stands for these units.
    """
    fed, covers = feeding(site, packages, moment)
    at = func.coalesce(run_unit.c.passed_at, feed.c.valid_from)
    is_passed = is_found(select(run_unit.c.unit).where(covers, happened(at, moment)))
    began = (happened(feed.c.valid_from, moment), within(packages, feed.c.valid_from))
    ranges = select(feed.c.run).select_from(in_order(packages, feed, fed)).where(*began, ~is_passed)
    runs = ranges.cte("fed_in_vain")
    return select(union(select(runs.c.run), select(cast(null(), BigInteger)).select_from(runs)).subquery())


def told_passes(scope: Scope, runs: Any, moment: Moment, there: Present) -> CTE:
    """Return the units that passed or completed some runs, and whether they completed: ``done``.

    What a panel passed, the boards passed that were on it. A unit may come several times.
    """
    site = scope.site
    here = and_(run_unit.c.site == site, run_unit.c.run == runs.c.run, recorded(run_unit, moment))
    of_run = (run_unit.c.run, run_unit.c.unit)
    passed = select(
        *of_run, literal(0).label("done"), run_unit.c.event, run_unit.c.passed_at.label("used_at")
    )
    if there.completions:
        done = case((is_completed(site, moment), 1), else_=0).label("done")
        passed = select(*of_run, done, run_unit.c.event, run_unit.c.passed_at.label("used_at"))
    passed = passed.select_from(in_order(runs, run_unit, here)).where(happened(run_unit.c.passed_at, moment))
    by_run = and_(completion.c.site == site, completion.c.run == runs.c.run, recorded(completion, moment))
    of_completion = (completion.c.run, completion.c.unit, literal(1), completion.c.event)
    completed = (
        select(*of_completion, completion.c.happened_at)
        .select_from(in_order(runs, completion, by_run))
        .where(completion.c.unit.is_not(None), happened(completion.c.happened_at, moment))
    )
    if there.panels:
        # It is one of whoever made that pass: boards that were cut since, and not the panel.
        completed = completed.where(~is_found(_passed_as_named(site, moment)))
    every = (union_all(passed, completed) if there.completions else passed).cte("told_passes")
    if there.panels:
        every = _of_boards(site, every, moment)
    if scope.customer is None:
        return every
    seen = units_seen(scope, select(every.c.unit).distinct(), moment)
    return select(every).where(is_among(every.c.unit, select(seen.c.unit))).cte("seen_passes")


def _passed_as_named(site: Site, moment: Moment) -> Select[int]:
    """Return a query of the passes of the run and unit that a completion names."""
    its = (run_unit.c.run == completion.c.run, run_unit.c.unit == completion.c.unit)
    known = (recorded(run_unit, moment), happened(run_unit.c.passed_at, moment))
    return select(run_unit.c.unit).where(run_unit.c.site == site, *its, *known).correlate(completion)


def _of_boards(site: Site, passes: CTE, moment: Moment) -> CTE:
    """Return the passes of units, those of a panel as those of the boards on it, where there were any."""
    on_it = was_on(site, passes, moment)
    rest = [column for column in passes.c if column.name != "unit"]
    columns = (passes.c.run, containment.c.child, *rest[1:])
    boards = select(*columns).select_from(in_order(passes, containment, on_it))
    itself = select(passes).where(~is_found(select(containment.c.id).where(on_it)))
    return union_all(itself, boards).cte("board_passes")


def is_completed(site: Site, moment: Moment) -> ColumnElement[bool]:
    """Return whether a completion means a pass: it names the unit, or all of the transaction."""
    told = completion.alias()
    itself = (told.c.site == site, told.c.unit == run_unit.c.unit, recorded(told, moment))
    meant = is_meant(told, site, moment)
    one = is_found(select(told.c.id).where(*itself, meant, happened(told.c.happened_at, moment)))
    whole = completion.alias()
    same = (whole.c.site == site, whole.c.run == run_unit.c.run, whole.c.seq == run_unit.c.seq)
    known = (whole.c.unit.is_(None), recorded(whole, moment), happened(whole.c.happened_at, moment))
    return or_(one, is_found(select(whole.c.id).where(*same, *known)))


def is_meant(told: FromClause, site: Site, moment: Moment) -> ColumnElement[bool]:
    """Return whether a completion of the very unit means a pass: by its run, else by the station it names."""
    ran = run.alias()
    at_run = (ran.c.site == site, ran.c.id == run_unit.c.run, ran.c.station == told.c.station)
    # Said, as it is two queries further in: otherwise it would be any pass.
    then = in_effect_at(ran, run_unit.c.passed_at, moment)
    of_run = select(ran.c.id).where(*at_run, then).correlate(told, run_unit)
    there = or_(told.c.station.is_(None), told.c.station == run_unit.c.station, is_found(of_run))
    return or_(told.c.run == run_unit.c.run, and_(told.c.run.is_(None), there))
