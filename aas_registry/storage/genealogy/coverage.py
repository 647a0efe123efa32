"""Coverage: how much of the runs in question was reported, and by whom.

The runs in question are those that the reached units passed. Built are the units that completed a
pass of them; where nobody completed a pass of one of them, how many were built is not known. Reported,
by basis, are those of which a use of the same part types is on record, in any run. Of a run in which the
part type is known to be used, no report is one that names another run. A scope counts what it sees, and
nothing else.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Text,
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

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.column_types import Instant
from aas_registry.storage.gathered import gathered, numbers_of
from aas_registry.storage.genealogy.covered import Covered
from aas_registry.storage.genealogy.passes import told_passes
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.sought import MaterialHeld, asked_types
from aas_registry.storage.genealogy.type_uses import uses_of_type
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import given_later, given_values, in_order, is_among
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import (
    source_heartbeat,
)
from aas_registry.storage.tables.lots import part_type

# What a row tells.
_RUN, _USE, _TYPE, _SOURCE = "run", "use", "type", "source"


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
    told = _told(scope, asked.held.lot, moment, there=asked.there, dialect=asked.held.dialect)
    for row in told.ask(connection, **asked.held.values, **given_values(connection, run=runs)):
        rows[row.kind].append(row)
    units = _covered(rows)
    every, reported, whole = units.every, units.reported(), units.whole()
    is_known = not has_runless and units.completed.keys() == set(runs)
    sources = _told_by(rows[_SOURCE])
    counted = set[int]().union(*units.completed.values()) if is_known else every
    return Coverage(
        passed=len(every),
        built=len(counted) if is_known else None,
        reported=len(reported & counted),
        unreported=len(every - reported),
        partly=len(reported - whole),
        uses=_uses(units, rows[_TYPE], counted),
        sources=_when_heard(connection, scope.site, sources) if is_present else sources,
        unpassed_runs=len(runs) - len(units.passed),
        is_whole=is_known and len(whole) == len(every),
    )


def _covered(rows: Mapping[str, Sequence[Row[Any]]]) -> Covered:
    units = Covered(asked={row.number for row in rows[_TYPE]})
    for row in rows[_RUN]:
        units.add_passes(row.number, numbers_of(row.units), completed=row.done == 1)
    for row in rows[_USE]:
        units.add_uses(row.number, row.name, row.run, numbers_of(row.units))
    return units


def _uses(units: Covered, types: Sequence[Row[Any]], counted: set[int]) -> list[ReportedUse]:
    named = {row.number: (row.name, row.mpn) for row in types}
    by_type: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (number, basis), there in sorted(units.by_kind().items()):
        if count := len(there & counted):
            by_type[named[number]][basis] = count
    return [ReportedUse(manufacturer=each[0], mpn=each[1], units=by_type[each]) for each in sorted(by_type)]


@prepared
def _told(
    scope: Scope, lot: int | None, moment: Moment, *, there: Present, dialect: str
) -> CompoundSelect[Any]:
    """Return the units of some runs, uses in them, the part types that were asked for, and sources."""
    every = told_passes(scope, given_later(dialect, run=int), moment, there)
    passed = _once(select(every.c.run, every.c.unit, every.c.done, every.c.event), "passed")
    units = _once(select(passed.c.unit).distinct(), "units")
    types = asked_types(scope.site, lot, dialect=dialect)
    uses = uses_of_type(scope.site, units, types, moment, there)
    sources = _sources(scope.site, passed, units, uses=uses)
    return union_all(_passes(passed), _uses_told(uses), _types(scope.site, types), sources)


def _passes(passed: CTE) -> Select[Any]:
    columns = _columns(_RUN, number=passed.c.run, done=passed.c.done, units=gathered(passed.c.unit))
    return select(*columns).group_by(passed.c.run, passed.c.done)


def _uses_told(uses: CTE) -> Select[Any]:
    of_kind = (uses.c.part_type, uses.c.basis, uses.c.run)
    told = {"number": uses.c.part_type, "name": uses.c.basis, "run": uses.c.run}
    return select(*_columns(_USE, **told, units=gathered(uses.c.unit))).group_by(*of_kind)


def _types(site: Site, types: Select[int]) -> Select[Any]:
    asked = types.distinct().subquery()
    named = and_(part_type.c.site == site, part_type.c.id == asked.c.part_type)
    told = {"number": asked.c.part_type, "name": part_type.c.manufacturer, "mpn": part_type.c.mpn}
    return select(*_columns(_TYPE, **told)).select_from(in_order(asked, part_type, named))


def _columns(kind: str, **told: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the columns of a row of some kind: what it does not tell is null."""
    texts = {"name", "mpn", "units"}
    names = ("number", "run", "done", "at", "noted", *sorted(texts))
    others = (told.get(n, cast(null(), Text if n in texts else BigInteger)).label(n) for n in names)
    return [literal(kind).label("kind"), *others]


def _once(query: Select[Any], name: str) -> CTE:
    # Asked once and kept: SQLite would join it into each place where it is named.
    return query.cte(name).prefix_with("MATERIALIZED")


def _sources(site: Site, passed: CTE, units: CTE, *, uses: CTE) -> Select[Any]:
    """Return who told of some runs in what counts, and when last."""
    used = select(uses.c.event).where(is_among(uses.c.unit, select(units.c.unit)))
    told = union(select(passed.c.event), used.where(uses.c.event.is_not(None))).cte("told_events")
    said = and_(event.c.site == site, event.c.id == told.c.event)
    last = (func.max(event.c.happened_at), func.max(event.c.recorded_at))
    at, noted = (type_coerce(each, BigInteger) for each in last)
    rows = select(*_columns(_SOURCE, name=event.c.source, at=at, noted=noted))
    named = rows.select_from(in_order(told, event, said)).where(event.c.source.is_not(None))
    return named.group_by(event.c.source)


def _told_by(rows: Sequence[Row[Any]]) -> list[Source]:
    read = Instant().read
    found = [
        Source(
            name=row.name,
            last_event_at=read(row.at),
            last_recorded_at=read(row.noted),
            heard_at=None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.name)


def _when_heard(connection: Connection, site: Site, told: Sequence[Source]) -> list[Source]:
    """Return sources with when each was last heard of anything, which is known of the present only."""
    if not told:
        return []
    names = given_values(connection, source=[each.name for each in told])
    heard = _heartbeats(site, dialect=connection.dialect.name).ask(connection, **names)
    at = {row.source: row.last_recorded_at for row in heard}
    return [replace(each, heard_at=at.get(each.name)) for each in told]


@prepared
def _heartbeats(site: Site, *, dialect: str) -> Select[Any]:
    wanted = given_later(dialect, source=str)
    itself = and_(source_heartbeat.c.site == site, source_heartbeat.c.source == wanted.c.source)
    columns = (source_heartbeat.c.source, source_heartbeat.c.last_recorded_at)
    return select(*columns).select_from(in_order(wanted, source_heartbeat, itself))
