"""What is around some units: what they are in, which runs they passed, on what panel, where they went.

Looked up set-wise for the rows of a page, level by level, to be told one unit after the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, select

from aas_registry.domain.events import Relation
from aas_registry.domain.explanations import PASSED, Reason
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import DEEPEST, units_by_id
from aas_registry.storage.genealogy.uses import on_panel
from aas_registry.storage.moments import in_effect, recorded
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.genealogy import containment, run_unit, shipped

ON_PANEL = "onPanel"
SHIPPED = "shipped"


class Surroundings:
    """What was looked up so far."""

    def __init__(self, connection: Connection, scope: Scope, moment: Moment) -> None:
        """Look up in ``connection`` what held at ``moment``."""
        self._connection = connection
        self._scope = scope
        self._moment = moment
        self._above: dict[int, Row[Any]] = {}
        self._passes: dict[tuple[int, int, int], Row[Any]] = {}
        self._panels: dict[tuple[int, int], Row[Any]] = {}
        self._shipped: dict[tuple[int, int], Row[Any]] = {}
        self._hidden: Collection[int] = ()

    @property
    def hidden(self) -> Collection[int]:
        """Return the units that were looked up and that the scope does not see."""
        return self._hidden

    def innermost(self, units: Sequence[int]) -> dict[int, set[int]]:
        """Return everything that is part of some units, themselves too, as far as the scope sees it."""
        inside = {unit: {unit} for unit in units}
        outer: dict[int, set[int]] = {unit: {unit} for unit in units}
        for _ in range(DEEPEST):
            below: defaultdict[int, set[int]] = defaultdict(set)
            is_part = containment.c.relation == Relation.PART_OF.value
            for row in self._read(containment.c.parent, outer, in_effect(containment, self._moment), is_part):
                below[row.child] |= {unit for unit in outer[row.parent] if row.child not in inside[unit]}
                self._above.setdefault(row.child, row)
            outer = {child: starts for child, starts in below.items() if starts}
            for child, starts in outer.items():
                for unit in starts:
                    inside[unit].add(child)
            if not outer:
                break
        if self._scope.customer is None:
            return inside
        every = {child for children in inside.values() for child in children}
        seen = units_by_id(self._connection, self._scope, sorted(every), self._moment).keys()
        return {unit: children & seen for unit, children in inside.items()}

    def look_above(self, units: Collection[int]) -> None:
        """Look up what some units are in, up to the outermost."""
        wanted = set(units)
        for _ in range(DEEPEST):
            holds = in_effect(containment, self._moment)
            rows = list(self._read(containment.c.child, wanted - self._above.keys(), holds))
            self._above.update((row.child, row) for row in rows)
            wanted = {row.parent for row in rows}
            if not wanted:
                break

    def look_around(self, uses: Iterable[Row[Any]], sent: Collection[int]) -> None:
        """Look up how uses came into their units, and with what some units left.

        Args:
            uses: Rows of `storage.genealogy.contents.uses_in`.
            sent: The units that left.
        """
        uses = list(uses)
        self.look_above({*sent, *(use.unit for use in uses)})
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
        packed = {each for unit in sent for each in self._packed(unit)}
        for row in self._read(shipped.c.unit, packed, in_effect(shipped, self._moment)):
            self._shipped[row.unit, row.shipment] = row
        if self._scope.customer is not None:
            near = {end for row in self._above.values() for end in (row.child, row.parent)}
            near |= {use.unit for use in uses} | carriers | packed
            near -= units_by_id(self._connection, self._scope, sorted(near), self._moment).keys()
            self._hidden = near

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
            yield _placed(self._panels[use.unit, use.carrier], ON_PANEL, use.carrier, use.unit)

    def up(self, unit: int, outer: int) -> Iterator[Reason]:
        """Yield how a unit is in another."""
        for _ in range(DEEPEST):
            row = self._above.get(unit)
            if unit == outer or row is None:
                return
            yield _placed(row, row.relation, row.child, row.parent)
            unit = row.parent

    def gone(self, unit: int, shipment: int | None) -> Iterator[Reason]:
        """Yield how a unit left with a shipment: itself, or with what it is packed in."""
        for node in self._packed(unit):
            row = None if shipment is None else self._shipped.get((node, shipment))
            if row is not None:
                yield from self.up(unit, node)
                yield Reason(
                    fact=SHIPPED,
                    source=node,
                    target=row.shipment,
                    happened_at=row.valid_from,
                    recorded_at=row.recorded_from,
                    event=row.event,
                )
                return

    def _packed(self, unit: int) -> list[int]:
        """Return a unit, and what it is packed in, up to the outermost."""
        nodes = [unit]
        while (row := self._above.get(nodes[-1])) is not None and len(nodes) < DEEPEST:
            if row.relation != Relation.PACKED_IN.value:
                break
            nodes.append(row.parent)
        return nodes

    def _read(
        self, column: Column[int], numbers: Collection[int], *conditions: ColumnElement[bool]
    ) -> Iterator[Row[Any]]:
        table = column.table
        for part in in_chunks(sorted(numbers)):
            here = (table.c.site == self._scope.site, column.in_(part))
            yield from self._connection.execute(select(table).where(*here, *conditions))


def _placed(row: Row[Any], fact: str, source: int, target: int) -> Reason:
    return Reason(
        fact=fact,
        source=source,
        target=target,
        happened_at=row.valid_from,
        recorded_at=row.recorded_from,
        event=row.event,
        position=row.position,
    )
