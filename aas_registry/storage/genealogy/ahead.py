"""Statements that are dated ahead: they happened later than they were recorded, and wait for their time.

Few events are so, and an index holds them alone: where there is none, nothing else is asked.

Source:
    docs/semantics.md, section 1.4.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    cast,
    distinct,
    func,
    null,
    or_,
    select,
    type_coerce,
    union,
)

from aas_registry.domain.events import LinkKind
from aas_registry.domain.genealogy import CLOCKS_APART, Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.bare_packages import in_part_unknown
from aas_registry.storage.genealogy.units import units_by_id, units_seen
from aas_registry.storage.genealogy.unknown import is_of_names, line_number, near_units
from aas_registry.storage.genealogy.uses import was_on
from aas_registry.storage.moments import recorded
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_chunks, in_order, is_among
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import (
    containment,
    feed,
    lot_link,
    movement,
    removal,
    run_unit,
    test_result,
)
from aas_registry.storage.tables.passes import completion, slot_change, waiting_line

_APART = CLOCKS_APART // timedelta(microseconds=1)
_OF_UNITS = (
    (movement, (movement.c.unit, movement.c.target)),
    (removal, (removal.c.unit,)),
    (run_unit, (run_unit.c.unit, run_unit.c.run)),
    (completion, (completion.c.unit, completion.c.run)),
    (test_result, (test_result.c.unit,)),
)
"""What is said of units: tables, and the columns that name them, and the run that they passed."""

_ANY_RUN = 0  # no run has it


class StatementsAhead:
    """The statements that are dated ahead at a moment.

    Attributes:
        units: Those of which anything is said but what was used in them, and the runs that they passed.
    """

    def __init__(self, connection: Connection, scope: Scope, moment: Moment) -> None:
        """Read what is dated ahead."""
        self._connection = connection
        self._scope = scope
        self._moment = moment
        self._events: Sequence[int] = _events_ahead(scope.site, moment).ask(connection).scalars().all()
        self._said = list(self._said_of_units())
        self.units = {unit for units in self._said for unit in units}

    @property
    def are_none(self) -> bool:
        """Return whether there are none at all."""
        return not self._events

    @cached_property
    def near(self) -> Mapping[int, Collection[int]]:
        """Return the `units` by what is near them: themselves, what they are in, and what is in them."""
        return near_units(self._connection, self._scope.site, self.units, self._moment)

    def of_packages(self, packages: Select[tuple[int]], met: Collection[int], runs: Collection[int]) -> int:
        """Return how many would touch where-used of what some packages hold.

        Those are uses of the packages, set-ups with them, what flows out of them, what is said of what is
        near units that are reached, and passes of the runs in question. A package of which not every lot is
        known is as one of them. A customer's auditor is told of those that name a unit of theirs.

        Args:
            packages: Their numbers.
            met: Units that are reached, of those that `near` tells.
            runs: Those in question.
        """
        if self.are_none:
            return 0
        bare = select(in_part_unknown(self._scope.site, self._moment).c.package)
        flows = self._flows_of(packages, bare)
        into = {row.child for row in flows}

        def is_asked(column: ColumnElement[Any]) -> ColumnElement[bool]:
            return or_(column.in_(packages), column.in_(bare), column.in_(sorted(into)))

        count = self._met(met, {*runs, _ANY_RUN} if runs else ())
        for part in in_chunks(self._events):
            material = waiting_line.c.material
            waiting = self._waiting(part, or_(material.is_(None), is_asked(material)))
            for brought in (self._fed(part, is_asked(feed.c.package)), waiting):
                count += self._told(brought)
            if self._scope.customer is None:
                slots = (slot_change.c.event.in_(part), is_asked(slot_change.c.package))
                known = (slot_change.c.site == self._scope.site, recorded(slot_change, self._moment))
                count += self._connection.execute(select(func.count()).where(*known, *slots)).scalar_one()
        return count + (len(flows) if self._scope.customer is None else 0)

    def of_contents(self, inside: CTE, uses: CTE) -> int:
        """Return how many would touch the contents of a unit.

        Args:
            inside: The unit and what is in it, as ``unit``.
            uses: What is used in these, as ``package``.
        """
        here: set[int] = set()
        for units in in_chunks(sorted(self.near)):
            query = select(inside.c.unit).where(inside.c.unit.in_(units))
            here.update(self._connection.execute(query).scalars())
        count = self._met(here)
        for part in in_chunks(self._events):
            for brought in (self._fed(part), self._waiting(part)):
                named = self._named(brought)
                within = is_among(named.c.unit, select(inside.c.unit))
                of_it = select(func.count(distinct(named.c.id))).where(within)
                count += self._connection.execute(of_it).scalar_one()
            if self._scope.customer is None:
                into = lot_link.c.child.in_(select(uses.c.package))
                flows = select(func.count()).where(*self._linked(part), into)
                count += self._connection.execute(flows).scalar_one()
        return count

    def _met(self, met: Iterable[int], runs: Collection[int] = ()) -> int:
        """Return how many statements name what is near some units, or say that units passed some runs."""
        touched = {named for unit in met for named in self.near.get(unit, ())}.union(runs)
        return sum(not said.isdisjoint(touched) for said in self._told_of_units())

    def _told_of_units(self) -> Sequence[frozenset[int]]:
        """Return what is said of units: to an auditor what names a unit of theirs."""
        if self._scope.customer is None or not self._said:
            return self._said
        theirs = units_by_id(self._connection, self._scope, sorted(self.units), self._moment).keys()
        return [said for said in self._said if not said.isdisjoint(theirs)]

    def _flows_of(self, *packages: Select[tuple[int]]) -> Sequence[Row[Any]]:
        """Return what flows out of some packages, and out of what that flows into."""
        links: list[Row[Any]] = []
        for part in in_chunks(self._events):
            is_of = or_(*(lot_link.c.parent.in_(each) for each in packages)).label("is_asked")
            columns = (lot_link.c.id, lot_link.c.parent, lot_link.c.child, is_of)
            links += self._connection.execute(select(*columns).where(*self._linked(part)))
        found = [row for row in links if row.is_asked]
        reached: set[int] = set()
        while new := {row.child for row in found} - reached:
            reached |= new
            found += [row for row in links if row.parent in new and row not in found]
        return found

    def _linked(self, events: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
        of_site = (lot_link.c.site == self._scope.site, lot_link.c.event.in_(events))
        return (*of_site, lot_link.c.kind != LinkKind.RECEIPT.value, recorded(lot_link, self._moment))

    def _fed(self, events: Sequence[int], *wanted: ColumnElement[bool]) -> CTE:
        names = ("id", "run", "seq_from", "seq_to", "valid_from")
        no_unit = cast(null(), BigInteger).label("unit")
        mine = (feed.c.site == self._scope.site, feed.c.event.in_(events), recorded(feed, self._moment))
        return select(*(feed.c[name] for name in names), no_unit).where(*mine, *wanted).cte("brought_ahead")

    def _waiting(self, events: Sequence[int], *wanted: ColumnElement[bool]) -> CTE:
        """Return the lines that bring material and wait, in the form of feeds."""
        line = waiting_line
        columns = (line.c.run, line.c.seq_from, line.c.seq_to, line.c.happened_at.label("valid_from"))
        mine = (line.c.site == self._scope.site, line.c.event.in_(events), recorded(line, self._moment))
        query = select(line_number().label("id"), *columns, line.c.unit)
        return query.where(*mine, line.c.brings, *wanted).cte("brought_ahead")

    def _named(self, brought: CTE) -> CTE:
        """Return the units that feeds name, by themselves or by their numbers, and boards on them."""
        site = self._scope.site
        covers = and_(
            run_unit.c.site == site,
            run_unit.c.run == brought.c.run,
            run_unit.c.seq >= brought.c.seq_from,
            run_unit.c.seq <= brought.c.seq_to,
            recorded(run_unit, self._moment),
        )
        itself = select(brought.c.id, brought.c.unit, brought.c.valid_from.label("used_at"))
        used_at = func.coalesce(run_unit.c.passed_at, brought.c.valid_from)
        by_number = select(brought.c.id, run_unit.c.unit, used_at)
        named = union(
            itself.where(brought.c.unit.is_not(None)),
            by_number.select_from(in_order(brought, run_unit, covers)),
        ).cte("units_ahead")
        on_it = was_on(site, named, self._moment)
        boards = select(named.c.id, containment.c.child, named.c.used_at)
        every = union(select(named), boards.select_from(in_order(named, containment, on_it)))
        return every.cte("named_ahead")

    def _told(self, brought: CTE) -> int:
        """Return how many of some feeds are told: to an auditor those that name a unit of theirs."""
        counted = select(func.count(distinct(brought.c.id)))
        if self._scope.customer is not None:
            named = self._named(brought)
            theirs = units_seen(self._scope, select(named.c.unit).distinct(), self._moment)
            seen = is_among(named.c.unit, select(theirs.c.unit))
            counted = select(func.count(distinct(named.c.id))).where(seen)
        return self._connection.execute(counted).scalar_one()

    def _said_of_units(self) -> Iterator[frozenset[int]]:
        """Yield the units that each statement names."""
        for part in in_chunks(self._events):
            for table, columns in _OF_UNITS:
                mine = (table.c.site == self._scope.site, table.c.event.in_(part))
                query = select(*columns).where(*mine, recorded(table, self._moment))
                for row in self._connection.execute(query):
                    yield frozenset(unit for unit in row if unit is not None)
            yield from self._waiting_for_units(part)

    def _waiting_for_units(self, events: Sequence[int]) -> Iterator[frozenset[int]]:
        line, units = waiting_line, defaultdict[int, set[int]](set)
        mine = (line.c.site == self._scope.site, line.c.event.in_(events), recorded(line, self._moment))
        columns = (line_number().label("number"), line.c.unit, line.c.passes, line.c.run)
        named = or_(line.c.unit.is_not(None), line.c.passes)
        left_out = (~line.c.brings, named, ~is_of_names(self._scope.site))
        for row in self._connection.execute(select(*columns).where(*mine, *left_out)):
            passed = {row.run or _ANY_RUN} if row.passes else set[int]()
            units[row.number] |= passed if row.unit is None else {row.unit, *passed}
        return map(frozenset, units.values())


@prepared
def _events_ahead(site: Site, moment: Moment) -> Select[int]:
    ahead = (
        event.c.site == site,
        event.c.happened_at > event.c.recorded_at,  # as the index says it
        type_coerce(event.c.happened_at, BigInteger) > type_coerce(event.c.recorded_at, BigInteger) + _APART,
        event.c.happened_at > moment.as_of,
    )
    return select(event.c.id).where(*ahead).order_by(event.c.id)
