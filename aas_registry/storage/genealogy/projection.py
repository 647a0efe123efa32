"""The genealogy projection: what events state becomes rows.

Each fact of an event is applied when all that it names is known, and an event is applied again when
that changes: rows that it states again stay, the others end. Nothing here depends on the order of
arrival: what is derived from facts (`storage.genealogy.declarations`, `storage.genealogy.timelines`,
`storage.genealogy.removals`) is folded anew from all of them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Table, delete, or_, select, update

from aas_registry.domain.events import (
    Corrected,
    Event,
    EventFact,
    EventState,
    Fed,
    LinkKind,
    Moved,
    PackageLinked,
    PackageStated,
    ReceiptStated,
    Removed,
    RunStated,
    ShipmentStated,
    Tested,
    UnitsStated,
    announced_by,
    corrected_by,
    needed_by,
)
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import EARLIEST, ItemKind, Name, Scheme
from aas_registry.domain.namings import NameReused, SameUnit
from aas_registry.domain.passes import SlotChanged, UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.storage.genealogy import (
    anomaly_fold,
    declarations,
    effects,
    fillings,
    listed,
    removals,
    set_ups,
    splices,
    timelines,
    waiting,
)
from aas_registry.storage.genealogy import material_facts as material
from aas_registry.storage.genealogy import unit_facts as units
from aas_registry.storage.genealogy.events import forget_waits, set_states
from aas_registry.storage.genealogy.naming_facts import gather, moments_in
from aas_registry.storage.genealogy.namings import Renamed
from aas_registry.storage.genealogy.projection_sums import counted_sum, forget_sums, keep_counted, kept_sums
from aas_registry.storage.genealogy.references import events_about
from aas_registry.storage.genealogy.workspace import Changed, Told, Workspace
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.rows import fact_key, in_chunks
from aas_registry.storage.tables import events as event_tables
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables import passes
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.namings import holder, item_merge, naming
from aas_registry.storage.tables.projection_sums import projection_sum
from aas_registry.storage.tables.system import id_block
from aas_registry.storage.tables.zones import zone

# What an event states, and a correction of it ends.
STATED: tuple[Table, ...] = (
    naming,
    tables.declaration,
    tables.receipt_lot,
    tables.package_state,
    tables.lot_link,
    tables.run_unit,
    tables.feed,
    tables.removal,
    tables.movement,
    tables.test_result,
    tables.quantity_entry,
    passes.slot_change,
    passes.completion,
    passes.waiting_line,
)
_DERIVED: tuple[Table, ...] = (
    holder,
    item_merge,
    tables.containment,
    tables.shipped,
    tables.feed_void,
    tables.filling,
    zone,
    passes.set_up,
    passes.bare_package,
    *declarations.FOLDED.values(),
    *anomaly_fold.FOLDED,
)
_TABLES = (*STATED, *_DERIVED)
_SUMMED = (*_TABLES, event_tables.event)

_APPLY: dict[type, Callable[[Workspace, Any, Told], None]] = {
    ReceiptStated: material.apply_receipt,
    PackageStated: material.apply_package,
    PackageLinked: material.apply_linked,
    Fed: material.apply_fed,
    Removed: material.apply_removed,
    RunStated: units.apply_run,
    UnitsStated: units.apply_units,
    SameUnit: units.apply_same,
    NameReused: units.apply_reused,
    UnitsPassed: units.apply_pass,
    UnitsCompleted: units.apply_completed,
    SlotChanged: set_ups.apply_slot,
    Moved: units.apply_moved,
    ShipmentStated: units.apply_shipment,
    Tested: units.apply_tested,
    Corrected: units.apply_corrected,
}


class Unresolved(NamedTuple):
    """A name that does not mean one thing: nothing that is known yet, or one of several.

    Attributes:
        is_told: A line waits for it; else it stands in one that could not be read, or is known, and
            nothing but this tells that the line is to be looked at again when it means something else.
    """

    name: Name
    candidates: tuple[int, ...]
    is_told: bool = True


class Projection:
    """Applies events within one writing transaction.

    Attributes:
        set_aside: By number, the states of events that do not count, as far as they were looked at.
    """

    def __init__(self, connection: Connection, allocator: IdAllocator, site: Site, *, now: datetime) -> None:
        """Apply events to ``site``; what they state is recorded at ``now``."""
        self._work = Workspace(connection, allocator, site, now=now)
        self.set_aside: dict[int, EventState] = {}

    def load(self, events: Sequence[tuple[int, Event]]) -> None:
        """Look up every name in some events, and find out who has those of which they say something."""
        names = self._work.names
        since = min((moment for _, event in events for moment in moments_in(event)), default=EARLIEST)
        names.load((name for _, event in events for name in (*needed_by(event), *announced_by(event))), since)
        for number, event in events:
            gather(self._work, event, number)
        self._work.namings.settle()

    def unresolved(self, event: Event, number: int) -> list[Unresolved]:
        """Return the names in an event that do not mean one thing, with what they may mean."""
        names, found = self._work.names, {}
        told = Told(event, number, self._work.now)
        for fact in self._turned(told, event):
            is_told = not isinstance(fact, LineUnread)
            for name in units.names_by_line(self._work, fact, told):
                if not names.is_known(name) and (is_told or name.key not in found):
                    found[name.key] = Unresolved(name, names.candidates(name), is_told)
            if isinstance(fact, SameUnit):  # of which there are no other rows, once its names are known
                for name, _ in fact.units:
                    found.setdefault(name.key, Unresolved(name, (), is_told=False))
            if isinstance(fact, UnitsStated):  # by a place of several that exist
                for name in (each[0] for each in fact.units if not names.is_known(each[0])):
                    found.setdefault(name.key, Unresolved(name, (), is_told=False))
        return list(found.values())

    def apply(self, event: Event, number: int, recorded_at: datetime) -> bool:
        """Gather the rows of an event, as far as what it names is known.

        Returns:
            Whether anything of it could be applied.
        """
        told = Told(event, number, recorded_at)
        if told.is_ahead:
            self._work.touched.ahead.add(number)
        self._work.touched.undecided.pop(number, None)
        applied = all(isinstance(fact, LineUnread) for fact in event.facts)
        for fact in self._turned(told, event):
            part = units.related_part(self._work, fact, told)
            if part is not None:
                _APPLY[type(part)](self._work, part, told)
                applied |= not (isinstance(part, SlotChanged | PackageLinked) and part.is_awaited)
            # Of names of one unit some may be known, at the time of each.
            is_whole = part is fact or part == fact
            if isinstance(fact, NameReused):
                is_whole = all(map(self._work.names.is_known, fact.names))
            if not is_whole or isinstance(fact, SameUnit):
                self._turn(told, fact)  # what was applied turned to the line of each unit
                waiting.note_waiting(self._work, fact, told)
                waiting.note_undecided(self._work, fact, told)
        return applied

    def _turned(self, told: Told, event: Event) -> Iterator[EventFact]:
        """Yield the facts of an event, while names mean what they mean at the time of each."""
        for told.place, fact in enumerate(event.facts):
            self._turn(told, fact)
            yield fact

    def _turn(self, told: Told, fact: EventFact) -> None:
        # What fed a range is the package that had the label when it was put in.
        began_at = fact.began_at if isinstance(fact, Fed) else None
        self._work.names.turn_to(told.order(at=began_at))

    def relist(self, labels: Collection[str]) -> None:
        """Let labels of packages mean what the lists say of them now."""
        self._work.namings.relist(labels)

    def hold(self, events: Sequence[int]) -> None:
        """Hold what some events stated so far: they are applied again before `finish`."""
        self._work.touched.renewed.update(events)
        for table, row in self._stated(events):
            self._work.rows.hold(table, row)

    def accept(self, events: Iterable[tuple[int, Event]]) -> None:
        """Make events known that are on record: others may say that they were errors."""
        for number, said in events:
            self._work.changed.recorded.add(said.event_id)
            if corrected_by(said) is not None:
                self._work.touched.corrections.add(said.event_id)
            self._work.names.accept_event(Name(Scheme.EVENT, said.event_id), number)

    def count_events(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Count events that were written, in the sums that are kept of them."""
        self._work.sums.add(event_tables.event, rows)

    def finish(self) -> tuple[list[str], Sequence[int]]:
        """Write what was gathered, end what no longer counts, fold what follows from it.

        Returns:
            The keys of the names that became known, and the events to be applied again: they count
            again, or speak of what is no longer known.
        """
        work, changed = self._work, self._work.changed
        work.names.flush()
        work.rows.flush(work.connection)
        turned = effects.turn(work.connection, work.site, changed.recorded, now=work.now)
        work.touched.turned.update(turned.begun, turned.ended)
        self._set_aside(turned)
        self._end([*self._stated(turned.ended), *work.rows.released()])
        work.namings.settle()
        forget_waits(work.connection, work.site, turned.ended)
        set_ups.fold(work)
        declarations.fold(work, changed.declared)
        moved = timelines.fold(work, changed.moved)
        reworked = changed.reworked | removals.units_fed(work, changed.feeding)
        passed = changed.passed | removals.units_passing(work, changed.reported)
        reworked |= removals.units_reworked(work, passed | moved | reworked)
        stations = {station for station, _ in (*changed.refitted, *changed.emptied)}
        reworked |= removals.units_set_up(work, stations, changed.restated)
        removals.fold(work, reworked)
        changed.filled |= listed.fold(work, changed.listed | changed.filled)
        touched = fillings.fold(work, changed.filled | splices.labels_touched(work))
        waiting.fold_bare(work, touched | changed.declared[ItemKind.PACKAGE])
        renamed, work.namings.renamed = work.namings.renamed, Renamed()
        again = events_about(work, renamed.items)
        work.changed = Changed()
        known, work.names.announced = [*work.names.announced, *renamed.keys], []
        return known, sorted(again.union(turned.begun))

    def _set_aside(self, turned: effects.Turned) -> None:
        """Note the states of the events that do not count, and forget those of which do again."""
        for number in turned.begun:
            self.set_aside.pop(number, None)
        new = {
            each: state for each, state in turned.set_aside.items() if self.set_aside.get(each) is not state
        }
        self.set_aside |= new
        for state in (EventState.CORRECTED, EventState.DUPLICATE):
            such = [number for number, each in new.items() if each is state]
            set_states(self._work.connection, self._work.site, such, state)

    def conclude(self) -> None:
        """Find anew what does not fit of all that was touched, once everything is applied; write the sums."""
        anomaly_fold.fold(self._work)
        self._work.sums.flush(_SUMMED)

    def _stated(self, events: Sequence[int]) -> Iterator[tuple[Table, RowMapping]]:
        work = self._work
        for part in in_chunks(events):
            for table in STATED:
                said = (table.c.site == work.site) & table.c.event.in_(part) & table.c.recorded_to.is_(None)
                key = fact_key(table)
                # The newest first, which is ended first: of equal statements the oldest stays on record.
                query = select(table).where(said).order_by(*([] if key is None else [key.desc()]))
                for row in work.connection.execute(query).mappings().all():
                    yield table, row

    def _end(self, rows: Iterable[tuple[Table, RowMapping]]) -> None:
        work, changed = self._work, self._work.changed
        ended: defaultdict[Table, list[RowMapping]] = defaultdict(list)
        for table, row in rows:
            ended[table].append(row)
        for row in ended[tables.declaration]:
            changed.declared[ItemKind(row["kind"])].add(row["item"])
        work.namings.remove(ended[naming])
        changed.moved.update(row["unit"] for row in ended[tables.movement])
        changed.reworked.update(row["unit"] for row in ended[tables.removal])
        flows = (row for row in ended[tables.lot_link] if row["kind"] != LinkKind.RECEIPT.value)
        changed.filled.update(row["parent"] for row in flows if row["parent"] is not None)
        changed.filled.update(row["child"] for row in ended[tables.lot_link])
        set_ups.slots_touched(ended[passes.slot_change], work)
        for row in ended[tables.run_unit]:
            changed.passed.add(row["unit"])
            changed.reported.update([] if row["slots"] is None else [(row["run"], row["seq"])])
            changed.note_pass(row["run"], 0, EARLIEST)
        for row in ended[tables.feed]:
            changed.feeding.add(row["event"])
            changed.note_use(row["package"], EARLIEST)
        for table, gone in ended.items():
            work.end_rows(table, gone)


