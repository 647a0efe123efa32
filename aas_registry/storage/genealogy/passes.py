"""Passes as they were told: which runs some units passed, who else passed these, and who completed them."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, literal, or_, select, union_all

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.units import units_seen
from aas_registry.storage.moments import happened, in_effect, recorded
from aas_registry.storage.rows import in_order, is_among, is_found
from aas_registry.storage.tables.genealogy import run, run_unit
from aas_registry.storage.tables.passes import completion


def runs_passed(site: Site, reached: Select[Any], moment: Moment) -> Select[tuple[int]]:
    """Return a query of the runs that some units passed; the units are the first column."""
    unit = reached.cte("reached_units")
    passed = and_(
        run_unit.c.site == site,
        run_unit.c.unit == unit.c[0],
        run_unit.c.run != run_unit.c.unit,
        recorded(run_unit, moment),
    )
    query = select(run_unit.c.run).select_from(in_order(unit, run_unit, passed)).distinct()
    return query.where(happened(run_unit.c.passed_at, moment))


def told_passes(scope: Scope, runs: Any, moment: Moment, there: Present) -> CTE:
    """Return the units that passed or completed some runs, and whether they completed: ``done``.

    A unit may come several times.
    """
    site = scope.site
    here = and_(run_unit.c.site == site, run_unit.c.run == runs.c.run, recorded(run_unit, moment))
    of_run = (run_unit.c.run, run_unit.c.unit)
    passed = select(*of_run, literal(0).label("done"), run_unit.c.event)
    if there.completions:
        done = case((is_completed(site, moment), 1), else_=0).label("done")
        passed = select(*of_run, done, run_unit.c.event)
    passed = passed.select_from(in_order(runs, run_unit, here)).where(happened(run_unit.c.passed_at, moment))
    by_run = and_(completion.c.site == site, completion.c.run == runs.c.run, recorded(completion, moment))
    completed = (
        select(completion.c.run, completion.c.unit, literal(1), completion.c.event)
        .select_from(in_order(runs, completion, by_run))
        .where(completion.c.unit.is_not(None), happened(completion.c.happened_at, moment))
    )
    every = (union_all(passed, completed) if there.completions else passed).cte("told_passes")
    if scope.customer is None:
        return every
    seen = units_seen(scope, select(every.c.unit).distinct(), moment)
    return select(every).where(is_among(every.c.unit, select(seen.c.unit))).cte("seen_passes")


def is_completed(site: Site, moment: Moment) -> ColumnElement[bool]:
    """Return whether a completion means a pass: it names the unit, or all of the transaction."""
    told, ran = completion.alias(), run.alias()
    itself = (told.c.site == site, told.c.unit == run_unit.c.unit, recorded(told, moment))
    at_run = (ran.c.site == site, ran.c.id == run_unit.c.run, ran.c.station == told.c.station)
    # Said, as it is two queries further in: otherwise it would be any pass.
    of_run = select(ran.c.id).where(*at_run, in_effect(ran, moment)).correlate(told, run_unit)
    there = or_(
        told.c.station.is_(None),
        told.c.station == run_unit.c.station,
        is_found(of_run),
    )
    meant = or_(told.c.run == run_unit.c.run, and_(told.c.run.is_(None), there))
    one = is_found(select(told.c.id).where(*itself, meant, happened(told.c.happened_at, moment)))
    whole = completion.alias()
    same = (whole.c.site == site, whole.c.run == run_unit.c.run, whole.c.seq == run_unit.c.seq)
    known = (whole.c.unit.is_(None), recorded(whole, moment), happened(whole.c.happened_at, moment))
    return or_(one, is_found(select(whole.c.id).where(*same, *known)))
