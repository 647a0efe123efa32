"""The genealogy projection: what events state becomes rows.

An event is applied when all that it names is known. Nothing here depends on the order of
arrival: declarations are decided by their precedence, facts are only added, and what is
derived from them (`storage.genealogy.timelines`, `storage.genealogy.removals`) is folded anew from all
of them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select, update

from aas_registry.domain.events import (
    Corrected,
    Event,
    Fed,
    Moved,
    PackageLinked,
    PackageStated,
    ReceiptStated,
    Removed,
    RunStated,
    ShipmentStated,
    Tested,
    UnitsPassed,
    UnitsStated,
    announced_by,
    needed_by,
)
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import EARLIEST, Name, Scheme
from aas_registry.storage.genealogy import fillings, removals, splices, timelines
from aas_registry.storage.genealogy import material_facts as material
from aas_registry.storage.genealogy import unit_facts as units
from aas_registry.storage.genealogy.events import set_correction
from aas_registry.storage.genealogy.projection_sums import counted_sum, forget_sums, keep_counted, kept_sums
from aas_registry.storage.genealogy.workspace import Changed, Told, Workspace
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import events as event_tables
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables.genealogy import projection_sum
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.system import id_block

# What an event states, and a correction of it ends.
STATED: tuple[Table, ...] = (
    tables.receipt_lot,
    tables.package_state,
    tables.lot_link,
    tables.run_unit,
    tables.feed,
    tables.removal,
    tables.movement,
    tables.test_result,
    tables.quantity_entry,
)
_DERIVED: tuple[Table, ...] = (tables.containment, tables.shipped, tables.feed_void, tables.filling)
_DECLARED: tuple[Table, ...] = (
    tables.receipt,
    tables.package,
    tables.run,
    tables.unit,
    tables.shipment,
)
_TABLES = (*STATED, *_DERIVED, *_DECLARED)
_SUMMED = (*_TABLES, event_tables.event)

_APPLY: dict[type, Callable[[Workspace, Any, Told], None]] = {
    ReceiptStated: material.apply_receipt,
    PackageStated: material.apply_package,
    PackageLinked: material.apply_linked,
    Fed: material.apply_fed,
    Removed: material.apply_removed,
    RunStated: units.apply_run,
    UnitsStated: units.apply_units,
    UnitsPassed: units.apply_pass,
    Moved: units.apply_moved,
    ShipmentStated: units.apply_shipment,
    Tested: units.apply_tested,
    Corrected: units.apply_corrected,
}


class Projection:
    """Applies events within one writing transaction."""

    def __init__(self, connection: Connection, allocator: IdAllocator, site: Site, *, now: datetime) -> None:
        """Apply events to ``site``; what they state is recorded at ``now``."""
        self._work = Workspace(connection, allocator, site, now=now)

    def load(self, events: Sequence[Event]) -> None:
        """Look up every name in some events."""
        self._work.names.load(name for event in events for name in (*needed_by(event), *announced_by(event)))

    def missing(self, event: Event) -> list[Name]:
        """Return the names that an event refers to and that nobody announced yet."""
        own = {name.key for name in announced_by(event)}
        wanted = {name.key: name for name in needed_by(event)}
        known = self._work.names.is_known
        return [name for key, name in wanted.items() if key not in own and not known(name)]

    def contradiction(self, event: Event) -> Name | None:
        """Return a name that an event gives to one unit while it is another's."""
        leaders: dict[str, str] = {}
        stated = (each for each in event.facts if isinstance(each, UnitsStated))
        for names in (names for fact in stated for names in fact.units):
            if self._work.names.clash(names):
                return names[-1]
            for name in names:
                if leaders.setdefault(name.key, names[0].key) != names[0].key:
                    return name
        return None

    def apply(self, event: Event, number: int) -> None:
        """Gather the rows of an event that misses and contradicts nothing."""
        told = Told(event, number)
        for fact in event.facts:
            _APPLY[type(fact)](self._work, fact, told)
        self._work.names.accept_event(Name(Scheme.EVENT, event.event_id), number)

    def count_events(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Count events that were written, in the sums that are kept of them."""
        self._work.sums.add(event_tables.event, rows)

    def finish(self) -> list[str]:
        """Write what was gathered, fold what follows from it.

        Returns:
            The keys of the names that became known.
        """
        work = self._work
        work.names.flush()
        work.rows.flush(work.connection)
        changed = work.changed
        reworked = changed.reworked | removals.units_fed(work, changed.feeding)
        for part in in_chunks(sorted(set(changed.corrected.values()))):
            reworked |= self._correct(part)
        for number, target in changed.corrected.items():
            set_correction(work.connection, work.site, number, target)
        reworked |= removals.units_reworked(work, changed.passed | changed.moved | reworked)
        timelines.fold(work, changed.moved)
        removals.fold(work, reworked)
        fillings.fold(work, changed.filled | splices.labels_touched(work))
        work.sums.flush(_SUMMED)
        work.changed = Changed()
        announced, work.names.announced = work.names.announced, []
        return announced

    def _correct(self, events: Sequence[int]) -> set[int]:
        work, changed = self._work, self._work.changed

        def said_by(column: Column[int]) -> set[int]:
            said = (column.table.c.site == work.site) & column.table.c.event.in_(events)
            return set(work.connection.execute(select(column).where(said)).scalars())

        reworked = removals.units_fed(work, events)
        for column, touched in (
            (tables.movement.c.unit, changed.moved),
            (tables.removal.c.unit, reworked),
            (tables.run_unit.c.unit, changed.passed),
            (tables.lot_link.c.child, changed.filled),
        ):
            touched.update(said_by(column))
        for package in said_by(tables.feed.c.package):
            changed.note_use(package, EARLIEST)
        for run in said_by(tables.run_unit.c.run):
            changed.note_pass(run, 0, EARLIEST)
        for table in STATED:
            work.end_where(table, table.c.event.in_(events) & table.c.recorded_to.is_(None))
        return reworked


def fingerprint(connection: Connection, site: Site) -> dict[str, tuple[int, int]]:
    """Return the rows of each table of a site's projection as a count and a sum of hashes.

    Two projections of the same events have equal fingerprints: the order of rows does not
    matter, nor the ids of facts, which a rebuild gives anew.
    """
    found: dict[str, tuple[int, int]] = {}
    for table in _TABLES:
        unstable = set() if table in _DECLARED else {"id", "feed"}
        wanted = select(*(column for column in table.c if column.name not in unstable))
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
    for table in (*STATED, *_DERIVED, *_DECLARED, tables.source_heartbeat):
        connection.execute(delete(table).where(table.c.site == site))
    forget_sums(connection, site, _TABLES)
    # Parties stay announced: they are put on record without an event, and events may name any.
    announced = (alias.c.site == site) & (alias.c.scheme != Scheme.PARTY.value)
    connection.execute(update(alias).where(announced).values(recorded_at=None))
