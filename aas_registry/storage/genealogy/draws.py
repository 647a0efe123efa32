"""What was taken of packages: kept at most as it grows, and read in full where that may be too much.

Of a range counts every number at most, and exactly the units that passed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.draws import AmountInside, Draw, with_joined
from aas_registry.domain.events import LinkKind
from aas_registry.domain.held_spans import Span
from aas_registry.domain.items import EARLIEST, rank_of
from aas_registry.domain.removals import measure_of, pieces_at
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks, in_order, insert_rows, is_found
from aas_registry.storage.tables.anomalies import package_draw
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import feed, lot_link, quantity_entry, run_unit

Suspect = tuple[int, AnomalyKind]
"""A package, and what may not fit of it."""
KINDS = (AnomalyKind.OVERDRAWN, AnomalyKind.UNITS_OF_MEASURE)
_Last = tuple[Draw | None, datetime | None]

_INSIDE = ("label", "counted")  # kinds of what tells how much was in a package
# What is divided into itself, or joined with itself, goes nowhere.
_IS_PORTION = lot_link.c.quantity.is_not(None) & (lot_link.c.parent != lot_link.c.child)
_JOINED = frozenset({LinkKind.MERGE.value, LinkKind.SPLICE.value})


class _Said(NamedTuple):
    """How much was said to be in a package, by a label or by who counted it."""

    is_counted: bool
    draw: Draw


def at_most(fed: Mapping[Any, Any]) -> Decimal | None:
    """Return how much a feed may have taken; None where nobody said."""
    places = () if fed["designators"] is None else fed["designators"].split("\n")
    pieces = pieces_at(places, fed["quantity_per_unit"])
    return None if pieces is None else pieces * (fed["seq_to"] - fed["seq_from"] + 1)


def packages_spoken_of(work: Workspace) -> set[int]:
    """Return the packages of which something else was said that decides about what was taken of them."""
    touched = work.touched
    found = {row["package"] for row in touched.ended[feed]}
    found |= {row["item"] for row in touched.rows(quantity_entry) if row["kind"] in _INSIDE}
    for row in touched.rows(lot_link):
        if row["kind"] in _JOINED or row["quantity"] is not None:
            found |= {row["parent"], row["child"]} - {None}
    # A label that was spliced holds what its packages held.
    labels: set[int] = set()
    for part in in_chunks(sorted(found)):
        joined = _links(work, lot_link.c.parent.in_(part))
        labels.update(row.child for row in joined if row.kind in _JOINED)
    return found | labels


def count_anew(work: Workspace, packages: Collection[int]) -> set[int]:
    """Count anew what was taken of packages at most, in which units of measure, and how much was in them.

    Returned are those of which something may not fit.
    """
    suspects: set[int] = set()
    for part in in_chunks(sorted(packages)):
        own = (package_draw.c.site == work.site) & package_draw.c.package.in_(part)
        before = work.connection.execute(select(package_draw).where(own)).mappings().all()
        if before:
            work.connection.execute(delete(package_draw).where(own))
            work.sums.remove(package_draw, before)
        taken: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
        fed = (feed.c.site == work.site) & feed.c.package.in_(part) & feed.c.recorded_to.is_(None)
        for row in work.connection.execute(select(feed).where(fed)).mappings():
            most = at_most(row)
            if most is not None:
                taken[row["package"], measure_of(row["unit_of_measure"])] += most
        for link in _links(work, lot_link.c.parent.in_(part) & _IS_PORTION):
            taken[link.parent, measure_of(link.unit_of_measure)] += link.quantity
        known = contents_of(work, part)
        _write(work, taken, {package: _last(contents) for package, contents in known.items()})
        inside = [(one, each.inside) for one, contents in known.items() for each in contents if each.inside]
        keys = taken.keys() | {(package, each.measure) for package, each in inside}
        measures = Counter(package for package, _ in keys)
        suspects.update(package for package, count in measures.items() if count > 1)
        suspects.update(one for one, each in inside if taken.get((one, each.measure), 0) > each.quantity)
    return suspects


def _last(contents: Sequence[AmountInside]) -> _Last:
    """Return what was in a package at last, and since when it was as much; None where it always was."""
    amounts = [each.inside and (each.inside.quantity, each.inside.measure) for each in contents]
    changed = (at for at in range(len(contents) - 1, 0, -1) if amounts[at - 1] not in {None, amounts[at]})
    since = next((contents[at].span.begins for at in changed), None)
    return contents[-1].inside, since


def _write(work: Workspace, taken: Mapping[tuple[int, str], Decimal], known: Mapping[int, _Last]) -> None:
    last = {
        (package, each.measure): (each.quantity, since) for package, (each, since) in known.items() if each
    }
    rows = [
        {
            "site": work.site,
            "package": key[0],
            "measure": key[1],
            "inside": last[key][0] if key in last else None,
            "inside_since": last[key][1] if key in last else None,
            "at_most": taken.get(key, Decimal(0)) if key in last else None,
        }
        for key in sorted(taken.keys() | last.keys())
    ]
    if rows:
        insert_rows(work.connection, package_draw, rows)
        work.sums.add(package_draw, rows)


def count_on(
    work: Workspace, more: Mapping[tuple[int, str], Decimal]
) -> tuple[set[Suspect], dict[int, datetime]]:
    """Add new uses to what was taken at most.

    Returns:
        The packages of which something may not fit; and those in which there was something else before a
        time, each with this: what was taken earlier may be too much of that.
    """
    rows: dict[tuple[int, str], Mapping[Any, Any]] = {}
    for part in in_chunks(sorted({package for package, _ in more})):
        own = (package_draw.c.site == work.site) & package_draw.c.package.in_(part)
        for row in work.connection.execute(select(package_draw).where(own)).mappings():
            rows[row["package"], row["measure"]] = row
    new = {key: amount for key, amount in more.items() if key not in rows}
    _write(work, new, {})
    grown = [
        {"p": key[0], "m": key[1], "more": row["at_most"] + more[key], "inside": row["inside"]}
        for key, row in rows.items()
        if key in more and row["at_most"] is not None
    ]
    if grown:
        mine = and_(
            package_draw.c.site == work.site,
            package_draw.c.package == bindparam("p"),
            package_draw.c.measure == bindparam("m"),
        )
        work.connection.execute(update(package_draw).where(mine).values(at_most=bindparam("more")), grown)
    measures = Counter(package for package, _ in rows.keys() | new.keys())
    over = {(each["p"], AnomalyKind.OVERDRAWN) for each in grown if each["more"] > each["inside"]}
    over |= {(one, AnomalyKind.UNITS_OF_MEASURE) for one, count in measures.items() if count > 1}
    since = {key[0]: row["inside_since"] for key, row in rows.items() if row["inside_since"] is not None}
    return over, since


def first_draws(work: Workspace, feeds: Collection[int]) -> dict[int, datetime]:
    """Return when some feeds first took something of their packages, by package: as far as units passed."""
    found: dict[int, datetime] = {}
    for part in in_chunks(sorted(feeds)):
        query = select(feed.c.package, func.min(func.coalesce(run_unit.c.passed_at, feed.c.valid_from)))
        covered = query.select_from(in_order(feed, run_unit, _covers(work, feed)))
        own = (feed.c.site == work.site, feed.c.id.in_(part))
        for package, at in work.connection.execute(covered.where(*own).group_by(feed.c.package)):
            found[package] = min(at, found.get(package, at))
    return found


def suspects_of_passes(work: Workspace) -> dict[Suspect, datetime]:
    """Return the packages that fed runs which units passed, and of which something may not fit since then.

    Of a range nothing is taken before a unit passes: too much, or in another unit of measure.
    """
    since: dict[int, datetime] = {}
    for rows, is_gone in ((work.touched.begun[run_unit], False), (work.touched.ended[run_unit], True)):
        for row in rows:
            if row["event"]:
                at = EARLIEST if is_gone else row["passed_at"] or EARLIEST
                since[row["run"]] = min(at, since.get(row["run"], at))
    found: dict[Suspect, datetime] = {}
    other = package_draw.alias("in_another_measure")
    for part in in_chunks(sorted(since)):
        fed = select(feed.c.package, feed.c.run).where(
            feed.c.site == work.site, feed.c.run.in_(part), feed.c.recorded_to.is_(None)
        )
        near = fed.distinct().cte("near")
        of_it = and_(package_draw.c.site == work.site, package_draw.c.package == near.c.package)
        others = and_(other.c.site == work.site, other.c.package == near.c.package)
        differs = is_found(select(other.c.package).where(others, other.c.measure != package_draw.c.measure))
        is_over = func.coalesce(package_draw.c.at_most > package_draw.c.inside, false())
        changed = package_draw.c.inside_since
        query = select(near, is_over.label("is_over"), differs.label("differs"), changed)
        doubted = query.select_from(in_order(near, package_draw, of_it)).where(
            or_(is_over, differs, changed.is_not(None))
        )
        for package, run, over, is_other, at in work.connection.execute(doubted):
            is_early = at is not None and since[run] < at
            for kind, is_one in zip(KINDS, (over, is_other), strict=True):
                if is_one or is_early:
                    found[package, kind] = min(since[run], found.get((package, kind), since[run]))
    return found


def _covers(work: Workspace, fed: FromClause) -> ColumnElement[bool]:
    return and_(
        run_unit.c.site == work.site,
        run_unit.c.run == fed.c.run,
        run_unit.c.seq.between(fed.c.seq_from, fed.c.seq_to),
        run_unit.c.recorded_to.is_(None),
    )


def _links(work: Workspace, condition: Any) -> list[Row[Any]]:
    said = (lot_link.c.site == work.site) & lot_link.c.recorded_to.is_(None)
    return list(work.connection.execute(select(lot_link).where(said, condition)))


def contents_of(work: Workspace, packages: Collection[int]) -> dict[int, list[AmountInside]]:
    """Return how much was in packages over time; before anything was said it is not known.

    That is what was counted last, else what the label says; with what joined.
    """
    into: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in _links(work, lot_link.c.child.in_(packages)):
        if row.kind in _JOINED and row.parent != row.child:
            into[row.child].append(row)
    beside = {row.parent for rows in into.values() for row in rows} - {None}
    said = _said(work, sorted({*packages, *beside}))
    return {package: _over_time(package, said, into[package]) for package in packages}


def _over_time(
    package: int, said: Mapping[int, Sequence[_Said]], into: Sequence[Row[Any]]
) -> list[AmountInside]:
    joined = sorted(into, key=lambda row: row.valid_from)
    spoken_of = {package, *(row.parent for row in joined)} - {None}
    told = [(one, each) for one in spoken_of for each in said.get(one, ())]
    told.sort(key=lambda each: each[1].draw.happened_at)
    times = sorted({*(each.draw.happened_at for _, each in told), *(row.valid_from for row in joined)})
    found = [AmountInside(Span(None, times[0] if times else None), None)]
    last, place = dict[int, _Said](), 0
    for at, ends in pairwise([*times, None]):
        while place < len(told) and told[place][1].draw.happened_at <= at:
            one, each = told[place]
            last[one], place = max(each, last.get(one, each), key=_order), place + 1
        inside = last[package].draw if package in last else None
        for row in joined:
            if row.valid_from <= at:
                inside = with_joined(inside, _more(row, last))
        found.append(AmountInside(Span(at, ends), inside))
    return found


def _order(said: _Said) -> tuple[bool, datetime, int, Decimal]:
    """Return what tells of several statements which holds: a count before a label, the last of them."""
    return said.is_counted, said.draw.happened_at, said.draw.rank, said.draw.quantity


def _more(row: Row[Any], last: Mapping[int, _Said]) -> tuple[Decimal, str] | None:
    """Return how much a package brought that joined; None where that is not known."""
    if row.kind != LinkKind.SPLICE.value:
        return None if row.quantity is None else (row.quantity, measure_of(row.unit_of_measure))
    other = last.get(row.parent)
    return None if other is None else (other.draw.quantity, other.draw.measure)


def _said(work: Workspace, packages: Collection[int]) -> Mapping[int, Sequence[_Said]]:
    found: defaultdict[int, list[_Said]] = defaultdict(list)
    entry = quantity_entry
    # Not parameters: SQLite's planner then sees that the index of the few holds the answer.
    kinds = entry.c.kind.in_([literal(each, literal_execute=True) for each in _INSIDE])
    for part in in_chunks(sorted(packages)):
        own = (entry.c.site == work.site) & entry.c.item.in_(part) & entry.c.recorded_to.is_(None)
        said_by = and_(event.c.site == work.site, event.c.id == entry.c.event)
        query = select(entry, event.c.content).select_from(in_order(entry, event, said_by)).where(own, kinds)
        for row in work.connection.execute(query):
            draw = _draw(row, row.happened_at, row.quantity)
            found[row.item].append(_Said(row.kind == "counted", draw))
    return found


def draws_of(work: Workspace, packages: Collection[int]) -> defaultdict[int, list[Draw]]:
    """Return all that was taken of packages: by units that passed, or were given it, and by portions."""
    found: defaultdict[int, list[Draw]] = defaultdict(list)
    own = (feed.c.site == work.site) & feed.c.package.in_(packages) & feed.c.recorded_to.is_(None)
    names = (
        "id",
        "package",
        "valid_from",
        "counts_from",
        "designators",
        "quantity_per_unit",
        "unit_of_measure",
        "event",
    )
    fed = select(*(feed.c[name] for name in (*names, "run", "seq_from", "seq_to"))).where(own).cte("fed")
    said_by = and_(event.c.site == work.site, event.c.id == fed.c.event)
    said = [fed.c[name] for name in names]
    at = func.coalesce(func.min(run_unit.c.passed_at), fed.c.valid_from).label("at")
    query = (
        select(*said, event.c.content, at)
        .select_from(in_order(in_order(fed, run_unit, _covers(work, fed)), event, said_by))
        .group_by(*said, event.c.content, run_unit.c.unit)  # several numbers of a range are one use
    )
    for row in work.connection.execute(query):
        places = () if row.designators is None else row.designators.split("\n")
        pieces = pieces_at(places, row.quantity_per_unit)
        if pieces is not None:
            found[row.package].append(_draw(row, max(row.at, row.counts_from or row.at), pieces))
    portions = and_(lot_link.c.parent.in_(packages), _IS_PORTION)
    said_by = and_(event.c.site == work.site, event.c.id == lot_link.c.event)
    linked = (lot_link.c.site == work.site) & portions & lot_link.c.recorded_to.is_(None)
    for row in work.connection.execute(
        select(lot_link, event.c.content).select_from(in_order(lot_link, event, said_by)).where(linked)
    ):
        found[row.parent].append(_draw(row, row.valid_from, row.quantity))
    return found


def _draw(row: Any, at: datetime, quantity: Decimal) -> Draw:
    return Draw(
        happened_at=at,
        rank=rank_of(row.content),
        event=row.event,
        measure=measure_of(row.unit_of_measure),
        quantity=quantity,
    )