def fingerprint(connection: Connection, site: Site) -> dict[str, tuple[int, int]]:
    """Return the rows of each table of a site's projection as a count and a sum of hashes.

    Two projections of the same events have equal fingerprints: the order of rows does not
    matter, nor the ids of facts, which a rebuild gives anew, nor what was on record for no time.
    """
    found: dict[str, tuple[int, int]] = {}
    for table in (*_TABLES, tables.source_heartbeat):
        key = fact_key(table)
        unstable = {"feed", "anomaly", "" if key is None else key.name}
        wanted = select(*(column for column in table.c if column.name not in unstable))
        if "recorded_to" in table.c:
            ends = table.c.recorded_to
            wanted = wanted.where(or_(ends.is_(None), ends > table.c.recorded_from))
        count, total = 0, 0
        streamed = {"yield_per": 1000}
        for row in connection.execute(wanted.where(table.c.site == site), execution_options=streamed):
            count += 1
            total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest())
        found[table.name] = count, total
    return found


def begin_sums(connection: Connection, site: Site) -> None:
    """Begin to keep what the rows of a site's projection add up to, where they are there already."""
    keep_counted(connection, site, _SUMMED)


def sites_without_sums(connection: Connection) -> list[Site]:
    """Return the sites that have events of which no sums are kept."""
    has_sums = select(projection_sum.c.site).where(projection_sum.c.site == id_block.c.site)
    wanted = select(id_block.c.site).where(id_block.c.kind.in_(["fact", "event"]), ~has_sums.exists())
    return [Site(site) for site in connection.execute(wanted.distinct()).scalars()]


def sites_to_compare(connection: Connection) -> list[Site]:
    """Return the sites that have, or had, a projection, whether sums of it are kept or were lost."""
    kept = connection.execute(select(projection_sum.c.site).distinct()).scalars()
    return sorted({*map(Site, kept), *sites_without_sums(connection)})


def damaged_tables(connection: Connection, site: Site) -> list[str]:
    """Return the tables of a site's projection and events whose rows are not those that were written.

    A sum that was lost is none that fits: each is kept from the first event on.
    """
    kept = kept_sums(connection, site)
    none = None if kept else (0, 0)  # before the first event there are no rows either
    return [
        table.name for table in _SUMMED if counted_sum(connection, site, table) != kept.get(table.name, none)
    ]


def clear(connection: Connection, site: Site) -> None:
    """Remove the projection of a site, to be rebuilt; the ids that were given to names stay."""
    for table in (*_TABLES, tables.source_heartbeat):
        connection.execute(delete(table).where(table.c.site == site))
    forget_sums(connection, site, _TABLES)
    # Parties stay announced: they are put on record without an event, and events may name any.
    announced = (alias.c.site == site) & (alias.c.scheme != Scheme.PARTY.value)
    connection.execute(update(alias).where(announced).values(recorded_at=None))
