"""What is unknown beside an answer: lines that wait, packages of no known lot.

Counted is what could touch the answer. A scope is told of a line only if it names a unit of its own,
and of an undecided one only that there is one: no count.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    CursorResult,
    FromClause,
    Row,
    Select,
    and_,
    case,
    distinct,
    func,
    or_,
    select,
    tuple_,
    union,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.bare_packages import in_part_unknown
from aas_registry.storage.genealogy.set_up_uses import (
    passed_while_awaited,
    passed_while_unread,
    stood_at,
    unread_at,
    unread_set_ups,
)
from aas_registry.storage.genealogy.sought import held_packages
from aas_registry.storage.genealogy.units import units_seen
from aas_registry.storage.genealogy.uses import carriers_of, passes_of, was_on
from aas_registry.storage.moments import begun, happened, in_effect, recorded
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import given, given_later, in_order, is_among, is_found
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import containment, run_unit
from aas_registry.storage.tables.passes import set_up, waiting_line

_MOST_LINES = 100_000  # an event has fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """What could change an answer.

    Attributes:
        waiting: Lines in which a name is not known.
        undecided: Lines in which a name means several things; for a customer at most one.
        unread: Lines that could not be read.
        packages: Packages that were used, and may have held what nobody said the lot of.
    """

    waiting: int = 0
    undecided: int = 0
    unread: int = 0
    packages: int = 0

    @property
    def is_nothing(self) -> bool:
        """Return whether nothing is unknown."""
        return not (self.waiting or self.undecided or self.unread or self.packages)

    def as_json(self) -> dict[str, int]:
        """Return it as answers and reports spell it."""
        return {
            "waiting": self.waiting,
            "undecided": self.undecided,
            "unread": self.unread,
            "packagesWithoutLot": self.packages,
        }


Lines = Callable[[], CursorResult[*tuple[Any, ...]]]


def unknown(connection: Connection, scope: Scope, moment: Moment, lines: Lines, *, packages: int) -> Unknown:
    """Return what is unknown beside an answer, in which so many packages are of no known lot.

    Args:
        connection: An open connection.
        scope: As whom.
        moment: When is asked for.
        lines: Asks for the lines that could touch the answer: what `lines_of_units` or `lines_of_material`
            tells. Not asked where no line is open at all.
        packages: Of no known lot.
    """
    is_any_open = _any_open(scope.site, moment).ask(connection).first() is not None
    counts = Counter({row[0]: row[1] for row in lines()}) if is_any_open else Counter[str]()
    undecided = counts["undecided"]
    return Unknown(
        waiting=counts["waiting"],
        undecided=undecided if scope.customer is None else min(1, undecided),
        unread=counts["unread"],
        packages=packages,
    )


def lines_of_units(scope: Scope, units: Select[Any], moment: Moment) -> Select[Any]:
    """Return a query of how many lines are open, by state, and could touch what is told of some units.

    Args:
        scope: As whom is asked.
        units: Those of which all material was asked for, in the first column.
        moment: When is asked for.
    """
    return _counted(scope, _of_units(scope.site, units, moment), moment)


@prepared
def lines_of_material(
    scope: Scope, lot: int | None, moment: Moment, *, dialect: str, is_near: bool, is_of_runs: bool
) -> Select[Any]:
    """Return a query of how many lines are open, by state, and could touch where some material went.

    Args:
        scope: As whom is asked.
        lot: That was asked for; None: what stands in the values of a `MaterialHeld`.
        moment: When is asked for.
        dialect: The name of the database's dialect.
        is_near: Whether lines name units that are near one of the answer's (`near_lines`): ``near`` of
            `rows.given_values`.
        is_of_runs: Whether runs are in question: ``run_asked`` of these.
    """
    packages = held_packages(scope.site, lot, moment, dialect=dialect)
    near = given_later(dialect, near=int) if is_near else None
    runs = given_later(dialect, run_asked=int) if is_of_runs else None
    return _counted(scope, _of_material(scope.site, packages, near, runs, moment), moment)


def _counted(scope: Scope, touches: ColumnElement[bool], moment: Moment) -> Select[Any]:
    told = waiting_line
    state = case((told.c.is_unread, "unread"), (told.c.is_undecided, "undecided"), else_="waiting")
    query = select(state, func.count(distinct(line_number()))).where(*_open(scope.site, moment), touches)
    if scope.customer is not None:
        query = query.where(is_among(told.c.id, _naming_theirs(scope, moment)))
    return query.group_by(state)


def line_number() -> ColumnElement[int]:
    """Return what tells an open line from others: it has a row for each unit that it names."""
    number: ColumnElement[int] = waiting_line.c.event * _MOST_LINES + waiting_line.c.place
    return number


def near_lines(connection: Connection, site: Site, moment: Moment) -> Mapping[int, Collection[int]]:
    """Return the units that are named in open lines which bring no material, by what is near them.

    That is what they are in, what is in them, and themselves: an answer is near a unit that a line names
    where that line's unit is near one of the answer's. There are few.
    """
    return _by_unit(_near_named(site, moment).ask(connection))


def near_units(
    connection: Connection, site: Site, units: Collection[int], moment: Moment
) -> Mapping[int, Collection[int]]:
    """Return some units, by what is near them, as `near_lines` does."""
    if not units:
        return {}
    found = select(given(connection, unit=sorted(units)).c.unit)
    return _by_unit(connection.execute(select(_near(site, found, moment))))


def _by_unit(near: Iterable[Row[Any]]) -> Mapping[int, Collection[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in near:
        found[row.unit].add(row.start)
    return found


@prepared
def _any_open(site: Site, moment: Moment) -> Select[int]:
    return select(waiting_line.c.id).where(*_open(site, moment)).limit(1)


@prepared
def _near_named(site: Site, moment: Moment) -> Select[Any]:
    named = select(waiting_line.c.unit).where(
        *_open(site, moment), ~waiting_line.c.brings, waiting_line.c.unit.is_not(None)
    )
    return select(_near(site, named.distinct(), moment))


def _open(site: Site, moment: Moment) -> tuple[ColumnElement[bool], ...]:
    told = waiting_line
    # What a range says happened when its units passed, whenever it is told.
    passed = (
        run_unit.c.site == site,
        run_unit.c.run == told.c.run,
        run_unit.c.seq >= told.c.seq_from,
        run_unit.c.seq <= told.c.seq_to,
        recorded(run_unit, moment),
        happened(run_unit.c.passed_at, moment),
    )
    of_range = and_(told.c.run.is_not(None), is_found(select(run_unit.c.unit).where(*passed)))
    then = or_(happened(told.c.happened_at, moment), of_range, is_of_names(site))
    return told.c.site == site, recorded(told, moment), then


def is_of_names(site: Site) -> ColumnElement[bool]:
    """Return whether an open line says what a name means, which is so at any time."""
    told = waiting_line
    said = select(event.c.id).where(
        event.c.site == site, event.c.id == told.c.event, event.c.type.in_(["sameUnit", "nameReused"])
    )
    return and_(~told.c.brings, ~told.c.passes, is_found(said))


def _of_material(
    site: Site, packages: CTE, near: FromClause | None, runs: FromClause | None, moment: Moment
) -> ColumnElement[bool]:
    """Return whether a line brings material that was asked for, names what is near its units, or a pass.

    A pass is that of a run in question. Of a package that is not known, or of which not every lot is, it may
    be any material.
    """
    told = waiting_line
    known = told.c.material.in_(select(packages.c.package))
    bare = told.c.material.in_(select(in_part_unknown(site, moment).c.package))
    touches = [and_(told.c.brings, or_(told.c.material.is_(None), known, bare))]
    if near is not None:
        touches.append(and_(~told.c.brings, told.c.unit.in_(select(near.c.near))))
    if runs is not None:
        of_runs = told.c.run.in_(select(runs.c.run_asked))
        touches.append(and_(told.c.passes, or_(told.c.run.is_(None), of_runs)))
    return or_(*touches)


def _of_units(site: Site, units: Select[Any], moment: Moment) -> ColumnElement[bool]:
    """Return whether a line names what is near some units.

    What brings material names one of these, or a panel while they were on it, or later. A range names what
    passed the run with a number of it, a set-up what passed while it stood.
    """
    told = waiting_line
    near = _near(site, units, moment)
    found = units.cte("asked_units")
    unit = select(found.c[0].label("unit")).cte("unit_asked")
    carrier = carriers_of(site, unit, moment)
    passed = passes_of(site, carrier, moment).prefix_with("MATERIALIZED")
    stood = stood_at(site, passed, moment, awaited=True)
    said = and_(set_up.c.site == site, set_up.c.id == stood.c.feed)
    awaited = select(set_up.c.event, set_up.c.place).select_from(in_order(stood, set_up, said))
    within = select(passed.c.run).where(
        passed.c.run == told.c.run,
        passed.c.seq >= told.c.seq_from,
        passed.c.seq <= told.c.seq_to,
        begun(passed, moment, "passed_at"),
        or_(passed.c.cut_at.is_(None), passed.c.cut_at > passed.c.passed_at),
    )
    on_it = select(carrier.c.carrier).where(
        told.c.brings,
        carrier.c.carrier == told.c.unit,
        or_(carrier.c.cut_at.is_(None), carrier.c.cut_at > told.c.happened_at),
    )
    slots = awaited.where(or_(stood.c.cut_at.is_(None), stood.c.cut_at > stood.c.used_at))
    of_set_up = is_among(tuple_(told.c.event, told.c.place), slots)
    unread = unread_at(site, passed, unread_set_ups(site, _open(site, moment), moment), moment)
    there = select(unread.c.feed).where(or_(unread.c.cut_at.is_(None), unread.c.cut_at > unread.c.used_at))
    of_set_up = or_(of_set_up, is_among(told.c.id, there))
    named = and_(~told.c.brings, told.c.unit.in_(select(near.c.unit)))
    return or_(named, is_found(on_it), is_found(within), of_set_up)


def _naming_theirs(scope: Scope, moment: Moment) -> Select[tuple[int]]:
    """Return the open lines that name a unit of a scope.

    They do so by name, by a number of the range that was fed, as what passed while a set-up stood, and as a
    board that was on a panel that is named so, or came onto it later.
    """
    site = scope.site
    names = ("id", "brings", "unit", "run", "seq_from", "seq_to", "event", "place", "happened_at")
    line = select(*(waiting_line.c[name] for name in names)).where(*_open(site, moment)).cte("open_lines")
    covers = and_(
        run_unit.c.site == site,
        run_unit.c.run == line.c.run,
        run_unit.c.seq >= line.c.seq_from,
        run_unit.c.seq <= line.c.seq_to,
        recorded(run_unit, moment),
        happened(run_unit.c.passed_at, moment),
    )
    by_number = select(line.c.id, run_unit.c.unit, line.c.brings, run_unit.c.passed_at)
    set_ups = select(line.c.id, line.c.brings, line.c.event, line.c.place).cte("open_set_ups")
    stood = passed_while_awaited(site, set_ups, moment)
    unread = passed_while_unread(site, unread_set_ups(site, _open(site, moment), moment), moment)
    by_name = select(line.c.id, line.c.unit, line.c.brings, line.c.happened_at.label("used_at"))
    named = union(
        by_name.where(line.c.unit.is_not(None)),
        by_number.select_from(in_order(line, run_unit, covers)),
        select(stood.c.id, stood.c.unit, stood.c.brings, stood.c.used_at),
        select(unread.c.feed, unread.c.unit, unread.c.brings, unread.c.used_at),
    ).cte("named_units")
    # What is put onto a panel, or taken off it, says nothing of the others on it.
    on_it = and_(named.c.brings, was_on(site, named, moment))
    boards = select(named.c.id, containment.c.child).select_from(in_order(named, containment, on_it))
    every = union(select(named.c.id, named.c.unit), boards).cte("every_named")
    theirs = units_seen(scope, select(every.c.unit).distinct(), moment)
    return select(every.c.id).where(is_among(every.c.unit, select(theirs.c.unit)))


def _near(site: Site, units: Select[Any], moment: Moment) -> CTE:
    """Return some units, each as ``start``, with all that they are in, and all that is in them."""
    found = units.cte("found_units")
    itself = (found.c[0].label("start"), found.c[0].label("unit"))
    up = select(*itself).cte("above", recursive=True)
    above = and_(containment.c.site == site, containment.c.child == up.c.unit, in_effect(containment, moment))
    parents = select(up.c.start, containment.c.parent)
    up = up.union(parents.select_from(in_order(up, containment, above)))
    down = select(*itself).cte("below", recursive=True)
    below = and_(
        containment.c.site == site, containment.c.parent == down.c.unit, in_effect(containment, moment)
    )
    children = select(down.c.start, containment.c.child)
    down = down.union(children.select_from(in_order(down, containment, below)))
    return union(select(up), select(down)).cte("near_units")
