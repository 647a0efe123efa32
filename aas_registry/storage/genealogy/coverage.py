"""Coverage: how much of the runs in question was reported, and by whom.

The runs in question are those that the reached units passed. Built are the units that completed a
pass of them; where nobody completed a pass of one of them, how many were built is not known. Reported,
by basis, are those of which a use of the same part types is on record, in any run. Of a run in which the
part type is known to be used, no report is one that names another run. A scope counts what it sees, and
nothing else.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    select,
    type_coerce,
    union,
    union_all,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.column_types import Instant
from aas_registry.storage.genealogy.passes import told_passes
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.reported_slots import ASSUMING
from aas_registry.storage.genealogy.sought import MaterialHeld, asked_types
from aas_registry.storage.genealogy.type_uses import uses_of_type
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import given_later, given_values, in_order, is_among
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import (
    source_heartbeat,
)
from aas_registry.storage.tables.lots import part_type
from aas_registry.storage.tables.passes import run_heartbeat

# What a row counts.
_RUN, _EVERY, _TOLD, _USE, _SOURCE, _WHOLE = "run", "every", "told", "use", "source", "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who told of the runs in question.

    Attributes:
        last_event_at: When the last of what it told of them happened.
        last_recorded_at: When the last of that was recorded.
        heard_at: When it was last heard of anything; None where that is not told.
    """

    name: str
    last_event_at: datetime
    last_recorded_at: datetime
    heard_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedUse:
    """Of how many units a use of a part type is on record, by basis; a unit may have several."""

    manufacturer: str
    mpn: str
    units: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the runs in question was reported.

    Attributes:
        passed: Units that passed or completed one of them.
        built: Units that completed a pass; None where nothing says that passes were completed.
        reported: Of those, or where they are not known of those that passed: units of which somebody
            reported a use of the same part types, not a set-up or a posting in bulk.
        unreported: Units that passed, of which nobody reported a use.
        partly: Of those that passed, units of which a use was reported, but not of each part type that was
            asked for, or not in each run that they passed and in which it is known to be used.
        uses: Of the same units, of how many a use is on record, by part type and basis.
        sources: Who told of these runs.
        unpassed_runs: How many of the runs no unit is known to have passed: what was asked for was fed to
            them, or is said to have been used in them.
        is_whole: Whether of every unit that passed or completed them somebody reported a use.
    """

    passed: int = 0
    built: int | None = None
    reported: int = 0
    unreported: int = 0
    partly: int = 0
    uses: Sequence[ReportedUse] = field(default=())
    sources: Sequence[Source] = field(default=())
    unpassed_runs: int = 0
    is_whole: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as answers and reports spell it."""
        return {
            "unitsPassed": self.passed,
            "unitsBuilt": self.built,
            "unitsReported": self.reported,
            "uses": [
                {"manufacturer": each.manufacturer, "mpn": each.mpn, "units": each.units}
                for each in self.uses
            ],
            "sources": [
                {
                    "source": each.name,
                    "lastEventAt": each.last_event_at.isoformat(),
                    "lastRecordedAt": each.last_recorded_at.isoformat(),
                    "heardAt": None if each.heard_at is None else each.heard_at.isoformat(),
                }
                for each in self.sources
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """What is to be covered.

    Attributes:
        scope: Whose units count.
        held: What held the material that was asked for.
        moment: At which it is asked.
        there: What the site has at all.
    """

    scope: Scope
    held: MaterialHeld
    moment: Moment
    there: Present


def coverage(connection: Connection, asked: Covering, runs: Sequence[int], *, has_runless: bool) -> Coverage:
    """Return how much of some runs was reported; of none, nothing is to be covered.

    Where a unit passed no run (``has_runless``), how many were built is not known.
    """
    if not runs:
        return Coverage()
    scope, moment = asked.scope, asked.moment
    rows: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    is_present = scope.customer is None and moment.recorded_as_of is None
    counts = _counts_of(
        scope, asked.held.lot, moment, there=asked.there, dialect=asked.held.dialect, by_source=not is_present
    )
    for row in counts.ask(connection, **asked.held.values, **given_values(connection, run=runs)):
        rows[row.kind].append(row)
    (every,), (told,), (whole,) = rows[_EVERY], rows[_TOLD], rows[_WHOLE]
    is_known = not has_runless and len(rows[_RUN]) == len(runs) and all(row.done for row in rows[_RUN])
    by_type: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows[_USE]:
        count = row.done if is_known else row.units
        if count:
            by_type[row.manufacturer, row.mpn][row.basis] = count
    return Coverage(
        passed=every.units,
        built=every.done if is_known else None,
        reported=told.done if is_known else told.units,
        unreported=every.units - told.units,
        partly=told.units - whole.units,
        uses=[
            ReportedUse(manufacturer=each[0], mpn=each[1], units=dict(sorted(by_type[each].items())))
            for each in sorted(by_type)
        ],
        sources=_heard(connection, scope.site, runs) if is_present else _told_by(rows[_SOURCE]),
        unpassed_runs=len(runs) - len(rows[_RUN]),
        is_whole=is_known and whole.units == every.units,
    )


@prepared
def _counts_of(
    scope: Scope, lot: int | None, moment: Moment, *, there: Present, dialect: str, by_source: bool
) -> CompoundSelect[Any]:
    passed = told_passes(scope, given_later(dialect, run=int), moment, there)
    every_unit = select(passed.c.unit, func.max(passed.c.done).label("done")).group_by(passed.c.unit)
    units = _once(every_unit, "units")
    types = asked_types(scope.site, lot, dialect=dialect)
    uses = uses_of_type(scope.site, units, types, moment, there)
    return _counts(scope.site, passed, units, uses=uses, types=types, by_source=by_source)


def _counts(
    site: Site, passed: CTE, units: CTE, *, uses: CTE, types: Select[int], by_source: bool
) -> CompoundSelect[Any]:
    """Return units and those that completed: of each run, of all, of those with a report, by kind of use."""
    itself = (uses.c.unit, uses.c.part_type, uses.c.basis, uses.c.run)
    of_units = select(*itself).where(is_among(uses.c.unit, select(units.c.unit)))
    in_runs = _once(of_units.distinct(), "used_in")
    used = select(in_runs.c.unit, in_runs.c.part_type, in_runs.c.basis).distinct().cte("unit_kinds")
    completed = is_among(used.c.unit, select(units.c.unit).where(units.c.done == 1))
    of_unit = (used.c.part_type, used.c.basis, used.c.unit, case((completed, 1), else_=0).label("done"))
    known = _once(select(*of_unit), "known_uses")
    reporting = known.c.basis.not_in(ASSUMING)
    told = _once(select(known.c.unit, known.c.done).where(reporting).distinct(), "told")
    of_kind = (known.c.part_type, known.c.basis)
    both = (func.count().label("units"), func.sum(known.c.done).label("done"))
    by_kind = select(*of_kind, *both).group_by(*of_kind).cte("by_kind")
    named = and_(part_type.c.site == site, part_type.c.id == by_kind.c.part_type)
    kind = (part_type.c.manufacturer, part_type.c.mpn, by_kind.c.basis, by_kind.c.units, by_kind.c.done)
    by_type = select(literal(_USE), *kind).select_from(in_order(by_kind, part_type, named))
    runs = _counted(_RUN, passed).group_by(passed.c.run)
    pairs = select(known.c.unit, known.c.part_type).where(reporting)
    whole = _whole(pairs.except_(select(_silent(passed, in_runs))), types)
    rows = [runs, _counted(_EVERY, units), _counted(_TOLD, told), whole, by_type]
    return union_all(*rows, *([_sources(site, passed, units, uses=uses)] if by_source else []))


def _whole(reported: CompoundSelect[Any], types: Select[int]) -> Select[Any]:
    """Return how many units were reported of every part type that was asked for, as a row of `_counts`."""
    asked, pairs = types.subquery(), reported.subquery()
    many = select(func.count(distinct(asked.c[0]))).scalar_subquery()
    every = select(pairs.c.unit).group_by(pairs.c.unit).having(func.count() == many).subquery()
    return select(literal(_WHOLE), *_nothing(), func.count(), literal(0)).select_from(every)


def _silent(passed: CTE, in_runs: CTE) -> CTE:
    """Return of which units, and part types, a pass is silent of a run in which the type is known to be used.

    A report that names no run may be one of any pass, but of one only.
    """
    named = select(in_runs.c.part_type, in_runs.c.run).where(in_runs.c.run.is_not(None))
    there = _once(named.distinct(), "used_in_run")
    reported = select(in_runs.c.unit, in_runs.c.part_type).where(in_runs.c.basis.not_in(ASSUMING))
    owed = select(passed.c.unit, there.c.part_type, there.c.run).select_from(
        in_order(there, passed, passed.c.run == there.c.run)
    )
    silent = owed.except_(reported.add_columns(in_runs.c.run)).cte("silent_passes")
    silent = silent.prefix_with("MATERIALIZED")
    of_unit = (silent.c.unit, silent.c.part_type)
    several = select(*of_unit).group_by(*of_unit).having(func.count() > 1)
    without_run = reported.where(in_runs.c.run.is_(None)).subquery()
    unsaid = select(*of_unit).except_(select(without_run)).subquery()
    return union(several, select(unsaid)).cte("silent")


def _once(query: Select[Any], name: str) -> CTE:
    # Asked once and kept: SQLite would join it into each place where it is named.
    return query.cte(name).prefix_with("MATERIALIZED")


def _counted(kind: str, units: CTE) -> Select[Any]:
    both = (func.count().label("units"), func.coalesce(func.sum(units.c.done), 0).label("done"))
    return select(literal(kind).label("kind"), *_nothing(), *both).select_from(units)


def _nothing() -> list[Any]:
    return [cast(null(), Text).label(name) for name in ("manufacturer", "mpn", "basis")]


def _sources(site: Site, passed: CTE, units: CTE, *, uses: CTE) -> Select[Any]:
    """Return who told of some runs in what counts, and when last, as rows like those of `_counts`."""
    used = select(uses.c.event).where(is_among(uses.c.unit, select(units.c.unit)))
    told = union(select(passed.c.event), used.where(uses.c.event.is_not(None))).cte("told_events")
    said = and_(event.c.site == site, event.c.id == told.c.event)
    last = (type_coerce(func.max(each), BigInteger) for each in (event.c.happened_at, event.c.recorded_at))
    nothing = (cast(null(), Text), cast(null(), Text))
    return (
        select(literal(_SOURCE), event.c.source, *nothing, *last)
        .select_from(in_order(told, event, said))
        .where(event.c.source.is_not(None))
        .group_by(event.c.source)
    )


def _told_by(rows: Sequence[Row[Any]]) -> list[Source]:
    read = Instant().read
    found = [
        Source(
            name=row.manufacturer,
            last_event_at=read(row.units),
            last_recorded_at=read(row.done),
            heard_at=None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.name)


@prepared
def _heard_of(site: Site, *, dialect: str) -> Select[Any]:
    wanted = given_later(dialect, run=int)
    of_run = and_(run_heartbeat.c.site == site, run_heartbeat.c.run == wanted.c.run)
    heard = (
        select(
            run_heartbeat.c.source,
            func.max(run_heartbeat.c.last_event_at).label("at"),
            func.max(run_heartbeat.c.last_recorded_at).label("noted"),
        )
        .select_from(in_order(wanted, run_heartbeat, of_run))
        .group_by(run_heartbeat.c.source)
        .cte("heard")
    )
    itself = and_(source_heartbeat.c.site == site, source_heartbeat.c.source == heard.c.source)
    query = select(heard, source_heartbeat.c.last_recorded_at).select_from(
        in_order(heard, source_heartbeat, itself, isouter=True)
    )
    return query.order_by(heard.c.source)


def _heard(connection: Connection, site: Site, runs: Sequence[int]) -> list[Source]:
    asked = _heard_of(site, dialect=connection.dialect.name)
    return [
        Source(name=name, last_event_at=at, last_recorded_at=noted, heard_at=last)
        for name, at, noted, last in asked.ask(connection, **given_values(connection, run=runs))
    ]
