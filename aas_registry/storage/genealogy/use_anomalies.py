"""Uses that do not fit: two units on one number of a run, two packages on one designator of a unit."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Basis, Certainty
from aas_registry.domain.used_twice import UseOnPlaces, find_number_given_twice, find_places_used_twice
from aas_registry.storage.genealogy.removals import emptied_places
from aas_registry.storage.genealogy.touched import Checked
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.anomalies import anomaly, anomaly_event
from aas_registry.storage.tables.genealogy import feed, feed_void, run_unit

# What nobody reported of that very unit is on no designator for certain.
_NOT_REPORTED = [each.value for each in (Basis.SETUP, Basis.BACKFLUSH, Basis.DOCUMENT)]


def find_numbers_given_twice(work: Workspace) -> Iterator[Checked]:
    """Yield the numbers of runs, of those touched, on which several units passed."""
    numbers: defaultdict[int, set[int]] = defaultdict(set)
    for row in work.touched.rows(run_unit):
        # Not of a unit's own run, nor of a transaction's passes, which share a place below 0.
        if row["event"] and row["seq"] >= 0:
            numbers[row["run"]].add(row["seq"])
    for run, seqs in sorted(numbers.items()):
        for part in in_chunks(sorted(seqs)):
            here = (run_unit.c.site == work.site) & (run_unit.c.run == run) & run_unit.c.seq.in_(part)
            passes: defaultdict[int, list[Any]] = defaultdict(list)
            known = select(run_unit).where(here, run_unit.c.recorded_to.is_(None))
            for passed in work.connection.execute(known):
                passes[passed.seq].append((passed.unit, passed.event, passed.passed_at))
            found = [each for seq, rows in passes.items() for each in find_number_given_twice(run, seq, rows)]
            yield Checked(AnomalyKind.SEQUENCE_TWICE, [run], found, keys=set(map(str, part)))


def find_designators_used_twice(work: Workspace) -> Iterator[Checked]:
    """Yield the units, of those touched, with two packages on one designator."""
    for part in in_chunks(sorted(_candidates(work))):
        uses = _uses(work, part)
        crowded = [unit for unit, held in uses.items() if any(find_places_used_twice(unit, held))]
        gone = emptied_places(work, crowded)
        found = [
            each
            for unit in crowded
            for each in find_places_used_twice(
                unit, [replace(use, emptied=gone[unit, use.feed]) for use in uses[unit]]
            )
        ]
        yield Checked(AnomalyKind.DESIGNATOR_TWICE, part, found)


def _candidates(work: Workspace) -> set[int]:
    touched = work.touched
    fed = [row for row in touched.rows(feed) if row["designators"] is not None]
    units = {row["unit"] for row in (*touched.rows(feed_void), *touched.ended[run_unit])}
    units |= _known_of(work, {row["event"] for row in touched.ended[feed]})
    own: set[int] = set()
    for part in in_chunks(sorted({row["run"] for row in fed if row["seq_to"] == 1})):
        itself = (run_unit.c.site == work.site) & run_unit.c.run.in_(part) & (run_unit.c.event == 0)
        own.update(work.connection.execute(select(run_unit.c.unit).where(itself)).scalars())
    passed: defaultdict[int, set[int]] = defaultdict(set)
    for row in touched.begun[run_unit]:
        if row["event"]:  # not a unit's own run
            passed[row["run"]].add(row["unit"])
    ranges = [row for row in fed if row["run"] not in own]
    return units | own | _in_ranges(work, ranges, passed)


def _known_of(work: Workspace, events: Collection[int]) -> set[int]:
    """Return the units of which it is known that an event's use shares a designator."""
    found: set[int] = set()
    for part in in_chunks(sorted(events)):
        of = and_(anomaly.c.site == work.site, anomaly.c.id == anomaly_event.c.anomaly)
        told = (anomaly_event.c.site == work.site) & anomaly_event.c.event.in_(part)
        kind = anomaly.c.kind == AnomalyKind.DESIGNATOR_TWICE.value
        query = select(anomaly.c.subject).select_from(in_order(anomaly_event, anomaly, of))
        found.update(
            work.connection.execute(query.where(told, kind, anomaly.c.recorded_to.is_(None))).scalars()
        )
    return found


