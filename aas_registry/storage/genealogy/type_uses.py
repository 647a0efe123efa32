"""Uses of the same part types: what else went into the units of some runs instead of what was asked for."""

from typing import Any

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from aas_registry.domain.events import Basis
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.genealogy.fed_times import first_used_at, was_not_there
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.set_up_uses import passed_while
from aas_registry.storage.genealogy.uses import feeding, held, on_panel, within
from aas_registry.storage.moments import happened, recorded
from aas_registry.storage.rows import in_order, is_among
from aas_registry.storage.tables.genealogy import containment, feed, filling, run_unit
from aas_registry.storage.tables.lots import lot


def uses_of_type(site: Site, units: CTE, types: Select[int], moment: Moment, there: Present) -> CTE:
    """Return uses of some part types in some units, also on their panels, with their runs and events.

    The run is null where none is named.
    """
    packages = packages_of_type(site, types, moment)
    fed, covers = feeding(site, packages, moment)
    near = runs_near(site, units, moment, there)
    used_at = func.coalesce(run_unit.c.passed_at, feed.c.valid_from)
    here = is_among(feed.c.run, select(near.c.run))
    fed_in = func.coalesce(feed.c.context_run, case((feed.c.run != run_unit.c.unit, feed.c.run)))
    of_unit = (run_unit.c.unit, used_at.label("used_at"), fed_in.label("run"))
    # What passed as its package did not stand there may not have got it; others may.
    is_apart = was_not_there(feed.c.valid_from, feed.c.valid_to, first_used_at(site, moment))
    is_there = or_(feed.c.valid_to.is_(None), ~is_apart)
    reported = (
        select(*of_unit, packages.c.part_type, feed.c.basis, feed.c.event)
        .select_from(in_order(in_order(packages, feed, fed), run_unit, covers))
        .where(here, within(packages, used_at), happened(used_at, moment), is_there)
    )
    both: Select[Any] | CompoundSelect[Any] = reported
    if there.set_ups:
        stood = passed_while(site, packages, moment, runs=select(near.c.run))
        stand = (stood.c.unit, stood.c.used_at, stood.c.run, stood.c.part_type)
        assumed = select(*stand, literal(Basis.SETUP.value), cast(null(), feed.c.event.type))
        both = reported.union_all(assumed.where(within(stood, stood.c.used_at)))
    every = both.cte("type_uses").prefix_with("MATERIALIZED")
    if not there.panels:
        return every
    cut = and_(
        containment.c.site == site,
        containment.c.parent == every.c.unit,
        on_panel(moment),
        or_(containment.c.valid_to.is_(None), containment.c.valid_to > every.c.used_at),
    )
    told = [column for column in every.c if column.name != "unit"]
    boards = select(containment.c.child, *told).select_from(in_order(every, containment, cut))
    return union_all(select(every), boards).cte("unit_type_uses")


def packages_of_type(site: Site, types: Select[int], moment: Moment) -> CTE:
    """Return what held lots of some part types, and when."""
    same = types.distinct().cte("asked_types")
    of_type = and_(lot.c.site == site, lot.c.part_type == same.c.part_type)
    lots = select(lot.c.id, lot.c.part_type).select_from(in_order(same, lot, of_type)).cte("same_type")
    of_lot = and_(filling.c.site == site, filling.c.source == lots.c.id, held(filling, moment))
    span = (filling.c.package, lots.c.part_type, filling.c.valid_from, filling.c.valid_to)
    return select(*span).select_from(in_order(lots, filling, of_lot)).cte("type_packages")


def runs_near(site: Site, units: CTE, moment: Moment, there: Present) -> CTE:
    """Return every run that units, or the panels that carried them, passed; also each's own."""
    carrier = units
    if there.panels:
        cut = and_(containment.c.site == site, containment.c.child == units.c.unit, on_panel(moment))
        panels = select(containment.c.parent).select_from(in_order(units, containment, cut))
        carrier = union_all(select(units.c.unit), panels).cte("covered_carriers")
    passed = and_(run_unit.c.site == site, run_unit.c.unit == carrier.c.unit, recorded(run_unit, moment))
    return (
        select(run_unit.c.run)
        .select_from(in_order(carrier, run_unit, passed))
        .distinct()
        .cte("near_runs")
        .prefix_with("MATERIALIZED")
    )
