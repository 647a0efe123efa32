"""What the application of events works with: names, gathered rows, and what must be folded anew."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Table,
    and_,
    bindparam,
    exists,
    select,
    true,
    update,
)

from aas_registry.domain.events import Basis, Certainty, Event, LinkKind, LotName
from aas_registry.domain.genealogy import CLOCKS_APART
from aas_registry.domain.identifiers import LotId, Site
from aas_registry.domain.items import ItemKind, rank_of
from aas_registry.domain.namings import Line, StatementOrder
from aas_registry.storage.genealogy.items import Names
from aas_registry.storage.genealogy.namings import Namings
from aas_registry.storage.genealogy.projection_sums import ProjectionSums
from aas_registry.storage.genealogy.touched import Touched
from aas_registry.storage.ids import FactIds, IdAllocator
from aas_registry.storage.lot_names import find_or_create_lots
from aas_registry.storage.rows import RowBuffer, fact_key, in_chunks
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables.passes import set_up

_PRESENCE: Mapping[Table, ColumnElement[bool]] = {
    tables.removal: true(),
    set_up: true(),
    tables.lot_link: tables.lot_link.c.kind == LinkKind.SPLICE.value,
}
_ANY_PRESENT = select(
    *(exists().where(table.c.site == bindparam("at"), of_it) for table, of_it in _PRESENCE.items())
)
_WHOLE_FACT = 1 << 31
"""Behind all lines of a fact: what refers to a name means who has it when all of the fact is said."""


class Told:
    """When an event happened, how it ranks, its number, and when it was recorded."""

    def __init__(self, event: Event, number: int, recorded_at: datetime) -> None:
        """Take the header of an event."""
        self.at = event.happened_at
        self.is_ahead = event.happened_at > recorded_at + CLOCKS_APART
        self.number = number
        self.rank = rank_of(event.content)
        self.source = event.source
        self.place = 0  # of the fact that is being applied
        self.containers: set[int] = set()  # that it named so far

    def order(self, nth: int = _WHOLE_FACT, at: datetime | None = None) -> StatementOrder:
        """Return the place of a line of the fact that is being applied among all statements."""
        return StatementOrder(self.at if at is None else at, self.rank, self.place, nth)

    def order_before(self, nth: int) -> StatementOrder:
        """Return the place of a line of the fact right before."""
        return StatementOrder(self.at, self.rank, self.place - 1, nth)

    def line(self, nth: int = 0) -> Line:
        """Return where a line of that fact stands."""
        return Line(self.number, self.place, nth)


@dataclass(slots=True)
class Changed:
    """What derived rows depend on, and was touched: units by id, feeds by their event.

    Attributes:
        moved: Units with new movements.
        reworked: Units with new removals.
        passed: Units that passed a run.
        reported: Passes, by run and number, of which reports name slots.
        ran: Runs that units passed, each with the earliest of these passes.
        numbered: The same runs, each with the least number of these passes.
        feeding: Events with new feeds.
        fed: Packages of new feeds, each with the time before which none of these was used.
        filled: Packages with new links into them.
        refitted: Slots of stations of which something new was said, by station and key, each with the
            earliest time of that.
        emptied: The same of packages that were taken out of whatever slot, by station and package.
        restated: Runs of which something else is said than before.
        declared: Things of which something was said.
        listed: Packages whose labels are other ones', or of which lists say something else.
        recorded: Ids of events that are new on record.
    """

    moved: set[int] = field(default_factory=set)
    reworked: set[int] = field(default_factory=set)
    passed: set[int] = field(default_factory=set)
    reported: set[tuple[int, int]] = field(default_factory=set)
    ran: dict[int, datetime] = field(default_factory=dict)
    numbered: dict[int, int] = field(default_factory=dict)
    feeding: set[int] = field(default_factory=set)
    fed: dict[int, datetime] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    refitted: dict[tuple[int, str], datetime] = field(default_factory=dict)
    emptied: dict[tuple[int, int | None], datetime] = field(default_factory=dict)
    restated: set[int] = field(default_factory=set)
    declared: defaultdict[ItemKind, set[int]] = field(default_factory=lambda: defaultdict(set))
    listed: set[int] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)

    def note_pass(self, run: int, number: int, at: datetime) -> None:
        """Note that a unit passed a run."""
        self.ran[run] = min(at, self.ran.get(run, at))
        self.numbered[run] = min(number, self.numbered.get(run, number))

    def note_slot(self, station: int, slot_key: str | None, package: int | None, at: datetime) -> None:
        """Note that something was said of a slot; where that is None, of the slot that held the package."""
        if slot_key is None:
            self.emptied[station, package] = min(at, self.emptied.get((station, package), at))
        else:
            self.refitted[station, slot_key] = min(at, self.refitted.get((station, slot_key), at))

    def note_use(self, package: int, at: datetime) -> None:
        """Note that a package was used, at a time or later."""
        self.fed[package] = min(at, self.fed.get(package, at))


class Workspace:
    """The state of applying events within one writing transaction."""

    def __init__(self, connection: Connection, allocator: IdAllocator, site: Site, *, now: datetime) -> None:
        """Work on ``site``; what is stated is recorded at ``now``."""
        self.connection = connection
        self.allocator = allocator
        self.site = site
        self.now = now
        self.namings = Namings(self)
        self.names = Names(connection, allocator, site, self.namings, now=now)
        self.sums = ProjectionSums(connection, site)
        self.touched = Touched()
        self.facts = FactIds(allocator, site)
        self.rows = RowBuffer(site, self.facts, self, now=now)
        self.changed = Changed()
        self._lots: dict[LotName, LotId] = {}
        self._present: frozenset[Table] | None = None

    def has(self, table: Table) -> bool:
        """Return whether there is any removal, any set-up or, of links, any splice: asked for together."""
        if self._present is None:
            row = self.connection.execute(_ANY_PRESENT, {"at": self.site}).one()
            self._present = frozenset(each for each, is_there in zip(_PRESENCE, row, strict=True) if is_there)
        return table in self._present

    def lot(self, name: LotName) -> LotId:
        """Return a manufacturer's lot, made where it is not on record."""
        found = self._lots.get(name)
        if found is None:
            named = (name.manufacturer, name.mpn, name.lot_code)
            (found,) = find_or_create_lots(self.connection, self.allocator, self.site, [named], now=self.now)
            self._lots[name] = found
        return found

    def add(self, table: Table, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Count rows that were written, and note that they were."""
        written = list(rows)
        if written and table in _PRESENCE and self._present is not None and table not in self._present:
            self._present = None  # asked anew: the first may be among these
        self.sums.add(table, written)
        self.touched.note(self.touched.begun, table, written)

    def end(self, table: Table, ids: Sequence[int]) -> None:
        """End derived rows that no longer hold."""
        key = fact_key(table)
        assert key is not None
        for part in in_chunks(ids):
            self.end_where(table, key.in_(part))

    def end_rows(self, table: Table, rows: Sequence[RowMapping]) -> None:
        """End rows of facts that nothing in effect states any longer."""
        key = fact_key(table)
        if key is not None:
            self.end(table, [row[key.name] for row in rows])
            return
        for row in rows:
            self.end_where(table, and_(*(column == row[column.name] for column in table.primary_key)))

    def end_where(self, table: Table, condition: ColumnElement[bool]) -> None:
        """End the rows that meet a condition."""
        rows = (table.c.site == self.site) & condition
        before = self.connection.execute(select(table).where(rows)).mappings().all()
        self.connection.execute(update(table).where(rows).values(recorded_to=self.now))
        self.sums.remove(table, before)
        self.sums.add(table, ({**row, "recorded_to": self.now} for row in before))
        self.touched.note(self.touched.ended, table, before)

    def link(
        self,
        parent: int | None,
        child: int,
        kind: LinkKind,
        told: Told,
        *,
        certainty: Certainty,
        basis: Basis = Basis.MANUAL,
        **amounts: Any,
    ) -> None:
        """Gather a flow of material from a lot or package, None for one that is not known, into a package."""
        self.changed.filled.add(child)
        self.rows.add(
            tables.lot_link,
            parent=parent,
            child=child,
            kind=kind.value,
            quantity=amounts.get("quantity"),
            grey_zone=amounts.get("grey_zone"),
            zone_run=amounts.get("zone_run"),
            zone_to=amounts.get("zone_to"),
            zone_until=amounts.get("zone_until"),
            unit_of_measure=amounts.get("unit_of_measure"),
            certainty=int(certainty),
            basis=basis.value,
            valid_from=told.at,
            place=told.place,
            event=told.number,
        )

    def record_quantity(
        self, item: int, kind: str, quantity: Decimal, told: Told, *, unit_of_measure: str | None
    ) -> None:
        """Gather an entry of the quantity ledger."""
        self.rows.add(
            tables.quantity_entry,
            item=item,
            kind=kind,
            quantity=quantity,
            unit_of_measure=unit_of_measure,
            happened_at=told.at,
            event=told.number,
        )
