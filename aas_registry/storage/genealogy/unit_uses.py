"""Uses of units: what was fed in every pass of some units, and of the panels that carried them.

It is the way back of `storage.genealogy.uses`.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, and_, case, cast, func, null, or_, select, true

from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.storage.genealogy.fed_times import was_not_there
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.set_up_uses import stood_at
from aas_registry.storage.genealogy.taken_out import taken_out, taken_out_at
from aas_registry.storage.genealogy.uses import carriers_of, held, passed_elsewhere, passes_of, within
from aas_registry.storage.moments import in_time, recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables.genealogy import feed, filling

_OF_USE = {"used_at", "cut_at", "since", "until", "station"}


def uses_in(
    site: Site,
    units: CTE,
    moment: Moment,
    only: ColumnElement[bool] | None = None,
    *,
    ever: bool = False,
    there: Present | None = None,
) -> CTE:
    """Return one row for each number at which a unit, or the panel that carried it, was fed something.

    Args:
        site: The plant.
        units: The units, in the column ``unit``.
        moment: When is asked for.
        only: What the feeds must meet.
        ever: Also what was taken out, as far as it was held in the span that ``units`` say.
        there: What the site has at all; None: that is not asked.
    """
    there = there or Present()
    every = _every_use(site, units, moment, only, there=there)
    use = [column for column in every.c if column.name not in _OF_USE]
    query = select(
        *use, func.min(every.c.used_at).label("used_at"), func.max(every.c.cut_at).label("cut_at")
    ).where(
        every.c.used_at <= moment.as_of,
        or_(every.c.cut_at.is_(None), every.c.cut_at > every.c.used_at),
    )
    if ever:
        query = query.where(_was_held(site, every, moment))
    elif there.reworked:
        query = query.where(~taken_out(site, every, moment))
    return query.group_by(*use).cte("uses")


def sureness_of_lots(site: Site, uses: CTE, moment: Moment) -> ColumnElement[Any]:
    """Return how sure each filling of the packages of some uses is, which is joined to them.

    What came at one of several numbers is sure where it was there at all of them; what came as its package
    is not said to have stood there is not.
    """
    sure, then = func.coalesce(filling.c.certainty, 0), filling.alias("then")
    here = (then.c.site == site, then.c.is_package.is_(False), held(then, moment))

    def is_other(fed: FromClause, at: ColumnElement[Any]) -> ColumnElement[bool]:
        there = (*here, then.c.package == fed.c.package, within(then, at))
        is_it = and_(then.c.source == filling.c.source, then.c.certainty == int(Certainty.EXACT))
        without_it = ~is_found(select(then.c.id).where(*there, is_it))
        return case(
            (
                filling.c.source.is_(None),
                is_found(select(then.c.id).where(*there, then.c.source.is_not(None))),
            ),
            else_=without_it,
        )

    is_bounded = or_(filling.c.valid_from.is_not(None), filling.c.valid_to.is_not(None))
    of_range = and_(sure == int(Certainty.EXACT), uses.c.run != uses.c.carrier)
    may_differ = or_(filling.c.source.is_(None), is_bounded)
    is_doubted = and_(of_range, may_differ, passed_elsewhere(site, uses, moment, is_other))
    is_apart = and_(
        sure == int(Certainty.EXACT), was_not_there(uses.c.fed_from, uses.c.fed_to, uses.c.used_at)
    )
    return case((or_(is_doubted, is_apart), int(Certainty.POSSIBLE)), else_=sure)


def _every_use(
    site: Site, units: CTE, moment: Moment, only: ColumnElement[bool] | None, *, there: Present
) -> CTE:
    passes = passes_of(site, carriers_of(site, units, moment, there), moment)
    covers = and_(
        true() if only is None else only,
        feed.c.site == site,
        feed.c.run == passes.c.run,
        feed.c.seq_from <= passes.c.seq,
        feed.c.seq_to >= passes.c.seq,
        recorded(feed, moment),
        in_time(feed, moment),
    )
    passed = [column for column in passes.c if column.name not in {"cut_at", "passed_at"}]
    used_at = func.coalesce(passes.c.passed_at, feed.c.valid_from).label("used_at")
    fed = select(*passed, passes.c.cut_at, used_at, feed.c.id.label("feed"), feed.c.package)
    stood = (feed.c.valid_from.label("fed_from"), feed.c.valid_to.label("fed_to"))
    reported = fed.add_columns(*stood).select_from(in_order(passes, feed, covers))
    if not there.set_ups:
        return reported.cte("every_use")
    set_up_then = stood_at(site, passes, moment)
    never = (cast(null(), feed.c.valid_to.type) for _ in stood)
    from_set_ups = select(*(set_up_then.c[column.name] for column in fed.selected_columns), *never)
    return reported.union_all(from_set_ups).cte("every_use")


def _was_held(site: Site, use: CTE, moment: Moment) -> ColumnElement[bool]:
    gone = taken_out_at(site, use, moment)
    return and_(
        or_(use.c.until.is_(None), use.c.used_at < use.c.until), or_(gone.is_(None), gone > use.c.since)
    )
