"""Uses that follow from set-ups: what passed a station while a slot of it held a package.

Nobody reported them, so they are assumed; and only where no report about that pass names the slot.
A report about a pass is one of the unit, in the run of the pass or in a run of the station, or the
report of the pass's transaction, which tells of all units that it covers. A run is where it is said to be
as the unit passes: it may go on at another station.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import CTE, ColumnElement, FromClause, Select, and_, func, literal, or_, select, true

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import LATEST
from aas_registry.storage.genealogy.reported_slots import is_reported
from aas_registry.storage.moments import happened, in_effect_at, recorded
from aas_registry.storage.rows import in_order, is_among, is_found
from aas_registry.storage.tables.genealogy import run, run_unit
from aas_registry.storage.tables.passes import set_up, slot_change, waiting_line


def unread_set_ups(site: Site, unread: Collection[ColumnElement[bool]], moment: Moment) -> CTE:
    """Return the set-ups that could not be read, each from its statement until the next one about its slot.

    Args:
        site: Of the set-ups.
        unread: Which lines are meant.
        moment: At which it is asked.
    """
    later = select(func.min(slot_change.c.happened_at)).where(
        slot_change.c.site == site,
        slot_change.c.station == waiting_line.c.station,
        slot_change.c.slot_key == waiting_line.c.slot_key,
        slot_change.c.happened_at > waiting_line.c.happened_at,
        recorded(slot_change, moment),
    )
    columns = (waiting_line.c.id, waiting_line.c.material.label("package"), waiting_line.c.brings)
    slot = (waiting_line.c.station, waiting_line.c.slot_key)
    span = (waiting_line.c.happened_at.label("valid_from"), later.scalar_subquery().label("valid_to"))
    query = select(*columns, *slot, *span).where(*unread, waiting_line.c.station.is_not(None))
    return query.cte()


def passed_while_unread(site: Site, set_ups: CTE, moment: Moment) -> CTE:
    """Return the passes of units while set-ups stood that could not be read, each by the line as ``feed``."""
    return _passed(site, set_ups, moment, of=set_ups, carried=[set_ups.c.brings])


def passed_while(site: Site, packages: CTE, moment: Moment, *, runs: Select[Any] | None = None) -> CTE:
    """Return the passes of units while slots held some packages, and no report tells otherwise.

    Args:
        site: Of the packages.
        packages: With the column ``package``; the others are carried along.
        moment: At which it is asked.
        runs: The runs in which passes count; None for every run.
    """
    stood = in_order(
        packages,
        set_up,
        and_(set_up.c.site == site, set_up.c.package == packages.c.package, recorded(set_up, moment)),
    )
    carried = [column for column in packages.c if column.name != "package"]
    return _passed(site, stood, moment, carried=carried, runs=runs)


def passed_while_awaited(site: Site, lines: CTE, moment: Moment) -> CTE:
    """Return the passes of units while slots held packages that are not known, and no report tells otherwise.

    Args:
        site: Of the lines.
        lines: Those that said so, with the columns ``event`` and ``place``; all are carried along.
        moment: At which it is asked.
    """
    said = and_(
        slot_change.c.site == site,
        slot_change.c.event == lines.c.event,
        slot_change.c.place == lines.c.place,
        slot_change.c.is_awaited,
        recorded(slot_change, moment),
    )
    of_it = and_(
        set_up.c.site == site,
        set_up.c.station == slot_change.c.station,
        set_up.c.slot_key == slot_change.c.slot_key,
        set_up.c.valid_from == slot_change.c.happened_at,
        set_up.c.event == slot_change.c.event,
        set_up.c.place == slot_change.c.place,
        set_up.c.is_awaited,
        recorded(set_up, moment),
    )
    stood = in_order(in_order(lines, slot_change, said), set_up, of_it)
    return _passed(site, stood, moment, carried=list(lines.c))


def _passed(
    site: Site,
    stood: FromClause,
    moment: Moment,
    *,
    carried: Sequence[ColumnElement[Any]],
    of: FromClause = set_up,
    runs: Select[Any] | None = None,
) -> CTE:
    passed = and_(
        run_unit.c.site == site,
        run_unit.c.passed_at >= of.c.valid_from,
        run_unit.c.passed_at < func.coalesce(of.c.valid_to, literal(LATEST, of.c.valid_to.type)),
        recorded(run_unit, moment),
        true() if runs is None else is_among(run_unit.c.run, runs),
    )
    at_pass = in_effect_at(run, run_unit.c.passed_at, moment)
    there = and_(run.c.site == site, run.c.station == of.c.station)
    unit = (run_unit.c.unit, run_unit.c.unit.label("carrier"), run_unit.c.run, run_unit.c.seq)
    columns = (*unit, run_unit.c.passed_at.label("used_at"), *_slot(of), *carried)
    itself = in_order(stood, run_unit, and_(run_unit.c.station == of.c.station, passed))
    of_run = and_(run_unit.c.run == run.c.id, passed, at_pass)
    by_run = in_order(in_order(stood, run, there), run_unit, of_run)
    return _assumed(site, (select(*columns).select_from(each) for each in (itself, by_run)), moment)


def is_passed(site: Site, span: CTE, moment: Moment) -> ColumnElement[bool]:
    """Return whether any unit passed while a set-up stood, in a span, and no report tells otherwise.

    Args:
        site: Of the set-up.
        span: With the columns ``valid_from`` and ``valid_to``, beside the set-up.
        moment: At which it is asked.
    """
    at = run_unit.c.passed_at
    ends = func.coalesce(set_up.c.valid_to, literal(LATEST, set_up.c.valid_to.type))
    passed = and_(
        run_unit.c.site == site,
        at >= set_up.c.valid_from,
        at < ends,
        or_(span.c.valid_from.is_(None), at >= span.c.valid_from),
        or_(span.c.valid_to.is_(None), at < span.c.valid_to),
        recorded(run_unit, moment),
    )
    there = and_(
        run.c.site == site, run.c.station == set_up.c.station, in_effect_at(run, run_unit.c.passed_at, moment)
    )
    unit = (run_unit.c.unit.label("carrier"), run_unit.c.run, run_unit.c.seq, at.label("used_at"))
    told = select(*unit, set_up.c.station, set_up.c.slot_key)
    by_run = in_order(run, run_unit, and_(run_unit.c.run == run.c.id, passed))
    ways = []
    for each in (
        told.where(run_unit.c.station == set_up.c.station, passed),
        told.select_from(by_run).where(there),
    ):
        use = each.correlate(set_up, span).subquery()
        ways.append(is_found(select(use.c.carrier).where(*_is_use(site, use, moment))))
    return or_(*ways)


def _slot(of: FromClause) -> tuple[ColumnElement[Any], ...]:
    return of.c.id.label("feed"), of.c.package, of.c.station, of.c.slot_key


def stood_at(site: Site, passes: CTE, moment: Moment | None, *, awaited: bool = False) -> CTE:
    """Return what slots held while units passed, and no report tells otherwise.

    Args:
        site: Of the passes.
        passes: With the columns ``carrier``, ``run``, ``seq``, ``station`` and ``passed_at``; all are
            carried along, the time as ``used_at``, the station as that of the set-up.
        moment: At which it is asked; None: as of the column ``as_of`` of each pass.
        awaited: Whether set-ups of packages are meant that are not known.
    """
    asked = moment or _of_row(passes)
    held = set_up.c.is_awaited if awaited else set_up.c.package.is_not(None)
    return _stood_at(site, passes, moment, set_up, set_up.c.site == site, held, recorded(set_up, asked))


def unread_at(site: Site, passes: CTE, set_ups: CTE, moment: Moment) -> CTE:
    """Return which set-ups that could not be read stood while units passed, as `stood_at` does."""
    return _stood_at(site, passes, moment, set_ups)


def _stood_at(
    site: Site, passes: CTE, moment: Moment | None, of: FromClause, *meant: ColumnElement[bool]
) -> CTE:
    asked = moment or _of_row(passes)
    stood = and_(
        *meant,
        of.c.valid_from <= passes.c.passed_at,
        or_(of.c.valid_to.is_(None), of.c.valid_to > passes.c.passed_at),
    )
    at_pass = in_effect_at(run, passes.c.passed_at, asked)
    there = and_(run.c.site == site, run.c.id == passes.c.run, at_pass)
    carried = [column for column in passes.c if column.name not in {"station", "passed_at"}]
    columns = (*carried, passes.c.passed_at.label("used_at"), *_slot(of))
    itself = in_order(passes, of, and_(of.c.station == passes.c.station, stood))
    by_run = in_order(in_order(passes, run, there), of, and_(of.c.station == run.c.station, stood))
    return _assumed(site, (select(*columns).select_from(each) for each in (itself, by_run)), moment)


def _assumed(site: Site, branches: Any, moment: Moment | None) -> CTE:
    itself, by_run = branches
    use = itself.union(by_run).cte()
    return select(use).where(*_is_use(site, use, moment or _of_row(use))).cte()


def _of_row(rows: CTE) -> Moment:
    # Times are compared with it alone, and so with the column.
    return Moment(as_of=cast("Any", rows.c.as_of))


def _is_use(site: Site, use: Any, moment: Moment) -> tuple[ColumnElement[bool], ...]:
    # A pass of a station may be told several times: the first one is when it happened.
    other, ran = run_unit.alias(), run.alias()
    at_run = (ran.c.site == site, ran.c.id == other.c.run, ran.c.station == use.c.station)
    then = in_effect_at(ran, other.c.passed_at, moment)
    of_run = select(ran.c.id).where(*at_run, then).correlate(other, use)
    there = or_(other.c.station == use.c.station, is_found(of_run))
    same = (other.c.site == site, other.c.run == use.c.run, other.c.seq == use.c.seq)
    earlier = (other.c.unit == use.c.carrier, other.c.passed_at < use.c.used_at, recorded(other, moment))
    again = is_found(select(other.c.unit).where(*same, *earlier, there))
    return happened(use.c.used_at, moment), ~again, ~is_reported(site, use, moment)
