"""Set-ups against reports: found anew for the units whose passes, reports or set-ups were touched."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, union

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.contradicted_set_ups import (
    SlotReport,
    Stations,
    StoodSetUp,
    ToldPass,
    find_contradicted,
)
from aas_registry.domain.held_spans import Span, union_of
from aas_registry.domain.items import EARLIEST
from aas_registry.storage.genealogy.reported_slots import ASSUMING
from aas_registry.storage.genealogy.touched import Checked
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.genealogy import feed, run, run_unit
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.passes import set_up

_FEW = 50  # ranges of one question
_OF_RUN = ("id", "station", "valid_from", "valid_to")


def find_contradicted_set_ups(work: Workspace) -> Iterator[Checked]:
    """Yield the units, of those touched, that a report gave another package than a set-up says."""
    if not work.has(set_up):
        return
    for part in in_chunks(sorted(_candidates(work))):
        reports = _reports(work, part)
        passes = _passes(work, [*reports])
        runs = {each.run for some in reports.values() for each in some if each.run is not None}
        stations = _stations(work, runs | {each.run for some in passes.values() for each in some})
        stood = _stood(work, passes, stations)
        found = [
            each
            for unit, said in reports.items()
            for each in find_contradicted(unit, passes.get(unit, ()), said, stood, stations)
        ]
        yield Checked(AnomalyKind.SETUP_AGAINST_REPORT, part, found)


def _candidates(work: Workspace) -> set[int]:
    touched = work.touched
    found = {row["unit"] for row in touched.rows(run_unit) if row["event"]}
    # A use in one unit is in the run that each unit has of its own.
    ranges = {
        (row["run"], row["seq_from"], row["seq_to"])
        for row in touched.rows(feed)
        if row["slot_key"] is not None and row["basis"] not in ASSUMING
    }
    for part in in_chunks(sorted(ranges), _FEW):
        within = or_(
            *((run_unit.c.run == each) & run_unit.c.seq.between(first, last) for each, first, last in part)
        )
        passed = (run_unit.c.site == work.site, run_unit.c.recorded_to.is_(None), within)
        found.update(work.connection.execute(select(run_unit.c.unit).where(*passed)).scalars())
    since: dict[int, datetime] = {}
    for (station, _), at in touched.refitted.items():
        since[station] = min(at, since.get(station, at))
    for station, at in since.items():
        found |= _units_passing(work, [station], at)
    return found | _units_of_moved_runs(work)


def _units_of_moved_runs(work: Workspace) -> set[int]:
    """Return the units that passed, or were reported in, runs that are said to be at another station."""
    ended, begun = (
        Counter(tuple(row[name] for name in _OF_RUN) for row in noted[run])
        for noted in (work.touched.ended, work.touched.begun)
    )
    before, now = _at_stations(ended - begun), _at_stations(begun - ended)
    stations = {
        each: {station for station, _ in (*before.get(each, ()), *now.get(each, ()))}
        for each in sorted(before.keys() | now.keys())
        if before.get(each) != now.get(each)
    }
    found: set[int] = set()
    for part in in_chunks([*stations]):
        there = (run_unit.c.site == work.site, run_unit.c.run.in_(part), run_unit.c.recorded_to.is_(None))
        found.update(work.connection.execute(select(run_unit.c.unit).where(*there)).scalars())
        new = (alias.c.site == work.site) & alias.c.item.in_(part) & (alias.c.recorded_at == work.now)
        known = set(part).difference(work.connection.execute(select(alias.c.item).where(new)).scalars())
        if known:
            places = {station for each in known for station in stations[each]}
            found |= _units_passing(work, sorted(places), EARLIEST, reported_in=known)
    return found


def _at_stations(said: Iterable[Iterable[Any]]) -> dict[int, list[tuple[int, Span]]]:
    """Return of each run at which stations it is said to be, and when, by rows of some spans of time."""
    spans: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    for number, station, begins, ends in said:
        if station is not None:
            spans[number, station].append(Span(begins, ends))
    found: defaultdict[int, list[tuple[int, Span]]] = defaultdict(list)
    for (number, station), some in sorted(spans.items()):
        found[number] += [(station, span) for span in union_of(some)]
    return dict(found)


def _units_passing(
    work: Workspace, stations: Sequence[int], since: datetime, *, reported_in: Collection[int] | None = None
) -> set[int]:
    """Return the units that passed stations, of any run that is there, since a time.

    Where ``reported_in`` is given, those alone of which a use is reported in one of these runs.
    """
    passed = (run_unit.c.site == work.site, run_unit.c.passed_at >= since, run_unit.c.recorded_to.is_(None))
    there = (run.c.site == work.site, run.c.station.in_(stations), run.c.recorded_to.is_(None))
    runs = select(run.c.id).where(*there).distinct().cte("runs_there")
    by_run = in_order(runs, run_unit, and_(run_unit.c.run == runs.c.id, *passed))
    itself = select(run_unit.c.unit).where(run_unit.c.station.in_(stations), *passed)
    units = union(itself, select(run_unit.c.unit).select_from(by_run)).cte("units_there")
    query = select(units.c.unit)
    if reported_in is not None:
        in_unit = and_(feed.c.site == work.site, feed.c.run == units.c.unit, feed.c.recorded_to.is_(None))
        query = query.select_from(in_order(units, feed, in_unit)).where(feed.c.context_run.in_(reported_in))
    return set(work.connection.execute(query).scalars())


def _reports(work: Workspace, units: Sequence[int]) -> Mapping[int, list[SlotReport]]:
    """Return what reports say that units got from slots, by unit."""
    of_units = (run_unit.c.site == work.site, run_unit.c.unit.in_(units), run_unit.c.recorded_to.is_(None))
    names = ("unit", "run", "seq", "passed_at")
    passed = select(*(run_unit.c[name] for name in names)).where(*of_units).cte("passed")
    covers = and_(
        feed.c.site == work.site,
        feed.c.run == passed.c.run,
        feed.c.seq_from <= passed.c.seq,
        feed.c.seq_to >= passed.c.seq,
        feed.c.slot_key.is_not(None),
        feed.c.basis.not_in(ASSUMING),
        feed.c.recorded_to.is_(None),
    )
    query = select(
        passed.c.unit,
        func.coalesce(feed.c.context_run, feed.c.run).label("named"),
        func.coalesce(passed.c.passed_at, feed.c.valid_from).label("used_at"),
        feed.c.slot_key,
        feed.c.package,
        feed.c.event,
        feed.c.alternative_group,
        feed.c.counts_from,
    ).select_from(in_order(passed, feed, covers))
    found: defaultdict[int, list[SlotReport]] = defaultdict(list)
    for row in work.connection.execute(query):
        found[row.unit].append(
            SlotReport(
                slot_key=row.slot_key,
                package=row.package,
                event=row.event,
                happened_at=row.used_at,
                used_at=max(row.used_at, row.counts_from or row.used_at),
                run=row.named,
                alternatives=row.alternative_group,
            )
        )
    return found


def _passes(work: Workspace, units: Sequence[int]) -> Mapping[int, list[ToldPass]]:
    """Return the passes of units, each time at which one is told by itself."""
    rows: defaultdict[tuple[int, int, int], list[Row[Any]]] = defaultdict(list)
    mine = (run_unit.c.site == work.site, run_unit.c.unit.in_(units), run_unit.c.recorded_to.is_(None))
    for row in work.connection.execute(select(run_unit).where(*mine, run_unit.c.passed_at.is_not(None))):
        rows[row.unit, row.run, row.seq].append(row)
    found: defaultdict[int, list[ToldPass]] = defaultdict(list)
    for (unit, of, number), told in rows.items():
        for at in sorted({row.passed_at for row in told}):
            there = {row.station for row in told if row.passed_at == at}
            found[unit].append(
                ToldPass(
                    run=of,
                    number=number,
                    passed_at=at,
                    stations=frozenset(each for each in there if each is not None),
                    events={row.event: row.passed_at for row in told},
                )
            )
    return found


def _stations(work: Workspace, runs: Collection[int]) -> Stations:
    """Return at which stations runs are said to be, and when."""
    found: dict[int, list[tuple[int, Span]]] = {}
    for part in in_chunks(sorted(runs)):
        said = (run.c.site == work.site, run.c.id.in_(part), run.c.recorded_to.is_(None))
        query = select(*(run.c[name] for name in _OF_RUN)).where(*said)
        found |= _at_stations(work.connection.execute(query))
    return found


def _stood(work: Workspace, passes: Mapping[int, Sequence[ToldPass]], stations: Stations) -> list[StoodSetUp]:
    """Return what stood at stations while units passed them, of that which is known."""
    times: defaultdict[int, list[datetime]] = defaultdict(list)
    for each in (each for some in passes.values() for each in some):
        for station in {*each.stations, *(there for there, _ in stations.get(each.run, ()))}:
            times[station].append(each.passed_at)
    found: list[StoodSetUp] = []
    for station, at in sorted(times.items()):
        stood = (
            set_up.c.site == work.site,
            set_up.c.station == station,
            set_up.c.is_awaited.is_(False),
            set_up.c.valid_from <= max(at),
            or_(set_up.c.valid_to.is_(None), set_up.c.valid_to > min(at)),
            set_up.c.recorded_to.is_(None),
        )
        names = StoodSetUp.__dataclass_fields__
        found += [
            StoodSetUp(**{name: row[name] for name in names})
            for row in work.connection.execute(select(set_up).where(*stood)).mappings()
        ]
    return found
