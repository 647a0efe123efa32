"""What is around some units: what they are in, which runs they passed, on what panel, where they went.

Looked up set-wise for the rows of a page, level by level, to be told one unit after the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Row, and_, select

from aas_registry.domain.events import Relation
from aas_registry.domain.explanations import PASSED, During, Reason
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import DEEPEST, built_for, units_by_id
from aas_registry.storage.genealogy.uses import on_panel
from aas_registry.storage.moments import begun, in_effect, recorded
from aas_registry.storage.rows import given, in_chunks
from aas_registry.storage.tables.genealogy import containment, run_unit, shipped
from aas_registry.storage.tables.genealogy import unit as unit_table

ON_PANEL = "onPanel"
SHIPPED = "shipped"


class Surroundings:
    """What was looked up so far."""

    def __init__(self, connection: Connection, scope: Scope, moment: Moment, *, ever: bool = False) -> None:
        """Look up in ``connection`` what held at ``moment``; with ``ever`` what did at any time before."""
        self._connection = connection
        self._scope = scope
        self._moment = moment
        self._ever = ever
        self._looked_up: set[int] = set()
        self._above: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        self._passes: dict[tuple[int, int, int], Row[Any]] = {}
        self._panels: dict[tuple[int, int], Row[Any]] = {}
        self._shipped: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        self._hidden: set[int] = set()
        self._nobodys: set[int] = set()  # of these, what is built for nobody
        self._of_others: set[int] = set()  # of these, what is built for another customer itself

    @property
    def now(self) -> During:
        """Return the time that is asked for."""
        return During(self._moment.as_of)

    @property
    def hidden(self) -> Collection[int]:
        """Return the units that were looked up and that the scope does not see."""
        return self._hidden

    def innermost(self, units: Sequence[int]) -> dict[int, set[int]]:
        """Return everything that is, or was, part of some units, themselves too, as the scope sees it."""
        inside = {unit: {unit} for unit in units}
        outer: dict[int, set[int]] = {unit: {unit} for unit in units}
        for _ in range(DEEPEST):
            below: defaultdict[int, set[int]] = defaultdict(set)
            is_part = containment.c.relation == Relation.PART_OF.value
            for row in self._read(containment.c.parent, outer, self._lasts(containment), is_part):
                below[row.child] |= {unit for unit in outer[row.parent] if row.child not in inside[unit]}
            outer = {child: starts for child, starts in below.items() if starts}
            for child, starts in outer.items():
                for unit in starts:
                    inside[unit].add(child)
            if not outer:
                break
        if self._scope.customer is None:
            return inside
        every = {child for children in inside.values() for child in children}
        self._hide(every)
        # What once was part of theirs, and is nobody's, is passed over.
        left_out = self._of_others if self._ever else self._hidden
        return {unit: children - left_out for unit, children in inside.items()}

    def look_above(self, units: Collection[int]) -> None:
        """Look up what some units are in, up to the outermost, and with what all of these left."""
        wanted, near = set(units) - self._looked_up, set(units)
        while wanted:
            self._looked_up |= wanted
            found: set[int] = set()
            for row in self._read(containment.c.child, wanted, self._lasts(containment)):
                self._above[row.child].append(row)
                found.add(row.parent)
            for row in self._read(shipped.c.unit, wanted, self._lasts(shipped)):
                self._shipped[row.unit].append(row)
            wanted, near = found - self._looked_up, near | found
        self._hide(near)

    def look_around(self, uses: Iterable[Row[Any]]) -> None:
        """Look up how uses came into their units, given as rows of `storage.genealogy.contents.uses_in`."""
        uses = list(uses)
        self.look_above({use.unit for use in uses})
        carriers, boards = (
            {use.carrier for use in uses},
            {use.unit for use in uses if use.unit != use.carrier},
        )
        for row in self._read(
            run_unit.c.unit, carriers, recorded(run_unit, self._moment), run_unit.c.event != 0
        ):
            first = self._passes.setdefault((row.run, row.seq, row.unit), row)
            if row.passed_at is not None and (first.passed_at is None or row.passed_at < first.passed_at):
                self._passes[row.run, row.seq, row.unit] = row
        for row in self._read(containment.c.child, boards, on_panel(self._moment)):
            self._panels[row.child, row.parent] = row
        self._hide(carriers)

    def passed(self, use: Row[Any]) -> Iterator[Reason]:
        """Yield how the unit of a use passed its run, and that it was on a panel then."""
        row = self._passes.get((use.run, use.seq, use.carrier))
        if row is not None:
            yield Reason(
                fact=PASSED,
                source=row.run,
                target=row.unit,
                happened_at=row.passed_at,
                recorded_at=row.recorded_from,
                event=row.event,
                sequence=(row.seq, row.seq),
            )
        if use.unit != use.carrier:
            panel = self._panels[use.unit, use.carrier]
            # That it was cut from it since ends nothing of what it got there.
            yield replace(self._placed(panel, ON_PANEL, use.carrier, use.unit), ended_at=None, ended_by=None)

    def up(self, unit: int, outer: int, during: During) -> list[Reason] | None:
        """Return how a unit is, or was in a span of time, in another; None where it was not."""
        if unit == outer:
            return []
        for row, both in self._stays(unit, during):
            further = self.up(row.parent, outer, both)
            if further is not None:
                return [self._placed(row, row.relation, row.child, row.parent), *further]
        return None

    def roots(self, unit: int, during: During) -> Iterator[tuple[int, During]]:
        """Yield the outermost that a unit was part of in a span, and when, as `stays.roots_during` does."""
        above = list(self._seen_above(unit, during))
        for parent, both in above:
            yield from self.roots(parent, both)
        if not above or (during.until is None and not any(both.until is None for _, both in above)):
            yield unit, during

    def _seen_above(self, unit: int, during: During) -> Iterator[tuple[int, During]]:
        """Yield the nearest that are seen of what a unit was part of in a span, and when."""
        for row, both in self._stays(unit, during):
            if row.relation == Relation.PART_OF.value:
                is_hidden = row.parent in self._hidden
                yield from self._seen_above(row.parent, both) if is_hidden else [(row.parent, both)]

    def parts(self, unit: int, during: During) -> Iterator[tuple[int, During]]:
        """Yield a unit and all that is seen of what it was part of in a span, and when."""
        yield unit, during
        for parent, both in self._seen_above(unit, during):
            yield from self.parts(parent, both)

    def nearest(self, unit: int, during: During) -> Iterator[tuple[int, During]]:
        """Yield as which unit one is told, and when: itself, or the nearest seen that it was part of."""
        if unit not in self._hidden:
            yield unit, during
        elif unit not in self._of_others:
            for row, both in self._stays(unit, during):
                if row.relation == Relation.PART_OF.value:
                    yield from self.nearest(row.parent, both)

    def ways_out(self, unit: int, during: During, *, is_packed: bool = False) -> Iterator[list[Reason]]:
        """Yield how a unit left in a span of time, as `ways_out` leads: its end is the shipment."""
        for row in self._shipped[unit]:
            if during.shared(self._span(row)) is not None:
                yield [self._told(row, SHIPPED, unit, row.shipment)]
        for row, both in self._stays(unit, during):
            is_part = row.relation == Relation.PART_OF.value
            if not is_part or self._leads_out(row.parent, is_packed=is_packed):
                placed = self._placed(row, row.relation, row.child, row.parent)
                further = self.ways_out(row.parent, both, is_packed=is_packed or not is_part)
                yield from ([placed, *each] for each in further)

    def _leads_out(self, parent: int, *, is_packed: bool) -> bool:
        """Return whether one left with what it was part of: that tells of it itself where it is seen."""
        return parent in self._nobodys or (is_packed and parent not in self._hidden)

    def _stays(self, unit: int, during: During) -> Iterator[tuple[Row[Any], During]]:
        for row in self._above[unit]:
            both = during.shared(self._span(row))
            if both is not None:
                yield row, both

    def _span(self, row: Row[Any]) -> During:
        return During(row.valid_from, self._end_of(row))

    def _end_of(self, row: Row[Any]) -> datetime | None:
        """Return when a stay was over; None while it is not, as of the moment."""
        end: datetime | None = row.valid_to
        return None if end is None or end > self._moment.as_of else end

    def _lasts(self, table: FromClause) -> ColumnElement[bool]:
        if self._ever:
            return and_(recorded(table, self._moment), begun(table, self._moment))
        return in_effect(table, self._moment)

    def _hide(self, units: set[int]) -> None:
        if self._scope.customer is not None:
            seen = units_by_id(self._connection, self._scope, sorted(units), self._moment).keys()
            self._hidden |= units - seen
            self._nobodys |= self._built_for_nobody(units - seen)
            is_built = (in_effect(unit_table, self._moment), unit_table.c.customer.is_not(None))
            if self._ever:
                hidden = self._read(unit_table.c.id, units - seen, *is_built)
                self._of_others.update(row.id for row in hidden)

    def _built_for_nobody(self, units: set[int]) -> set[int]:
        found: set[int] = set()
        for part in in_chunks(sorted(units)):
            some = select(given(self._connection, unit=part).c.unit)
            built = built_for(self._scope.site, some, self._moment)
            query = select(built.c.unit).where(built.c.customer.is_(None))
            found.update(self._connection.execute(query).scalars())
        return found

    def _read(
        self, column: Column[int], numbers: Collection[int], *conditions: ColumnElement[bool]
    ) -> Iterator[Row[Any]]:
        table = column.table
        for part in in_chunks(sorted(numbers)):
            here = (table.c.site == self._scope.site, column.in_(part))
            yield from self._connection.execute(select(table).where(*here, *conditions))

    def _placed(self, row: Row[Any], fact: str, source: int, target: int) -> Reason:
        return replace(self._told(row, fact, source, target), position=row.position)

    def _told(self, row: Row[Any], fact: str, source: int, target: int) -> Reason:
        end = self._end_of(row)
        return Reason(
            fact=fact,
            source=source,
            target=target,
            happened_at=row.valid_from,
            recorded_at=row.recorded_from,
            event=row.event,
            ended_at=end,
            ended_by=None if end is None else row.ended_by,
        )