def _in_ranges(
    work: Workspace, fed: Sequence[Mapping[Any, Any]], passed: Mapping[int, Collection[int]]
) -> set[int]:
    """Return units in the range of a feed that shares a designator with another, of the run or their own."""
    near = {unit for units in passed.values() for unit in units}
    for run in {row["run"] for row in fed}:
        spans = [run_unit.c.seq.between(row["seq_from"], row["seq_to"]) for row in fed if row["run"] == run]
        near |= _passed(work, run, or_(*spans))
    runs = {row["run"] for row in fed} | passed.keys()
    ranges: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    found: set[int] = set()
    for part in in_chunks(sorted(runs | near)):
        own = (feed.c.site == work.site, feed.c.run.in_(part), *_reported())
        for row in work.connection.execute(select(feed).where(*own)):
            if row.run in runs:
                ranges[row.run].append(row)
            else:
                found.add(row.run)
    new = {row["id"] for row in fed}
    for run, feeds in ranges.items():
        for one, other in _sharing(feeds):
            within = run_unit.c.seq.between(max(one.seq_from, other.seq_from), min(one.seq_to, other.seq_to))
            units = _passed(work, run, within)
            found |= units if {one.id, other.id} & new else units & near
    return found


def _sharing(feeds: Iterable[Row[Any]]) -> set[tuple[Row[Any], Row[Any]]]:
    """Return pairs of feeds of different packages that share a number of the run and a designator."""
    at: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for each in feeds:
        for place in _places(each):
            at[place].append(each)
    return {
        (one, other)
        for some in at.values()
        for one, other in combinations(some, 2)
        if one.package != other.package and max(one.seq_from, other.seq_from) <= min(one.seq_to, other.seq_to)
    }


def _passed(work: Workspace, run: int, within: ColumnElement[bool]) -> set[int]:
    here = (run_unit.c.site == work.site, run_unit.c.run == run, run_unit.c.recorded_to.is_(None))
    return set(work.connection.execute(select(run_unit.c.unit).where(*here, within)).scalars())


def _reported() -> tuple[ColumnElement[bool], ...]:
    return (
        feed.c.recorded_to.is_(None),
        feed.c.designators.is_not(None),
        feed.c.certainty == int(Certainty.EXACT),
        feed.c.basis.not_in(_NOT_REPORTED),
    )


def _uses(work: Workspace, units: Sequence[int]) -> Mapping[int, list[UseOnPlaces]]:
    mine = (run_unit.c.site == work.site) & run_unit.c.unit.in_(units) & run_unit.c.recorded_to.is_(None)
    passes = select(run_unit.c.unit, run_unit.c.run, run_unit.c.seq, run_unit.c.passed_at).where(mine)
    gone_through = passes.cte("passes")
    covers = and_(
        feed.c.site == work.site,
        feed.c.run == gone_through.c.run,
        feed.c.seq_from <= gone_through.c.seq,
        feed.c.seq_to >= gone_through.c.seq,
        *_reported(),
    )
    said = [feed.c[name] for name in ("id", "package", "event", "designators", "counts_from")]
    named = (gone_through.c.unit, *said)
    began = func.coalesce(func.min(gone_through.c.passed_at), feed.c.valid_from).label("began")
    query = select(*named, began).select_from(in_order(gone_through, feed, covers))
    uses: defaultdict[int, list[UseOnPlaces]] = defaultdict(list)
    for row in work.connection.execute(query.group_by(*named, feed.c.valid_from)):
        use = UseOnPlaces(
            feed=row.id,
            package=row.package,
            event=row.event,
            began=max(row.began, row.counts_from or row.began),
            places=_places(row),
        )
        uses[row.unit].append(use)
    return uses


def _places(row: Any) -> frozenset[str]:
    return frozenset(() if row.designators is None else row.designators.split("\n"))
